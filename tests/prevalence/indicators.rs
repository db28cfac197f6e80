//! Comments, refunds and takedowns beside the estimates, each with its numerator and denominator.

use serde_json::{Value, json};

use super::{add_brand, row, run, simple};
use crate::support::comments::{comments, of_day};
use crate::support::marts::same;
use crate::support::time::{HOUR, at, days_before, t};
use crate::support::{Claim, Comment, DAY, Lake, Market, Refund, Sale, Takedown, fixture};

/// The first instant of a window of three days: 14 November in Shanghai.
fn first() -> i64 {
    at("2026-11-13 16:00")
}

/// The last instant of the window.
fn last() -> i64 {
    t() - 1
}

/// The row of units of brand 1, over three days.
#[track_caller]
fn over_three_days(lake: &Lake) -> crate::support::marts::Row {
    run(lake, "--days 3").ok();
    let rows = ["listings", "units", "gmv"].map(|w| row(lake, 1, w));
    let indicators = ["counterfeit_refund_units", "units_sold", "upheld_takedowns", "active_listings", "comments"];
    let rates = ["counterfeit_refunds_per_10000", "upheld_per_1000_listings", "allegations_per_1000"];
    for column in indicators.iter().chain(&rates) {
        assert!(rows.iter().all(|r| r[*column] == rows[0][*column]), "{column} is not the brand's");
    }
    rows[1].clone()
}

#[test]
fn refunds_as_counterfeit_count_by_the_day_of_the_refund() {
    let mut market = simple(2, 4, 1);
    market.sales = vec![Sale { sold_at: first(), ..Sale::new(10_000, 1, 300) }];
    // The order may be older than the window, and of another listing than any we know.
    let refund = |refunded_at: i64, quantity: i64| Refund { refunded_at, ..Refund::new(77_777, 1, quantity) };
    market.refunds = vec![refund(first(), 2), refund(last(), 5), refund(first() - 1, 100), refund(last() - HOUR, 1)];
    for reason in ["quality", "not_as_described", "changed_mind", "other"] {
        market.refunds.push(Refund { reason, ..Refund::new(10_000, 1, 1_000) });
    }
    market.refunds.push(Refund { brand_id: None, ..Refund::new(10_000, 1, 1_000) });
    market.refunds.push(Refund::new(10_000, 2, 1_000));
    let expected = json!({
        "counterfeit_refund_units": 8, "units_sold": 300, "counterfeit_refunds_per_10000": 80_000.0 / 300.0,
    });
    same(&over_three_days(&market.lake()), &expected);
}

#[test]
fn units_sold_are_the_brands_of_the_window_whatever_the_listing_is_now() {
    let mut market = simple(2, 4, 1);
    let sale = |sold_at: i64, quantity: i64| Sale { sold_at, ..Sale::new(10_000, 1, quantity) };
    market.sales = vec![sale(first(), 1), sale(last(), 2), sale(first() - 1, 50)];
    // Sold as the brand's, from a listing that is gone; as nobody's; as another brand's.
    market.sales.push(Sale::new(66_666, 1, 4));
    market.sales.push(Sale { brand_id: None, ..Sale::new(10_001, 1, 8) });
    market.sales.push(Sale::new(10_002, 2, 16));
    let units = over_three_days(&market.lake());
    // The population goes by the listing, the indicator by what was recorded with the sale.
    same(&units, &json!({ "units_sold": 7, "population": 3 + 8 + 16, "counterfeit_refunds_per_10000": 0.0 }));
}

/// A claim of a brand, submitted ten days before T.
fn claim(claim_id: i64, brand_id: i64) -> Claim {
    let submitted = t() - 10 * 24 * HOUR;
    Claim { brand_id, right_id: None, ..Claim::new(claim_id, submitted, submitted + HOUR) }
}

#[test]
fn upheld_takedowns_are_those_of_the_window_that_stand() {
    let mut market = simple(2, 4, 1);
    market.brands.push(crate::support::Brand::new(2, "Other"));
    market.claims = vec![claim(1, 1), claim(2, 2)];
    market.takedowns = vec![
        Takedown::removed(1, 1, first()),
        Takedown::removed(1, 2, last()),
        Takedown::removed(1, 3, first() - 1),
        // Reinstated, in the window or not.
        Takedown::removed(1, 4, first() + HOUR),
        Takedown::pending(1, 5),
        Takedown::decided(1, 6, "kept", first() + HOUR),
        Takedown::decided(1, 7, "already_gone", first() + HOUR),
        // A brand is the claim's, whatever the listing is.
        Takedown::removed(2, 10_000, first() + HOUR),
    ];
    let lake = market.lake();
    let mut table = fixture::takedowns().with_rows(market.takedowns.clone());
    table.set_instant(3, "reinstated_at", last());
    lake.put(&table, DAY);
    let units = over_three_days(&lake);
    let expected = json!({ "upheld_takedowns": 2, "active_listings": 4, "upheld_per_1000_listings": 500.0 });
    same(&units, &expected);
    same(
        &row(&lake, 2, "units"),
        &json!({ "upheld_takedowns": 1, "active_listings": 0, "upheld_per_1000_listings": null }),
    );
}

