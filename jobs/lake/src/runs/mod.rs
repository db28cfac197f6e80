//! Sorted runs: mapped rows in temporary Parquet files, each sorted by the key in its first column.
//!
//! Workers write a run for each row group that they map, so that the encoding is done in parallel. [`write`] makes one
//! file of them: runs that meet no other are copied as they are, the rest is merged.

mod assemble;
mod merge;

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use tempfile::TempDir;

pub(crate) use assemble::write;

use crate::error::LakeError;
use crate::parquet_write::{failed, keyed_parquet_writer};

/// A temporary Parquet file whose rows rise by the key in their first column.
///
/// Its folder stands for as long as one of its runs lives.
#[derive(Clone, Debug)]
pub struct Run {
    /// The file.
    pub path: PathBuf,
    /// Its rows; at least one.
    pub rows: u64,
    /// Its smallest key.
    pub first: i64,
    /// Its largest key.
    pub last: i64,
    folder: Arc<TempDir>,
}

/// Writes a run.
pub(crate) struct RunWriter {
    path: PathBuf,
    folder: Arc<TempDir>,
    writer: ArrowWriter<BufWriter<File>>,
    rows: u64,
    range: Option<(i64, i64)>,
}

impl RunWriter {
    /// Creates the file `name` in `folder`.
    pub fn create(folder: &Arc<TempDir>, name: &str, schema: &SchemaRef) -> Result<Self, LakeError> {
        let path = folder.path().join(name);
        let file = File::create(&path).map_err(LakeError::io("create", &path))?;
        let sink = BufWriter::with_capacity(1 << 18, file);
        let writer = keyed_parquet_writer(sink, Arc::clone(schema)).map_err(failed("write", &path))?;
        Ok(Self { path, folder: Arc::clone(folder), writer, rows: 0, range: None })
    }

    /// The largest key written.
    pub fn last(&self) -> Option<i64> {
        self.range.map(|(_, last)| last)
    }

    /// Adds rows, whose keys must rise and lie above all before.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<(), LakeError> {
        let keys = keys(rows)?;
        if !rise(self.last(), keys) {
            return Err(LakeError::Internal("the keys of a sorted run do not rise".to_owned()));
        }
        let (Some(first), Some(last)) = (keys.first(), keys.last()) else { return Ok(()) };
        self.range = Some((self.range.map_or(*first, |(first, _)| first), *last));
        self.writer.write(rows).map_err(failed("write", &self.path))?;
        self.rows += rows.num_rows() as u64;
        Ok(())
    }

    /// Completes the file; `None` where nothing was written to it.
    pub fn close(self) -> Result<Option<Run>, LakeError> {
        let Self { path, folder, writer, rows, range } = self;
        // The sink is flushed by hand: what it cannot write when it is dropped nobody is told.
        let sink = writer.into_inner().map_err(failed("write", &path))?;
        sink.into_inner().map_err(|e| LakeError::io("write", &path)(e.into_error()))?;
        Ok(range.map(|(first, last)| Run { path, rows, first, last, folder }))
    }
}

/// The keys of mapped rows.
pub(crate) fn keys(rows: &RecordBatch) -> Result<&[i64], LakeError> {
    let key = rows.columns().first().and_then(|c| c.as_primitive_opt::<Int64Type>());
    match key {
        Some(key) if key.null_count() == 0 => Ok(key.values()),
        _ => Err(LakeError::Internal("mapped rows must begin with a column of 64-bit keys without nulls".to_owned())),
    }
}

/// Whether keys rise from row to row, the first above `last`.
pub(crate) fn rise(last: Option<i64>, keys: &[i64]) -> bool {
    let begins = last.zip(keys.first()).is_none_or(|(last, first)| last < *first);
    begins && keys.is_sorted_by(|a, b| a < b)
}
