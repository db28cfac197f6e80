//! Empirical Bayes against R's `optim`:
//!
//!     nll <- function(q) { m <- plogis(q[1]); M <- exp(q[2])
//!       -sum(lbeta(m * M + x, (1 - m) * M + n - x) - lbeta(m * M, (1 - m) * M)) }
//!     optim(c(qlogis(mean(x / n)), log(20)), nll, method = "L-BFGS-B", lower = c(-15, log(.1)), upper = c(15, log(1e4)),
//!       control = list(factr = 10, pgtol = 0, maxit = 1000))   # the best of five starts for M
//!
//! and `qbeta(c(.025, .975), a, b)`, `pbeta(.05, a, b, lower.tail = FALSE)` for each brand.

use super::*;
use crate::beta_binomial::{digamma, ln_rising};
use proptest::prelude::*;

/// Asserts equality to a relative 2e-6, which is what `optim` reaches.
#[track_caller]
fn assert_optim(got: f64, wanted: f64) {
    assert!((got - wanted).abs() <= 2e-6 * wanted.abs() + 1e-12, "{got}, R: {wanted}");
}

#[track_caller]
fn assert_shrunk(got: Shrunk, mean: f64, low: f64, high: f64, above: f64) {
    assert_optim(got.mean, mean);
    assert_optim(got.interval.low, low);
    assert_optim(got.interval.high, high);
    assert_optim(got.above_threshold, above);
}

fn sampled(brands: &[(f64, f64)]) -> Vec<Option<(f64, f64)>> {
    brands.iter().copied().map(Some).collect()
}

#[test]
fn brands_agree_with_optim() {
    let mut brands =
        sampled(&[(0.1, 40.5), (0.02, 120.0), (0.3, 33.3), (0.05, 210.2), (0.15, 64.0), (0.0, 90.0), (0.08, 31.0)]);
    brands.push(None);
    let got = shrink(&brands, 0.05, 0.95).expect("a prior");
    assert_optim(got.mean, 0.09451039105);
    assert_optim(got.concentration, 9.810821287);
    let [a, b, c, d, e, f, g, none] = got.brands.as_slice() else { panic!("eight brands") };
    assert_shrunk(*a, 0.0989295032, 0.0334843457, 0.194251914, 0.898805099);
    assert_shrunk(*b, 0.0256313343, 0.00597098242, 0.0588298831, 0.0589365033);
    assert_shrunk(*c, 0.253236293, 0.136709669, 0.391417265, 0.999994056);
    assert_shrunk(*d, 0.0519848273, 0.0267679593, 0.0848756634, 0.517111289);
    assert_shrunk(*e, 0.142624406, 0.073132227, 0.230392172, 0.998254303);
    assert_shrunk(*f, 0.00928981993, 0.000185231295, 0.0351197112, 0.00526289513);
    assert_shrunk(*g, 0.0834882624, 0.0205516079, 0.184404213, 0.767520335);
    assert_shrunk(*none, 0.094510391, 0.00206743071, 0.329246996, 0.598715869);
}

#[test]
fn brands_at_both_ends_agree_with_optim() {
    let brands = sampled(&[(0.5, 30.0), (0.0, 45.0), (0.0, 60.5), (0.9, 33.0), (0.02, 50.0), (1.0, 12.0)]);
    let got = shrink(&brands, 0.05, 0.95).expect("a prior");
    assert_optim(got.mean, 0.3701925548);
    assert_optim(got.concentration, 0.4020059969);
    assert_shrunk(got.brands[4], 0.022793133, 0.00088594295, 0.0777970427, 0.102519176);
    assert_optim(got.brands[1].mean, 0.00327782052);
    assert_optim(got.brands[5].interval.low, 0.863532332);
}

