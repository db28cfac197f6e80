//! An interval of prevalence that allows for what the sample could not see.
//!
//! The design-based interval rests on the purchases alone. Where a few best-sellers hold most of the sales, a sample
//! that missed them varies little, and its interval is narrow for no good reason. But the weights of *all* listings
//! are known, so it is known what was missed. This interval predicts the listings not bought, size class by size class,
//! and says how far the prediction may be off (model-assisted finite-population prediction; Valliant, Dorfman and Royall,
//! *Finite Population Sampling and Inference*, 2000). Nor does it trust that listings bought and removed since were like
//! the others: it holds what comes out with them and without. `docs/prevalence.md` tells what it covers.

use super::Authentication;
use super::correct::corrected_interval;
use super::weight_classes::WeightClasses;
use crate::interval::Interval;
use crate::quantiles::{beta_quantile, normal_quantile};
use prediction::{Prediction, Purchase};

mod prediction;
#[cfg(test)]
mod tests;

/// How far the estimate is drawn from the prediction towards the design-based one.
///
/// The prediction takes rates of sizes that nobody bought to be those of the nearest that were, and is biased where they
/// are not; the design-based estimate is not, but varies more.
const TOWARDS_DESIGN: f64 = 0.4;

/// One authenticated random purchase that was found genuine or counterfeit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The listing bought, so that one bought twice is known once.
    pub listing: i64,
    /// Number of the stratum within the brand; equal numbers are one stratum.
    pub stratum: u32,
    /// Probability with which the listing was drawn, in (0, 1].
    pub inclusion_probability: f64,
    /// What the listing stands for in the weighting's own measure, at least 0.
    pub weight: i64,
    /// Whether it was found counterfeit.
    pub counterfeit: bool,
    /// Whether the listing is among those that `population` counts (active at the as-of instant). One that is not says
    /// something of its like, but is no part of the share.
    pub listed: bool,
}

/// A share found counterfeit among all listings of a brand, uncorrected, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Robust {
    /// The share that the interval is about; it need not equal the design-based one.
    pub estimate: f64,
    /// The interval.
    pub interval: Interval,
    /// Purchases of equal weight, from a population without end, that would tell as much; at most those of listings
    /// still active.
    pub effective_n: f64,
    /// With and without the purchases of listings removed since.
    versions: [Version; 2],
}

/// What one set of purchases says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Version {
    estimate: f64,
    /// 0 where it says nothing.
    effective_n: f64,
}

impl Robust {
    /// The interval corrected for errors of authentication, like the design-based one ([`corrected_interval`]); `level`
    /// is that of the interval.
    #[must_use]
    pub fn corrected(&self, authentication: &Authentication, level: f64) -> Option<Interval> {
        hull(&self.versions, level, |version, level| {
            let interval = version.interval(level)?;
            corrected_interval(version.estimate, version.effective_n, interval, authentication, level)
        })
    }
}

/// The share of `population` that authentication would find counterfeit, from the conclusive random purchases of the
/// brand in any order, at the two-sided confidence `level`.
///
/// - A listing bought is nine tenths known by its verdict, for it may sell both kinds and verdicts err. What is not known
///   is predicted by class: a class's rate is the mean over its purchases, each of which stands for 1/π − 0.9 others, and
///   classes lean on their neighbours (a random walk over doublings of the weight, best linear unbiased prediction).
/// - The estimate is the prediction, drawn two fifths of the way to the design-based (Hájek) estimate.
/// - The effective n is 1 / (variance of the predicted rates + Σ w² / (Σ w)² of the listings not bought, and 0.09 of it of
///   those bought), both in parts of p (1 − p); so a best-seller that was missed weighs by its square.
/// - The variance of the rates is multiplied by Σ c² q (1 − q) with the strata's own rates q, shrunken, over the same
///   with the brand's rate; c are the purchases' coefficients in the prediction.
/// - The interval is Jeffreys' for effective n times the estimate successes (`qbeta(a, x + 1/2, n - x + 1/2)`), widened
///   to the exact one-sided bound of a sample that found nothing (or nothing but counterfeits).
/// - Where listings bought have left since, this is done with all purchases and with those of listed ones, and the
///   interval reaches from the lowest end to the highest, each version at the confidence with which the truth is held
///   wherever between the two estimates it lies (Imbens and Manski, Econometrica 72, 2004); the estimate is midway, the
///   effective n the smaller. All of [0, 1], and an effective n of 0, where no listing bought is left.
///
/// The ends are on the apparent scale ([`Robust::corrected`]). Purchases whose probability
/// is outside (0, 1] or whose weight is negative are left out. `None` without any, for a population without weight, and
/// for a level outside (0, 1).
#[must_use]
pub fn robust_interval(found: &[Found], population: &WeightClasses, level: f64) -> Option<Robust> {
    let usable = |one: &&Found| one.inclusion_probability > 0.0 && one.inclusion_probability <= 1.0 && one.weight >= 0;
    let usable: Vec<&Found> = found.iter().filter(usable).collect();
    let all = Version::new(&usable, population)?;
    let listed: Vec<&Found> = usable.iter().filter(|one| one.listed).copied().collect();
    let rest = if listed.len() == usable.len() { Some(all) } else { Version::new(&listed, population) };
    let rest = rest.unwrap_or(Version { effective_n: 0.0, ..all });
    let versions = [all, rest];
    Some(Robust {
        estimate: f64::midpoint(all.estimate, rest.estimate),
        interval: hull(&versions, level, Version::interval)?,
        effective_n: all.effective_n.min(rest.effective_n),
        versions,
    })
}

