//! How long a plan over ten million listings takes, and what it promises:
//! `cargo run --release -p mirrorlake-metrics --example pilot_plan [listings] [brands] [budget]`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a stopwatch at the edge, not part of the library")]

use mirrorlake_metrics::pilot_plan::{BrandPlan, Candidate, Parameters, Risk, plan};
use std::time::Instant;

/// A fixed stream of numbers (splitmix64), so that every run does the same work.
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let listings: i64 = arguments.next().map_or(Ok(10_000_000), |word| word.parse())?;
    let brands: f64 = arguments.next().map_or(Ok(1_000.0), |word| word.parse())?;
    let budget: i64 = arguments.next().map_or(Ok(20_000), |word| word.parse())?;
    let mut state = 1;
    let mut candidates = Vec::with_capacity(usize::try_from(listings)?);
    for number in 0..listings {
        // Keys in no order; brands of very different sizes; sales with a heavy tail and many zeros.
        let units = if next(&mut state) < 0.4 { 0 } else { next(&mut state).max(1e-9).powf(-0.8) as i64 };
        let price_minor = (500.0 * 200.0_f64.powf(next(&mut state))) as i64;
        let is_suspect = next(&mut state) < 0.05;
        candidates.push(Candidate {
            listing_id: number.wrapping_mul(7_919) % 1_000_000_007,
            merchant_id: (next(&mut state) * 200_000.0) as i64,
            brand_id: (brands * next(&mut state).powi(2)) as i64,
            units,
            gmv_minor: units.saturating_mul(price_minor),
            price_minor,
            risk: Risk {
                comments: (units / 4).min(5_000) as u32,
                allegations: if is_suspect { (units / 20).min(500) as u32 } else { 0 },
                counterfeit_refund_units: if is_suspect { (units / 50).min(500) as u32 } else { 0 },
                merchant_upheld_takedowns: if is_suspect { 4 } else { 0 },
            },
        });
    }
    let day = "2026-11-16".parse()?;
    let parameters = Parameters { targeted_share: 0.2, brand_floor: 4, ..Parameters::new(budget, 1, day) };
    let start = Instant::now();
    let made = plan(&mut candidates, &[], &parameters)?;
    println!(
        "{listings} listings, {} brands: {} picks in {} strata, {:.2?}",
        made.brands.len(),
        made.picks.len(),
        made.strata.len(),
        start.elapsed()
    );
    // How much of each purchase counts, by the purchases of the brand.
    for (from, to) in [(4, 8), (8, 16), (16, 32), (32, 64), (64, 128), (128, 256), (256, i64::MAX)] {
        let of_size: Vec<&BrandPlan> = made.brands.iter().filter(|brand| (from..to).contains(&brand.random)).collect();
        let mean = |of: fn(&BrandPlan) -> f64| {
            of_size.iter().map(|brand| of(brand) / brand.random as f64).sum::<f64>() / of_size.len() as f64
        };
        println!(
            "{from:>4} purchases or more, {:>6} brands: effective share by listings {:.2}, units {:.2}, GMV {:.2}",
            of_size.len(),
            mean(|brand| brand.by_listings.effective_n_after),
            mean(|brand| brand.by_units.effective_n_after),
            mean(|brand| brand.by_gmv.effective_n_after)
        );
    }
    // Linux: the most memory that the process ever had.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory unknown"));
    Ok(())
}
