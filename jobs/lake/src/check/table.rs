//! A whole table: its files' row groups are judged in parallel, its keys and references at the end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chrono::NaiveDate;
use mirrorlake_model::AsOf;

use super::keys::{self, Span};
use super::map::{self, Mapping};
use super::open::open_files;
use super::parallel::in_order;
use super::refusal::{allowed_faults, too_many};
use super::unit::{Judged, Work, judge_unit, repeated_key, unit_keys};
use super::{Fault, Options};
use crate::contract::Table;
use crate::error::LakeError;
use crate::location::Entry;
use crate::runs::Run;
use crate::snapshot::TableSnapshot;

/// A file that has been checked, ready for an engine.
#[derive(Clone, Debug)]
pub struct CheckedFile {
    /// As listed in the lake.
    pub entry: Entry,
    /// Where it can be read on this machine.
    pub local: PathBuf,
    /// Day of its partition.
    pub day: NaiveDate,
    /// Rows decoded.
    pub rows: u64,
    /// Rows that are quarantined, ascending.
    pub bad_rows: Vec<u64>,
    /// Types as written: files of one signature may be scanned together.
    pub signature: String,
}

/// A table that has been checked.
#[derive(Clone, Debug)]
pub struct CheckedTable {
    /// Its contract.
    pub table: &'static Table,
    /// Its files, in path order.
    pub files: Vec<CheckedFile>,
    /// Partitions read.
    pub partitions: Vec<NaiveDate>,
    /// Event days that have no finished partition.
    pub missing_days: Vec<NaiveDate>,
    /// Quarantined rows, in path order, then row order.
    pub faults: Vec<Fault>,
    /// Bytes on disk.
    pub bytes: u64,
}

impl CheckedTable {
    /// Rows read, quarantined ones included.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|f| f.rows).sum()
    }
}

