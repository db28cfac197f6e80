//! From the plan to the figures: estimates are unbiased, forecasts come true.

use super::*;
use std::collections::BTreeMap;

/// Which listings are counterfeit: mostly those accused and those that sell little, and some best-sellers.
fn is_counterfeit(candidate: &Candidate) -> bool {
    let accused = candidate.risk.allegations > 0;
    let one_in = if accused {
        2
    } else if candidate.units < 3 {
        6
    } else {
        15
    };
    candidate.listing_id.wrapping_mul(2_654_435_761) % 1_009 % one_in == 0
}

/// Mean and deviation of the Hájek estimate of the share of units (or listings) over seeds, from the first `first` picks.
fn repeated(candidates: &[Candidate], budget: i64, first: usize, weight: fn(&Candidate) -> f64) -> (f64, f64, f64) {
    const SEEDS: u64 = 3_000;
    let mut candidates = candidates.to_vec();
    let by_listing: BTreeMap<i64, Candidate> = candidates.iter().map(|c| (c.listing_id, *c)).collect();
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 0..SEEDS {
        let plan = plan(&mut candidates, &[], &Parameters::new(budget, seed, day())).expect("a plan");
        let (mut counterfeit, mut all) = (0.0, 0.0);
        for pick in plan.picks.iter().take(first) {
            let candidate = &by_listing[&pick.listing_id];
            let w = weight(candidate) / pick.inclusion_probability.expect("random picks only");
            all += w;
            counterfeit += if is_counterfeit(candidate) { w } else { 0.0 };
        }
        sum += counterfeit / all;
        squares += (counterfeit / all).powi(2);
    }
    let mean = sum / SEEDS as f64;
    let deviation = (squares / SEEDS as f64 - mean * mean).sqrt();
    (mean, deviation, deviation / (SEEDS as f64).sqrt())
}

fn truth(candidates: &[Candidate], weight: fn(&Candidate) -> f64) -> f64 {
    let counterfeit: f64 = candidates.iter().filter(|c| is_counterfeit(c)).map(weight).sum();
    counterfeit / candidates.iter().map(weight).sum::<f64>()
}

/// A ratio estimator's bias is of order 1/n: a twentieth of its deviation is allowed beside four standard errors. Who stops
/// half-way rests on half of the best-sellers: more of both, but no more than a third of the deviation.
#[test]
fn estimates_are_unbiased() {
    for seed in [1, 2, 3] {
        let candidates = heavy_tailed(1_500, 4, seed);
        for weight in [|_: &Candidate| 1.0, |c: &Candidate| c.units as f64, |c: &Candidate| c.gmv_minor as f64] {
            let truth = truth(&candidates, weight);
            for (first, allowed, widest) in [(120, 0.05, 0.05), (60, 0.35, 0.1)] {
                let (mean, deviation, error) = repeated(&candidates, 120, first, weight);
                assert!((mean - truth).abs() < 4.0 * error + allowed * deviation, "{mean} ± {error}, truly {truth}");
                assert!(deviation < widest, "{deviation}");
            }
        }
        // What the design is for: taking the sample as it comes says something else.
        let (naive, _, error) = repeated_naively(&candidates);
        assert!((naive - truth(&candidates, |_| 1.0)).abs() > 10.0 * error, "{naive}");
    }
}

/// The plain share of counterfeit picks.
fn repeated_naively(candidates: &[Candidate]) -> (f64, f64, f64) {
    let mut candidates = candidates.to_vec();
    let counterfeit: std::collections::BTreeSet<i64> =
        candidates.iter().filter(|c| is_counterfeit(c)).map(|c| c.listing_id).collect();
    let shares: Vec<f64> = (0..500)
        .map(|seed| {
            let plan = plan(&mut candidates, &[], &Parameters::new(120, seed, day())).expect("a plan");
            plan.picks.iter().filter(|pick| counterfeit.contains(&pick.listing_id)).count() as f64 / 120.0
        })
        .collect();
    let mean = shares.iter().sum::<f64>() / 500.0;
    let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / 500.0;
    (mean, variance.sqrt(), (variance / 500.0).sqrt())
}

