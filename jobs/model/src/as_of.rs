//! The as-of instant: the one moment at which a whole run stands.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// "As of D" means the instant at which business day D ends in the lake's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The business day D.
    pub day: NaiveDate,
    /// The lake's time zone.
    pub time_zone: Tz,
}

impl AsOf {
    /// The instant T at which the day ends: midnight that opens day D + 1 in the lake's time zone.
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        start_of_day(next_day(self.day), self.time_zone)
    }

    /// T in microseconds since the epoch.
    #[must_use]
    pub fn micros(&self) -> i64 {
        self.instant().timestamp_micros()
    }

    /// The first day of a window of `days` days that ends with D (D − days + 1).
    ///
    /// `days` below 1 counts as 1.
    #[must_use]
    pub fn window_start(&self, days: u32) -> NaiveDate {
        self.day.checked_sub_days(Days::new(u64::from(days.max(1) - 1))).unwrap_or(NaiveDate::MIN)
    }
}

/// The day after `day`; the last representable day is its own successor.
#[must_use]
pub fn next_day(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(NaiveDate::MAX)
}

/// The first instant of a calendar day in a time zone.
///
/// Where a change of the clocks leaves out midnight, the day starts at the first instant that exists;
/// where midnight comes twice, at the earlier one.
#[must_use]
pub fn start_of_day(day: NaiveDate, time_zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    for quarter_hours in 0..=8_i64 {
        let local = midnight + chrono::TimeDelta::minutes(15 * quarter_hours);
        if let Some(instant) = time_zone.from_local_datetime(&local).earliest() {
            return instant.with_timezone(&Utc);
        }
    }
    // Whole days have been skipped at the date line (Samoa, 2011-12-30): the day is empty and starts where the next does.
    midnight.and_utc()
}

/// The half-open span [from, to) of a calendar day in a time zone, in microseconds since the epoch.
#[must_use]
pub fn day_span_micros(day: NaiveDate, time_zone: Tz) -> (i64, i64) {
    (start_of_day(day, time_zone).timestamp_micros(), start_of_day(next_day(day), time_zone).timestamp_micros())
}

/// The calendar day of an instant (microseconds since the epoch) in a time zone.
///
/// Returns `None` for instants that no calendar day can name.
#[must_use]
pub fn local_day(micros: i64, time_zone: Tz) -> Option<NaiveDate> {
    DateTime::<Utc>::from_timestamp_micros(micros).map(|t| t.with_timezone(&time_zone).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_shanghai_day_ends_at_sixteen_hours_utc() {
        let as_of = AsOf { day: day("2026-11-16"), time_zone: chrono_tz::Asia::Shanghai };
        assert_eq!(as_of.instant().to_rfc3339(), "2026-11-16T16:00:00+00:00");
        assert_eq!(as_of.window_start(7), day("2026-11-10"));
        assert_eq!(as_of.window_start(1), day("2026-11-16"));
    }

    #[test]
    fn days_of_a_clock_change_have_23_and_25_hours() {
        let hour = 3_600_000_000;
        let berlin = chrono_tz::Europe::Berlin;
        let (from, to) = day_span_micros(day("2026-03-29"), berlin);
        assert_eq!(to - from, 23 * hour);
        let (from, to) = day_span_micros(day("2026-10-25"), berlin);
        assert_eq!(to - from, 25 * hour);
        // Midnight itself is skipped in Santiago on 2026-09-06: the day starts at one o'clock.
        let start = start_of_day(day("2026-09-06"), chrono_tz::America::Santiago);
        assert_eq!(start.to_rfc3339(), "2026-09-06T04:00:00+00:00");
    }

    #[test]
    fn local_day_follows_the_zone() {
        let micros = AsOf { day: day("2026-11-16"), time_zone: chrono_tz::Asia::Shanghai }.micros();
        assert_eq!(local_day(micros, chrono_tz::Asia::Shanghai), Some(day("2026-11-17")));
        assert_eq!(local_day(micros - 1, chrono_tz::Asia::Shanghai), Some(day("2026-11-16")));
        assert_eq!(local_day(i64::MAX, chrono_tz::UTC), None);
    }
}
