//! `seller-vetting`: which merchants lack the papers that they need.

use mirrorlake_model::vetting::Issue;
use serde_json::{Value, json};

use crate::catalogue;
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Job, Need, Work};
use crate::settings::Settings;
use crate::vetting::{self, Vetted};

/// The job.
pub struct SellerVetting;

impl Job for SellerVetting {
    fn name(&self) -> &'static str {
        "seller-vetting"
    }

    fn about(&self) -> &'static str {
        "which merchants lack licences and authorisations, and what they sold without them"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[Need::Table("merchants"), Need::Table("merchant_documents"), Need::Table("sales")];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["seller_vetting", "seller_vetting_exempted", "seller_vetting_brands"]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({
            "days": settings.days,
            "time_zone": settings.time_zone.name(),
            "seller_vetting": settings.seller_vetting,
        })
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let mut computed = Computed::default();
        let configured = &work.settings.seller_vetting;
        let exemptions = configured.exemptions().map_err(Failure::usage)?;
        let vetted = Vetted::read(work, &exemptions, &mut computed.warnings)?;
        computed.notes = vec![
            ("merchants".to_owned(), vetted.merchants),
            ("merchants_not_on_record".to_owned(), vetted.strangers),
            ("rows_exempted".to_owned(), vetted.exempted.len() as u64),
        ];
        for issue in Issue::ALL {
            let n = vetted.exempted.iter().filter(|(_, row)| row.issue == *issue).count();
            computed.notes.push((format!("rows_exempted_{}", issue.word()), n as u64));
        }
        let over = exemptions.iter().filter(|e| !e.holds(work.as_of.day)).count();
        let idle = exemptions
            .iter()
            .enumerate()
            .filter(|(n, e)| e.holds(work.as_of.day) && !vetted.exempted.iter().any(|(place, _)| place == n));
        let idle = idle.count();
        computed.notes.push(("exemptions_that_are_over".to_owned(), over as u64));
        computed.notes.push(("exemptions_without_effect".to_owned(), idle as u64));
        if over + idle > 0 {
            tracing::warn!("of the exemptions in [seller_vetting], {over} are over and {idle} exempt nothing");
        }
        if vetted.strangers > 0 {
            let n = vetted.strangers;
            tracing::warn!(
                "{n} merchants have documents or sales and are not in the table merchants: of them no licence is asked"
            );
        }
        for (name, batch) in [
            ("seller_vetting", vetting::vetting_batch(&vetted.standing)?),
            ("seller_vetting_exempted", vetting::exempted_batch(&vetted.exempted, &configured.exemption, &exemptions)?),
            ("seller_vetting_brands", vetting::brands_batch(&vetted.brands)?),
        ] {
            let (schema, batches) = catalogue::with_schema(batch);
            computed.marts.push(ComputedMart { name, schema, batches });
        }
        Ok(computed)
    }
}
