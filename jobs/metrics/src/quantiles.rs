//! Quantiles of the normal, Student's t, beta and gamma distributions, and the regularised incomplete beta function.
//!
//! Written here because the published crates lose all digits where a Korn–Graubard interval needs them: `statrs`
//! 0.19 leaves R's `qbeta` by many orders of magnitude for shape parameters below 1. These agree with R 4.2.2
//! (`qnorm`, `qt`, `qbeta`, `qgamma`) to 1e-10 relative over `gold/quantiles.txt`, with shapes from 1e-4 to 1e7.

mod beta;
mod gamma;
mod normal;
#[cfg(test)]
mod tests;

pub(crate) use beta::stirling_error;
pub use beta::{beta_cdf, beta_quantile};
pub use gamma::gamma_quantile;
pub use normal::normal_quantile;

/// The quantile of Student's t distribution: the t below which the share `probability` lies.
///
/// P(|T| > t) = I_x(ν/2, 1/2) with x = ν / (ν + t²) (Abramowitz and Stegun 26.5.27), so |t| = √(ν (1 − x) / x)
/// with x from the inverse incomplete beta function in logits: no digit is lost in 1 − x.
///
/// `degrees_of_freedom` need not be whole. Returns `None` unless 0 < `probability` < 1 and the degrees of freedom
/// lie within [2e-100, 2e15].
#[must_use]
pub fn student_t_quantile(probability: f64, degrees_of_freedom: f64) -> Option<f64> {
    if !(probability > 0.0 && probability < 1.0) {
        return None;
    }
    let tail = probability.min(1.0 - probability);
    if tail == 0.5 {
        return Some(0.0);
    }
    let logit = beta::quantile_logit(2.0 * tail, degrees_of_freedom / 2.0, 0.5)?;
    let magnitude = (0.5 * (degrees_of_freedom.ln() - logit)).exp();
    Some(if probability < 0.5 { -magnitude } else { magnitude })
}
