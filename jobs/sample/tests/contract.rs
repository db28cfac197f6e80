//! Every row of a sample lake satisfies the contract, checked from the contract's own definitions.

#![allow(clippy::disallowed_methods, reason = "it reads what was written, or times itself")]

mod common;

use std::collections::{BTreeMap, HashSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int8Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use common::{Lake, partitions};
use mirrorlake_lake::contract::{ColumnType, Kind, Rule, TABLES, Table};
use mirrorlake_lake::schema::canonical_schema;
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::day_span_micros;
use sha2::{Digest, Sha256};

/// A cell in the few shapes that rules look at.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Whole(i64),
    Real(f64),
    Text(String),
    Other,
}

fn cell(array: &dyn Array, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Null;
    }
    match array.data_type() {
        DataType::Int8 => Cell::Whole(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int32 => Cell::Whole(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => Cell::Whole(array.as_primitive::<Int64Type>().value(row)),
        DataType::Date32 => Cell::Whole(array.as_primitive::<Date32Type>().value(row).into()),
        DataType::Timestamp(..) => Cell::Whole(array.as_primitive::<TimestampMicrosecondType>().value(row)),
        DataType::Float64 => Cell::Real(array.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        _ => Cell::Other,
    }
}

fn by_name(batch: &RecordBatch, column: &str, row: usize) -> Cell {
    cell(batch.column_by_name(column).expect("a column of the contract").as_ref(), row)
}

fn is_word(cell: &Cell, words: &[&str]) -> bool {
    matches!(cell, Cell::Text(text) if words.contains(&text.as_str()))
}

fn holds(rule: &Rule, value: &Cell, batch: &RecordBatch, row: usize, span: (i64, i64)) -> bool {
    let set = *value != Cell::Null;
    match rule {
        Rule::OneOf(words) => !set || is_word(value, words),
        Rule::Range(low, high) => !set || matches!(value, Cell::Whole(n) if (low..=high).contains(&n)),
        Rule::Probability => !set || matches!(value, Cell::Real(p) if *p > 0.0 && *p <= 1.0),
        Rule::TimeZoneName => matches!(value, Cell::Text(name) if name.parse::<chrono_tz::Tz>().is_ok()),
        Rule::WithinBusinessDay => matches!(value, Cell::Whole(at) if (span.0..span.1).contains(at)),
        Rule::SetIff { column, values } => set == is_word(&by_name(batch, column, row), values),
        Rule::SetWhen { column, must, may } => {
            let decider = by_name(batch, column, row);
            if set { is_word(&decider, must) || is_word(&decider, may) } else { !is_word(&decider, must) }
        }
        Rule::SetIffSet(other) => set == (by_name(batch, other, row) != Cell::Null),
        Rule::EqualWhen { other, column, value: word } => {
            !is_word(&by_name(batch, column, row), &[word]) || *value == by_name(batch, other, row)
        }
    }
}

fn check_table(lake: &Lake, table: &Table) -> usize {
    let as_of = AsOf { day: lake.spec.end_day, time_zone: lake.spec.time_zone }.micros();
    let mut keys = HashSet::new();
    let mut rows = 0;
    let days = partitions(&lake.path.join(table.name));
    let expected = if table.is_event() { lake.spec.days as usize } else { 1 };
    assert_eq!(days.len(), expected, "{}", table.name);
    for (day, batches) in days {
        let span = day_span_micros(day, lake.spec.time_zone);
        for batch in batches {
            assert_eq!(batch.schema().fields(), canonical_schema(table).fields(), "{}", table.name);
            for row in 0..batch.num_rows() {
                rows += 1;
                for column in table.columns {
                    let value = by_name(&batch, column.name, row);
                    let at = format!("{}.{} row {row} of {day}: {value:?}", table.name, column.name);
                    assert!(column.nullable || value != Cell::Null, "null in {at}");
                    for rule in column.rules {
                        assert!(holds(rule, &value, &batch, row, span), "{} in {at}", rule.name());
                    }
                    let state_time = column.column_type == ColumnType::Timestamp && !table.is_event();
                    assert!(!(state_time && matches!(value, Cell::Whole(t) if t > as_of)), "after T in {at}");
                }
                if !table.key.is_empty() {
                    let key: Vec<String> = table.key.iter().map(|k| format!("{:?}", by_name(&batch, k, row))).collect();
                    assert!(keys.insert(key.clone()), "{} repeats {key:?}", table.name);
                }
            }
        }
    }
    rows
}

fn values(lake: &Lake, table: &str, column: &str) -> Vec<Cell> {
    let batches = partitions(&lake.path.join(table)).into_values().flatten();
    batches.flat_map(|b| (0..b.num_rows()).map(|r| by_name(&b, column, r)).collect::<Vec<_>>()).collect()
}

#[test]
fn every_row_satisfies_the_contract() {
    let lake = Lake::bulky();
    for table in TABLES {
        let rows = check_table(&lake, table);
        assert!(rows > 0, "{} is empty", table.name);
        assert_eq!(rows as u64, lake.summary.rows(table.name), "{}", table.name);
        for reference in table.references {
            let known: HashSet<String> =
                values(&lake, reference.table, reference.key).iter().map(|c| format!("{c:?}")).collect();
            for value in values(&lake, table.name, reference.column) {
                assert!(known.contains(&format!("{value:?}")), "{}.{} {value:?}", table.name, reference.column);
            }
        }
    }
    assert_eq!(lake.summary.rows("sales"), lake.spec.sales);
}

#[test]
fn the_lake_hangs_together_beyond_the_contract() {
    let lake = Lake::bulky();
    // References that the contract leaves open, but that a sound lake keeps.
    for (table, column, other, key) in [
        ("sales", "listing_id", "listings", "listing_id"),
        ("sales", "merchant_id", "merchants", "merchant_id"),
        ("comments", "listing_id", "listings", "listing_id"),
        ("refunds", "listing_id", "listings", "listing_id"),
        ("takedowns", "listing_id", "listings", "listing_id"),
        ("listing_images", "listing_id", "listings", "listing_id"),
        ("pilot_purchases", "listing_id", "listings", "listing_id"),
        ("merchant_documents", "merchant_id", "merchants", "merchant_id"),
        ("claim_holds", "claim_id", "claims", "claim_id"),
        ("ip_rights", "brand_id", "brands", "brand_id"),
    ] {
        let known: HashSet<String> = values(&lake, other, key).iter().map(|c| format!("{c:?}")).collect();
        assert!(values(&lake, table, column).iter().all(|v| known.contains(&format!("{v:?}"))), "{table}.{column}");
    }
    // One claim names 501 listings, no other more than 500.
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    for claim in values(&lake, "takedowns", "claim_id") {
        *sizes.entry(format!("{claim:?}")).or_default() += 1;
    }
    assert_eq!(sizes.values().filter(|n| **n > 500).collect::<Vec<_>>(), [&501]);
    // Every word that the contract allows turns up somewhere, so that every branch downstream has rows.
    for table in TABLES {
        for column in table.columns {
            for rule in column.rules {
                let Rule::OneOf(words) = rule else { continue };
                let found = values(&lake, table.name, column.name);
                for word in *words {
                    let present = found.contains(&Cell::Text((*word).to_owned()));
                    assert!(present, "{}.{} never is {word}", table.name, column.name);
                }
            }
        }
    }
}

#[test]
fn manifests_tell_the_truth_and_success_is_empty() {
    let lake = Lake::small();
    for table in TABLES {
        assert!(matches!(table.kind, Kind::Event { .. } | Kind::State { .. }));
        for (day, batches) in partitions(&lake.path.join(table.name)) {
            let folder = lake.path.join(table.name).join(format!("dt={day}"));
            assert_eq!(std::fs::metadata(folder.join("_SUCCESS")).expect("a mark").len(), 0);
            let manifest = std::fs::read_to_string(folder.join("_manifest.json")).expect("a manifest");
            let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
            let mut rows = 0;
            for file in manifest["files"].as_array().expect("files") {
                let bytes = std::fs::read(folder.join(file["path"].as_str().expect("path"))).expect("a part");
                let sum: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
                assert_eq!(file["sha256"].as_str(), Some(sum.as_str()));
                assert_eq!(file["bytes"].as_u64(), Some(bytes.len() as u64));
                rows += file["rows"].as_u64().expect("rows");
            }
            assert_eq!(rows, batches.iter().map(|b| b.num_rows() as u64).sum::<u64>());
        }
    }
}
