//! Confidence intervals of a proportion (Wilson, Clopper–Pearson, and Korn–Graubard for clustered samples), and of a count
//! that is no part of a whole (Garwood).

use crate::quantiles::{beta_quantile, gamma_quantile, normal_quantile, student_t_quantile};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// A two-sided confidence interval of a proportion, both ends within [0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Wilson's score interval (E. B. Wilson, 1927; R: `prop.test(x, n, correct = FALSE)`).
///
/// `level` is the two-sided confidence level. `None` unless 0 ≤ `successes` ≤ `n`, `n` > 0 and 0 < `level` < 1.
#[must_use]
pub fn wilson(successes: i64, n: i64, level: f64) -> Option<Interval> {
    let z = normal_quantile(1.0 - half_alpha(level)?)?;
    wilson_with(z, successes, n)
}

/// Wilson's interval with the normal quantile given, so that a table of cells looks it up once.
pub(crate) fn wilson_with(z: f64, successes: i64, n: i64) -> Option<Interval> {
    if !is_share(successes, n) {
        return None;
    }
    let (x, n_real) = (successes as f64, n as f64);
    let p = x / n_real;
    let z2 = z * z;
    let centre = x + z2 / 2.0;
    let half_width = z * (x * (1.0 - p) + z2 / 4.0).sqrt();
    // At the ends of the scale the bound is the end itself, not a rounding beside it.
    Some(Interval {
        low: if successes == 0 { 0.0 } else { ((centre - half_width) / (n_real + z2)).max(0.0) },
        high: if successes == n { 1.0 } else { ((centre + half_width) / (n_real + z2)).min(1.0) },
    })
}

/// The exact interval of Clopper and Pearson (Biometrika 26, 1934; R: `binom.test(x, n)$conf.int`).
///
/// `None` unless 0 ≤ `successes` ≤ `n`, `n` > 0 and 0 < `level` < 1.
#[must_use]
pub fn clopper_pearson(successes: i64, n: i64, level: f64) -> Option<Interval> {
    if !is_share(successes, n) {
        return None;
    }
    let (x, rest) = (successes as f64, (n - successes) as f64);
    beta_interval(x, rest, half_alpha(level)?)
}

/// The interval of Korn and Graubard (Survey Methodology 24, 1998) for a given effective sample size: Clopper–Pearson
/// with x = p · n_eff successes of n_eff (R: `c(qbeta(alpha/2, x, n-x+1), qbeta(1-alpha/2, x+1, n-x))`).
///
/// `None` unless 0 ≤ `p` ≤ 1, `n_eff` > 0 and finite, and 0 < `level` < 1.
#[must_use]
pub fn korn_graubard(p: f64, n_eff: f64, level: f64) -> Option<Interval> {
    if !((0.0..=1.0).contains(&p) && n_eff > 0.0 && n_eff.is_finite()) {
        return None;
    }
    beta_interval(n_eff * p, n_eff * (1.0 - p), half_alpha(level)?)
}

/// A two-sided confidence interval of the number of events to be expected: both ends at least 0, and without a whole that
/// would bound them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountInterval {
    /// Lower end, in events.
    pub low: f64,
    /// Upper end, in events.
    pub high: f64,
}

impl CountInterval {
    /// The ends in every `scale` of `denominator`, such as removals per 1,000 listings; `None` unless the denominator is
    /// above 0.
    ///
    /// The denominator is taken as known, not as counted by chance.
    #[must_use]
    pub fn per(self, denominator: i64, scale: i64) -> Option<(f64, f64)> {
        let end = |count: f64| count * scale as f64 / denominator as f64;
        (denominator > 0).then(|| (end(self.low), end(self.high)))
    }
}

