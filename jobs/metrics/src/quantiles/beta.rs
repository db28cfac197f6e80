//! The regularised incomplete beta function I_x(a, b) and its inverse, accurate for tiny and huge shapes.
//!
//! The leading factor is Loader's saddle-point form of the binomial probability (C. Loader, *Fast and Accurate
//! Computation of Binomial Probabilities*, 2000), which does not cancel for large shapes; the rest is the continued
//! fraction of DiDonato and Morris. The inverse works on the logit u = ln(x / (1 − x)), so that neither a
//! value near 0 nor one near 1 loses digits.

/// Shapes are accepted within these bounds: far beyond any sample, and far from overflow.
const SHAPES: std::ops::RangeInclusive<f64> = 1e-100..=1e15;

/// Steps of the continued fraction: it needs about the square root of the larger shape.
const MAX_FRACTION_STEPS: u32 = 1_000_000;

/// Newton steps: quadratic convergence needs about six.
const MAX_NEWTON_STEPS: u32 = 200;

/// From here on Stirling's series with six terms is exact to the last bit.
const STIRLING_FROM: f64 = 16.0;

/// Regularised incomplete beta function I_x(a, b): the share of a beta(a, b) distribution below `x`.
///
/// Returns `None` unless 0 ≤ `x` ≤ 1 and both shapes lie within
/// [1e-100, 1e15].
#[must_use]
pub fn beta_cdf(x: f64, a: f64, b: f64) -> Option<f64> {
    let beta = Beta::new(a, b)?;
    if x.is_nan() || !(0.0..=1.0).contains(&x) {
        return None;
    }
    if x == 0.0 || x == 1.0 {
        return Some(x);
    }
    Some(beta.log_cdf(x.ln() - (-x).ln_1p()).0.exp())
}

/// The quantile of the beta distribution: the x below which the share `probability` lies (R: `qbeta`).
///
/// Returns `None` unless 0 < `probability` < 1 and both shapes lie within [1e-100, 1e15]. A quantile below the
/// smallest positive number comes out as 0.
#[must_use]
pub fn beta_quantile(probability: f64, a: f64, b: f64) -> Option<f64> {
    quantile_logit(probability, a, b).map(|u| 1.0 / (1.0 + (-u).exp()))
}

/// The logit ln(x / (1 − x)) of the beta quantile x.
pub(super) fn quantile_logit(probability: f64, a: f64, b: f64) -> Option<f64> {
    if !(probability > 0.0 && probability < 1.0) {
        return None;
    }
    if probability <= 0.5 {
        Beta::new(a, b)?.lower_logit(probability)
    } else {
        Beta::new(b, a)?.lower_logit(1.0 - probability).map(|u| -u)
    }
}

/// A beta distribution with what does not depend on x.
struct Beta {
    a: f64,
    b: f64,
    /// a + b.
    n: f64,
    /// The part of ln(x^a (1 − x)^b / B(a, b)) that does not depend on x.
    log_scale: f64,
}

impl Beta {
    fn new(a: f64, b: f64) -> Option<Self> {
        if !(SHAPES.contains(&a) && SHAPES.contains(&b)) {
            return None;
        }
        let n = a + b;
        let log_scale = stirling_error(n) - stirling_error(a) - stirling_error(b)
            + 0.5 * (a.ln() + b.ln() - n.ln() - std::f64::consts::TAU.ln());
        Some(Self { a, b, n, log_scale })
    }

    /// ln I_x(a, b) at x = 1 / (1 + e^−u), and its derivative in u.
    fn log_cdf(&self, u: f64) -> (f64, f64) {
        let log_x = -softplus(-u);
        let log_y = -softplus(u);
        let (x, y) = (log_x.exp(), log_y.exp());
        // ln(x^a y^b / B(a, b)), the density of u.
        let log_density = self.log_scale - deviance(self.a, self.n, x, log_x) - deviance(self.b, self.n, y, log_y);
        if x * (self.n + 2.0) <= self.a + 1.0 {
            let fraction = continued_fraction(self.a, self.b, x, y);
            (log_density - fraction.ln(), fraction)
        } else {
            let upper = log_density.exp() / continued_fraction(self.b, self.a, y, x);
            let lower = (1.0 - upper).max(f64::MIN_POSITIVE);
            ((-upper).ln_1p().max(f64::MIN_POSITIVE.ln()), log_density.exp() / lower)
        }
    }