impl Version {
    fn new(found: &[&Found], population: &WeightClasses) -> Option<Self> {
        let purchases = Purchase::sorted(found);
        let prediction = Prediction::new(&purchases, population)?;
        let n = purchases.len() as f64;
        let plain_n = (prediction.rate_variance + prediction.unseen).recip().min(n);
        let predicted = prediction.estimate(&purchases);
        let design = design_based(&purchases).unwrap_or(predicted);
        let estimate = (predicted + TOWARDS_DESIGN * (design - predicted)).clamp(0.0, 1.0);
        let rate_variance = prediction.rate_variance * prediction.strata_factor(&purchases, estimate, plain_n);
        Some(Self { estimate, effective_n: (rate_variance + prediction.unseen).recip().min(n) })
    }

    fn interval(&self, level: f64) -> Option<Interval> {
        jeffreys(self.estimate, self.effective_n, level)
    }

    /// Half an observation on either side keeps it above 0.
    fn standard_error(&self) -> f64 {
        let share = (self.estimate * self.effective_n + 0.5) / (self.effective_n + 1.0);
        (share * (1.0 - share) / self.effective_n).sqrt()
    }
}

/// Hájek's estimate, Σ (w / π) y / Σ w / π; `None` where the purchases have no weight.
fn design_based(purchases: &[Purchase]) -> Option<f64> {
    let (mut counterfeit, mut all) = (0.0, 0.0);
    for one in purchases {
        all += one.expanded;
        counterfeit += if one.counterfeit { one.expanded } else { 0.0 };
    }
    (all > 0.0).then(|| counterfeit / all)
}

/// From the lowest end to the highest of both versions' intervals.
fn hull(versions: &[Version; 2], level: f64, interval: impl Fn(&Version, f64) -> Option<Interval>) -> Option<Interval> {
    let each = level_of_each(versions, level)?;
    if versions[1].effective_n <= 0.0 {
        return Some(Interval { low: 0.0, high: 1.0 });
    }
    let (one, other) = (interval(&versions[0], each)?, interval(&versions[1], each)?);
    Some(Interval { low: one.low.min(other.low), high: one.high.max(other.high) })
}

/// The two-sided level of each version at which the truth is held with `level` wherever between them it lies.
///
/// At one version's estimate, with tails t on its own side and s on the far one, the hull misses it by t + s = 1 − `level`,
/// where the quantiles of s and t are the versions' distance apart, in the larger standard error. Where they agree, t is
/// half of it; far apart, all of it.
fn level_of_each(versions: &[Version; 2], level: f64) -> Option<f64> {
    let miss = (level > 0.0 && level < 1.0).then_some(1.0 - level)?;
    let [one, other] = versions;
    if one == other || other.effective_n <= 0.0 {
        return Some(level);
    }
    let distance = (one.estimate - other.estimate).abs() / one.standard_error().max(other.standard_error());
    let (mut low, mut high) = (miss / 2.0, miss);
    for _ in 0..50 {
        let tail = f64::midpoint(low, high);
        // Every tail is below `miss` < 1; one that has vanished is farther than any distance.
        let far = normal_quantile(miss - tail).map_or(f64::INFINITY, |far| -far);
        if far + normal_quantile(tail)? < distance { low = tail } else { high = tail }
    }
    Some(1.0 - 2.0 * low)
}

/// Jeffreys' interval of a share `p` of `n` purchases, `n` not necessarily whole, never narrower on the empty side than
/// the exact one-sided bound of `n` purchases of which none, or all, were counterfeit.
///
/// Under half a success the shapes go over to Clopper and Pearson's, whose lower end falls to 0 with the share.
fn jeffreys(p: f64, n: f64, level: f64) -> Option<Interval> {
    let tail = (level > 0.0 && level < 1.0).then_some((1.0 - level) / 2.0)?;
    let (x, rest) = (n * p, n * (1.0 - p));
    let nothing = (1.0 - level).powf(n.recip());
    let (from_below, from_above) = (x.min(0.5), rest.min(0.5));
    let low = if x <= 0.0 { 0.0 } else { beta_quantile(tail, x + from_below, rest + 1.0 - from_below)? };
    let high = if rest <= 0.0 { 1.0 } else { beta_quantile(1.0 - tail, x + 1.0 - from_above, rest + from_above)? };
    Some(Interval { low: low.min(nothing), high: high.max(1.0 - nothing) })
}
