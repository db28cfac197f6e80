//! `brand-prevalence`: how much of a brand's goods is counterfeit, by the pilot purchases.

use mirrorlake_metrics::prevalence::Authentication;
use mirrorlake_model::as_of::start_of_day;
use serde_json::{Value, json};

use crate::catalogue;
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Job, Need, Work};
use crate::prevalence::{self, Facts};
use crate::settings::Settings;

/// The job.
pub struct BrandPrevalence;

impl Job for BrandPrevalence {
    fn name(&self) -> &'static str {
        "brand-prevalence"
    }

    fn about(&self) -> &'static str {
        "how much of each brand's goods is counterfeit, by pilot purchases, with what else speaks of it"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[
            Need::Table("pilot_purchases"),
            Need::Table("listings"),
            Need::Table("brands"),
            Need::Table("claims"),
            Need::Table("takedowns"),
            Need::Table("sales"),
            Need::Table("refunds"),
            Need::Window("comment_sums"),
        ];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["brand_prevalence", "pilot_progress"]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({
            "days": settings.days,
            "time_zone": settings.time_zone.name(),
            "authentication": settings.authentication,
            "detector": mirrorlake_signals::version(),
        })
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let mut computed = Computed::default();
        let facts = Facts::read(work, &mut computed.warnings)?;
        let configured = &work.settings.authentication;
        let authentication = Authentication {
            sensitivity: configured.sensitivity,
            specificity: configured.specificity,
            n_sensitivity: configured.sensitivity_n,
            n_specificity: configured.specificity_n,
        };
        let (rows, unusable) = prevalence::rows(&facts, &authentication);
        let first = work.as_of.window_start(work.settings.days);
        let window_start = start_of_day(first, work.as_of.time_zone).timestamp_micros();
        let brands = facts.brands.keys().copied();
        let progress = prevalence::progress(&facts.purchases, brands, window_start, work.as_of.micros());
        let of_unknown = facts.purchases.iter().filter(|(brand, _)| !facts.brands.contains_key(brand));
        let comment_days = facts.brands.values().map(|b| b.comment_days).max().unwrap_or_default();
        computed.notes = vec![
            ("days_with_comment_signals".to_owned(), comment_days.unsigned_abs()),
            ("random_purchases_without_a_probability".to_owned(), unusable),
            ("purchases_of_unknown_brands".to_owned(), of_unknown.map(|(_, p)| p.len() as u64).sum()),
        ];
        for (what, n) in facts.oddities() {
            if n > 0 {
                tracing::warn!("pilot purchases: {n} {}", what.replace('_', " "));
            }
            computed.notes.push((what, n));
        }
        if comment_days < i64::from(work.settings.days) {
            let days = work.settings.days;
            tracing::warn!(
                "comment signals cover {comment_days} of the window's {days} days: run comment-signals first"
            );
        }
        for (name, batch) in [
            ("brand_prevalence", prevalence::prevalence_batch(&rows)?),
            ("pilot_progress", prevalence::progress_batch(&progress)?),
        ] {
            let (schema, batches) = catalogue::with_schema(batch);
            computed.marts.push(ComputedMart { name, schema, batches });
        }
        Ok(computed)
    }
}