/// The forecast effective n against the variance over seeds and verdicts, where every listing is counterfeit with the same
/// chance. Verdicts by a stream, so that the variance is that of both.
#[test]
fn the_forecast_effective_n_comes_true() {
    let mut candidates = heavy_tailed(1_500, 4, 9);
    let (p, draws) = (0.2, 100);
    let mut stream = Stream(17);
    let mut estimates = [Vec::new(), Vec::new(), Vec::new()];
    let mut forecast = None;
    let by_listing: BTreeMap<i64, Candidate> = candidates.iter().map(|c| (c.listing_id, *c)).collect();
    for seed in 0..3_000 {
        let plan = plan(&mut candidates, &[], &Parameters::new(draws, seed, day())).expect("a plan");
        let bad: BTreeMap<i64, bool> = by_listing.keys().map(|id| (*id, stream.next() < p)).collect();
        for (weight, estimates) in
            [|_: &Candidate| 1.0, |c: &Candidate| c.units as f64, |c: &Candidate| c.gmv_minor as f64]
                .iter()
                .zip(&mut estimates)
        {
            let share = |weights: &mut dyn Iterator<Item = (i64, f64)>| {
                let (bad, all) =
                    weights.fold((0.0, 0.0), |(b, all), (id, w)| (b + if bad[&id] { w } else { 0.0 }, all + w));
                bad / all
            };
            let truly = share(&mut by_listing.values().map(|c| (c.listing_id, weight(c))));
            let estimate = share(&mut plan.picks.iter().map(|pick| {
                (pick.listing_id, weight(&by_listing[&pick.listing_id]) / pick.inclusion_probability.expect("one"))
            }));
            estimates.push(estimate - truly);
        }
        forecast = Some(plan.brands[0].clone());
    }
    let forecast = forecast.expect("a plan");
    for (errors, forecast) in estimates.iter().zip([forecast.by_listings, forecast.by_units, forecast.by_gmv]) {
        let variance = errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64;
        // The contract counts no more than the sample.
        let found = (p * (1.0 - p) / variance).min(draws as f64);
        // The t quantiles of the effective n differ by 1 % here; 3,000 errors give their variance to 2.6 %.
        assert!((found / forecast.effective_n_after - 1.0).abs() < 0.1, "{found}, {}", forecast.effective_n_after);
    }
    assert!(forecast.by_units.effective_n_after > 60.0, "{forecast:?}");
    assert!(forecast.by_listings.effective_n_after > 45.0, "{forecast:?}");
    assert!(forecast.by_gmv.effective_n_after > 45.0, "{forecast:?}");
}

/// One stratum of 100 listings that sold 1 … 100, 7 of them bought, after an effective 40 at 0.08. R:
/// ```r
/// u <- 1:100; n <- min(7, sum(u)^2 / ((100 / 7 - 1) * sum(u^2)))
/// width <- function(p, n) { e <- c(qbeta(.025, n*p, n*(1-p) + 1), qbeta(.975, n*p + 1, n*(1-p)))
///   diff(pmin(1, pmax(0, (e + .995 - 1) / (.97 + .995 - 1)))) }
/// c(n, width(.08, 40), width(.08, 40 + n), width(.05, min(7, 1 / (1 / 7 - 1 / 100))))
/// ```
#[test]
fn the_forecast_agrees_with_r() {
    let mut candidates: Vec<Candidate> = (1..=100).map(|id| listing(id, 3, id)).collect();
    let units = Known { shrunk: 0.08, effective_n: 40.0 };
    let nothing = Known { shrunk: 0.05, effective_n: 0.0 };
    let knowledge = [Knowledge { brand_id: 3, listings: nothing, units, gmv: units }];
    let plan = plan(&mut candidates, &knowledge, &Parameters::new(7, 1, day())).expect("a plan");
    let brand = &plan.brands[0];
    assert_eq!(plan.strata.len(), 1);
    assert_eq!((brand.cost_minor, brand.random, brand.targeted, brand.units), (7_000, 7, 0, 5_050));
    let close = |a: Option<f64>, b: f64| assert!((a.expect("a number") - b).abs() < 1e-9, "{a:?} is not {b}");
    close(Some(brand.by_units.effective_n_after - 40.0), 5.673_246_669_876_42);
    close(brand.by_units.width_before, 0.199_525_190_544_522);
    close(brand.by_units.width_after, 0.185_349_142_076_641);
    assert_eq!(brand.by_gmv, brand.by_units);
    assert_eq!(brand.by_listings.width_before, None);
    close(brand.by_listings.width_after, 0.487_192_988_639_508);
    assert!(brand.by_units.publishable_after && !brand.by_listings.publishable_after);
}
