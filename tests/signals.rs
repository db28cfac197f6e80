//! Ctrl-C and SIGTERM: nothing is published, nothing is left, and the exit code says which it was.

use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::marts::nothing_below;
use crate::support::{Output, sample};

/// How long a run may take to stop by itself. Then the process ends, without a summary: an engine that is at work on a
/// busy machine hears no signal.
const GRACE: Duration = Duration::from_secs(3);

/// Sends a running program a signal.
pub fn send(child: &Child, signal: &str) {
    let status = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
    assert!(status.expect("sh starts").success(), "the process is gone already");
}

/// Starts a long run, sends it a signal after a while, and says how it ended and how long that took.
fn interrupted(signal: &str, after: Duration, marts: &std::path::Path) -> (Output, Duration) {
    let call = sample::job("takedown-sla", sample::busy(), marts).args("--format json");
    let child = call.start();
    sleep(after);
    send(&child, signal);
    let sent = Instant::now();
    (call.finish(child), sent.elapsed())
}

#[track_caller]
fn publishes_nothing(signal: &str, code: i32, word: &str) {
    sample::busy();
    let mut stopped = 0;
    // At several moments: while tables are read, checked, computed and written.
    for millis in [20, 60, 120, 250, 450, 700] {
        let home = tempfile::tempdir().expect("a folder");
        let marts = home.path().join("marts");
        let (output, took) = interrupted(signal, Duration::from_millis(millis), &marts);
        assert!(!output.stderr.contains("panicked at"), "{}", output.told());
        if output.code == Some(0) {
            // A fast machine was done before the signal.
            assert_eq!(output.summary()["status"], "published");
            continue;
        }
        if output.signal.is_some() && millis < 200 {
            // Before it listens, on a busy machine a little later, the system's own way to end is as good.
            nothing_below(&marts);
            continue;
        }
        assert_eq!(output.code, Some(code), "after {millis} ms\n{}", output.told());
        nothing_below(&marts);
        if output.stdout.is_empty() && took >= GRACE {
            continue;
        }
        let summary = output.summary();
        assert_eq!((summary["status"].as_str(), summary["exit_code"].as_i64()), (Some(word), Some(code.into())));
        stopped += 1;
    }
    if stopped == 0 {
        eprintln!("skipped in effect: every run was done before {signal} came");
    }
}

#[test]
fn sigterm_publishes_nothing() {
    publishes_nothing("TERM", 143, "terminated");
}

#[test]
fn ctrl_c_publishes_nothing() {
    publishes_nothing("INT", 130, "interrupted");
}

#[test]
fn after_a_signal_the_next_run_publishes() {
    let home = tempfile::tempdir().expect("a folder");
    let marts = home.path().join("marts");
    sample::busy();
    interrupted("TERM", Duration::from_millis(150), &marts);
    sample::job("takedown-sla", sample::busy(), &marts).run().ok();
}

#[test]
fn a_killed_run_leaves_no_partition_and_its_remains_are_cleared_away() {
    let home = tempfile::tempdir().expect("a folder");
    let marts = home.path().join("marts");
    sample::busy();
    let (output, _) = interrupted("KILL", Duration::from_millis(700), &marts);
    if output.code.is_none() {
        let day = marts.join(format!("takedown_sla/dt={}", crate::support::DAY));
        assert!(!day.join("_SUCCESS").exists() || day.join("_manifest.json").exists());
    }
    sample::job("takedown-sla", sample::busy(), &marts).run().ok();
    let left: Vec<String> =
        crate::support::marts::files_below(&marts).into_keys().filter(|n| n.contains(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_sample_lake_that_is_interrupted_leaves_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("lake");
    let call = crate::support::Call::new("sample-lake").arg(out.as_os_str());
    let call = call.args("--sales 5000000 --days 60 --seed 3 --log text");
    let child = call.start();
    sleep(Duration::from_millis(400));
    send(&child, "TERM");
    let output = call.finish(child);
    assert_eq!(output.code, Some(143), "{}", output.told());
    let left: Vec<_> = std::fs::read_dir(home.path()).expect("a folder").flatten().map(|e| e.path()).collect();
    assert!(left.is_empty(), "{left:?}");
}
