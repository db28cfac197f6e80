//! The rows of a job's first mart on standard output.

use arrow::record_batch::RecordBatch;
use mirrorlake_lake::marts::{mart_days, read_manifest, read_mart};
use mirrorlake_model::ExitStatus;

use crate::args::Format;
use crate::catalogue::Cells;
use crate::comments::listing_sums;
use crate::failure::Failure;
use crate::job::Job;
use crate::output;
use crate::runner::{self, Session};

/// The columns of a mart that a person wants to see first.
const HEADLINE: &[(&str, &[&str])] = &[
    (
        "takedown_sla",
        &[
            "scope",
            "brand_id",
            "period_start",
            "takedowns",
            "met",
            "breached",
            "pending",
            "excluded",
            "compliance_rate",
            "clustered_low",
            "clustered_high",
            "median_hours",
            "p90_hours",
            "oldest_open_hours",
        ],
    ),
    (
        "brand_prevalence",
        &[
            "brand_id",
            "weighting",
            "population",
            "sampled",
            "counterfeit",
            "effective_n",
            "prevalence",
            "prevalence_low",
            "prevalence_high",
            "robust_low",
            "robust_high",
            "suppressed_because",
            "targeted_sampled",
            "targeted_counterfeit",
        ],
    ),
    (
        "reappearances",
        &[
            "removed_listing_id",
            "new_listing_id",
            "brand_id",
            "tier",
            "removed_at",
            "days",
            "removed_merchant_id",
            "new_merchant_id",
            "link_keys",
            "hamming",
            "same_product",
            "title_similarity",
        ],
    ),
    (
        "seller_vetting",
        &[
            "merchant_id",
            "issue",
            "document_type",
            "brand_id",
            "since",
            "until",
            "units",
            "gmv_minor",
            "merchant_status",
        ],
    ),
];

/// Prints the rows of a job's first mart.
pub fn print(session: &Session, job: &dyn Job) -> Result<(), Failure> {
    let Some(mart) = job.outputs().first() else { return Ok(()) };
    let target = runner::target(session, mart);
    if *mart == "reports" {
        if session.common.format == Format::Table {
            output::say(&format!("reports are in {}/{target}\n", session.marts.display()))?;
        }
        return Ok(());
    }
    let format = session.common.format;
    if job.each_day() {
        return match (format, *mart) {
            (Format::Table, "sales_sums") => event_days(session),
            (Format::Table, _) => comment_days(session),
            _ => each_day(session, mart),
        };
    }
    if *mart == "pilot_plan" && format == Format::Table {
        return plan_brands(session);
    }
    let partition = read_mart(&session.marts, &target)?;
    let mut batches = Vec::new();
    for batch in &partition.batches {
        let mut batch = filter(batch, "brand_id", session.brand.map(|b| b.to_string()).as_deref())?;
        if format == Format::Table && *mart == "takedown_sla" {
            for (column, value) in [("right_type", "all"), ("channel_locale", "all"), ("period", "window")] {
                batch = filter(&batch, column, Some(value))?;
            }
        }
        batches.push(batch);
    }
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(partition.schema));
    }
    let columns = HEADLINE.iter().find(|(name, _)| name == mart).map_or(&[][..], |(_, columns)| columns);
    output::rows(&batches, format, columns)
}

/// For a person: what the plan does for each brand, and where the desk's list is.
fn plan_brands(session: &Session) -> Result<(), Failure> {
    let brand = session.brand.map(|b| b.to_string());
    let partition = read_mart(&session.marts, &runner::target(session, "pilot_plan_brands"))?;
    let batches: Vec<RecordBatch> =
        partition.batches.iter().map(|batch| filter(batch, "brand_id", brand.as_deref())).collect::<Result<_, _>>()?;
    let columns = [
        "brand_id",
        "listings",
        "flagged",
        "strata",
        "random",
        "targeted",
        "cost_minor",
        "units_width_before",
        "units_width_after",
        "listings_width_before",
        "listings_width_after",
    ];
    output::rows(&batches, Format::Table, &columns)?;
    let desk = runner::target(session, "purchase_desk");
    output::say(&format!("the purchasing desk's list is {}/{desk}/pilot-plan.csv\n", session.marts.display()))
}

/// The rows of a batch whose column, as text, has this value.
fn filter(batch: &RecordBatch, column: &str, wanted: Option<&str>) -> Result<RecordBatch, Failure> {
    use arrow::array::{Array, AsArray, BooleanArray};
    use arrow::datatypes::{DataType, Int64Type};
    let (Some(wanted), Some(array)) = (wanted, batch.column_by_name(column)) else { return Ok(batch.clone()) };
    let keep: BooleanArray = (0..array.len())
        .map(|row| {
            Some(
                array.is_valid(row)
                    && match array.data_type() {
                        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string() == wanted,
                        DataType::Utf8 => array.as_string::<i32>().value(row) == wanted,
                        _ => true,
                    },
            )
        })
        .collect();
    arrow::compute::filter_record_batch(batch, &keep).map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))
}

