//! Counterfeit prevalence of a brand (metric definitions, "Counterfeit prevalence per brand").
//!
//! [`estimate`] judges the authenticated random purchases of one brand under one weighting; [`bounds`] says what the
//! purchases without a verdict could still change; [`corrected`] is the correction for errors of authentication;
//! [`robust_interval`] also allows for best-sellers that the purchases missed; [`shrink`] lets brands with few purchases
//! lean on the others; [`progress`] follows purchases from order to action.

mod correct;
mod estimate;
mod progress;
mod robust;
mod shrink;
#[cfg(test)]
mod tests;
mod weight_classes;

pub use correct::{corrected, corrected_interval};
pub use estimate::{bounds, estimate};
pub use progress::{Progress, Purchase, Step, StepProgress, progress};
pub use robust::{Found, Robust, robust_interval};
pub use shrink::{Shrinkage, Shrunk, shrink};
pub use weight_classes::WeightClasses;

pub use mirrorlake_model::pilot::{Action, Suppression, Verdict};

use crate::interval::Interval;

/// Rounding forgiven at the two limits above: thirty purchases of equal weight are thirty, whatever their weight.
const LIMIT_SLACK: f64 = 1e-12;

/// One authenticated random purchase of a brand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampled {
    /// Number of the stratum within the brand; equal numbers are one stratum.
    pub stratum: u32,
    /// Listings in the stratum when it was drawn; `None` (or a size below 1) where that was not recorded.
    pub stratum_size: Option<i64>,
    /// Probability with which the listing was drawn, in (0, 1].
    pub inclusion_probability: f64,
    /// What the listing stands for in the weighting's own measure, at least 0: 1, units or GMV in minor units.
    pub weight: i64,
    /// The verdict.
    pub verdict: Verdict,
}

/// A random purchase that has no verdict yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outstanding {
    /// Probability with which the listing was drawn, in (0, 1].
    pub inclusion_probability: f64,
    /// What the listing stands for in the weighting's own measure, at least 0.
    pub weight: i64,
}

/// How far authentication is right, from configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Authentication {
    /// Share of counterfeits that are called counterfeit.
    pub sensitivity: f64,
    /// Share of genuine articles that are called genuine.
    pub specificity: f64,
    /// Counterfeits on which the sensitivity was measured; `None`: taken as known.
    pub n_sensitivity: Option<i64>,
    /// Genuine articles on which the specificity was measured; `None`: taken as known.
    pub n_specificity: Option<i64>,
}

impl Default for Authentication {
    /// The defaults of the metric definitions: 0.97 and 0.995, taken as known.
    fn default() -> Self {
        Self { sensitivity: 0.97, specificity: 0.995, n_sensitivity: None, n_specificity: None }
    }
}

/// The design-based prevalence of one brand under one weighting. Shares are within [0, 1].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Purchases with a verdict, inconclusive ones among them.
    pub sampled: i64,
    /// Purchases found genuine or counterfeit.
    pub conclusive: i64,
    /// Purchases found counterfeit.
    pub counterfeit: i64,
    /// Purchases of which authentication could not tell.
    pub inconclusive: i64,
    /// Purchases left out because their probability is outside (0, 1] or their weight is negative, which the lake
    /// contract rules out; they are in no other count.
    pub unusable: i64,
    /// Strata with a conclusive purchase.
    pub strata: i64,
    /// Linearised variance of `apparent`; like what follows, `None` where the conclusive purchases have no weight.
    pub variance: Option<f64>,
    /// Purchases of equal weight that the conclusive ones are worth.
    pub effective_n: Option<f64>,
    /// Share found counterfeit, uncorrected.
    pub apparent: Option<f64>,
    /// Its Korn–Graubard interval.
    pub apparent_interval: Option<Interval>,
    /// Share that is counterfeit, corrected for errors of authentication; also `None` where authentication is no
    /// better than chance.
    pub prevalence: Option<f64>,
    /// Its interval.
    pub prevalence_interval: Option<Interval>,
    /// The uncorrected share with every inconclusive purchase taken as genuine, and as counterfeit; `None` where they
    /// have no weight either.
    pub bounds: Option<Interval>,
    /// Why it is not to be published; `None`: it is.
    pub suppressed: Option<Suppression>,
}

impl Estimate {
    /// Whether reports may print it.
    #[must_use]
    pub const fn publishable(&self) -> bool {
        self.suppressed.is_none()
    }
}

/// An indicator: `numerator` in every `scale` of `denominator`, such as allegations per 1,000 comments.
///
/// `None` unless the denominator is above 0.
#[must_use]
pub fn per(numerator: i64, denominator: i64, scale: i64) -> Option<f64> {
    // Multiplied before the one division: 3 of 7 per 1,000 is rounded once.
    (denominator > 0).then(|| numerator as f64 * scale as f64 / denominator as f64)
}
