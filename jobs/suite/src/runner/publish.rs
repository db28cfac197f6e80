//! What a run writes: marts, files, and the quarantine of the tables it read.

use mirrorlake_lake::check::CheckedTable;
use mirrorlake_lake::marts::{InputFile, Manifest, Staging, fingerprint, read_manifest, unchanged};
use mirrorlake_lake::quarantine;
use mirrorlake_lake::snapshot::TableSnapshot;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::thresholds::DEFINITION_VERSION;
use serde_json::json;

use super::{Session, VERSION, inputs, target};
use crate::failure::Failure;
use crate::interrupt;
use crate::job::{Computed, Job};
use crate::telemetry;

/// Writes everything a job computed aside, ready for the commit.
pub fn stage(
    session: &Session,
    job: &dyn Job,
    computed: Computed,
    manifest: &Manifest,
) -> Result<Vec<(Staging, Manifest)>, Failure> {
    let mut staged = Vec::new();
    if let Some(mart) = computed.mapped {
        let mut staging = Staging::begin(&session.marts, &target(session, mart.name), &manifest.run_id)?;
        staging.write_runs(&mart.schema, &mart.runs, &interrupt::requested)?;
        staged.push((staging, manifest.clone()));
    }
    for mart in computed.marts {
        let mut staging = Staging::begin(&session.marts, &target(session, mart.name), &manifest.run_id)?;
        staging.write_rows(&mart.schema, &mart.batches)?;
        staged.push((staging, manifest.clone()));
    }
    if let Some(files) = computed.files {
        let mut staging = Staging::begin(&session.marts, &files.target, &manifest.run_id)?;
        let bar = telemetry::progress(job.name(), 0, session.common.quiet > 0);
        for file in files.files {
            if interrupt::requested() {
                return Err(mirrorlake_lake::LakeError::Cancelled.into());
            }
            let (path, bytes) = file?;
            staging.write_file(&path, &bytes)?;
            bar.inc_length(1);
            bar.inc(1);
        }
        bar.finish_and_clear();
        staged.push((staging, manifest.clone()));
    }
    let written: Vec<&str> = staged.iter().map(|(s, _)| s.target()).collect();
    match job.outputs().iter().find(|mart| !written.contains(&target(session, mart).as_str())) {
        None => Ok(staged),
        Some(mart) => {
            let message = format!("job {} declares the mart {mart} and did not compute it", job.name());
            Err(Failure::new(ExitStatus::Failed, message))
        }
    }
}

/// The manifest that the quarantine of a table gets, but for its counts.
fn quarantine_manifest(session: &Session, snapshot: &TableSnapshot) -> Manifest {
    let files = inputs::listed(std::slice::from_ref(snapshot));
    let configuration = json!({
        "max_bad_share": session.settings.max_bad_share,
        "naive_timestamps_are_utc": session.settings.naive_timestamps_are_utc,
        "time_zone": session.settings.time_zone.name(),
    });
    let as_of = session.as_of.instant().to_rfc3339();
    let print = fingerprint("quarantine", VERSION, DEFINITION_VERSION, &as_of, &configuration, &files);
    Manifest {
        job: "quarantine".to_owned(),
        job_version: VERSION.to_owned(),
        definition_version: DEFINITION_VERSION,
        run_id: print.chars().take(16).collect(),
        fingerprint: print,
        as_of,
        as_of_day: session.as_of.day.to_string(),
        configuration,
        inputs: files,
        ..Manifest::default()
    }
}

/// Whether the quarantine of a table stands as this run would write it.
pub fn quarantine_stands(session: &Session, snapshot: &TableSnapshot) -> Result<bool, Failure> {
    let target = quarantine::target(snapshot.table.name, session.as_of.day);
    let manifest = quarantine_manifest(session, snapshot);
    Ok(unchanged(&session.marts, &target, &manifest.fingerprint)?.is_some()
        || covered(session, &target, snapshot, &manifest)?)
}

/// Writes the quarantine of tables aside, unless an earlier job of the day has written the same.
pub fn stage_quarantine(
    session: &Session,
    tables: &[CheckedTable],
    snapshots: &[TableSnapshot],
) -> Result<Vec<(Staging, Manifest)>, Failure> {
    let mut staged = Vec::new();
    for (table, snapshot) in tables.iter().zip(snapshots) {
        if quarantine_stands(session, snapshot)? {
            continue;
        }
        let rows = quarantine::rows(table)?;
        let mut manifest = quarantine_manifest(session, snapshot);
        manifest.rows_in = table.rows();
        manifest.rows_quarantined = table.faults.len() as u64;
        for file in &mut manifest.inputs {
            if let Some(checked) = table.files.iter().find(|f| f.entry.path == file.path) {
                file.rows = checked.rows;
                file.quarantined = checked.bad_rows.len() as u64;
            }
        }
        let target = quarantine::target(table.table.name, session.as_of.day);
        let mut staging = Staging::begin(&session.marts, &target, &manifest.run_id)?;
        staging.write_rows(&rows.schema(), &[rows])?;
        staged.push((staging, manifest));
    }
    Ok(staged)
}

/// Whether an earlier job of the day has judged the same files of an event table by the same rules within a longer
/// window: its quarantine stays, since it says more.
fn covered(session: &Session, target: &str, snapshot: &TableSnapshot, now: &Manifest) -> Result<bool, Failure> {
    if !snapshot.table.is_event() {
        return Ok(false);
    }
    let Ok(Some(before)) = read_manifest(&session.marts, target) else { return Ok(false) };
    let by = |m: &Manifest| (m.configuration.clone(), m.as_of.clone(), m.job_version.clone(), m.definition_version);
    let known = |file: &InputFile| {
        before.inputs.iter().any(|b| (&b.path, b.bytes, &b.mark) == (&file.path, file.bytes, &file.mark))
    };
    let same = by(&before) == by(now) && now.inputs.iter().all(known);
    Ok(same && unchanged(&session.marts, target, &before.fingerprint)?.is_some())
}
