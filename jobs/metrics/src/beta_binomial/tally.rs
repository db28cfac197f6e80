//! The marginal likelihood of millions of whole counts.

use super::{Likelihood, Prior, digamma, ln_rising, psi_rise};

/// Whole counts of many shares. Each term of the likelihood depends on one number alone (the successes, the failures or
/// the trials), so equal numbers are summed up once: what it costs goes by the distinct numbers, not by the shares.
#[derive(Debug)]
pub(crate) struct Tally {
    successes: Vec<(f64, f64)>,
    failures: Vec<(f64, f64)>,
    trials: Vec<(f64, f64)>,
}

impl Tally {
    /// Of pairs of successes and trials, in any order. Those without a trial say nothing; successes are at most the trials.
    pub(crate) fn new(shares: impl Iterator<Item = (i64, i64)>) -> Self {
        let (mut successes, mut failures, mut trials) = (Vec::new(), Vec::new(), Vec::new());
        for (x, n) in shares.filter(|(_, n)| *n > 0) {
            let x = x.clamp(0, n);
            successes.push(x);
            failures.push(n - x);
            trials.push(n);
        }
        Self {
            successes: multiplicities(successes),
            failures: multiplicities(failures),
            trials: multiplicities(trials),
        }
    }

    /// Whether no share has a trial.
    pub(crate) fn is_empty(&self) -> bool {
        self.trials.is_empty()
    }
}

/// Numbers above 0 with how often they occur, in their order.
fn multiplicities(mut numbers: Vec<i64>) -> Vec<(f64, f64)> {
    numbers.sort_unstable();
    let positive = numbers.partition_point(|number| *number <= 0);
    numbers[positive..].chunk_by(|a, b| a == b).map(|same| (same[0] as f64, same.len() as f64)).collect()
}

fn sum(numbers: &[(f64, f64)], term: impl Fn(f64) -> f64) -> f64 {
    numbers.iter().map(|(number, times)| times * term(*number)).sum()
}

fn psi_sum(numbers: &[(f64, f64)], shape: f64) -> f64 {
    let psi = digamma(shape);
    sum(numbers, |number| psi_rise(shape, psi, number))
}

impl Likelihood for Tally {
    fn trials(&self) -> f64 {
        sum(&self.trials, |number| number)
    }

    fn log_likelihood(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        sum(&self.successes, |x| ln_rising(a, x)) + sum(&self.failures, |x| ln_rising(b, x))
            - sum(&self.trials, |n| ln_rising(a + b, n))
    }

    fn slope_in_mean(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        let slope = psi_sum(&self.successes, a) - psi_sum(&self.failures, b);
        prior.concentration * prior.mean * (1.0 - prior.mean) * slope
    }

    fn slope_in_concentration(&self, prior: Prior) -> f64 {
        let (a, b) = prior.shapes();
        a * psi_sum(&self.successes, a) + b * psi_sum(&self.failures, b) - (a + b) * psi_sum(&self.trials, a + b)
    }
}
