//! Partitions: Parquet parts, their manifest, and `_SUCCESS` last.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use chrono::{Datelike, NaiveDate};
use mirrorlake_lake::parquet_write::parquet_writer;
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::SampleError;
use crate::columns::Columns;
use crate::error::io_at;

/// Rows that are built and encoded together.
pub(crate) const BATCH_ROWS: usize = 32_768;
/// Rows of one file; larger partitions have several parts.
const PART_ROWS: u64 = 4_194_304;

/// Days since 1970-01-01.
pub(crate) fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - 719_163
}

/// Counts and sums what passes through.
struct Summing<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// What a partition came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) files: u64,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

/// The part that is being written.
struct Part {
    path: PathBuf,
    rows: u64,
    writer: ArrowWriter<Summing<BufWriter<File>>>,
}

/// Writes one partition.
pub(crate) struct PartitionWriter {
    folder: PathBuf,
    table: String,
    schema: SchemaRef,
    open: Option<Part>,
    finished: Vec<Value>,
    written: Written,
}

impl PartitionWriter {
    /// Opens `<root>/<table>/dt=<day>`, or `<root>/<table>` where there is no day.
    pub(crate) fn new(
        root: &Path,
        table: &str,
        day: Option<NaiveDate>,
        schema: SchemaRef,
    ) -> Result<Self, SampleError> {
        let mut folder = root.join(table);
        if let Some(day) = day {
            folder.push(format!("dt={day}"));
        }
        fs::create_dir_all(&folder).map_err(io_at(&folder))?;
        let table = table.to_owned();
        Ok(Self { folder, table, schema, open: None, finished: Vec::new(), written: Written::default() })
    }

    /// Encodes columns in the schema's order.
    pub(crate) fn write(&mut self, columns: Columns) -> Result<(), SampleError> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns.arrays)
            .map_err(|source| SampleError::Rows { table: self.table.clone(), source })?;
        self.part()?;
        if let Some(Part { path, rows, writer }) = &mut self.open {
            writer.write(&batch).map_err(|source| SampleError::Parquet { path: path.clone(), source })?;
            *rows += batch.num_rows() as u64;
            if *rows >= PART_ROWS {
                self.close_part()?;
            }
        }
        Ok(())
    }

    /// Opens a part unless one is open.
    fn part(&mut self) -> Result<(), SampleError> {
        if self.open.is_none() {
            let path = self.folder.join(format!("part-{:05}.parquet", self.finished.len()));
            let file = File::create(&path).map_err(io_at(&path))?;
            let sink = Summing { inner: BufWriter::with_capacity(1 << 18, file), hash: Sha256::new(), bytes: 0 };
            let writer = parquet_writer(sink, self.schema.clone())
                .map_err(|source| SampleError::Parquet { path: path.clone(), source })?;
            self.open = Some(Part { path, rows: 0, writer });
        }
        Ok(())
    }

    fn close_part(&mut self) -> Result<(), SampleError> {
        if let Some(Part { path, rows, writer }) = self.open.take() {
            let mut sink = writer.into_inner().map_err(|source| SampleError::Parquet { path: path.clone(), source })?;
            sink.flush().map_err(io_at(&path))?;
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
            let sha256: String = sink.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            self.finished.push(json!({"path": name, "bytes": sink.bytes, "rows": rows, "sha256": sha256}));
            self.written.files += 1;
            self.written.rows += rows;
            self.written.bytes += sink.bytes;
        }
        Ok(())
    }

    /// Closes the last part; a partition of the lake gets its manifest and then its mark, the truth needs neither.
    pub(crate) fn finish(mut self, of_lake: bool) -> Result<Written, SampleError> {
        if self.finished.is_empty() {
            // A day without events is an empty file, not a missing one.
            self.part()?;
        }
        self.close_part()?;
        if of_lake {
            let manifest = format!("{}\n", json!({"files": self.finished}));
            let path = self.folder.join("_manifest.json");
            fs::write(&path, &manifest).map_err(io_at(&path))?;
            let mark = self.folder.join("_SUCCESS");
            fs::write(&mark, b"").map_err(io_at(&mark))?;
            self.written.bytes += manifest.len() as u64;
        }
        Ok(self.written)
    }
}
