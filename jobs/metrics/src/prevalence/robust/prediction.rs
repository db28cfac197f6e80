//! The prediction of the listings that were not bought, by those that were.

use super::Found;
use crate::prevalence::weight_classes::{WeightClasses, largest_square_sum};
use std::collections::BTreeMap;

/// How much rates of neighbouring size classes (a doubling apart) differ: the variance of the step, in parts of p (1 − p).
///
/// The smallest round value at which simulated coverage is at least 0.93 in each kind of marketplace, also where
/// counterfeits are concentrated in best-sellers.
const STEP_VARIANCE: f64 = 0.06;

/// Doublings that a gap between occupied classes counts for at most: over a wide one the rate need not drift for ever.
const MAX_GAP: usize = 3;

/// Purchases of equal weight that the brand's own rate counts for when a stratum's rate is judged.
const STRATUM_PRIOR: f64 = 4.0;

/// The part ρ of a listing that is known by one verdict: the correlation of the verdicts on two purchases of it.
///
/// Below 1, because a listing may sell both kinds, and authentication errs. That of the sample lakes, about.
const KNOWN_PART: f64 = 0.9;

/// A usable purchase as the prediction sees it.
pub(super) struct Purchase {
    stratum: u32,
    pub(super) counterfeit: bool,
    class: usize,
    /// Its part of a listing bought: 1, shared among the purchases of it; 0 if it is not listed any more.
    listing: f64,
    /// What that part weighs.
    weight: f64,
    /// What it stands for by its design: weight / π.
    pub(super) expanded: f64,
    /// Other listings that it stands for.
    standing: f64,
}

impl Purchase {
    /// In a total order, since sums of floats depend on it.
    pub(super) fn sorted(found: &[&Found]) -> Vec<Self> {
        let mut usable = found.to_vec();
        usable.sort_unstable_by(|a, b| {
            let key = |one: &Found| (one.stratum, one.counterfeit, one.weight, one.listed, one.listing);
            key(a).cmp(&key(b)).then(a.inclusion_probability.total_cmp(&b.inclusion_probability))
        });
        let mut times: BTreeMap<i64, f64> = BTreeMap::new();
        for one in &usable {
            *times.entry(one.listing).or_default() += 1.0;
        }
        let purchase = |one: &Found| {
            let listing = if one.listed { times.get(&one.listing).map_or(1.0, |times| times.recip()) } else { 0.0 };
            let itself = if one.listed { KNOWN_PART } else { 0.0 };
            Self {
                stratum: one.stratum,
                counterfeit: one.counterfeit,
                class: WeightClasses::class_of(one.weight),
                listing,
                weight: one.weight as f64 * listing,
                expanded: one.weight as f64 / one.inclusion_probability,
                standing: one.inclusion_probability.recip() - itself,
            }
        };
        usable.into_iter().map(purchase).collect()
    }
}

/// A size class: what is known of it and what is not.
#[derive(Clone, Copy, Default)]
struct Class {
    number: usize,
    /// What listings bought may count for themselves: 1, less where they weigh more than the class does.
    known: f64,
    /// Share of the brand's weight that is not known.
    open: f64,
    /// Σ of the purchases' standing.
    standing: f64,
    /// Kish's effective number of them, the precision of their mean.
    precision: f64,
    /// The coefficient of their mean in the predicted share.
    coefficient: f64,
}

/// The predicted share as a weighted sum of the purchases' verdicts, and how far it may be off in parts of p (1 − p).
pub(super) struct Prediction {
    classes: Vec<Class>,
    total: f64,
    /// Variance of the predicted rates.
    pub(super) rate_variance: f64,
    /// Σ w² / (Σ w)² of the listings not bought, and a part of it of those bought.
    pub(super) unseen: f64,
}

impl Prediction {
    pub(super) fn new(purchases: &[Purchase], population: &WeightClasses) -> Option<Self> {
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
            let (mut bought, mut bought_sum, mut bought_squares, mut squares) = (0.0, 0.0, 0.0, 0.0);
            for one in purchases.iter().filter(|one| one.class == number) {
                class.standing += one.standing;
                squares += one.standing * one.standing;
                bought += one.listing;
                bought_sum += one.weight;
                bought_squares += one.weight * one.weight;
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
            // What a verdict leaves open of its own listing has the variance ρ (1 − ρ) p (1 − p).
            class.open += (1.0 - KNOWN_PART) * class.known * bought_sum / total;
            unseen += KNOWN_PART * (1.0 - KNOWN_PART) * class.known.powi(2) * bought_squares / (total * total);
            classes.push(class);
        }
        let rate_variance = solve(&mut classes);
        Some(Self { classes, total, rate_variance, unseen })
    }

    fn class_of(&self, one: &Purchase) -> Class {
        let place = self.classes.binary_search_by_key(&one.class, |class| class.number);
        place.map(|place| self.classes[place]).unwrap_or_default()
    }

    /// The coefficient of a purchase's verdict in the share of what is not known.
    fn coefficient(&self, one: &Purchase) -> f64 {
        let class = self.class_of(one);
        class.coefficient * one.standing / class.standing
    }

    pub(super) fn estimate(&self, purchases: &[Purchase]) -> f64 {
        let (mut counterfeit, mut all) = (0.0, 0.0);
        for one in purchases {
            let coefficient = KNOWN_PART * self.class_of(one).known * one.weight / self.total + self.coefficient(one);
            all += coefficient;
            if one.counterfeit {
                counterfeit += coefficient;
            }
        }
        (counterfeit / all).clamp(0.0, 1.0)
    }

    /// How the strata's own rates change the variance: below 1 where rates are lower, or nearer to 1, in the strata that
    /// the prediction leans on most.
    pub(super) fn strata_factor(&self, purchases: &[Purchase], estimate: f64, plain_n: f64) -> f64 {
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
