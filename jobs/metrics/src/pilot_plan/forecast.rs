//! What a plan will do for a brand's figures.

use super::{Forecast, Known, Parameters};
use crate::interval::{effective_n, korn_graubard};

/// Effective purchases from which a figure is published (metric definitions, "Counterfeit prevalence per brand").
const PUBLISHABLE_EFFECTIVE_N: f64 = 30.0;
/// Widest corrected interval that is published (the same).
const PUBLISHABLE_WIDTH: f64 = 0.30;
/// Slack for widths that are 0.30 but for the last bits.
const SLACK: f64 = 1e-12;

/// The planned sample of a brand in one weighting.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Design {
    /// Σ weight over the brand's candidates.
    pub(super) total: f64,
    /// Σ over strata of (N/n − 1) Σ weight²: the variance of the weighted share × `total`² / (p (1 − p)), if verdicts do
    /// not depend on the stratum. Exact on average for independent verdicts.
    pub(super) spread: f64,
    /// Purchases.
    pub(super) draws: i64,
    /// Strata.
    pub(super) strata: i64,
}

impl Design {
    /// The effective n that the contract's estimator is expected to find: p(1 − p)/variance × (t[n − 1]/t[n − strata])²,
    /// at most n. Without degrees of freedom (strata of one listing each) there is no t to correct with.
    fn effective_n(&self, p: f64, level: f64) -> f64 {
        let n = self.draws as f64;
        if self.draws == 0 || self.total <= 0.0 {
            return 0.0;
        }
        let relative = self.spread / (self.total * self.total);
        let variance = p * (1.0 - p) * relative;
        effective_n(p, variance, self.draws, self.draws - self.strata, level, n)
            .unwrap_or_else(|| if relative > 0.0 { (1.0 / relative).min(n) } else { n })
    }
}

/// The forecast of one weighting.
pub(super) fn forecast(known: Known, design: &Design, parameters: &Parameters) -> Forecast {
    // Where 0 or 1 is expected, the design's spread would say nothing: a thousandth off the ends it does.
    let p = known.shrunk.clamp(0.001, 0.999);
    let before = known.effective_n;
    let after = before + design.effective_n(p, parameters.level);
    let width = |n: f64| {
        let interval = korn_graubard(known.shrunk, n, parameters.level)?;
        Some(corrected(interval.high, parameters) - corrected(interval.low, parameters))
    };
    let width_after = width(after);
    Forecast {
        expected: known.shrunk,
        effective_n_before: before,
        effective_n_after: after,
        width_before: width(before),
        width_after,
        publishable_after: after >= PUBLISHABLE_EFFECTIVE_N - SLACK
            && width_after.is_some_and(|width| width <= PUBLISHABLE_WIDTH + SLACK),
    }
}

/// Rogan and Gladen's corrected prevalence (American Journal of Epidemiology 107, 1978), clipped to [0, 1].
fn corrected(apparent: f64, parameters: &Parameters) -> f64 {
    let (sensitivity, specificity) = (parameters.sensitivity, parameters.specificity);
    ((apparent + specificity - 1.0) / (sensitivity + specificity - 1.0)).clamp(0.0, 1.0)
}
