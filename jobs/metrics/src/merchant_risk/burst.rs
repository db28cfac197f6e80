//! Sales bursts: whether the newest week stands out from the four weeks before it.

/// Days of the newest week.
pub const RECENT_DAYS: usize = 7;

/// Days before it that say what is usual.
pub const TRAILING_DAYS: usize = 28;

/// Units in all those days below which nothing is told: a shop of one sale in two days has no usual week.
const LEAST_UNITS: i64 = 20;

/// Makes the median absolute deviation a standard deviation where days are normal: 1 / Φ⁻¹(3/4), as R rounds it.
const MAD_TO_DEVIATION: f64 = 1.482_6;

/// Days count as at most this many deviations above the median in the usual level: an earlier burst must not hide a new one.
const CAP_DEVIATIONS: f64 = 3.0;

/// How the whole marketplace moved: its mean daily units of the newest days over those of the days before; 1 where either
/// is empty. On a day of shopping festivals everybody bursts, and nobody is to be accused of it.
#[must_use]
pub fn market_lift(recent: &[i64], trailing: &[i64]) -> f64 {
    let mean = |days: &[i64]| days.iter().map(|units| *units as f64).sum::<f64>() / days.len() as f64;
    let lift = mean(recent) / mean(trailing);
    if lift.is_finite() && lift > 0.0 { lift } else { 1.0 }
}

/// Robust z of a merchant's newest 7 days of units against the 28 days before, `lift` being what the whole marketplace
/// did ([`market_lift`], or 1).
///
/// z = (mean of the 7 − lift · level) / (σ √(1/7 + 1/28)).
///
/// - Deviation: σ is 1.4826 times the median absolute deviation of the 28 days (times the lift), but at least √λ, with λ the
///   largest of lift · level and the mean of all 35 days: counts as small as these vary by chance as Poisson's do, and in a
///   shop of 0, 0, 1, 0 units the median absolute deviation is 0.
/// - Level: the mean of the 28 days, each counted as at most three deviations above their median. A median alone would be 0
///   where most days sell nothing.
///
/// `None` with other than 7 and 28 days (a shop that is younger has no usual week), and below 20 units in all of them.
#[must_use]
pub fn burst_z(newest: &[i64], before: &[i64], lift: f64) -> Option<f64> {
    if newest.len() != RECENT_DAYS || before.len() != TRAILING_DAYS || !(lift > 0.0 && lift.is_finite()) {
        return None;
    }
    let total: i64 = newest.iter().chain(before).try_fold(0_i64, |sum, units| sum.checked_add(*units))?;
    if total < LEAST_UNITS {
        return None;
    }
    let mut days: Vec<f64> = before.iter().map(|units| *units as f64).collect();
    let centre = median(&mut days);
    let mut distances: Vec<f64> = days.iter().map(|units| (units - centre).abs()).collect();
    let deviation = MAD_TO_DEVIATION * median(&mut distances);
    // One more than the median, so that a single sale in a quiet shop is not cut off.
    let cap = centre + CAP_DEVIATIONS * deviation.max((centre + 1.0).sqrt());
    // Sorted by `median`: the order of the days does not show.
    let level = lift * days.iter().map(|units| units.min(cap)).sum::<f64>() / TRAILING_DAYS as f64;
    let mean = newest.iter().sum::<i64>() as f64 / RECENT_DAYS as f64;
    let pooled = total as f64 / (RECENT_DAYS + TRAILING_DAYS) as f64;
    let variance = (lift * deviation).powi(2).max(level.max(pooled));
    let share = 1.0 / RECENT_DAYS as f64 + 1.0 / TRAILING_DAYS as f64;
    Some((mean - level) / (variance * share).sqrt())
}

/// The median of an even number of numbers, which are sorted on the way.
fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    f64::midpoint(numbers[middle - 1], numbers[middle])
}
