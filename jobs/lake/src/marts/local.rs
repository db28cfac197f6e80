//! Partitions in a local folder: written beside their place under a hidden name, then renamed into it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::error::LakeError;

/// Creates the hidden folder in which a partition is written, and removes what crashed runs left of it.
pub fn begin(root: &Path, target: &str, run_id: &str) -> Result<PathBuf, LakeError> {
    let place = root.join(target);
    let parent = place.parent().unwrap_or(root);
    fs::create_dir_all(parent).map_err(LakeError::io("create the folder", parent))?;
    let name = place.file_name().and_then(|n| n.to_str()).unwrap_or("partition");
    let prefix = format!(".{name}.");
    for entry in fs::read_dir(parent).map_err(LakeError::io("list", parent))?.flatten() {
        if entry.file_name().to_str().is_some_and(|n| n.starts_with(&prefix) && is_abandoned(n)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let folder = parent.join(format!("{prefix}{run_id}.{}.tmp", std::process::id()));
    // Another run that gives up may just have removed the empty folders above.
    fs::create_dir_all(&folder).map_err(LakeError::io("create the folder", &folder))?;
    Ok(folder)
}

/// Whether a hidden folder's name is that of a process of this machine that is no longer there.
fn is_abandoned(name: &str) -> bool {
    let writer = name.strip_suffix(".tmp").and_then(|n| n.rsplit('.').next()).and_then(|n| n.parse::<i32>().ok());
    let Some(writer) = writer.and_then(rustix::process::Pid::from_raw) else { return false };
    rustix::process::test_kill_process(writer) == Err(rustix::io::Errno::SRCH)
}

/// Removes a folder that was not committed, and the folders above it that hold nothing else.
pub fn discard(root: &Path, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    for parent in folder.ancestors().skip(1).take_while(|p| p.starts_with(root) && *p != root) {
        if fs::remove_dir(parent).is_err() {
            return;
        }
    }
}

/// Puts a written folder in its place: in one step, also where there is an older partition.
pub fn commit(root: &Path, target: &str, folder: &Path) -> Result<(), LakeError> {
    let place = root.join(target);
    sync_folders(folder)?;
    let renamed = if place.exists() {
        match renameat_with(CWD, folder, CWD, &place, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(()),
            // Few file systems cannot exchange: move the old one away and the new one in.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                let aside = folder.with_extension("old.tmp");
                fs::rename(&place, &aside).and_then(|()| fs::rename(folder, &place)).inspect(|()| {
                    let _ = fs::remove_dir_all(&aside);
                })
            }
            Err(errno) => Err(errno.into()),
        }
    } else {
        fs::rename(folder, &place)
    };
    renamed.map_err(LakeError::io("rename into", &place))?;
    // The folders above may be new as well.
    for parent in place.ancestors().skip(1).take_while(|p| p.starts_with(root)) {
        sync(parent)?;
    }
    // After an exchange the folder holds the partition that was replaced.
    let _ = fs::remove_dir_all(folder);
    Ok(())
}

fn sync_folders(folder: &Path) -> Result<(), LakeError> {
    for entry in fs::read_dir(folder).map_err(LakeError::io("list", folder))?.flatten() {
        if entry.path().is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync(folder)
}

fn sync(folder: &Path) -> Result<(), LakeError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(LakeError::io("sync", folder))
}
