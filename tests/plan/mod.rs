//! `pilot-plan`: the marts `pilot_plan`, `pilot_plan_strata` and `pilot_plan_brands`, and the purchasing desk's list.

/// The columns, and what must add up.
mod marts;

/// Seeds, order, threads; how often a listing is drawn when the draw is repeated.
mod draw;

/// What was bought or planned lately is not planned again.
mod cooling;

/// Picks for the evidence against them.
mod targeted;

/// Options, the configuration file, and what no plan can be made with.
mod configured;

/// The CSV that a purchasing desk works from.
mod desk;

/// Plan, purchases, verdicts, estimates: the way round.
mod round_trip;

use crate::support::market::{refunds, sales};
use crate::support::marts::Row;
use crate::support::time::{at, date, days_before};
use crate::support::{DAY, Lake, Listing, Market, Output, Sale};

/// The marts.
const PLAN: &str = "pilot_plan";
const STRATA: &str = "pilot_plan_strata";
const BRANDS: &str = "pilot_plan_brands";

/// Runs the job.
fn run(lake: &Lake, words: &str) -> Output {
    lake.job("pilot-plan").args(words).run()
}

/// Runs it and returns its picks, by listing.
#[track_caller]
fn picks(lake: &Lake, words: &str) -> Vec<Row> {
    run(lake, words).ok();
    lake.rows(PLAN)
}

#[track_caller]
fn int(row: &Row, column: &str) -> i64 {
    row[column].as_i64().unwrap_or_else(|| panic!("{column} is {}", row[column]))
}

#[track_caller]
fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row[column].as_str().unwrap_or_else(|| panic!("{column} is {}", row[column]))
}

/// The listings of some rows.
fn listings_of(rows: &[Row]) -> Vec<i64> {
    rows.iter().map(|row| int(row, "listing_id")).collect()
}

/// Three brands in the programme with 120, 50 and 3 active listings with heavy-tailed sales, the first ones of each
/// without any. Beside them what no plan may pick: removed and closed listings, some of no brand, some of brand 9.
fn market() -> Market {
    let mut market = Market::of_brands(3);
    for (brand, size) in [(1, 120), (2, 50), (3, 3)] {
        for n in 0..size {
            let listing = brand * 10_000 + n;
            let price_minor = 1_000 + 700 * (n % 13);
            market.listings.push(Listing { price_minor, ..Listing::new(listing, brand) });
            // n² / 40: from nothing to 354 units.
            if n * n / 40 > 0 {
                market.sales.push(Sale { unit_price_minor: price_minor, ..Sale::new(listing, brand, n * n / 40) });
            }
        }
    }
    for (n, status) in [(0, "removed"), (1, "closed"), (2, "removed")] {
        market.listings.push(Listing { status, ..Listing::new(50_000 + n, 1) });
        market.sales.push(Sale::new(50_000 + n, 1, 5_000));
    }
    market.listings.push(Listing { brand_id: None, ..Listing::new(60_000, 1) });
    market.listings.push(Listing::new(90_000, 9));
    market
}

/// Candidates of [`market`], by brand.
const CANDIDATES: [(i64, i64); 3] = [(1, 120), (2, 50), (3, 3)];

/// The market as a lake of the newest `days` days.
fn over(market: &Market, days: u64) -> Lake {
    let lake = market.lake();
    for n in 1..days {
        let day = days_before(DAY, n);
        let mut earlier = market.clone();
        let noon = at(&format!("{day} 04:00"));
        earlier.purchases.retain(|p| p.ordered_at < noon);
        for table in earlier.tables() {
            lake.put(&table, &day);
        }
        let of_day: Vec<Sale> = market.sales.iter().map(|s| Sale { sold_at: noon, ..*s }).collect();
        lake.put(&sales(i64::from(date(&day)) * 1_000_000, &of_day), &day);
        lake.put(&refunds(1, &[]), &day);
    }
    lake
}
