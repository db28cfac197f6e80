//! An interval of prevalence that allows for what the sample could not see.
//!
//! The design-based interval rests on the purchases alone. Where a few best-sellers hold most of the sales, a sample
//! that missed them varies little, and its interval is narrow for no good reason. But the weights of *all* listings
//! are known, so it is known what was missed. This interval predicts the listings not bought, size class by size class,
//! and says how far the prediction may be off (model-assisted finite-population prediction; Valliant, Dorfman and Royall,
//! *Finite Population Sampling and Inference*, 2000). `docs/prevalence.md` tells what it covers.

use super::Authentication;
use super::correct::corrected_interval;
use super::weight_classes::{WeightClasses, largest_square_sum};
use crate::interval::Interval;
use crate::quantiles::beta_quantile;
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// How much rates of neighbouring size classes (a doubling apart) differ: the variance of the step, in parts of p (1 − p).
///
/// The smallest round value at which simulated coverage is at least 0.92 in each kind of marketplace, also where
/// counterfeits are concentrated in best-sellers.
const STEP_VARIANCE: f64 = 0.10;

/// Doublings that a gap between occupied classes counts for at most: over a wide one the rate need not drift for ever.
const MAX_GAP: usize = 3;

/// Purchases of equal weight that the brand's own rate counts for when a stratum's rate is judged.
const STRATUM_PRIOR: f64 = 4.0;

/// What a purchase of a stratum bought whole stands for beside itself: next to nothing, but its class may have grown.
const LEAST_STANDING: f64 = 1e-3;

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
    /// The predicted share, which the interval is about; it need not equal the design-based one.
    pub estimate: f64,
    /// The interval.
    pub interval: Interval,
    /// Purchases of equal weight, from a population without end, that would tell as much; at most the sample.
    pub effective_n: f64,
}

impl Robust {
    /// The interval corrected for errors of authentication, like the design-based one ([`corrected_interval`]).
    #[must_use]
    pub fn corrected(&self, authentication: &Authentication, level: f64) -> Option<Interval> {
        corrected_interval(self.estimate, self.effective_n, self.interval, authentication, level)
    }
}

/// The share of `population` that authentication would find counterfeit, from the conclusive random purchases of the
/// brand in any order, at the two-sided confidence `level`.
///
/// - Listings bought are known. Those not bought are predicted by class: a class's rate is the mean over its purchases,
///   each of which stands for 1/π − 1 others, and classes lean on their neighbours (a random walk over doublings of the
///   weight, best linear unbiased prediction).
/// - The effective n is 1 / (variance of the predicted rates + Σ w² / (Σ w)² of the listings not bought), both in parts of
///   p (1 − p); so a best-seller that was missed weighs by its square.
/// - The variance of the rates is multiplied by Σ c² q (1 − q) with the strata's own rates q, shrunken, over the same
///   with the brand's rate; c are the purchases' coefficients in the prediction.
/// - The interval is Jeffreys' for effective n times the estimate successes (`qbeta(a, x + 1/2, n - x + 1/2)`), widened
///   to the exact one-sided bound of a sample that found nothing (or nothing but counterfeits).
///
/// The ends are on the apparent scale ([`Robust::corrected`]). Purchases whose probability
/// is outside (0, 1] or whose weight is negative are left out. `None` without any, for a population without weight, and
/// for a level outside (0, 1).
#[must_use]
pub fn robust_interval(found: &[Found], population: &WeightClasses, level: f64) -> Option<Robust> {
    let purchases = Purchase::sorted(found);
    let prediction = Prediction::new(&purchases, population)?;
    let n = purchases.len() as f64;
    let plain_n = (prediction.rate_variance + prediction.unseen).recip().min(n);
    let estimate = prediction.estimate(&purchases);
    let rate_variance = prediction.rate_variance * prediction.strata_factor(&purchases, estimate, plain_n);
    let effective_n = (rate_variance + prediction.unseen).recip().min(n);
    Some(Robust { estimate, interval: jeffreys(estimate, effective_n, level)?, effective_n })
}

