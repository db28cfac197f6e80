//! The stopped clock, by hand and against a count minute by minute.

use super::*;
use proptest::prelude::*;

#[test]
fn holds_are_joined() {
    let stops =
        Stops::union([(50, Some(60)), (10, Some(20)), (15, Some(30)), (30, Some(40)), (70, Some(70)), (80, Some(75))]);
    assert_eq!(stops.spans(), [Span { from: 10, to: 40 }, Span { from: 50, to: 60 }]);
    let open = Stops::union([(5, None), (7, Some(9)), (1, Some(3))]);
    assert_eq!(open.spans(), [Span { from: 1, to: 3 }, Span { from: 5, to: i64::MAX }]);
}

#[test]
fn only_the_time_inside_counts() {
    let stops = Stops::union([(10, Some(40)), (50, None)]);
    assert_eq!(stops.stopped(0, 10), 0);
    assert_eq!(stops.stopped(20, 55), 25);
    assert_eq!(stops.net(20, 55), 10);
    assert_eq!(stops.stopped(40, 20), 0);
    // A removal before the start is earlier by the full time: holds before the start do not count.
    assert_eq!(stops.net(60, 20), -40);
}

#[test]
fn due_is_the_first_instant_at_the_limit() {
    let none = Stops::default();
    assert_eq!(none.due_at(100, 24), Some(124));
    assert_eq!(none.due_at(100, 0), Some(100));
    assert_eq!(none.due_at(i64::MAX, 24), None);
    let closed = Stops::union([(90, Some(110)), (120, Some(150))]);
    assert_eq!(closed.due_at(100, 10), Some(120));
    assert_eq!(closed.due_at(100, 11), Some(151));
    assert_eq!(closed.due_at(200, 11), Some(211));
    let open = Stops::union([(120, None)]);
    assert_eq!(open.due_at(100, 20), Some(120));
    assert_eq!(open.due_at(100, 21), None);
    assert_eq!(open.due_at(130, 0), Some(130));
    assert_eq!(open.due_at(130, 1), None);
}

proptest! {
    #[test]
    fn union_agrees_with_a_count_minute_by_minute(
        holds in prop::collection::vec((0_i64..300, prop::option::weighted(0.9, -5_i64..80)), 0..12),
        from in 0_i64..300,
        length in 0_i64..200,
        limit in 0_i64..150,
    ) {
        const MINUTE: i64 = 60_000_000;
        let held = |minute: i64| holds.iter().any(|&(start, length)| {
            minute >= start && length.is_none_or(|length| minute < start + length)
        });
        let stops = Stops::union(
            holds.iter().map(|&(start, length)| (start * MINUTE, length.map(|length| (start + length) * MINUTE))),
        );
        for pair in stops.spans().windows(2) {
            prop_assert!(pair[0].to < pair[1].from);
        }
        let to = from + length;
        let stopped = (from..to).filter(|&minute| held(minute)).count() as i64;
        prop_assert_eq!(stops.stopped(from * MINUTE, to * MINUTE), stopped * MINUTE);
        prop_assert_eq!(stops.net(from * MINUTE, to * MINUTE), (length - stopped) * MINUTE);
        // The first minute at which `limit` running minutes have passed; none within reach: an open hold is in the way.
        let mut running = 0;
        let due = (from..from + 1_000).find(|&minute| {
            let reached = running >= limit;
            running += i64::from(!held(minute));
            reached
        });
        prop_assert_eq!(stops.due_at(from * MINUTE, limit * MINUTE), due.map(|minute| minute * MINUTE));
    }
}
