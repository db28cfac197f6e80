//! Merging sorted runs into one, a few batches of each at a time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::compute::interleave_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{Run, RunWriter, keys};
use crate::error::LakeError;
use crate::parquet_write::failed;

/// Runs read at a time.
const OPEN_RUNS: usize = 64;

/// Rows read from a run, and written, at a time.
const BATCH_ROWS: usize = 8192;

/// Merges runs, ordered by their first keys, into one in a folder of its own below that of the first.
///
/// A run is opened when the merge has come to its first key and closed after its last, so thousands of runs that
/// follow on each other are merged in one pass. Only where more than [`OPEN_RUNS`] runs cover the same keys, runs are
/// merged in rounds.
pub fn merge(mut runs: Vec<Run>, schema: &SchemaRef, cancelled: &dyn Fn() -> bool) -> Result<Option<Run>, LakeError> {
    let Some(folder) = runs.first().map(|run| Arc::clone(&run.folder)) else { return Ok(None) };
    while deepest(&runs) > OPEN_RUNS {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(OPEN_RUNS));
        for some in runs.chunks(OPEN_RUNS) {
            merged.extend(merge_at_once(some, folder.path(), schema, cancelled)?);
        }
        runs = merged;
    }
    merge_at_once(&runs, folder.path(), schema, cancelled)
}

/// The most runs that cover one key.
fn deepest(runs: &[Run]) -> usize {
    let mut open: BinaryHeap<Reverse<i64>> = BinaryHeap::new();
    let mut most = 0;
    for run in runs {
        while open.peek().is_some_and(|Reverse(last)| *last < run.first) {
            open.pop();
        }
        open.push(Reverse(run.last));
        most = most.max(open.len());
    }
    most
}

fn merge_at_once(
    runs: &[Run],
    parent: &Path,
    schema: &SchemaRef,
    cancelled: &dyn Fn() -> bool,
) -> Result<Option<Run>, LakeError> {
    let folder = tempfile::tempdir_in(parent).map_err(LakeError::io("create a folder in", parent))?;
    let mut target = RunWriter::create(&Arc::new(folder), "merged.parquet", schema)?;
    let mut cursors: Vec<Cursor<'_>> = runs.iter().map(Cursor::new).collect();
    let mut next: BinaryHeap<Reverse<(i64, usize)>> =
        runs.iter().enumerate().map(|(index, run)| Reverse((run.first, index))).collect();
    let mut picked = Picked::default();
    while let Some(Reverse((_, index))) = next.pop() {
        let cursor = &mut cursors[index];
        let Some(key) = cursor.key()? else { continue };
        let left = cursor.left()?;
        // All rows below the next key of any other run.
        let count = match next.peek() {
            Some(Reverse((limit, _))) if key < *limit => left.partition_point(|key| key < limit),
            Some(_) => 1,
            None => left.len(),
        };
        cursor.pick(count, &mut picked);
        if let Some(key) = cursor.key()? {
            next.push(Reverse((key, index)));
        }
        if picked.rows.len() >= BATCH_ROWS || picked.sources.len() >= 4 * OPEN_RUNS {
            if cancelled() {
                return Err(LakeError::Cancelled);
            }
            picked.write(&mut target)?;
            for cursor in &mut cursors {
                cursor.source = None;
            }
        }
    }
    picked.write(&mut target)?;
    target.close()
}

/// Rows picked from batches, in the order in which they are to be written.
#[derive(Default)]
struct Picked {
    sources: Vec<RecordBatch>,
    rows: Vec<(usize, usize)>,
}

impl Picked {
    /// Writes the rows and lets go of the batches.
    fn write(&mut self, target: &mut RunWriter) -> Result<(), LakeError> {
        if !self.rows.is_empty() {
            let sources: Vec<&RecordBatch> = self.sources.iter().collect();
            let rows = interleave_record_batch(&sources, &self.rows).map_err(|e| LakeError::Internal(e.to_string()))?;
            target.write(&rows)?;
        }
        self.sources.clear();
        self.rows.clear();
        Ok(())
    }
}

/// Where the merge stands in a run.
struct Cursor<'a> {
    run: &'a Run,
    reader: Option<ParquetRecordBatchReader>,
    batch: Option<RecordBatch>,
    /// Next row of the batch.
    at: usize,
    /// Number of the batch among those picked from.
    source: Option<usize>,
    done: bool,
}

impl<'a> Cursor<'a> {
    const fn new(run: &'a Run) -> Self {
        Self { run, reader: None, batch: None, at: 0, source: None, done: false }
    }

    /// The key of the next row, whose batch is read if need be; `None` after the last.
    fn key(&mut self) -> Result<Option<i64>, LakeError> {
        let wrong = failed("read", &self.run.path);
        while !self.done && self.batch.as_ref().is_none_or(|batch| self.at >= batch.num_rows()) {
            let reader = match &mut self.reader {
                Some(reader) => reader,
                none => {
                    let file = File::open(&self.run.path).map_err(LakeError::io("open", &self.run.path))?;
                    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(&wrong)?;
                    none.insert(builder.with_batch_size(BATCH_ROWS).build().map_err(&wrong)?)
                }
            };
            (self.at, self.source) = (0, None);
            self.batch = reader.next().transpose().map_err(|e| wrong(e.into()))?;
            if self.batch.is_none() {
                (self.reader, self.done) = (None, true);
            }
        }
        Ok(self.left()?.first().copied())
    }

    /// The keys of the rows of the batch that have not been picked.
    fn left(&self) -> Result<&[i64], LakeError> {
        let Some(batch) = &self.batch else { return Ok(&[]) };
        Ok(keys(batch)?.get(self.at..).unwrap_or_default())
    }

    /// Picks the next rows of the batch.
    fn pick(&mut self, count: usize, picked: &mut Picked) {
        let Some(batch) = &self.batch else { return };
        let source = *self.source.get_or_insert_with(|| {
            picked.sources.push(batch.clone());
            picked.sources.len() - 1
        });
        picked.rows.extend((self.at..self.at + count).map(|row| (source, row)));
        self.at += count;
    }
}
