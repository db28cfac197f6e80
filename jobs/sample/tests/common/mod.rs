//! Sample lakes for the tests, and how to read them back.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_sample::{SampleSpec, SampleSummary, write_sample_lake};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A lake in a temporary folder.
pub struct Lake {
    pub spec: SampleSpec,
    pub summary: SampleSummary,
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Lake {
    pub fn new(spec: SampleSpec) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("lake");
        let summary = write_sample_lake(&path, &spec, &mut |_| {}, &|| false).expect("a lake");
        Self { spec, summary, path, _folder: folder }
    }

    /// A few thousand sales.
    pub fn small() -> Self {
        Self::new(SampleSpec::new(3_000, 8, 11))
    }

    /// The smallest with a claim of 501 listings: the one that the repository keeps.
    pub fn bulky() -> Self {
        Self::new(SampleSpec::small())
    }
}

/// The record batches of a Parquet file.
pub fn read(path: &Path) -> Vec<RecordBatch> {
    let file = std::fs::File::open(path).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
    reader.map(|batch| batch.expect("a batch")).collect()
}

/// The partitions of a table by day.
pub fn partitions(table: &Path) -> BTreeMap<NaiveDate, Vec<RecordBatch>> {
    let mut days = BTreeMap::new();
    for entry in std::fs::read_dir(table).expect("a table") {
        let folder = entry.expect("a partition").path();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let day = name.strip_prefix("dt=").expect("dt=").parse().expect("a date");
        let mut parts: Vec<PathBuf> =
            std::fs::read_dir(&folder).expect("a partition").map(|f| f.expect("a file").path()).collect();
        parts.retain(|p| p.extension().is_some_and(|e| e == "parquet"));
        parts.sort();
        days.insert(day, parts.iter().flat_map(|p| read(p)).collect());
    }
    days
}

/// Every file below a folder with its bytes.
pub fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below the root").to_owned();
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    found
}
