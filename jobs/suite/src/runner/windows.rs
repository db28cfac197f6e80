//! Marts of event days: which of the window's days a job can do with.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mirrorlake_lake::marts::{Manifest, MartPartition, mart_days, read_manifest};
use mirrorlake_model::thresholds::DEFINITION_VERSION;
use mirrorlake_model::{AsOf, ExitStatus};

use super::Session;
use super::inputs::{select_tables, tables_of};
use crate::failure::Failure;
use crate::job::{Job, MartDay, Need};
use crate::registry::writer_of;

/// Finds the days of marts in the window that a job can do with: finished, made as of the end of that day by the same
/// definitions, from the files that the lake has now. What does not fit is left out; the job says what is missing.
pub fn find(
    session: &Session,
    job: &dyn Job,
    marts: &[(&'static str, MartPartition)],
) -> Result<Vec<(&'static str, Vec<MartDay>)>, Failure> {
    let mut windows = earlier(session, job)?;
    let first = session.as_of.window_start(job.window_days(&session.settings, marts)?);
    for need in job.needs() {
        let (Need::Window(mart) | Need::Sums(mart)) = need else { continue };
        let mut days = Vec::new();
        for day in mart_days(&session.marts, mart)?.into_iter().filter(|d| (first..=session.as_of.day).contains(d)) {
            let target = format!("{mart}/dt={day}");
            let Some(manifest) = read_manifest(&session.marts, &target)? else { continue };
            let as_of = AsOf { day, time_zone: session.as_of.time_zone }.instant().to_rfc3339();
            let same = manifest.definition_version == DEFINITION_VERSION && manifest.as_of == as_of;
            if same && stands(session, &manifest)? {
                days.push(MartDay::new(day, manifest, &session.marts, target));
            } else {
                tracing::warn!(mart, day = %day, "mart {mart} dt={day} is not of the lake as it is now, and is left out");
            }
        }
        if matches!(need, Need::Sums(_)) {
            whole(session, mart, first, &days)?;
        }
        windows.push((*mart, days));
    }
    Ok(windows)
}

/// Refuses sums of days that leave out a day of the window that the lake has: a sum of some days looks like one of all.
fn whole(session: &Session, mart: &str, first: NaiveDate, found: &[MartDay]) -> Result<(), Failure> {
    let Some(writer) = writer_of(mart) else { return Ok(()) };
    let events: Vec<_> = tables_of(&[writer]).into_iter().filter(|t| t.is_event()).collect();
    let snapshots = select_tables(session, &events)?;
    let days: BTreeSet<NaiveDate> = snapshots.iter().flat_map(|s| s.partitions.iter().map(|p| p.day)).collect();
    let missing = days.range(first..).find(|day| !found.iter().any(|f| f.day == **day));
    let Some(missing) = missing else { return Ok(()) };
    let message = format!(
        "mart {mart} dt={missing}: there are no sums of that day's events as the lake has them now; run {} first, with the \
         same --as-of and --days",
        writer.name()
    );
    Err(Failure::new(ExitStatus::InputRefused, message))
}

/// What was made of marts as of earlier days, oldest first, by the same definitions and in the same time zone. What they
/// were made from may be gone by now; only the as-of day's own must be of the lake as it is.
fn earlier(session: &Session, job: &dyn Job) -> Result<Vec<(&'static str, Vec<MartDay>)>, Failure> {
    let mut found = Vec::new();
    let first = session.as_of.window_start(job.earlier_days(&session.settings));
    for need in job.needs() {
        let Need::Earlier(mart) = need else { continue };
        let own = job.outputs().contains(mart);
        let mut days = Vec::new();
        for day in mart_days(&session.marts, mart)? {
            let today = day == session.as_of.day;
            if day < first || day > session.as_of.day || (today && own) {
                continue;
            }
            let target = format!("{mart}/dt={day}");
            let Some(manifest) = read_manifest(&session.marts, &target)? else { continue };
            let as_of = AsOf { day, time_zone: session.as_of.time_zone }.instant().to_rfc3339();
            // Of its own earlier results a job uses what they name, not what they mean.
            if !own && (manifest.definition_version != DEFINITION_VERSION || manifest.as_of != as_of) {
                tracing::warn!(mart, day = %day, "mart {mart} dt={day} was made by other definitions or in another time zone, and is left out");
            } else if today && !stands(session, &manifest)? {
                tracing::warn!(mart, day = %day, "mart {mart} dt={day} is not of the lake as it is now, and is left out");
            } else {
                days.push(MartDay::new(day, manifest, &session.marts, target));
            }
        }
        found.push((*mart, days));
    }
    Ok(found)
}

/// Whether the lake still has the files that a partition was made from, and no others beside them.
fn stands(session: &Session, manifest: &Manifest) -> Result<bool, Failure> {
    let inputs = || manifest.inputs.iter().filter(|i| !i.table.starts_with("marts."));
    let folders: BTreeSet<&str> = inputs().filter_map(|i| i.path.rsplit_once('/').map(|p| p.0)).collect();
    for folder in folders {
        let now = session.lake.files(folder)?;
        let finished = now.iter().any(|e| e.path.ends_with("/_SUCCESS"));
        let data = now.iter().filter(|e| e.path.ends_with(".parquet"));
        let known = data.clone().all(|e| inputs().any(|i| (&i.path, i.bytes, &i.mark) == (&e.path, e.bytes, &e.mark)));
        let all = inputs().filter(|i| i.path.starts_with(folder)).count() == data.count();
        if !(finished && known && all) {
            return Ok(false);
        }
    }
    Ok(true)
}
