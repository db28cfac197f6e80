//! `mirrorlake link`: each job as a program of its own name.

use std::path::Path;

use mirrorlake_model::ExitStatus;

use crate::failure::Failure;
use crate::output;
use crate::registry::JOBS;

/// Makes or renews the links.
pub fn run(dir: &Path) -> Result<ExitStatus, Failure> {
    let fail = |what: &str, path: &Path, e: std::io::Error| {
        Failure::new(ExitStatus::Failed, format!("cannot {what} {}: {e}", path.display()))
    };
    let program = std::env::current_exe().map_err(|e| fail("find", Path::new("the program"), e))?;
    std::fs::create_dir_all(dir).map_err(|e| fail("create the folder", dir, e))?;
    for job in JOBS {
        let link = dir.join(job.name());
        // A link of ours is renewed; a file that is no link is somebody's and stays.
        match std::fs::symlink_metadata(&link) {
            Ok(meta) if meta.is_symlink() => std::fs::remove_file(&link).map_err(|e| fail("renew", &link, e))?,
            Ok(_) => return Err(Failure::usage(format!("{} is there and is no link", link.display()))),
            Err(_) => {}
        }
        std::os::unix::fs::symlink(&program, &link).map_err(|e| fail("link", &link, e))?;
        output::say(&format!("{} -> {}\n", link.display(), program.display()))?;
    }
    Ok(ExitStatus::Ok)
}
