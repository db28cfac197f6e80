//! Time to an event with ties and censoring: Kaplan–Meier and Aalen–Johansen over whole microseconds.

mod competing;
#[cfg(test)]
mod tests;

pub use competing::{Cause, CumulativeIncidence, Transition, cumulative_incidence};

use crate::interval::Interval;
use crate::quantiles::normal_quantile;
use mirrorlake_model::thresholds::QUANTILE_SLACK;

/// One subject followed from 0: until the event, or until it was last seen without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Follow {
    /// Microseconds.
    pub time: i64,
    /// Whether the event came at `time`; else the subject is censored there.
    pub event: bool,
}

/// The curve at one time at which events came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Microseconds.
    pub time: i64,
    /// Subjects followed until at least `time`; those censored at `time` are among them.
    pub at_risk: u64,
    /// Events at `time`.
    pub events: u64,
    /// S(time): the share without the event after `time`.
    pub survival: f64,
}

/// The product-limit curve of Kaplan and Meier (JASA 53, 1958), as in R's `survfit(Surv(time, event) ~ 1)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KaplanMeier {
    steps: Vec<Step>,
    /// Greenwood's sum Σ d / (n (n − d)) up to and including each step.
    greenwood: Vec<f64>,
    subjects: u64,
    last: Option<i64>,
}

impl KaplanMeier {
    /// Fits the curve in O(n log n); the order of the subjects does not matter.
    #[must_use]
    pub fn fit(follows: &[Follow]) -> Self {
        let mut sorted = follows.to_vec();
        sorted.sort_unstable();
        let steps: Vec<Step> = Steps::new(&sorted).collect();
        let greenwood = steps
            .iter()
            .scan(0.0, |sum, step| {
                let (d, n) = (step.events as f64, step.at_risk as f64);
                *sum += d / (n * (n - d));
                Some(*sum)
            })
            .collect();
        Self { steps, greenwood, subjects: sorted.len() as u64, last: sorted.last().map(|follow| follow.time) }
    }

    /// The curve's steps, by time.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Subjects, with or without the event.
    #[must_use]
    pub const fn subjects(&self) -> u64 {
        self.subjects
    }

    /// The longest time for which any subject was followed; `None` without subjects.
    #[must_use]
    pub const fn followed_to(&self) -> Option<i64> {
        self.last
    }

    /// The smallest time t with S(t) ≤ 1 − q + 1e-12, in microseconds; `None` where the curve does not get there or
    /// q is outside (0, 1].
    ///
    /// Where S(t) is 1 − q itself, R's `quantile.survfit` takes the middle between t and the next step instead.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<i64> {
        let share = remaining_share(q)?;
        let first = self.steps.partition_point(|step| step.survival > share);
        self.steps.get(first).map(|step| step.time)
    }

    /// S at a horizon in microseconds; an event at the horizon itself counts. 1 before the first event; past the
    /// last subject, the last value.
    #[must_use]
    pub fn survival_at(&self, horizon: i64) -> f64 {
        self.before(horizon).map_or(1.0, |(step, _)| step.survival)
    }

    /// Greenwood's standard error of S at a horizon (R: `std.err` of `summary.survfit`); 0 where S is 1, `None` where S is 0.
    #[must_use]
    pub fn standard_error_at(&self, horizon: i64) -> Option<f64> {
        match self.before(horizon) {
            None => Some(0.0),
            Some((step, _)) if step.survival == 0.0 => None,
            Some((step, greenwood)) => Some(step.survival * greenwood.sqrt()),
        }
    }

    /// The log(−log) interval of S at a horizon (R: `survfit(conf.type = "log-log")`), from Greenwood's variance.
    ///
    /// `None` where S is 0 or 1 and for a `level` outside (0, 1).
    #[must_use]
    pub fn interval_at(&self, horizon: i64, level: f64) -> Option<Interval> {
        let (step, greenwood) = self.before(horizon)?;
        if step.survival <= 0.0 || step.survival >= 1.0 || !(level > 0.0 && level < 1.0) {
            return None;
        }
        let z = normal_quantile(1.0 - (1.0 - level) / 2.0)?;
        let log_survival = step.survival.ln();
        let factor = (z * greenwood.sqrt() / -log_survival).exp();
        Some(Interval { low: (log_survival * factor).exp(), high: (log_survival / factor).exp() })
    }

    /// The interval of 1 − S at a horizon, the share with the event: the ends of [`Self::interval_at`] turned over.
    #[must_use]
    pub fn event_interval_at(&self, horizon: i64, level: f64) -> Option<Interval> {
        self.interval_at(horizon, level).map(|s| Interval { low: 1.0 - s.high, high: 1.0 - s.low })
    }

    /// The last step at or before a horizon, with Greenwood's sum.
    fn before(&self, horizon: i64) -> Option<(Step, f64)> {
        let index = self.steps.partition_point(|step| step.time <= horizon).checked_sub(1)?;
        Some((*self.steps.get(index)?, *self.greenwood.get(index)?))
    }
}

/// The quantiles of a curve over subjects that are sorted by time, in one pass and without keeping the curve.
///
/// The `qs` must rise; each result is as [`KaplanMeier::quantile`] gives it.
#[must_use]
pub fn quantiles_of_sorted<const N: usize>(sorted: &[Follow], qs: [f64; N]) -> [Option<i64>; N] {
    let mut out = [None; N];
    let mut targets = qs.into_iter().zip(out.iter_mut()).peekable();
    for step in Steps::new(sorted) {
        while let Some((q, _)) = targets.peek() {
            let Some(share) = remaining_share(*q) else {
                targets.next();
                continue;
            };
            if step.survival > share {
                break;
            }
            if let Some((_, slot)) = targets.next() {
                *slot = Some(step.time);
            }
        }
        if targets.peek().is_none() {
            break;
        }
    }
    drop(targets);
    out
}

/// 1 − q with the slack of the metric definitions; `None` for a q outside (0, 1].
fn remaining_share(q: f64) -> Option<f64> {
    (q > 0.0 && q <= 1.0).then_some(1.0 - q + QUANTILE_SLACK)
}

/// Walks over subjects sorted by time and yields the curve's steps.
///
/// Between two censorings the product Π (n − d) / n telescopes to one fraction of whole numbers. It is kept as that
/// fraction, so that a cohort without censoring has its empirical shares exactly, and ends at exactly 0.
struct Steps<'a> {
    sorted: &'a [Follow],
    next: usize,
    /// S at the last censoring, and the subjects left after it.
    base: f64,
    base_at_risk: u64,
}

impl<'a> Steps<'a> {
    fn new(sorted: &'a [Follow]) -> Self {
        Self { sorted, next: 0, base: 1.0, base_at_risk: sorted.len() as u64 }
    }
}

impl Iterator for Steps<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while let Some(first) = self.sorted.get(self.next) {
            let at_risk = (self.sorted.len() - self.next) as u64;
            let (mut events, mut censored) = (0_u64, 0_u64);
            for follow in self.sorted.get(self.next..)?.iter().take_while(|follow| follow.time == first.time) {
                if follow.event {
                    events += 1;
                } else {
                    censored += 1;
                }
            }
            self.next += (events + censored) as usize;
            let survival = self.base * ((at_risk - events) as f64 / self.base_at_risk as f64);
            if censored > 0 {
                self.base = survival;
                self.base_at_risk = at_risk - events - censored;
            }
            if events > 0 {
                return Some(Step { time: first.time, at_risk, events, survival });
            }
        }
        None
    }
}
