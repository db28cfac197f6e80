//! No lake, no table, no finished partition, or one that is too old: refused, with words that say what to do.

use std::fs;

use crate::support::marts::{nothing_below, refused};
use crate::support::time::days_before;
use crate::support::{Call, DAY, Lake, sample};

/// A job over a place that is no lake.
fn over(lake: &std::path::Path, marts: &std::path::Path) -> crate::support::Output {
    sample::job("takedown-sla", lake, marts).run()
}

#[test]
fn a_path_that_is_not_there_is_no_lake() {
    let home = tempfile::tempdir().expect("a folder");
    let (lake, marts) = (home.path().join("nowhere"), home.path().join("marts"));
    over(&lake, &marts).refused(&["no lake at", "nowhere", "nothing there", "--lake"]);
    nothing_below(&marts);
}

#[test]
fn a_file_is_no_lake() {
    let home = tempfile::tempdir().expect("a folder");
    let (lake, marts) = (home.path().join("lake.parquet"), home.path().join("marts"));
    fs::write(&lake, b"PAR1").expect("written");
    over(&lake, &marts).refused(&["no lake at", "lake.parquet", "not a folder"]);
    nothing_below(&marts);
}

#[test]
fn an_empty_folder_is_no_lake() {
    let home = tempfile::tempdir().expect("a folder");
    let (lake, marts) = (home.path().join("lake"), home.path().join("marts"));
    fs::create_dir(&lake).expect("made");
    over(&lake, &marts).refused(&["no lake at", "none of the lake's tables"]);
    nothing_below(&marts);
}

#[test]
fn a_folder_of_other_things_is_no_lake() {
    let home = tempfile::tempdir().expect("a folder");
    let (lake, marts) = (home.path().join("lake"), home.path().join("marts"));
    fs::create_dir_all(lake.join("holiday-pictures/dt=2026-11-16")).expect("made");
    over(&lake, &marts).refused(&["no lake at", "none of the lake's tables"]);
}

#[test]
fn every_table_that_is_read_must_be_there() {
    for table in ["brands", "ip_rights", "claims", "claim_holds", "takedowns"] {
        let lake = Lake::sound();
        fs::remove_dir_all(lake.root().join(table)).expect("removed");
        refused(&lake, lake.sla().run(), &[&format!("table {table}:"), "missing", "rule table_present"]);
    }
}

#[test]
fn a_partition_without_success_is_not_read() {
    let lake = Lake::sound();
    fs::remove_file(lake.partition("claims", DAY).join("_SUCCESS")).expect("removed");
    refused(&lake, lake.sla().run(), &["table claims", "no finished partition", "_SUCCESS", "rule state_fresh"]);
}

#[test]
fn an_unfinished_partition_does_not_hide_the_finished_one_before_it() {
    let lake = Lake::sound();
    let yesterday = days_before(DAY, 1);
    lake.move_to("claims", &yesterday);
    fs::create_dir_all(lake.partition("claims", DAY)).expect("made");
    fs::write(lake.file("claims"), b"half a file").expect("written");
    let parts = ["table claims", &format!("dt={yesterday}"), "1 days old where 0 are tolerated", "rule state_fresh"];
    refused(&lake, lake.sla().run(), &parts);
}

#[test]
fn a_finished_partition_without_files_is_refused() {
    let lake = Lake::sound();
    fs::remove_file(lake.file("takedowns")).expect("removed");
    let parts = ["table takedowns, partition dt=2026-11-16", "no .parquet file", "rule files_present"];
    refused(&lake, lake.sla().run(), &parts);
}

#[test]
fn claims_of_yesterday_are_stale() {
    for table in ["claims", "claim_holds", "takedowns"] {
        let lake = Lake::sound();
        lake.move_to(table, &days_before(DAY, 1));
        let parts = [&format!("table {table}"), "dt=2026-11-15", "1 days old where 0 are tolerated", "state_fresh"];
        refused(&lake, lake.sla().run(), &parts);
    }
}

