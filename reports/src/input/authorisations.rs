//! Who sells the brand with which permission: the brand's rows of the vetting marts.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use mirrorlake_model::thresholds::EXPIRING_WITHIN_DAYS;

use super::BrandReportParts;
use crate::error::ReportError;

/// The mart that the lines come from.
const TABLE: &str = "seller_vetting";

/// Who sold one brand in the window, and with which authorisation. Days are those of the lake's time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorisationInput {
    /// The brand.
    pub brand_id: i64,
    /// All merchants that sold it.
    pub selling: AuthorisationSum,
    /// Those without a verified, unexpired authorisation, but for the exempt.
    pub unauthorised: AuthorisationSum,
    /// Those whose last authorisation ends within 30 days, but for the exempt; with or without sales.
    pub expiring: AuthorisationSum,
    /// Those without an authorisation whom the marketplace exempts from needing one.
    pub exempt: AuthorisationSum,
    /// The unauthorised one by one, in any order; `day` is that of the first sale in the window.
    pub unauthorised_merchants: Vec<AuthorisationLine>,
    /// The expiring one by one, in any order; `day` is the last valid one.
    pub expiring_merchants: Vec<AuthorisationLine>,
    /// The lake's currency (ISO 4217), as which amounts in minor units are printed.
    pub currency: String,
}

/// Merchants, and what they sold of the brand in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthorisationSum {
    /// Merchants.
    pub merchants: i64,
    /// Units.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
}

/// One merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorisationLine {
    /// The brand.
    pub brand_id: i64,
    /// The merchant.
    pub merchant_id: i64,
    /// First sale in the window, or last valid day.
    pub day: NaiveDate,
    /// Units of the brand that it sold in the window.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
}

/// Refuses what is of another brand, and sums that are not those of the lines.
pub(super) fn check(parts: &BrandReportParts) -> Result<(), ReportError> {
    let Some(input) = &parts.authorisations else { return Ok(()) };
    let expected = parts.brand.brand_id;
    let lines = || input.unauthorised_merchants.iter().chain(&input.expiring_merchants);
    for found in std::iter::once(input.brand_id).chain(lines().map(|l| l.brand_id)) {
        if found != expected {
            return Err(ReportError::AnotherBrand { expected, found, table: TABLE });
        }
    }
    adds_up("unauthorised", &input.unauthorised_merchants, input.unauthorised)?;
    adds_up("expiring", &input.expiring_merchants, input.expiring)?;
    let [all, without, exempt, expiring] = [input.selling, input.unauthorised, input.exempt, input.expiring];
    for (what, of) in [
        ("merchants", (|s| s.merchants) as fn(AuthorisationSum) -> i64),
        ("units", |s| s.units),
        ("minor units of sales", |s| s.gmv_minor),
    ] {
        let numbers = [all, without, exempt, expiring].map(of);
        let lacking = of(without).checked_add(of(exempt));
        if numbers.iter().any(|n| *n < 0) || lacking.is_none_or(|n| n > of(all)) {
            return Err(wrong(format!("{} and {} of {} {what}", numbers[1], numbers[2], numbers[0])));
        }
    }
    let window = parts.as_of.window_start(parts.days)..=parts.as_of.day;
    if let Some(line) = input.unauthorised_merchants.iter().find(|l| !window.contains(&l.day) || l.units < 1) {
        return Err(wrong(format!("merchant {} sold {} units from {} on", line.merchant_id, line.units, line.day)));
    }
    let last = parts.as_of.day.checked_add_days(Days::new(EXPIRING_WITHIN_DAYS.unsigned_abs()));
    let near = |day: NaiveDate| day >= parts.as_of.day && last.is_none_or(|last| day <= last);
    if let Some(line) = input.expiring_merchants.iter().find(|l| !near(l.day)) {
        return Err(wrong(format!("an authorisation of merchant {} that ends on {}", line.merchant_id, line.day)));
    }
    Ok(())
}

fn wrong(detail: String) -> ReportError {
    ReportError::Authorisations { detail }
}

/// Each merchant once, and together what the sum says.
fn adds_up(what: &str, lines: &[AuthorisationLine], sum: AuthorisationSum) -> Result<(), ReportError> {
    let merchants: BTreeSet<i64> = lines.iter().map(|l| l.merchant_id).collect();
    if merchants.len() != lines.len() {
        return Err(wrong(format!("a merchant is {what} twice")));
    }
    let total = |of: fn(&AuthorisationLine) -> i64| lines.iter().map(of).fold(0, i64::saturating_add);
    let (units, gmv_minor) = (total(|l| l.units), total(|l| l.gmv_minor));
    let listed = AuthorisationSum { merchants: i64::try_from(lines.len()).unwrap_or(i64::MAX), units, gmv_minor };
    if listed == sum { Ok(()) } else { Err(wrong(format!("{what}: {listed:?}, but {sum:?} in all"))) }
}
