//! What the intervals of prevalence cover, on planted marketplaces:
//! `cargo run --release -p mirrorlake-metrics --example prevalence_coverage -- --markets 1000 --seed 1`.
//!
//! Each marketplace has twenty brands, each with a scenario of its own (how sales are spread, where counterfeits are,
//! how many, how the sample was drawn, how large it is, whether the stock has moved on since), so the tables are
//! averages over all combinations, and by each list. The tables of `docs/prevalence.md` are this program's.
#![allow(clippy::print_stdout, reason = "it prints tables; no part of the library")]

mod market;
mod purchases;
mod random;
mod tally;

use market::{Brand, SENSITIVITY, SPECIFICITY, Set};
use mirrorlake_metrics::interval::{Interval, wilson};
use mirrorlake_metrics::prevalence::{
    Authentication, Found, Sampled, Verdict, WeightClasses, corrected, estimate, robust_interval,
};
use mirrorlake_model::thresholds::{PREVALENCE_LEAST_SAMPLES, PREVALENCE_WIDEST_INTERVAL};
use random::Random;
use tally::{Outcome, Tally, WEIGHTINGS};

const BRANDS_PER_MARKET: u64 = 20;
const LEVEL: f64 = 0.95;

/// What the figures of one brand under one weighting came to.
struct Judged {
    outcome: Outcome,
    published: bool,
    published_if_robust: bool,
}

/// What came out, over all brands and over those that would be published.
struct Results {
    all: Tally,
    published: Tally,
    published_if_robust: Tally,
    /// By weighting: published brands whose robust interval is too wide for that.
    too_wide: [u32; 3],
    /// By weighting: brands whose design-based estimate lies outside the robust interval.
    outside: [u32; 3],
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (markets, seed) = arguments()?;
    println!("{markets} marketplaces of {BRANDS_PER_MARKET} brands, seed {seed}, level {LEVEL}");
    let brands = markets * BRANDS_PER_MARKET;
    simulate(brands, seed, Set::Still).print("Still");
    // Other seeds, so that these are not the same brands with other counterfeits.
    simulate(brands, seed ^ 0x5bd1_e995, Set::Moved).print("Moved");
    simulate(brands / 10, !seed, Set::Stress)
        .all
        .print_summary("Stress test: counterfeits are the hundredth of listings that sells best");
    Ok(())
}

impl Results {
    fn print(&self, set: &str) {
        self.all.print_summary(&format!("{set}: all brands"));
        self.published.print_summary(&format!("{set}: published by the contract's rule"));
        self.published_if_robust.print_summary(&format!("{set}: published if the rule went by the robust interval"));
        println!(
            "\n| | published, but the robust interval is wider than {PREVALENCE_WIDEST_INTERVAL} | estimate outside the \
             robust interval |"
        );
        println!("|---|--:|--:|");
        for ((name, wide), outside) in WEIGHTINGS.iter().zip(self.too_wide).zip(self.outside) {
            println!("| {name} | {wide} | {outside} |");
        }
        self.all.print_worst(&format!("{set}: all brands, the worst pairs of scenarios"));
        self.published.print_worst(&format!("{set}: published by the contract's rule, the worst pairs of scenarios"));
        self.all.print_scenarios(&format!("{set}: all brands, by scenario"));
        self.published.print_scenarios(&format!("{set}: published by the contract's rule, by scenario"));
    }
}

/// Plants so many brands and judges each under the three weightings.
fn simulate(brands: u64, seed: u64, set: Set) -> Results {
    let mut results = Results {
        all: Tally::new(),
        published: Tally::new(),
        published_if_robust: Tally::new(),
        too_wide: [0; 3],
        outside: [0; 3],
    };
    for number in 0..brands {
        let brand = Brand::plant(&mut Random::new(seed, number), set);
        for weighting in 0..WEIGHTINGS.len() {
            let Some(judged) = judge(&brand, weighting) else { continue };
            results.all.add(brand.scenario, weighting, &judged.outcome);
            let robust = judged.outcome.intervals[2];
            let design = judged.outcome.estimates[1];
            results.outside[weighting] += u32::from(design < robust.low || design > robust.high);
            if judged.published {
                results.published.add(brand.scenario, weighting, &judged.outcome);
                results.too_wide[weighting] += u32::from(robust.high - robust.low > PREVALENCE_WIDEST_INTERVAL);
            }
            if judged.published_if_robust {
                results.published_if_robust.add(brand.scenario, weighting, &judged.outcome);
            }
        }
    }
    results
}