/// The sound keys of tables that others refer to.
#[derive(Debug, Default)]
pub struct References(Vec<(&'static str, Vec<i64>)>);

impl References {
    /// The sound keys of a table; `None` where it has not been checked.
    pub(super) fn of(&self, table: &str) -> Option<&[i64]> {
        self.0.iter().find(|(name, _)| *name == table).map(|(_, keys)| keys.as_slice())
    }
}

/// What a check is told and what it may ask while it runs.
#[derive(Clone, Copy)]
pub struct Checking<'a> {
    /// As of when.
    pub as_of: AsOf,
    /// Limits, and how lenient to be.
    pub options: &'a Options,
    /// Folder for fetched files and sorted runs.
    pub spool: &'a Path,
    /// Whether the run has been told to stop.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Told the number of rows of each row group that is done.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Checks every file of a table as of an instant.
///
/// Tables that others refer to (`referred_to`) must be checked first; their sound keys are added to `references`.
///
/// # Errors
///
/// [`LakeError::Refused`] where the table breaks the contract as a whole, [`LakeError::Cancelled`] after a signal.
pub fn check_table(
    snapshot: &TableSnapshot,
    checking: Checking<'_>,
    references: &mut References,
    referred_to: bool,
) -> Result<CheckedTable, LakeError> {
    check_rows(snapshot, checking, references, referred_to, None).map(|(checked, _)| checked)
}

/// Checks every file of a table and, with a mapping, writes the mapped sound rows as sorted runs, in unit order.
pub(super) fn check_rows(
    snapshot: &TableSnapshot,
    checking: Checking<'_>,
    references: &mut References,
    referred_to: bool,
    mapping: Option<&Mapping<'_>>,
) -> Result<(CheckedTable, Vec<Run>), LakeError> {
    let Checking { as_of, options, spool, cancelled, progress } = checking;
    let table = snapshot.table;
    let files = open_files(snapshot, options, spool, cancelled)?;
    let units = files.iter().enumerate().flat_map(|(f, (_, open))| (0..open.row_groups()).map(move |g| (f, g)));
    let work = Work {
        table,
        as_of,
        options,
        units: units.collect(),
        decoded_bytes: files.iter().map(|_| AtomicU64::new(0)).collect(),
        files,
        references,
        keep_keys: referred_to,
        mapping,
    };
    let rows: u64 = work.files.iter().map(|(file, _)| file.rows).sum();
    let allowed = allowed_faults(rows, options.max_bad_share);
    let mut judged = run(&work, allowed, cancelled, progress)?;
    let mut faults: Vec<Fault> = judged.iter_mut().flat_map(|j| std::mem::take(&mut j.faults)).collect();
    let repeats = repeats_across(&work, &judged, &faults, spool)?;
    // A row counts once: under its key before its reference.
    let repeated: BTreeSet<(usize, u64)> = repeats.iter().map(|f| (f.file, f.row)).collect();
    faults.retain(|f| !repeated.contains(&(f.file, f.row)));
    faults.extend(repeats);
    faults.sort_by_key(|f| (f.file, f.row));
    if faults.len() as u64 > allowed {
        let path = |fault: &Fault| work.files[fault.file].0.entry.path.clone();
        return Err(too_many(table, &faults, rows, options.max_bad_share, path));
    }
    let mut runs: Vec<Run> = judged.iter_mut().flat_map(|j| std::mem::take(&mut j.runs)).collect();
    if let Some(mapping) = mapping
        && !repeated.is_empty()
    {
        runs = map::without(&work, mapping, runs, &faults, cancelled)?;
    }
    let keys = if referred_to { sound_keys(&judged) } else { Vec::new() };
    let bytes = snapshot.partitions.iter().flat_map(|p| &p.files).map(|f| f.bytes).sum();
    let mut files: Vec<CheckedFile> = work.files.into_iter().map(|(file, _)| file).collect();
    for fault in &faults {
        files[fault.file].bad_rows.push(fault.row);
    }
    if referred_to {
        references.0.push((table.name, keys));
    }
    let partitions = snapshot.partitions.iter().map(|p| p.day).collect();
    let missing_days = snapshot.missing_days.clone();
    Ok((CheckedTable { table, files, partitions, missing_days, faults, bytes }, runs))
}

/// Judges all row groups on the worker threads; the result is in unit order whatever the number of threads.
fn run(
    work: &Work<'_>,
    allowed: u64,
    cancelled: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Judged>, LakeError> {
    let stop = AtomicBool::new(false);
    let faults = AtomicU64::new(0);
    let judged = in_order(work.units.len(), work.options.threads, &stop, |unit| {
        if cancelled() {
            return Err(LakeError::Cancelled);
        }
        let judged = judge_unit(work, unit)?;
        let (file, group) = work.units[unit];
        progress(work.files[file].1.row_group_rows(group));
        let so_far = faults.fetch_add(judged.faults.len() as u64, Ordering::Relaxed);
        // Far past the allowed share there is no need to read on; the margin keeps the message's counts the same at any
        // number of threads in all but hopeless tables.
        if so_far > allowed.saturating_mul(4).saturating_add(100_000) {
            stop.store(true, Ordering::Relaxed);
        }
        Ok(judged)
    })?;
    Ok(judged.into_iter().map(Option::unwrap_or_default).collect())
}

/// Repeats between row groups; rows that break a rule of a column do not take part.
fn repeats_across(work: &Work<'_>, judged: &[Judged], faults: &[Fault], spool: &Path) -> Result<Vec<Fault>, LakeError> {
    let spans: Vec<Span> = judged.iter().map(|j| j.span.unwrap_or(Span { range: None })).collect();
    let units = keys::meeting(&spans);
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let repeats = keys::across(&units, spool, keys::KEYS_IN_MEMORY, |unit| unit_keys(work, unit, faults))?;
    let found = repeats
        .into_iter()
        .map(|(unit, (key, row))| repeated_key(work, work.units[unit].0, work.first_row(unit) + row, key));
    Ok(found.collect())
}

fn sound_keys(judged: &[Judged]) -> Vec<i64> {
    let mut keys: Vec<i64> = judged.iter().flat_map(|j| j.keys.iter().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
