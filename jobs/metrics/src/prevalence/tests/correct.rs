//! The correction against epiR, RSurveillance and the formula of Lang and Reiczigel in R.

use super::*;
use crate::interval::wilson;

fn known(sensitivity: f64, specificity: f64) -> Authentication {
    Authentication { sensitivity, specificity, n_sensitivity: None, n_specificity: None }
}

/// The documented output of epiR's `epi.prev`: 23 of 150 with 0.96 and 0.89 are 5.1 per 100; 6 of 151 with 0.964 and
/// 0.927 are 0 (Clopper–Pearson 0 to 1.3) per 100. Of RSurveillance: 20 of 120 with 0.9 and 0.99, Wilson.
#[test]
fn corrected_agrees_with_documented_outputs() {
    // R: (23/150 + .89 - 1) / (.96 + .89 - 1)
    assert_near(corrected(23.0 / 150.0, &known(0.96, 0.89)), 0.050_980_392_156_862_8);
    let got = estimate(&simple(6, 151), &known(0.964, 0.927), 0.95);
    assert_eq!(got.prevalence, Some(0.0));
    // R: (binom.test(6, 151)$conf.int[2] + .927 - 1) / (.964 + .927 - 1)
    assert_ends(got.prevalence_interval, 0.0, 0.012_882_177_6, 10);
    let interval = wilson(20, 120, 0.95).expect("an interval");
    let corrected = corrected_interval(20.0 / 120.0, 120.0, interval, &known(0.9, 0.99), 0.95);
    assert_ends(corrected, 0.112_988_7, 0.262_306_5, 7);
}

#[test]
fn nothing_is_corrected_by_a_coin() {
    assert_eq!(corrected(0.5, &known(0.5, 0.5)), None);
    assert_eq!(corrected(0.5, &known(0.2, 0.7)), None);
    assert_eq!(corrected(0.5, &known(1.2, 0.7)), None);
    assert_eq!(corrected(f64::NAN, &PERFECT), None);
    assert_eq!(corrected(1.0, &known(0.9, 0.99)), Some(1.0));
    let whole = Interval { low: 0.0, high: 1.0 };
    assert_eq!(corrected_interval(0.5, 40.0, whole, &PERFECT, 1.0), None);
    assert_eq!(corrected_interval(0.5, 40.0, whole, &known(0.5, 0.5), 0.95), None);
}

/// The formula in R, as published by the authors and in `asht::prevSeSp` (equations 4, 6, 7, 16 and 17 of the paper):
///
///     lr <- function(p, n, se, nse, sp, nsp, level = .95) {
///       z <- qnorm((1 + level) / 2); n1 <- n + z^2; p1 <- (n * p + z^2 / 2) / n1
///       ns <- nse + 2; s1 <- (nse * se + 1) / ns; nc <- nsp + 2; c1 <- (nsp * sp + 1) / nc; y <- s1 + c1 - 1
///       t <- (p1 + c1 - 1) / y; a <- s1 * (1 - s1) / ns; b <- c1 * (1 - c1) / nc
///       d <- 2 * z^2 * (t * a - (1 - t) * b)
///       pmin(1, pmax(0, t + d + c(-1, 1) * z * sqrt(p1 * (1 - p1) / n1 + t^2 * a + (1 - t)^2 * b) / y)) }
#[test]
fn measured_errors_widen_the_interval() {
    let measured = |p: f64, n: f64, se: f64, n_se: i64, sp: f64, n_sp: i64, level: f64| {
        let authentication =
            Authentication { sensitivity: se, specificity: sp, n_sensitivity: Some(n_se), n_specificity: Some(n_sp) };
        corrected_interval(p, n, Interval { low: 0.0, high: 0.0 }, &authentication, level)
    };
    assert_ends(measured(2.0 / 78.0, 78.0, 0.5, 100, 0.995, 200, 0.95), 0.0, 0.177_704_273_6, 10);
    assert_ends(measured(27.0 / 650.0, 650.0, 0.5, 100, 0.995, 200, 0.95), 0.027_460_010_6, 0.114_583_025_7, 10);
    assert_ends(measured(0.15, 50.0, 0.97, 150, 0.995, 400, 0.95), 0.068_841_049_9, 0.281_850_725_5, 10);
    assert_ends(measured(0.0, 40.0, 0.97, 60, 0.9, 50, 0.95), 0.0, 0.031_479_348_8, 10);
    assert_ends(measured(1.0, 40.0, 0.9, 60, 0.99, 500, 0.9), 1.0, 1.0, 10);
    assert_ends(measured(20.0 / 120.0, 120.0, 0.9, 100, 0.99, 100, 0.95), 0.098_480_161_6, 0.262_539_577_5, 10);
    // In an estimate, n is the effective n.
    let authentication = Authentication { n_sensitivity: Some(150), n_specificity: Some(400), ..known(0.97, 0.995) };
    let got = estimate(&simple(18, 120), &authentication, 0.95);
    assert_eq!(got.prevalence_interval, measured(0.15, 120.0, 0.97, 150, 0.995, 400, 0.95));
    assert_eq!(got.prevalence, corrected(0.15, &known(0.97, 0.995)));
    // One size, or none above 0, leaves the errors known.
    for (n_sensitivity, n_specificity) in [(Some(150), None), (None, Some(400)), (Some(0), Some(400))] {
        let half = Authentication { n_sensitivity, n_specificity, ..authentication };
        let plain = estimate(&simple(18, 120), &known(0.97, 0.995), 0.95);
        assert_eq!(estimate(&simple(18, 120), &half, 0.95), plain);
    }
}

/// Over a grid of samples and errors with sensitivity + specificity of at least 1.3, the interval holds the estimate.
#[test]
fn lang_reiczigel_holds_the_estimate() {
    let mut n_cases = 0;
    for n in [5.0, 30.0, 100.0, 1_000.0] {
        for step in 0..=20 {
            let p = f64::from(step) / 20.0;
            for (sensitivity, specificity) in [(0.6, 0.7), (0.8, 0.9), (0.97, 0.995), (1.0, 1.0)] {
                for (n_se, n_sp) in [(10, 10), (50, 500), (500, 50), (500, 500)] {
                    let authentication = Authentication {
                        n_sensitivity: Some(n_se),
                        n_specificity: Some(n_sp),
                        ..known(sensitivity, specificity)
                    };
                    let whole = Interval { low: 0.0, high: 1.0 };
                    let got = corrected_interval(p, n, whole, &authentication, 0.95).expect("an interval");
                    let point = corrected(p, &authentication).expect("a prevalence");
                    assert!(got.low <= point && point <= got.high, "{p} of {n}: {got:?}, {point}");
                    n_cases += 1;
                }
            }
        }
    }
    assert_eq!(n_cases, 4 * 21 * 4 * 4);
}
