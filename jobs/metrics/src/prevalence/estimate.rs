//! The stratified Hájek estimator with its linearised variance, and what it says of one brand.

use super::correct::{corrected, corrected_interval};
use super::{Authentication, Estimate, LIMIT_SLACK, Outstanding, Sampled, Suppression, Verdict};
use crate::interval::{Interval, effective_n, korn_graubard};
use mirrorlake_model::thresholds::{PREVALENCE_LEAST_SAMPLES, PREVALENCE_WIDEST_INTERVAL};

/// A variance below this part of p (1 − p) is the rounding of zero: it would be worth more purchases than exist.
const VARIANCE_SLACK: f64 = 1e-20;

/// Judges the authenticated random purchases of one brand, in any order, at the two-sided confidence `level`.
///
/// The share is Σ w y / Σ w over the conclusive purchases with w = weight / π; its variance is Taylor's, stratum by
/// stratum, as in R: `svymean(~y, svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~size))` under
/// `options(survey.lonely.psu = "adjust")`. The interval is `svyciprop(method = "beta")` with the effective n capped
/// at n, and Kish's effective n where the share is 0 or 1 or has no variance.
///
/// Where the definitions leave room:
/// - Recorded sizes of one stratum that differ, as those of two draws may, count as the largest, which gives the
///   larger variance. More purchases than the stratum had listings is bad data; its part of the variance is then 0.
/// - A purchase without weight in this weighting counts in n and in its stratum, as the definitions say; R's `nrow(design)`
///   agrees, while its `degf(design)` leaves it out.
/// - Where every stratum holds a single purchase, so that no degree of freedom is left, it is taken to be one: a wide
///   interval instead of none.
/// - A corrected interval that cannot be had is wider than any.
#[must_use]
pub fn estimate(sample: &[Sampled], authentication: &Authentication, level: f64) -> Estimate {
    let mut usable: Vec<Sampled> =
        sample.iter().filter(|one| is_usable(one.inclusion_probability, one.weight)).copied().collect();
    usable.sort_unstable_by(|a, b| {
        (a.stratum, a.verdict, a.weight, a.stratum_size)
            .cmp(&(b.stratum, b.verdict, b.weight, b.stratum_size))
            .then(a.inclusion_probability.total_cmp(&b.inclusion_probability))
    });
    let conclusive: Vec<Sampled> = usable.iter().filter(|one| one.verdict != Verdict::Inconclusive).copied().collect();
    let count = |wanted: Verdict| usable.iter().filter(|one| one.verdict == wanted).count() as i64;
    let mut out = Estimate {
        sampled: usable.len() as i64,
        conclusive: conclusive.len() as i64,
        counterfeit: count(Verdict::Counterfeit),
        inconclusive: count(Verdict::Inconclusive),
        unusable: (sample.len() - usable.len()) as i64,
        strata: strata(&conclusive).count() as i64,
        bounds: bounds(&usable, &[]),
        ..Estimate::default()
    };
    out.add_shares(&conclusive, authentication, level);
    out.suppressed = out.suppression();
    out
}

/// The uncorrected share over all random purchases of a brand, with those that were inconclusive or have no verdict
/// yet taken as genuine (the lower end) and as counterfeit (the upper end).
///
/// Without `outstanding` purchases these are the bounds of the mart. Purchases whose probability is outside (0, 1] or
/// whose weight is negative are left out. `None` where the purchases have no weight.
#[must_use]
pub fn bounds(sample: &[Sampled], outstanding: &[Outstanding]) -> Option<Interval> {
    let open = sum(outstanding.iter().map(|one| (one.inclusion_probability, one.weight)));
    let (genuine, counterfeit) = (weight_of(sample, Verdict::Genuine), weight_of(sample, Verdict::Counterfeit));
    let unknown = weight_of(sample, Verdict::Inconclusive) + open;
    // The parts are added in one order, so that a share of everything is 1 and not a rounding beside it.
    let total = genuine + (counterfeit + unknown);
    (total > 0.0).then(|| Interval { low: counterfeit / total, high: (counterfeit + unknown) / total })
}

/// Σ weight / π over the purchases with one verdict.
fn weight_of(sample: &[Sampled], verdict: Verdict) -> f64 {
    let wanted = sample.iter().filter(|one| one.verdict == verdict);
    sum(wanted.map(|one| (one.inclusion_probability, one.weight)))
}

/// Σ weight / π over the usable ones of (π, weight), in an order of their own.
fn sum(purchases: impl Iterator<Item = (f64, i64)>) -> f64 {
    let mut expanded: Vec<f64> = purchases
        .filter(|(probability, weight)| is_usable(*probability, *weight))
        .map(|(probability, weight)| weight as f64 / probability)
        .collect();
    expanded.sort_unstable_by(f64::total_cmp);
    // From zero, as an empty float sum is −0.
    expanded.into_iter().fold(0.0, |sum, weight| sum + weight)
}

