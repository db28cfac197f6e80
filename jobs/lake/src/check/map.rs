//! Mapping rows while they are checked: each sound row becomes one row of a mart in the pass that judges it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{cast, filter, interleave_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use tempfile::TempDir;

use super::Fault;
use super::keys::integers;
use super::panic_guard::caught;
use super::parallel::in_order;
use super::table::{CheckedTable, Checking, References, check_rows};
use super::unit::Work;
use crate::contract::Table;
use crate::error::LakeError;
use crate::runs::{Run, RunWriter, keys, rise};
use crate::schema::canonical_type;
use crate::snapshot::TableSnapshot;

/// Rows of a row group that are sorted and written at a time.
const SORTED_ROWS: usize = 8192;

/// Makes one row of a mart of each sound row of a table. Called from several threads.
pub trait RowMap: Sync {
    /// Schema of the mapped rows. The first column is the table's key, 64 bits wide and never null.
    fn schema(&self) -> SchemaRef;

    /// Maps the sound rows of a decoded batch: one row for each, in order, of the schema above.
    ///
    /// The columns are those of the contract, in its order and in the types of [`canonical_type`], but text is
    /// `Utf8View`. A batch without sound rows is not passed. Rows may be mapped that turn out to repeat a key, and rows
    /// may be mapped twice: what is to be counted belongs into [`RowMap::observe`]. Mapped rows are held in memory where
    /// the keys of a row group do not rise, so they had better not hold on to the views of a long text.
    ///
    /// # Errors
    ///
    /// What ends the run.
    fn map(&self, columns: &[ArrayRef]) -> Result<RecordBatch, LakeError>;

    /// Sees every mapped row that stays exactly once, in batches that come in any order.
    ///
    /// # Errors
    ///
    /// What ends the run.
    fn observe(&self, rows: &RecordBatch) -> Result<(), LakeError>;

    /// Forgets all that has been observed: every row that stays is going to be seen anew.
    fn restart(&self);
}

/// A table that has been checked and mapped.
#[derive(Debug)]
pub struct Mapped {
    /// What the check came to: the same as without a map.
    pub checked: CheckedTable,
    /// The mapped sound rows in sorted runs, by row group. A row group has none where it has no sound rows, and two where
    /// its keys rise at first and then fall.
    pub runs: Vec<Run>,
}

/// Checks every file of a table like [`check_table`](super::check_table) and maps its sound rows in the same pass.
///
/// It is for tables with a single key that have no references and are not referred to. Memory holds the encoded rows of
/// one row group for each thread; of a row group whose keys do not rise it holds the mapped rows. The runs lie in a
/// temporary folder in `checking.spool`, which goes with the last of them. Where keys repeat between row groups, which is
/// known only at the end, everything is decoded and mapped a second time without the rows that must go.
///
/// # Errors
///
/// Those of `check_table`, and of the map; [`LakeError::Internal`] where the map does not keep its promises.
pub fn map_table(snapshot: &TableSnapshot, checking: Checking<'_>, map: &dyn RowMap) -> Result<Mapped, LakeError> {
    let mapping = Mapping::new(snapshot.table, map, checking.spool)?;
    let (checked, runs) = check_rows(snapshot, checking, &mut References::default(), false, Some(&mapping))?;
    Ok(Mapped { checked, runs })
}

