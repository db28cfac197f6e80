//! Differences of the log-gamma and digamma functions, which stay accurate where the functions themselves are huge.

use crate::quantiles::stirling_error;

/// From here on the asymptotic series of digamma is exact to the last bits.
const SERIES_FROM: f64 = 12.0;

/// ln Γ(a + x) − ln Γ(a) for a > 0 and x ≥ 0, by Stirling's formula: no digit is lost for large `a`.
pub(crate) fn ln_rising(a: f64, x: f64) -> f64 {
    if x == 0.0 {
        return 0.0;
    }
    (a - 0.5) * (x / a).ln_1p() + x * (a + x).ln() - x + stirling_error(a + x) - stirling_error(a)
}

/// ψ(z) for z > 0: ψ(z) = ψ(z + 1) − 1/z, then the series of Abramowitz and Stegun 6.3.18.
pub(crate) fn digamma(mut z: f64) -> f64 {
    let mut shifted = 0.0;
    while z < SERIES_FROM {
        shifted -= z.recip();
        z += 1.0;
    }
    let w = (z * z).recip();
    let series = w
        * (1.0 / 12.0
            - w * (1.0 / 120.0 - w * (1.0 / 252.0 - w * (1.0 / 240.0 - w * (1.0 / 132.0 - w * 691.0 / 32_760.0)))));
    shifted + z.ln() - 0.5 / z - series
}
