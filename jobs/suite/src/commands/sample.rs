//! `mirrorlake sample-lake`: an invented lake, with the truth beside it.

use mirrorlake_model::ExitStatus;
use mirrorlake_sample::{SampleSpec, write_sample_lake};

use crate::args::{Common, Format, SampleArgs};
use crate::failure::Failure;
use crate::interrupt;
use crate::output;
use crate::telemetry;

/// Writes the lake.
pub fn run(common: &Common, args: &SampleArgs) -> Result<ExitStatus, Failure> {
    super::supported(common.format, "sample-lake")?;
    let mut spec = SampleSpec::new(args.sales, args.days, args.seed);
    spec.end_day = args.end_day;
    spec.takedowns = args.takedowns;
    spec.merchants = args.merchants;
    spec.brands = args.brands;
    spec.overwrite = args.overwrite;
    spec.threads = Some(crate::runner::threads::count(common));
    let bar = telemetry::progress("sales", args.sales, common.quiet > 0);
    let stopped = || interrupt::requested();
    let written = write_sample_lake(&args.out, &spec, &mut |progress| bar.set_position(progress.sales_done), &stopped);
    bar.finish_and_clear();
    let summary = written.map_err(|e| Failure::new(status(&e), with_causes(&e)))?;
    let tables = summary.tables.iter();
    if common.format == Format::Json {
        for table in tables {
            let line = serde_json::json!({
                "table": table.name, "files": table.files, "rows": table.rows, "bytes": table.bytes,
            });
            output::say(&format!("{line}\n"))?;
        }
        let line = serde_json::json!({ "job": "sample-lake", "status": "published", "exit_code": 0, "out": args.out });
        output::say(&format!("{line}\n"))?;
        return Ok(ExitStatus::Ok);
    }
    let lines: Vec<Vec<String>> = tables
        .map(|t| vec![t.name.to_string(), t.files.to_string(), t.rows.to_string(), t.bytes.to_string()])
        .collect();
    output::listing(&["table", "files", "rows", "bytes"], &lines, common.format)?;
    if common.format == Format::Csv {
        return Ok(ExitStatus::Ok);
    }
    let out = args.out.display();
    output::say(&format!("\nThe lake: {out}\nThe planted truth: {out}/_truth\n"))?;
    Ok(ExitStatus::Ok)
}

/// An error with what caused it.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

fn status(error: &mirrorlake_sample::SampleError) -> ExitStatus {
    use mirrorlake_sample::SampleError;
    match error {
        SampleError::Spec(_) | SampleError::NotEmpty(_) | SampleError::Exists(_) => ExitStatus::Usage,
        _ => ExitStatus::Failed,
    }
}