/// The exact interval of a Poisson count (F. Garwood, Biometrika 28, 1936; R: `poisson.test(count)$conf.int`).
///
/// It treats the events as independent of each other. `level` is the two-sided confidence level. `None` unless
/// `count` ≥ 0 and 0 < `level` < 1.
#[must_use]
pub fn poisson(count: i64, level: f64) -> Option<CountInterval> {
    if count < 0 {
        return None;
    }
    let (tail, count) = (half_alpha(level)?, count as f64);
    let low = if count == 0.0 { 0.0 } else { gamma_quantile(tail, count)? };
    Some(CountInterval { low, high: gamma_quantile(1.0 - tail, count + 1.0)? })
}

/// Korn and Graubard's effective sample size: p(1 − p) / variance · (t(n_obs − 1) / t(design_df))², at most `cap`.
///
/// `cap` itself where `p` is 0 or 1 or the variance is 0, since there the quotient says nothing. `t(ν)` is the
/// α/2 quantile of Student's t (R survey 4.1, `svyciprop(method = "beta")`, which has no cap).
/// `None` where `n_obs` < 2, `design_df` < 1, the variance is negative or `level` is not within (0, 1).
#[must_use]
pub fn effective_n(p: f64, variance: f64, n_obs: i64, design_df: i64, level: f64, cap: f64) -> Option<f64> {
    effective_n_with(&mut StudentTail::new(level)?, p, variance, n_obs, design_df, cap)
}

/// The effective sample size with the tail's quantiles kept from call to call.
fn effective_n_with(
    tail: &mut StudentTail,
    p: f64,
    variance: f64,
    n_obs: i64,
    design_df: i64,
    cap: f64,
) -> Option<f64> {
    if n_obs < 2 || design_df < 1 || variance.is_nan() || variance < 0.0 {
        return None;
    }
    if p <= 0.0 || p >= 1.0 || variance == 0.0 {
        return Some(cap);
    }
    let ratio = tail.quantile(n_obs - 1)? / tail.quantile(design_df)?;
    Some((p * (1.0 - p) / variance * ratio.powi(2)).min(cap))
}

/// The lower quantile of Student's t in one tail, by degrees of freedom: a table of cells asks for the same few again.
#[derive(Debug)]
pub(crate) struct StudentTail {
    tail: f64,
    known: BTreeMap<i64, f64>,
}

impl StudentTail {
    /// For two-sided intervals at a level within (0, 1).
    pub(crate) fn new(level: f64) -> Option<Self> {
        Some(Self { tail: half_alpha(level)?, known: BTreeMap::new() })
    }

    fn quantile(&mut self, degrees_of_freedom: i64) -> Option<f64> {
        if let Some(known) = self.known.get(&degrees_of_freedom) {
            return Some(*known);
        }
        let quantile = student_t_quantile(self.tail, degrees_of_freedom as f64)?;
        self.known.insert(degrees_of_freedom, quantile);
        Some(quantile)
    }
}

/// The Korn–Graubard interval of a share where the sampling units are clusters, each (met, n).
///
/// R: `svyciprop(~met, svydesign(ids = ~claim_id, weights = ~1), method = "beta")`, with the effective n capped at n,
/// and n itself where all or none are met or the clusters do not vary. Clusters with n ≤ 0 hold nothing and are left
/// out. `None` under two clusters, for counts that are no share, and for a level outside (0, 1).
#[must_use]
pub fn clustered(clusters: &[(i64, i64)], level: f64) -> Option<Interval> {
    let mut moments = ClusterMoments::default();
    for &(met, n) in clusters.iter().filter(|(_, n)| *n > 0) {
        if !is_share(met, n) {
            return None;
        }
        moments.add_cluster(met, n);
    }
    moments.interval(level)
}

/// The sums over clusters that the clustered interval needs: whole numbers, so they add up in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterMoments {
    clusters: i64,
    met: i64,
    n: i64,
    met_met: i128,
    met_n: i128,
    n_n: i128,
}

