//! Event tables, through `mirrorlake check`: business days, missing days, repeats between days.

use std::fs;

use crate::support::fixture::sales;
use crate::support::marts::{rows_of, same};
use crate::support::time::{HOUR, at, days_before};
use crate::support::{Cell, DAY, Lake, Output};
use serde_json::json;

/// When a business day of Shanghai begins.
fn start(days_ago: i64) -> i64 {
    at("2026-11-15 16:00") - days_ago * 24 * HOUR
}

/// A lake of 200 sales on each of the newest days.
fn days_of_sales(days: i64) -> Lake {
    let lake = Lake::of(Vec::new());
    for ago in 0..days {
        lake.put(&sales(ago * 1_000, start(ago), 200), &day(ago));
    }
    lake
}

fn day(ago: i64) -> String {
    days_before(DAY, ago.try_into().expect("a number of days"))
}

fn check(lake: &Lake, words: &str) -> Output {
    lake.check_at("check", DAY).args("--table sales --format json").args(words).run()
}

/// Partitions, rows, quarantined rows and missing days of the one table checked.
#[track_caller]
fn counts(output: &Output) -> [u64; 4] {
    let text = output.text();
    let line: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["table"], "sales");
    ["partitions", "rows", "quarantined", "missing_days"].map(|key| line[key].as_u64().expect("a number"))
}

#[test]
fn a_window_reads_its_days_and_no_others() {
    let lake = days_of_sales(6);
    for ago in [4, 5] {
        fs::write(lake.partition("sales", &day(ago)).join("part-0.parquet"), b"broken").expect("written");
    }
    assert_eq!(counts(&check(&lake, "--days 4").ok()), [4, 800, 0, 0]);
    check(&lake, "--days 5").refused(&["table sales, partition dt=2026-11-12, file part-0.parquet"]);
}

#[test]
fn a_window_longer_than_the_lake_begins_with_its_first_day() {
    assert_eq!(counts(&check(&days_of_sales(3), "--days 90").ok()), [3, 600, 0, 0]);
}

#[test]
fn a_missing_day_is_refused_unless_it_is_allowed() {
    let lake = days_of_sales(5);
    fs::remove_file(lake.partition("sales", &day(2)).join("_SUCCESS")).expect("removed");
    check(&lake, "--days 5").refused(&["table sales", "1 event days", "2026-11-14", "--allow-missing-days"]);
    assert_eq!(counts(&check(&lake, "--days 5 --allow-missing-days").ok()), [4, 800, 0, 1]);
}

#[test]
fn the_as_of_day_itself_must_be_there() {
    let lake = days_of_sales(3);
    fs::remove_dir_all(lake.partition("sales", DAY)).expect("removed");
    check(&lake, "--days 3").refused(&["table sales", "2026-11-16", "rule days_present"]);
}

#[test]
fn a_sale_outside_its_business_day_is_quarantined() {
    let lake = days_of_sales(2);
    let mut table = sales(0, start(0), 200);
    // The day is half-open: its first instant is in, the next day's first instant is out.
    for (row, micros) in [(10, start(0) - 1), (20, start(-1)), (30, start(0)), (40, start(-1) - 1)] {
        table.set_instant(row, "sold_at", micros);
    }
    lake.put(&table, DAY);
    let marts = lake.marts();
    let output = check(&lake, &format!("--days 2 --marts {}", marts.display())).ok();
    assert_eq!(counts(&output), [2, 400, 2, 0]);
    let file = marts.join(format!("quarantine/dt={DAY}/table=sales/part-00000.parquet"));
    let found = rows_of(fs::read(file).expect("a quarantine"));
    for (found, row) in found.iter().zip([10, 20]) {
        same(found, &json!({ "row": row, "rule": "within_business_day", "column": "sold_at" }));
    }
}

#[test]
fn a_business_day_is_the_lakes() {
    let lake = days_of_sales(1);
    let config = lake.config("time_zone = \"Europe/Berlin\"\n");
    let output = lake.check_at("check", DAY).args("--table sales").with("--config", config).run();
    output.refused(&["table sales", "column sold_at", "rule within_business_day"]);
}

#[test]
fn an_order_line_on_two_days_is_a_repeat_of_the_later_one() {
    let lake = days_of_sales(3);
    let mut table = sales(1_000, start(1), 200);
    table.set(150, "order_line_id", 2_007);
    lake.put(&table, &day(1));
    let marts = lake.marts();
    let output = check(&lake, &format!("--days 3 --marts {}", marts.display())).ok();
    assert_eq!(counts(&output), [3, 600, 1, 0]);
    let file = marts.join(format!("quarantine/dt={DAY}/table=sales/part-00000.parquet"));
    let found = rows_of(fs::read(file).expect("a quarantine"));
    let path = format!("sales/dt={}/part-0.parquet", day(1));
    same(&found[0], &json!({ "file": path, "row": 150, "rule": "unique_key", "value": "2007" }));
    // Only one of the two days is read: no repeat.
    assert_eq!(counts(&check(&lake, "--days 2").ok()), [2, 400, 0, 0]);
}

#[test]
fn numbers_out_of_range_are_quarantined() {
    let lake = days_of_sales(2);
    let mut table = sales(0, start(0), 200);
    table.set(0, "quantity", 0);
    table.set(1, "unit_price_minor", -1);
    lake.put(&table, DAY);
    assert_eq!(counts(&check(&lake, "--days 2").ok()), [2, 400, 2, 0]);
    table.set(2, "quantity", Cell::Null);
    table.set(3, "quantity", -3);
    table.set(4, "buyer_id", Cell::Null);
    lake.put(&table, DAY);
    check(&lake, "--days 2").refused(&["table sales", "5 of 400 rows", "rule range"]);
}

#[test]
fn personal_values_stay_out_of_messages_and_quarantine() {
    let lake = Lake::of(Vec::new());
    let columns = "comment_id:i64 commented_at:ts merchant_id:i64 listing_id:i64 brand_id:i64 buyer_id:i64 rating:i8 \
                   text:text";
    let row = |n: i64| -> Vec<Cell> {
        let when = Cell::Instant(start(0) + n);
        let secret = format!("my phone is 13800138000, number {n}").into();
        vec![n.into(), when, 1.into(), 2.into(), 3.into(), (86_420_000 + n).into(), (1 + n % 5).into(), secret]
    };
    let mut table = crate::support::Table::new("comments", columns).with_rows((0..200).map(row));
    for row in 0..100 {
        table.set(row, "rating", 9);
    }
    lake.put(&table, DAY);
    let marts = lake.marts();
    let check = |config: &str| {
        let config = lake.config(config);
        lake.check_at("check", DAY).args("--table comments -v").with("--marts", &marts).with("--config", config).run()
    };
    let refused = check("max_bad_share = 0.1\n").refused(&["table comments", "column rating", "holds 9"]);
    let allowed = check("max_bad_share = 0.9\n").ok();
    let quarantine = rows_of(
        fs::read(marts.join(format!("quarantine/dt={DAY}/table=comments/part-00000.parquet"))).expect("a quarantine"),
    );
    let everything = format!("{}{}{quarantine:?}", refused.told(), allowed.told());
    assert!(!everything.contains("13800138000") && !everything.contains("86420"), "{everything}");
}
