//! Made-up authorisations.

use chrono::{Days, NaiveDate};
use mirrorlake_reports::{AuthorisationInput, AuthorisationLine, AuthorisationSum, BrandReportParts};

use super::as_of;

/// What made-up authorisations look like.
#[derive(Clone, Copy, Debug)]
pub struct AuthorisationShape {
    /// Merchants that sold without authorisation.
    pub unauthorised: i64,
    /// Merchants whose authorisation ends soon.
    pub expiring: i64,
    /// Exempt merchants.
    pub exempt: i64,
    /// Merchants beside those.
    pub others: i64,
}

impl Default for AuthorisationShape {
    fn default() -> Self {
        Self { unauthorised: 7, expiring: 3, exempt: 2, others: 30 }
    }
}

/// Parts with authorisations of a shape.
pub fn with_authorisations(mut parts: BrandReportParts, shape: AuthorisationShape) -> BrandReportParts {
    parts.authorisations = Some(authorisations(parts.brand.brand_id, shape));
    parts
}

fn day_before(days: u64) -> NaiveDate {
    as_of().day - Days::new(days)
}

fn sum(lines: &[AuthorisationLine]) -> AuthorisationSum {
    AuthorisationSum {
        merchants: lines.len() as i64,
        units: lines.iter().map(|l| l.units).sum(),
        gmv_minor: lines.iter().map(|l| l.gmv_minor).sum(),
    }
}

pub fn authorisations(brand_id: i64, shape: AuthorisationShape) -> AuthorisationInput {
    let line = |n: i64, day: NaiveDate| {
        let units = 1 + n * n * 37 % 911;
        AuthorisationLine { brand_id, merchant_id: 40_000 + n * 731, day, units, gmv_minor: units * 129_050 }
    };
    let unauthorised: Vec<_> = (0..shape.unauthorised).map(|n| line(n, day_before(n as u64 * 5 % 28))).collect();
    let expiring: Vec<_> =
        (0..shape.expiring).map(|n| line(1_000 + n, as_of().day + Days::new(30 - n as u64 * 7 % 31))).collect();
    let exempt =
        AuthorisationSum { merchants: shape.exempt, units: shape.exempt * 811, gmv_minor: shape.exempt * 9_900_000 };
    let (without, soon) = (sum(&unauthorised), sum(&expiring));
    AuthorisationInput {
        brand_id,
        selling: AuthorisationSum {
            merchants: without.merchants + soon.merchants + exempt.merchants + shape.others,
            units: without.units + soon.units + exempt.units + shape.others * 1_203,
            gmv_minor: without.gmv_minor + soon.gmv_minor + exempt.gmv_minor + shape.others * 155_000_000,
        },
        unauthorised: without,
        expiring: soon,
        exempt,
        unauthorised_merchants: unauthorised,
        expiring_merchants: expiring,
        currency: "CNY".to_owned(),
    }
}