impl ClusterMoments {
    /// Adds one cluster with `met` of `n` (both at least 0, `met` ≤ `n`).
    pub fn add_cluster(&mut self, met: i64, n: i64) {
        let (met_wide, n_wide) = (i128::from(met), i128::from(n));
        self.add(&Self {
            clusters: 1,
            met,
            n,
            met_met: met_wide.saturating_mul(met_wide),
            met_n: met_wide.saturating_mul(n_wide),
            n_n: n_wide.saturating_mul(n_wide),
        });
    }

    /// Adds the clusters of another cell.
    pub fn add(&mut self, other: &Self) {
        self.clusters = self.clusters.saturating_add(other.clusters);
        self.met = self.met.saturating_add(other.met);
        self.n = self.n.saturating_add(other.n);
        self.met_met = self.met_met.saturating_add(other.met_met);
        self.met_n = self.met_n.saturating_add(other.met_n);
        self.n_n = self.n_n.saturating_add(other.n_n);
    }

    /// The clustered interval, as [`clustered`] defines it.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<Interval> {
        self.interval_with(&mut StudentTail::new(level)?)
    }

    /// The clustered interval with the tail's quantiles kept from cell to cell.
    pub(crate) fn interval_with(&self, tail: &mut StudentTail) -> Option<Interval> {
        if self.clusters < 2 || !is_share(self.met, self.n) {
            return None;
        }
        let (met, n) = (self.met as f64, self.n as f64);
        let n_eff = effective_n_with(tail, met / n, self.variance(), self.n, self.clusters - 1, n)?;
        if n_eff == n {
            // The cap: whole numbers, so that it is Clopper–Pearson to the last bit.
            return beta_interval(met, (self.n - self.met) as f64, tail.tail);
        }
        beta_interval(n_eff * (met / n), n_eff * (1.0 - met / n), tail.tail)
    }

    /// The linearised with-replacement variance of the share: with u_c = (met_c − p n_c) / n, whose mean is 0,
    /// m / (m − 1) · Σ u_c² (R survey: `svymean` of a one-stage cluster design without a population size).
    ///
    /// n⁴ Σ u_c² / n² = n² Σ met² − 2 n met Σ met n + met² Σ n² is a whole number and is computed as one.
    fn variance(&self) -> f64 {
        let m = self.clusters as f64;
        let n = self.n as f64;
        let squares = self.exact_squares().unwrap_or_else(|| {
            // More than about 10^12 listings: beyond 128 bits, and beyond any marketplace.
            let p = self.met as f64 / n;
            ((self.met_met as f64 - 2.0 * p * self.met_n as f64 + p * p * self.n_n as f64) * n * n).max(0.0)
        });
        m / (m - 1.0) * squares / n.powi(4)
    }

    /// Σ (n met_c − met n_c)² where it fits into 128 bits.
    fn exact_squares(&self) -> Option<f64> {
        let (met, n) = (i128::from(self.met), i128::from(self.n));
        let first = n.checked_mul(n)?.checked_mul(self.met_met)?;
        let mixed = n.checked_mul(met)?.checked_mul(self.met_n)?.checked_mul(2)?;
        let last = met.checked_mul(met)?.checked_mul(self.n_n)?;
        Some(first.checked_sub(mixed)?.checked_add(last)?.max(0) as f64)
    }
}

/// (1 − level) / 2, the share in one tail.
fn half_alpha(level: f64) -> Option<f64> {
    (level > 0.0 && level < 1.0).then_some((1.0 - level) / 2.0)
}

/// Whether `successes` of `n` is a share of something.
fn is_share(successes: i64, n: i64) -> bool {
    n > 0 && (0..=n).contains(&successes)
}

/// The beta interval of `x` successes and `rest` failures, neither need be whole.
fn beta_interval(x: f64, rest: f64, tail: f64) -> Option<Interval> {
    let low = if x <= 0.0 { 0.0 } else { beta_quantile(tail, x, rest + 1.0)? };
    let high = if rest <= 0.0 { 1.0 } else { beta_quantile(1.0 - tail, x + 1.0, rest)? };
    Some(Interval { low, high })
}