fn is_usable(probability: f64, weight: i64) -> bool {
    // A probability so small that what it stands for is beyond all numbers was not drawn with.
    probability > 0.0 && probability <= 1.0 && weight >= 0 && (1.0 / probability).is_finite()
}

/// weight / π: what the purchase stands for in the population.
fn expanded(one: &Sampled) -> f64 {
    one.weight as f64 / one.inclusion_probability
}

/// The strata of a sorted sample.
fn strata(sorted: &[Sampled]) -> impl Iterator<Item = &[Sampled]> {
    sorted.chunk_by(|a, b| a.stratum == b.stratum)
}

impl Estimate {
    /// The figures that need weight, from the sorted conclusive sample.
    fn add_shares(&mut self, conclusive: &[Sampled], authentication: &Authentication, level: f64) {
        let counterfeit = weight_of(conclusive, Verdict::Counterfeit);
        let total = weight_of(conclusive, Verdict::Genuine) + counterfeit;
        if total <= 0.0 {
            return;
        }
        let p = counterfeit / total;
        let linearised = strata(conclusive).map(|stratum| stratum_variance(stratum, p, total)).sum::<f64>().max(0.0);
        let variance = if linearised <= VARIANCE_SLACK * p * (1.0 - p) { 0.0 } else { linearised };
        let n = conclusive.len() as f64;
        let n_effective = if variance == 0.0 || p == 0.0 || p == 1.0 {
            Some(kish(conclusive).min(n))
        } else {
            let degrees_of_freedom = (self.conclusive - self.strata).max(1);
            effective_n(p, variance, self.conclusive, degrees_of_freedom, level, n)
        };
        self.variance = Some(variance);
        self.effective_n = n_effective;
        self.apparent = Some(p);
        self.apparent_interval = n_effective.and_then(|n_effective| korn_graubard(p, n_effective, level));
        self.prevalence = corrected(p, authentication);
        if let (Some(n_effective), Some(interval)) = (n_effective, self.apparent_interval) {
            self.prevalence_interval = corrected_interval(p, n_effective, interval, authentication, level);
        }
    }

    /// The first reason, in the order of precedence, for which the figure is not published.
    fn suppression(&self) -> Option<Suppression> {
        if self.conclusive < PREVALENCE_LEAST_SAMPLES {
            return Some(Suppression::FewPurchases);
        }
        if self.apparent.is_none() {
            return Some(Suppression::NoWeight);
        }
        let enough = PREVALENCE_LEAST_SAMPLES as f64 * (1.0 - LIMIT_SLACK);
        if self.effective_n.is_none_or(|n_effective| n_effective < enough) {
            return Some(Suppression::FewEffective);
        }
        let narrow = |interval: Interval| interval.high - interval.low <= PREVALENCE_WIDEST_INTERVAL + LIMIT_SLACK;
        if self.prevalence_interval.is_none_or(|interval| !narrow(interval)) {
            return Some(Suppression::WideInterval);
        }
        None
    }
}

/// Kish's effective n, (Σ w)² / Σ w². Weights are taken relative to the largest, so that n equal ones are exactly n.
fn kish(sorted: &[Sampled]) -> f64 {
    let largest = sorted.iter().map(expanded).fold(0.0, f64::max);
    let (sum, squares) = sorted
        .iter()
        .map(|one| expanded(one) / largest)
        .fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
    sum * sum / squares
}

/// One stratum's part of the variance: (1 − n/N) · n/(n − 1) · Σ (z − z̄)² with z = w (y − p) / Σ w, and (1 − 1/N) z²
/// for a stratum of one (R survey 4.1.1: `survey:::onestrat` with `lonely.psu = "adjust"`).
fn stratum_variance(stratum: &[Sampled], p: f64, total: f64) -> f64 {
    let n = stratum.len() as f64;
    let recorded = stratum.iter().filter_map(|one| one.stratum_size).max().filter(|size| *size > 0);
    let size =
        recorded.map_or_else(|| stratum.iter().map(|one| one.inclusion_probability.recip()).sum(), |size| size as f64);
    let unseen = (1.0 - n / size).max(0.0);
    let residuals: Vec<f64> = stratum
        .iter()
        .map(|one| expanded(one) / total * (f64::from(u8::from(one.verdict == Verdict::Counterfeit)) - p))
        .collect();
    if let [alone] = residuals.as_slice() {
        return unseen * alone * alone;
    }
    let mean = residuals.iter().sum::<f64>() / n;
    let squares: f64 = residuals.iter().map(|residual| (residual - mean).powi(2)).sum();
    unseen * n / (n - 1.0) * squares
}
