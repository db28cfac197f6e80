//! The subcommands. Each one is short: what is long lives in a job or the runner.

mod check;
mod contract;
mod daily;
mod demo;
mod jobs;
mod link;
mod sample;
mod sql;

use arrow::record_batch::RecordBatch;
use mirrorlake_lake::marts::{mart_days, read_mart};
use mirrorlake_model::ExitStatus;

use crate::args::{Cli, Command, Common, Format, JobArgs};
use crate::failure::Failure;
use crate::job::Job;
use crate::output;
use crate::registry;
use crate::runner::{self, Session, Summary};

/// Runs the command.
pub fn run(cli: &Cli) -> Result<ExitStatus, Failure> {
    let common = &cli.common;
    match &cli.command {
        Command::TakedownSla(args) => job(common, args, "takedown-sla"),
        Command::BrandReport(args) => job(common, args, "brand-report"),
        Command::Daily(args) => or_summary(common, "daily", &args.lake.as_of, daily::run(common, args)),
        Command::Check(args) => or_summary(common, "check", &args.lake.as_of, check::run(common, args)),
        Command::Contract(args) => contract::run(args),
        Command::Sql(args) => sql::run(common, args),
        Command::Jobs(_) => jobs::run(common),
        Command::SampleLake(args) => or_summary(common, "sample-lake", "", sample::run(common, args)),
        Command::Demo(_) => demo::run(common),
        Command::Link { dir } => link::run(dir),
    }
}

fn job(common: &Common, args: &JobArgs, name: &str) -> Result<ExitStatus, Failure> {
    let job = registry::find(name).ok_or_else(|| Failure::usage(format!("unknown job {name}")))?;
    supported(common.format, name)?;
    let opened = Session::open(common, args, &[job]).and_then(|mut session| {
        whole_day_stays_whole(&mut session, job)?;
        Ok(session)
    });
    let session = match opened {
        Ok(session) => session,
        Err(failure) => return or_summary(common, name, &args.lake.as_of, Err(failure)),
    };
    let (summary, failure) = runner::run(&session, job);
    let printed = if failure.is_none() { print_rows(&session, job) } else { Ok(()) };
    print_summary(common, &summary)?;
    printed?;
    failure.map_or(Ok(ExitStatus::Ok), Err)
}

/// Refuses formats that a command has no rows for.
pub fn supported(format: Format, command: &str) -> Result<(), Failure> {
    let fits = match command {
        "takedown-sla" => true,
        "brand-report" => matches!(format, Format::Table | Format::Json),
        _ => format != Format::Parquet,
    };
    if fits { Ok(()) } else { Err(Failure::usage(format!("{command} has no rows to print in this --format"))) }
}

/// Where the day's reports are published as a whole, one brand's are not put in their place: the manifest and the
/// index would no longer tell the truth. The whole day is made again, if anything has changed.
pub fn whole_day_stays_whole(session: &mut Session, job: &dyn Job) -> Result<(), Failure> {
    let day = session.as_of.day;
    if session.brand.is_some() && job.outputs() == ["reports"] && mart_days(&session.marts, "reports")?.contains(&day) {
        tracing::info!("the reports of {day} are published as a whole, so --brand does not limit this run");
        session.brand = None;
    }
    Ok(())
}

/// A run that could not begin still ends with the summary line that a scheduler expects.
fn or_summary(
    common: &Common,
    command: &str,
    as_of: &str,
    result: Result<ExitStatus, Failure>,
) -> Result<ExitStatus, Failure> {
    let Err(failure) = result else { return result };
    if common.format == Format::Json {
        let line = serde_json::json!({
            "job": command,
            "status": failure.status().word(),
            "exit_code": failure.status().code(),
            "as_of": as_of,
            "error": failure.to_string(),
        });
        output::say(&format!("{line}\n"))?;
    }
    Err(failure)
}

/// The columns of a mart that a person wants to see first.
const HEADLINE: &[(&str, &[&str])] = &[(
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
)];

/// Prints the rows of a job's first mart.
fn print_rows(session: &Session, job: &dyn Job) -> Result<(), Failure> {
    let Some(mart) = job.outputs().first() else { return Ok(()) };
    let target = runner::target(session, mart);
    if *mart == "reports" {
        if session.common.format == Format::Table {
            output::say(&format!("reports are in {}/{target}\n", session.marts.display()))?;
        }
        return Ok(());
    }
    let partition = read_mart(&session.marts, &target)?;
    let format = session.common.format;
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

/// The one-line summary, last on standard output with `--format json`.
fn print_summary(common: &Common, summary: &Summary) -> Result<(), Failure> {
    if common.format != Format::Json {
        return Ok(());
    }
    let line = serde_json::to_string(summary).map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?;
    output::say(&format!("{line}\n"))
}
