//! The columns of the marts, one row a brand and weighting, and what is noted.

use arrow::datatypes::DataType;
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::json;

use super::{PREVALENCE, PROGRESS, add_brand, note, row, run, simple};
use crate::support::marts::same;
use crate::support::{Brand, Lake, Market, Purchase};

/// Name, type and nullability (`*`) of a mart's columns.
pub fn columns(lake: &Lake, mart: &str) -> Vec<String> {
    let bytes = Bytes::from(lake.mart_bytes(mart));
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).expect("Parquet");
    let kind = |t: &DataType| match t {
        DataType::Int64 => "int64",
        DataType::Float64 => "float64",
        DataType::Utf8 => "string",
        DataType::Boolean => "bool",
        DataType::Date32 => "date",
        other => panic!("a column of type {other}"),
    };
    let column = |f: &arrow::datatypes::Field| {
        format!("{}{} {}", f.name(), if f.is_nullable() { "*" } else { "" }, kind(f.data_type()))
    };
    reader.schema().fields().iter().map(|f| column(f)).collect()
}

/// The words of a list, each with a type behind it.
pub fn of_type(names: &str, kind: &str) -> Vec<String> {
    names.split_whitespace().map(|name| format!("{name} {kind}")).collect()
}

#[test]
fn the_columns_of_brand_prevalence_are_the_contracts() {
    let lake = simple(2, 4, 1).lake();
    run(&lake, "").ok();
    let contract = [
        of_type("brand_id", "int64"),
        of_type("weighting", "string"),
        of_type("population sampled counterfeit inconclusive", "int64"),
        of_type("effective_n* apparent* apparent_low* apparent_high*", "float64"),
        of_type("prevalence* prevalence_low* prevalence_high* bound_low* bound_high*", "float64"),
        of_type("shrunk* shrunk_low* shrunk_high* prob_above_threshold*", "float64"),
        of_type("publishable", "bool"),
        of_type("suppressed_because*", "string"),
        of_type("targeted_sampled targeted_counterfeit", "int64"),
        of_type("allegations_per_1000* counterfeit_refunds_per_10000* upheld_per_1000_listings*", "float64"),
        of_type("units_at_risk* gmv_at_risk_minor*", "float64"),
    ]
    .concat();
    let found = columns(&lake, PREVALENCE);
    assert!(found.starts_with(&contract), "{found:#?}");
    // Beyond the contract; every indicator with its numerator and its denominator.
    let more = [
        of_type("outstanding", "int64"),
        of_type("outstanding_low* outstanding_high*", "float64"),
        of_type("targeted_conclusive", "int64"),
        of_type("allegations* comments*", "int64"),
        of_type("comment_days counterfeit_refund_units units_sold upheld_takedowns active_listings", "int64"),
    ]
    .concat();
    for column in more {
        assert!(found[contract.len()..].contains(&column), "{column} is not in {found:#?}");
    }
}

#[test]
fn the_columns_of_pilot_progress() {
    let lake = simple(2, 4, 1).lake();
    run(&lake, "").ok();
    let expected = [
        of_type("brand_id*", "int64"),
        of_type("period", "string"),
        of_type("ordered random targeted brand_request notarised delivered authenticated", "int64"),
        of_type("genuine counterfeit inconclusive acted_offline acted_online", "int64"),
        of_type("median_days_to_notarised* median_days_to_delivered*", "float64"),
        of_type("median_days_to_authenticated* median_days_to_acted*", "float64"),
    ];
    let found = columns(&lake, PROGRESS);
    assert!(found.starts_with(&expected.concat()), "{found:#?}");
}