/// Maps a table anew, without the faulty rows, after repeats of keys between row groups were found.
pub fn without(
    work: &Work<'_>,
    mapping: &Mapping<'_>,
    stale: Vec<Run>,
    faults: &[Fault],
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Run>, LakeError> {
    for run in stale {
        std::fs::remove_file(&run.path).map_err(LakeError::io("remove", &run.path))?;
    }
    mapping.map.restart();
    let runs = in_order(work.units.len(), work.options.threads, &AtomicBool::new(false), |unit| {
        if cancelled() {
            return Err(LakeError::Cancelled);
        }
        let (file_index, group) = work.units[unit];
        let (file, open) = &work.files[file_index];
        let first_row = work.first_row(unit);
        let mut mapped = mapping.unit(unit, &file.entry.path, group);
        open.decode(&file.local, &file.entry.path, group, None, &mut |row, columns| {
            let start = (file_index, first_row + row);
            let end = (file_index, start.1 + columns[0].len() as u64);
            let from = faults.partition_point(|f| (f.file, f.row) < start);
            let to = faults.partition_point(|f| (f.file, f.row) < end);
            let faulty: Vec<usize> = faults[from..to].iter().map(|f| (f.row - start.1) as usize).collect();
            mapped.add(row, columns, &faulty, true)
        })?;
        mapped.finish(&[])
    })?;
    Ok(runs.into_iter().flatten().flatten().collect())
}

/// A map, and where its rows go.
pub struct Mapping<'a> {
    map: &'a dyn RowMap,
    schema: SchemaRef,
    /// Position of the key among the columns of the contract.
    key: usize,
    /// Types in which the map gets the columns.
    types: Vec<DataType>,
    folder: Arc<TempDir>,
}

impl<'a> Mapping<'a> {
    fn new(table: &Table, map: &'a dyn RowMap, spool: &Path) -> Result<Self, LakeError> {
        let ([key], []) = (table.key, table.references) else {
            let problem = "only a table with a single key and no references can be mapped";
            return Err(LakeError::Internal(format!("{problem}: {}", table.name)));
        };
        let key = table.position(key).ok_or_else(|| LakeError::Internal(format!("{} has no key", table.name)))?;
        let types = table.columns.iter().map(|c| as_view(canonical_type(c.column_type)));
        let folder = tempfile::tempdir_in(spool).map_err(LakeError::io("create a folder in", spool))?;
        Ok(Self { map, schema: map.schema(), key, types: types.collect(), folder: Arc::new(folder) })
    }

    /// Begins a row group.
    pub fn unit(&'a self, unit: usize, path: &'a str, group: usize) -> MappedUnit<'a> {
        MappedUnit { mapping: self, unit, path, group, rising: None, held: Vec::new() }
    }
}

fn as_view(data_type: DataType) -> DataType {
    match data_type {
        DataType::Utf8 => DataType::Utf8View,
        DataType::List(item) => {
            let view = as_view(item.data_type().clone());
            DataType::List(Arc::new(item.as_ref().clone().with_data_type(view)))
        }
        other => other,
    }
}

/// The mapped rows of one row group.
///
/// As long as keys rise they are written as they come. What follows is held until the repeats in the row group are
/// known, and then sorted.
pub struct MappedUnit<'a> {
    mapping: &'a Mapping<'a>,
    unit: usize,
    path: &'a str,
    group: usize,
    rising: Option<RunWriter>,
    held: Vec<Held>,
}

struct Held {
    batch: RecordBatch,
    /// Row in the row group of each of its rows.
    rows: Vec<u64>,
}

