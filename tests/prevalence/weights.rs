//! What a listing stands for: the window's sales; and what a population is.

use serde_json::json;

use super::{judged, row, run, simple, two_strata};
use crate::support::marts::{Row, same};
use crate::support::time::{HOUR, at, days_before};
use crate::support::{DAY, Sale};

/// The columns of an estimate.
fn estimate(row: &Row) -> Vec<serde_json::Value> {
    let columns = ["sampled", "counterfeit", "effective_n", "apparent", "prevalence", "prevalence_low", "bound_high"];
    columns.iter().map(|column| row[*column].clone()).collect()
}

#[test]
fn only_sales_of_the_window_weigh() {
    let expected = judged(&two_strata());
    let mut market = two_strata();
    // Three days are the window: 14, 15 and 16 November. Its first instant in UTC is the 13th at 16:00.
    let first = at("2026-11-13 16:00");
    let late = |sold_at: i64, quantity: i64| Sale { sold_at, ..Sale::new(10_003, 1, quantity) };
    market.sales.push(late(first - 1, 500));
    market.sales.push(late(first - 40 * 24 * HOUR, 700));
    let lake = market.lake();
    run(&lake, "--days 3").ok();
    assert_eq!(row(&lake, 1, "units"), expected[1]);
    assert_eq!(row(&lake, 1, "gmv"), expected[2]);
    // One microsecond later it is in, and weighs.
    market.sales.push(late(first, 500));
    let lake = market.lake();
    run(&lake, "--days 3").ok();
    let units = row(&lake, 1, "units");
    assert_eq!((&units["population"], &units["units_sold"]), (&735.into(), &735.into()));
    assert_ne!(estimate(&units), estimate(&expected[1]));
    assert_eq!(estimate(&row(&lake, 1, "listings")), estimate(&expected[0]));
}

#[test]
fn purchases_from_before_the_window_count() {
    let expected = judged(&two_strata());
    let mut market = two_strata();
    for purchase in &mut market.purchases {
        for at in [&mut purchase.notarised_at, &mut purchase.delivered_at, &mut purchase.authenticated_at] {
            *at = at.map(|at| at - 300 * 24 * HOUR);
        }
        purchase.ordered_at -= 300 * 24 * HOUR;
    }
    let lake = market.lake();
    run(&lake, "--days 1").ok();
    for (weighting, expected) in ["listings", "units", "gmv"].iter().zip(&expected) {
        assert_eq!(row(&lake, 1, weighting), *expected);
    }
}

#[test]
fn a_listing_removed_since_stays_in_the_sample_and_leaves_the_population() {
    let before = judged(&two_strata());
    let mut market = two_strata();
    // Bought listings, counterfeit ones among them, and one that nobody bought.
    let gone = [10_000, 10_004, 20_002, 10_850];
    for listing in market.listings.iter_mut().filter(|l| gone.contains(&l.listing_id)) {
        listing.status = if listing.listing_id == 10_004 { "closed" } else { "removed" };
    }
    let after = judged(&market);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(estimate(before), estimate(after));
    }
    assert_eq!(after[0]["population"], 996);
    // 10,004 sold 16 mod 9 = 7 units at 50.00; 20,002 sold 3 + 14 mod 11 = 6 at 70.00; 10,000 and 10,850 nothing.
    assert_eq!(after[1]["population"], 235 - 7 - 6);
    assert_eq!(after[2]["population"], 1_534_000 - 7 * 5_000 - 6 * 7_000);
    let at_risk = after[1]["prevalence"].as_f64().expect("an estimate") * 222.0;
    same(&after[1], &json!({ "units_at_risk": at_risk, "units_sold": 235, "active_listings": 996 }));
}

#[test]
fn a_listing_without_a_row_in_the_lake_stays_in_the_sample() {
    let before = judged(&two_strata());
    let mut market = two_strata();
    market.listings.retain(|l| l.listing_id != 20_001);
    let after = judged(&market);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(estimate(before), estimate(after));
    }
    assert_eq!(after[0]["population"], 999);
}

#[test]
fn several_order_lines_of_a_listing_add_up() {
    let mut market = simple(40, 40, 4);
    let once = judged(&market);
    let doubled: Vec<Sale> = market.sales.clone();
    market.sales.extend(doubled);
    let twice = judged(&market);
    assert_eq!(twice[1]["population"], 80);
    assert_eq!(twice[2]["population"], 800_000);
    // Everything weighs twice: the shares stay.
    assert_eq!(estimate(&once[1]), estimate(&twice[1]));
}

#[test]
fn sums_go_beyond_32_bits() {
    let mut market = simple(40, 40, 4);
    for sale in &mut market.sales {
        (sale.quantity, sale.unit_price_minor) = (2_000_000_000, 1_000_000);
    }
    let [_, units, gmv] = judged(&market);
    assert_eq!(units["population"], 80_000_000_000_i64);
    assert_eq!(gmv["population"], 80_000_000_000_000_000_i64);
    assert_eq!(units["units_sold"], 80_000_000_000_i64);
}

#[test]
fn the_window_has_the_days_of_the_lakes_zone() {
    let mut market = simple(2, 4, 1);
    market.sales.clear();
    // Business days of Berlin: 16 November is from the 15th, 23:00 to the 16th, 23:00 UTC.
    let lake = market.lake();
    let config = lake.config("time_zone = \"Europe/Berlin\"\n");
    let sale = |sold_at: i64, quantity: i64| Sale { sold_at, ..Sale::new(10_000, 1, quantity) };
    let today = [sale(at("2026-11-15 23:00"), 1), sale(at("2026-11-16 22:59:59.999999"), 2)];
    lake.put(&crate::support::market::sales(1, &today), DAY);
    let yesterday = [sale(at("2026-11-15 22:59:59.999999"), 4)];
    lake.put(&crate::support::market::sales(100, &yesterday), &days_before(DAY, 1));
    let run = |days: u32| {
        let call = lake.job("brand-prevalence").with("--config", &config).args(&format!("--days {days}"));
        call.run().ok();
        row(&lake, 1, "units")["population"].clone()
    };
    assert_eq!(run(1), 3);
    assert_eq!(run(2), 7);
}

#[test]
fn listings_of_no_brand_are_in_no_population() {
    let mut market = simple(2, 4, 1);
    market.listings[3].brand_id = None;
    let [listings, units, _] = judged(&market);
    assert_eq!((&listings["population"], &units["population"]), (&3.into(), &3.into()));
}
