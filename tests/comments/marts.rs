//! One row a comment, one row a listing and day, as the contract has them.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, TimeUnit};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;

use super::{AFFIRM, ALLEGE, OTHER, SIGNALS, SUMS, lake_of, of_day, run};
use crate::support::comments::comments;
use crate::support::lake::properties;
use crate::support::marts::Row;
use crate::support::table::instant_type;
use crate::support::{Comment, DAY, Lake, Table};

/// Names and types of a mart's columns.
fn columns(lake: &Lake, mart: &str) -> Vec<(String, DataType)> {
    let bytes = Bytes::from(lake.mart_bytes(mart));
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet");
    reader.schema().fields().iter().map(|f| (f.name().clone(), f.data_type().clone())).collect()
}

/// Asserts that a mart begins with these columns; more may follow at the right.
#[track_caller]
fn begins_with(lake: &Lake, mart: &str, expected: &[(&str, DataType)]) {
    let found = columns(lake, mart);
    let found: Vec<(&str, DataType)> = found.iter().map(|(name, t)| (name.as_str(), t.clone())).collect();
    assert!(found.starts_with(expected), "{mart} has the columns {found:?}");
}

/// Some comments, sorted by id.
fn some() -> Table {
    comments().with_rows(of_day(DAY, 300))
}

/// Both marts as bytes after a change of the table that changes nothing in it.
fn marts_after(change: impl FnOnce(&mut Table)) -> (Vec<u8>, Vec<u8>) {
    let lake = Lake::of(Vec::new());
    let mut table = some();
    change(&mut table);
    lake.put(&table, DAY);
    run(&lake, "").ok();
    (lake.mart_bytes(SIGNALS), lake.mart_bytes(SUMS))
}

#[test]
fn the_columns_are_the_contracts() {
    use DataType::{Float64, Int8, Int64, Utf8};
    let lake = lake_of(of_day(DAY, 10));
    run(&lake, "").ok();
    let ids = [("comment_id", Int64), ("merchant_id", Int64), ("listing_id", Int64), ("brand_id", Int64)];
    let says = [("rating", Int8), ("label", Utf8), ("score", Float64), ("evidence", Utf8), ("lang", Utf8)];
    begins_with(&lake, SIGNALS, &[&ids[..], &says[..]].concat());
    let counts = [("comments", Int64), ("allegations", Int64), ("affirmations", Int64)];
    begins_with(&lake, SUMS, &[&ids[1..], &counts[..]].concat());
    let evidence = columns(&lake, SUMS).into_iter().find(|(name, _)| name == "evidence").expect("evidence").1;
    let DataType::List(item) = evidence else { panic!("{evidence}") };
    let DataType::Struct(fields) = item.data_type() else { panic!("{item}") };
    let fields: Vec<(&str, &DataType)> = fields.iter().map(|f| (f.name().as_str(), f.data_type())).collect();
    assert_eq!(fields, [("words", &Utf8), ("comments", &Int64)]);
}

#[test]
fn every_comment_is_a_row_with_what_the_lake_says_of_it() {
    let lake = lake_of(of_day(DAY, 300));
    run(&lake, "").ok();
    let rows = lake.rows(SIGNALS);
    assert_eq!(rows.len(), 300);
    for (row, comment) in rows.iter().zip(of_day(DAY, 300)) {
        assert_eq!(row["comment_id"], comment.comment_id);
        assert_eq!(
            (&row["merchant_id"], &row["listing_id"]),
            (&comment.merchant_id.into(), &comment.listing_id.into())
        );
        assert_eq!(row["brand_id"].as_i64(), comment.brand_id);
        assert_eq!(row["rating"], comment.rating);
        let label = match comment.text.as_str() {
            ALLEGE => "allege",
            AFFIRM => "affirm",
            _ => "other",
        };
        assert_eq!(row["label"], label, "{}", comment.text);
    }
}

#[test]
fn rows_are_sorted_whatever_the_order_of_the_input() {
    let sorted = lake_of(of_day(DAY, 300));
    run(&sorted, "").ok();
    let expected = (sorted.rows(SIGNALS), sorted.rows(SUMS));
    let mut shuffled = of_day(DAY, 300);
    // 211 and 300 have no common divisor: every row once, and few neighbours stay neighbours.
    shuffled = (0..300).map(|n| shuffled[n * 211 % 300].clone()).collect();
    let mut falling = of_day(DAY, 300);
    falling.reverse();
    for rows in [shuffled, falling] {
        let table = comments().with_rows(rows);
        let small_groups = || WriterProperties::builder().set_max_row_group_row_count(Some(37)).build();
        let whole = vec![("part-0.parquet", table.parquet(properties()))];
        let in_groups = vec![("part-0.parquet", table.parquet(small_groups()))];
        let pieces = [(0..100, "z.parquet"), (100..101, "a.parquet"), (101..300, "m.parquet")];
        let in_files = pieces.map(|(rows, name)| (name, table.slice(rows).parquet(small_groups()))).to_vec();
        for files in [whole, in_groups, in_files] {
            let lake = Lake::of(Vec::new());
            lake.put_files("comments", DAY, &files);
            run(&lake, "").ok();
            assert!((lake.rows(SIGNALS), lake.rows(SUMS)) == expected, "{} files", files.len());
        }
    }
}