/// The days of a mart within the session's window.
fn days(session: &Session, mart: &str) -> Result<Vec<chrono::NaiveDate>, Failure> {
    let first = session.as_of.window_start(session.settings.days);
    let days = mart_days(&session.marts, mart)?;
    Ok(days.into_iter().filter(|day| (first..=session.as_of.day).contains(day)).collect())
}

/// All rows of the window, a day in memory at a time.
fn each_day(session: &Session, mart: &str) -> Result<(), Failure> {
    let mut printer = output::Rows::new(session.common.format);
    for day in days(session, mart)? {
        let partition = read_mart(&session.marts, &format!("{mart}/dt={day}"))?;
        if partition.batches.is_empty() {
            printer.print(&RecordBatch::new_empty(partition.schema))?;
        }
        for batch in &partition.batches {
            printer.print(&filter(batch, "brand_id", session.brand.map(|b| b.to_string()).as_deref())?)?;
        }
    }
    printer.finish()
}

/// Comments, allegations and affirmations of one brand on a day.
fn of_brand(session: &Session, target: &str, brand: i64) -> Result<[i64; 3], Failure> {
    let mut sums = [0; 3];
    for batch in &read_mart(&session.marts, target)?.batches {
        for row in listing_sums(batch)?.iter().filter(|row| row.brand_id == Some(brand)) {
            let counts = [row.counts.comments, row.counts.allegations, row.counts.affirmations];
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    Ok(sums)
}

/// The same of all comments: the manifest says it, which costs less than to read a million listings.
fn of_all(session: &Session, target: &str) -> Result<[i64; 3], Failure> {
    let manifest = read_manifest(&session.marts, target)?.unwrap_or_default();
    let note = |name: &str| manifest.notes.get(name).map_or(0, |n| n.cast_signed());
    let comments = manifest.rows_in.saturating_sub(manifest.rows_quarantined).cast_signed();
    Ok([comments, note("allegations"), note("affirmations")])
}

/// For a person: what each day's comments came to.
fn comment_days(session: &Session) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for day in days(session, "comment_sums")? {
        let target = format!("comment_sums/dt={day}");
        let [comments, allegations, affirmations] = match session.brand {
            Some(brand) => of_brand(session, &target, brand)?,
            None => of_all(session, &target)?,
        };
        let rate =
            if comments > 0 { format!("{:.2}", 1000.0 * allegations as f64 / comments as f64) } else { "–".into() };
        lines.push(vec![
            day.to_string(),
            comments.to_string(),
            allegations.to_string(),
            affirmations.to_string(),
            rate,
        ]);
    }
    output::listing(&["day", "comments", "allege", "affirm", "allege_per_1000"], &lines, Format::Table)
}

/// For a person: what each day's sales and refunds came to.
fn event_days(session: &Session) -> Result<(), Failure> {
    let brand = session.brand.map(|b| b.to_string());
    let rows_of = |mart: &str, day| -> Result<Vec<RecordBatch>, Failure> {
        let partition = read_mart(&session.marts, &format!("{mart}/dt={day}"))?;
        partition.batches.iter().map(|batch| filter(batch, "brand_id", brand.as_deref())).collect()
    };
    let mut lines = Vec::new();
    for day in days(session, "sales_sums")? {
        let mut sums = [0_i128; 4];
        for batch in rows_of("sales_sums", day)? {
            let cells = Cells(&batch);
            let (units, prices) = (cells.whole("units")?, cells.whole("unit_price_minor")?);
            sums[0] += units.iter().map(|n| i128::from(*n)).sum::<i128>();
            sums[1] += units.iter().zip(prices).map(|(n, price)| i128::from(*n) * i128::from(*price)).sum::<i128>();
        }
        for batch in rows_of("refund_sums", day)? {
            let cells = Cells(&batch);
            let reasons = cells.texts("reason")?;
            for (units, reason) in cells.whole("units")?.iter().zip(reasons) {
                sums[2] += i128::from(*units);
                sums[3] += if reason == Some("counterfeit") { i128::from(*units) } else { 0 };
            }
        }
        lines.push(std::iter::once(day.to_string()).chain(sums.iter().map(ToString::to_string)).collect());
    }
    output::listing(&["day", "units", "gmv_minor", "refunded", "as_counterfeit"], &lines, Format::Table)
}
