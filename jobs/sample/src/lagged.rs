//! Events that follow a sale days later, without holding any sales: every sale has a computed place in its day's
//! queue of candidates, and each lag takes its own stretch of that queue.

use crate::calendar::{Calendar, WARMUP_DAYS};
use crate::random::{Family, Permutation};

/// How long after their sale events of one kind come.
pub(crate) struct Lags {
    /// Of a day's sales, how many of a million are candidates that lag no more than so many days.
    until: Vec<u64>,
    family: Family,
}

impl Lags {
    /// Candidates are `per_million` of the sales; each further day of lag has `decay` percent of the one before.
    pub(crate) fn new(seed: u64, label: &str, per_million: u64, days: usize, decay: u64) -> Self {
        let days = days.min(WARMUP_DAYS);
        let mut weight = 1_u64 << 40;
        let mut until = vec![0];
        for _ in 0..days {
            until.push(until.last().copied().unwrap_or(0) + weight);
            weight = (weight * decay / 100).max(1);
        }
        let total = u128::from(until.last().copied().unwrap_or(1));
        for value in &mut until {
            *value = (u128::from(*value) * u128::from(per_million.min(1_000_000)) / total) as u64;
        }
        Self { until, family: Family::new(seed, label) }
    }

    /// The candidates for events of a day: where their sales are found, in an order that mixes the lags.
    pub(crate) fn of_day(&self, calendar: &Calendar, day: usize) -> Candidates {
        let mut stretches = Vec::new();
        let mut count = 0;
        for lag in 1..self.until.len() {
            let sold = &calendar.days[day - lag];
            let place = |per_million: u64| (u128::from(sold.sales) * u128::from(per_million) / 1_000_000) as u64;
            let (from, to) = (place(self.until[lag - 1]), place(self.until[lag]));
            let mut stream = self.family.stream(crate::write::day_number(sold.date) as u64);
            let queue = Permutation::new(sold.sales, &mut stream);
            stretches.push(Stretch { first: count, sale_day: day - lag, from, queue });
            count += to - from;
        }
        let own = crate::write::day_number(calendar.days[day].date) as u64;
        let order = Permutation::new(count, &mut self.family.stream(1 << 40 | own));
        Candidates { stretches, count, order }
    }
}

struct Stretch {
    /// Candidates before this stretch.
    first: u64,
    sale_day: usize,
    /// Where the stretch begins in the sale day's queue.
    from: u64,
    queue: Permutation,
}

/// Candidates for the events of one day.
pub(crate) struct Candidates {
    stretches: Vec<Stretch>,
    pub(crate) count: u64,
    order: Permutation,
}

impl Candidates {
    /// The sale of the candidate at this place: its day, and its number in the day.
    pub(crate) fn sale(&self, place: u64) -> (usize, u64) {
        let candidate = self.order.apply(place);
        let stretch = &self.stretches[self.stretches.partition_point(|s| s.first <= candidate) - 1];
        (stretch.sale_day, stretch.queue.apply(stretch.from + candidate - stretch.first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SampleSpec;

    #[test]
    fn no_sale_is_a_candidate_twice() {
        let calendar = Calendar::new(&SampleSpec::new(4_000, 30, 5));
        let lags = Lags::new(5, "test", 400_000, 20, 88);
        let mut all = Vec::new();
        for day in calendar.lake_days() {
            let candidates = lags.of_day(&calendar, day);
            all.extend((0..candidates.count).map(|place| candidates.sale(place)));
        }
        assert!(all.iter().all(|(day, index)| *index < calendar.days[*day].sales));
        let drawn = all.len();
        assert!((1_300..2_200).contains(&drawn), "{drawn}");
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), drawn);
    }
}
