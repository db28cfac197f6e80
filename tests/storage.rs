//! Marts that cannot be written and disks that are full: exit 1, a clear message, and nothing published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::marts::{nothing_below, published};
use crate::support::{Lake, sample};

/// A file system of its own for a test, where the machine lets us make one.
struct Mount {
    home: tempfile::TempDir,
}

impl Mount {
    /// Mounts a tmpfs with these options; `None`, with the reason on standard error, where that is not allowed.
    fn tmpfs(options: &str) -> Option<Self> {
        let home = tempfile::tempdir().expect("a folder");
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(home.path()).output();
        match output {
            Ok(output) if output.status.success() => Some(Self { home }),
            Ok(output) => {
                eprintln!("skipped: no tmpfs here: {}", String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(e) => {
                eprintln!("skipped: no mount here: {e}");
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(self.home.path()).status();
        assert!(status.expect("mount starts").success());
    }

    fn path(&self) -> &Path {
        self.home.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Before the folder itself is removed.
        let _ = Command::new("umount").arg("-l").arg(self.home.path()).status();
    }
}

fn sla_into(lake: &Path, marts: &Path) -> crate::support::Output {
    sample::job("takedown-sla", lake, marts).run()
}

#[test]
fn marts_below_a_file_cannot_be_written() {
    let lake = Lake::sound();
    let file = lake.home().join("a-file");
    fs::write(&file, b"not a folder").expect("written");
    sla_into(&lake.root(), &file.join("marts")).fails(1, &["cannot", "a-file"]);
    sla_into(&lake.root(), &file).fails(1, &["cannot", "a-file"]);
    assert_eq!(fs::read(&file).expect("read"), b"not a folder");
}

#[test]
fn marts_in_a_place_that_takes_no_files_cannot_be_written() {
    let lake = Lake::sound();
    sla_into(&lake.root(), Path::new("/proc/mirrorlake-marts")).fails(1, &["cannot", "/proc/mirrorlake-marts"]);
}

#[test]
fn a_read_only_file_system_is_named() {
    let Some(mount) = Mount::tmpfs("size=4m") else { return };
    let marts = mount.path().join("marts");
    fs::create_dir(&marts).expect("made");
    mount.remount("ro");
    let lake = Lake::sound();
    sla_into(&lake.root(), &marts).fails(1, &["cannot", &marts.display().to_string(), "Read-only file system"]);
    nothing_below(&marts);
}

#[test]
fn a_full_disk_publishes_nothing() {
    for size in ["size=16k", "size=64k", "size=1m", "size=6m"] {
        let Some(mount) = Mount::tmpfs(size) else { return };
        let marts = mount.path().join("marts");
        let output = sla_into(sample::busy(), &marts);
        output.fails(1, &["cannot", &mount.path().display().to_string(), "No space left on device"]);
        nothing_below(&marts);
    }
}

#[test]
fn a_full_disk_leaves_the_marts_of_the_day_before_the_run() {
    // Enough for one copy of the marts, and not for a second one beside it.
    let Some(mount) = Mount::tmpfs("size=512k") else { return };
    let marts = mount.path().join("marts");
    let lake = Lake::sound();
    sla_into(&lake.root(), &marts).ok();
    let before = published(&marts);
    let used: usize = before.values().map(|bytes| bytes.len().div_ceil(4096) * 4096).sum();
    // Fill the rest, but for one page.
    let free: PathBuf = mount.path().join("ballast");
    fs::write(&free, vec![0_u8; (512 << 10) - used - (64 << 10)]).expect("written");
    let mut ballast = 0;
    while fs::write(mount.path().join(format!("ballast-{ballast}")), [0_u8; 4096]).is_ok() {
        ballast += 1;
    }
    let output = sample::job("takedown-sla", &lake.root(), &marts).arg("--force").run();
    output.fails(1, &["cannot", "No space left on device"]);
    assert!(published(&marts) == before, "the last good marts stay as they were");
}

#[test]
fn a_full_disk_is_told_by_the_sample_lake_too() {
    let Some(mount) = Mount::tmpfs("size=1m") else { return };
    let out = mount.path().join("lake");
    let call = crate::support::Call::new("sample-lake").arg(out.as_os_str());
    call.args("--sales 100000 --days 10 --seed 1 --log text").run().fails(1, &["No space left on device"]);
    assert!(!out.exists());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let lake = Lake::sound();
    let line = format!(
        "{} takedown-sla --lake {} --marts {} --as-of 2026-11-16 --format csv --log text | head -1",
        crate::support::program::executable().display(),
        lake.root().display(),
        lake.marts().display(),
    );
    let output = Command::new("bash").args(["-c", &format!("set -o pipefail; {line}")]).output().expect("bash starts");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!words.contains("panicked at") && !words.contains("roken pipe"), "{words}");
    assert_eq!(output.status.code(), Some(0), "{words}");
}
