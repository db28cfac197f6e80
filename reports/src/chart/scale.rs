//! Axes: where they begin and end, and which values they name.

/// Where an axis of shares may begin, from the closest view to the whole.
const STARTS: [f64; 4] = [0.9, 0.8, 0.5, 0.0];

/// The closest beginning of an axis up to 100 % that hides nothing.
#[must_use]
pub fn axis_start(lows: impl IntoIterator<Item = f64>) -> f64 {
    let lowest = lows.into_iter().filter(|v| v.is_finite()).reduce(f64::min).unwrap_or(0.0);
    STARTS.into_iter().find(|start| *start <= lowest).unwrap_or(0.0)
}

/// Percent values named on an axis that begins at one of [`axis_start`]'s values.
pub(super) fn ticks(start: f64) -> &'static [u32] {
    if start >= 0.9 {
        &[90, 92, 94, 96, 98, 100]
    } else if start >= 0.8 {
        &[80, 85, 90, 95, 100]
    } else if start >= 0.5 {
        &[50, 60, 70, 80, 90, 100]
    } else {
        &[0, 20, 40, 60, 80, 100]
    }
}

/// A share's place between `start` (0) and 100 % (1), kept inside.
pub(super) fn place(share: f64, start: f64) -> f64 {
    ((share - start) / (1.0 - start)).clamp(0.0, 1.0)
}

/// How often the highest value goes into an axis before intervals that reach higher are cut.
const HEADROOM: f64 = 2.5;

/// Most steps on an axis from zero.
const MOST_STEPS: f64 = 6.0;

/// An upright axis with the values it names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    /// The value at its foot.
    pub(super) from: f64,
    /// The value at its head.
    pub(super) to: f64,
    /// Values named on it, rising, with their names.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis of shares up to 100 %, from the closest beginning that hides nothing.
    pub(super) fn of_shares(lows: impl IntoIterator<Item = f64>) -> Self {
        let from = axis_start(lows);
        let ticks = ticks(from).iter().map(|tick| (f64::from(*tick) / 100.0, format!("{tick}%"))).collect();
        Self { from, to: 1.0, ticks }
    }

    /// An axis from zero that holds every value, and intervals as far as they do not press the values flat.
    pub(super) fn from_zero(values: impl IntoIterator<Item = f64>, highs: impl IntoIterator<Item = f64>) -> Self {
        let most = |all: &mut dyn Iterator<Item = f64>| all.filter(|v| v.is_finite()).fold(0.0, f64::max);
        let (value, high) = (most(&mut values.into_iter()), most(&mut highs.into_iter()));
        let needed = if value > 0.0 { high.min(value * HEADROOM).max(value) } else { high };
        let needed = if needed > 0.0 { needed } else { 1.0 };
        let step = step(needed);
        let decimals = if step < 1.0 { usize::from(step < 0.1) + 1 } else { 0 };
        let mut ticks = vec![(0.0, "0".to_owned())];
        while let Some((last, _)) = ticks.last().filter(|(last, _)| *last < needed * (1.0 - 1e-9)) {
            let next = last + step;
            let name = if next >= 1000.0 { grouped(next) } else { format!("{next:.decimals$}") };
            ticks.push((next, name));
        }
        let to = ticks.last().map_or(1.0, |(last, _)| *last);
        Self { from: 0.0, to, ticks }
    }

    /// A value's place between the foot (0) and the head (1), kept inside.
    pub(super) fn place(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// The smallest step of 1, 2 or 5 times a power of ten, from 0.01 on, that reaches `needed` in few steps.
fn step(needed: f64) -> f64 {
    let mut unit = 0.01;
    loop {
        for step in [unit, unit * 2.0, unit * 5.0] {
            if step * MOST_STEPS >= needed * (1.0 - 1e-9) {
                return step;
            }
        }
        unit *= 10.0;
    }
}

#[allow(clippy::cast_possible_truncation)]
fn grouped(value: f64) -> String {
    crate::format::grouped(value.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, name)| name.as_str()).collect()
    }

    #[test]
    fn an_axis_from_zero_holds_every_value_and_cuts_only_wide_intervals() {
        let axis = Axis::from_zero([8.0, 12.0], [20.0]);
        assert_eq!(names(&axis), ["0", "5", "10", "15", "20"]);
        assert_eq!(axis.place(10.0).to_bits(), 0.5_f64.to_bits());
        assert_eq!(names(&Axis::from_zero([8.0, 12.0], [400.0])), ["0", "5", "10", "15", "20", "25", "30"]);
        assert_eq!(names(&Axis::from_zero([0.0], [0.4])), ["0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(names(&Axis::from_zero([1000.0], [1000.0])).last(), Some(&"1,000"));
        assert_eq!(names(&Axis::from_zero([], [f64::NAN])).first(), Some(&"0"));
        assert_eq!(names(&Axis::from_zero([0.03], [])), ["0", "0.01", "0.02", "0.03"]);
    }

    #[test]
    fn the_axis_never_hides_a_low_end() {
        assert_eq!(axis_start([0.97, 0.91]).to_bits(), 0.9_f64.to_bits());
        assert_eq!(axis_start([0.97, 0.6]).to_bits(), 0.5_f64.to_bits());
        assert_eq!(axis_start([0.1]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(axis_start([]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(axis_start([f64::NAN]).to_bits(), 0.0_f64.to_bits());
    }
}
