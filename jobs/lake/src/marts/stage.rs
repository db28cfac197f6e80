//! A partition on its way: written aside, then made visible in one step.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::manifest::{Manifest, OutputFile};
use super::{MANIFEST, SUCCESS, local, store};
use crate::check::sha256;
use crate::error::LakeError;
use crate::location::Location;
use crate::parquet_write::{ROW_GROUP_ROWS, failed, keyed_parquet_writer, parquet_writer};
use crate::runs::{self, Run};

/// Held while partitions become visible: whoever ends the process takes it first, so that a signal never falls
/// between two renames.
static COMMIT: Mutex<()> = Mutex::new(());

/// Roots and folders of partitions being written, for whoever has to end the process early.
static ACTIVE: Mutex<Vec<(PathBuf, PathBuf)>> = Mutex::new(Vec::new());

/// Removes what has been written and not committed, and holds off every later commit. The process must end after it.
pub fn abandon() {
    std::mem::forget(COMMIT.lock().unwrap_or_else(PoisonError::into_inner));
    let active = ACTIVE.lock().unwrap_or_else(PoisonError::into_inner);
    for (root, folder) in active.iter() {
        local::discard(root, folder);
    }
    // Nor is another folder begun.
    std::mem::forget(active);
}

/// One partition being written. Dropping it without a commit removes what was written.
#[derive(Debug)]
pub struct Staging {
    pub(super) marts: Location,
    /// `mart/dt=D` or deeper.
    pub(super) target: String,
    pub(super) run_id: String,
    /// Local folder with the new files.
    pub(super) folder: PathBuf,
    pub(super) files: Vec<OutputFile>,
    /// Version of the manifest that the partition had when the run began (object stores).
    pub(super) before: Option<store::Version>,
    _aside: Option<local::Aside>,
    _spool: Option<tempfile::TempDir>,
}

impl Staging {
    /// Begins to write a partition.
    ///
    /// # Errors
    ///
    /// When the folder cannot be created.
    pub fn begin(marts: &Location, target: &str, run_id: &str) -> Result<Self, LakeError> {
        // Held until the folder is listed, so that whoever abandons the run misses none.
        let mut active = ACTIVE.lock().unwrap_or_else(PoisonError::into_inner);
        let (folder, aside, spool, before) = match marts {
            Location::Local(root) => {
                let aside = local::begin(root, target)?;
                (aside.folder.clone(), Some(aside), None, None)
            }
            Location::Store(store) => {
                let spool = tempfile::tempdir().map_err(LakeError::io("create a temporary folder for", target))?;
                (spool.path().to_owned(), None, Some(spool), store::version(store, target)?)
            }
        };
        let marts = marts.clone();
        let root = if let Location::Local(root) = &marts { root.clone() } else { folder.clone() };
        active.push((root, folder.clone()));
        drop(active);
        Ok(Self {
            marts,
            target: target.to_owned(),
            run_id: run_id.to_owned(),
            folder,
            files: Vec::new(),
            before,
            _aside: aside,
            _spool: spool,
        })
    }

