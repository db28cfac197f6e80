//! `event-sums`.

use serde_json::{Value, json};

use super::Shops;
use crate::support::marts::published;
use crate::support::time::days_before;
use crate::support::{Cell, DAY};

/// Two days: two prices of a listing, a listing of two brands, and a refund.
fn shops() -> Shops {
    Shops {
        days: 2,
        sold: vec![
            (0, 900, 1, Some(1), Some(70), 2, 100),
            (0, 900, 1, Some(1), Some(70), 3, 100),
            (0, 900, 1, Some(1), Some(70), 1, 90),
            (0, 900, 1, None, None, 4, 100),
            (1, 901, 2, Some(2), None, 5, 10),
        ],
        refunded: vec![(0, 900, 1, 1, 2, "counterfeit"), (0, 900, 1, 1, 1, "counterfeit"), (0, 900, 1, 1, 1, "other")],
        ..Shops::new()
    }
}

#[test]
fn days_are_summed_by_listing_and_price() {
    let lake = shops().lake();
    lake.job("event-sums").run().ok();
    let keys = ["merchant_id", "listing_id", "brand_id", "product_id", "unit_price_minor", "units", "order_lines"];
    let told: Vec<Vec<Value>> =
        lake.rows("sales_sums").iter().map(|r| keys.iter().map(|k| r[*k].clone()).collect()).collect();
    let expected = [
        json!([900, 1, 1, 70, 90, 1, 1]),
        json!([900, 1, 1, 70, 100, 5, 2]),
        json!([900, 1, null, null, 100, 4, 1]),
        json!([906, 7_000, null, null, 500, 1, 1]),
    ];
    assert_eq!(told.into_iter().map(Value::from).collect::<Vec<_>>(), expected);
    let keys = ["merchant_id", "listing_id", "brand_id", "reason", "units", "refunds"];
    let told: Vec<Vec<Value>> =
        lake.rows("refund_sums").iter().map(|r| keys.iter().map(|k| r[*k].clone()).collect()).collect();
    assert_eq!(
        told.into_iter().map(Value::from).collect::<Vec<_>>(),
        [json!([900, 1, 1, "counterfeit", 3, 2]), json!([900, 1, 1, "other", 1, 1])]
    );
    assert_eq!(lake.rows_on("sales_sums", &days_before(DAY, 1)).len(), 2);
}

#[test]
fn what_is_printed_is_a_line_a_day_or_all_rows() {
    let lake = shops().lake();
    let text = lake.job("event-sums").run().ok().text();
    let line: Vec<&str> = text.lines().last().expect("a line").split_whitespace().collect();
    assert_eq!(line, [DAY, "11", "1490", "4", "3"]);
    let text = lake.job("event-sums").args("--brand 1").run().ok().text();
    let line: Vec<&str> = text.lines().last().expect("a line").split_whitespace().collect();
    assert_eq!(line, [DAY, "6", "590", "4", "3"]);
    let rows = lake.job("event-sums").args("--format csv").run().ok().text();
    assert_eq!(rows.lines().count(), 1 + 2 + 4, "{rows}");
    let last = lake.job("event-sums").args("--format json").run().ok().summary();
    assert_eq!((&last["job"], &last["status"]), (&json!("event-sums"), &json!("unchanged")));
}

#[test]
fn a_day_that_is_published_anew_is_done_again_alone() {
    let lake = shops().lake();
    lake.job("event-sums").run().ok();
    let before = published(&lake.marts());
    lake.job("event-sums").run().ok().says(&["unchanged"]);
    assert_eq!(published(&lake.marts()), before);
    let mut late = shops();
    late.sold.push((1, 901, 2, Some(2), None, 7, 10));
    let other = late.lake();
    let day = days_before(DAY, 1);
    for table in ["sales", "refunds"] {
        std::fs::remove_dir_all(lake.partition(table, &day)).expect("removed");
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .args([other.partition(table, &day), lake.partition(table, &day)])
            .status();
        assert!(copied.expect("cp").success());
    }
    lake.job("event-sums").run().ok().says(&["published"]);
    let after = published(&lake.marts());
    let changed: Vec<&String> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(!changed.is_empty() && changed.iter().all(|path| path.contains(&day)), "{changed:?}");
    let units: Vec<Value> = lake.rows_on("sales_sums", &day).iter().map(|r| r["units"].clone()).collect();
    assert_eq!(units, [json!(12), json!(1)]);
}

#[test]
fn rows_that_break_the_contract_are_in_no_sum() {
    let lake = shops().lake();
    let mut day =
        super::sales(0, &[]).with_rows((0..200).map(|n| super::sale(&(n, (0, 900, 1, Some(1), None, 1, 100)))));
    day.set(7, "quantity", Cell::Int(0));
    lake.put(&day, DAY);
    lake.job("event-sums").run().ok();
    assert_eq!(lake.rows("sales_sums")[0]["units"], 199);
    assert_eq!(lake.quarantine("sales").len(), 1);
}
