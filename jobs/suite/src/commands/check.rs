//! `mirrorlake check`: is the lake sound?

use mirrorlake_lake::contract::{TABLES, Table};
use mirrorlake_lake::marts::{RunLock, commit_all};
use mirrorlake_model::ExitStatus;

use super::contract::table;
use crate::args::{CheckArgs, Common, Format, FormatArgs, JobArgs};
use crate::failure::Failure;
use crate::interrupt;
use crate::output;
use crate::runner::{self, Session, check_tables, select_tables, stage_quarantine};

/// Checks tables, prints a line for each, and keeps the quarantine where marts are given.
pub fn run(common: &Common, args: &CheckArgs) -> Result<ExitStatus, Failure> {
    super::supported(common.format, "check")?;
    let mut tables: Vec<&'static Table> = Vec::new();
    for name in &args.tables {
        tables.push(table(name)?);
    }
    if tables.is_empty() {
        tables = TABLES.iter().collect();
    }
    // A takedown is judged against the claims, so they are checked with it.
    for needed in tables.clone().iter().flat_map(|t| t.references).filter_map(|r| Table::find(r.table)) {
        if !tables.iter().any(|t| t.name == needed.name) {
            tables.push(needed);
        }
    }
    tables.sort_by_key(|t| !t.references.is_empty());
    let job = JobArgs {
        lake: args.lake.clone(),
        // Nothing is written without --marts; the session wants a place all the same.
        marts: Some(args.marts.clone().unwrap_or_else(|| ".".to_owned())),
        brand: None,
        output: FormatArgs { format: common.format },
        engine: "polars".to_owned(),
        force: false,
    };
    let session = Session::open_for_tables(common, &job, &tables)?;
    let snapshots = select_tables(&session, &tables)?;
    let checked = check_tables(&session, &snapshots)?;
    runner::verify_unchanged(&snapshots)?;
    let mut lines = Vec::new();
    for table in &checked {
        let counts = [table.partitions.len() as u64, table.files.len() as u64, table.rows(), table.faults.len() as u64];
        lines.push((table.table.name, counts, table.missing_days.len()));
    }
    if args.marts.is_some() {
        let _lock = RunLock::take(&session.marts, "check", &format!("dt={}", session.as_of.day))?;
        let staged = stage_quarantine(&session, &checked, &snapshots)?;
        commit_all(staged, &interrupt::requested)?;
    }
    print(common.format, &session, &lines)?;
    Ok(ExitStatus::Ok)
}

fn print(format: Format, session: &Session, lines: &[(&str, [u64; 4], usize)]) -> Result<(), Failure> {
    let header = ["table", "partitions", "files", "rows", "quarantined", "missing_days"];
    if format == Format::Json {
        for (table, [partitions, files, rows, quarantined], missing) in lines {
            let line = serde_json::json!({
                "table": table, "partitions": partitions, "files": files, "rows": rows, "quarantined": quarantined,
                "missing_days": missing,
            });
            output::say(&format!("{line}\n"))?;
        }
        let mut summary = runner::Summary::empty("check", session.as_of);
        summary.status = "ok".to_owned();
        summary.rows_in = lines.iter().map(|l| l.1[2]).sum();
        summary.rows_quarantined = lines.iter().map(|l| l.1[3]).sum();
        let line = serde_json::to_string(&summary).map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?;
        return output::say(&format!("{line}\n"));
    }
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|(table, counts, missing)| {
            let mut line = vec![(*table).to_owned()];
            line.extend(counts.iter().map(u64::to_string));
            line.push(missing.to_string());
            line
        })
        .collect();
    output::listing(&header, &rows, format)
}
