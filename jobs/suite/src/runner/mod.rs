//! The runner: the one place that reads, checks, writes, times, logs and maps exit codes, so that jobs need not.

mod each_day;
mod inputs;
mod publish;
pub mod threads;
mod windows;

use std::collections::BTreeMap;
use std::time::Instant;

use mirrorlake_engine::Engine;
use mirrorlake_lake::Location;
use mirrorlake_lake::check::{CheckedTable, Mapped};
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::marts::{Manifest, RunLock, fingerprint, unchanged};
use mirrorlake_lake::snapshot::TableSnapshot;
use mirrorlake_model::thresholds::DEFINITION_VERSION;
use mirrorlake_model::{AsOf, ExitStatus};
use serde::Serialize;

pub use inputs::{check_tables, day, location, marts_settings, resolve_brand, select_tables, verify_unchanged};
pub use publish::stage_quarantine;

use crate::args::{Common, JobArgs};
use crate::failure::Failure;
use crate::interrupt;
use crate::job::{Computed, Job, MappedMart, Mapping, Work};
use crate::settings::Settings;

/// Version of the program, as it stands in manifests.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything a run needs, from the command line, the environment and the configuration file.
pub struct Session {
    /// Common options.
    pub common: Common,
    /// Configuration, with the command line's options worked in.
    pub settings: Settings,
    /// The lake.
    pub lake: Location,
    /// The marts.
    pub marts: Location,
    /// As of when.
    pub as_of: AsOf,
    /// The brand chosen.
    pub brand: Option<i64>,
    /// Engine.
    pub engine: Box<dyn Engine>,
    /// Whether to compute again what is unchanged.
    pub force: bool,
    /// Worker threads.
    pub threads: usize,
    /// Folder for files fetched from an object store and for sorted runs; removed at the end.
    pub spool: tempfile::TempDir,
}

