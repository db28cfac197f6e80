//! Tables that reductions read beside the lake's: the run itself, and what a job has made before.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use mirrorlake_model::as_of::start_of_day;
use mirrorlake_model::thresholds::ENFORCEMENT_DAYS;
use mirrorlake_model::{AsOf, ExitStatus};

use crate::failure::Failure;

/// Their names and columns.
#[cfg(test)]
pub const SUPPLIED: &[(&str, &[&str])] = &[
    ("run", &["window_start", "as_of", "enforcement_start"]),
    ("evaluation", &["begins_at"]),
    ("picks", &["listing_id"]),
];

/// The one-row table `run`: from when to when, as UTC instants. Spans are half-open, so `as_of` is outside of them.
///
/// # Errors
///
/// None that a caller could mend.
pub fn run(as_of: AsOf, days: u32) -> Result<RecordBatch, Failure> {
    let day_starts = |days: u32| start_of_day(as_of.window_start(days), as_of.time_zone).timestamp_micros();
    let instant = |micros: i64| {
        let array: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![micros]).with_timezone("UTC"));
        array
    };
    batch(vec![
        ("window_start", instant(day_starts(days))),
        ("as_of", instant(as_of.micros())),
        ("enforcement_start", instant(day_starts(ENFORCEMENT_DAYS))),
    ])
}

/// The table `picks`: the listings that a plan has picked.
///
/// # Errors
///
/// None that a caller could mend.
pub fn picks(listings: impl Iterator<Item = i64>) -> Result<RecordBatch, Failure> {
    batch(vec![("listing_id", Arc::new(Int64Array::from_iter_values(listings)))])
}

/// The one-row table `evaluation`: the instant up to which evidence counts in a model's evaluation.
///
/// # Errors
///
/// None that a caller could mend.
pub fn evaluation(begins_at: i64) -> Result<RecordBatch, Failure> {
    let array = TimestampMicrosecondArray::from(vec![begins_at]).with_timezone("UTC");
    batch(vec![("begins_at", Arc::new(array))])
}

/// An empty or one-row table of a name, for plans of reductions that nobody runs.
///
/// # Errors
///
/// None that a caller could mend.
pub fn example(name: &str, as_of: AsOf) -> Result<Option<RecordBatch>, Failure> {
    match name {
        "run" => run(as_of, 1).map(Some),
        "evaluation" => evaluation(as_of.micros()).map(Some),
        "picks" => picks(std::iter::empty()).map(Some),
        _ => Ok(None),
    }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Failure> {
    RecordBatch::try_from_iter(columns).map_err(|e| Failure::new(ExitStatus::Failed, format!("internal: {e}")))
}
