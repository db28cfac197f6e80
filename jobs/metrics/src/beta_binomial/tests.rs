//! Empirical Bayes of whole counts against R's `optim`, and against the same likelihood summed share by share.

use super::{Likelihood, Prior, Tally, most_likely};
use crate::prevalence::shrink;
use proptest::prelude::*;

/// R, as in the tests of `prevalence::shrink`:
///
///     x <- c(0,0,1,0,3,12,0,0,2,0,40,0,1,0,0); n <- c(5,120,80,3,9,60,400,1,150,33,900,5000,12,7,64)
///     nll <- function(q) { m <- plogis(q[1]); M <- exp(q[2])
///       -sum(lbeta(m * M + x, (1 - m) * M + n - x) - lbeta(m * M, (1 - m) * M)) }
///     optim(c(qlogis(sum(x) / sum(n)), log(10)), nll, method = "L-BFGS-B", lower = c(-15, log(.1)),
///       upper = c(15, log(1e4)), control = list(factr = 10, pgtol = 0, maxit = 1000))
#[test]
fn whole_counts_agree_with_optim() {
    let x = [0, 0, 1, 0, 3, 12, 0, 0, 2, 0, 40, 0, 1, 0, 0];
    let n = [5, 120, 80, 3, 9, 60, 400, 1, 150, 33, 900, 5_000, 12, 7, 64];
    let prior = most_likely(&Tally::new(x.into_iter().zip(n)));
    assert!((prior.mean / 0.044_410_611_02 - 1.0).abs() < 2e-6, "{prior:?}");
    assert!((prior.concentration / 4.172_609_212 - 1.0).abs() < 2e-6, "{prior:?}");
}

proptest! {
    /// The prior of prevalence, which sums share by share, is the same.
    #[test]
    fn the_tally_is_the_same_likelihood(counts in prop::collection::vec((0..40_i64, 0..300_i64), 1..40)) {
        let counts: Vec<(i64, i64)> = counts.into_iter().map(|(x, rest)| (x, x + rest)).collect();
        let tally = Tally::new(counts.iter().copied());
        let shares: Vec<_> =
            counts.iter().map(|(x, n)| (*n > 0).then(|| (*x as f64 / *n as f64, *n as f64))).collect();
        let Some(shrunk) = shrink(&shares, 0.05, 0.95) else {
            prop_assert!(tally.is_empty());
            return Ok(());
        };
        let (one, other) = (most_likely(&tally), Prior { mean: shrunk.mean, concentration: shrunk.concentration });
        // Where the likelihood is flat the arguments may differ, and the likelihoods do not.
        let (one, other) = (tally.log_likelihood(one), tally.log_likelihood(other));
        prop_assert!((one - other).abs() <= 1e-7 * (1.0 + one.abs()), "{one} is not {other}");
    }
}