/// How a job ended, for people, schedulers and the last line of `--format json`.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Job.
    pub job: String,
    /// `published`, `unchanged`, `skipped` or the word of an exit code.
    pub status: String,
    /// Exit code.
    pub exit_code: u8,
    /// As-of day.
    pub as_of: String,
    /// Rows read.
    pub rows_in: u64,
    /// Rows quarantined.
    pub rows_quarantined: u64,
    /// Rows written, by all marts together.
    pub rows_out: u64,
    /// Partitions, relative to the marts.
    pub outputs: Vec<String>,
    /// Seconds.
    pub seconds: f64,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Session {
    /// Opens a session for jobs.
    ///
    /// # Errors
    ///
    /// Usage failures, and refusals while the as-of day or the brand is looked up.
    pub fn open(common: &Common, args: &JobArgs, jobs: &[&dyn Job]) -> Result<Self, Failure> {
        Self::open_for_tables(common, args, &inputs::tables_of(jobs))
    }

    /// The same session as of another day, with events of that day only; without bars of its own where other days run at
    /// the same time.
    ///
    /// # Errors
    ///
    /// When the engine or a temporary folder cannot be opened.
    pub fn of_day(&self, day: chrono::NaiveDate, threads: usize, among_others: bool) -> Result<Self, Failure> {
        let mut common = self.common.clone();
        common.quiet = common.quiet.max(u8::from(among_others));
        let mut settings = self.settings.clone();
        settings.days = 1;
        Ok(Self {
            common,
            settings,
            lake: self.lake.clone(),
            marts: self.marts.clone(),
            as_of: AsOf { day, time_zone: self.as_of.time_zone },
            brand: self.brand,
            engine: mirrorlake_engine::open(self.engine.name())?,
            force: self.force,
            threads,
            spool: inputs::spool()?,
        })
    }

    /// Opens a session for commands that read tables without a job.
    ///
    /// # Errors
    ///
    /// As [`Session::open`].
    pub fn open_for_tables(common: &Common, args: &JobArgs, tables: &[&'static Table]) -> Result<Self, Failure> {
        let mut settings = inputs::settings(common, &args.lake)?;
        if args.marts.is_some() {
            settings.marts.clone_from(&args.marts);
        }
        let lake = inputs::location(settings.lake.as_deref(), "--lake", &settings)?;
        let marts = inputs::location(settings.marts.as_deref(), "--marts", &settings)?;
        let engine = mirrorlake_engine::open(&args.engine)?;
        let as_of = inputs::as_of(&args.lake.as_of, &settings, &lake, tables)?;
        let threads = threads::count(common);
        let mut session = Self {
            common: common.clone(),
            settings,
            lake,
            marts,
            as_of,
            brand: None,
            engine,
            force: args.force,
            threads,
            spool: inputs::spool()?,
        };
        if let Some(brand) = &args.brand {
            session.brand = Some(resolve_brand(&session, brand)?);
        }
        Ok(session)
    }
}

/// Runs one job to its end and says how it ended.
pub fn run(session: &Session, job: &dyn Job) -> (Summary, Option<Failure>) {
    let started = Instant::now();
    let result = if job.each_day() { each_day::run(session, job, started) } else { run_job(session, job, started) };
    let seconds = started.elapsed().as_secs_f64();
    match result {
        Ok(summary) => {
            let Summary { status, rows_in, rows_quarantined, rows_out, .. } = &summary;
            tracing::info!(
                job = job.name(), as_of = %session.as_of.day, status, rows_in, rows_quarantined, rows_out, seconds,
                "{} as of {}: {status} ({rows_in} rows in, {rows_quarantined} quarantined, {rows_out} out, {seconds:.1} s)",
                job.name(), session.as_of.day,
            );
            (summary, None)
        }
        Err(failure) => {
            let status = interrupt::status().unwrap_or(failure.status());
            tracing::error!(job = job.name(), as_of = %session.as_of.day, exit_code = status.code(), "{failure}");
            let mut summary = Summary::empty(job.name(), session.as_of);
            summary.status = status.word().to_owned();
            summary.exit_code = status.code();
            summary.error = Some(failure.to_string());
            summary.seconds = round(seconds);
            (summary, Some(failure.reported()))
        }
    }
}

impl Summary {
    /// A summary of nothing done.
    pub fn empty(job: &str, as_of: AsOf) -> Self {
        Self {
            job: job.to_owned(),
            status: "skipped".to_owned(),
            exit_code: ExitStatus::Ok.code(),
            as_of: as_of.day.to_string(),
            rows_in: 0,
            rows_quarantined: 0,
            rows_out: 0,
            outputs: Vec::new(),
            seconds: 0.0,
            error: None,
        }
    }
}

fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// The partition of a mart for a run: reports of one brand have one of their own.
pub fn target(session: &Session, mart: &str) -> String {
    match session.brand {
        Some(brand) if mart == "reports" => format!("reports/dt={}/brand={brand}", session.as_of.day),
        _ => format!("{mart}/dt={}", session.as_of.day),
    }
}

fn run_job(session: &Session, job: &dyn Job, started: Instant) -> Result<Summary, Failure> {
    let mut timings = BTreeMap::new();
    let mut lap = |name: &str, since: Instant| {
        timings.insert(name.to_owned(), round(since.elapsed().as_secs_f64()));
    };
    let day = session.as_of.day;
    let targets: Vec<String> = job.outputs().iter().map(|mart| target(session, mart)).collect();
    let _lock = RunLock::take(&session.marts, job.name(), &format!("dt={day}"))?;

    let step = Instant::now();
    let snapshots = select_tables(session, &inputs::tables_of(&[job]))?;
    let marts = inputs::read_marts(session, job)?;
    let windows = windows::find(session, job, &marts)?;
    let mut files = inputs::listed(&snapshots);
    files.extend(inputs::listed_marts(&marts, &windows));
    let configuration = inputs::configuration(session, job);
    let as_of_text = session.as_of.instant().to_rfc3339();
    let print = fingerprint(job.name(), VERSION, DEFINITION_VERSION, &as_of_text, &configuration, &files);
    if !session.force
        && let Some(summary) = already_there(session, job, &targets, &snapshots, &print, started)?
    {
        return Ok(summary);
    }
    lap("select", step);

    let step = Instant::now();
    // Whatever goes wrong with a file that has changed meanwhile goes wrong because it has.
    let or_changed = |failure: Failure| match inputs::verify_unchanged(&snapshots) {
        Err(changed) if failure.status() != ExitStatus::TryAgain => changed,
        _ => failure,
    };
    let mapping = job.mapping(&session.settings)?;
    let (tables, computed) = match (&mapping, job.outputs().first()) {
        (Some(mapping), Some(mart)) => {
            let (tables, computed) = map_tables(session, &snapshots, mapping.as_ref(), mart).map_err(or_changed)?;
            lap("check", step);
            (tables, Some(computed))
        }
        _ => {
            let tables = check_tables(session, &snapshots).map_err(or_changed)?;
            lap("check", step);
            (tables, None)
        }
    };

    let step = Instant::now();
    let work = Work {
        as_of: session.as_of,
        settings: &session.settings,
        brand: session.brand,
        engine: session.engine.as_ref(),
        tables: &tables,
        marts: &marts,
        windows: &windows,
        threads: session.threads,
        version: VERSION,
        threads: session.threads,
    };
    let computed = match computed {
        Some(computed) => computed,
        None => job.compute(&work).map_err(or_changed)?,
    };
    for warning in &computed.warnings {
        tracing::warn!(
            reduction = warning.reduction,
            bad_rows = warning.bad_rows,
            "check of reduction {}: {} ({} rows)",
            warning.reduction,
            warning.check,
            warning.bad_rows
        );
    }
    lap("compute", step);

    let step = Instant::now();
    let mut manifest = inputs::manifest(session, job, configuration, &print, &tables, files, &marts);
    manifest.notes.extend(computed.notes.iter().cloned());
    // The quarantine first: no mart may be there whose quarantine is not.
    let mut staged = publish::stage_quarantine(session, &tables, &snapshots)?;
    staged.extend(publish::stage(session, job, computed, &manifest)?);
    inputs::verify_unchanged(&snapshots)?;
    lap("write", step);
    lap("total", started);
    for (_, manifest) in &mut staged {
        manifest.timings.clone_from(&timings);
    }
    let published = mirrorlake_lake::marts::commit_all(staged, &interrupt::requested)?;
    let own: Vec<&Manifest> = published.iter().filter(|m| m.job == job.name()).collect();
    Ok(Summary {
        status: "published".to_owned(),
        rows_in: manifest.rows_in,
        rows_quarantined: manifest.rows_quarantined,
        rows_out: own.iter().map(|m| m.rows_out).sum(),
        outputs: targets,
        seconds: round(started.elapsed().as_secs_f64()),
        ..Summary::empty(job.name(), session.as_of)
    })
}

/// Checks and maps the one table of a job that maps rows.
fn map_tables(
    session: &Session,
    snapshots: &[TableSnapshot],
    mapping: &dyn Mapping,
    mart: &'static str,
) -> Result<(Vec<CheckedTable>, Computed), Failure> {
    let [snapshot] = snapshots else {
        return Err(Failure::new(ExitStatus::Failed, "internal: a job that maps rows reads one table"));
    };
    let Mapped { checked, runs } = inputs::map_rows(session, snapshot, mapping.rows())?;
    let mut computed = mapping.finish()?;
    computed.mapped = Some(MappedMart { name: mart, schema: mapping.rows().schema(), runs });
    Ok((vec![checked], computed))
}

/// The summary of a run that has nothing to do, if all its partitions are there with the same fingerprint.
fn already_there(
    session: &Session,
    job: &dyn Job,
    targets: &[String],
    snapshots: &[TableSnapshot],
    print: &str,
    started: Instant,
) -> Result<Option<Summary>, Failure> {
    let mut found = Vec::new();
    for target in targets {
        let Some(manifest) = unchanged(&session.marts, target, print)? else { return Ok(None) };
        found.push(manifest);
    }
    for snapshot in snapshots {
        if !publish::quarantine_stands(session, snapshot)? {
            return Ok(None);
        }
    }
    let Some(first) = found.first() else { return Ok(None) };
    Ok(Some(Summary {
        status: "unchanged".to_owned(),
        rows_in: first.rows_in,
        rows_quarantined: first.rows_quarantined,
        rows_out: found.iter().map(|m| m.rows_out).sum(),
        outputs: targets.to_vec(),
        seconds: round(started.elapsed().as_secs_f64()),
        ..Summary::empty(job.name(), session.as_of)
    }))
}
