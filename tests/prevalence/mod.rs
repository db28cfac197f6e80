//! `brand-prevalence`: the marts `brand_prevalence` and `pilot_progress`, and what reports make of them.

/// The columns, one row a brand and weighting, and what is noted.
mod marts;

/// Estimates, intervals and shrinkage as R has them.
mod estimates;

/// What a listing stands for: the window's sales; and what a population is.
mod weights;

/// Why a figure is withheld, what purchases without a verdict could change, and what is never used.
mod withheld;

/// Comments, refunds and takedowns beside the estimates.
mod indicators;

/// How far the purchases have come.
mod progress;

/// Sensitivity and specificity of authentication, as configured.
mod configured;

/// The same bytes whatever the order, the files and the threads; unchanged and changed runs; quarantine; refusals.
mod stable;

/// The section "How much is counterfeit" of a brand's report.
mod reports;

pub use marts::{columns, of_type};

use serde_json::Value;

use crate::support::marts::Row;
use crate::support::{Lake, Listing, Market, Output, Purchase, Sale};

/// The marts.
const PREVALENCE: &str = "brand_prevalence";
const PROGRESS: &str = "pilot_progress";

/// Runs the job.
fn run(lake: &Lake, words: &str) -> Output {
    lake.job("brand-prevalence").args(words).run()
}

/// The row of a brand and weighting.
#[track_caller]
fn row(lake: &Lake, brand: i64, weighting: &str) -> Row {
    let rows = lake.rows(PREVALENCE);
    let mut found = rows.into_iter().filter(|r| r["brand_id"] == brand && r["weighting"] == weighting);
    let row = found.next().unwrap_or_else(|| panic!("brand {brand} has no row of {weighting}"));
    assert!(found.next().is_none(), "brand {brand} has two rows of {weighting}");
    row
}

/// The rows of a brand's three weightings after a run.
#[track_caller]
fn judged(market: &Market) -> [Row; 3] {
    let lake = market.lake();
    run(&lake, "").ok();
    ["listings", "units", "gmv"].map(|weighting| row(&lake, 1, weighting))
}

/// A number that the run's manifest notes.
#[track_caller]
fn note(lake: &Lake, name: &str) -> Value {
    let manifest = lake.manifest(PREVALENCE);
    manifest["notes"].get(name).unwrap_or_else(|| panic!("no note {name} in {}", manifest["notes"])).clone()
}

/// Brand 1 with `size` listings that each sold one unit for 100.00, of which `drawn` were bought: the first
/// `counterfeit` ones of them are.
fn simple(drawn: i64, size: i64, counterfeit: i64) -> Market {
    let mut market = Market::of_brands(1);
    add_brand(&mut market, 1, (drawn, size), counterfeit);
    market
}

/// The same of any brand: its listings are brand · 10,000 and up.
fn add_brand(market: &mut Market, brand: i64, (drawn, size): (i64, i64), counterfeit: i64) {
    for n in 0..size {
        let listing = brand * 10_000 + n;
        market.listings.push(Listing::new(listing, brand));
        market.sales.push(Sale::new(listing, brand, 1));
        if n < drawn {
            let verdict = if n < counterfeit { "counterfeit" } else { "genuine" };
            market.purchases.push(Purchase::random(listing, brand, (drawn, size), verdict));
        }
    }
}

/// Brand 1 with two strata of 900 and 100 listings, of which 30 and 20 were bought and 3 and 12 found counterfeit.
///
/// Of the i-th listing bought from the first one, (i² mod 9) units were sold, and of the second one 3 + (7i mod 11), at
/// 50.00 + 10.00 (i mod 4); nothing else was.
fn two_strata() -> Market {
    let mut market = Market::of_brands(1);
    let strata = [(10_000, 900, 30, 3), (20_000, 100, 20, 12)];
    for (first, size, drawn, counterfeit) in strata {
        market.listings.extend((0..size).map(|n| Listing::new(first + n, 1)));
        for i in 0..drawn {
            let verdict = if i < counterfeit { "counterfeit" } else { "genuine" };
            market.purchases.push(Purchase::random(first + i, 1, (drawn, size), verdict));
            let quantity = if size == 900 { i * i % 9 } else { 3 + 7 * i % 11 };
            if quantity > 0 {
                let unit_price_minor = 5_000 + 1_000 * (i % 4);
                market.sales.push(Sale { unit_price_minor, ..Sale::new(first + i, 1, quantity) });
            }
        }
    }
    market
}
