//! What is published, and when: unchanged, forced and changed runs, threads, locks.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::marts::{files_below, marks, nothing_below, parquet};
use crate::support::{DAY, Lake, Output, sample};

fn run(lake: &Lake, words: &str) -> Value {
    let output = lake.sla().args("--format json").args(words).run().ok();
    output.summary()
}

#[test]
fn a_mart_has_its_files_its_manifest_and_its_mark() {
    let lake = Lake::sound();
    run(&lake, "");
    for mart in ["takedown_outcomes", "takedown_sla"] {
        let mut names: Vec<String> = files_below(&lake.mart(mart)).into_keys().collect();
        names.sort();
        assert_eq!(names, ["_SUCCESS", "_manifest.json", "part-00000.parquet"]);
        let outputs = lake.manifest(mart)["outputs"].clone();
        let file = &outputs[0];
        assert_eq!(file["path"], "part-00000.parquet");
        assert_eq!(file["bytes"], lake.mart_bytes(mart).len());
        assert_eq!(file["rows"], lake.rows(mart).len());
        use sha2::Digest;
        let sum: String = sha2::Sha256::digest(lake.mart_bytes(mart)).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(file["sha256"], sum);
    }
}

#[test]
fn a_rerun_says_unchanged_and_touches_nothing() {
    let lake = Lake::sound();
    let first = run(&lake, "");
    assert_eq!(first["status"], "published");
    let before = marks(&lake.marts());
    let second = run(&lake, "");
    assert_eq!(second["status"], "unchanged");
    assert_eq!(second["exit_code"], 0);
    for key in ["rows_in", "rows_quarantined", "rows_out", "outputs"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    assert_eq!(marks(&lake.marts()), before);
    lake.sla().run().ok().says(&["unchanged"]);
}

#[test]
fn a_forced_rerun_is_byte_identical() {
    let lake = Lake::sound();
    run(&lake, "");
    let (before, marks_before) = (parquet(&lake.marts()), marks(&lake.marts()));
    assert_eq!(run(&lake, "--force")["status"], "published");
    assert!(parquet(&lake.marts()) == before, "the same inputs gave other bytes");
    assert_ne!(marks(&lake.marts()), marks_before, "forced, so written again");
    let left: Vec<String> = files_below(&lake.marts()).into_keys().filter(|n| n.contains(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn another_folder_gets_the_same_bytes() {
    let (one, two) = (Lake::sound(), Lake::sound());
    run(&one, "");
    run(&two, "");
    assert!(one.sla_bytes() == two.sla_bytes());
}

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    let home = tempfile::tempdir().expect("a folder");
    let marts = |threads: &str| -> PathBuf { home.path().join(threads) };
    for threads in ["1", "2", "5"] {
        sample::job("takedown-sla", sample::busy(), &marts(threads)).with("--threads", threads).run().ok();
    }
    let one = parquet(&marts("1"));
    assert!(one.len() >= 2);
    assert!(one == parquet(&marts("2")) && one == parquet(&marts("5")), "threads changed a byte");
}

#[test]
fn threads_do_not_count_as_a_change() {
    let lake = Lake::sound();
    run(&lake, "--threads 1");
    assert_eq!(run(&lake, "--threads 2")["status"], "unchanged");
}

#[test]
fn a_changed_input_publishes_again() {
    let lake = Lake::sound();
    run(&lake, "");
    let before = lake.sla_bytes();
    lake.edit("takedowns", |t| {
        t.rows.pop();
    });
    let again = run(&lake, "");
    assert_eq!(again["status"], "published");
    assert_eq!(lake.rows("takedown_outcomes").len(), 399);
    assert!(lake.sla_bytes() != before);
}

#[test]
fn a_file_written_again_with_the_same_rows_publishes_the_same_bytes() {
    let lake = Lake::sound();
    run(&lake, "");
    let before = lake.sla_bytes();
    lake.put(&lake.table("claims"), DAY);
    assert_eq!(run(&lake, "")["status"], "published");
    assert!(lake.sla_bytes() == before);
}

#[test]
fn changed_configuration_publishes_again_and_is_in_the_manifest() {
    let lake = Lake::sound();
    run(&lake, "");
    let config = lake.config("sla_limit_hours = 48\n");
    let output = lake.sla().with("--config", &config).args("--format json").run().ok();
    assert_eq!(output.summary()["status"], "published");
    assert_eq!(lake.manifest("takedown_sla")["configuration"]["sla_limit_hours"], 48);
    assert_eq!(run(&lake, "")["status"], "published", "and back again");
    assert_eq!(run(&lake, "--days 30")["status"], "published");
}

#[test]
fn a_damaged_mart_is_not_taken_for_unchanged() {
    let damages: [fn(&Path); 4] = [
        |folder| fs::remove_file(folder.join("_SUCCESS")).expect("removed"),
        |folder| fs::remove_file(folder.join("part-00000.parquet")).expect("removed"),
        |folder| fs::write(folder.join("part-00000.parquet"), b"short").expect("written"),
        |folder| fs::write(folder.join("_manifest.json"), b"{").expect("written"),
    ];
    for damage in damages {
        let lake = Lake::sound();
        run(&lake, "");
        let before = lake.sla_bytes();
        damage(&lake.mart("takedown_outcomes"));
        assert_eq!(run(&lake, "")["status"], "published");
        assert!(lake.sla_bytes() == before);
        assert!(lake.mart("takedown_outcomes").join("_SUCCESS").is_file());
    }
}

#[test]
fn a_failed_run_leaves_the_marts_of_the_last_good_one() {
    let lake = Lake::sound();
    run(&lake, "");
    let before = marks(&lake.marts());
    lake.edit("claims", |t| t.drop_column("decision"));
    lake.sla().run().refused(&["column decision"]);
    assert_eq!(marks(&lake.marts()), before);
}

#[test]
fn what_a_crashed_run_left_is_cleared_away() {
    let lake = Lake::sound();
    // A run at work holds a lock on its folder; the lock of a crashed one is gone with its process.
    let folder = |name: &str| {
        let folder = lake.marts().join(format!("takedown_sla/.dt={DAY}.{name}.tmp"));
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("part-00000.parquet"), b"half").expect("written");
        folder
    };
    let (remains, at_work) = (folder("crashed"), folder("working"));
    let lock = File::open(&at_work).expect("opened");
    lock.lock().expect("locked");
    run(&lake, "");
    assert!(!remains.exists(), "the remains of a dead process are left");
    assert!(at_work.exists(), "the folder of a process that is at work was taken away");
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

/// Takes the lock of `takedown-sla` and [`DAY`], as another process would.
fn hold_lock(lake: &Lake) -> File {
    let folder = lake.marts().join(".locks");
    fs::create_dir_all(&folder).expect("made");
    let file = File::create(folder.join(format!("takedown-sla.dt={DAY}.lock"))).expect("created");
    file.lock().expect("locked");
    file
}

#[test]
fn a_second_run_of_the_same_day_is_told_to_try_again() {
    let lake = Lake::sound();
    let lock = hold_lock(&lake);
    lake.sla().run().fails(75, &["takedown-sla", "dt=2026-11-16", "another run", "try again"]);
    nothing_below(&lake.marts());
    let summary = lake.sla().args("--format json").run().exits(75).summary();
    assert_eq!((&summary["status"], &summary["exit_code"]), (&Value::from("try_again"), &Value::from(75)));
    drop(lock);
    lake.sla().run().ok();
}

#[test]
fn a_lock_left_by_a_dead_process_hinders_nobody() {
    let lake = Lake::sound();
    drop(hold_lock(&lake));
    lake.sla().run().ok();
}

#[test]
fn another_day_and_another_job_are_not_locked_out() {
    let lake = Lake::sound();
    run(&lake, "");
    for table in ["brands", "ip_rights", "claims", "claim_holds", "takedowns"] {
        lake.put(&lake.table(table), "2026-11-17");
    }
    let _lock = hold_lock(&lake);
    lake.job_at("takedown-sla", "2026-11-17").run().ok();
    lake.job("brand-report").run().ok();
}

#[test]
fn of_two_runs_at_once_one_publishes_and_the_other_says_so() {
    let home = tempfile::tempdir().expect("a folder");
    let marts = home.path().join("marts");
    let call = sample::job("takedown-sla", sample::busy(), &marts).args("--format json");
    let children = [call.start(), call.start()];
    let mut ends: Vec<Output> = children.into_iter().map(|child| call.finish(child)).collect();
    ends.sort_by_key(|o| o.code);
    assert_eq!(ends[0].code, Some(0), "{}", ends[0].told());
    // On a slow machine the second may begin when the first has ended: then there is nothing to do for it.
    match ends[1].code {
        Some(75) => assert!(ends[1].stderr.contains("another run"), "{}", ends[1].told()),
        Some(0) => {
            let words: Vec<Value> = ends.iter().map(|o| o.summary()["status"].clone()).collect();
            assert!(words.contains(&"published".into()) && words.contains(&"unchanged".into()), "{words:?}");
        }
        _ => panic!("{}", ends[1].told()),
    }
}