/// The 71 groups of rats of Tarone (Biometrics 38, 1982; Gelman et al., Bayesian Data Analysis, chapter 5).
#[test]
fn rats_agree_with_optim() {
    let tumours = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 5, 2, 5, 3, 2,
        7, 7, 3, 3, 2, 9, 10, 4, 4, 4, 4, 4, 4, 4, 10, 4, 4, 4, 5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16, 15, 15, 9, 4,
    ];
    let rats = [
        20, 20, 20, 20, 20, 20, 20, 19, 19, 19, 19, 18, 18, 17, 20, 20, 20, 20, 19, 19, 18, 18, 25, 24, 23, 20, 20, 20,
        20, 20, 20, 10, 49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20, 20, 20, 20, 48, 19, 19, 19, 22,
        46, 49, 20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14,
    ];
    let groups: Vec<Option<(f64, f64)>> =
        tumours.iter().zip(rats).map(|(&x, n)| Some((f64::from(x) / f64::from(n), f64::from(n)))).collect();
    let got = shrink(&groups, 0.05, 0.95).expect("a prior");
    assert_optim(got.mean, 0.1422918508);
    assert_optim(got.concentration, 16.45642358);
    assert_shrunk(got.brands[0], 0.0642305179, 0.0102146826, 0.162192701, 0.569180113);
    assert_shrunk(got.brands[70], 0.208219292, 0.0862163498, 0.36635197, 0.998338161);
}

/// Brands more alike than chance makes them, and a single brand, drive the concentration to its limit.
#[test]
fn alike_brands_end_at_the_limit() {
    let got = shrink(&sampled(&[(0.1, 100.0), (0.1, 80.0), (0.11, 90.0), (0.09, 120.0)]), 0.05, 0.95).expect("a prior");
    assert_optim(got.mean, 0.09927674149);
    assert_optim(got.concentration, 10_000.0);
    assert_shrunk(got.brands[0], 0.0992839025, 0.0935277854, 0.105190325, 1.0);
    let alone = shrink(&[Some((0.2, 40.0)), None], 0.05, 0.95).expect("a prior");
    assert_optim(alone.concentration, 10_000.0);
    assert_optim(alone.mean, 0.2000299808);
    assert_shrunk(alone.brands[1], 0.200029981, 0.192247219, 0.207926389, 1.0);
}

/// Brands without a counterfeit do not prove that there is none: the mean stays half a purchase away from 0.
#[test]
fn no_counterfeit_is_no_proof() {
    let got = shrink(&[Some((0.0, 40.0)), Some((0.0, 59.0)), None], 0.05, 0.95).expect("a prior");
    assert_near(Some(got.mean), 0.5 / 100.0);
    assert!(got.brands.iter().all(|brand| brand.mean > 0.0 && brand.interval.low >= 0.0));
    let mirrored = shrink(&[Some((1.0, 40.0)), Some((1.0, 59.0)), None], 0.95, 0.95).expect("a prior");
    assert_near(Some(mirrored.mean), 99.5 / 100.0);
    assert_near(Some(mirrored.concentration), got.concentration);
    assert_near(Some(1.0 - mirrored.brands[2].above_threshold), got.brands[2].above_threshold);
}

#[test]
fn nothing_to_lean_on() {
    assert_eq!(shrink(&[], 0.05, 0.95), None);
    assert_eq!(shrink(&[None, None], 0.05, 0.95), None);
    assert_eq!(shrink(&[Some((f64::NAN, 40.0)), Some((0.5, 0.0)), Some((1.5, 3.0))], 0.05, 0.95), None);
    assert_eq!(shrink(&[Some((0.2, 40.0))], 0.05, 1.0), None);
    assert_eq!(shrink(&[Some((0.2, 40.0))], 1.0, 0.95), None);
    // One purchase a brand says nothing of the concentration: the weakest prior stays.
    let got = shrink(&[Some((1.0, 1.0)), Some((0.0, 1.0)), Some((0.0, 1.0))], 0.05, 0.95).expect("a prior");
    assert_near(Some(got.concentration), 0.1);
    assert_near(Some(got.mean), 1.0 / 3.0);
}

