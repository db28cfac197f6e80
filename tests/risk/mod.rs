//! `merchant-risk`, `event-sums`, and what explains, trains and measures the ranking.

/// Days of events summed up: rows, days done again, what is printed.
mod sums;

/// Each signal by hand: its rule, its edge, and what is not counted.
mod signals;

/// The ranking: scores that add up, ranks, bytes, what is missing, evaluation and weights.
mod ranking;

/// `explain merchant`, `train risk`, `eval risk`, and the section of the report.
mod commands;

use std::collections::BTreeMap;

use crate::support::fixture::{brands, claims, takedowns};
use crate::support::market::{listings, merchants, noon, products, purchases, refunds, sales};
use crate::support::marts::Row;
use crate::support::papers::{Paper, documents};
use crate::support::time::{HOUR, days_before};
use crate::support::{Brand, Cell, Claim, DAY, Lake, Output, Purchase, Takedown};

/// Units sold: days before the as-of day, merchant, listing, brand, product, units, price.
type Sold = (u64, i64, i64, Option<i64>, Option<i64>, i64, i64);

/// A listing: its number, merchant, brand, product, price, status.
type Listed = (i64, i64, Option<i64>, Option<i64>, i64, &'static str);

/// A marketplace for rankings: what merchants from 900 to 906 did.
#[derive(Clone, Default)]
struct Shops {
    /// Merchants beyond the usual seven.
    more: Vec<i64>,
    /// Entity, contact, payout and address key by merchant.
    keys: Vec<(i64, [Option<&'static str>; 4])>,
    listings: Vec<Listed>,
    /// Product, brand, list price.
    products: Vec<(i64, i64, Option<i64>)>,
    sold: Vec<Sold>,
    /// Days before, merchant, listing, brand, units, reason.
    refunded: Vec<(u64, i64, i64, i64, i64, &'static str)>,
    claims: Vec<Claim>,
    /// Takedown, and when it was reinstated.
    takedowns: Vec<(Takedown, Option<i64>)>,
    papers: Vec<Paper>,
    purchases: Vec<Purchase>,
    /// Days of events; the as-of day is the last.
    days: u64,
}

/// Shanghai's noon of the day so many days before [`DAY`].
fn days_ago(days: u64) -> i64 {
    noon() - days.cast_signed() * 24 * HOUR
}

impl Shops {
    /// Forty days of events with a sale a day of merchant 906, and licences of everybody.
    fn new() -> Self {
        let papers = (900..907).map(Paper::licence).collect();
        Self { papers, days: 40, ..Self::default() }
    }

    /// A claim of a brand, submitted and qualified so many days ago, that had a listing of a merchant removed an hour later.
    fn removal(&mut self, brand_id: i64, merchant_id: i64, listing_id: i64, at: i64) -> &mut Self {
        let claim_id = 5_000 + self.claims.len() as i64;
        self.claims.push(Claim { brand_id, ..Claim::new(claim_id, at - 2 * HOUR, at - HOUR) });
        self.takedowns.push((Takedown { merchant_id, ..Takedown::removed(claim_id, listing_id, at) }, None));
        self
    }

    fn lake(&self) -> Lake {
        let all: Vec<i64> = (900..907).chain(self.more.iter().copied()).collect();
        let mut shops = merchants(all.iter().map(|id| (*id, format!("Shop {id}"))));
        for (id, keys) in &self.keys {
            let row = all.iter().position(|m| m == id).expect("a merchant");
            for (name, key) in ["entity_key", "contact_key", "payout_key", "address_key"].iter().zip(keys) {
                shops.set(row, name, key.map_or(Cell::Null, Cell::from));
            }
        }
        let listing = |(id, merchant, brand, product, price, status): &Listed| -> Vec<Cell> {
            let closed = if *status == "closed" { Cell::Instant(noon()) } else { Cell::Null };
            vec![
                (*id).into(),
                (*merchant).into(),
                (*brand).into(),
                (*product).into(),
                7.into(),
                format!("Listing {id}").into(),
                (*price).into(),
                Cell::Instant(days_ago(300)),
                (*status).into(),
                closed,
                Cell::Null,
            ]
        };
        let mut taken = takedowns().with_rows(self.takedowns.iter().map(|(takedown, _)| *takedown));
        for (row, (_, reinstated)) in self.takedowns.iter().enumerate() {
            if let Some(at) = reinstated {
                taken.set_instant(row, "reinstated_at", *at);
            }
        }
        let lake = Lake::of(vec![
            brands().with_rows((1..=3).map(|id| Brand::new(id, &format!("Brand{id}")))),
            shops,
            listings().with_rows(self.listings.iter().map(listing)),
            products(self.products.iter().copied()),
            purchases(self.purchases.clone()),
            claims().with_rows(self.claims.clone()),
            taken,
            documents(self.papers.iter().copied()),
        ]);
        self.put_events(&lake);
        lake
    }

    fn put_events(&self, lake: &Lake) {
        let mut sold: BTreeMap<u64, Vec<(i64, Sold)>> = BTreeMap::new();
        let mut refunded: BTreeMap<u64, Vec<Vec<Cell>>> = BTreeMap::new();
        for (id, sale) in (1..).zip(&self.sold) {
            sold.entry(sale.0).or_default().push((id, *sale));
        }
        for (id, (days, merchant, listing, brand, units, reason)) in (1..).zip(&self.refunded) {
            refunded.entry(*days).or_default().push(vec![
                id.into(),
                Cell::Instant(days_ago(*days)),
                id.into(),
                (*merchant).into(),
                (*listing).into(),
                (*brand).into(),
                (*units).into(),
                9_900.into(),
                (*reason).into(),
            ]);
        }
        for days in 0..self.days {
            let mut rows: Vec<Vec<Cell>> = sold.remove(&days).unwrap_or_default().iter().map(sale).collect();
            // Somebody sells something on every day, so that no day is empty.
            rows.push(sale(&(900_000 + days.cast_signed(), (days, 906, 7_000, None, None, 1, 500))));
            let day = days_before(DAY, days);
            lake.put(&sales(0, &[]).with_rows(rows), &day);
            lake.put(&refunds(0, &[]).with_rows(refunded.remove(&days).unwrap_or_default()), &day);
        }
    }
}

fn sale((id, (days, merchant, listing, brand, product, units, price)): &(i64, Sold)) -> Vec<Cell> {
    vec![
        (*id).into(),
        Cell::Instant(days_ago(*days)),
        (*merchant).into(),
        (*listing).into(),
        (*brand).into(),
        (*product).into(),
        (*id % 17).into(),
        (*units).into(),
        (*price).into(),
    ]
}

/// The sample lake of the repository, in a folder of its own.
fn sample_lake() -> Lake {
    let lake = Lake::of(Vec::new());
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data-samples/lake");
    let copied = std::process::Command::new("cp").arg("-r").arg(from).arg(lake.root()).status();
    assert!(copied.expect("cp").success());
    lake
}

/// Runs the job.
fn run(lake: &Lake, words: &str) -> Output {
    lake.job("merchant-risk").args(words).run()
}

/// The row of a merchant.
#[track_caller]
fn merchant(lake: &Lake, id: i64) -> Row {
    let found = lake.rows("merchant_risk").into_iter().find(|r| r["merchant_id"] == id);
    found.unwrap_or_else(|| panic!("no row of merchant {id}"))
}

/// The rows of merchants and brands, by both.
fn pairs(lake: &Lake) -> BTreeMap<(i64, i64), Row> {
    let key = |r: &Row| (r["merchant_id"].as_i64().expect("a number"), r["brand_id"].as_i64().expect("a number"));
    lake.rows("merchant_brand_risk").into_iter().map(|r| (key(&r), r)).collect()
}
