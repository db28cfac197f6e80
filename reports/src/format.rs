//! Numbers, shares, durations, dates and times as text in a locale.

mod estimate;

use chrono::{DateTime, Datelike, NaiveDate, Offset, SecondsFormat, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use mirrorlake_model::thresholds::MICROS_PER_HOUR;

use crate::error::ReportError;
use crate::locale::Locale;
use crate::view::Shown;
pub(crate) use estimate::{Rounding, out_of};

/// Printed where there is no value.
pub(crate) const NO_VALUE: &str = "—";

/// Years a report can show: well inside what the calendar library can move between time zones.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;

/// Microseconds in a minute.
const MICROS_PER_MINUTE: i64 = MICROS_PER_HOUR / 60;

/// Formats values for one reader: a locale and a time zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Formatter {
    /// Language of the text.
    pub(crate) locale: Locale,
    /// Zone in which times are shown.
    pub(crate) zone: Tz,
}

impl Formatter {
    /// A whole number with thousands separated.
    pub(crate) fn count(self, value: i64) -> Shown<i64> {
        Shown { value, text: grouped(value) }
    }

    /// A share in percent with one decimal. Never rounds to 0 % or 100 % what is not exactly that.
    pub(crate) fn share(self, value: Option<f64>) -> Shown<Option<f64>> {
        let value = value.filter(|v| v.is_finite());
        let text = match value {
            None => NO_VALUE.to_owned(),
            Some(v) if (0.9995..1.0).contains(&v) => self.beyond(">", "99.9%"),
            Some(v) if v > 0.0 && v < 0.0005 => self.beyond("<", "0.1%"),
            Some(v) => percent(v),
        };
        Shown { value, text }
    }

    fn beyond(self, sign: &str, bound: &str) -> String {
        match (self.locale, sign) {
            (Locale::En, _) => format!("{sign}\u{2009}{bound}"),
            (Locale::ZhCn, ">") => format!("高于 {bound}"),
            (Locale::ZhCn, _) => format!("低于 {bound}"),
        }
    }

    /// A range of shares: "94.8%–99.1%".
    pub(crate) fn share_range(self, low: f64, high: f64) -> String {
        format!("{}\u{2013}{}", percent(low), percent(high))
    }

    /// A share as a number out of 1,000 with one decimal. Never rounds to 0 or 1,000 what is not exactly that.
    pub(crate) fn per_thousand(self, share: Option<f64>) -> Shown<Option<f64>> {
        let value = share.filter(|v| v.is_finite()).map(|v| v.clamp(0.0, 1.0).abs() * 1000.0);
        let text = match value {
            None => NO_VALUE.to_owned(),
            Some(v) if (999.95..1000.0).contains(&v) => self.beyond(">", "999.9"),
            Some(v) if v > 0.0 && v < 0.05 => self.beyond("<", "0.1"),
            Some(v) => tenths(v),
        };
        Shown { value, text }
    }

    /// A range of numbers from 0 on, such as rates per 1,000: "8.9–14.2". Its ends are plainly rounded, but outward where
    /// they would meet: an interval that is no point must not look like one.
    pub(crate) fn rate_range(self, low: f64, high: f64) -> String {
        let (mut from, mut to) = (tenths(low), tenths(high));
        if from == to && low < high {
            (from, to) = (tenths((low * 10.0).floor() / 10.0), tenths((high * 10.0).ceil() / 10.0));
        }
        format!("{from}\u{2013}{to}")
    }

