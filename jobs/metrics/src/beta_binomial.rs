//! Beta-binomial empirical Bayes: the prior that many shares have in common, by marginal maximum likelihood.
//!
//! x successes of n trials have the marginal likelihood B(μM + x, (1 − μ)M + n − x) / B(μM, (1 − μ)M), up to what depends
//! on neither; its maximum in the mean μ and the concentration M within [0.1, 10,000] is the prior.

mod gamma;
mod tally;
#[cfg(test)]
mod tests;

pub(crate) use gamma::{digamma, ln_rising};
pub(crate) use tally::Tally;

/// The prior is worth at least this many trials (metric definitions).
const MIN_CONCENTRATION: f64 = 0.1;

/// The prior is worth at most this many trials (metric definitions).
const MAX_CONCENTRATION: f64 = 10_000.0;

/// Points of the first search over ln concentration: half a unit apart, so that no hump of the likelihood is missed.
const GRID: u32 = 24;

/// A larger concentration has to be more likely by this much: where the likelihood is flat, the weaker prior stays.
const LIKELIHOOD_SLACK: f64 = 1e-9;

/// Steps of a root search: about ten are needed.
const MAX_ROOT_STEPS: u32 = 200;

/// Width, relative to 1 + |root|, at which a root counts as found.
const ROOT_SLACK: f64 = 1e-12;

/// A beta distribution by its mean and concentration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prior {
    /// Mean.
    pub(crate) mean: f64,
    /// How many trials it is worth.
    pub(crate) concentration: f64,
}

impl Prior {
    /// Its two shape parameters.
    pub(crate) fn shapes(self) -> (f64, f64) {
        (self.mean * self.concentration, (1.0 - self.mean) * self.concentration)
    }
}

/// The marginal likelihood of a collection of shares, however it is stored.
pub(crate) trait Likelihood {
    /// All trials together. The mean stays half a success and half a failure in all of them away from 0 and 1.
    fn trials(&self) -> f64;

    /// Its logarithm, up to a constant.
    fn log_likelihood(&self, prior: Prior) -> f64;

    /// The derivative of the logarithm in the logit of the mean.
    fn slope_in_mean(&self, prior: Prior) -> f64;

    /// The derivative of the logarithm in the logarithm of the concentration.
    fn slope_in_concentration(&self, prior: Prior) -> f64;
}

/// The most likely prior: the best of a grid over the concentration, then the root of the slope beside it.
pub(crate) fn most_likely(likelihood: &impl Likelihood) -> Prior {
    let (first, last) = (MIN_CONCENTRATION.ln(), MAX_CONCENTRATION.ln());
    let at = |index: u32| first + (last - first) * f64::from(index) / f64::from(GRID - 1);
    let (mut best, mut best_log_likelihood) = (0, f64::NEG_INFINITY);
    for index in 0..GRID {
        let log_likelihood = likelihood.log_likelihood(profile(likelihood, at(index)));
        if log_likelihood > best_log_likelihood + LIKELIHOOD_SLACK {
            (best, best_log_likelihood) = (index, log_likelihood);
        }
    }
    let slope = |log_concentration: f64| likelihood.slope_in_concentration(profile(likelihood, log_concentration));
    let centre = at(best);
    let (low, high) =
        if slope(centre) > 0.0 { (centre, at((best + 1).min(GRID - 1))) } else { (at(best.saturating_sub(1)), centre) };
    let refined = profile(likelihood, falling_root(slope, low, high));
    if likelihood.log_likelihood(refined) > best_log_likelihood { refined } else { profile(likelihood, centre) }
}

/// The most likely prior of a given concentration. The likelihood is log-concave in the mean, so there is one.
fn profile(likelihood: &impl Likelihood, log_concentration: f64) -> Prior {
    let concentration = log_concentration.exp().clamp(MIN_CONCENTRATION, MAX_CONCENTRATION);
    let least_mean = 0.5 / (likelihood.trials() + 1.0);
    let logit = |share: f64| share.ln() - (-share).ln_1p();
    let prior = |u: f64| Prior { mean: 1.0 / (1.0 + (-u).exp()), concentration };
    let furthest = -logit(least_mean);
    let u = falling_root(|u| likelihood.slope_in_mean(prior(u)), -furthest, furthest);
    prior(u)
}

/// ψ(a + x) − ψ(a) with ψ(a) given.
pub(crate) fn psi_rise(a: f64, psi_a: f64, x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { digamma(a + x) - psi_a }
}

/// The root of a function that falls from above to below 0 between `low` and `high`; the end nearer to it where it
/// does not. False position with the Illinois rule: as safe as bisection, and done in about ten steps.
fn falling_root(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let (mut at_low, mut at_high) = (f(low), f(high));
    if at_low <= 0.0 {
        return low;
    }
    if at_high >= 0.0 {
        return high;
    }
    let mut moved = Moved::Neither;
    for _ in 0..MAX_ROOT_STEPS {
        let middle = (low * at_high - high * at_low) / (at_high - at_low);
        // Outside or at an end only when the ends are next to each other.
        if !(middle > low && middle < high) || high - low <= ROOT_SLACK * (1.0 + middle.abs()) {
            return middle.clamp(low, high);
        }
        let value = f(middle);
        if value > 0.0 {
            (low, at_low) = (middle, value);
            if moved == Moved::Low {
                at_high /= 2.0;
            }
            moved = Moved::Low;
        } else if value < 0.0 {
            (high, at_high) = (middle, value);
            if moved == Moved::High {
                at_low /= 2.0;
            }
            moved = Moved::High;
        } else {
            return middle;
        }
    }
    low + (high - low) / 2.0
}

/// The end that the last step of the root search moved.
#[derive(PartialEq)]
enum Moved {
    Neither,
    Low,
    High,
}
