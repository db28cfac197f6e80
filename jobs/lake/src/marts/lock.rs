//! One run of a job and day at a time.

use std::fs::{self, File, OpenOptions};
use std::io::Write;

use crate::error::LakeError;
use crate::location::Location;

/// Held for as long as a run may publish. Released by the system even when the process is killed.
#[derive(Debug)]
pub struct RunLock {
    _file: Option<File>,
}

impl RunLock {
    /// Takes the lock of a job and day, without waiting.
    ///
    /// On object stores there is nothing to hold: there the conditional put of the manifest decides.
    ///
    /// # Errors
    ///
    /// [`LakeError::Contended`] where another run holds it; [`LakeError::Io`] where the marts cannot be written.
    pub fn take(marts: &Location, job: &str, partition: &str) -> Result<Self, LakeError> {
        let Location::Local(root) = marts else { return Ok(Self { _file: None }) };
        let folder = root.join(".locks");
        fs::create_dir_all(&folder).map_err(LakeError::io("create the folder", &folder))?;
        let path = folder.join(format!("{job}.{}.lock", partition.replace('/', ".")));
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(LakeError::io("open the lock", &path))?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let holder = fs::read_to_string(&path).unwrap_or_default();
                let holder = mirrorlake_model::text::printable(holder.trim(), 40);
                return Err(LakeError::Contended {
                    mart: job.to_owned(),
                    partition: partition.to_owned(),
                    problem: format!("another run is at work (process {holder})"),
                });
            }
            Err(errno) => return Err(LakeError::io("lock", &path)(errno.into())),
        }
        // The holder's number is for the message above only; the lock is the system's.
        let _ = file.set_len(0);
        let _ = write!(file, "{}", std::process::id());
        Ok(Self { _file: Some(file) })
    }
}
