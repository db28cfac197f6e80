//! Properties of the plan, the draw by repetition, the allocation against published numbers.

use super::*;

mod allocation;
mod estimates;
mod probabilities;
mod properties;
mod targets;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 16).expect("a day")
}

/// A listing without evidence at 10.00 a piece, merchant = listing / 10.
fn listing(listing_id: i64, brand_id: i64, units: i64) -> Candidate {
    Candidate {
        listing_id,
        merchant_id: listing_id / 10,
        brand_id,
        units,
        gmv_minor: units.saturating_mul(1_000),
        price_minor: 1_000,
        risk: Risk::default(),
    }
}

/// A listing of which every second comment alleges a counterfeit.
fn accused(listing_id: i64, brand_id: i64, units: i64) -> Candidate {
    let risk = Risk { comments: 20, allegations: 10, counterfeit_refund_units: 3, merchant_upheld_takedowns: 5 };
    Candidate { risk, ..listing(listing_id, brand_id, units) }
}

/// A fixed stream of numbers in [0, 1) (splitmix64).
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Units with a Pareto tail of index 1.2, nothing for every third listing.
    fn units(&mut self) -> i64 {
        if self.next() < 0.33 { 0 } else { self.next().max(1e-6).powf(-1.0 / 1.2) as i64 }
    }
}

/// One brand of `n` listings with heavy-tailed sales, every twelfth accused, and prices from 1.00 to 100.00.
fn heavy_tailed(n: i64, brand_id: i64, seed: u64) -> Vec<Candidate> {
    let mut stream = Stream(seed);
    (1..=n)
        .map(|number| {
            let listing_id = brand_id * 1_000_000 + number;
            let units = stream.units();
            let candidate = if number % 12 == 0 { accused } else { listing }(listing_id, brand_id, units);
            let price_minor = (100.0 * 100.0_f64.powf(stream.next())) as i64;
            Candidate { price_minor, gmv_minor: units * price_minor, ..candidate }
        })
        .collect()
}

fn planned(mut candidates: Vec<Candidate>, parameters: &Parameters) -> Plan {
    plan(&mut candidates, &[], parameters).expect("a plan")
}
