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

/// The three weightings.
const WEIGHTS: [fn(&Candidate) -> f64; 3] = [|_| 1.0, |candidate| candidate.units as f64, |c| c.gmv_minor as f64];

/// Mean, deviation and the mean's standard error.
fn moments(values: &[f64]) -> (f64, f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    (mean, deviation, deviation / n.sqrt())
}

/// The Hájek estimates from the first picks of a plan by weighting; without probabilities: as if they were all alike.
fn estimates(plan: &Plan, first: usize, by_listing: &BTreeMap<i64, Candidate>, with_probabilities: bool) -> [f64; 3] {
    WEIGHTS.map(|weight| {
        let (mut counterfeit, mut all) = (0.0, 0.0);
        for pick in plan.picks.iter().take(first) {
            let candidate = &by_listing[&pick.listing_id];
            let probability = pick.inclusion_probability.expect("random picks only");
            let w = weight(candidate) / if with_probabilities { probability } else { 1.0 };
            all += w;
            counterfeit += if is_counterfeit(candidate) { w } else { 0.0 };
        }
        counterfeit / all
    })
}

fn truth(candidates: &[Candidate], weight: fn(&Candidate) -> f64) -> f64 {
    let counterfeit: f64 = candidates.iter().filter(|c| is_counterfeit(c)).map(weight).sum();
    counterfeit / candidates.iter().map(weight).sum::<f64>()
}

/// A ratio estimator's bias is of order 1/n: a twentieth of its deviation is allowed beside four standard errors. Who stops
/// half-way rests on half of the best-sellers: more of both, but no more than a third of the deviation.
#[test]
fn estimates_are_unbiased() {
    for market in [1, 2, 3] {
        let mut candidates = heavy_tailed(1_500, 4, market);
        let by_listing: BTreeMap<i64, Candidate> = candidates.iter().map(|c| (c.listing_id, *c)).collect();
        let mut found: [Vec<[f64; 3]>; 3] = Default::default();
        for seed in 0..3_000 {
            let plan = plan(&mut candidates, &[], &Parameters::new(120, seed, day())).expect("a plan");
            found[0].push(estimates(&plan, 120, &by_listing, true));
            found[1].push(estimates(&plan, 60, &by_listing, true));
            found[2].push(estimates(&plan, 120, &by_listing, false));
        }
        for (at, weight) in WEIGHTS.into_iter().enumerate() {
            let truth = truth(&candidates, weight);
            let [whole, half, naive] = [0, 1, 2]
                .map(|which: usize| moments(&found[which].iter().map(|estimates| estimates[at]).collect::<Vec<f64>>()));
            for ((mean, deviation, error), allowed, widest) in [(whole, 0.05, 0.05), (half, 0.35, 0.1)] {
                assert!((mean - truth).abs() < 4.0 * error + allowed * deviation, "{mean} ± {error}, truly {truth}");
                assert!(deviation < widest, "{deviation}");
            }
            // What the probabilities are for: units and GMV without them say something else.
            assert!(at == 0 || (naive.0 - truth).abs() > 10.0 * naive.2, "{} ± {}, truly {truth}", naive.0, naive.2);
        }
    }
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
        for (weight, estimates) in WEIGHTS.iter().zip(&mut estimates) {
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

/// One stratum of 100 listings that sold 1 … 100, 5 of them bought, after an effective 40 at 0.08. R:
/// ```r
/// u <- 1:100; n <- min(5, sum(u)^2 / ((100 / 5 - 1) * sum(u^2)))
/// width <- function(p, n) { e <- c(qbeta(.025, n*p, n*(1-p) + 1), qbeta(.975, n*p + 1, n*(1-p)))
///   diff(pmin(1, pmax(0, (e + .995 - 1) / (.97 + .995 - 1)))) }
/// c(n, width(.08, 40), width(.08, 40 + n), width(.05, min(5, 1 / (1 / 5 - 1 / 100))))
/// ```
#[test]
fn the_forecast_agrees_with_r() {
    let mut candidates: Vec<Candidate> = (1..=100).map(|id| listing(id, 3, id)).collect();
    let units = Known { shrunk: 0.08, effective_n: 40.0 };
    let nothing = Known { shrunk: 0.05, effective_n: 0.0 };
    let knowledge = [Knowledge { brand_id: 3, listings: nothing, units, gmv: units }];
    let plan = plan(&mut candidates, &knowledge, &Parameters::new(5, 1, day())).expect("a plan");
    let brand = &plan.brands[0];
    assert_eq!(plan.strata.len(), 1);
    assert_eq!((brand.cost_minor, brand.random, brand.targeted, brand.units), (5_000, 5, 0, 5_050));
    let close = |a: Option<f64>, b: f64| assert!((a.expect("a number") - b).abs() < 1e-9, "{a:?} is not {b}");
    close(Some(brand.by_units.effective_n_after - 40.0), 3.967_007_069_913_59);
    close(brand.by_units.width_before, 0.199_525_190_544_522);
    close(brand.by_units.width_after, 0.189_307_074_943_153);
    assert_eq!(brand.by_gmv, brand.by_units);
    assert_eq!(brand.by_listings.width_before, None);
    close(brand.by_listings.width_after, 0.593_963_239_389_539);
    assert!(brand.by_units.publishable_after && !brand.by_listings.publishable_after);
}
