//! Holds of a claim, and the clock that stops while one is open.

use crate::calendar::{HOUR, SECOND};
use crate::random::Stream;

/// One hold.
pub(crate) struct Hold {
    pub(crate) started_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) reason: &'static str,
}

const REASONS: [&str; 4] =
    ["proof of right asked for", "sample photographs asked for", "test purchase", "contact not reached"];

/// Holds of a claim: none mostly, up to three, which may overlap, begin before qualification or be open at T.
pub(crate) fn holds(stream: &mut Stream, with: bool, submitted_at: i64, as_of: i64) -> Vec<Hold> {
    let mut holds = Vec::new();
    if !with {
        return holds;
    }
    let mut from = submitted_at + stream.between(0, 30 * 3_600) * SECOND;
    for _ in 0..(1 + stream.weighted(&[60, 30, 10])) {
        if from >= as_of {
            break;
        }
        let length = (stream.log_normal(20.0, 0.9) * 3_600.0) as i64 * SECOND + HOUR;
        let ended_at = Some(from + length).filter(|end| *end <= as_of && !stream.chance(40));
        holds.push(Hold { started_at: from, ended_at, reason: stream.pick(&REASONS) });
        // Half of the next ones begin while this one is open.
        from += if stream.chance(500) { length / 2 } else { length + stream.between(1, 60) * HOUR };
        from = from / SECOND * SECOND;
    }
    holds
}

/// The instant at which the clock, started at `start` and stopped during the union of the holds, has run for `net`;
/// nothing where a hold that is open at T stands before it.
pub(crate) fn advance(start: i64, net: i64, holds: &[Hold]) -> Option<i64> {
    let mut spans: Vec<(i64, i64)> = holds.iter().map(|h| (h.started_at, h.ended_at.unwrap_or(i64::MAX))).collect();
    spans.sort_unstable();
    let (mut at, mut left) = (start, net);
    for (from, to) in spans {
        if to <= at {
            continue;
        }
        let running = (from - at).max(0);
        if left <= running {
            break;
        }
        if to == i64::MAX {
            return None;
        }
        left -= running;
        at = to;
    }
    Some(at + left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(from: i64, to: Option<i64>) -> Hold {
        Hold { started_at: from, ended_at: to, reason: "" }
    }

    #[test]
    fn the_clock_stops_once_for_overlapping_holds() {
        let holds = [hold(10, Some(20)), hold(15, Some(30)), hold(-5, Some(2))];
        assert_eq!(advance(0, 5, &holds), Some(7));
        assert_eq!(advance(0, 8, &holds), Some(10));
        assert_eq!(advance(0, 9, &holds), Some(31));
        assert_eq!(advance(40, 9, &holds), Some(49));
        assert_eq!(advance(0, 9, &[hold(3, None)]), None);
    }
}
