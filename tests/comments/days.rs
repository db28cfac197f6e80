//! A day is done once: what is unchanged is left alone, and a new, republished or damaged day costs that day only.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use parquet::file::properties::WriterProperties;

use super::{SIGNALS, SUMS, ago, lake_of, of_day, put, run, summary};
use crate::signals::send;
use crate::support::comments::comments;
use crate::support::marts::{marks, parquet};
use crate::support::{Call, Comment, DAY, Lake};

/// A lake with comments on each of the newest days.
fn days_of_comments(days: u64) -> Lake {
    let lake = lake_of(of_day(DAY, 60));
    for n in 1..days {
        put(&lake, &ago(n), of_day(&ago(n), 60));
    }
    lake
}

/// The files of the marts and the quarantine that were written anew since `before`, by their days.
fn touched(lake: &Lake, before: &std::collections::BTreeMap<String, (u64, i64, i64)>) -> Vec<String> {
    let now = marks(&lake.marts());
    let day = |name: &str| name.split('/').find_map(|part| part.strip_prefix("dt=")).expect("a day").to_owned();
    let mut days: Vec<String> =
        now.iter().filter(|(name, mark)| before.get(*name) != Some(mark)).map(|(name, _)| day(name)).collect();
    assert!(before.keys().all(|name| now.contains_key(name)), "a file is gone");
    days.dedup();
    days.sort();
    days.dedup();
    days
}

#[test]
fn every_day_of_the_window_has_its_partitions() {
    let lake = days_of_comments(4);
    let done = summary(&lake, "--days 3");
    assert_eq!((&done["status"], &done["rows_in"], &done["as_of"]), (&"published".into(), &180.into(), &DAY.into()));
    for n in 0..3 {
        for mart in [SIGNALS, SUMS] {
            let folder = lake.mart_on(mart, &ago(n));
            assert!(folder.join("_SUCCESS").is_file() && folder.join("_manifest.json").is_file(), "{mart} {}", ago(n));
            let written = format!("{mart}/dt={}", ago(n));
            assert!(done["outputs"].as_array().expect("outputs").contains(&written.into()), "{done}");
        }
        let rows = lake.rows_on(SIGNALS, &ago(n));
        let ids: Vec<i64> = rows.iter().map(|r| r["comment_id"].as_i64().expect("an id")).collect();
        assert_eq!(ids, of_day(&ago(n), 60).iter().map(|c| c.comment_id).collect::<Vec<_>>());
    }
    assert!(!lake.mart_on(SIGNALS, &ago(3)).exists(), "a day outside the window");
}

#[test]
fn a_day_is_as_of_itself_whatever_the_run_is_as_of() {
    let lake = days_of_comments(3);
    run(&lake, "--days 3").ok();
    let bytes = parquet(&lake.marts());
    let other = days_of_comments(3);
    for n in [2, 1, 0] {
        other.job_at("comment-signals", &ago(n)).args("--days 1").run().ok();
    }
    assert!(parquet(&other.marts()) == bytes);
    // What one run has done is unchanged for a run as of another day.
    let before = marks(&other.marts());
    assert_eq!(summary(&other, "--days 90")["status"], "unchanged");
    assert_eq!(marks(&other.marts()), before);
    let text = fs::read_to_string(lake.mart_on(SIGNALS, &ago(2)).join("_manifest.json")).expect("a manifest");
    assert!(text.contains(&format!("\"as_of_day\": \"{}\"", ago(2))), "{text}");
}

