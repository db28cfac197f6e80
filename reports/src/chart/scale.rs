//! Axes of shares: where they begin and which values they name.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_never_hides_a_low_end() {
        assert_eq!(axis_start([0.97, 0.91]).to_bits(), 0.9_f64.to_bits());
        assert_eq!(axis_start([0.97, 0.6]).to_bits(), 0.5_f64.to_bits());
        assert_eq!(axis_start([0.1]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(axis_start([]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(axis_start([f64::NAN]).to_bits(), 0.0_f64.to_bits());
    }
}