/// A usable purchase as the prediction sees it.
struct Purchase {
    stratum: u32,
    counterfeit: bool,
    class: usize,
    /// What is known by it: the listing's weight, shared among the purchases of it; 0 if it is not listed any more.
    known_weight: f64,
    /// Its part of a known listing.
    known_listing: f64,
    /// Other listings that it stands for.
    standing: f64,
}

impl Purchase {
    /// The usable ones in a total order, since sums of floats depend on it.
    fn sorted(found: &[Found]) -> Vec<Self> {
        let usable =
            |one: &&Found| one.inclusion_probability > 0.0 && one.inclusion_probability <= 1.0 && one.weight >= 0;
        let mut usable: Vec<&Found> = found.iter().filter(usable).collect();
        usable.sort_unstable_by(|a, b| {
            let key = |one: &Found| (one.stratum, one.counterfeit, one.weight, one.listed, one.listing);
            key(a).cmp(&key(b)).then(a.inclusion_probability.total_cmp(&b.inclusion_probability))
        });
        let mut times: BTreeMap<i64, f64> = BTreeMap::new();
        for one in &usable {
            *times.entry(one.listing).or_default() += 1.0;
        }
        let purchase = |one: &Found| {
            let known_listing =
                if one.listed { times.get(&one.listing).map_or(1.0, |times| times.recip()) } else { 0.0 };
            let itself = if one.listed { 1.0 } else { 0.0 };
            Self {
                stratum: one.stratum,
                counterfeit: one.counterfeit,
                class: WeightClasses::class_of(one.weight),
                known_weight: one.weight as f64 * known_listing,
                known_listing,
                standing: (one.inclusion_probability.recip() - itself).max(LEAST_STANDING),
            }
        };
        usable.into_iter().map(purchase).collect()
    }
}

/// A size class: what was bought of it and what was not.
#[derive(Clone, Copy, Default)]
struct Class {
    number: usize,
    /// What listings bought may count for themselves: 1, less where they weigh more than the class does.
    known: f64,
    /// Share of the brand's weight that was not bought.
    open: f64,
    /// Σ of the purchases' standing.
    standing: f64,
    /// Kish's effective number of them, the precision of their mean.
    precision: f64,
    /// The coefficient of their mean in the predicted share.
    coefficient: f64,
}

/// The predicted share as a weighted sum of the purchases' verdicts, and how far it may be off in parts of p (1 − p).
struct Prediction {
    classes: Vec<Class>,
    total: f64,
    /// Variance of the predicted rates.
    rate_variance: f64,
    /// Σ w² / (Σ w)² of the listings not bought.
    unseen: f64,
}

