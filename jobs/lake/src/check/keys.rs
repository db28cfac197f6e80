//! Unique keys in bounded memory.
//!
//! Writers mostly number rows upwards: a row group whose keys rise, and whose range meets no other's, needs no
//! memory at all. Row groups whose ranges meet are read again, key columns only, as sorted runs; runs are merged from
//! temporary files where they are too many to hold.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type};

use crate::error::LakeError;

/// A key of one or two integer columns; the second part is 0 where there is one.
pub type Key = (i64, i64);

/// A key with the row of its row group.
pub type Keyed = (Key, u64);

/// Keys held in memory at a time while repeats are looked for (128 MiB).
pub const KEYS_IN_MEMORY: usize = 4 << 20;

/// The values of an integer column of any accepted width; nulls come out as whatever lies under them.
pub fn integers(array: &ArrayRef) -> Cow<'_, [i64]> {
    match array.data_type() {
        DataType::Int64 => Cow::Borrowed(array.as_primitive::<Int64Type>().values()),
        DataType::Int32 => array.as_primitive::<Int32Type>().values().iter().map(|v| i64::from(*v)).collect(),
        DataType::Int16 => array.as_primitive::<Int16Type>().values().iter().map(|v| i64::from(*v)).collect(),
        DataType::Int8 => array.as_primitive::<Int8Type>().values().iter().map(|v| i64::from(*v)).collect(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().values().iter().map(|v| i64::from(*v)).collect(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().values().iter().map(|v| i64::from(*v)).collect(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().values().iter().map(|v| i64::from(*v)).collect(),
        _ => Cow::Owned(vec![0; array.len()]),
    }
}

/// Visits the keys of the rows of a batch that are not in `faulty` (ascending), with their rows.
pub fn visit(columns: &[&ArrayRef], faulty: &[usize], mut see: impl FnMut(Key, usize)) {
    let Some(first) = columns.first().map(|c| integers(c)) else { return };
    let second = columns.get(1).map(|c| integers(c));
    let mut faulty = faulty.iter().copied().peekable();
    for (row, value) in first.iter().enumerate() {
        if faulty.next_if_eq(&row).is_none() {
            see((*value, second.as_ref().map_or(0, |s| s[row])), row);
        }
    }
}

/// Watches whether the keys of a row group rise from row to row, as most writers' do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rising {
    range: Option<(Key, Key)>,
    broken: bool,
}

impl Rising {
    /// Looks at the next batch.
    pub fn watch(&mut self, columns: &[&ArrayRef], faulty: &[usize]) {
        visit(columns, faulty, |key, _| {
            self.range = Some(match self.range {
                None => (key, key),
                Some((low, high)) => {
                    self.broken |= key <= high;
                    (low, key)
                }
            });
        });
    }

    /// The span of keys that rose all the way; `None` where they did not.
    pub const fn span(&self) -> Option<Span> {
        if self.broken { None } else { Some(Span { range: self.range }) }
    }
}

/// What is known of the keys of one row group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Smallest and largest key; `None` without sound rows.
    pub range: Option<(Key, Key)>,
}

/// Sorts the keys of a row group and returns its span and the keyed rows that repeat a key within it.
pub fn within(keys: &mut [Keyed]) -> (Span, Vec<Keyed>) {
    if !keys.is_sorted_by(|a, b| a.0 < b.0) {
        keys.sort_unstable();
    }
    let repeats = keys.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[1]).collect();
    let range = keys.first().zip(keys.last()).map(|(low, high)| (low.0, high.0));
    (Span { range }, repeats)
}

/// The row groups whose ranges meet another's.
pub fn meeting(spans: &[Span]) -> Vec<usize> {
    let mut order: Vec<(Key, Key, usize)> =
        spans.iter().enumerate().filter_map(|(unit, s)| s.range.map(|(low, high)| (low, high, unit))).collect();
    order.sort_unstable();
    let mut meets = Vec::new();
    let mut widest: Option<(Key, usize)> = None;
    for (low, high, unit) in order {
        if let Some((reached, owner)) = widest
            && low <= reached
        {
            meets.extend([owner, unit]);
        }
        if widest.is_none_or(|(reached, _)| high > reached) {
            widest = Some((high, unit));
        }
    }
    meets.sort_unstable();
    meets.dedup();
    meets
}

/// A key with the row group and the row where it stands.
type Placed = (Key, usize, u64);

