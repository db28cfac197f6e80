//! Jobs that run once for each event day of the window: a day that is done is not done again, so that a daily run costs
//! one day, however long the window is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use chrono::NaiveDate;
use mirrorlake_lake::contract::Table;

use super::inputs::{select_tables, tables_of};
use super::{Session, Summary, round, run_job};
use crate::failure::Failure;
use crate::interrupt;
use crate::job::Job;
use crate::telemetry;

/// Runs a job for every day of the window that its event tables have, oldest first.
///
/// Each day is published as soon as it is done: after a failure the other days stand, and a rerun does what failed.
pub fn run(session: &Session, job: &dyn Job, started: Instant) -> Result<Summary, Failure> {
    // Selecting the window refuses it where days are missing.
    let events: Vec<&'static Table> = tables_of(&[job]).into_iter().filter(|t| t.is_event()).collect();
    let snapshots = select_tables(session, &events)?;
    let mut days: Vec<_> = snapshots.iter().flat_map(|s| s.partitions.iter().map(|p| p.day)).collect();
    days.sort_unstable();
    days.dedup();
    let missing: Vec<String> =
        snapshots.iter().flat_map(|s| s.missing_days.iter().map(|d| format!("{} {d}", s.table.name))).collect();
    if !missing.is_empty() {
        tracing::warn!(job = job.name(), missing = missing.len(), "event days are missing: {}", missing.join(", "));
    }
    let mut total = Summary::empty(job.name(), session.as_of);
    "unchanged".clone_into(&mut total.status);
    for summary in run_days(session, job, &days)? {
        if summary.status == "published" {
            total.status.clone_from(&summary.status);
        }
        total.rows_in += summary.rows_in;
        total.rows_quarantined += summary.rows_quarantined;
        total.rows_out += summary.rows_out;
        total.outputs.extend(summary.outputs);
    }
    total.seconds = round(started.elapsed().as_secs_f64());
    Ok(total)
}

/// Runs the days, as many at a time as there are threads; what each comes to does not depend on the others, so a day
/// that fails stops none of them.
///
/// The failure is that of the earliest day that failed, with the number of days that stand.
fn run_days(session: &Session, job: &dyn Job, days: &[NaiveDate]) -> Result<Vec<Summary>, Failure> {
    let workers = session.threads.clamp(1, days.len().max(1));
    let bar = telemetry::progress(job.name(), days.len() as u64, session.common.quiet > 0 || workers == 1);
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<NaiveDate, Result<Summary, Failure>>> = Mutex::default();
    let worker = || {
        while let Some(&day) = days.get(next.fetch_add(1, Ordering::Relaxed)) {
            let summary = run_day(session, job, day, session.threads / workers, workers > 1);
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(day, summary);
            bar.inc(1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(worker);
        }
        worker();
    });
    bar.finish_and_clear();
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let stand = done.values().filter(|d| d.is_ok()).count();
    let mut summaries = Vec::with_capacity(days.len());
    for summary in done.into_values() {
        let words = format!("{stand} of {} days of {} are done and stand; not done", days.len(), job.name());
        summaries.push(summary.map_err(|e| e.context(&words))?);
    }
    Ok(summaries)
}

fn run_day(
    session: &Session,
    job: &dyn Job,
    day: NaiveDate,
    threads: usize,
    among_others: bool,
) -> Result<Summary, Failure> {
    if interrupt::requested() {
        return Err(mirrorlake_lake::LakeError::Cancelled.into());
    }
    let one = session.of_day(day, threads.max(1), among_others)?;
    let summary = run_job(&one, job, Instant::now()).map_err(|e| e.context(&day.to_string()))?;
    let Summary { status, rows_in, rows_quarantined, rows_out, seconds, .. } = &summary;
    tracing::debug!(
        job = job.name(), day = %day, status, rows_in, rows_quarantined, rows_out, seconds,
        "{} of {day}: {status} ({rows_in} rows in, {rows_quarantined} quarantined, {rows_out} out)", job.name(),
    );
    Ok(summary)
}
