//! Evidence drawn again: its distribution, and what stays together.

use super::super::redraw::{Poisson, Stream, is_drawn, redrawn};
use super::*;

/// Mean, variance and largest gap to a distribution of numbers drawn with the mean `count`.
fn drawn(count: i64, draws: u32) -> (f64, f64, Vec<f64>) {
    let poisson = Poisson::new();
    let numbers: Vec<f64> =
        (0..draws).map(|replicate| poisson.draw(&mut Stream::new(5, 77, replicate), count) as f64).collect();
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / (numbers.len() - 1) as f64;
    (mean, variance, numbers)
}

/// Within four and a half standard errors of the mean and of the variance, which for Poisson's are √(λ/n) and √((λ + 2λ²)/n).
#[test]
fn counts_are_drawn_as_poissons() {
    let draws = 40_000_u32;
    for count in [1, 2, 7, 64, 65, 900, 1_000_000] {
        let (mean, variance, _) = drawn(count, draws);
        let (lambda, n) = (count as f64, f64::from(draws));
        assert!((mean - lambda).abs() < 4.5 * (lambda / n).sqrt(), "{count}: mean {mean}");
        let error = ((lambda + 2.0 * lambda * lambda) / n).sqrt();
        assert!((variance - lambda).abs() < 4.5 * error, "{count}: variance {variance}");
    }
    assert_eq!(drawn(0, 3).2, [0.0; 3]);
    assert_eq!(drawn(-4, 3).2, [0.0; 3]);
}

/// R: `dpois(0:6, 2)` and `ppois(c(50, 65, 80), 65)`, by table and by the normal distribution.
#[test]
fn shares_are_those_of_r() {
    let (_, _, numbers) = drawn(2, 40_000);
    let wanted = [0.135_335_3, 0.270_670_6, 0.270_670_6, 0.180_447, 0.090_223_5, 0.036_089_4, 0.012_029_8];
    for (number, wanted) in (0..).zip(wanted) {
        let share = numbers.iter().filter(|n| **n == f64::from(number)).count() as f64 / 40_000.0;
        assert!((share - wanted).abs() < 4.5 * (wanted * (1.0 - wanted) / 40_000.0).sqrt(), "{number}: {share}");
    }
    let (_, _, numbers) = drawn(65, 40_000);
    for (number, wanted) in [(50.0, PPOIS[0]), (65.0, PPOIS[1]), (80.0, PPOIS[2])] {
        let share = numbers.iter().filter(|n| **n <= number).count() as f64 / 40_000.0;
        assert!(
            (share - wanted).abs() < 4.5 * (wanted * (1.0 - wanted) / 40_000.0).sqrt() + 0.001,
            "{number}: {share}"
        );
    }
}

/// R: `ppois(c(50, 65, 80), 65)`.
const PPOIS: [f64; 3] = [0.032_092, 0.532_924, 0.969_452];

proptest! {
    /// Parts stay parts, the removals of a day stay together, what was not there does not appear, records stay.
    #[test]
    fn what_is_drawn_fits_together(signals in any_signals(), replicate in any::<u32>()) {
        // Sound signals: parts within their wholes, as the counting makes them.
        let days = signals.upheld_takedowns.clamp(0, 40).min(signals.enforcement_days.max(0));
        let signals = Signals {
            allegations: signals.allegations.clamp(0, signals.comments.max(0)),
            enforcement_days: days,
            upheld_takedowns: if days == 0 { 0 } else { signals.upheld_takedowns },
            upheld_listings: if days == 0 { 0 } else { signals.upheld_listings.clamp(1, signals.upheld_takedowns) },
            ..signals
        };
        let again = redrawn(&signals, &Poisson::new(), &mut Stream::new(1, 2, replicate));
        prop_assert!(again.allegations <= again.comments.max(0));
        prop_assert!(again.enforcement_days <= again.upheld_takedowns);
        prop_assert!(again.upheld_listings <= again.upheld_takedowns);
        prop_assert_eq!(again.enforcement_days == 0, again.upheld_takedowns == 0);
        let records = |s: &Signals| (s.store_age_days, s.unauthorised_brands, s.document_issues, s.linked_merchants);
        prop_assert_eq!(records(&again), records(&signals));
        for code in Code::ALL.iter().filter(|code| !is_drawn(**code, &signals)) {
            let of = |s: &Signals| (evidence(*code, s).max(0), s.burst_z.filter(|_| *code == Code::SalesBurst));
            prop_assert_eq!(of(&again), of(&signals), "{:?}", code);
        }
    }
}
