//! Beta-binomial empirical Bayes: brands with few purchases lean on what all brands have in common.

use super::gamma::{digamma, ln_rising};
use crate::interval::Interval;
use crate::quantiles::{beta_cdf, beta_quantile};

/// The prior is worth at least this many purchases (metric definitions).
const MIN_CONCENTRATION: f64 = 0.1;

/// The prior is worth at most this many purchases (metric definitions).
const MAX_CONCENTRATION: f64 = 10_000.0;

/// Points of the first search over ln concentration: half a unit apart, so that no hump of the likelihood is missed.
const GRID: u32 = 24;

/// A larger concentration has to be more likely by this much: where the likelihood is flat, the weaker prior stays.
const LIKELIHOOD_SLACK: f64 = 1e-9;

/// Steps of a root search: about ten are needed.
const MAX_ROOT_STEPS: u32 = 200;

/// Width, relative to 1 + |root|, at which a root counts as found.
const ROOT_SLACK: f64 = 1e-12;

/// What all brands have in common, and what it makes of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrinkage {
    /// Mean of the prior.
    pub mean: f64,
    /// Concentration of the prior: how many purchases it is worth.
    pub concentration: f64,
    /// The brands, in the order given.
    pub brands: Vec<Shrunk>,
}

/// The posterior of one brand on the apparent scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunk {
    /// Its mean.
    pub mean: f64,
    /// Its equal-tailed interval.
    pub interval: Interval,
    /// Probability that the apparent prevalence is above the threshold.
    pub above_threshold: f64,
}

/// Beta-binomial empirical Bayes over brands, each with its apparent prevalence p and effective n, or without either.
///
/// x = p · n counterfeits of n, neither whole, have the marginal likelihood B(μM + x, (1 − μ)M + n − x) / B(μM, (1 − μ)M),
/// up to what depends on neither; its maximum in the mean μ and the concentration M within [0.1, 10,000] is the prior.
/// A brand whose p is outside [0, 1] or whose n is not above 0 has no sample, and gets the prior.
///
/// - μ keeps half a counterfeit and half a genuine purchase in all samples together away from 0 and 1: brands that
///   showed no counterfeit do not prove that there is none.
/// - As in all empirical Bayes, the prior is taken as known: with few brands, or brands that are all alike, the
///   posteriors are narrower than the brands' own intervals by more than the evidence warrants.
///
/// `None` where no brand has a sample, and for a `level` or a `threshold` outside (0, 1).
#[must_use]
pub fn shrink(brands: &[Option<(f64, f64)>], threshold: f64, level: f64) -> Option<Shrinkage> {
    if !(level > 0.0 && level < 1.0 && threshold > 0.0 && threshold < 1.0) {
        return None;
    }
    let counts: Vec<Option<Counts>> = brands.iter().map(|brand| brand.and_then(Counts::new)).collect();
    let mut samples: Vec<Counts> = counts.iter().flatten().copied().collect();
    if samples.is_empty() {
        return None;
    }
    samples.sort_unstable_by(|a, b| a.counterfeit.total_cmp(&b.counterfeit).then(a.genuine.total_cmp(&b.genuine)));
    let prior = Marginal::new(samples).fit();
    let tail = (1.0 - level) / 2.0;
    let unsampled = prior.posterior(Counts::default(), threshold, tail)?;
    let brands = counts
        .into_iter()
        .map(|counts| counts.map_or(Some(unsampled), |counts| prior.posterior(counts, threshold, tail)))
        .collect::<Option<Vec<Shrunk>>>()?;
    Some(Shrinkage { mean: prior.mean, concentration: prior.concentration, brands })
}

/// Purchases found counterfeit and genuine, in effective numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    counterfeit: f64,
    genuine: f64,
}

impl Counts {
    fn new((p, n): (f64, f64)) -> Option<Self> {
        let is_sample = (0.0..=1.0).contains(&p) && n > 0.0 && n.is_finite();
        is_sample.then_some(Self { counterfeit: p * n, genuine: (1.0 - p) * n })
    }
}

/// A beta distribution by its mean and concentration.
#[derive(Clone, Copy, Debug)]
struct Prior {
    mean: f64,
    concentration: f64,
}

impl Prior {
    fn shapes(self) -> (f64, f64) {
        (self.mean * self.concentration, (1.0 - self.mean) * self.concentration)
    }

