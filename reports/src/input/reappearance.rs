//! Whether removed listings came back: the brand's rows of the reappearance marts.

mod check;

use mirrorlake_model::reappearance::{CurveRow, RateTier, ReappearanceRateRow, ReappearanceRow};

pub(super) use check::check;

/// What became of one brand's removed listings, whatever the day of their removal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReappearanceInput {
    /// The brand.
    pub brand_id: i64,
    /// The brand's rows of `reappearance_rates`: each of the three tiers once, in any order. Empty where the mart has none:
    /// no listing of the brand has been removed.
    pub rates: Vec<ReappearanceRateRow>,
    /// The brand's rows of `reappearances`, all tiers, in any order.
    pub pairs: Vec<ReappearanceRow>,
    /// The brand's rows of `reappearance_curves`, in any order; those of the tiers A to C are told. Empty where nothing came
    /// back, or where the curve is not at hand.
    pub curve: Vec<CurveRow>,
    /// When the oldest standing removal was, in microseconds since the epoch: the curve ends at its age. `None` where there
    /// is none, or it is not at hand: then no curve is drawn.
    pub oldest_removal_at: Option<i64>,
    /// Images on the brand's removed listings that are too common to accuse anybody in the tiers C and D; `None` where they
    /// have not been counted.
    pub excused_images: Option<i64>,
    /// Images on the brand's removed listings that could not be compared, for want of a fingerprint or of quality; `None`
    /// where they have not been counted.
    pub uncompared_images: Option<i64>,
}

impl ReappearanceInput {
    /// The row of some tiers; `None` where no listing of the brand has been removed.
    #[must_use]
    pub fn rate(&self, tier: RateTier) -> Option<&ReappearanceRateRow> {
        self.rates.iter().find(|r| r.tier == tier)
    }

    /// The told steps of the curve, by day.
    pub(crate) fn steps(&self) -> Vec<&CurveRow> {
        let mut steps: Vec<&CurveRow> = self.curve.iter().filter(|p| p.tier == RateTier::ABC).collect();
        steps.sort_by_key(|p| p.day);
        steps
    }

    /// For how many days the oldest removal has been followed at an instant, in microseconds since the epoch.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn followed_days(&self, as_of: i64) -> Option<f64> {
        self.oldest_removal_at
            .map(|at| as_of.saturating_sub(at) as f64 / mirrorlake_model::thresholds::MICROS_PER_DAY as f64)
    }
}