/// `--markets` and `--seed`.
fn arguments() -> Result<(u64, u64), Box<dyn std::error::Error>> {
    let (mut markets, mut seed) = (1000, 1);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or("an option without a value")?.parse()?;
        match name.as_str() {
            "--markets" => markets = value,
            "--seed" => seed = value,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok((markets, seed))
}

/// The three methods on one brand; `None` where nothing of what was bought, or of the brand, was sold.
fn judge(brand: &Brand, weighting: usize) -> Option<Judged> {
    let authentication = Authentication { sensitivity: SENSITIVITY, specificity: SPECIFICITY, ..Default::default() };
    let sample: Vec<Sampled> = brand.sample.iter().map(|one| one.sampled(weighting)).collect();
    let design = estimate(&sample, &authentication, LEVEL);
    let found: Vec<Found> = brand.sample.iter().filter_map(|one| one.found(weighting)).collect();
    let mut classes = WeightClasses::default();
    brand.population[weighting].iter().for_each(|weight| classes.add(*weight));
    let robust = robust_interval(&found, &classes, LEVEL)?;
    let naive = wilson(design.counterfeit, design.conclusive, LEVEL)?;
    let correct = |share| corrected(share, &authentication);
    let naive = Interval { low: correct(naive.low)?, high: correct(naive.high)? };
    let intervals = [naive, design.prevalence_interval?, robust.corrected(&authentication, LEVEL)?];
    let width = intervals[2].high - intervals[2].low;
    let enough =
        design.conclusive >= PREVALENCE_LEAST_SAMPLES && robust.effective_n >= PREVALENCE_LEAST_SAMPLES as f64 - 1e-9;
    Some(Judged {
        published: design.publishable(),
        published_if_robust: enough && width <= PREVALENCE_WIDEST_INTERVAL,
        outcome: Outcome {
            truth: brand.truth[weighting],
            estimates: [
                correct(design.counterfeit as f64 / design.conclusive as f64)?,
                design.prevalence?,
                correct(robust.estimate)?,
            ],
            intervals,
        },
    })
}

impl market::Purchase {
    fn sampled(&self, weighting: usize) -> Sampled {
        Sampled {
            stratum: self.stratum,
            stratum_size: Some(self.stratum_size),
            inclusion_probability: self.inclusion_probability,
            weight: self.weights[weighting],
            verdict: match self.verdict {
                None => Verdict::Inconclusive,
                Some(true) => Verdict::Counterfeit,
                Some(false) => Verdict::Genuine,
            },
        }
    }

    fn found(&self, weighting: usize) -> Option<Found> {
        Some(Found {
            listing: self.listing,
            stratum: self.stratum,
            inclusion_probability: self.inclusion_probability,
            weight: self.weights[weighting],
            counterfeit: self.verdict?,
            listed: self.still_listed,
        })
    }
}

/// A twentieth of the published simulation: an interval that loses its coverage, or gains it by width, fails here.
#[test]
fn the_robust_interval_covers_where_the_design_based_one_does_not() {
    let results = simulate(1_000, 7, Set::Still);
    for (weighting, widest) in [0.165, 0.24, 0.265].into_iter().enumerate() {
        let [naive, design, robust] = results.all.coverage_and_width(weighting);
        assert!(naive.0 < 0.80, "naive pooling covers {}", naive.0);
        assert!(robust.0 >= 0.94 && robust.0 <= 0.985, "the robust interval covers {}", robust.0);
        assert!(robust.1 <= widest, "the robust interval is {} wide", robust.1);
        let published = results.published.coverage_and_width(weighting);
        assert!(published[2].0 >= 0.94, "published, the robust interval covers {}", published[2].0);
        assert!(weighting == 0 || design.0 < 0.94 && published[1].0 < 0.93, "the old weakness is gone: {}", design.0);
    }
}

#[test]
fn the_robust_interval_covers_where_counterfeits_have_left() {
    let results = simulate(1_000, 7, Set::Moved);
    for (weighting, widest) in [0.175, 0.285, 0.31].into_iter().enumerate() {
        let [_, design, robust] = results.all.coverage_and_width(weighting);
        assert!(design.0 < 0.93, "the design-based interval covers {}", design.0);
        assert!(robust.0 >= 0.95, "the robust interval covers {}", robust.0);
        assert!(robust.1 <= widest, "the robust interval is {} wide", robust.1);
        let published = results.published.coverage_and_width(weighting);
        assert!(published[2].0 >= 0.95, "published, the robust interval covers {}", published[2].0);
    }
}
