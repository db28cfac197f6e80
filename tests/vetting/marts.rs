//! The columns, the rows of seven merchants by hand, and what is noted.

use serde_json::{Value, json};

use super::{BRANDS, EXEMPTED, VETTING, lake, run, seven_merchants, sold};
use crate::prevalence::{columns, of_type};
use crate::support::papers::Paper;
use crate::support::time::at;
use crate::support::{Lake, Sale};

#[test]
fn the_columns_are_the_contracts_and_ours_at_the_right() {
    let lake = seven_merchants();
    run(&lake, "").ok();
    let contract = [
        of_type("merchant_id", "int64"),
        of_type("issue document_type", "string"),
        of_type("brand_id*", "int64"),
        of_type("since* until*", "date"),
        of_type("units gmv_minor", "int64"),
    ]
    .concat();
    let status = of_type("merchant_status*", "string");
    assert_eq!(columns(&lake, VETTING), [contract.clone(), status.clone()].concat());
    let exempt = [of_type("exemption", "int64"), of_type("exempt_until*", "date"), of_type("reason", "string")];
    assert_eq!(columns(&lake, EXEMPTED), [contract, status, exempt.concat()].concat());
    let sums = ["selling", "unauthorised", "expiring", "exempt"]
        .map(|g| of_type(&format!("{g}_merchants {g}_units {g}_gmv_minor"), "int64"));
    assert_eq!(columns(&lake, BRANDS), [of_type("brand_id", "int64"), sums.concat()].concat());
}

/// The rows of a mart as lists of the contract's values and the status.
fn listed(lake: &Lake) -> Vec<Value> {
    let names = [
        "merchant_id",
        "issue",
        "document_type",
        "brand_id",
        "since",
        "until",
        "units",
        "gmv_minor",
        "merchant_status",
    ];
    lake.rows(VETTING).iter().map(|row| names.iter().map(|name| row[*name].clone()).collect()).collect()
}

#[test]
fn seven_merchants_by_hand() {
    let lake = seven_merchants();
    run(&lake, "").ok();
    let (licence, brand, certificate) = ("business_licence", "brand_authorisation", "ip_certificate");
    let expected = [
        json!([900, "expiring", brand, 1, null, "2026-11-16", 3, 30_000, "active"]),
        json!([901, "expired", brand, 1, "2026-11-16", null, 4, 40_000, "active"]),
        json!([901, "expired", licence, null, "2026-11-16", null, 54, 540_000, "active"]),
        json!([901, "unauthorised_brand", brand, 1, "2026-11-16", null, 4, 40_000, "active"]),
        json!([902, "missing", licence, null, null, null, 7, 70_000, "active"]),
        // Half past midnight of the fourteenth in Shanghai.
        json!([902, "unauthorised_brand", brand, 2, "2026-11-14", null, 7, 70_000, "active"]),
        json!([903, "pending_over_14_days", certificate, 2, "2026-11-01", null, 0, 0, "active"]),
        json!([904, "revoked", licence, null, "2026-10-05", null, 7, 70_000, "active"]),
        json!([904, "unauthorised_brand", brand, 1, "2026-11-16", null, 7, 70_000, "active"]),
        json!([905, "missing", licence, null, null, null, 11, 110_000, "suspended"]),
        json!([905, "unauthorised_brand", brand, 2, "2026-11-16", null, 11, 110_000, "suspended"]),
        json!([906, "expiring", licence, null, null, "2026-12-16", 13, 130_000, "closed"]),
    ];
    assert_eq!(listed(&lake), expected);
    assert!(lake.rows(EXEMPTED).is_empty());
    let notes = &lake.manifest(VETTING)["notes"];
    assert_eq!(
        (&notes["merchants"], &notes["merchants_not_on_record"], &notes["rows_exempted"]),
        (&json!(7), &json!(0), &json!(0))
    );
}

#[test]
fn sums_by_brand() {
    let lake = seven_merchants();
    run(&lake, "").ok();
    let sums: Vec<Value> = lake.rows(BRANDS).iter().map(|r| r.values().cloned().collect()).collect();
    let expected = [
        json!([1, 3, 14, 140_000, 2, 11, 110_000, 1, 3, 30_000, 0, 0, 0]),
        json!([2, 3, 31, 310_000, 2, 18, 180_000, 0, 0, 0, 0, 0, 0]),
    ];
    assert_eq!(sums, expected);
}

#[test]
fn the_window_decides_what_was_sold_and_the_lakes_zone_on_which_day() {
    let late = Sale { sold_at: at("2026-11-13 15:59"), ..sold(900, 2, 1) };
    let early = Sale { sold_at: at("2026-11-14 16:00"), ..sold(900, 1, 1) };
    let lake = lake(&(900..907).map(Paper::licence).collect::<Vec<_>>(), &[late, early]);
    run(&lake, "--days 2").ok();
    let unauthorised =
        json!([900, "unauthorised_brand", "brand_authorisation", 1, "2026-11-15", null, 1, 10_000, "active"]);
    assert_eq!(listed(&lake), std::slice::from_ref(&unauthorised));
    run(&lake, "--days 4").ok();
    let first = json!([900, "unauthorised_brand", "brand_authorisation", 2, "2026-11-13", null, 1, 10_000, "active"]);
    assert_eq!(listed(&lake), [unauthorised, first]);
    // In a zone to the west the business days would be others; here only the window's first day is one.
    run(&lake, "--days 3").ok();
    assert_eq!(listed(&lake).len(), 1);
}

#[test]
fn merchants_that_are_not_on_record_are_judged_and_counted() {
    let (papers, sales) = super::seven();
    let lake = lake(&papers, &sales);
    lake.edit("merchants", |t| t.rows.retain(|r| r[0] != 902.into() && r[0] != 904.into()));
    run(&lake, "").ok().says(&["2 merchants have documents or sales and are not in the table merchants"]);
    let strangers: Vec<Value> = listed(&lake).into_iter().filter(|r| r[8].is_null()).map(|r| r[1].clone()).collect();
    // Nobody can ask 902 for a licence; what it sells, and what 904 has filed, is judged all the same.
    assert_eq!(strangers, [json!("unauthorised_brand"), json!("revoked"), json!("unauthorised_brand")]);
    assert_eq!(lake.manifest(VETTING)["notes"]["merchants_not_on_record"], 2);
}

#[test]
fn a_lake_without_faults_makes_empty_marts() {
    let papers: Vec<Paper> = (900..907).map(Paper::licence).chain([Paper::authorisation(900, 1)]).collect();
    let lake = lake(&papers, &[sold(900, 1, 1)]);
    run(&lake, "").ok();
    assert!(lake.rows(VETTING).is_empty());
    assert_eq!(columns(&lake, VETTING).len(), 9);
}

#[test]
fn a_brand_limits_what_is_printed_and_never_the_mart() {
    let lake = seven_merchants();
    let printed = run(&lake, "--brand 2 --format json").ok().text();
    let rows: Vec<Value> = printed.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let merchants: Vec<&Value> = rows.iter().filter_map(|r| r.get("merchant_id")).collect();
    assert_eq!(merchants, [902, 903, 905]);
    assert!(rows.iter().filter_map(|r| r.get("brand_id")).all(|brand| *brand == 2));
    assert_eq!(lake.rows(VETTING).len(), 12);
    let table = run(&lake, "--brand Brand1").ok().text();
    assert!(table.contains("unauthorised_brand") && !table.contains("business_licence"), "{table}");
}