/// R: `digamma(z)` and `lgamma(a + x) - lgamma(a)`.
#[test]
fn gamma_functions_agree_with_r() {
    assert_near(Some(digamma(1e-7)), -10_000_000.577_215_5);
    assert_near(Some(digamma(0.003)), -333.905_624_985_407_5);
    assert_near(Some(digamma(0.5)), -1.963_510_026_021_423);
    assert_near(Some(digamma(1.0)), -0.577_215_664_901_532_3);
    assert_near(Some(digamma(3.7)), 1.167_153_539_361_511);
    assert_near(Some(digamma(11.9)), 2.433_933_536_882_538);
    assert_near(Some(digamma(12.0)), 2.442_661_679_975_812);
    assert_near(Some(digamma(250.0)), 5.519_459_584_531_046);
    assert_near(Some(digamma(1e4)), 9.210_290_371_142_85);
    assert_near(Some(ln_rising(1e-7, 3.0)), -15.424_948_320_398_4);
    assert_near(Some(ln_rising(0.3, 0.2)), -0.523_433_051_893_376);
    assert_near(Some(ln_rising(5.0, 40.5)), 124.039_770_843_264);
    assert_near(Some(ln_rising(120.0, 0.001)), 0.004_783_323_473_191_2);
}

/// Any brands, with and without a sample.
fn any_brands() -> impl Strategy<Value = Vec<Option<(f64, f64)>>> {
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..0.2_f64, 0.0..=1.0_f64];
    prop::collection::vec(prop::option::weighted(0.8, (share, 0.5..300.0_f64)), 1..30)
}

proptest! {
    #[test]
    fn the_order_does_not_matter_and_all_lie_between(
        (brands, shuffled) in any_brands().prop_flat_map(|brands| (Just(brands.clone()), Just(brands).prop_shuffle())),
    ) {
        let (one, other) = (shrink(&brands, 0.05, 0.95), shrink(&shuffled, 0.05, 0.95));
        prop_assert_eq!(one.is_some(), brands.iter().any(Option::is_some));
        let (Some(one), Some(other)) = (one, other) else { return Ok(()) };
        prop_assert_eq!((one.mean, one.concentration), (other.mean, other.concentration));
        prop_assert_eq!(one.brands.len(), brands.len());
        prop_assert!((0.099..10_001.0).contains(&one.concentration));
        for (brand, shrunk) in brands.iter().zip(&one.brands) {
            let p = brand.map_or(one.mean, |(p, _)| p);
            let (nearer, further) = (p.min(one.mean), p.max(one.mean));
            prop_assert!(nearer - 1e-9 <= shrunk.mean && shrunk.mean <= further + 1e-9, "{brand:?} {shrunk:?}");
            prop_assert!(0.0 <= shrunk.interval.low && shrunk.interval.low <= shrunk.interval.high);
            prop_assert!(shrunk.interval.high <= 1.0 && (0.0..=1.0).contains(&shrunk.above_threshold));
        }
    }

    /// No prior of a fine net over mean and concentration is more likely than the one found.
    #[test]
    fn no_prior_is_more_likely(brands in any_brands()) {
        let Some(found) = shrink(&brands, 0.05, 0.95) else { return Ok(()) };
        let all: f64 = brands.iter().flatten().map(|(_, n)| n).sum();
        let least = 0.5 / (all + 1.0);
        let log_likelihood = |mean: f64, concentration: f64| -> f64 {
            let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
            let term = |(p, n): &(f64, f64)| {
                ln_rising(a, p * n) + ln_rising(b, (1.0 - p) * n) - ln_rising(concentration, *n)
            };
            brands.iter().flatten().map(term).sum()
        };
        let highest = log_likelihood(found.mean, found.concentration);
        for across in 0..=30 {
            for up in 0..=30 {
                let mean = least + (1.0 - 2.0 * least) * f64::from(across) / 30.0;
                let concentration = 0.1 * 1e5_f64.powf(f64::from(up) / 30.0);
                let there = log_likelihood(mean, concentration);
                prop_assert!(there <= highest + 1e-6, "{mean}, {concentration}: {there} above {highest}");
            }
        }
    }
}
