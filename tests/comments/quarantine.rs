//! Comments that break the contract are in no mart, and in the quarantine of their day with the rule they broke.

use serde_json::json;

use super::{SIGNALS, SUMS, ago, lake_of, of_day, put, run, summary};
use crate::support::comments::comments;
use crate::support::lake::properties;
use crate::support::marts::{Row, marks, same};
use crate::support::time::at;
use crate::support::{Cell, Comment, DAY, Lake, Table};

/// Numbers of the comments that a day's mart has.
fn ids(lake: &Lake, day: &str) -> Vec<i64> {
    lake.rows_on(SIGNALS, day).iter().map(|r| r["comment_id"].as_i64().expect("an id")).collect()
}

/// Comments by the sums of a day.
fn summed(lake: &Lake, day: &str) -> i64 {
    lake.rows_on(SUMS, day).iter().map(|r| r["comments"].as_i64().expect("a count")).sum()
}

/// Row, rule and column of each quarantined row.
fn broken(rows: &[Row]) -> Vec<(i64, String, String)> {
    let word = |row: &Row, column: &str| row[column].as_str().expect("a word").to_owned();
    rows.iter().map(|r| (r["row"].as_i64().expect("a row"), word(r, "rule"), word(r, "column"))).collect()
}

/// The same of a fault that is expected.
fn fault((row, rule, column): (i64, &str, &str)) -> (i64, String, String) {
    (row, rule.to_owned(), column.to_owned())
}

#[test]
fn a_row_that_breaks_a_rule_is_in_no_mart_and_in_its_days_quarantine() {
    let lake = lake_of(of_day(DAY, 1_000));
    let day = ago(2);
    let mut table = comments().with_rows(of_day(&day, 1_000));
    table.set(10, "rating", 0);
    table.set(20, "rating", 6);
    table.set(30, "text", Cell::Null);
    table.set(40, "merchant_id", Cell::Null);
    table.set(50, "comment_id", Cell::Null);
    table.set(60, "rating", Cell::Null);
    lake.put(&table, &day);
    put(&lake, &ago(1), of_day(&ago(1), 100));
    let done = summary(&lake, "--days 3");
    same(
        done.as_object().expect("an object"),
        &json!({ "rows_in": 2_100, "rows_quarantined": 6, "status": "published", "exit_code": 0 }),
    );
    let found = lake.quarantine_on("comments", &day);
    let expected = [
        (10, "range", "rating"),
        (20, "range", "rating"),
        (30, "not_null", "text"),
        (40, "not_null", "merchant_id"),
        (50, "not_null", "comment_id"),
        (60, "not_null", "rating"),
    ];
    assert_eq!(broken(&found), expected.map(fault));
    assert!(found.iter().all(|r| r["file"] == format!("comments/dt={day}/part-0.parquet").as_str()), "{found:?}");
    let kept = of_day(&day, 1_000).into_iter().enumerate().filter(|(n, _)| ![10, 20, 30, 40, 50, 60].contains(n));
    let kept: Vec<i64> = kept.map(|(_, c)| c.comment_id).collect();
    assert_eq!(ids(&lake, &day), kept);
    assert_eq!(summed(&lake, &day), 994);
    for day in [DAY, &ago(1)] {
        assert!(lake.quarantine_on("comments", day).is_empty());
    }
}

#[test]
fn a_comment_outside_its_day_is_quarantined() {
    let mut rows = of_day(DAY, 1_000);
    // The day is half-open, and the lake's: in UTC it begins and ends at 16:00.
    let moments = [(1, "2026-11-15 15:59:59.999999"), (2, "2026-11-15 16:00"), (3, "2026-11-16 15:59:59.999999")];
    for (row, moment) in moments.into_iter().chain([(4, "2026-11-16 16:00"), (5, "2027-11-16 04:00")]) {
        rows[row].commented_at = at(moment);
    }
    let lake = lake_of(rows);
    run(&lake, "").ok();
    let found = lake.quarantine("comments");
    // What is after the as-of instant is outside its day as well; which rule is named first is the check's own affair.
    let rows: Vec<i64> = broken(&found).iter().map(|(row, ..)| *row).collect();
    assert_eq!(rows, [1, 4, 5]);
    assert_eq!(broken(&found)[0], fault((1, "within_business_day", "commented_at")));
    assert_eq!((lake.rows(SIGNALS).len(), summed(&lake, DAY)), (997, 997));
}

/// A day of sound comments with copies of some at the end, which say something else.
fn with_copies(copied: &[usize]) -> Table {
    let mut rows = of_day(DAY, 600);
    for &row in copied {
        let copy = Comment { merchant_id: 31_337, text: "假货".to_owned(), ..rows[row].clone() };
        rows.push(copy);
    }
    comments().with_rows(rows)
}

