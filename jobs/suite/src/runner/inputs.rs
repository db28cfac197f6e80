//! What a run reads: settings, locations, the as-of day, tables, marts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mirrorlake_engine::{Input, reduce};
use mirrorlake_lake::check::{CheckedTable, Checking, Mapped, References, RowMap, check_table, map_table};
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::marts::{InputFile, Manifest, MartPartition, read_mart};
use mirrorlake_lake::snapshot::{Selection, TableSnapshot, newest_finished_day, select};
use mirrorlake_lake::{LakeError, Location};
use mirrorlake_model::thresholds::DEFINITION_VERSION;
use mirrorlake_model::{AsOf, ExitStatus};
use serde_json::{Value, json};

use super::{Session, VERSION};
use crate::args::{Common, LakeArgs, MartsArgs};
use crate::catalogue::Cells;
use crate::failure::{Failure, nearest};
use crate::interrupt;
use crate::job::{Job, MartDay, Need};
use crate::settings::Settings;
use crate::telemetry;

/// The configuration file with the command line's lake options worked in.
pub fn settings(common: &Common, args: &LakeArgs) -> Result<Settings, Failure> {
    let mut settings = Settings::load(common.config.as_deref())?;
    if args.lake.is_some() {
        settings.lake.clone_from(&args.lake);
    }
    if let Some(days) = args.days {
        settings.days = days;
        settings.days_given = true;
    }
    settings.allow_missing_days |= args.allow_missing_days;
    with_store_options(&mut settings, &args.store_options)?;
    Ok(settings)
}

/// The configuration file with the options of a command that reads marts alone.
pub fn marts_settings(common: &Common, args: &MartsArgs) -> Result<Settings, Failure> {
    let mut settings = Settings::load(common.config.as_deref())?;
    if args.marts.is_some() {
        settings.marts.clone_from(&args.marts);
    }
    with_store_options(&mut settings, &args.store_options)?;
    Ok(settings)
}

fn with_store_options(settings: &mut Settings, options: &[String]) -> Result<(), Failure> {
    for option in options {
        // The text itself is not repeated: it may be a secret.
        let (key, value) = option.split_once('=').ok_or_else(|| Failure::usage("a --store-option is not KEY=VALUE"))?;
        settings.store_options.insert(key.to_owned(), value.to_owned());
    }
    Ok(())
}

/// Opens a location that must have been given.
pub fn location(text: Option<&str>, option: &str, settings: &Settings) -> Result<Location, Failure> {
    let text = text.ok_or_else(|| {
        Failure::usage(format!("{option} is missing; pass it, set its environment variable or its configuration key"))
    })?;
    // Options are for the stores among the locations: a lake may be local and the marts remote.
    let options = if text.contains("://") { settings.store_pairs() } else { Vec::new() };
    Ok(Location::parse(text, &options)?)
}

/// The tables that jobs need, each once, tables before those that refer to them.
pub fn tables_of(jobs: &[&dyn Job]) -> Vec<&'static Table> {
    let mut tables: Vec<&'static Table> = Vec::new();
    for job in jobs {
        for need in job.needs() {
            if let Need::Table(name) = need
                && let Some(table) = Table::find(name)
                && !tables.iter().any(|t| t.name == table.name)
            {
                tables.push(table);
            }
        }
    }
    order(&mut tables);
    tables
}

fn order(tables: &mut [&'static Table]) {
    tables.sort_by_key(|t| !t.references.is_empty());
}

/// A day given by `--as-of`.
pub fn day(text: &str) -> Result<NaiveDate, Failure> {
    let day: Option<NaiveDate> = text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text);
    day.ok_or_else(|| Failure::usage(format!("--as-of {text} is neither a day as in 2026-11-16 nor \"latest\"")))
}

