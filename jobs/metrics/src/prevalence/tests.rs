//! Against R 4.2.2 with survey 4.1.1, published figures and properties.

mod correct;
mod estimate;
mod progress;
mod shrink;

use super::*;

/// Authentication without errors: the corrected figures are the apparent ones.
const PERFECT: Authentication =
    Authentication { sensitivity: 1.0, specificity: 1.0, n_sensitivity: None, n_specificity: None };

/// A simple random sample of equal weights, of which the first `counterfeit` are.
fn simple(counterfeit: usize, n: usize) -> Vec<Sampled> {
    let verdict = |index| if index < counterfeit { Verdict::Counterfeit } else { Verdict::Genuine };
    (0..n)
        .map(|index| Sampled {
            stratum: 0,
            stratum_size: None,
            inclusion_probability: 0.1,
            weight: 1,
            verdict: verdict(index),
        })
        .collect()
}

/// Asserts equality to a relative 1e-9 (1e-15 near zero).
#[track_caller]
fn assert_near(got: Option<f64>, wanted: f64) {
    let got = got.expect("a figure");
    assert!((got - wanted).abs() <= 1e-9 * wanted.abs() + 1e-15, "{got} is not {wanted}");
}

/// Asserts both ends to the given digits after the point.
#[track_caller]
fn assert_ends(got: Option<Interval>, low: f64, high: f64, digits: i32) {
    let got = got.expect("an interval");
    let slack = 0.501 * 10_f64.powi(-digits);
    assert!((got.low - low).abs() <= slack && (got.high - high).abs() <= slack, "{got:?} is not {low} to {high}");
}
