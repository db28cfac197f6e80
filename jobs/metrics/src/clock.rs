//! A clock that stops while holds are open. Instants and lengths are whole microseconds; intervals are half-open.

#[cfg(test)]
mod tests;

/// A half-open span [from, to) of microseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First instant inside.
    pub from: i64,
    /// First instant after; [`i64::MAX`] where the end is not known.
    pub to: i64,
}

/// The time for which a clock is stopped: sorted spans that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stops {
    spans: Vec<Span>,
}

impl Stops {
    /// The union of holds, each (started, ended); an end of `None` is still open. A hold that ends at or before its
    /// start is empty.
    #[must_use]
    pub fn union(holds: impl IntoIterator<Item = (i64, Option<i64>)>) -> Self {
        let mut all: Vec<Span> = holds
            .into_iter()
            .map(|(from, to)| Span { from, to: to.unwrap_or(i64::MAX) })
            .filter(|span| span.from < span.to)
            .collect();
        all.sort_unstable_by_key(|span| (span.from, span.to));
        let mut spans: Vec<Span> = Vec::with_capacity(all.len());
        for span in all {
            match spans.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => spans.push(span),
            }
        }
        Self { spans }
    }

    /// The spans, in order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Stopped microseconds within [from, to); 0 where the interval is empty.
    #[must_use]
    pub fn stopped(&self, from: i64, to: i64) -> i64 {
        self.spans
            .iter()
            .map(|span| span.to.min(to).saturating_sub(span.from.max(from)).max(0))
            .fold(0, i64::saturating_add)
    }

    /// Running microseconds of [from, to): its length less the stopped time. Negative where `to` is before `from`,
    /// where nothing is subtracted.
    #[must_use]
    pub fn net(&self, from: i64, to: i64) -> i64 {
        to.saturating_sub(from).saturating_sub(self.stopped(from, to))
    }

    /// The earliest instant at which the running time since `start` reaches `limit` (≥ 0).
    ///
    /// `None` where an open hold is met before that; a limit reached at the very start of a hold is reached.
    #[must_use]
    pub fn due_at(&self, start: i64, limit: i64) -> Option<i64> {
        let mut now = start;
        let mut remaining = limit.max(0);
        for span in self.spans.iter().filter(|span| span.to > start) {
            let running = span.from.saturating_sub(now).max(0);
            if remaining <= running {
                break;
            }
            if span.to == i64::MAX {
                return None;
            }
            remaining -= running;
            now = span.to;
        }
        now.checked_add(remaining)
    }
}