    /// Hours as hours and minutes, rounded up to the full minute.
    ///
    /// Rounding up keeps a whole-hour limit intact: what prints as the limit is within it, what is over prints as over.
    pub(crate) fn hours(self, value: Option<f64>) -> Shown<Option<f64>> {
        let value = value.filter(|v| v.is_finite());
        let text = value.map_or_else(|| NO_VALUE.to_owned(), |v| self.duration(v));
        Shown { value, text }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn duration(self, hours: f64) -> String {
        let micros = (hours.abs() * MICROS_PER_HOUR as f64).round() as i64;
        let minutes = micros / MICROS_PER_MINUTE + i64::from(micros % MICROS_PER_MINUTE > 0);
        let sign = if hours < 0.0 && minutes > 0 { "\u{2212}" } else { "" };
        let (whole, rest) = (grouped(minutes / 60), minutes % 60);
        match (self.locale, minutes / 60) {
            (Locale::En, 0) => format!("{sign}{rest}\u{a0}min"),
            (Locale::En, _) => format!("{sign}{whole}\u{a0}h\u{a0}{rest:02}\u{a0}min"),
            (Locale::ZhCn, 0) => format!("{sign}{rest}\u{a0}分钟"),
            (Locale::ZhCn, _) => format!("{sign}{whole}\u{a0}小时\u{a0}{rest:02}\u{a0}分"),
        }
    }

    /// A calendar day.
    pub(crate) fn date(self, value: NaiveDate) -> Shown<NaiveDate> {
        let text = match self.locale {
            Locale::En => format!("{}\u{a0}{}\u{a0}{}", value.day(), value.format("%b"), value.year()),
            Locale::ZhCn => format!("{}年{}月{}日", value.year(), value.month(), value.day()),
        };
        Shown { value, text }
    }

    /// The days from one to another; a year they share is named once.
    pub(crate) fn date_range(self, from: NaiveDate, to: NaiveDate) -> String {
        let (first, last) = (self.date(from).text, self.date(to).text);
        match (self.locale, from.year() == to.year()) {
            _ if from == to => first,
            (Locale::En, true) => format!("{}\u{a0}{} \u{2013} {last}", from.day(), from.format("%b")),
            (Locale::En, false) => format!("{first} \u{2013} {last}"),
            (Locale::ZhCn, true) => format!("{first}至{}月{}日", to.month(), to.day()),
            (Locale::ZhCn, false) => format!("{first}至{last}"),
        }
    }

    /// A calendar day without its year, as short as it gets: for axes.
    pub(crate) fn short_date(self, value: NaiveDate) -> String {
        match self.locale {
            Locale::En => format!("{}\u{a0}{}", value.day(), value.format("%b")),
            Locale::ZhCn => format!("{}/{}", value.month(), value.day()),
        }
    }

    /// A month of a year: "Sep 2026", "2026年9月".
    pub(crate) fn month(self, value: NaiveDate) -> String {
        match self.locale {
            Locale::En => format!("{}\u{a0}{}", value.format("%b"), value.year()),
            Locale::ZhCn => format!("{}年{}月", value.year(), value.month()),
        }
    }

    /// A month of a year in two lines, as short as they get: for axes.
    pub(crate) fn short_month(self, value: NaiveDate) -> (String, String) {
        match self.locale {
            Locale::En => (value.format("%b").to_string(), value.year().to_string()),
            Locale::ZhCn => (format!("{}月", value.month()), value.year().to_string()),
        }
    }

    /// An instant: its value in UTC, its text in the reader's zone.
    pub(crate) fn instant(self, micros: i64) -> Result<Shown<String>, ReportError> {
        let utc = checked_instant(micros)?;
        let local = utc.with_timezone(&self.zone);
        let clock = format!("{:02}:{:02}", local.hour(), local.minute());
        let text = match self.locale {
            Locale::En => format!("{}, {clock}", self.date(local.date_naive()).text),
            Locale::ZhCn => format!("{}\u{a0}{clock}", local.format("%Y-%m-%d")),
        };
        Ok(Shown { value: utc.to_rfc3339_opts(SecondsFormat::AutoSi, true), text })
    }

    /// An instant that may be missing.
    pub(crate) fn maybe_instant(self, micros: Option<i64>) -> Result<Shown<Option<String>>, ReportError> {
        match micros {
            None => Ok(Shown { value: None, text: NO_VALUE.to_owned() }),
            Some(m) => self.instant(m).map(|s| Shown { value: Some(s.value), text: s.text }),
        }
    }

    /// The reader's zone by name with its distance from UTC at an instant: "Asia/Shanghai (UTC+08:00)".
    pub(crate) fn zone_text(self, at: DateTime<Utc>) -> String {
        let offset = self.zone.offset_from_utc_datetime(&at.naive_utc()).fix();
        format!("{} (UTC{offset})", self.zone.name())
    }
}

/// The instant of a number of microseconds since the epoch, if a report can show it.
pub(crate) fn checked_instant(micros: i64) -> Result<DateTime<Utc>, ReportError> {
    DateTime::<Utc>::from_timestamp_micros(micros)
        .filter(|t| YEARS.contains(&t.year()))
        .ok_or(ReportError::Instant { micros })
}

/// Whether a report can reckon with a day.
pub(crate) fn is_showable_day(day: NaiveDate) -> bool {
    YEARS.contains(&day.year())
}

/// A share in percent with one decimal, plainly rounded.
fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// A number from 0 on with one decimal, plainly rounded, its thousands separated.
fn tenths(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.split_once('.').and_then(|(whole, tenth)| Some((whole.parse().ok()?, tenth))) {
        Some((whole, tenth)) => format!("{}.{tenth}", grouped(whole)),
        None => text,
    }
}

/// A whole number with its thousands separated by commas, as both locales have it.
pub(crate) fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::from(if value < 0 { "\u{2212}" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Formatter = Formatter { locale: Locale::En, zone: chrono_tz::Europe::Berlin };
    const ZH: Formatter = Formatter { locale: Locale::ZhCn, zone: chrono_tz::Asia::Shanghai };

    #[test]
    fn counts_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(-1_000), "\u{2212}1,000");
        assert_eq!(grouped(i64::MIN), "\u{2212}9,223,372,036,854,775,808");
    }

