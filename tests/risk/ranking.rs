//! The ranking as a whole.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Shops, days_ago, merchant, pairs, run, sample_lake};
use crate::support::marts::{Row, parquet, published};
use crate::support::time::days_before;
use crate::support::{DAY, Lake};

fn float(row: &Row, name: &str) -> f64 {
    row[name].as_f64().unwrap_or_else(|| panic!("{name} of {row:?}"))
}

#[track_caller]
fn adds_up(row: &Row) {
    let reasons = row["reasons"].as_array().expect("a list");
    let sum: f64 = reasons.iter().map(|r| r["contribution"].as_f64().expect("a number")).sum();
    let log_odds = float(row, "log_odds");
    assert!((float(row, "base_log_odds") + sum - log_odds).abs() < 1e-9, "{row:?}");
    assert!((1.0 / (1.0 + (-log_odds).exp()) - float(row, "score")).abs() < 1e-12, "{row:?}");
    let (low, rank, high) = (float(row, "rank_low"), float(row, "rank"), float(row, "rank_high"));
    assert!(1.0 <= low && low <= rank && rank <= high, "{row:?}");
}

/// Ranks are 1 to n in the order of falling log-odds.
#[track_caller]
fn ordered(rows: &[&Row]) {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|r| r["rank"].as_i64());
    assert!((1..).zip(&rows).all(|(n, r)| r["rank"] == n));
    assert!(rows.windows(2).all(|w| float(w[0], "log_odds") >= float(w[1], "log_odds")));
}

#[test]
fn scores_add_up_and_ranks_follow_them_on_the_sample_lake() {
    let lake = sample_lake();
    for job in ["comment-signals", "reappearance", "merchant-risk"] {
        lake.job(job).run().ok();
    }
    let rows = lake.rows("merchant_risk");
    rows.iter().for_each(adds_up);
    ordered(&rows.iter().collect::<Vec<_>>());
    let mut brands: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    for (key, row) in pairs(&lake) {
        adds_up(&row);
        brands.entry(key.1).or_default().push(row);
    }
    brands.values().for_each(|rows| ordered(&rows.iter().collect::<Vec<_>>()));
    assert!(rows.iter().any(|r| r["allegations"].as_i64() > Some(0)));
    assert!(rows.iter().any(|r| r["reappearances"].as_i64() > Some(0)));
    assert!(rows.iter().any(|r| r["image_matches"].as_i64() > Some(0)));
    let returned = lake.rows("reappearances");
    for row in &rows {
        let own = |r: &&Row| r["new_merchant_id"] == row["merchant_id"];
        let counted = returned.iter().filter(own).filter(|r| r["tier"] != "D").count();
        assert_eq!(row["reappearances"], counted as i64);
        let others = |r: &&Row| !r["hamming"].is_null() && r["removed_merchant_id"] != r["new_merchant_id"];
        assert_eq!(row["image_matches"], returned.iter().filter(own).filter(others).count() as i64);
    }
    let allegations: i64 = rows.iter().filter_map(|r| r["allegations"].as_i64()).sum();
    let judged: usize = (0..35)
        .map(|n| lake.rows_on("comment_signals", &days_before(DAY, n)))
        .map(|day| day.iter().filter(|r| r["label"] == "allege").count())
        .sum();
    assert_eq!(allegations, judged as i64);
    // The planted truth, by the command that measures it.
    let line = crate::support::Call::new("eval risk --format json")
        .with("--truth", lake.root())
        .with("--marts", lake.marts())
        .run()
        .ok()
        .summary();
    assert!(line["model"]["average_precision"].as_f64() > Some(0.9), "{line}");
    for baseline in ["takedown_count", "complaint_rate"] {
        assert!(line[baseline]["average_precision"].as_f64() < line["model"]["average_precision"].as_f64(), "{line}");
    }
    assert!(line["isolation_forest"]["precision_at_50"].is_f64());
}

#[test]
fn the_bytes_are_the_same_at_any_number_of_threads_and_again() {
    let lake = sample_lake();
    run(&lake, "--threads 1").ok();
    let one = parquet(&lake.marts());
    run(&lake, "").ok().says(&["unchanged"]);
    let sums = published(&lake.marts());
    run(&lake, "--threads 2 --force")
        .ok()
        .says(&["merchant-risk as of 2026-11-16: published", "event-sums as of 2026-11-16: unchanged"]);
    assert_eq!(parquet(&lake.marts()), one);
    let other = sample_lake();
    run(&other, "--threads 2").ok();
    assert_eq!(parquet(&other.marts()), one);
    assert!(sums.keys().any(|path| path.contains("risk_labels")));
}

#[test]
fn what_is_missing_is_said_and_counts_for_nothing() {
    let mut shops = Shops::new();
    shops.removal(1, 900, 1, days_ago(9));
    let lake = shops.lake();
    run(&lake, "").ok().says(&["allegations", "reappearances", "comment-signals and reappearance make some of them"]);
    let notes = &lake.manifest("merchant_risk")["notes"];
    assert_eq!((&notes["signal_missing_allegations"], &notes["signal_missing_price_depth"]), (&json!(1), &json!(1)));
    assert_eq!(notes["reappearances_taken_in"], 0);
    for row in lake.rows("merchant_risk") {
        let codes: Vec<&str> =
            row["reasons"].as_array().expect("a list").iter().filter_map(|r| r["code"].as_str()).collect();
        assert!(!codes.contains(&"allegations") && !codes.contains(&"reappearances"), "{codes:?}");
    }
}

