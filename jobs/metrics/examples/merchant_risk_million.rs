//! How long a million merchants take, from signals to ranks with intervals:
//! `cargo run --release -p mirrorlake-metrics --example merchant_risk_million [merchants] [threads]`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a stopwatch at the edge, not part of the library")]

use mirrorlake_metrics::merchant_risk::{
    Available, Model, Priors, Resampling, Signals, Tier, features, rank_intervals, score,
};
use std::time::Instant;

/// A fixed stream of numbers in (0, 1) (splitmix64), so that every run does the same work.
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (((z ^ (z >> 31)) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// A merchant with a heavy tail of sales, 100 units on average; one in twelve sells fakes.
fn merchant(state: &mut u64) -> Signals {
    let units = (30.0 * next(state).powf(-0.7)) as i64;
    let bad = next(state) < 0.08;
    // As many as happen of so many, roughly: the whole part, and one more by chance.
    let mut some = |of: i64, rate: f64| ((of as f64 * rate * 2.0 * next(state)) + next(state)) as i64;
    let comments = some(units, 0.3);
    let takedowns = if bad { some(6, 1.0) } else { some(1, 0.05) };
    Signals {
        units,
        comments,
        allegations: some(comments, if bad { 0.08 } else { 0.003 }).min(comments),
        counterfeit_refund_units: some(units, if bad { 0.02 } else { 0.0002 }).min(units),
        listings: 3 + takedowns,
        upheld_takedowns: takedowns,
        upheld_listings: takedowns,
        enforcement_days: takedowns.min(4),
        reappearances: if bad { some(2, 0.5) } else { 0 },
        priced_units: units,
        deep_discount_units: if bad { units / 2 } else { 0 },
        store_age_days: some(1_400, 1.0),
        unauthorised_brands: some(1, if bad { 2.0 } else { 0.2 }),
        ..Signals::default()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: i64 = arguments.next().map_or(Ok(1_000_000), |word| word.parse())?;
    let threads: usize = arguments.next().map_or(Ok(2), |word| word.parse())?;
    let (mut state, model, available) = (1, Model::reviewed()?, Available::ALL);
    let merchants: Vec<(i64, Signals)> =
        (0..count).map(|number| (number.wrapping_mul(7_919) % 1_000_000_007, merchant(&mut state))).collect();
    let signals: Vec<Signals> = merchants.iter().map(|merchant| merchant.1).collect();
    let start = Instant::now();
    let priors = Priors::fit(&signals, &available);
    println!("priors of {count} merchants: {:.2?}", start.elapsed());
    drop(signals);
    let start = Instant::now();
    let tiers = merchants.iter().map(|(_, signals)| {
        let scored = score(&model, &features(signals, &priors, &available));
        model.tier(scored.score)
    });
    let critical = tiers.filter(|tier| *tier == Tier::Critical).count();
    println!("scores, {critical} critical: {:.2?}", start.elapsed());
    let start = Instant::now();
    let resampling = Resampling { threads, ..Resampling::default() };
    let ranks = rank_intervals(&model, &priors, &available, &merchants, &resampling);
    println!("{} replicates of all ranks on {threads} threads: {:.2?}", resampling.replicates, start.elapsed());
    for wanted in [1, 10, 100, 1_000, 10_000, 100_000] {
        if let Some(interval) = ranks.iter().find(|interval| interval.rank == wanted) {
            println!("rank {wanted}: {} to {}", interval.low, interval.high);
        }
    }
    // Linux: the most memory that the process ever had.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory unknown"));
    Ok(())
}
