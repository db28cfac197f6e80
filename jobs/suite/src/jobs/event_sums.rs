//! `event-sums`: what each day's sales and refunds come to, so that windows are sums of days.

use serde_json::{Value, json};

use crate::catalogue;
use crate::failure::Failure;
use crate::job::{Computed, ComputedMart, Job, Need, Work};
use crate::settings::Settings;

/// The job.
pub struct EventSums;

impl Job for EventSums {
    fn name(&self) -> &'static str {
        "event-sums"
    }

    fn about(&self) -> &'static str {
        "what each day's sales and refunds come to by listing, from which windows are summed"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[Need::Table("sales"), Need::Table("refunds")];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["sales_sums", "refund_sums"]
    }

    fn configuration(&self, settings: &Settings, _brand: Option<i64>) -> Value {
        json!({ "time_zone": settings.time_zone.name() })
    }

    fn each_day(&self) -> bool {
        true
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let mut computed = Computed::default();
        for (name, reduction) in [("sales_sums", "sales_day_sums"), ("refund_sums", "refund_day_sums")] {
            let (schema, batches) = catalogue::with_schema(work.reduce(reduction, &mut computed.warnings)?);
            computed.marts.push(ComputedMart { name, schema, batches });
        }
        Ok(computed)
    }
}