impl Prediction {
    fn new(purchases: &[Purchase], population: &WeightClasses) -> Option<Self> {
        let total = population.total() as f64;
        if purchases.is_empty() || total <= 0.0 {
            return None;
        }
        let mut numbers: Vec<usize> = population.occupied().chain(purchases.iter().map(|one| one.class)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut unseen = 0.0;
        let mut classes = Vec::with_capacity(numbers.len());
        for number in numbers {
            let (count, sum) = population.class(number);
            let mut class = Class { number, ..Class::default() };
            let (mut bought, mut bought_sum, mut squares) = (0.0, 0.0, 0.0);
            for one in purchases.iter().filter(|one| one.class == number) {
                class.standing += one.standing;
                squares += one.standing * one.standing;
                bought += one.known_listing;
                bought_sum += one.known_weight;
            }
            if squares > 0.0 {
                class.precision = class.standing * class.standing / squares;
            }
            class.known = if bought_sum > sum { sum / bought_sum } else { 1.0 };
            // Thirds of a listing bought three times need not add up to one.
            if count > bought + 1e-9 {
                let open = (sum - bought_sum).max(0.0);
                class.open = open / total;
                unseen += largest_square_sum(number, count - bought, open) / (total * total);
            }
            classes.push(class);
        }
        let rate_variance = solve(&mut classes);
        Some(Self { classes, total, rate_variance, unseen })
    }

    fn class_of(&self, one: &Purchase) -> Class {
        let place = self.classes.binary_search_by_key(&one.class, |class| class.number);
        place.map(|place| self.classes[place]).unwrap_or_default()
    }

    /// The coefficient of a purchase's verdict in the share of what was not bought.
    fn coefficient(&self, one: &Purchase) -> f64 {
        let class = self.class_of(one);
        class.coefficient * one.standing / class.standing
    }

    fn estimate(&self, purchases: &[Purchase]) -> f64 {
        let (mut counterfeit, mut all) = (0.0, 0.0);
        for one in purchases {
            let coefficient = self.class_of(one).known * one.known_weight / self.total + self.coefficient(one);
            all += coefficient;
            if one.counterfeit {
                counterfeit += coefficient;
            }
        }
        (counterfeit / all).clamp(0.0, 1.0)
    }

    /// How the strata's own rates change the variance: below 1 where rates are lower, or nearer to 1, in the strata that
    /// the prediction leans on most.
    fn strata_factor(&self, purchases: &[Purchase], estimate: f64, plain_n: f64) -> f64 {
        // Away from 0 and 1, where a binomial has no variance.
        let prior = (estimate * plain_n + 0.5) / (plain_n + 1.0);
        let (mut own, mut common) = (0.0, 0.0);
        for stratum in purchases.chunk_by(|a, b| a.stratum == b.stratum) {
            let (mut sum, mut squares, mut counterfeit) = (0.0, 0.0, 0.0);
            for one in stratum {
                let coefficient = self.coefficient(one);
                sum += coefficient;
                squares += coefficient * coefficient;
                counterfeit += if one.counterfeit { coefficient } else { 0.0 };
            }
            if squares <= 0.0 {
                continue;
            }
            let worth = sum * sum / squares;
            let variance = |rate: f64| {
                let shrunken = (rate * worth + STRATUM_PRIOR * prior) / (worth + STRATUM_PRIOR);
                shrunken * (1.0 - shrunken)
            };
            own += squares * variance(counterfeit / sum);
            common += squares * variance(estimate);
        }
        if common > 0.0 { own / common } else { 1.0 }
    }
}

/// Predicts the rates of the classes by each other, sets the coefficients, and gives the variance of Σ open · rate.
///
/// The rates are a random walk with a flat start, seen with the classes' precisions: their posterior precision is
/// tridiagonal, so that one sweep down and one up solve it (Thomas' algorithm; positive definite, as some class was seen).
fn solve(classes: &mut [Class]) -> f64 {
    let mut diagonal: Vec<f64> = classes.iter().map(|class| class.precision).collect();
    let mut below = vec![0.0; classes.len()];
    for (upper, pair) in classes.windows(2).enumerate() {
        let gap = (pair[1].number - pair[0].number).min(MAX_GAP);
        let link = (STEP_VARIANCE * gap as f64).recip();
        diagonal[upper] += link;
        diagonal[upper + 1] += link;
        below[upper + 1] = -link;
    }
    let mut right: Vec<f64> = classes.iter().map(|class| class.open).collect();
    for row in 1..classes.len() {
        let factor = below[row] / diagonal[row - 1];
        diagonal[row] -= factor * below[row];
        right[row] -= factor * right[row - 1];
    }
    let mut variance = 0.0;
    let mut after = 0.0;
    for (row, class) in classes.iter_mut().enumerate().rev() {
        let solution = (right[row] - after) / diagonal[row];
        variance += class.open * solution;
        class.coefficient = class.precision * solution;
        after = below[row] * solution;
    }
    variance.max(0.0)
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
