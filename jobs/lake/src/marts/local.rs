//! Partitions in a local folder: written beside their place under a hidden name, then renamed into it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use rustix::io::Errno;

use crate::error::LakeError;

/// A hidden folder in which a partition is written. It is locked while its writer lives: that is how the folder of a
/// crashed run is told from that of a run at work, in another container or on another host as well.
#[derive(Debug)]
pub struct Aside {
    /// The folder.
    pub folder: PathBuf,
    _lock: File,
}

/// Creates the hidden folder for a partition, and removes what crashed runs left of it.
pub fn begin(root: &Path, target: &str) -> Result<Aside, LakeError> {
    let place = root.join(target);
    let parent = place.parent().unwrap_or(root);
    let name = place.file_name().and_then(|n| n.to_str()).unwrap_or("partition");
    let prefix = format!(".{name}.");
    // A run that gives up may remove the empty folders above between two of our steps.
    for _ in 0..100 {
        fs::create_dir_all(parent).map_err(LakeError::io("create the folder", parent))?;
        remove_abandoned(parent, &prefix);
        let made = tempfile::Builder::new().prefix(&prefix).suffix(".tmp").tempdir_in(parent);
        let made = match made {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            made => made.map_err(LakeError::io("create a folder in", parent))?.keep(),
        };
        let Ok(lock) = File::open(&made) else { continue };
        // Until it is locked, another run may take it for abandoned.
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() && made.is_dir() {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            fs::set_permissions(&made, mode).map_err(LakeError::io("open to readers", &made))?;
            return Ok(Aside { folder: made, _lock: lock });
        }
    }
    Err(LakeError::Contended {
        mart: target.to_owned(),
        partition: String::new(),
        problem: "other runs keep removing its folders".to_owned(),
    })
}

fn remove_abandoned(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_str().is_some_and(|n| n.starts_with(prefix) && n.ends_with(".tmp"));
        if !ours {
            continue;
        }
        let Ok(folder) = File::open(entry.path()) else { continue };
        if flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = fs::remove_dir_all(entry.path());
            let _ = fs::remove_file(entry.path());
        }
    }
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
    // Another job may publish the same quarantine at the same time: whether there is a partition to replace is known
    // only to the rename itself.
    let renamed = match renameat_with(CWD, folder, CWD, &place, RenameFlags::NOREPLACE) {
        Err(Errno::EXIST | Errno::NOTEMPTY) => match renameat_with(CWD, folder, CWD, &place, RenameFlags::EXCHANGE) {
            // Few file systems cannot exchange: move the old one away and the new one in.
            Err(Errno::INVAL | Errno::NOSYS) => {
                let aside = folder.with_extension("old.tmp");
                fs::rename(&place, &aside).and_then(|()| fs::rename(folder, &place)).inspect(|()| {
                    let _ = fs::remove_dir_all(&aside);
                })
            }
            done => done.map_err(Into::into),
        },
        Err(Errno::INVAL | Errno::NOSYS) => fs::rename(folder, &place),
        done => done.map_err(Into::into),
    };
    renamed.map_err(LakeError::io("rename into", &place))?;
    // The folders above may be new as well.
    for parent in place.ancestors().skip(1).take_while(|p| p.starts_with(root)) {
        sync(parent)?;
    }
    // After an exchange the folder holds the partition that was replaced (or a file that lay in its place).
    let _ = fs::remove_dir_all(folder);
    let _ = fs::remove_file(folder);
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