#[test]
fn a_rerun_says_unchanged_and_touches_nothing() {
    let lake = days_of_comments(3);
    let first = summary(&lake, "--days 3");
    let before = marks(&lake.marts());
    let second = summary(&lake, "--days 3");
    assert_eq!((&second["status"], &second["exit_code"]), (&"unchanged".into(), &0.into()));
    for key in ["rows_in", "rows_quarantined", "rows_out", "outputs"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    assert_eq!(marks(&lake.marts()), before);
    run(&lake, "--days 3").ok().says(&["unchanged"]);
}

#[test]
fn a_new_day_publishes_that_day_alone() {
    let lake = days_of_comments(3);
    run(&lake, "--days 3").ok();
    let before = marks(&lake.marts());
    let tomorrow = "2026-11-17";
    put(&lake, tomorrow, of_day(tomorrow, 60));
    let output = lake.job_at("comment-signals", tomorrow).args("--days 3 --format json").run().ok();
    assert_eq!(output.summary()["status"], "published");
    assert_eq!(touched(&lake, &before), [tomorrow]);
    assert_eq!(lake.rows_on(SIGNALS, tomorrow).len(), 60);
}

#[test]
fn a_republished_day_is_done_again_alone() {
    let lake = days_of_comments(4);
    run(&lake, "--days 4").ok();
    let before = marks(&lake.marts());
    let late = ago(2);
    put(&lake, &late, of_day(&late, 61));
    assert_eq!(summary(&lake, "--days 4")["status"], "published");
    assert_eq!(touched(&lake, &before), [late.as_str()]);
    assert_eq!(lake.rows_on(SIGNALS, &late).len(), 61);
}

#[test]
fn a_damaged_day_is_done_again_alone() {
    for (mart, file) in [(SIGNALS, "_SUCCESS"), (SUMS, "part-00000.parquet"), (SIGNALS, "_manifest.json")] {
        let lake = days_of_comments(3);
        run(&lake, "--days 3").ok();
        let bytes = parquet(&lake.marts());
        fs::remove_file(lake.mart_on(mart, &ago(1)).join(file)).expect("removed");
        let before = marks(&lake.marts());
        assert_eq!(summary(&lake, "--days 3")["status"], "published");
        assert_eq!(touched(&lake, &before), [ago(1)], "{file}");
        assert!(parquet(&lake.marts()) == bytes);
    }
}

#[test]
fn a_forced_rerun_writes_the_same_bytes() {
    let lake = days_of_comments(3);
    run(&lake, "--days 3").ok();
    let (bytes, before) = (parquet(&lake.marts()), marks(&lake.marts()));
    assert_eq!(summary(&lake, "--days 3 --force")["status"], "published");
    assert!(parquet(&lake.marts()) == bytes);
    assert_eq!(touched(&lake, &before), [ago(2), ago(1), DAY.to_owned()]);
    let left: Vec<String> = marks(&lake.marts()).into_keys().filter(|n| n.contains(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn one_thread_and_four_write_the_same_bytes() {
    let mut rows = of_day(DAY, 5_000);
    // No order, and repeats within and across row groups, all within what is allowed.
    rows = (0..5_000).map(|n| rows[n * 2_003 % 5_000].clone()).collect();
    for n in 0..20 {
        rows[n * 200 + 150].comment_id = rows[n * 100].comment_id;
    }
    let table = comments().with_rows(rows);
    let groups = WriterProperties::builder().set_max_row_group_row_count(Some(300)).build();
    let files = [(0..2_500, "a.parquet"), (2_500..5_000, "b.parquet")];
    let files = files.map(|(rows, name)| (name, table.slice(rows).parquet(groups.clone())));
    let lake = Lake::of(Vec::new());
    lake.put_files("comments", DAY, &files);
    let marts = |threads: &str| {
        let marts = lake.home().join(format!("marts-{threads}"));
        let call = Call::new("comment-signals").with("--lake", lake.root()).with("--marts", &marts);
        call.with("--as-of", DAY).args("--log text").with("--threads", threads).run().ok();
        parquet(&marts)
    };
    let one = marts("1");
    assert_eq!(one.len(), 3);
    assert!(one == marts("4") && one == marts("3"), "threads changed a byte");
}

#[test]
fn a_missing_day_is_refused_unless_it_is_allowed_and_listed() {
    let lake = days_of_comments(4);
    fs::remove_file(lake.partition("comments", &ago(1)).join("_SUCCESS")).expect("removed");
    run(&lake, "--days 4").refused(&["table comments", &ago(1), "--allow-missing-days"]);
    lake.holds_nothing();
    let output = run(&lake, "--days 4 --allow-missing-days").ok();
    for n in [0, 2, 3] {
        assert_eq!(lake.rows_on(SIGNALS, &ago(n)).len(), 60);
    }
    assert!(!lake.mart_on(SIGNALS, &ago(1)).exists());
    let warned = output.stderr.lines().any(|l| l.starts_with("warning") && l.contains(&format!("comments {}", ago(1))));
    assert!(warned, "{}", output.told());
    // Here as well, where the days are done already.
    run(&lake, "--days 4 --allow-missing-days").ok().says(&["unchanged", &ago(1)]);
}

#[test]
fn several_days_at_once_write_what_one_after_the_other_does() {
    let one_by_one = days_of_comments(6);
    let done = summary(&one_by_one, "--days 6 --threads 1");
    let bytes = parquet(&one_by_one.marts());
    for threads in ["--threads 2", "--threads 4", "--threads 9"] {
        let lake = days_of_comments(6);
        let found = summary(&lake, &format!("--days 6 {threads}"));
        for key in ["rows_in", "rows_quarantined", "rows_out", "outputs", "status"] {
            assert_eq!(found[key], done[key], "{key} at {threads}");
        }
        assert!(parquet(&lake.marts()) == bytes, "{threads} changed a byte");
    }
}

#[test]
fn of_several_broken_days_the_earliest_is_named() {
    for threads in ["--threads 1", "--threads 4"] {
        let lake = days_of_comments(5);
        for n in [3, 1] {
            put(&lake, &ago(n), of_day(&ago(n), 60).into_iter().map(|c| Comment { rating: 0, ..c }));
        }
        run(&lake, &format!("--days 5 {threads}")).refused(&["table comments", "column rating", &ago(3)]);
        assert_eq!(lake.rows_on(SIGNALS, &ago(4)).len(), 60, "the day before it stands");
        for n in [3, 1] {
            assert!(!lake.mart_on(SIGNALS, &ago(n)).exists() && !lake.mart_on(SUMS, &ago(n)).exists(), "{n} {threads}");
        }
    }
}

#[test]
fn a_signal_leaves_whole_days_or_none() {
    let lake = lake_of([]);
    let days = 8;
    for n in 0..days {
        put(&lake, &ago(n), of_day(&ago(n), 20_000));
    }
    let call = lake.job("comment-signals").args("--days 8 --threads 4");
    let mut stopped = 0;
    for millis in [40, 70, 100, 150, 200, 300] {
        let _ = fs::remove_dir_all(lake.marts());
        let child = call.start();
        sleep(Duration::from_millis(millis));
        send(&child, "TERM");
        let output = call.finish(child);
        assert!(!output.stderr.contains("panicked at"), "{}", output.told());
        stopped += u32::from(output.code == Some(143));
        let ended =
            output.code.is_some_and(|code| code == 143 || code == 0) || (output.signal.is_some() && millis < 200);
        assert!(ended, "after {millis} ms\n{}", output.told());
        for n in 0..days {
            let whole = |mart: &str| {
                let folder = lake.mart_on(mart, &ago(n));
                assert_eq!(folder.exists(), folder.join("_SUCCESS").is_file(), "{mart} {}", ago(n));
                assert!(!folder.exists() || folder.join("_manifest.json").is_file(), "{mart} {}", ago(n));
                folder.exists()
            };
            assert_eq!(whole(SIGNALS), whole(SUMS), "{}", ago(n));
        }
    }
    if stopped == 0 {
        eprintln!("skipped in effect: every run was done before the signal came");
    }
    // The next run goes on, and nothing is left of those that were stopped.
    call.run().ok();
    for n in 0..days {
        assert_eq!(lake.rows_on(SIGNALS, &ago(n)).len(), 20_000);
    }
    let left: Vec<String> = marks(&lake.marts()).into_keys().filter(|n| n.contains(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_window_longer_than_the_lake_begins_with_its_first_day() {
    let lake = days_of_comments(3);
    let done = summary(&lake, "--days 90");
    assert_eq!((&done["rows_in"], &done["rows_out"].as_i64().is_some()), (&180.into(), &true));
    let days = fs::read_dir(lake.marts().join(SIGNALS)).expect("days").count();
    assert_eq!(days, 3);
}

#[test]
fn latest_is_the_newest_finished_day() {
    let lake = days_of_comments(2);
    fs::create_dir_all(lake.partition("comments", "2026-11-17")).expect("unfinished");
    let call = Call::new("comment-signals").with("--lake", lake.root()).with("--marts", lake.marts());
    let done = call.args("--as-of latest --days 2 --format json --log text").run().ok().summary();
    assert_eq!((&done["as_of"], &done["rows_in"]), (&DAY.into(), &120.into()));
}

#[test]
fn a_day_that_another_run_holds_is_tried_again_later() {
    let lake = days_of_comments(3);
    let folder = lake.marts().join(".locks");
    fs::create_dir_all(&folder).expect("made");
    let lock = fs::File::create(folder.join(format!("comment-signals.dt={}.lock", ago(1)))).expect("created");
    lock.lock().expect("locked");
    run(&lake, "--days 3").fails(75, &["comment-signals", &ago(1), "another run"]);
    assert_eq!(lake.rows_on(SIGNALS, &ago(2)).len(), 60, "the days before it stand");
    assert!(!lake.mart_on(SIGNALS, &ago(1)).exists());
    drop(lock);
    run(&lake, "--days 3").ok();
    assert_eq!(lake.rows(SIGNALS).len(), 60);
}

#[test]
fn another_configuration_does_the_days_again() {
    let lake =
        lake_of(of_day(DAY, 200).into_iter().enumerate().map(|(n, c)| Comment { rating: i64::from(n > 3), ..c }));
    run(&lake, "").refused(&["4 of 200 rows"]);
    let config = lake.config("max_bad_share = 0.05\n");
    let call = || lake.job("comment-signals").args("--format json").with("--config", &config).run().ok().summary();
    assert_eq!((call()["status"].clone(), call()["status"].clone()), ("published".into(), "unchanged".into()));
    assert_eq!(lake.quarantine("comments").len(), 4);
    assert_eq!(lake.manifest(SIGNALS)["configuration"]["max_bad_share"], 0.05);
    assert!(lake.manifest(SIGNALS)["configuration"]["detector"].is_string());
}
