//! The section "Authorisations": who sold the brand in the period without its permission, and whose permission ends soon.

use std::cmp::Reverse;

use chrono::NaiveDate;
use mirrorlake_model::thresholds::EXPIRING_WITHIN_DAYS;
use serde::Serialize;

use super::sla::Definition;
use super::{Scene, Shown, definitions};
use crate::error::ReportError;
use crate::format::Rounding;
use crate::input::{AuthorisationInput, AuthorisationLine, AuthorisationSum};

/// Merchants in each list; more than that is a case for the mart itself.
const MERCHANTS_SHOWN: usize = 50;

/// Digits of amounts of money.
const MONEY_DIGITS: i32 = 4;

/// The section "Authorisations".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuthorisationSection {
    /// The figures; no value where merchants have not been vetted.
    pub measured: Option<AuthorisationFigures>,
    /// Why there are no figures, in words.
    pub not_measured: Option<String>,
}

/// What there is to say at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisationState {
    /// Some merchants sold the brand without authorisation.
    Some,
    /// Nobody did.
    None,
    /// Nobody sold the brand at all.
    NoSales,
}

/// The figures of the section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuthorisationFigures {
    /// What there is to say at all.
    pub state: AuthorisationState,
    /// The unauthorised share of the units sold; no value where none were.
    pub share: Shown<Option<f64>>,
    /// The one thing to know.
    pub sentence: String,
    /// What a missing authorisation is, and what it is not.
    pub meaning: String,
    /// All that sold the brand.
    pub selling: SumView,
    /// Those without authorisation.
    pub unauthorised: SumView,
    /// Those whose authorisation ends soon.
    pub expiring: SumView,
    /// Those whom the marketplace exempts.
    pub exempt: SumView,
    /// Says so where there are any.
    pub exempt_sentence: Option<String>,
    /// Who sold without authorisation.
    pub unauthorised_merchants: MerchantList,
    /// Whose authorisation ends soon.
    pub expiring_merchants: MerchantList,
    /// What the words of this section mean.
    pub definitions: Vec<Definition>,
}

/// Merchants, and what they sold of the brand in the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SumView {
    /// Merchants.
    pub merchants: Shown<i64>,
    /// Units.
    pub units: Shown<i64>,
    /// What was paid for them, in minor units.
    pub gmv_minor: Shown<i64>,
}

/// A list of merchants.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MerchantList {
    /// What the list is cut from, in words.
    pub note: String,
    /// Rows shown.
    pub shown: Shown<i64>,
    /// Rows the list is cut from.
    pub total: Shown<i64>,
    /// The rows.
    pub rows: Vec<MerchantLine>,
}

/// One merchant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MerchantLine {
    /// The merchant.
    pub merchant_id: i64,
    /// First sale in the period, or last valid day.
    pub day: Shown<NaiveDate>,
    /// Units of the brand in the period.
    pub units: Shown<i64>,
    /// Their share of all units of the brand.
    pub share: Shown<Option<f64>>,
    /// What was paid for them, in minor units.
    pub gmv_minor: Shown<i64>,
}

impl AuthorisationSection {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        Ok(match &scene.input.parts().authorisations {
            Some(input) => Self { measured: Some(AuthorisationFigures::build(scene, input)?), not_measured: None },
            None => Self { measured: None, not_measured: Some(scene.m.text("authorisations.not_measured", &[])?) },
        })
    }
}