    /// Solves ln I = ln p in the logit by Newton's method.
    ///
    /// The density of the logit of a beta variable is log-concave, hence ln I is concave in u, hence every Newton
    /// step ends left of the root and from there the steps climb monotonically: no bracket is needed.
    fn lower_logit(&self, probability: f64) -> Option<f64> {
        let target = probability.ln();
        let width = (1.0 / self.a + 1.0 / self.b).sqrt();
        let mut u = self.a.ln() - self.b.ln();
        if width < 1.0 {
            u += super::normal_quantile(probability)? * width;
        }
        // What remains after a step of this size is its square: below one rounding.
        let small = 1e-9 * width.min(1.0);
        for _ in 0..MAX_NEWTON_STEPS {
            let (log_cdf, slope) = self.log_cdf(u);
            let step = (target - log_cdf) / slope;
            if !step.is_finite() {
                return None;
            }
            u += step;
            if step.abs() <= small || step.abs() <= 1e-15 * u.abs() {
                break;
            }
        }
        Some(u)
    }
}

/// ln(1 + e^u) without overflow.
fn softplus(u: f64) -> f64 {
    if u > 0.0 { u + (-u).exp().ln_1p() } else { u.exp().ln_1p() }
}

/// δ(z) = ln Γ(z + 1) − (z + 1/2) ln z + z − ln √(2π), by Stirling's series after δ(z) = δ(z + 1) + (z + 1/2) ln(1 + 1/z) − 1.
pub(crate) fn stirling_error(mut z: f64) -> f64 {
    let mut shifted = 0.0;
    while z < STIRLING_FROM {
        shifted += (z + 0.5) * z.recip().ln_1p() - 1.0;
        z += 1.0;
    }
    let w = (z * z).recip();
    let series = 1.0 / 12.0
        - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w * (1.0 / 1680.0 - w * (1.0 / 1188.0 - w * (691.0 / 360_360.0)))));
    shifted + series / z
}

/// Loader's deviance k ln(k / (n p)) + n p − k, for any p with its logarithm, without cancellation near k = n p.
pub(super) fn deviance(k: f64, n: f64, p: f64, log_p: f64) -> f64 {
    let mean = n * p;
    let difference = k - mean;
    if difference.abs() >= 0.1 * (k + mean) {
        return k * (k.ln() - n.ln() - log_p) - difference;
    }
    let v = difference / (k + mean);
    let mut sum = difference * v;
    let mut term = 2.0 * k * v;
    for power in 1..200_u32 {
        term *= v * v;
        let next = sum + term / f64::from(2 * power + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The continued fraction K of I_x(a, b) = x^a y^b / B(a, b) / K with y = 1 − x, for x up to about a / (a + b):
/// DiDonato and Morris (ACM TOMS 18, 1992, algorithm 708), formula 9.1, by Lentz's method.
///
/// y is an argument of its own because x alone has lost it where x is nearly 1.
fn continued_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let keep_off_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let lead = a * y - b * x + 1.0;
    let mut fraction = keep_off_zero(a * lead / (a + 1.0));
    let (mut c, mut d) = (fraction, 0.0);
    for step in 1..=MAX_FRACTION_STEPS {
        let m = f64::from(step);
        let odd = a + 2.0 * m - 1.0;
        let share = m * (b - m) * x / odd;
        let numerator = (a + m - 1.0) * (a + b + m - 1.0) * x / odd * share;
        let denominator = m + share + (a + m) * (lead + m * (1.0 + y)) / (odd + 2.0);
        d = keep_off_zero(denominator + numerator * d).recip();
        c = keep_off_zero(denominator + numerator / c);
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}