impl MappedUnit<'_> {
    /// Maps the rows of a batch that are not in `faulty` (ascending). `row` is the batch's first row in the row group;
    /// `unique` says whether no key so far, this batch included, repeats one of the row group.
    pub fn add(&mut self, row: u64, columns: &[ArrayRef], faulty: &[usize], unique: bool) -> Result<(), LakeError> {
        let all = columns.first().map_or(0, |c| c.len());
        let Some(sound) = self.sound(columns, faulty)? else { return Ok(()) };
        let batch = self.map(&sound)?;
        let keys = keys(&batch)?;
        if *keys != *integers(&sound[self.mapping.key]) {
            return Err(self.broken("the first column is not the key"));
        }
        if unique && self.held.is_empty() && rise(self.rising.as_ref().and_then(RunWriter::last), keys) {
            if self.rising.is_none() {
                self.rising = Some(self.run("rising")?);
            }
            return match &mut self.rising {
                Some(run) => run.write(&batch).and_then(|()| self.observe(&batch)),
                None => Ok(()),
            };
        }
        let mut faulty = faulty.iter().copied().peekable();
        let rows = (0..all).filter(|at| faulty.next_if_eq(at).is_none()).map(|at| row + at as u64).collect();
        self.held.push(Held { batch, rows });
        Ok(())
    }

    /// Completes the row group; `repeated` (ascending) are its rows that repeat a key of an earlier row of it.
    pub fn finish(mut self, repeated: &[u64]) -> Result<Vec<Run>, LakeError> {
        let mut runs = Vec::new();
        if let Some(run) = self.rising.take() {
            runs.extend(run.close()?);
        }
        let held = std::mem::take(&mut self.held);
        let mut order: Vec<(i64, usize, usize)> = Vec::new();
        for (source, Held { batch, rows }) in held.iter().enumerate() {
            let stays = |at: &usize| repeated.binary_search(&rows[*at]).is_err();
            let keys = keys(batch)?;
            order.extend((0..rows.len()).filter(stays).map(|at| (keys[at], source, at)));
        }
        if order.is_empty() {
            return Ok(runs);
        }
        order.sort_unstable();
        let batches: Vec<&RecordBatch> = held.iter().map(|h| &h.batch).collect();
        let mut run = self.run("sorted")?;
        for some in order.chunks(SORTED_ROWS) {
            let rows: Vec<(usize, usize)> = some.iter().map(|(_, source, at)| (*source, *at)).collect();
            let rows = interleave_record_batch(&batches, &rows).map_err(|e| self.broken(&e.to_string()))?;
            run.write(&rows)?;
            self.observe(&rows)?;
        }
        runs.extend(run.close()?);
        Ok(runs)
    }

    /// The rows to be mapped, in the types that the map expects; `None` without any.
    fn sound(&self, columns: &[ArrayRef], faulty: &[usize]) -> Result<Option<Vec<ArrayRef>>, LakeError> {
        let all = columns.first().map_or(0, |c| c.len());
        let mask = (!faulty.is_empty()).then(|| {
            let mut faulty = faulty.iter().copied().peekable();
            BooleanArray::from(BooleanBuffer::collect_bool(all, |row| faulty.next_if_eq(&row).is_none()))
        });
        if mask.as_ref().map_or(all, BooleanArray::true_count) == 0 {
            return Ok(None);
        }
        let sound = columns.iter().zip(&self.mapping.types).map(|(column, expected)| {
            let column = match &mask {
                Some(mask) => filter(column, mask)?,
                None => Arc::clone(column),
            };
            // Narrower integers, other units of time, a nullable column stored without a type.
            if column.data_type() == expected { Ok(column) } else { cast(&column, expected) }
        });
        let sound: Result<Vec<ArrayRef>, arrow::error::ArrowError> = sound.collect();
        sound.map(Some).map_err(|e| self.broken(&e.to_string()))
    }

    fn map(&self, sound: &[ArrayRef]) -> Result<RecordBatch, LakeError> {
        // The decoder's guard would take a panic of the map for a corrupt file.
        let batch = caught(|| self.mapping.map.map(sound)).map_err(|e| self.broken(&format!("panicked: {e}")))??;
        if batch.schema_ref().fields() != self.mapping.schema.fields() {
            return Err(self.broken("the columns are not those of the schema"));
        }
        let expected = sound.first().map_or(0, |c| c.len());
        if batch.num_rows() != expected {
            return Err(self.broken(&format!("{} rows made of {expected}", batch.num_rows())));
        }
        Ok(batch)
    }

    fn observe(&self, rows: &RecordBatch) -> Result<(), LakeError> {
        caught(|| self.mapping.map.observe(rows)).map_err(|e| self.broken(&format!("panicked: {e}")))?
    }

    fn run(&self, kind: &str) -> Result<RunWriter, LakeError> {
        let name = format!("{:06}-{kind}.parquet", self.unit);
        RunWriter::create(&self.mapping.folder, &name, &self.mapping.schema)
    }

    fn broken(&self, problem: &str) -> LakeError {
        LakeError::Internal(format!("mapping {}, row group {}: {problem}", self.path, self.group))
    }
}
