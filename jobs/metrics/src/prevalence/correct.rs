//! The correction for errors of authentication: Rogan–Gladen, and Lang–Reiczigel where the errors were themselves
//! measured on samples.

use super::Authentication;
use crate::interval::Interval;
use crate::quantiles::normal_quantile;

/// The prevalence behind an apparent share: (p + specificity − 1) / (sensitivity + specificity − 1), clipped to [0, 1]
/// (Rogan and Gladen, American Journal of Epidemiology 107, 1978).
///
/// `None` for a share outside [0, 1], and where sensitivity + specificity ≤ 1: such authentication says nothing.
#[must_use]
pub fn corrected(apparent: f64, authentication: &Authentication) -> Option<f64> {
    let Authentication { sensitivity, specificity, .. } = *authentication;
    let shares = [apparent, sensitivity, specificity];
    if !shares.iter().all(|share| (0.0..=1.0).contains(share)) || sensitivity + specificity <= 1.0 {
        return None;
    }
    Some(((apparent + specificity - 1.0) / (sensitivity + specificity - 1.0)).clamp(0.0, 1.0))
}

/// The interval of the corrected prevalence at the two-sided confidence `level`.
///
/// With sample sizes (above 0) of both sensitivity and specificity it is that of Lang and Reiczigel, for an apparent
/// share `apparent` of `effective_n` purchases. Else the ends of `apparent_interval` are corrected as [`corrected`]
/// does it (Reiczigel, Földi and Ózsvári, Epidemiology and Infection 138, 2010): one size alone changes nothing.
/// `None` where the prevalence itself is, and for a level outside (0, 1).
#[must_use]
pub fn corrected_interval(
    apparent: f64,
    effective_n: f64,
    apparent_interval: Interval,
    authentication: &Authentication,
    level: f64,
) -> Option<Interval> {
    corrected(apparent, authentication)?;
    let size = |n: Option<i64>| n.filter(|n| *n > 0).map(|n| n as f64);
    if let (Some(n_sensitivity), Some(n_specificity)) =
        (size(authentication.n_sensitivity), size(authentication.n_specificity))
    {
        let sensitivity = Measured { share: authentication.sensitivity, n: n_sensitivity };
        let specificity = Measured { share: authentication.specificity, n: n_specificity };
        return lang_reiczigel(Measured { share: apparent, n: effective_n }, sensitivity, specificity, level);
    }
    (level > 0.0 && level < 1.0).then_some(())?;
    Some(Interval {
        low: corrected(apparent_interval.low, authentication)?,
        high: corrected(apparent_interval.high, authentication)?,
    })
}

/// A share and the size of the sample that it was measured on.
#[derive(Clone, Copy)]
struct Measured {
    share: f64,
    n: f64,
}

impl Measured {
    /// The share with as many imagined successes as failures added, `added` in all.
    fn with_added(self, added: f64) -> Self {
        let n = self.n + added;
        Self { share: (self.n * self.share + added / 2.0) / n, n }
    }

    fn variance(self) -> f64 {
        self.share * (1.0 - self.share) / self.n
    }
}

/// The interval of Lang and Reiczigel (Preventive Veterinary Medicine 113, 2014; R: `asht::prevSeSp`): z² purchases are
/// added to the sample and one success and one failure to either test of authentication, then Rogan–Gladen ± z
/// standard errors, shifted by 2 z² times the difference of the two tests' parts of the variance.
fn lang_reiczigel(apparent: Measured, sensitivity: Measured, specificity: Measured, level: f64) -> Option<Interval> {
    if !(level > 0.0 && level < 1.0 && apparent.n > 0.0) {
        return None;
    }
    let z = normal_quantile(1.0 - (1.0 - level) / 2.0)?;
    let (apparent, sensitivity, specificity) =
        (apparent.with_added(z * z), sensitivity.with_added(2.0), specificity.with_added(2.0));
    let youden = sensitivity.share + specificity.share - 1.0;
    if youden <= 0.0 {
        return None;
    }
    let prevalence = (apparent.share + specificity.share - 1.0) / youden;
    let shift = 2.0 * z * z * (prevalence * sensitivity.variance() - (1.0 - prevalence) * specificity.variance());
    let variance = apparent.variance()
        + prevalence.powi(2) * sensitivity.variance()
        + (1.0 - prevalence).powi(2) * specificity.variance();
    let half_width = z * variance.sqrt() / youden;
    let centre = prevalence + shift;
    Some(Interval { low: (centre - half_width).clamp(0.0, 1.0), high: (centre + half_width).clamp(0.0, 1.0) })
}
