//! How long a million takedowns take: `cargo run --release -p mirrorlake-metrics --example one_million`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a stopwatch at the edge, not part of the library")]

use chrono_tz::Tz;
use mirrorlake_metrics::takedown_sla::{Hold, Parameters, RightFacts, TakedownInput, assess, summarise};
use mirrorlake_model::AsOf;
use mirrorlake_model::takedown::{ChannelLocale, Decision, RightType, TakedownOutcome};
use mirrorlake_model::thresholds::MICROS_PER_HOUR;
use std::time::Instant;

/// A fixed stream of numbers (splitmix64), so that every run does the same work.
fn next(state: &mut u64, below: u64) -> i64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) % below) as i64
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for brands in [100, 1_000] {
        run(brands)?;
    }
    Ok(())
}

fn run(brands: u64) -> Result<(), Box<dyn std::error::Error>> {
    let day = "2026-11-16".parse()?;
    let parameters = Parameters::published(AsOf { day, time_zone: Tz::Asia__Shanghai });
    let as_of = parameters.as_of.micros();
    let mut state = 1;
    let (mut takedowns, mut holds) = (Vec::new(), Vec::new());
    let mut claim_id = 0;
    while takedowns.len() < 1_000_000 {
        claim_id += 1;
        let brand_id = next(&mut state, brands);
        let submitted_at = as_of - next(&mut state, 90 * 24 * MICROS_PER_HOUR as u64) - 1;
        let qualified_at = (submitted_at + next(&mut state, 5 * MICROS_PER_HOUR as u64)).min(as_of);
        let right_type = RightType::ALL[next(&mut state, 3) as usize];
        let channel_locale = ChannelLocale::ALL[next(&mut state, 2) as usize];
        let withdrawn = next(&mut state, 20) == 0;
        let listings_in_claim = 1 + next(&mut state, 20);
        if next(&mut state, 4) == 0 {
            let ended_at = Some(qualified_at + 3 * MICROS_PER_HOUR);
            holds.push(Hold { claim_id, started_at: qualified_at, ended_at });
        }
        for listing_id in 0..listings_in_claim {
            let decided_at = qualified_at + next(&mut state, 30 * MICROS_PER_HOUR as u64);
            let outcome = match next(&mut state, 12) {
                _ if decided_at > as_of => TakedownOutcome::Pending,
                0 => TakedownOutcome::Kept,
                1 => TakedownOutcome::AlreadyGone,
                2 => TakedownOutcome::Pending,
                _ => TakedownOutcome::Removed,
            };
            takedowns.push(TakedownInput {
                claim_id,
                listing_id,
                brand_id,
                merchant_id: 1,
                right_type,
                channel_locale,
                decision: if withdrawn { Decision::Withdrawn } else { Decision::Qualified },
                submitted_at,
                qualified_at: Some(qualified_at),
                closed_at: withdrawn.then_some(as_of),
                outcome,
                decided_at: (outcome != TakedownOutcome::Pending).then_some(decided_at),
                taken_down_at: (outcome == TakedownOutcome::Removed).then_some(decided_at),
                listings_in_claim,
                right: Some(RightFacts { brand_id, recorded_at: 0, valid_from: day, valid_to: None }),
            });
        }
    }
    let zones = (0..brands as i64).map(|brand| (brand, Tz::Europe__Berlin)).collect();
    let start = Instant::now();
    let assessment = assess(&takedowns, &holds, &zones, &parameters)?;
    let assessed = start.elapsed();
    let start = Instant::now();
    let cells = summarise(&assessment.rows, &parameters);
    println!(
        "{} takedowns, {claim_id} claims, {brands} brands: assess {assessed:.2?}, summarise {:.2?} into {} cells",
        takedowns.len(),
        start.elapsed(),
        cells.len()
    );
    Ok(())
}
