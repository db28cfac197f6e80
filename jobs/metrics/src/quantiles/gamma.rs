//! The inverse of the regularised incomplete gamma function.
//!
//! The leading factor is Loader's saddle-point form of the Poisson probability (C. Loader, *Fast and Accurate
//! Computation of Binomial Probabilities*, 2000), which does not cancel for large shapes; the rest is the power series
//! below the mean and Legendre's continued fraction above it (Abramowitz and Stegun 6.5.29 and 6.5.31). The inverse
//! works on u = ln x, so that no digit is lost near 0.

use super::beta::{deviance, stirling_error};

/// Shapes are accepted within these bounds: far beyond any count, and far from overflow.
const SHAPES: std::ops::RangeInclusive<f64> = 1e-100..=1e100;

/// From this shape on the expansion for large shapes is exact to the last bit, unless the probability is below 1e-100.
const EXPANDED_FROM: f64 = 1e8;

/// Steps of the series and of the fraction: near the mean they need about nine times the root of the shape.
const MAX_STEPS: u32 = 200_000;

/// Newton steps: quadratic convergence needs about six, a start far below the root some more.
const MAX_NEWTON_STEPS: u32 = 200;

/// The quantile of the gamma distribution with scale 1: the x below which the share `probability` lies (R: `qgamma`).
///
/// Returns `None` unless 0 < `probability` < 1 and the shape lies within [1e-100, 1e100]. A quantile below the smallest
/// positive number comes out as 0.
#[must_use]
pub fn gamma_quantile(probability: f64, shape: f64) -> Option<f64> {
    if !(probability > 0.0 && probability < 1.0 && SHAPES.contains(&shape)) {
        return None;
    }
    if shape >= EXPANDED_FROM {
        return Some(expansion(super::normal_quantile(probability)?, shape));
    }
    let tail = if probability <= 0.5 { Tail::Lower } else { Tail::Upper };
    let target = if tail == Tail::Lower { probability.ln() } else { (-probability).ln_1p() };
    let width = shape.sqrt().recip();
    let mut u = shape.ln();
    if width < 1.0 {
        u += super::normal_quantile(probability)? * width;
    }
    // What remains after a step of this size is its square: below one rounding.
    let small = 1e-9 * width.min(1.0);
    // The density of u, the logarithm of a gamma variable, is log-concave, hence so are both tails, hence every Newton
    // step ends on the outer side of the root (left of it for the lower tail, right of it for the upper one), and from
    // there the steps approach it monotonically: no bracket is needed. Upward steps are held to a factor of e, since
    // far above the root the way back is no faster than that.
    for _ in 0..MAX_NEWTON_STEPS {
        let (log_tail, slope) = log_tail(tail, shape, u);
        let step = ((target - log_tail) / slope).min(1.0);
        if !step.is_finite() {
            return None;
        }
        u += step;
        if step.abs() <= small || step.abs() <= 1e-15 * u.abs() {
            return Some(u.exp());
        }
    }
    None
}

/// The quantile by that of the normal distribution, in powers of the root of the shape (E. A. Cornish and R. A. Fisher,
/// Technometrics 2, 1960, for χ² = 2x with 2a degrees of freedom; Abramowitz and Stegun 26.4.17 is its short form).
fn expansion(z: f64, a: f64) -> f64 {
    let (z2, root) = (z * z, a.sqrt());
    a + z * root + (z2 - 1.0) / 3.0 + z * (z2 - 7.0) / (36.0 * root) - (z2 * (3.0 * z2 + 7.0) - 16.0) / (810.0 * a)
}

/// Which side of x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    /// P(a, x), the share below.
    Lower,
    /// Q(a, x), the share above.
    Upper,
}

/// The logarithm of a tail at x = e^u, and its derivative in u.
fn log_tail(tail: Tail, a: f64, u: f64) -> (f64, f64) {
    let x = u.exp();
    // ln(x^a e^−x / Γ(a)), the density of u; where x has vanished, its logarithm has not.
    let log_density = if x > 0.0 {
        0.5 * (a.ln() - std::f64::consts::TAU.ln()) - stirling_error(a) - deviance(a, x, 1.0, 0.0)
    } else {
        a * u - log_gamma(a)
    };
    // The tail that is summed is density · factor; the other one is the rest.
    let sums_below = x < a + 1.0;
    let factor = if sums_below { series(a, x) } else { fraction(a, x) };
    if sums_below == (tail == Tail::Lower) {
        let sign = if tail == Tail::Lower { 1.0 } else { -1.0 };
        return (log_density + factor.ln(), sign / factor);
    }
    let density = log_density.exp();
    let rest = density * factor;
    let own = (1.0 - rest).max(f64::MIN_POSITIVE);
    let slope = density / own;
    ((-rest).ln_1p().max(f64::MIN_POSITIVE.ln()), if tail == Tail::Lower { slope } else { -slope })
}

/// ln Γ(a) by Stirling's formula.
fn log_gamma(a: f64) -> f64 {
    stirling_error(a) + (a - 0.5) * a.ln() - a + 0.5 * std::f64::consts::TAU.ln()
}

/// P(a, x) over the density: Σ x^k / (a (a + 1) … (a + k)).
fn series(a: f64, x: f64) -> f64 {
    let mut term = a.recip();
    let mut sum = term;
    for k in 1..=MAX_STEPS {
        term *= x / (a + f64::from(k));
        sum += term;
        if term <= sum * (f64::EPSILON / 4.0) {
            break;
        }
    }
    sum
}

/// Q(a, x) over the density: 1 / (x + 1 − a − 1 (1 − a) / (x + 3 − a − …)) by Lentz's method.
fn fraction(a: f64, x: f64) -> f64 {
    let keep_off_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut denominator = x + 1.0 - a;
    let mut value = keep_off_zero(denominator);
    let (mut c, mut d) = (value, 0.0);
    for step in 1..=MAX_STEPS {
        let k = f64::from(step);
        let numerator = k * (a - k);
        denominator += 2.0;
        d = keep_off_zero(denominator + numerator * d).recip();
        c = keep_off_zero(denominator + numerator / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value.recip()
}