#[test]
fn the_windows_instants_are_those_of_the_lakes_zone() {
    let mut market = simple(2, 4, 1);
    market.claims = vec![claim(1, 1)];
    // A window of one day in Berlin begins on the 15th at 23:00 UTC.
    let first = at("2026-11-15 23:00");
    market.takedowns = vec![Takedown::removed(1, 1, first), Takedown::removed(1, 2, first - 1)];
    let lake = market.lake();
    let config = lake.config("time_zone = \"Europe/Berlin\"\n");
    for table in [crate::support::market::sales(1, &[]), crate::support::market::refunds(1, &[])] {
        lake.put(&table, DAY);
    }
    lake.job("brand-prevalence").with("--config", config).args("--days 1").run().ok();
    assert_eq!(row(&lake, 1, "units")["upheld_takedowns"], 1);
}

#[test]
fn without_comment_signals_nothing_is_said_of_comments() {
    let lake = simple(2, 4, 1).lake();
    run(&lake, "--days 3").ok().says(&["comment signals cover 0 of the window's 3 days"]);
    let nothing = json!({ "allegations": null, "comments": null, "comment_days": 0, "allegations_per_1000": null });
    same(&row(&lake, 1, "units"), &nothing);
}

/// Comments and allegations of a brand in days of the mart `comment_signals`.
fn counted(lake: &Lake, brand: i64, days: &[&str]) -> (i64, i64) {
    let rows = days.iter().flat_map(|day| lake.rows_on("comment_signals", day));
    let own: Vec<_> = rows.filter(|r| r["brand_id"] == brand).collect();
    (own.iter().filter(|r| r["label"] == "allege").count() as i64, own.len() as i64)
}

#[test]
fn comments_count_on_the_days_of_the_window_that_have_signals() {
    let mut market = Market::of_brands(4);
    add_brand(&mut market, 1, (2, 4), 1);
    let lake = market.lake();
    let days: Vec<String> = (0..4).map(|n| days_before(DAY, n)).collect();
    for (n, day) in days.iter().enumerate() {
        lake.put(&comments().with_rows(of_day(day, 100 + 20 * n as i64)), day);
    }
    // A day before the window is judged as well, and one in it is not.
    lake.job_at("comment-signals", &days[3]).args("--days 1").run().ok();
    lake.job("comment-signals").args("--days 2").run().ok();
    run(&lake, "--days 3").ok().says(&["comment signals cover 2 of the window's 3 days"]);
    for brand in 1..=3 {
        let (allegations, comments) = counted(&lake, brand, &[&days[0], &days[1]]);
        assert!(allegations > 0 && comments > allegations, "this test tests nothing");
        let rate = 1_000.0 * allegations as f64 / comments as f64;
        let expected = json!({
            "allegations": allegations, "comments": comments, "comment_days": 2, "allegations_per_1000": rate,
        });
        same(&row(&lake, brand, "gmv"), &expected);
    }
    // A brand of which nobody spoke: none, which is not the same as unknown.
    let none = json!({ "allegations": 0, "comments": 0, "comment_days": 2, "allegations_per_1000": null });
    same(&row(&lake, 4, "gmv"), &none);
    // The missing day is judged: the run is done again.
    lake.job("comment-signals").args("--days 3").run().ok();
    let output = run(&lake, "--days 3").ok().says(&["published"]);
    assert!(!output.stderr.contains("cover"), "{}", output.told());
    assert_eq!(row(&lake, 1, "units")["comment_days"], 3);
    run(&lake, "--days 3").ok().says(&["unchanged"]);
}

#[test]
fn comments_of_a_day_that_was_published_again_are_left_out_until_they_are_judged() {
    let lake = simple(2, 4, 1).lake();
    let yesterday = days_before(DAY, 1);
    lake.put(&comments().with_rows(of_day(DAY, 60)), DAY);
    lake.put(&comments().with_rows(of_day(&yesterday, 60)), &yesterday);
    lake.job("comment-signals").args("--days 2").run().ok();
    run(&lake, "--days 2").ok();
    let before: Value = row(&lake, 1, "units")["comments"].clone();
    let more = of_day(&yesterday, 90).into_iter().map(|c| Comment { brand_id: Some(1), ..c });
    lake.put(&comments().with_rows(more), &yesterday);
    run(&lake, "--days 2").ok().says(&["published", "left out", &yesterday]);
    let now = row(&lake, 1, "units");
    assert_eq!(now["comment_days"], 1);
    assert!(now["comments"].as_i64() < before.as_i64());
    lake.job("comment-signals").args("--days 2").run().ok();
    run(&lake, "--days 2").ok();
    assert_eq!(row(&lake, 1, "units")["comments"], counted(&lake, 1, &[DAY, &yesterday]).1);
}
