//! A lake in a temporary folder, with its marts beside it.

use std::fs;
use std::path::{Path, PathBuf};

use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::DAY;
use super::fixture::sound_tables;
use super::program::Call;
use super::table::Table;

/// How files are written unless a test says otherwise: zstd, as lakes mostly are, and one row group.
pub fn properties() -> WriterProperties {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).expect("a level"));
    WriterProperties::builder().set_compression(zstd).build()
}

/// A hand-made lake. Everything is gone when it is dropped.
pub struct Lake {
    dir: TempDir,
    tables: Vec<Table>,
}

impl Lake {
    /// A sound lake of [`DAY`].
    pub fn sound() -> Self {
        Self::of(sound_tables())
    }

    /// A lake of these tables, written as of [`DAY`].
    pub fn of(tables: Vec<Table>) -> Self {
        let lake = Self { dir: TempDir::new().expect("a temporary folder"), tables };
        for table in &lake.tables {
            lake.put(table, DAY);
        }
        lake
    }

    /// The folder above lake and marts, for whatever else a test needs.
    pub fn home(&self) -> &Path {
        self.dir.path()
    }

    /// The lake's folder.
    pub fn root(&self) -> PathBuf {
        self.home().join("lake")
    }

    /// The marts' folder; not created here.
    pub fn marts(&self) -> PathBuf {
        self.home().join("marts")
    }

    /// A partition's folder.
    pub fn partition(&self, table: &str, day: &str) -> PathBuf {
        self.root().join(table).join(format!("dt={day}"))
    }

    /// A table's only file of [`DAY`].
    pub fn file(&self, table: &str) -> PathBuf {
        self.partition(table, DAY).join("part-0.parquet")
    }

    /// A table as it was first written.
    #[track_caller]
    pub fn table(&self, name: &str) -> Table {
        self.tables.iter().find(|t| t.name == name).expect("a table of the lake").clone()
    }

    /// Writes a table as the one file of a finished partition.
    pub fn put(&self, table: &Table, day: &str) {
        self.put_files(table.name, day, &[("part-0.parquet", table.parquet(properties()))]);
    }

    /// Changes a table of [`DAY`] and writes it.
    pub fn edit(&self, name: &str, change: impl FnOnce(&mut Table)) {
        let mut table = self.table(name);
        change(&mut table);
        self.put(&table, DAY);
    }

    /// Writes a table in row groups of `rows`.
    pub fn put_in_groups(&self, table: &Table, rows: usize) {
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build();
        self.put_files(table.name, DAY, &[("part-0.parquet", table.parquet(properties))]);
    }

    /// Replaces a partition by these files and marks it as finished.
    pub fn put_files(&self, table: &str, day: &str, files: &[(&str, Vec<u8>)]) {
        let folder = self.partition(table, day);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).expect("written");
        }
        fs::write(folder.join("_SUCCESS"), b"").expect("written");
    }

    /// Moves a table's partition of [`DAY`] to another day.
    pub fn move_to(&self, table: &str, day: &str) {
        fs::rename(self.partition(table, DAY), self.partition(table, day)).expect("moved");
    }

    /// Writes a `_manifest.json` with the sums that the partition's files have now.
    pub fn promise(&self, table: &str) {
        let path = self.file(table);
        let bytes = fs::read(&path).expect("read");
        let sum: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        let manifest = json!({ "files": [{ "path": "part-0.parquet", "bytes": bytes.len(), "sha256": sum }] });
        fs::write(path.with_file_name("_manifest.json"), manifest.to_string()).expect("written");
    }

    /// Writes a configuration file and returns its path.
    pub fn config(&self, text: &str) -> PathBuf {
        let path = self.home().join("config.toml");
        fs::write(&path, text).expect("written");
        path
    }

    /// A job over the lake as of [`DAY`], with errors as sentences.
    pub fn job(&self, name: &str) -> Call {
        self.job_at(name, DAY)
    }

    /// A job over the lake as of a day.
    pub fn job_at(&self, name: &str, day: &str) -> Call {
        self.check_at(name, day).with("--marts", self.marts())
    }

    /// A command over the lake as of a day, without marts.
    pub fn check_at(&self, name: &str, day: &str) -> Call {
        Call::new(name).with("--lake", self.root()).with("--as-of", day).args("--log text")
    }

    /// `takedown-sla` over the lake as of [`DAY`].
    pub fn sla(&self) -> Call {
        self.job("takedown-sla")
    }
}
