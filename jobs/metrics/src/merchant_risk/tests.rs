//! The model of merchant risk: its file, its features, its order and how sure that is.

mod draws;
mod evaluation;
mod forest;
mod model;
mod ranks;
mod rates;
mod training;

use super::*;
use proptest::prelude::*;

/// Any signals, of sizes that turn up, and impossible ones too.
fn any_signals() -> impl Strategy<Value = Signals> {
    let count = || prop_oneof![3 => Just(0_i64), 3 => 0..6_i64, 1 => 0..400_i64, 1 => -2..100_000_i64];
    let part = (count(), count(), count(), count(), count(), count(), count());
    let whole = (count(), count(), count(), count(), count(), count());
    let rest = (count(), count(), count(), count(), count(), count(), prop::option::of(-9.0..60.0_f64));
    (part, whole, rest).prop_map(|(part, whole, rest)| Signals {
        allegations: part.0,
        counterfeit_refund_units: part.1,
        upheld_takedowns: part.2,
        upheld_listings: part.3,
        enforcement_days: part.4,
        deep_discount_units: part.5,
        pilot_counterfeit: part.6,
        units: whole.0,
        comments: whole.1,
        listings: whole.2,
        priced_units: whole.3,
        pilot_sampled: whole.4,
        store_age_days: whole.5,
        reappearances: rest.0,
        unauthorised_brands: rest.1,
        document_issues: rest.2,
        image_matches: rest.3,
        linked_merchants: rest.4,
        linked_upheld: rest.5,
        burst_z: rest.6,
        ..Signals::default()
    })
}

/// Merchants with identifiers in no order.
fn any_merchants(most: usize) -> impl Strategy<Value = Vec<(i64, Signals)>> {
    prop::collection::vec(any_signals(), 1..most)
        .prop_map(|all| (0..).zip(all).map(|(at, signals)| ((at * 7_919) % 10_007, signals)).collect())
}

fn fitted(merchants: &[(i64, Signals)]) -> Priors {
    let signals: Vec<Signals> = merchants.iter().map(|m| m.1).collect();
    Priors::fit(&signals, &Available::ALL)
}