/// The as-of day: given, or the newest day that every table has.
pub fn as_of(text: &str, settings: &Settings, lake: &Location, tables: &[&'static Table]) -> Result<AsOf, Failure> {
    let time_zone = settings.time_zone;
    if text != "latest" {
        return Ok(AsOf { day: day(text)?, time_zone });
    }
    // Tables that may be old do not hold a run back: of the others, the slowest one decides.
    let prompt: Vec<&&Table> = tables
        .iter()
        .filter(|t| match t.kind {
            mirrorlake_lake::contract::Kind::Event { .. } => true,
            mirrorlake_lake::contract::Kind::State { tolerance_days } => {
                settings.tolerance_days.get(t.name).copied().unwrap_or(tolerance_days) == 0
            }
        })
        .collect();
    let deciding: Vec<&&Table> = if prompt.is_empty() { tables.iter().collect() } else { prompt };
    let mut latest: Option<NaiveDate> = None;
    for table in deciding {
        let newest = newest_finished_day(lake, table)?.ok_or_else(|| {
            Failure::new(
                ExitStatus::InputRefused,
                format!(
                    "table {}: no finished partition (one with a _SUCCESS file), so there is no latest day",
                    table.name
                ),
            )
        })?;
        latest = Some(latest.map_or(newest, |day| day.min(newest)));
    }
    let day = latest.ok_or_else(|| Failure::usage("--as-of latest needs a job that reads tables"))?;
    Ok(AsOf { day, time_zone })
}

/// Selects the partitions of tables and lists their files.
pub fn select_tables(session: &Session, tables: &[&'static Table]) -> Result<Vec<TableSnapshot>, Failure> {
    let selection = |table: &Table| Selection {
        as_of: session.as_of,
        days: session.settings.days,
        allow_missing_days: session.settings.allow_missing_days,
        tolerance_days: session.settings.tolerance_days.get(table.name).copied(),
    };
    tables.iter().map(|table| Ok(select(&session.lake, table, selection(table))?)).collect()
}

/// Checks tables against the contract, with a progress bar. Files of an object store are fetched into `session.spool`,
/// where the engine reads them again.
pub fn check_tables(session: &Session, snapshots: &[TableSnapshot]) -> Result<Vec<CheckedTable>, Failure> {
    let mut references = References::default();
    let mut checked = Vec::with_capacity(snapshots.len());
    for snapshot in snapshots {
        let name = snapshot.table.name;
        let referred_to = snapshots.iter().any(|s| s.table.references.iter().any(|r| r.table == name));
        let table = with_checking(session, &format!("checking {name}"), |checking| {
            check_table(snapshot, checking, &mut references, referred_to)
        })?;
        say_checked(&table);
        checked.push(table);
    }
    Ok(checked)
}

/// Checks a table and maps its rows in the same pass.
pub fn map_rows(session: &Session, snapshot: &TableSnapshot, map: &dyn RowMap) -> Result<Mapped, Failure> {
    let name = format!("reading {} {}", snapshot.table.name, session.as_of.day);
    let mapped = with_checking(session, &name, |checking| map_table(snapshot, checking, map))?;
    say_checked(&mapped.checked);
    Ok(mapped)
}

/// Gives a check what it may ask for, and a progress bar.
fn with_checking<T>(
    session: &Session,
    title: &str,
    check: impl FnOnce(Checking<'_>) -> Result<T, LakeError>,
) -> Result<T, Failure> {
    let options = session.settings.check_options(session.threads);
    let bar = telemetry::progress(title, 0, session.common.quiet > 0);
    let progress = |rows: u64| {
        bar.inc_length(rows);
        bar.inc(rows);
    };
    let checking = Checking {
        as_of: session.as_of,
        options: &options,
        spool: session.spool.path(),
        cancelled: &interrupt::requested,
        progress: &progress,
    };
    let result = check(checking);
    bar.finish_and_clear();
    Ok(result?)
}

fn say_checked(table: &CheckedTable) {
    let name = table.table.name;
    let quarantined = table.faults.len();
    let rows = table.rows();
    tracing::debug!(table = name, rows, quarantined, files = table.files.len(), "checked {name}: {rows} rows");
    if quarantined > 0 {
        tracing::warn!(
            table = name,
            rows,
            quarantined,
            "table {name}: {quarantined} of {rows} rows break the contract and are quarantined"
        );
    }
    if !table.missing_days.is_empty() {
        let days: Vec<String> = table.missing_days.iter().map(ToString::to_string).collect();
        tracing::warn!(table = name, "table {name}: event days are missing: {}", days.join(", "));
    }
}

/// A folder in the system's temporary one.
pub fn spool() -> Result<tempfile::TempDir, Failure> {
    tempfile::tempdir().map_err(|e| {
        Failure::new(ExitStatus::Failed, format!("cannot create a temporary folder (TMPDIR says where): {e}"))
    })
}

/// Lists the files again: what changed while it was read is to be tried again.
pub fn verify_unchanged(snapshots: &[TableSnapshot]) -> Result<(), Failure> {
    for snapshot in snapshots {
        mirrorlake_lake::snapshot::verify_unchanged(snapshot)?;
    }
    Ok(())
}

/// Reads the marts that a job needs, and holds them against each other: made as of the same instant by the same
/// definitions, and those of one job by one run.
pub fn read_marts(session: &Session, job: &dyn Job) -> Result<Vec<(&'static str, MartPartition)>, Failure> {
    let mut marts = Vec::new();
    for need in job.needs() {
        if let Need::Mart(mart) = need {
            marts.push((*mart, read_mart(&session.marts, &format!("{mart}/dt={}", session.as_of.day))?));
        }
    }
    let expected = session.as_of.instant().to_rfc3339();
    for (mart, MartPartition { manifest, .. }) in &marts {
        let refuse = |problem: String| {
            let day = session.as_of.day;
            let message = format!("mart {mart} dt={day}: {problem}; run {} again", manifest.job);
            Err(Failure::new(ExitStatus::InputRefused, message))
        };
        if manifest.as_of != expected {
            return refuse(format!("it was made as of {}, this run is as of {expected}", manifest.as_of));
        }
        if manifest.definition_version != DEFINITION_VERSION {
            return refuse(format!(
                "it was made by definitions {}, not {DEFINITION_VERSION}",
                manifest.definition_version
            ));
        }
        let other = marts
            .iter()
            .find(|(_, p)| p.manifest.job == manifest.job && p.manifest.fingerprint != manifest.fingerprint);
        if let Some((other, _)) = other {
            return refuse(format!("it and {other} were made by different runs of {}", manifest.job));
        }
    }
    Ok(marts)
}

/// The files of the lake that a run reads.
pub fn listed(snapshots: &[TableSnapshot]) -> Vec<InputFile> {
    let mut files = Vec::new();
    for snapshot in snapshots {
        for entry in snapshot.partitions.iter().flat_map(|p| &p.files) {
            files.push(InputFile {
                table: snapshot.table.name.to_owned(),
                path: entry.path.clone(),
                bytes: entry.bytes,
                mark: entry.mark.clone(),
                rows: 0,
                quarantined: 0,
            });
        }
    }
    files
}

/// The marts that a run reads: their files, marked with their sums.
pub fn listed_marts(
    marts: &[(&'static str, MartPartition)],
    windows: &[(&'static str, Vec<MartDay>)],
) -> Vec<InputFile> {
    let mut files = Vec::new();
    let of_day = marts.iter().map(|(mart, partition)| (mart, &partition.manifest));
    let of_window = windows.iter().flat_map(|(mart, days)| days.iter().map(move |day| (mart, &day.manifest)));
    for (mart, manifest) in of_day.chain(of_window) {
        for output in &manifest.outputs {
            files.push(InputFile {
                table: format!("marts.{mart}"),
                path: format!("{mart}/dt={}/{}", manifest.as_of_day, output.path),
                bytes: output.bytes,
                // What was made of the same rows by another version or of other inputs is another input all the same.
                mark: format!("{} {}", output.sha256, manifest.fingerprint),
                rows: output.rows,
                quarantined: 0,
            });
        }
    }
    files
}

/// Everything that may change a job's results, and nothing else.
pub fn configuration(session: &Session, job: &dyn Job) -> Value {
    let settings = &session.settings;
    let mut configuration = job.configuration(settings, session.brand);
    if let Value::Object(map) = &mut configuration {
        map.insert("max_bad_share".to_owned(), json!(settings.max_bad_share));
        map.insert("naive_timestamps_are_utc".to_owned(), json!(settings.naive_timestamps_are_utc));
        map.insert("caps".to_owned(), json!(settings.caps));
    }
    configuration
}

/// The manifest of a run, but for its outputs.
pub fn manifest(
    session: &Session,
    job: &dyn Job,
    configuration: Value,
    print: &str,
    tables: &[CheckedTable],
    mut files: Vec<InputFile>,
    marts: &[(&'static str, MartPartition)],
) -> Manifest {
    let mut by_rule: BTreeMap<String, u64> = BTreeMap::new();
    let mut missing_days = BTreeMap::new();
    for table in tables {
        let name = table.table.name;
        for file in &mut files {
            if let Some(checked) = table.files.iter().find(|f| file.table == name && f.entry.path == file.path) {
                file.rows = checked.rows;
                file.quarantined = checked.bad_rows.len() as u64;
            }
        }
        for fault in &table.faults {
            *by_rule.entry(format!("{name}.{}:{}", fault.column, fault.rule)).or_default() += 1;
        }
        if !table.missing_days.is_empty() {
            missing_days.insert(name.to_owned(), table.missing_days.iter().map(ToString::to_string).collect());
        }
    }
    let from_marts: u64 = marts.iter().flat_map(|(_, p)| &p.manifest.outputs).map(|o| o.rows).sum();
    Manifest {
        job: job.name().to_owned(),
        job_version: VERSION.to_owned(),
        definition_version: DEFINITION_VERSION,
        fingerprint: print.to_owned(),
        run_id: print.chars().take(16).collect(),
        as_of: session.as_of.instant().to_rfc3339(),
        as_of_day: session.as_of.day.to_string(),
        engine: session.engine.name().to_owned(),
        configuration,
        rows_in: tables.iter().map(CheckedTable::rows).sum::<u64>() + from_marts,
        rows_quarantined: tables.iter().map(|t| t.faults.len() as u64).sum(),
        inputs: files,
        missing_days,
        quarantined_by_rule: by_rule,
        ..Manifest::default()
    }
}

/// The number of a brand given by number or name.
///
/// # Errors
///
/// A usage failure with the nearest name where the lake's brands do not have it.
pub fn resolve_brand(session: &Session, given: &str) -> Result<i64, Failure> {
    let table = Table::find("brands").ok_or_else(|| LakeError::Internal("no table brands".to_owned()))?;
    let snapshots = select_tables(session, &[table])?;
    let tables = check_tables(session, &snapshots)?;
    let reduction = mirrorlake_sql::find("brand_directory")
        .ok_or_else(|| LakeError::Internal("no reduction brand_directory".to_owned()))?;
    let inputs: Vec<Input<'_>> = tables.iter().map(Input::Checked).collect();
    let (batch, _) = reduce(session.engine.as_ref(), reduction, &inputs)?;
    let cells = Cells(&batch);
    let (ids, names, names_zh) = (cells.ints("brand_id")?, cells.texts("name_en")?, cells.texts("name_zh")?);
    let wanted = given.trim();
    let id: Option<i64> = wanted.parse().ok();
    let found = (0..batch.num_rows()).find(|&i| {
        (id.is_some() && ids[i] == id)
            || names[i].is_some_and(|n| n.eq_ignore_ascii_case(wanted))
            || names_zh[i] == Some(wanted)
    });
    if let Some(id) = found.and_then(|i| ids[i]) {
        return Ok(id);
    }
    let known = names.iter().chain(&names_zh).flatten().copied();
    let near = nearest(wanted, known).map_or_else(
        || format!("; the lake has {} brands", batch.num_rows()),
        |name| format!(" (did you mean {}?)", mirrorlake_model::text::printable(name, 80)),
    );
    Err(Failure::usage(format!("unknown brand {}{near}", mirrorlake_model::text::printable(wanted, 80))))
}