#[test]
fn more_evidence_never_lowers_a_merchant() {
    let mut shops = Shops::new();
    shops.sold = vec![(1, 900, 1, Some(1), None, 20, 100), (1, 901, 2, Some(1), None, 20, 100)];
    shops.removal(1, 901, 2, days_ago(40));
    let mut before: Option<Row> = None;
    for n in 0..5 {
        let lake = shops.lake();
        run(&lake, "").ok();
        let row = merchant(&lake, 900);
        if let Some(before) = before {
            assert!(float(&row, "log_odds") > float(&before, "log_odds"), "{n}: {row:?} {before:?}");
            assert!(row["rank"].as_i64() <= before["rank"].as_i64());
        }
        before = Some(row);
        shops.removal(1, 900, 10 + n, days_ago(3 + n.cast_unsigned()));
    }
    assert_eq!(before.expect("a row")["rank"], 1);
}

#[test]
fn sums_that_are_missing_are_made_or_asked_for() {
    let shops = Shops { days: 3, ..Shops::new() };
    let lake = shops.lake();
    run(&lake, "").ok();
    let gone = days_before(DAY, 1);
    std::fs::remove_dir_all(lake.mart_on("sales_sums", &gone)).expect("removed");
    run(&lake, "").ok();
    assert_eq!(lake.rows_on("sales_sums", &gone).len(), 1);
    // An event day that the lake lacks is refused, unless it may be missing.
    std::fs::remove_dir_all(lake.partition("sales", &gone)).expect("removed");
    run(&lake, "").exits(3).says(&["sales", &gone]);
    run(&lake, "--allow-missing-days").ok();
    assert_eq!(merchant(&lake, 906)["units"], 2);
}

#[test]
fn merchants_that_are_not_on_record_are_counted_and_enter_no_row() {
    let mut shops = Shops::new();
    shops.sold = vec![(1, 555, 1, Some(1), None, 20, 100)];
    shops.removal(1, 556, 1, days_ago(3));
    let lake = shops.lake();
    run(&lake, "").ok();
    let notes = &lake.manifest("merchant_risk")["notes"];
    assert_eq!(notes["units_of_merchants_not_on_record"], 20);
    assert_eq!(notes["removals_of_merchants_not_on_record"], 1);
    assert_eq!(lake.rows("merchant_risk").len(), 7);
    assert!(pairs(&lake).is_empty());
}

/// Rows of the evaluation by metric and place.
fn evaluation(lake: &Lake) -> BTreeMap<(String, Option<i64>), (Option<f64>, i64)> {
    let rows = lake.rows("risk_evaluation");
    let text = |v: &Value| v.as_str().expect("a name").to_owned();
    rows.iter()
        .map(|r| ((text(&r["metric"]), r["k"].as_i64()), (r["value"].as_f64(), r["n"].as_i64().expect("a number"))))
        .collect()
}

#[test]
fn the_evaluation_sees_only_what_was_known_before() {
    let mut shops = Shops::new();
    // 900 was taken down before and is again; 901 only since; 902 by a claim that was under way before.
    shops.removal(1, 900, 1, days_ago(60)).removal(1, 900, 2, days_ago(2)).removal(1, 901, 3, days_ago(2));
    shops.removal(1, 902, 4, days_ago(2));
    shops.claims[3].submitted_at = days_ago(30);
    let lake = shops.lake();
    run(&lake, "").ok();
    let found = evaluation(&lake);
    let metric = |name: &str| found[&(name.to_owned(), None)];
    // Forty days of sums: the newest thirteen are held back.
    assert_eq!(metric("held_back_days"), (Some(13.0), 13));
    assert_eq!(metric("positives"), (Some(2.0), 7));
    // 900 leads by what was known; 901 is one of six that nothing was known of.
    let labels = lake.rows("risk_labels");
    let of = |id: i64| labels.iter().find(|r| r["merchant_id"] == id).expect("a label").clone();
    assert!(of(900)["x_upheld_takedowns"].as_f64() > Some(0.0));
    assert_eq!(of(901)["x_upheld_takedowns"], 0.0);
    assert_eq!((&of(901)["counterfeit"], &of(902)["counterfeit"]), (&json!(true), &json!(false)));
    assert_eq!(found[&("precision_at_1_percent".to_owned(), Some(1))], (Some(1.0), 1));
    assert_eq!(metric("average_precision.takedown_count").1, 7);
    assert_eq!(found[&("jaccard".to_owned(), Some(10))], (None, 0));
}

#[test]
fn stability_is_told_against_the_ranking_before() {
    let mut shops = Shops::new();
    shops.removal(1, 900, 1, days_ago(60));
    let lake = shops.lake();
    let before = days_before(DAY, 1);
    for table in
        ["merchants", "merchant_documents", "listings", "brand_products", "claims", "takedowns", "pilot_purchases"]
    {
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .args([lake.partition(table, DAY), lake.partition(table, &before)])
            .status();
        assert!(copied.expect("cp").success());
    }
    lake.job_at("merchant-risk", &before).run().ok();
    run(&lake, "").ok();
    let found = evaluation(&lake);
    assert_eq!(found[&("jaccard".to_owned(), Some(10))], (Some(1.0), 7));
    let overlap = found[&("rank_biased_overlap".to_owned(), None)];
    assert!((overlap.0.expect("a value") - 1.0).abs() < 1e-9, "{overlap:?}");
}
