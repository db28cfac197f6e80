//! Repeated keys: the first otherwise sound row in path order, then row order, stays.

use parquet::file::properties::WriterProperties;
use serde_json::json;

use crate::support::lake::properties;
use crate::support::marts::{refused, same};
use crate::support::{Cell, DAY, Lake, Table};

/// The sound takedowns with some rows repeated at the end, each marked by its merchant.
fn with_repeats(lake: &Lake, repeated: &[usize]) -> Table {
    let mut table = lake.table("takedowns");
    for &row in repeated {
        let copy = table.rows[row].clone();
        table.rows.push(copy);
        table.set(table.rows.len() - 1, "merchant_id", 1_000_000);
    }
    table
}

/// Asserts that the repeats, and not the first rows, are in the quarantine.
#[track_caller]
fn first_rows_stay(lake: &Lake, expected: &[(&str, u64, &str)]) {
    lake.sla().run().ok();
    let found = lake.quarantine("takedowns");
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, (file, row, value)) in found.iter().zip(expected) {
        let file = format!("takedowns/dt={DAY}/{file}");
        let expected = json!({ "file": file, "row": row, "rule": "unique_key", "column": "claim_id", "value": value });
        same(found, &expected);
    }
    let outcomes = lake.rows("takedown_outcomes");
    assert_eq!(outcomes.len(), 400);
    assert!(outcomes.iter().all(|r| r["merchant_id"] != 1_000_000), "a repeat took the first row's place");
}

#[test]
fn within_a_row_group_the_first_row_stays() {
    let lake = Lake::sound();
    lake.put(&with_repeats(&lake, &[0, 399]), DAY);
    let expected = [("part-0.parquet", 400, "1, 5000"), ("part-0.parquet", 401, "200, 5399")];
    first_rows_stay(&lake, &expected);
}

#[test]
fn a_row_repeated_three_times_counts_twice() {
    let lake = Lake::sound();
    lake.put(&with_repeats(&lake, &[5, 5]), DAY);
    first_rows_stay(&lake, &[("part-0.parquet", 400, "3, 5005"), ("part-0.parquet", 401, "3, 5005")]);
}

#[test]
fn across_row_groups_the_first_row_stays() {
    let lake = Lake::sound();
    lake.put_in_groups(&with_repeats(&lake, &[10, 150]), 100);
    let expected = [("part-0.parquet", 400, "6, 5010"), ("part-0.parquet", 401, "76, 5150")];
    first_rows_stay(&lake, &expected);
}

#[test]
fn across_files_the_first_row_in_path_order_stays() {
    let lake = Lake::sound();
    let table = with_repeats(&lake, &[10, 250]);
    // The repeats lie in the file whose name comes last, whatever the order of writing.
    let files = [
        ("z.parquet", table.slice(400..402).parquet(properties())),
        ("a.parquet", table.slice(0..200).parquet(properties())),
        ("b.parquet", table.slice(200..400).parquet(properties())),
    ];
    lake.put_files("takedowns", DAY, &files);
    first_rows_stay(&lake, &[("z.parquet", 0, "6, 5010"), ("z.parquet", 1, "126, 5250")]);
}

#[test]
fn a_row_with_a_fault_of_its_own_does_not_hold_its_key() {
    let lake = Lake::sound();
    let mut table = lake.table("takedowns");
    let sound = table.rows[2].clone();
    table.set(2, "outcome", "gone");
    table.rows.push(sound);
    for rows in [1_000, 100] {
        lake.put_in_groups(&table, rows);
        lake.sla().run().ok();
        let found = lake.quarantine("takedowns");
        assert_eq!(found.len(), 1, "{found:?}");
        same(&found[0], &json!({ "row": 2, "rule": "allowed_values", "value": "gone" }));
        assert_eq!(lake.rows("takedown_outcomes").len(), 400);
    }
}

#[test]
fn of_a_claim_that_comes_twice_the_first_stays() {
    for group_rows in [1_000, 100] {
        let lake = Lake::sound();
        let mut claims = lake.table("claims");
        let mut copy = claims.rows[0].clone();
        copy[claims.position("channel_locale")] = "zh-CN".into();
        claims.rows.push(copy);
        lake.put_in_groups(&claims, group_rows);
        lake.sla().run().ok();
        let expected = json!({ "row": 200, "rule": "unique_key", "column": "claim_id", "value": "1" });
        same(&lake.quarantine("claims")[0], &expected);
        let outcomes = lake.rows("takedown_outcomes");
        assert_eq!(outcomes.len(), 400, "the takedowns of the claim stay");
        assert_eq!(outcomes[0]["channel_locale"], "en");
    }
}

#[test]
fn too_many_repeats_refuse_the_table() {
    let lake = Lake::sound();
    lake.put(&with_repeats(&lake, &[0, 1, 2, 3, 4]), DAY);
    let parts = [
        "table takedowns, partition dt=2026-11-16, file part-0.parquet, column claim_id, row 400",
        "5 of 405 rows",
        "a repeated key (claim_id, listing_id)",
        "rule unique_key",
    ];
    refused(&lake, lake.sla().run(), &parts);
}

#[test]
fn a_repeated_key_counts_before_a_dangling_reference() {
    let lake = Lake::sound();
    let mut table = lake.table("takedowns");
    table.set(0, "claim_id", 77_777);
    let copy = table.rows[0].clone();
    table.rows.push(copy);
    for rows in [1_000, 100] {
        lake.put_in_groups(&table, rows);
        lake.sla().run().ok();
        let found = lake.quarantine("takedowns");
        assert_eq!(found.len(), 2, "{found:?}");
        same(&found[0], &json!({ "row": 0, "rule": "reference", "value": "77777" }));
        assert_eq!(found[1]["row"], 400);
        assert_eq!(found[1]["rule"], "unique_key", "in row groups of {rows}");
    }
}

#[test]
fn keys_that_are_narrow_in_one_file_and_wide_in_the_other_are_the_same_keys() {
    let lake = Lake::sound();
    let table = with_repeats(&lake, &[7]);
    let mut narrow = table.slice(400..401);
    narrow.retype_all(&arrow::datatypes::DataType::Int64, &arrow::datatypes::DataType::Int32);
    let files = [("a.parquet", table.slice(0..400).parquet(properties())), ("b.parquet", narrow.parquet(properties()))];
    lake.put_files("takedowns", DAY, &files);
    first_rows_stay(&lake, &[("b.parquet", 0, "4, 5007")]);
}

#[test]
fn brands_that_come_twice_are_more_than_one_in_a_hundred() {
    let lake = Lake::sound();
    lake.edit("brands", |t| {
        let copy = t.rows[1].clone();
        t.rows.push(copy);
    });
    refused(&lake, lake.sla().run(), &["table brands", "column brand_id, row 3", "1 of 4 rows", "rule unique_key"]);
}

#[test]
fn keys_of_any_size_are_told_apart() {
    let lake = Lake::sound();
    let mut table = lake.table("takedowns");
    for (row, id) in [(0, i64::MAX), (1, i64::MIN), (2, 0), (3, -1)] {
        table.set(row, "listing_id", id);
    }
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    lake.put_files("takedowns", DAY, &[("part-0.parquet", table.parquet(properties))]);
    lake.sla().run().ok();
    let outcomes = lake.rows("takedown_outcomes");
    let ids: Vec<i64> = outcomes.iter().take(4).map(|r| r["listing_id"].as_i64().expect("a number")).collect();
    assert_eq!(ids, [i64::MIN, i64::MAX, -1, 0]);
    assert!(matches!(table.get(0, "listing_id"), Cell::Int(i64::MAX)));
}