#[track_caller]
fn first_ones_stay(lake: &Lake, expected: &[(&str, i64)]) {
    run(lake, "").ok();
    let found = lake.quarantine("comments");
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, (file, row)) in found.iter().zip(expected) {
        let file = format!("comments/dt={DAY}/{file}");
        same(found, &json!({ "file": file, "row": row, "rule": "unique_key", "column": "comment_id" }));
    }
    let sound = lake_of(of_day(DAY, 600));
    run(&sound, "").ok();
    assert_eq!(lake.rows(SIGNALS), sound.rows(SIGNALS));
    assert_eq!(lake.rows(SUMS), sound.rows(SUMS));
}

#[test]
fn a_comment_that_is_repeated_within_a_file_keeps_its_first_row() {
    let lake = Lake::of(Vec::new());
    lake.put(&with_copies(&[3, 599, 3]), DAY);
    first_ones_stay(&lake, &[("part-0.parquet", 600), ("part-0.parquet", 601), ("part-0.parquet", 602)]);
    lake.put_in_groups(&with_copies(&[3, 599]), 50);
    first_ones_stay(&lake, &[("part-0.parquet", 600), ("part-0.parquet", 601)]);
}

#[test]
fn a_comment_that_is_repeated_in_another_file_keeps_the_first_in_path_order() {
    let table = with_copies(&[0, 300, 599]);
    let files = [("b.parquet", table.slice(600..603)), ("a.parquet", table.slice(0..600))];
    let lake = Lake::of(Vec::new());
    lake.put_files("comments", DAY, &files.map(|(name, t)| (name, t.parquet(properties()))));
    first_ones_stay(&lake, &[("b.parquet", 0), ("b.parquet", 1), ("b.parquet", 2)]);
}

#[test]
fn a_repeat_of_a_broken_row_is_sound() {
    let mut table = with_copies(&[7]);
    table.set(7, "rating", 0);
    let lake = Lake::of(Vec::new());
    lake.put(&table, DAY);
    run(&lake, "").ok();
    assert_eq!(broken(&lake.quarantine("comments")), [fault((7, "range", "rating"))]);
    let rows = lake.rows(SIGNALS);
    assert_eq!((rows.len(), &rows[7]["merchant_id"]), (600, &31_337.into()));
}

#[test]
fn too_many_broken_rows_refuse_their_day_and_leave_the_days_before() {
    let lake = lake_of(of_day(DAY, 100));
    put(&lake, &ago(2), of_day(&ago(2), 100));
    put(
        &lake,
        &ago(1),
        of_day(&ago(1), 100).into_iter().enumerate().map(|(n, c)| Comment { rating: i64::from(n > 1), ..c }),
    );
    let bad = ago(1);
    let output = run(&lake, "--days 3");
    output.refused(&["table comments", &bad, "column rating", "rule range", "2 of 100 rows"]);
    assert_eq!(lake.rows_on(SIGNALS, &ago(2)).len(), 100);
    for mart in [SIGNALS, SUMS, "quarantine"] {
        assert!(!lake.mart_on(mart, &bad).exists(), "{mart} of {bad}");
    }
    // Its owner mends the day: the rerun goes on with it.
    put(&lake, &bad, of_day(&bad, 100));
    run(&lake, "--days 3").ok();
    for day in [DAY, &bad, &ago(2)] {
        assert_eq!(lake.rows_on(SIGNALS, day).len(), 100, "{day}");
    }
}

#[test]
fn a_day_that_was_good_and_is_republished_broken_keeps_its_marts() {
    let lake = lake_of(of_day(DAY, 100));
    run(&lake, "").ok();
    let before = marks(&lake.marts());
    put(&lake, DAY, of_day(DAY, 100).into_iter().map(|c| Comment { rating: 0, ..c }));
    run(&lake, "").refused(&["table comments", "column rating"]);
    assert_eq!(marks(&lake.marts()), before);
}

#[test]
fn a_table_without_a_column_is_refused() {
    for column in ["text", "brand_id", "rating"] {
        let lake = Lake::of(Vec::new());
        let mut table = comments().with_rows(of_day(DAY, 20));
        table.drop_column(column);
        lake.put(&table, DAY);
        run(&lake, "").refused(&["table comments", &format!("column {column}")]);
        lake.holds_nothing();
    }
}

#[test]
fn what_customers_wrote_stays_out_of_messages_and_quarantine() {
    let secret = "my phone is 13800138000, counterfeit";
    let mut rows = of_day(DAY, 1_000);
    for row in rows.iter_mut().take(5) {
        *row = Comment { rating: 9, text: secret.to_owned(), ..row.clone() };
    }
    let lake = lake_of(rows);
    let told = run(&lake, "-v").ok().told();
    let quarantine = format!("{:?}", lake.quarantine("comments"));
    assert!(!told.contains("13800138000") && !quarantine.contains("13800138000"), "{told}\n{quarantine}");
}