#[test]
fn every_brand_has_its_three_rows_in_order() {
    let mut market = Market::of_brands(3);
    add_brand(&mut market, 2, (32, 40), 4);
    market.brands.reverse();
    let lake = market.lake();
    run(&lake, "").ok();
    let rows = lake.rows(PREVALENCE);
    let keys: Vec<(i64, &str)> = rows
        .iter()
        .map(|r| (r["brand_id"].as_i64().expect("a brand"), r["weighting"].as_str().expect("a weighting")))
        .collect();
    let expected: Vec<(i64, &str)> = (1..=3).flat_map(|b| ["listings", "units", "gmv"].map(|w| (b, w))).collect();
    assert_eq!(keys, expected);
    // A brand of which nothing is known: no purchase, no listing, no sale.
    for weighting in ["listings", "units", "gmv"] {
        let nothing = json!({
            "population": 0, "sampled": 0, "counterfeit": 0, "inconclusive": 0, "outstanding": 0,
            "effective_n": null, "apparent": null, "apparent_low": null, "apparent_high": null,
            "prevalence": null, "prevalence_low": null, "prevalence_high": null, "bound_low": null, "bound_high": null,
            "outstanding_low": null, "outstanding_high": null,
            "publishable": false, "suppressed_because": "n_below_30",
            "targeted_sampled": 0, "targeted_counterfeit": 0, "targeted_conclusive": 0,
            "allegations_per_1000": null, "counterfeit_refunds_per_10000": null, "upheld_per_1000_listings": null,
            "units_sold": 0, "counterfeit_refund_units": 0, "upheld_takedowns": 0, "active_listings": 0,
            "units_at_risk": null, "gmv_at_risk_minor": null,
        });
        same(&row(&lake, 1, weighting), &nothing);
        // It gets the prior of the others.
        assert!(row(&lake, 1, weighting)["shrunk"].is_f64());
    }
}

#[test]
fn without_any_sample_there_is_no_prior() {
    let mut market = simple(0, 3, 0);
    market.purchases.push(Purchase::random(10_000, 1, (1, 3), "genuine").outstanding());
    let lake = market.lake();
    run(&lake, "").ok();
    let nothing = json!({ "shrunk": null, "shrunk_low": null, "shrunk_high": null, "prob_above_threshold": null });
    for weighting in ["listings", "units", "gmv"] {
        same(&row(&lake, 1, weighting), &nothing);
    }
}

#[test]
fn a_lake_without_brands_has_empty_marts() {
    let lake = Market::default().lake();
    run(&lake, "").ok();
    assert!(lake.rows(PREVALENCE).is_empty());
    assert_eq!(lake.rows(PROGRESS).len(), 2, "all brands, in the window and in all");
}

#[test]
fn purchases_of_unknown_brands_are_noted_and_change_no_brand() {
    let mut market = simple(32, 40, 4);
    let lake = market.lake();
    run(&lake, "").ok();
    assert_eq!(note(&lake, "purchases_of_unknown_brands"), 0);
    let expected = lake.rows(PREVALENCE);
    market.purchases.extend((0..3).map(|n| Purchase::random(99_000 + n, 99, (3, 30), "counterfeit")));
    let lake = market.lake();
    run(&lake, "").ok();
    assert_eq!(note(&lake, "purchases_of_unknown_brands"), 3);
    assert_eq!(lake.rows(PREVALENCE), expected);
}

#[test]
fn one_brand_is_printed_and_all_are_kept() {
    let mut market = Market::of_brands(2);
    market.brands[1] = Brand::new(2, "Nordkamm");
    add_brand(&mut market, 1, (4, 8), 1);
    add_brand(&mut market, 2, (4, 8), 1);
    let lake = market.lake();
    let text = run(&lake, "--brand Nordkamm --format json").ok().text();
    let brands: Vec<serde_json::Value> = text
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).expect("JSON"))
        .filter(|row| row.get("weighting").is_some())
        .map(|row| row["brand_id"].clone())
        .collect();
    assert_eq!(brands, [2, 2, 2]);
    assert_eq!(lake.rows(PREVALENCE).len(), 6);
    let table = run(&lake, "").ok().text();
    assert!(table.contains("weighting") && table.contains("units"), "{table}");
}
