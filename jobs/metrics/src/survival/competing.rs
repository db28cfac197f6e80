//! Competing risks: the cumulative incidence of one cause where others can come first.

/// How a subject's time ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The event of interest.
    Interest,
    /// Another event, after which the event of interest can no longer come.
    Competing,
    /// Last seen without either.
    Censored,
}

/// One subject followed from 0 to the first of two kinds of event, or until last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Transition {
    /// Microseconds.
    pub time: i64,
    /// What came at `time`.
    pub cause: Cause,
}

/// The Aalen–Johansen estimate of the incidence of [`Cause::Interest`] (Scandinavian Journal of Statistics 5, 1978):
/// Σ S(t−) d₁(t) / n(t), with S the Kaplan–Meier curve of any cause. R: `survfit(Surv(time, factor(cause)) ~ 1)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CumulativeIncidence {
    points: Vec<(i64, f64)>,
}

impl CumulativeIncidence {
    /// Fits the curve in O(n log n); the order of the subjects does not matter.
    #[must_use]
    pub fn fit(transitions: &[Transition]) -> Self {
        let mut sorted = transitions.to_vec();
        sorted.sort_unstable();
        let mut points = Vec::new();
        walk(&sorted, |time, incidence| {
            points.push((time, incidence));
            true
        });
        Self { points }
    }

    /// The times (microseconds) at which the event of interest came, each with the incidence up to and including it.
    #[must_use]
    pub fn points(&self) -> &[(i64, f64)] {
        &self.points
    }

    /// The incidence at a horizon in microseconds; an event at the horizon itself counts.
    #[must_use]
    pub fn at(&self, horizon: i64) -> f64 {
        let after = self.points.partition_point(|(time, _)| *time <= horizon);
        after.checked_sub(1).and_then(|index| self.points.get(index)).map_or(0.0, |(_, incidence)| *incidence)
    }
}

/// The incidence at a horizon over subjects that are sorted by time, in one pass and without keeping the curve;
/// `None` without subjects.
#[must_use]
pub fn cumulative_incidence(sorted: &[Transition], horizon: i64) -> Option<f64> {
    if sorted.is_empty() {
        return None;
    }
    let mut at_horizon = 0.0;
    walk(sorted, |time, incidence| {
        if time <= horizon {
            at_horizon = incidence;
        }
        time <= horizon
    });
    Some(at_horizon)
}

/// Calls `visit` at each time with events of interest, until it says no.
///
/// As in the Kaplan–Meier walk, everything since the last censoring is kept as whole numbers: S(t−) = base · n / n₀,
/// so the increment S(t−) d₁ / n is base · d₁ / n₀, and the increments of a stretch add up as integers.
fn walk(sorted: &[Transition], mut visit: impl FnMut(i64, f64) -> bool) {
    let (mut survival_base, mut incidence_base) = (1.0_f64, 0.0_f64);
    let mut base_at_risk = sorted.len() as u64;
    let mut since_base = 0_u64;
    let mut rest = sorted;
    while let Some(first) = rest.first() {
        let at_risk = rest.len() as u64;
        let (mut interest, mut competing, mut censored) = (0_u64, 0_u64, 0_u64);
        for transition in rest.iter().take_while(|transition| transition.time == first.time) {
            match transition.cause {
                Cause::Interest => interest += 1,
                Cause::Competing => competing += 1,
                Cause::Censored => censored += 1,
            }
        }
        rest = rest.get((interest + competing + censored) as usize..).unwrap_or(&[]);
        since_base += interest;
        let incidence = incidence_base + survival_base * (since_base as f64 / base_at_risk as f64);
        if interest > 0 && !visit(first.time, incidence.min(1.0)) {
            return;
        }
        if censored > 0 {
            let left = at_risk - interest - competing;
            survival_base *= left as f64 / base_at_risk as f64;
            incidence_base = incidence;
            base_at_risk = left - censored;
            since_base = 0;
        }
    }
}