    #[test]
    fn a_share_is_only_100_percent_when_it_is() {
        assert_eq!(EN.share(Some(1.0)).text, "100.0%");
        assert_eq!(EN.share(Some(0.99999)).text, ">\u{2009}99.9%");
        assert_eq!(ZH.share(Some(0.0001)).text, "低于 0.1%");
        assert_eq!(EN.share(Some(0.0)).text, "0.0%");
        assert_eq!(EN.share(None).text, NO_VALUE);
        assert_eq!(EN.share(Some(f64::NAN)).value, None);
    }

    #[test]
    fn a_number_out_of_a_thousand_is_only_0_when_it_is() {
        assert_eq!(EN.per_thousand(Some(0.0)).text, "0.0");
        assert_eq!(EN.per_thousand(Some(0.012_34)).text, "12.3");
        assert_eq!(EN.per_thousand(Some(0.000_01)).text, "<\u{2009}0.1");
        assert_eq!(ZH.per_thousand(Some(0.999_999)).text, "高于 999.9");
        assert_eq!(EN.per_thousand(Some(1.0)).text, "1,000.0");
        assert_eq!(EN.per_thousand(Some(-1e-12)).value, Some(0.0));
        assert_eq!(EN.per_thousand(Some(f64::NAN)).text, NO_VALUE);
    }

    #[test]
    fn a_range_of_rates_never_looks_like_a_point() {
        assert_eq!(EN.rate_range(8.94, 1000.0), "8.9\u{2013}1,000.0");
        assert_eq!(EN.rate_range(12_345.67, 55_716.43), "12,345.7\u{2013}55,716.4");
        assert_eq!(EN.rate_range(0.0, 0.003), "0.0\u{2013}0.1");
        assert_eq!(EN.rate_range(13.91, 13.94), "13.9\u{2013}14.0");
        assert_eq!(EN.rate_range(0.0, 0.0), "0.0\u{2013}0.0");
    }

    #[test]
    fn a_duration_prints_as_the_limit_only_within_it() {
        assert_eq!(EN.hours(Some(24.0)).text, "24\u{a0}h\u{a0}00\u{a0}min");
        assert_eq!(EN.hours(Some(24.0 + 1.0 / 3600.0)).text, "24\u{a0}h\u{a0}01\u{a0}min");
        assert_eq!(EN.hours(Some(23.1)).text, "23\u{a0}h\u{a0}06\u{a0}min");
        assert_eq!(ZH.hours(Some(0.5)).text, "30\u{a0}分钟");
        assert_eq!(ZH.hours(Some(-1.5)).text, "\u{2212}1\u{a0}小时\u{a0}30\u{a0}分");
    }

    #[test]
    fn instants_are_shown_in_the_readers_zone() {
        let micros = 1_794_844_800_000_000; // 2026-11-16T16:00:00Z
        assert_eq!(EN.instant(micros).expect("in range").text, "16\u{a0}Nov\u{a0}2026, 17:00");
        let zh = ZH.instant(micros).expect("in range");
        assert_eq!((zh.value.as_str(), zh.text.as_str()), ("2026-11-16T16:00:00Z", "2026-11-17\u{a0}00:00"));
        assert_eq!(ZH.zone_text(checked_instant(micros).expect("in range")), "Asia/Shanghai (UTC+08:00)");
        assert!(EN.instant(i64::MAX).is_err());
    }
}
