//! The section "High-risk merchants": whom to look at first, and why.

mod ranking;
mod reasons;
mod tiers;

use mirrorlake_model::thresholds::{DEEP_DISCOUNT_PERCENT, ENFORCEMENT_DAYS};
use serde::Serialize;

use super::sla::Definition;
use super::{Scene, Shown, definitions};
use crate::error::ReportError;
use crate::format::Rounding;
use crate::input::{RiskInput, RiskTier, RiskTierSum, SignalGroup};
pub use ranking::{MerchantRow, Ranking};
pub use reasons::ReasonView;
pub use tiers::{TierLine, TierTable};

/// Digits of amounts of money.
const MONEY_DIGITS: i32 = 4;

/// The section "High-risk merchants".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskSection {
    /// The figures; no value where merchants have not been ranked.
    pub measured: Option<RiskFigures>,
    /// Why there are no figures, in words.
    pub not_measured: Option<String>,
}

/// What there is to say at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskState {
    /// Some merchants are in the tiers critical or high.
    Some,
    /// None is.
    None,
    /// There is no merchant to rank.
    NoMerchants,
}

/// The figures of the section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskFigures {
    /// What there is to say at all.
    pub state: RiskState,
    /// Merchants in the tiers critical and high.
    pub high_risk: SumView,
    /// All merchants ranked.
    pub ranked: SumView,
    /// What those of high risk sold, as a share of all units; no value where none were sold.
    pub units_share: Shown<Option<f64>>,
    /// What the large number is of, in words.
    pub unit: Option<String>,
    /// The one thing to know.
    pub sentence: String,
    /// What a ranking is, and what it is not.
    pub caution: String,
    /// Signals that the ranking had to do without.
    pub missing: Vec<Shown<SignalGroup>>,
    /// Says so where there are any.
    pub missing_note: Option<String>,
    /// Merchants and units by tier.
    pub tiers: TierTable,
    /// Whom to look at first.
    pub ranking: Ranking,
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

impl RiskSection {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        Ok(match &scene.input.parts().risk {
            Some(input) => Self { measured: Some(RiskFigures::build(scene, input)?), not_measured: None },
            None => Self { measured: None, not_measured: Some(scene.m.text("risk.not_measured", &[])?) },
        })
    }
}

impl RiskSection {
    /// Whether scores are told: their weights and usual rates are those of the whole marketplace.
    pub(super) fn has_scores(&self) -> bool {
        self.measured.as_ref().is_some_and(|told| !told.ranking.rows.is_empty())
    }
}

impl RiskFigures {
    fn build(scene: &Scene<'_>, input: &RiskInput) -> Result<Self, ReportError> {
        let m = scene.m;
        let high = sum(input, |tier| matches!(tier, RiskTier::Critical | RiskTier::High));
        let all = sum(input, |_| true);
        let state = match (all.merchants, high.merchants) {
            (0, _) => RiskState::NoMerchants,
            (_, 0) => RiskState::None,
            _ => RiskState::Some,
        };
        let (high_risk, ranked) = (sum_view(scene, input, high), sum_view(scene, input, all));
        let units_share = share(scene, high.units, all.units);
        let values = [
            ("n", high_risk.merchants.text.as_str()),
            ("all", &ranked.merchants.text),
            ("units", &high_risk.units.text),
            ("all_units", &ranked.units.text),
            ("share", &units_share.text),
            ("gmv", &high_risk.gmv_minor.text),
        ];
        let sentence = match state {
            RiskState::NoMerchants => m.text("risk.no_merchants", &[])?,
            RiskState::None => m.plural("risk.none", all.merchants, &values)?,
            RiskState::Some if all.units == 0 => m.plural("risk.some_without_sales", high.merchants, &values)?,
            RiskState::Some => m.plural("risk.some", high.merchants, &values)?,
        };
        let unit = match state {
            RiskState::Some => Some(m.plural("risk.unit", all.merchants, &values)?),
            RiskState::None | RiskState::NoMerchants => None,
        };
        let missing = missing(scene, input)?;
        let days = scene.f.count(ENFORCEMENT_DAYS.into()).text;
        let percent = scene.f.count(DEEP_DISCOUNT_PERCENT).text;
        Ok(Self {
            state,
            unit,
            sentence,
            caution: m.text("risk.caution", &[])?,
            missing_note: missing_note(scene, &missing)?,
            missing,
            tiers: TierTable::build(scene, input, all)?,
            ranking: Ranking::build(scene, input)?,
            definitions: definitions::of_risk(
                scene,
                &[("days", &days), ("percent", &percent), ("tier_scores", &tiers::scores(scene, input)?)],
            )?,
            units_share,
            high_risk,
            ranked,
        })
    }
}

fn sum(input: &RiskInput, wanted: fn(RiskTier) -> bool) -> RiskTierSum {
    let none = RiskTierSum { tier: RiskTier::Baseline, merchants: 0, units: 0, gmv_minor: 0 };
    input.tiers.iter().filter(|t| wanted(t.tier)).fold(none, |sum, t| RiskTierSum {
        merchants: sum.merchants.saturating_add(t.merchants),
        units: sum.units.saturating_add(t.units),
        gmv_minor: sum.gmv_minor.saturating_add(t.gmv_minor),
        ..sum
    })
}

fn sum_view(scene: &Scene<'_>, input: &RiskInput, sum: RiskTierSum) -> SumView {
    SumView {
        merchants: scene.f.count(sum.merchants),
        units: scene.f.count(sum.units),
        gmv_minor: money(scene, sum.gmv_minor, &input.currency),
    }
}

/// The missing signals, each once and in the contract's order.
fn missing(scene: &Scene<'_>, input: &RiskInput) -> Result<Vec<Shown<SignalGroup>>, ReportError> {
    let mut out = Vec::new();
    for group in SignalGroup::ALL.iter().filter(|g| input.missing.contains(g)) {
        out.push(Shown { value: *group, text: scene.m.text(&format!("signal.{}", group.word()), &[])? });
    }
    Ok(out)
}

fn missing_note(scene: &Scene<'_>, missing: &[Shown<SignalGroup>]) -> Result<Option<String>, ReportError> {
    if missing.is_empty() {
        return Ok(None);
    }
    let words: Vec<&str> = missing.iter().map(|g| g.text.as_str()).collect();
    let signals = words.join(&scene.m.text("list.items", &[])?);
    scene.m.text("risk.missing", &[("signals", &signals)]).map(Some)
}

#[allow(clippy::cast_precision_loss)]
fn share(scene: &Scene<'_>, part: i64, whole: i64) -> Shown<Option<f64>> {
    scene.f.share((whole > 0).then(|| part as f64 / whole as f64))
}

#[allow(clippy::cast_precision_loss)]
fn money(scene: &Scene<'_>, minor: i64, currency: &str) -> Shown<i64> {
    Shown { value: minor, text: scene.f.about_money(minor as f64, currency, MONEY_DIGITS, Rounding::Nearest) }
}