#[test]
fn brands_of_a_week_ago_are_fresh_and_older_ones_stale() {
    for table in ["brands", "ip_rights"] {
        let lake = Lake::sound();
        lake.move_to(table, &days_before(DAY, 7));
        lake.sla().run().ok();
        assert_eq!(lake.rows("takedown_outcomes").len(), 400);

        let lake = Lake::sound();
        lake.move_to(table, &days_before(DAY, 8));
        let parts = [&format!("table {table}"), "dt=2026-11-08", "8 days old where 7 are tolerated", "state_fresh"];
        refused(&lake, lake.sla().run(), &parts);
    }
}

#[test]
fn the_tolerance_is_configured_by_table() {
    let lake = Lake::sound();
    lake.move_to("claims", &days_before(DAY, 3));
    let config = lake.config("[tolerance_days]\nclaims = 3\n");
    let job = || lake.sla().with("--config", &config);
    // Rows with instants of the days since are not to be blamed: the state is what it was three days ago.
    job().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);

    let lake = Lake::sound();
    lake.move_to("claims", &days_before(DAY, 4));
    let config = lake.config("[tolerance_days]\nclaims = 3\n");
    let parts = ["table claims", "4 days old where 3 are tolerated"];
    refused(&lake, lake.sla().with("--config", config).run(), &parts);
}

#[test]
fn the_newest_partition_up_to_the_day_is_read() {
    let lake = Lake::sound();
    // One older and one of tomorrow, both broken: neither may be touched.
    for day in [days_before(DAY, 2), "2026-11-17".to_owned()] {
        lake.put_files("brands", &day, &[("part-0.parquet", b"not Parquet".to_vec())]);
    }
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

#[test]
fn folders_and_files_of_other_names_are_passed_over() {
    let lake = Lake::sound();
    fs::create_dir_all(lake.root().join("claims/dt=2026-11-31")).expect("made");
    fs::create_dir_all(lake.root().join("claims/archive")).expect("made");
    fs::create_dir_all(lake.root().join("_staging")).expect("made");
    for name in ["_committed_1", ".part-0.parquet.crc", "part-1.parquet.tmp", "readme.txt"] {
        fs::write(lake.partition("claims", DAY).join(name), b"anything").expect("written");
    }
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

#[test]
fn a_file_is_read_whatever_its_name_begins_with() {
    let lake = Lake::sound();
    lake.sla().run().ok();
    let expected = lake.rows("takedown_outcomes");
    fs::rename(lake.file("takedowns"), lake.partition("takedowns", DAY).join("_odd name%.parquet")).expect("renamed");
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes"), expected);
}

#[test]
fn a_day_in_the_future_is_stale() {
    let lake = Lake::sound();
    let output = lake.job_at("takedown-sla", "2031-01-01").run();
    refused(&lake, output, &["dt=2026-11-16", "days old where", "rule state_fresh", "earlier --as-of"]);
}

#[test]
fn a_day_before_the_lake_has_no_state() {
    let lake = Lake::sound();
    let output = lake.job_at("takedown-sla", "2020-01-01").run();
    refused(&lake, output, &["no finished partition on or before 2020-01-01", "dt=2026-11-16"]);
}

#[test]
fn latest_is_the_newest_day_that_all_inputs_have() {
    let lake = Lake::sound();
    let output = lake.job_at("takedown-sla", "latest").args("--format json").run().ok();
    assert_eq!(output.summary()["as_of"], DAY, "{}", output.told());

    // Brands may be older; claims of tomorrow without takedowns of tomorrow do not make tomorrow the latest.
    let lake = Lake::sound();
    lake.move_to("brands", &days_before(DAY, 5));
    lake.put(&lake.table("claims"), "2026-11-17");
    let output = lake.job_at("takedown-sla", "latest").args("--format json").run().ok();
    assert_eq!(output.summary()["as_of"], DAY, "{}", output.told());
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

#[test]
fn latest_without_a_lake_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let call = Call::new("takedown-sla --as-of latest --log text").with("--lake", home.path());
    call.with("--marts", home.path().join("marts")).run().refused(&["no lake at"]);
    nothing_below(&home.path().join("marts"));
}
