//! Beta-binomial empirical Bayes: brands with few purchases lean on what all brands have in common.

use crate::beta_binomial::{Likelihood, Prior, digamma, ln_rising, most_likely, psi_rise};
use crate::interval::Interval;
use crate::quantiles::{beta_cdf, beta_quantile};

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
    let prior = most_likely(&Marginal { samples });
    let tail = (1.0 - level) / 2.0;
    let unsampled = posterior(prior, Counts::default(), threshold, tail)?;
    let brands = counts
        .into_iter()
        .map(|counts| counts.map_or(Some(unsampled), |counts| posterior(prior, counts, threshold, tail)))
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

/// What the prior makes of a brand.
fn posterior(prior: Prior, counts: Counts, threshold: f64, tail: f64) -> Option<Shrunk> {
    let (a, b) = prior.shapes();
    let (a, b) = (a + counts.counterfeit, b + counts.genuine);
    Some(Shrunk {
        mean: a / (a + b),
        interval: Interval { low: beta_quantile(tail, a, b)?, high: beta_quantile(1.0 - tail, a, b)? },
        // The other tail of the mirrored distribution: no digit is lost where it is small.
        above_threshold: beta_cdf(1.0 - threshold, b, a)?,
    })
}

/// The marginal likelihood of all samples.
struct Marginal {
    samples: Vec<Counts>,
}

impl Likelihood for Marginal {
    fn trials(&self) -> f64 {
        self.samples.iter().map(|counts| counts.counterfeit + counts.genuine).sum()
    }

    fn log_likelihood(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        let term = |counts: &Counts| {
            ln_rising(a, counts.counterfeit) + ln_rising(b, counts.genuine)
                - ln_rising(a + b, counts.counterfeit + counts.genuine)
        };
        self.samples.iter().map(term).sum()
    }

    fn slope_in_mean(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        let (psi_a, psi_b) = (digamma(a), digamma(b));
        let term = |counts: &Counts| psi_rise(a, psi_a, counts.counterfeit) - psi_rise(b, psi_b, counts.genuine);
        prior.concentration * prior.mean * (1.0 - prior.mean) * self.samples.iter().map(term).sum::<f64>()
    }

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
