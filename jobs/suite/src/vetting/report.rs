//! What the vetting marts say of each brand, for the reports.

use std::collections::BTreeMap;

use mirrorlake_model::vetting::{BrandVettingRow, DocumentType, Issue, Sold, VettingRow};
use mirrorlake_reports::{AuthorisationInput, AuthorisationLine, AuthorisationSum};
use serde_json::Value;

use super::marts::{brand_rows, vetting_rows};
use crate::catalogue::required;
use crate::failure::Failure;
use crate::job::Work;

/// Authorisations of all brands.
pub struct AuthorisationFigures {
    sums: BTreeMap<i64, BrandVettingRow>,
    unauthorised: BTreeMap<i64, Vec<AuthorisationLine>>,
    expiring: BTreeMap<i64, Vec<AuthorisationLine>>,
    currency: String,
}

impl AuthorisationFigures {
    /// Reads the marts as of the day, which must have a window of `days` days as well; `None` where they are not there.
    ///
    /// # Errors
    ///
    /// When a mart is not what its manifest promises.
    pub fn read(work: &Work<'_>, days: u32) -> Result<Option<Self>, Failure> {
        let of_day = |mart: &str| work.window(mart).last().filter(|d| d.day == work.as_of.day);
        let (Some(rows), Some(sums)) = (of_day("seller_vetting"), of_day("seller_vetting_brands")) else {
            return Ok(None);
        };
        let own = rows.manifest.configuration.get("days").and_then(Value::as_u64).unwrap_or_default();
        if own != u64::from(days) {
            tracing::warn!(
                "seller_vetting has a window of {own} days and the takedown marts of {days}: it is left out of the reports"
            );
            return Ok(None);
        }
        let mut figures = Self {
            sums: BTreeMap::new(),
            unauthorised: BTreeMap::new(),
            expiring: BTreeMap::new(),
            currency: work.settings.currency.clone(),
        };
        for batch in &sums.read()?.batches {
            figures.sums.extend(brand_rows(batch)?.into_iter().map(|row| (row.brand_id, row)));
        }
        for batch in &rows.read()?.batches {
            for row in vetting_rows(batch)? {
                figures.sort_in(&row)?;
            }
        }
        Ok(Some(figures))
    }

    /// Licences and certificates are the marketplace's matter and do not enter.
    fn sort_in(&mut self, row: &VettingRow) -> Result<(), Failure> {
        let (shelf, day) = match (row.issue, row.document_type) {
            (Issue::UnauthorisedBrand, _) => (&mut self.unauthorised, required("since", row.since)?),
            (Issue::Expiring, DocumentType::BrandAuthorisation) => (&mut self.expiring, required("until", row.until)?),
            _ => return Ok(()),
        };
        let brand_id = required("brand_id", row.brand_id)?;
        let (merchant_id, units, gmv_minor) = (row.merchant_id, row.units, row.gmv_minor);
        shelf.entry(brand_id).or_default().push(AuthorisationLine { brand_id, merchant_id, day, units, gmv_minor });
        Ok(())
    }

    /// The authorisations of one brand, taken away: nothing of another brand is in them.
    pub fn take(&mut self, brand_id: i64) -> AuthorisationInput {
        let sums = self.sums.remove(&brand_id).unwrap_or_default();
        let sum = |s: Sold| AuthorisationSum { merchants: s.merchants, units: s.units, gmv_minor: s.gmv_minor };
        AuthorisationInput {
            brand_id,
            selling: sum(sums.selling),
            unauthorised: sum(sums.unauthorised),
            expiring: sum(sums.expiring),
            exempt: sum(sums.exempt),
            unauthorised_merchants: self.unauthorised.remove(&brand_id).unwrap_or_default(),
            expiring_merchants: self.expiring.remove(&brand_id).unwrap_or_default(),
            currency: self.currency.clone(),
        }
    }
}