/// The sums that follow from the rows of `comment_signals`, by merchant, listing and brand.
fn added_up(rows: &[Row]) -> BTreeMap<(i64, i64, Option<i64>), [i64; 3]> {
    let mut sums: BTreeMap<_, [i64; 3]> = BTreeMap::new();
    for row in rows {
        let id = |column: &str| row[column].as_i64();
        let key = (id("merchant_id").expect("set"), id("listing_id").expect("set"), id("brand_id"));
        let sum = sums.entry(key).or_default();
        sum[0] += 1;
        sum[1] += i64::from(row["label"] == "allege");
        sum[2] += i64::from(row["label"] == "affirm");
    }
    sums
}

#[test]
fn sums_add_up_to_the_rows() {
    let mut rows = of_day(DAY, 300);
    // One listing of two brands on one day, and one of two merchants.
    for (n, row) in rows.iter_mut().enumerate().filter(|(n, _)| n % 7 == 0) {
        row.brand_id = [Some(2), None][n % 2];
        row.merchant_id = 901;
    }
    let lake = lake_of(rows);
    run(&lake, "").ok();
    let expected = added_up(&lake.rows(SIGNALS));
    let sums = lake.rows(SUMS);
    let found: BTreeMap<_, _> = sums
        .iter()
        .map(|row| {
            let id = |column: &str| row[column].as_i64();
            let set = |column: &str| id(column).expect("set");
            let key = (set("merchant_id"), set("listing_id"), id("brand_id"));
            (key, [set("comments"), set("allegations"), set("affirmations")])
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(sums.len(), expected.len(), "a listing has two rows");
    assert!(found.keys().any(|(_, _, brand)| brand.is_none()) && found.values().any(|sum| sum[1] > 0));
}

#[test]
fn evidence_of_a_listing_is_counted_and_that_of_whole_comments_is_not() {
    let texts =
        ["Counterfeit charger, avoid", "counterfeit", "A counterfeit, avoid", "Counterfeit cable, avoid", OTHER];
    let lake = lake_of((1..).zip(texts).map(|(id, text)| Comment::new(id, DAY, text)));
    run(&lake, "").ok();
    let rows = lake.rows(SUMS);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["evidence"], serde_json::json!([{ "words": "counterfeit", "comments": 3 }]));
    assert_eq!((&rows[0]["comments"], &rows[0]["allegations"]), (&5.into(), &4.into()));
}

#[test]
fn a_day_without_brands_keeps_its_nulls() {
    let without = || of_day(DAY, 40).into_iter().map(|c| Comment { brand_id: None, ..c });
    let lake = lake_of(without());
    run(&lake, "").ok();
    assert!(lake.rows(SIGNALS).iter().chain(&lake.rows(SUMS)).all(|r| r["brand_id"].is_null()));
    assert_eq!((lake.rows(SIGNALS).len(), lake.rows(SUMS).len()), (40, 5));
    // A writer that saw no value may have stored no type.
    let bytes = lake.mart_bytes(SIGNALS);
    let mut table = comments().with_rows(without());
    table.retype("brand_id", DataType::Null);
    lake.put(&table, DAY);
    run(&lake, "--force").ok();
    assert!(lake.mart_bytes(SIGNALS) == bytes);
}

#[test]
fn a_day_without_comments_has_empty_marts() {
    let lake = lake_of([]);
    run(&lake, "").ok();
    assert_eq!((lake.rows(SIGNALS).len(), lake.rows(SUMS).len()), (0, 0));
    begins_with(&lake, SIGNALS, &[("comment_id", DataType::Int64)]);
}

#[test]
fn narrower_integers_give_the_same_marts() {
    let plain = marts_after(|_| {});
    for narrow in [DataType::Int32, DataType::UInt32, DataType::Int16] {
        for column in ["merchant_id", "listing_id", "brand_id"] {
            assert!(marts_after(|t| t.retype(column, narrow.clone())) == plain, "{column} as {narrow}");
        }
    }
    assert!(marts_after(|t| t.retype("brand_id", DataType::Int8)) == plain);
}

#[test]
fn every_layout_of_text_and_time_gives_the_same_marts() {
    let plain = marts_after(|_| {});
    let dictionary = |key: DataType| DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8));
    for layout in [DataType::LargeUtf8, DataType::Utf8View, dictionary(DataType::Int32), dictionary(DataType::UInt8)] {
        assert!(marts_after(|t| t.retype("text", layout.clone())) == plain, "{layout}");
    }
    for unit in [TimeUnit::Millisecond, TimeUnit::Nanosecond] {
        assert!(marts_after(|t| t.retype("commented_at", instant_type(unit))) == plain, "{unit:?}");
    }
}

#[test]
fn extra_columns_and_another_order_change_nothing() {
    let plain = marts_after(|_| {});
    let turned = marts_after(|t| {
        t.columns.reverse();
        t.rows.iter_mut().for_each(|row| row.reverse());
        t.columns.push(("photos".to_owned(), DataType::Int64));
        t.rows.iter_mut().for_each(|row| row.push(7.into()));
    });
    assert!(turned == plain);
}