impl AuthorisationFigures {
    fn build(scene: &Scene<'_>, input: &AuthorisationInput) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let state = match (input.selling.merchants, input.unauthorised.merchants) {
            (0, _) => AuthorisationState::NoSales,
            (_, 0) => AuthorisationState::None,
            _ => AuthorisationState::Some,
        };
        let sum = |sum: AuthorisationSum| SumView {
            merchants: f.count(sum.merchants),
            units: f.count(sum.units),
            gmv_minor: money(scene, sum.gmv_minor, &input.currency),
        };
        let (selling, unauthorised) = (sum(input.selling), sum(input.unauthorised));
        let share = share(scene, input.unauthorised.units, input.selling.units);
        let values = [
            ("n", unauthorised.merchants.text.as_str()),
            ("all", &selling.merchants.text),
            ("units", &unauthorised.units.text),
            ("all_units", &selling.units.text),
            ("share", &share.text),
            ("gmv", &unauthorised.gmv_minor.text),
        ];
        let sentence = match state {
            AuthorisationState::NoSales => m.text("authorisations.no_sales", &[])?,
            AuthorisationState::None => m.plural("authorisations.none", input.selling.merchants, &values)?,
            AuthorisationState::Some => m.plural("authorisations.some", input.unauthorised.merchants, &values)?,
        };
        let exempt = sum(input.exempt);
        let exempt_sentence = match input.exempt.merchants {
            0 => None,
            n => {
                let values = [("n", exempt.merchants.text.as_str()), ("units", &exempt.units.text)];
                Some(m.plural("authorisations.exempt", n, &values)?)
            }
        };
        let days = EXPIRING_WITHIN_DAYS.to_string();
        Ok(Self {
            state,
            sentence,
            meaning: m.text("authorisations.meaning", &[])?,
            expiring: sum(input.expiring),
            exempt,
            exempt_sentence,
            unauthorised_merchants: list(scene, input, "unauthorised", &input.unauthorised_merchants, |l| {
                (Reverse(l.units), Reverse(l.gmv_minor), NaiveDate::MIN, l.merchant_id)
            })?,
            expiring_merchants: list(scene, input, "expiring", &input.expiring_merchants, |l| {
                (Reverse(0), Reverse(0), l.day, l.merchant_id)
            })?,
            definitions: definitions::of_authorisations(scene, &[("days", &days)])?,
            share,
            selling,
            unauthorised,
        })
    }
}

/// What lists are sorted by; total, since each merchant is in a list once.
type Order = (Reverse<i64>, Reverse<i64>, NaiveDate, i64);

fn list(
    scene: &Scene<'_>,
    input: &AuthorisationInput,
    key: &str,
    lines: &[AuthorisationLine],
    order: fn(&AuthorisationLine) -> Order,
) -> Result<MerchantList, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let mut lines: Vec<&AuthorisationLine> = lines.iter().collect();
    lines.sort_unstable_by_key(|l| order(l));
    let count = |n: usize| f.count(i64::try_from(n).unwrap_or(i64::MAX));
    let total = count(lines.len());
    lines.truncate(MERCHANTS_SHOWN);
    let shown = count(lines.len());
    let days = EXPIRING_WITHIN_DAYS.to_string();
    let values = [("shown", shown.text.as_str()), ("total", &total.text), ("days", &days)];
    let note = match total.value {
        0 => m.text(&format!("{key}_merchants.empty"), &values)?,
        n if n == shown.value => m.plural(&format!("{key}_merchants.all"), n, &values)?,
        n => m.plural(&format!("{key}_merchants.cut"), n, &values)?,
    };
    let line = |l: &&AuthorisationLine| MerchantLine {
        merchant_id: l.merchant_id,
        day: f.date(l.day),
        units: f.count(l.units),
        share: share(scene, l.units, input.selling.units),
        gmv_minor: money(scene, l.gmv_minor, &input.currency),
    };
    Ok(MerchantList { note, shown, total, rows: lines.iter().map(line).collect() })
}

#[allow(clippy::cast_precision_loss)]
fn share(scene: &Scene<'_>, part: i64, whole: i64) -> Shown<Option<f64>> {
    scene.f.share((whole > 0).then(|| part as f64 / whole as f64))
}

#[allow(clippy::cast_precision_loss)]
fn money(scene: &Scene<'_>, minor: i64, currency: &str) -> Shown<i64> {
    Shown { value: minor, text: scene.f.about_money(minor as f64, currency, MONEY_DIGITS, Rounding::Nearest) }
}
