//! One row group: decoded once, its rows judged and, where they are wanted, mapped.

use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::ArrayRef;
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::day_span_micros;

use super::file::{OpenFile, text_sizes};
use super::keys::{self, Key, Keyed, Rising, Span};
use super::map::Mapping;
use super::refusal::over_caps;
use super::rules::{self, Instants};
use super::table::{CheckedFile, References};
use super::{Fault, Options};
use crate::contract::{REFERENCE, Table, UNIQUE_KEY};
use crate::error::LakeError;
use crate::runs::Run;

/// What one row group came to.
#[derive(Default)]
pub struct Judged {
    /// Its rows that break a rule; repeats of keys in other row groups are not among them.
    pub faults: Vec<Fault>,
    /// Its keys.
    pub span: Option<Span>,
    /// Its sorted keys, where they are to be kept.
    pub keys: Vec<i64>,
    /// Its mapped rows.
    pub runs: Vec<Run>,
}

/// Everything the workers share.
pub struct Work<'a> {
    /// Contract of the table.
    pub table: &'static Table,
    /// As of when.
    pub as_of: AsOf,
    /// Limits, and how lenient to be.
    pub options: &'a Options,
    /// Its files, in path order.
    pub files: Vec<(CheckedFile, OpenFile)>,
    /// File and row group of every row group.
    pub units: Vec<(usize, usize)>,
    /// Sound keys of the tables it refers to.
    pub references: &'a References,
    /// Whether other tables refer to it.
    pub keep_keys: bool,
    /// Bytes that each file has decoded to so far.
    pub decoded_bytes: Vec<AtomicU64>,
    /// What is made of its sound rows.
    pub mapping: Option<&'a Mapping<'a>>,
}

impl Work<'_> {
    /// The row of the file with which a row group begins.
    pub fn first_row(&self, unit: usize) -> u64 {
        let (file, group) = self.units[unit];
        (0..group).map(|g| self.files[file].1.row_group_rows(g)).sum()
    }
}

/// Decodes a row group once, judges its rows and maps the sound ones.
pub fn judge_unit(work: &Work<'_>, unit: usize) -> Result<Judged, LakeError> {
    let (file_index, group) = work.units[unit];
    let (file, open) = &work.files[file_index];
    let first_row = work.first_row(unit);
    let path = &file.entry.path;
    let instants = Instants { as_of: work.as_of.micros(), day: day_span_micros(file.day, work.as_of.time_zone) };
    let key_positions: Vec<usize> = work.table.key.iter().filter_map(|k| work.table.position(k)).collect();
    let mut judged = Judged::default();
    let mut rising = Rising::default();
    // References are decided after the keys.
    let mut dangling: Vec<Fault> = Vec::new();
    let mut mapped = work.mapping.map(|mapping| mapping.unit(unit, path, group));
    open.decode(&file.local, path, group, None, &mut |row, columns| {
        let (bytes, over) = text_sizes(columns, work.options.caps);
        let decoded = work.decoded_bytes[file_index].fetch_add(bytes, Ordering::Relaxed) + bytes;
        over_caps(work.table, work.options.caps, path, first_row + row, decoded, over)?;
        let faulty = rules::faults(work.table, columns, instants);
        for &(at, (rule, position)) in &faulty {
            judged.faults.push(fault(work, file_index, first_row + row, at, rule, position, &columns[position]));
        }
        let mut faulty: Vec<usize> = faulty.into_iter().map(|(at, _)| at).collect();
        let key_columns: Vec<&ArrayRef> = key_positions.iter().map(|&p| &columns[p]).collect();
        rising.watch(&key_columns, &faulty);
        let dangling_before = dangling.len();
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
        if let Some(mapped) = &mut mapped {
            faulty.extend(dangling[dangling_before..].iter().map(|f| (f.row - first_row - row) as usize));
            faulty.sort_unstable();
            // As long as keys rise none of them repeats.
            mapped.add(row, columns, &faulty, rising.span().is_some())?;
        }
        Ok(())
    })?;
    let mut repeated: Vec<u64> = Vec::new();
    if !key_positions.is_empty() {
        judged.span = rising.span();
        if judged.span.is_none() || work.keep_keys {
            let mut keys = unit_keys(work, unit, &judged.faults)?;
            let (span, repeats) = keys::within(&mut keys);
            judged.span = Some(span);
            for (key, row) in repeats {
                judged.faults.push(repeated_key(work, file_index, first_row + row, key));
                repeated.push(row);
            }
            if work.keep_keys {
                judged.keys = keys.iter().map(|k| k.0.0).collect();
            }
        }
    }
    if let Some(mapped) = mapped {
        repeated.sort_unstable();
        judged.runs = mapped.finish(&repeated)?;
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
pub fn unit_keys(work: &Work<'_>, unit: usize, faults: &[Fault]) -> Result<Vec<Keyed>, LakeError> {
    let (file_index, group) = work.units[unit];
    let (file, open) = &work.files[file_index];
    let first_row = work.first_row(unit);
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

/// The fault of a row whose key stands in an earlier row.
pub fn repeated_key(work: &Work<'_>, file: usize, row: u64, key: Key) -> Fault {
    let value = if work.table.key.len() > 1 { format!("{}, {}", key.0, key.1) } else { key.0.to_string() };
    Fault { file, row, rule: UNIQUE_KEY, column: work.table.key.first().copied().unwrap_or(""), value }
}
