//! Estimates as text: rounded as coarsely as they are known, and never to look better than they are.

use mirrorlake_model::money::minor_digits;

use super::{Formatter, NO_VALUE, grouped};
use crate::locale::Locale;
use crate::view::Shown;

/// Forgives a share that is a whole number out of its scale but for its last bits.
const SLACK: f64 = 1e-9;

/// Below this share an interval is told out of 1,000 instead of 100.
const FINE_BELOW: f64 = 0.01;

/// An interval of a share as whole numbers out of 100 or 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOf {
    /// 100 or 1,000.
    pub(crate) scale: i64,
    /// Lower end, rounded down.
    pub(crate) low: i64,
    /// Upper end, rounded up; above the lower one.
    pub(crate) high: i64,
    /// The estimate, plainly rounded.
    pub(crate) best: i64,
    /// Whether the estimate is above 0, but rounds to it.
    pub(crate) is_below_one: bool,
}

/// An interval of a share in whole numbers: out of 1,000 where all of it is below 1 %, else out of 100.
///
/// Its ends are rounded outward, so that what is printed holds all of it; where they meet, they are moved apart by one.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
pub(crate) fn out_of(share: f64, low: f64, high: f64) -> OutOf {
    let scale = if high < FINE_BELOW { 1000 } else { 100 };
    let (low, high) = outward(low, high, scale);
    let best = ((share * scale as f64).round() as i64).clamp(low, high);
    OutOf { scale, low, high, best, is_below_one: best == 0 && share > 0.0 }
}

/// A share as a whole number out of a scale, rounded down.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn down(share: f64, scale: i64) -> i64 {
    (share.clamp(0.0, 1.0) * scale as f64 + SLACK).floor() as i64
}

/// A share as a whole number out of a scale, rounded up.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn up(share: f64, scale: i64) -> i64 {
    (share.clamp(0.0, 1.0) * scale as f64 - SLACK).ceil() as i64
}

/// The ends of an interval of a share as whole numbers out of a scale, rounded outward and never the same.
fn outward(low: f64, high: f64, scale: i64) -> (i64, i64) {
    match (down(low, scale), up(high, scale)) {
        (low, high) if low < high => (low, high),
        (low, _) if low < scale => (low, low + 1),
        _ => (scale - 1, scale),
    }
}

fn per_mille_as_percent(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

impl Formatter {
    /// An interval of shares in percent with one decimal, rounded as [`out_of`] rounds: "2.3%–8.7%".
    pub(crate) fn share_range_outward(self, low: f64, high: f64) -> String {
        let (low, high) = outward(low, high, 1000);
        format!("{}\u{2013}{}", per_mille_as_percent(low), per_mille_as_percent(high))
    }

    /// The lower end of a range of shares in percent with one decimal, rounded down: "2.3%".
    pub(crate) fn share_down(self, share: f64) -> String {
        per_mille_as_percent(down(share, 1000))
    }

    /// The upper end of a range of shares in percent with one decimal, rounded up.
    pub(crate) fn share_up(self, share: f64) -> String {
        per_mille_as_percent(up(share, 1000))
    }

    /// A rate with one decimal and its thousands separated. Never rounds to 0 what is not exactly that.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn rate(self, rate: Option<f64>) -> Shown<Option<f64>> {
        let value = rate.filter(|v| v.is_finite());
        let text = match value {
            None => NO_VALUE.to_owned(),
            Some(v) if v > 0.0 && v < 0.05 => self.beyond("<", "0.1"),
            Some(v) => {
                let tenths = (v * 10.0).round() as i64;
                format!("{}.{}", grouped(tenths / 10), tenths % 10)
            }
        };
        Shown { value, text }
    }

    /// A number of days with one decimal.
    pub(crate) fn days(self, days: Option<f64>) -> Shown<Option<f64>> {
        self.rate(days)
    }

    /// A probability in whole percent. Never rounds to 0 % or 100 %: of those nobody can be sure.
    pub(crate) fn chance(self, probability: f64) -> Shown<f64> {
        let text = match probability {
            p if p >= 0.99 => self.beyond(">", "99%"),
            p if p < 0.01 => self.beyond("<", "1%"),
            p => format!("{:.0}%", p * 100.0),
        };
        Shown { value: probability, text }
    }

    /// A number of units to two digits, rounded as told.
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn about_units(self, units: f64, rounding: Rounding) -> String {
        grouped(significant(units, 2, rounding) as i64)
    }

    /// An amount of money, given in minor units of a currency, to some digits: "CNY 1.2 million", "120 万元".
    pub(crate) fn about_money(self, minor: f64, currency: &str, digits: i32, rounding: Rounding) -> String {
        let per_major = f64::from(10_u32.pow(minor_digits(currency)));
        let amount = significant(minor / per_major, digits, rounding);
        let steps: [(f64, &str); 2] = match self.locale {
            Locale::En => [(1e9, "billion"), (1e6, "million")],
            Locale::ZhCn => [(1e8, "亿"), (1e4, "万")],
        };
        let (number, step) = steps
            .iter()
            .find(|(size, _)| amount >= *size)
            .map_or_else(|| (short(amount), ""), |(size, step)| (short(amount / size), *step));
        let gap = if step.is_empty() { "" } else { "\u{a0}" };
        match (self.locale, currency) {
            (Locale::ZhCn, "CNY") if step.is_empty() => format!("{number}\u{a0}元"),
            (Locale::ZhCn, "CNY") => format!("{number}\u{a0}{step}元"),
            _ => format!("{currency}\u{a0}{number}{gap}{step}"),
        }
    }
}

