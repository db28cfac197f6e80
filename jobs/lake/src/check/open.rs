//! Opening a table's files: fetched, compared with what the partition's manifest promises, footers read.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::Options;
use super::file::{OpenFile, sha256};
use super::parallel::in_order;
use super::table::CheckedFile;
use crate::error::{LakeError, Place};
use crate::location::Entry;
use crate::snapshot::{Partition, TableSnapshot};

/// Fetches, verifies and opens the files of a snapshot, in path order.
pub fn open_files(
    snapshot: &TableSnapshot,
    options: &Options,
    spool: &Path,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<(CheckedFile, OpenFile)>, LakeError> {
    let listed: Vec<(&Partition, &Entry)> =
        snapshot.partitions.iter().flat_map(|p| p.files.iter().map(move |f| (p, f))).collect();
    let files = in_order(listed.len(), options.threads, &AtomicBool::new(false), |number| {
        let (partition, entry) = listed[number];
        if cancelled() {
            return Err(LakeError::Cancelled);
        }
        let local = snapshot.location.local_copy(entry, spool)?;
        verify_sum(partition, entry, &local)?;
        let naive = options.naive_timestamps_are_utc;
        let open = OpenFile::open(&local, &entry.path, snapshot.table, naive, options.caps)?;
        verify_rows(partition, entry, open.rows)?;
        let checked = CheckedFile {
            entry: entry.clone(),
            local,
            day: partition.day,
            rows: open.rows,
            bad_rows: Vec::new(),
            signature: open.signature.clone(),
        };
        Ok((checked, open))
    })?;
    Ok(files.into_iter().flatten().collect())
}

fn verify_sum(partition: &Partition, entry: &Entry, local: &Path) -> Result<(), LakeError> {
    let Some(expected) = partition.promised(entry) else { return Ok(()) };
    let advice = "the file was damaged or replaced after its manifest was written; have it written again";
    if let Some(bytes) = expected.bytes
        && bytes != entry.bytes
    {
        let problem = format!("{} bytes where the manifest says {bytes}", entry.bytes);
        return Err(LakeError::refused(Place::file(&entry.path), "manifest_size", problem, advice));
    }
    if let Some(sum) = &expected.sha256
        && *sum != sha256(local)?
    {
        let problem = "the SHA-256 sum is not that of the partition's _manifest.json";
        return Err(LakeError::refused(Place::file(&entry.path), "manifest_sha256", problem, advice));
    }
    Ok(())
}

fn verify_rows(partition: &Partition, entry: &Entry, rows: u64) -> Result<(), LakeError> {
    match partition.promised(entry).and_then(|p| p.rows) {
        Some(promised) if promised != rows => Err(LakeError::refused(
            Place::file(&entry.path),
            "manifest_rows",
            format!("the footer says {rows} rows where the manifest says {promised}"),
            "have the table's owner write the partition again",
        )),
        _ => Ok(()),
    }
}