    fn posterior(self, counts: Counts, threshold: f64, tail: f64) -> Option<Shrunk> {
        let (a, b) = self.shapes();
        let (a, b) = (a + counts.counterfeit, b + counts.genuine);
        Some(Shrunk {
            mean: a / (a + b),
            interval: Interval { low: beta_quantile(tail, a, b)?, high: beta_quantile(1.0 - tail, a, b)? },
            // The other tail of the mirrored distribution: no digit is lost where it is small.
            above_threshold: beta_cdf(1.0 - threshold, b, a)?,
        })
    }
}

/// The marginal likelihood of all samples.
struct Marginal {
    samples: Vec<Counts>,
    /// The smallest mean that is considered; the largest is as far from 1.
    least_mean: f64,
}

impl Marginal {
    fn new(samples: Vec<Counts>) -> Self {
        let all: f64 = samples.iter().map(|counts| counts.counterfeit + counts.genuine).sum();
        Self { samples, least_mean: 0.5 / (all + 1.0) }
    }

    /// The most likely prior: the best of a grid over the concentration, then the root of the slope beside it.
    fn fit(&self) -> Prior {
        let (first, last) = (MIN_CONCENTRATION.ln(), MAX_CONCENTRATION.ln());
        let at = |index: u32| first + (last - first) * f64::from(index) / f64::from(GRID - 1);
        let (mut best, mut best_log_likelihood) = (0, f64::NEG_INFINITY);
        for index in 0..GRID {
            let log_likelihood = self.log_likelihood(self.profile(at(index)));
            if log_likelihood > best_log_likelihood + LIKELIHOOD_SLACK {
                (best, best_log_likelihood) = (index, log_likelihood);
            }
        }
        let slope = |log_concentration: f64| self.slope_in_concentration(self.profile(log_concentration));
        let centre = at(best);
        let (low, high) = if slope(centre) > 0.0 {
            (centre, at((best + 1).min(GRID - 1)))
        } else {
            (at(best.saturating_sub(1)), centre)
        };
        let refined = self.profile(falling_root(slope, low, high));
        if self.log_likelihood(refined) > best_log_likelihood { refined } else { self.profile(centre) }
    }

    /// The most likely prior of a given concentration. The likelihood is log-concave in the mean, so there is one.
    fn profile(&self, log_concentration: f64) -> Prior {
        let concentration = log_concentration.exp().clamp(MIN_CONCENTRATION, MAX_CONCENTRATION);
        let logit = |share: f64| share.ln() - (-share).ln_1p();
        let prior = |u: f64| Prior { mean: 1.0 / (1.0 + (-u).exp()), concentration };
        let furthest = -logit(self.least_mean);
        let u = falling_root(|u| self.slope_in_mean(prior(u)), -furthest, furthest);
        prior(u)
    }

    fn log_likelihood(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        let term = |counts: &Counts| {
            ln_rising(a, counts.counterfeit) + ln_rising(b, counts.genuine)
                - ln_rising(a + b, counts.counterfeit + counts.genuine)
        };
        self.samples.iter().map(term).sum()
    }

    /// The derivative of the log-likelihood in the logit of the mean.
    fn slope_in_mean(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        let (psi_a, psi_b) = (digamma(a), digamma(b));
        let term = |counts: &Counts| psi_rise(a, psi_a, counts.counterfeit) - psi_rise(b, psi_b, counts.genuine);
        prior.concentration * prior.mean * (1.0 - prior.mean) * self.samples.iter().map(term).sum::<f64>()
    }

    /// The derivative of the log-likelihood in the logarithm of the concentration.
    fn slope_in_concentration(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        let (psi_a, psi_b, psi_both) = (digamma(a), digamma(b), digamma(a + b));
        let term = |counts: &Counts| {
            a * psi_rise(a, psi_a, counts.counterfeit) + b * psi_rise(b, psi_b, counts.genuine)
                - (a + b) * psi_rise(a + b, psi_both, counts.counterfeit + counts.genuine)
        };
        self.samples.iter().map(term).sum()
    }
}

/// ψ(a + x) − ψ(a) with ψ(a) given.
fn psi_rise(a: f64, psi_a: f64, x: f64) -> f64 {
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