/// Which way to round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// Down: the lower end of an interval.
    Down,
    /// To the nearest: an estimate.
    Nearest,
    /// Up: the upper end.
    Up,
}

/// A number from 0 on, rounded to some digits, but no finer than to whole numbers.
fn significant(value: f64, digits: i32, rounding: Rounding) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 0.0;
    }
    #[allow(clippy::cast_possible_truncation)]
    let magnitude = (value.log10() + SLACK).floor() as i32;
    let unit = 10_f64.powi((magnitude + 1 - digits).max(0));
    let parts = value / unit;
    // Relative, so that a large number that is whole but for its last bits stays what it is.
    let slack = parts * SLACK;
    unit * match rounding {
        Rounding::Down => (parts + slack).floor(),
        Rounding::Nearest => parts.round(),
        Rounding::Up => (parts - slack).ceil(),
    }
}

/// A number with at most two decimals, without zeros at its end, its thousands separated.
#[allow(clippy::cast_possible_truncation)]
fn short(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let whole = grouped(hundredths / 100);
    match hundredths % 100 {
        0 => whole,
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Formatter = Formatter { locale: Locale::En, zone: chrono_tz::Europe::Berlin };
    const ZH: Formatter = Formatter { locale: Locale::ZhCn, zone: chrono_tz::Asia::Shanghai };

    fn ends(share: f64, low: f64, high: f64) -> (i64, i64, i64, i64) {
        let out = out_of(share, low, high);
        (out.scale, out.low, out.best, out.high)
    }

    #[test]
    fn whole_numbers_hold_the_interval() {
        assert_eq!(ends(0.048, 0.0241, 0.0861), (100, 2, 5, 9));
        assert_eq!(ends(0.03, 0.02, 0.29), (100, 2, 3, 29), "0.29 is a little less than 29 hundredths");
        assert_eq!(ends(0.0, 0.0, 0.0099), (1000, 0, 0, 10));
        assert_eq!(ends(0.0, 0.0, 0.01), (100, 0, 0, 1));
        assert_eq!(ends(0.002, 0.0004, 0.0071), (1000, 0, 2, 8));
        assert_eq!(ends(0.994, 0.981, 1.0), (100, 98, 99, 100));
    }

    #[test]
    fn single_ends_are_rounded_away_from_what_they_enclose() {
        assert_eq!((EN.share_down(0.121_873), EN.share_up(0.121_873)), ("12.1%".to_owned(), "12.2%".to_owned()));
        assert_eq!((EN.share_down(0.29), EN.share_up(0.29)), ("29.0%".to_owned(), "29.0%".to_owned()));
        assert_eq!((EN.share_down(0.0), EN.share_up(1.0)), ("0.0%".to_owned(), "100.0%".to_owned()));
        assert_eq!((EN.share_down(0.9999), EN.share_up(0.0001)), ("99.9%".to_owned(), "0.1%".to_owned()));
        assert_eq!((EN.share_down(-1e-12), EN.share_up(-1e-12)), ("0.0%".to_owned(), "0.0%".to_owned()));
    }

    #[test]
    fn ends_never_meet() {
        assert_eq!(ends(0.0, 0.0, 0.0), (1000, 0, 0, 1));
        assert_eq!(ends(1.0, 1.0, 1.0), (100, 99, 100, 100));
        assert_eq!(ends(0.05, 0.05, 0.05), (100, 5, 5, 6));
        assert_eq!(ends(0.0, -1e-12, 1e-12), (1000, 0, 0, 1));
        for n in 0..=1000 {
            let (low, high) = (f64::from(n) / 1003.0, f64::from(n) / 1003.0 + 0.004);
            let out = out_of(low, low, high);
            #[allow(clippy::cast_precision_loss)]
            let share = |n: i64| n as f64 / out.scale as f64;
            assert!(share(out.low) <= low + 1e-9 && high.min(1.0) <= share(out.high) + 1e-9, "{low}: {out:?}");
            assert!(out.low < out.high && out.low <= out.best && out.best <= out.high, "{out:?}");
        }
    }

    #[test]
    fn an_estimate_above_0_is_not_called_0() {
        assert!(out_of(0.004, 0.001, 0.02).is_below_one);
        assert!(!out_of(0.0, 0.0, 0.02).is_below_one);
        assert!(!out_of(0.006, 0.001, 0.02).is_below_one);
    }

    #[test]
    fn ranges_of_shares_are_rounded_outward() {
        assert_eq!(EN.share_range_outward(0.0241, 0.0861), "2.4%\u{2013}8.7%");
        assert_eq!(EN.share_range_outward(0.0001, 0.29), "0.0%\u{2013}29.0%");
        assert_eq!(EN.share_range_outward(-1e-12, 1.0 + 1e-12), "0.0%\u{2013}100.0%");
        assert_eq!(EN.share_range_outward(0.0, 0.0), "0.0%\u{2013}0.1%");
    }

    #[test]
    fn rates_and_chances_are_only_0_when_they_are() {
        assert_eq!(EN.rate(Some(0.04)).text, "<\u{2009}0.1");
        assert_eq!(EN.rate(Some(0.0)).text, "0.0");
        assert_eq!(EN.rate(Some(12_345.67)).text, "12,345.7");
        assert_eq!(EN.rate(None).text, NO_VALUE);
        assert_eq!(EN.chance(0.9999).text, ">\u{2009}99%");
        assert_eq!(ZH.chance(0.0).text, "低于 1%");
        assert_eq!(EN.chance(0.834).text, "83%");
    }

    #[test]
    fn amounts_are_as_coarse_as_their_estimate() {
        assert_eq!(EN.about_units(12_384.0, Rounding::Nearest), "12,000");
        assert_eq!(EN.about_units(12_384.0, Rounding::Up), "13,000");
        assert_eq!(EN.about_units(0.4, Rounding::Up), "1");
        assert_eq!(EN.about_units(0.4, Rounding::Down), "0");
        assert_eq!(EN.about_units(1000.0, Rounding::Up), "1,000");
        assert_eq!(EN.about_units(0.0, Rounding::Up), "0");
        assert_eq!(EN.about_units(f64::NAN, Rounding::Up), "0");
    }

    #[test]
    fn money_is_told_as_its_readers_tell_it() {
        let money = |f: Formatter, minor: f64, currency: &str| f.about_money(minor, currency, 2, Rounding::Nearest);
        assert_eq!(money(EN, 123_456_789.0, "CNY"), "CNY\u{a0}1.2\u{a0}million");
        assert_eq!(money(EN, 98_765_432.0, "CNY"), "CNY\u{a0}990,000");
        assert_eq!(money(EN, 99_765_432.0, "CNY"), "CNY\u{a0}1\u{a0}million");
        assert_eq!(money(EN, 345_678_912_345.0, "USD"), "USD\u{a0}3.5\u{a0}billion");
        assert_eq!(money(EN, 1_234_567.0, "JPY"), "JPY\u{a0}1.2\u{a0}million");
        assert_eq!(money(EN, 1_234_567.0, "KWD"), "KWD\u{a0}1,200");
        assert_eq!(money(ZH, 123_456_789.0, "CNY"), "120\u{a0}万元");
        assert_eq!(money(ZH, 12_345_678_900.0, "CNY"), "1.2\u{a0}亿元");
        assert_eq!(money(ZH, 543_210.0, "CNY"), "5,400\u{a0}元");
        assert_eq!(money(ZH, 123_456_789.0, "EUR"), "EUR\u{a0}120\u{a0}万");
        assert_eq!(EN.about_money(123_456_789.0, "CNY", 3, Rounding::Nearest), "CNY\u{a0}1.23\u{a0}million");
    }
}
