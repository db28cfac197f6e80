//! The marts as plain values, read with a Parquet reader that knows nothing of the suite.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int8Type, Int32Type, Int64Type, TimestampMicrosecondType};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value, json};

use super::lake::Lake;
use super::time::rfc3339;
use super::{DAY, Output};

/// A row: column to value.
pub type Row = Map<String, Value>;

/// The rows of a Parquet file in memory.
pub fn rows_of(bytes: Vec<u8>) -> Vec<Row> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).expect("Parquet").build().expect("Parquet");
    reader.flat_map(|batch| rows_of_batch(&batch.expect("a batch"))).collect()
}

fn rows_of_batch(batch: &RecordBatch) -> Vec<Row> {
    let schema = batch.schema();
    let row = |r: usize| {
        schema.fields().iter().zip(batch.columns()).map(|(f, array)| (f.name().clone(), value(array, r))).collect()
    };
    (0..batch.num_rows()).map(row).collect()
}

fn value(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Int8 => json!(array.as_primitive::<Int8Type>().value(row)),
        DataType::Int32 => json!(array.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => json!(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => json!(array.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => json!(array.as_boolean().value(row)),
        DataType::Utf8 => json!(array.as_string::<i32>().value(row)),
        DataType::Date32 => json!(array.as_primitive::<Date32Type>().value_as_date(row).map(|d| d.to_string())),
        DataType::Timestamp(_, zone) => {
            assert_eq!(zone.as_deref(), Some("UTC"), "marts hold UTC");
            json!(rfc3339(array.as_primitive::<TimestampMicrosecondType>().value(row)))
        }
        DataType::List(_) => {
            let items = array.as_list::<i32>().value(row);
            (0..items.len()).map(|i| value(&items, i)).collect()
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct();
            let fields = fields.iter().zip(columns.columns());
            Value::Object(fields.map(|(f, column)| (f.name().clone(), value(column, row))).collect())
        }
        other => panic!("a mart with a column of type {other}"),
    }
}

/// Every file below a folder with its bytes, by path relative to it.
pub fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).expect("read"));
            }
        }
    }
    found
}

/// Every file below a marts folder but the locks, which name the process that took them last.
pub fn published(marts: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files_below(marts);
    files.retain(|name, _| !name.starts_with(".locks/"));
    files
}

/// Every file below a folder with its inode and modification time: a file that was touched shows.
pub fn marks(root: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    let mark = |name: &String| {
        let meta = fs::metadata(root.join(name)).expect("there");
        (meta.ino(), meta.mtime(), meta.mtime_nsec())
    };
    published(root).keys().map(|n| (n.clone(), mark(n))).collect()
}

/// The Parquet files below a folder.
pub fn parquet(root: &Path) -> BTreeMap<String, Vec<u8>> {
    files_below(root).into_iter().filter(|(name, _)| name.ends_with(".parquet")).collect()
}

impl Lake {
    /// Folder of a mart's partition of [`DAY`].
    pub fn mart(&self, mart: &str) -> PathBuf {
        self.mart_on(mart, DAY)
    }

    /// Folder of a mart's partition of a day.
    pub fn mart_on(&self, mart: &str, day: &str) -> PathBuf {
        self.marts().join(mart).join(format!("dt={day}"))
    }

    /// The rows of a mart's partition of a day.
    #[track_caller]
    pub fn rows_on(&self, mart: &str, day: &str) -> Vec<Row> {
        self.rows_at(&format!("{mart}/dt={day}"))
    }

    /// The rows of the quarantine of a table as of a day.
    #[track_caller]
    pub fn quarantine_on(&self, table: &str, day: &str) -> Vec<Row> {
        self.rows_at(&format!("quarantine/dt={day}/table={table}"))
    }

    /// The bytes of a mart's one file.
    #[track_caller]
    pub fn mart_bytes(&self, mart: &str) -> Vec<u8> {
        let path = self.mart(mart).join("part-00000.parquet");
        fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// The rows of a mart.
    #[track_caller]
    pub fn rows(&self, mart: &str) -> Vec<Row> {
        assert!(self.mart(mart).join("_SUCCESS").is_file(), "{mart} is not finished");
        rows_of(self.mart_bytes(mart))
    }

    /// The rows of the quarantine of a table.
    #[track_caller]
    pub fn quarantine(&self, table: &str) -> Vec<Row> {
        self.quarantine_on(table, DAY)
    }

    #[track_caller]
    fn rows_at(&self, partition: &str) -> Vec<Row> {
        let folder = self.marts().join(partition);
        assert!(folder.join("_SUCCESS").is_file(), "{partition} is not finished");
        rows_of(fs::read(folder.join("part-00000.parquet")).expect("read"))
    }

    /// The manifest of a mart's partition.
    #[track_caller]
    pub fn manifest(&self, mart: &str) -> Value {
        let text = fs::read(self.mart(mart).join("_manifest.json")).expect("a manifest");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// Both takedown marts as bytes.
    #[track_caller]
    pub fn sla_bytes(&self) -> (Vec<u8>, Vec<u8>) {
        (self.mart_bytes("takedown_outcomes"), self.mart_bytes("takedown_sla"))
    }

    /// Asserts that the marts hold no partition and no remains of one.
    #[track_caller]
    pub fn holds_nothing(&self) {
        nothing_below(&self.marts());
    }
}

/// Asserts that a marts folder holds no partition, and nothing that is left of one.
#[track_caller]
pub fn nothing_below(marts: &Path) {
    let left: Vec<String> = published(marts).into_keys().collect();
    assert!(left.is_empty(), "nothing may be published, but there is {left:?}");
    let mut folders = vec![marts.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten().filter(|e| e.path().is_dir()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(!name.contains("dt=") && !name.ends_with(".tmp"), "{} is left", entry.path().display());
            folders.push(entry.path());
        }
    }
}

/// Asserts a refusal that names all of these, and that nothing was published.
#[track_caller]
pub fn refused(lake: &Lake, output: Output, parts: &[&str]) {
    output.refused(parts);
    lake.holds_nothing();
}

/// Asserts that the row of a mart has these values; numbers that are not whole within 1e-9 of them.
#[track_caller]
pub fn same(row: &Row, expected: &Value) {
    for (column, want) in expected.as_object().expect("an object") {
        let got = row.get(column).unwrap_or_else(|| panic!("no column {column} in {row:?}"));
        let near = match (got.as_f64(), want.as_f64()) {
            (Some(got), Some(want)) => (got - want).abs() <= 1e-9 * want.abs().max(1.0),
            _ => got == want,
        };
        assert!(near, "{column} is {got}, expected {want}, in {row:?}");
    }
}
