//! The lake's days: how much is sold on each, when in the day, and which are promotions.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::day_span_micros;

use crate::SampleSpec;
use crate::random::Family;

/// Microseconds in a second: every instant of the sample lies on a whole second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in an hour.
pub(crate) const HOUR: i64 = 3_600 * SECOND;
/// Microseconds in 24 hours.
pub(crate) const DAY: i64 = 24 * HOUR;

/// Days before the lake's first on which imagined sales took place, so that its first refunds and comments have
/// something to refer to. No lag is longer.
pub(crate) const WARMUP_DAYS: usize = 45;

/// First order line of the lake; imagined earlier ones lie below.
pub(crate) const FIRST_ORDER_LINE: u64 = 600_000_000_000;

/// Sales by hour of the day.
const HOURS: [u64; 24] = [18, 10, 6, 4, 3, 4, 8, 16, 28, 42, 52, 54, 56, 50, 46, 46, 46, 46, 48, 60, 78, 86, 70, 40];

/// One business day.
pub(crate) struct Day {
    pub(crate) date: NaiveDate,
    /// First instant.
    pub(crate) from: i64,
    /// First instant of the next day.
    pub(crate) to: i64,
    /// Sales of the day.
    pub(crate) sales: u64,
    /// Order line of its first sale.
    pub(crate) first_order_line: u64,
    /// What is left of a price in the promotion; 1000 on ordinary days.
    pub(crate) promotion_permille: i64,
}

/// All days, those before the lake first.
pub(crate) struct Calendar {
    pub(crate) days: Vec<Day>,
    /// T in microseconds.
    pub(crate) as_of: i64,
    /// Fraction of the day (of 2^32) by fraction of the day's sales (in 1024 steps).
    by_share: Vec<u64>,
}

impl Calendar {
    pub(crate) fn new(spec: &SampleSpec) -> Self {
        let as_of = AsOf { day: spec.end_day, time_zone: spec.time_zone };
        let first = as_of.window_start(spec.days);
        let jitter = Family::new(spec.seed, "calendar");
        let first = first.checked_sub_days(Days::new(WARMUP_DAYS as u64)).unwrap_or(first);
        let dates: Vec<NaiveDate> = first.iter_days().take(WARMUP_DAYS + spec.days as usize).collect();
        let weights: Vec<u64> = dates
            .iter()
            .map(|date| {
                // Keyed by the date, so that a longer lake has the same days at its end.
                let noise = 940 + jitter.stream(date.num_days_from_ce() as u64).below(121);
                let weekend = if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) { 118 } else { 100 };
                noise * weekend * promotion(*date).0
            })
            .collect();
        let sales = volumes(spec.sales, &weights);
        let before: u64 = sales[..WARMUP_DAYS].iter().sum();
        let mut next = FIRST_ORDER_LINE.saturating_sub(before);
        let mut days = Vec::with_capacity(dates.len());
        for (date, sales) in dates.into_iter().zip(sales) {
            let (from, to) = day_span_micros(date, spec.time_zone);
            days.push(Day { date, from, to, sales, first_order_line: next, promotion_permille: promotion(date).1 });
            next += sales;
        }
        Self { days, as_of: as_of.micros(), by_share: hours_by_share() }
    }

    /// The lake's own days, with their positions in `days`.
    pub(crate) fn lake_days(&self) -> std::ops::Range<usize> {
        WARMUP_DAYS..self.days.len()
    }

    /// First instant of the lake's first day.
    pub(crate) fn lake_start(&self) -> i64 {
        self.days[WARMUP_DAYS].from
    }

    /// When the `index`-th of `count` events of a day happens: in order, thick in the evening, on a whole second.
    #[inline]
    pub(crate) fn instant(&self, day: &Day, index: u64, count: u64, jitter: u32) -> i64 {
        let share = if index >> 32 == 0 {
            // Divisions of 64 bits are several times as fast, and this is done for every event.
            (index << 32 | u64::from(jitter)) / count.max(1)
        } else {
            ((u128::from(index) << 32 | u128::from(jitter)) / u128::from(count)) as u64
        };
        let (step, rest) = ((share >> 22) as usize, share & 0x3f_ffff);
        let (low, high) = (self.by_share[step], self.by_share[step + 1]);
        let fraction = low + (((high - low) * rest) >> 22);
        let seconds = (day.to - day.from) / SECOND;
        day.from + ((seconds as u64 * fraction) >> 32) as i64 * SECOND
    }
}

/// How much more is sold on a day (100 on ordinary days), and what is left of a price (in permille).
fn promotion(date: NaiveDate) -> (u64, i64) {
    match (date.month(), date.day()) {
        (11, 11) => (420, 780),
        (6, 18) => (310, 800),
        (12, 12) => (210, 830),
        (11, 1 | 10) => (170, 860),
        (3, 8) | (9, 9) => (150, 880),
        // The shops' monthly members' day.
        (_, 20) => (140, 900),
        _ => (100, 1_000),
    }
}

/// Splits the sales over the lake's days by weight, exactly; days before the lake get what their weight is worth.
fn volumes(total: u64, weights: &[u64]) -> Vec<u64> {
    let in_lake: u128 = weights[WARMUP_DAYS..].iter().map(|w| u128::from(*w)).sum();
    let worth = |weight: u128| (u128::from(total) * weight / in_lake.max(1)) as u64;
    let mut volumes: Vec<u64> = weights[..WARMUP_DAYS].iter().map(|w| worth(u128::from(*w))).collect();
    let (mut cumulated, mut given) = (0_u128, 0_u64);
    for weight in &weights[WARMUP_DAYS..] {
        cumulated += u128::from(*weight);
        let until = worth(cumulated);
        volumes.push(until - given);
        given = until;
    }
    volumes
}

/// The inverse of the day's cumulated sales.
fn hours_by_share() -> Vec<u64> {
    let total: u64 = HOURS.iter().sum();
    let mut table = Vec::with_capacity(1_025);
    for step in 0..=1_024_u64 {
        // Position in the day's sales, in 1024ths of one weight unit.
        let mut left = step * total;
        let mut fraction = 1_u64 << 32;
        for (hour, weight) in HOURS.iter().enumerate() {
            if left < weight * 1_024 {
                fraction = ((hour as u64 * weight * 1_024 + left) << 32) / (24 * weight * 1_024);
                break;
            }
            left -= weight * 1_024;
        }
        table.push(fraction);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sale_has_a_day_and_every_instant_lies_in_it() {
        for sales in [0, 1, 35, 20_011] {
            let calendar = Calendar::new(&SampleSpec::new(sales, 35, 1));
            let sum: u64 = calendar.lake_days().map(|d| calendar.days[d].sales).sum();
            assert_eq!(sum, sales);
        }
        let calendar = Calendar::new(&SampleSpec::new(1_000, 3, 1));
        let day = &calendar.days[WARMUP_DAYS];
        let mut last = day.from;
        for index in 0..day.sales {
            let at = calendar.instant(day, index, day.sales, u32::MAX);
            assert!(at >= last && at < day.to);
            last = at;
        }
        assert_eq!(calendar.days.last().map(|d| d.to), Some(calendar.as_of));
    }
}