/// Finds keys that stand in more than one row group.
///
/// `read` returns the keys of a row group. The result holds (row group, keyed row) of every repeat but the first in
/// row-group order; repeats within a row group are not for this function. At most `in_memory` keys are held at a time:
/// beyond that, sorted runs go to temporary files.
pub fn across(
    units: &[usize],
    spool: &Path,
    in_memory: usize,
    mut read: impl FnMut(usize) -> Result<Vec<Keyed>, LakeError>,
) -> Result<Vec<(usize, Keyed)>, LakeError> {
    let mut runs = Vec::new();
    let mut held: Vec<Placed> = Vec::new();
    for &unit in units {
        let keys = read(unit)?;
        if !held.is_empty() && held.len() + keys.len() > in_memory {
            held.sort_unstable();
            runs.push(Run::on_disk(&held, spool)?);
            held.clear();
        }
        held.extend(keys.into_iter().map(|(key, row)| (key, unit, row)));
    }
    held.sort_unstable();
    runs.push(Run::Memory(held.into_iter()));
    let mut heap = BinaryHeap::new();
    for (index, run) in runs.iter_mut().enumerate() {
        if let Some(placed) = run.next()? {
            heap.push(Reverse((placed, index)));
        }
    }
    let mut repeats = Vec::new();
    let mut last: Option<(Key, usize)> = None;
    while let Some(Reverse(((key, unit, row), index))) = heap.pop() {
        match last {
            Some((before, first)) if before == key && first != unit => repeats.push((unit, (key, row))),
            Some((before, _)) if before == key => {}
            _ => last = Some((key, unit)),
        }
        if let Some(placed) = runs[index].next()? {
            heap.push(Reverse((placed, index)));
        }
    }
    Ok(repeats)
}

/// A sorted run of keys, in memory or in a temporary file.
enum Run {
    Memory(std::vec::IntoIter<Placed>),
    Disk { reader: BufReader<std::fs::File>, left: usize },
}

impl Run {
    fn on_disk(keys: &[Placed], spool: &Path) -> Result<Self, LakeError> {
        let file = tempfile::tempfile_in(spool).map_err(LakeError::io("create a temporary file in", spool))?;
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        for ((first, second), unit, row) in keys {
            let parts = [first.to_le_bytes(), second.to_le_bytes(), (*unit as u64).to_le_bytes(), row.to_le_bytes()];
            for part in parts {
                writer.write_all(&part).map_err(LakeError::io("write a temporary file in", spool))?;
            }
        }
        let mut file =
            writer.into_inner().map_err(|e| LakeError::io("write a temporary file in", spool)(e.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(LakeError::io("read a temporary file in", spool))?;
        Ok(Self::Disk { reader: BufReader::with_capacity(256 << 10, file), left: keys.len() })
    }

    fn next(&mut self) -> Result<Option<Placed>, LakeError> {
        match self {
            Self::Memory(keys) => Ok(keys.next()),
            Self::Disk { left: 0, .. } => Ok(None),
            Self::Disk { reader, left } => {
                let mut record = [0_u8; 32];
                reader.read_exact(&mut record).map_err(LakeError::io("read a temporary file", "spool"))?;
                *left -= 1;
                let part = |n: usize| {
                    let mut bytes = [0_u8; 8];
                    bytes.copy_from_slice(&record[8 * n..8 * n + 8]);
                    bytes
                };
                let key = (i64::from_le_bytes(part(0)), i64::from_le_bytes(part(1)));
                Ok(Some((key, u64::from_le_bytes(part(2)) as usize, u64::from_le_bytes(part(3)))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed(keys: &[i64]) -> Vec<Keyed> {
        keys.iter().enumerate().map(|(row, k)| ((*k, 0), row as u64)).collect()
    }

    #[test]
    fn repeats_within_a_row_group_keep_the_first_row() {
        let mut keys = keyed(&[5, 3, 5, 4, 3, 5]);
        let (span, repeats) = within(&mut keys);
        assert_eq!(span.range, Some(((3, 0), (5, 0))));
        assert_eq!(repeats, [((3, 0), 4), ((5, 0), 2), ((5, 0), 5)]);
    }

    #[test]
    fn only_ranges_that_meet_are_read_again() {
        let span = |low: i64, high: i64| Span { range: Some(((low, 0), (high, 0))) };
        assert_eq!(meeting(&[span(1, 9), span(10, 19), span(20, 29)]), Vec::<usize>::new());
        // 0 spans everything: 2 meets 0 though its neighbour 1 does not reach it.
        assert_eq!(meeting(&[span(1, 100), span(2, 3), span(50, 60), span(101, 102)]), [0, 1, 2]);
        assert_eq!(meeting(&[span(1, 5), Span { range: None }, span(5, 9)]), [0, 2]);
    }

    #[test]
    fn repeats_across_row_groups_keep_the_first_group_in_memory_and_on_disk() {
        let runs = [keyed(&[7, 1, 4]), keyed(&[2, 4, 8]), keyed(&[4, 7, 9])];
        let spool = tempfile::tempdir().expect("a folder");
        for in_memory in [1, 4, 100] {
            let found = across(&[0, 1, 2], spool.path(), in_memory, |unit| Ok(runs[unit].clone())).expect("merged");
            assert_eq!(found, [(1, ((4, 0), 1)), (2, ((4, 0), 0)), (2, ((7, 0), 1))], "{in_memory} in memory");
        }
    }
}
