//! Instants and days, written as a person writes them.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime};

/// Microseconds in an hour.
pub const HOUR: i64 = 3_600_000_000;

/// T, the as-of instant of [`super::DAY`] in Shanghai.
pub fn t() -> i64 {
    at("2026-11-16 16:00")
}

/// Microseconds of a UTC instant written `2026-11-09 05:00`, `…:30` or `….000001`.
pub fn at(text: &str) -> i64 {
    let with_seconds = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    NaiveDateTime::parse_from_str(&with_seconds, "%Y-%m-%d %H:%M:%S%.f")
        .expect("an instant")
        .and_utc()
        .timestamp_micros()
}

/// Days since the epoch of a date.
pub fn date(text: &str) -> i32 {
    (day(text) - NaiveDate::default()).num_days().try_into().expect("a date near ours")
}

/// A date.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// The day some days before another, as text.
pub fn days_before(text: &str, days: u64) -> String {
    day(text).checked_sub_days(Days::new(days)).expect("a date near ours").to_string()
}

/// An instant as the suite's JSON and our [`super::marts`] write it.
pub fn rfc3339(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).expect("an instant").format("%Y-%m-%dT%H:%M:%S%.fZ").to_string()
}
