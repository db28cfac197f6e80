//! A whole table: its files' row groups are judged in parallel, its keys and references at the end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arrow::array::ArrayRef;
use chrono::NaiveDate;
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::day_span_micros;

use super::file::{OpenFile, text_sizes};
use super::keys::{self, Key, Keyed, Rising, Span};
use super::open::open_files;
use super::parallel::in_order;
use super::refusal::{allowed_faults, over_caps, too_many};
use super::rules::{self, Instants};
use super::{Fault, Options};
use crate::contract::{REFERENCE, Table, UNIQUE_KEY};
use crate::error::LakeError;
use crate::location::Entry;
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
    fn of(&self, table: &str) -> Option<&[i64]> {
        self.0.iter().find(|(name, _)| *name == table).map(|(_, keys)| keys.as_slice())
    }
}

/// What one row group came to.
#[derive(Default)]
struct Judged {
    faults: Vec<Fault>,
    span: Option<Span>,
    keys: Vec<i64>,
}

/// Everything the workers share.
struct Work<'a> {
    table: &'static Table,
    as_of: AsOf,
    options: &'a Options,
    files: Vec<(CheckedFile, OpenFile)>,
    units: Vec<(usize, usize)>,
    references: &'a References,
    keep_keys: bool,
    decoded_bytes: Vec<AtomicU64>,
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
    Ok(CheckedTable { table, files, partitions, missing_days, faults, bytes })
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

fn judge_unit(work: &Work<'_>, unit: usize) -> Result<Judged, LakeError> {
    let (file_index, group) = work.units[unit];
    let (file, open) = &work.files[file_index];
    let first_row = (0..group).map(|g| open.row_group_rows(g)).sum::<u64>();
    let path = &file.entry.path;
    let instants = Instants { as_of: work.as_of.micros(), day: day_span_micros(file.day, work.as_of.time_zone) };
    let key_positions: Vec<usize> = work.table.key.iter().filter_map(|k| work.table.position(k)).collect();
    let mut judged = Judged::default();
    let mut rising = Rising::default();
    // References are decided after the keys.
    let mut dangling: Vec<Fault> = Vec::new();
    open.decode(&file.local, path, group, None, &mut |row, columns| {
        let (bytes, over) = text_sizes(columns, work.options.caps);
        let decoded = work.decoded_bytes[file_index].fetch_add(bytes, Ordering::Relaxed) + bytes;
        over_caps(work.table, work.options.caps, path, first_row + row, decoded, over)?;
        let faulty = rules::faults(work.table, columns, instants);
        for &(at, (rule, position)) in &faulty {
            judged.faults.push(fault(work, file_index, first_row + row, at, rule, position, &columns[position]));
        }
        let faulty: Vec<usize> = faulty.into_iter().map(|(at, _)| at).collect();
        let key_columns: Vec<&ArrayRef> = key_positions.iter().map(|&p| &columns[p]).collect();
        rising.watch(&key_columns, &faulty);
        for reference in work.table.references {
            let (Some(position), Some(known)) =
                (work.table.position(reference.column), work.references.of(reference.table))
            else {
                continue;
            };
            let column = &columns[position];
            keys::visit(&[column], &faulty, |(value, _), at| {
                if known.binary_search(&value).is_err() {
                    dangling.push(fault(work, file_index, first_row + row, at, REFERENCE, position, column));
                }
            });
        }
        Ok(())
    })?;
    if !key_positions.is_empty() {
        judged.span = rising.span();
        if judged.span.is_none() || work.keep_keys {
            let mut keys = unit_keys(work, unit, &judged.faults)?;
            let (span, repeats) = keys::within(&mut keys);
            judged.span = Some(span);
            for (key, row) in repeats {
                judged.faults.push(repeated_key(work, file_index, first_row + row, key));
            }
            if work.keep_keys {
                judged.keys = keys.iter().map(|k| k.0.0).collect();
            }
        }
    }
    // A row counts once: under its key before its reference.
    let counted: Vec<u64> = {
        let mut rows: Vec<u64> = judged.faults.iter().map(|f| f.row).collect();
        rows.sort_unstable();
        rows
    };
    judged.faults.extend(dangling.into_iter().filter(|f| counted.binary_search(&f.row).is_err()));
    judged.faults.sort_by_key(|f| f.row);
    Ok(judged)
}

/// Reads the keys of a row group's rows that break no rule of a column, in row order.
///
/// A row that breaks a reference keeps its key: whether it does depends on the key alone.
fn unit_keys(work: &Work<'_>, unit: usize, faults: &[Fault]) -> Result<Vec<Keyed>, LakeError> {
    let (file_index, group) = work.units[unit];
    let (file, open) = &work.files[file_index];
    let first_row = (0..group).map(|g| open.row_group_rows(g)).sum::<u64>();
    let positions: Vec<usize> = work.table.key.iter().filter_map(|k| work.table.position(k)).collect();
    let of_file = faults.iter().filter(|f| f.file == file_index && f.rule != REFERENCE);
    let mut bad: Vec<u64> = of_file.map(|f| f.row).collect();
    bad.sort_unstable();
    let mut keyed = Vec::new();
    open.decode(&file.local, &file.entry.path, group, Some(&positions), &mut |row, columns| {
        let start = first_row + row;
        let from = bad.partition_point(|b| *b < start);
        let to = bad.partition_point(|b| *b < start + columns[0].len() as u64);
        let faulty: Vec<usize> = bad[from..to].iter().map(|b| (b - start) as usize).collect();
        let columns: Vec<&ArrayRef> = columns.iter().collect();
        keys::visit(&columns, &faulty, |key, at| keyed.push((key, row + at as u64)));
        Ok(())
    })?;
    Ok(keyed)
}

fn fault(
    work: &Work<'_>,
    file: usize,
    first_row: u64,
    at: usize,
    rule: &'static str,
    position: usize,
    array: &ArrayRef,
) -> Fault {
    let column = &work.table.columns[position];
    Fault { file, row: first_row + at as u64, rule, column: column.name, value: rules::cell(column, array, at) }
}

fn repeated_key(work: &Work<'_>, file: usize, row: u64, key: Key) -> Fault {
    let value = if work.table.key.len() > 1 { format!("{}, {}", key.0, key.1) } else { key.0.to_string() };
    Fault { file, row, rule: UNIQUE_KEY, column: work.table.key.first().copied().unwrap_or(""), value }
}

/// Repeats between row groups; rows that break a rule of a column do not take part.
fn repeats_across(work: &Work<'_>, judged: &[Judged], faults: &[Fault], spool: &Path) -> Result<Vec<Fault>, LakeError> {
    let spans: Vec<Span> = judged.iter().map(|j| j.span.unwrap_or(Span { range: None })).collect();
    let units = keys::meeting(&spans);
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let repeats = keys::across(&units, spool, keys::KEYS_IN_MEMORY, |unit| unit_keys(work, unit, faults))?;
    let found = repeats.into_iter().map(|(unit, (key, row))| {
        let (file_index, group) = work.units[unit];
        let first_row = (0..group).map(|g| work.files[file_index].1.row_group_rows(g)).sum::<u64>();
        repeated_key(work, file_index, first_row + row, key)
    });
    Ok(found.collect())
}

fn sound_keys(judged: &[Judged]) -> Vec<i64> {
    let mut keys: Vec<i64> = judged.iter().flat_map(|j| j.keys.iter().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