    /// The partition below the marts (`mart/dt=D` or deeper).
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Writes a file of the partition.
    ///
    /// # Errors
    ///
    /// When it cannot be written whole.
    pub fn write_file(&mut self, path: &str, bytes: &[u8]) -> Result<(), LakeError> {
        let target = self.folder.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(LakeError::io("create the folder", parent))?;
        }
        let mut file = File::create(&target).map_err(LakeError::io("create", &target))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(LakeError::io("write", &target))?;
        self.add(path, &target, 0)
    }

    /// Writes the rows of the partition as `part-00000.parquet`.
    ///
    /// Where they fill more than a row group their ids are too many for a dictionary: then it is
    /// [`keyed_parquet_writer`] that writes them, faster and in three quarters of the room.
    ///
    /// # Errors
    ///
    /// When they cannot be written whole.
    pub fn write_rows(&mut self, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<u64, LakeError> {
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        self.write_part(|sink, target| {
            let open = if rows > ROW_GROUP_ROWS { keyed_parquet_writer } else { parquet_writer };
            let mut writer = open(sink, schema.clone()).map_err(failed("write", target))?;
            for batch in batches {
                writer.write(batch).map_err(failed("write", target))?;
            }
            let sink = writer.into_inner().map_err(failed("write", target))?;
            Ok((sink, rows as u64))
        })
    }

    /// Writes the rows of sorted runs as `part-00000.parquet`, sorted by the key in their first column.
    ///
    /// Runs that meet no other and are not small are copied without being decoded. The rest is merged, a few batches of
    /// each run at a time, in temporary files beside the runs. The bytes depend on nothing but the rows of the runs.
    ///
    /// # Errors
    ///
    /// When they cannot be read or written whole; [`LakeError::Cancelled`] after a signal.
    pub fn write_runs(
        &mut self,
        schema: &SchemaRef,
        runs: &[Run],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<u64, LakeError> {
        self.write_part(|sink, target| runs::write(sink, target, schema, runs, cancelled))
    }

    fn write_part(
        &mut self,
        write: impl FnOnce(BufWriter<File>, &Path) -> Result<(BufWriter<File>, u64), LakeError>,
    ) -> Result<u64, LakeError> {
        let path = "part-00000.parquet";
        let target = self.folder.join(path);
        let file = File::create(&target).map_err(LakeError::io("create", &target))?;
        let (sink, rows) = write(BufWriter::with_capacity(1 << 20, file), &target)?;
        let file = sink.into_inner().map_err(|e| LakeError::io("write", &target)(e.into_error()))?;
        file.sync_all().map_err(LakeError::io("sync", &target))?;
        self.add(path, &target, rows)?;
        Ok(rows)
    }

    fn add(&mut self, path: &str, file: &Path, rows: u64) -> Result<(), LakeError> {
        let bytes = fs::metadata(file).map_err(LakeError::io("look at", file))?.len();
        self.files.push(OutputFile { path: path.to_owned(), bytes, rows, sha256: sha256(file)? });
        Ok(())
    }

    /// Completes the manifest and writes it and the mark of success beside the files.
    fn finish(&mut self, manifest: &mut Manifest) -> Result<(), LakeError> {
        manifest.run_id.clone_from(&self.run_id);
        manifest.outputs.clone_from(&self.files);
        if let Location::Store(_) = self.marts {
            for output in &mut manifest.outputs {
                output.path = store::published_name(&output.path, &self.run_id);
            }
        }
        manifest.rows_out = self.files.iter().map(|f| f.rows).sum();
        let mut text = serde_json::to_string_pretty(manifest).map_err(|e| LakeError::Internal(e.to_string()))?;
        text.push('\n');
        for (name, bytes) in [(MANIFEST, text.as_bytes()), (SUCCESS, b"".as_slice())] {
            let path = self.folder.join(name);
            let mut file = File::create(&path).map_err(LakeError::io("create", &path))?;
            file.write_all(bytes).and_then(|()| file.sync_all()).map_err(LakeError::io("write", &path))?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        ACTIVE.lock().unwrap_or_else(PoisonError::into_inner).retain(|(_, folder)| *folder != self.folder);
        if let Location::Local(root) = &self.marts {
            // After a commit the folder is gone already, and the folders above it hold the partition.
            local::discard(root, &self.folder);
        }
    }
}

/// Makes all partitions of a run visible, or none if it was told to stop before.
///
/// # Errors
///
/// [`LakeError::Cancelled`] after a signal, [`LakeError::Contended`] where another run was first (object stores).
pub fn commit_all(
    mut partitions: Vec<(Staging, Manifest)>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<Manifest>, LakeError> {
    for (staging, manifest) in &mut partitions {
        staging.finish(manifest)?;
    }
    let _guard = COMMIT.lock().unwrap_or_else(PoisonError::into_inner);
    if cancelled() {
        return Err(LakeError::Cancelled);
    }
    for (staging, manifest) in &partitions {
        match &staging.marts {
            Location::Local(root) => local::commit(root, &staging.target, &staging.folder)?,
            Location::Store(store) => store::commit(store, staging, manifest)?,
        }
    }
    Ok(partitions.into_iter().map(|(_, manifest)| manifest).collect())
}
