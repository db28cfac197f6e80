//! What a row tells: one estimate with the interval that belongs to it, or nothing and why.

use chrono::NaiveDate;
use mirrorlake_model::thresholds::PREVALENCE_WIDEST_INTERVAL;

use super::{PrevalenceHistory, PrevalenceRow, Suppression};

/// How far shares may differ by rounding alone.
const SLACK: f64 = 1e-9;

/// An estimated share that may be told, with its own 95 % interval: corrected, all in 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToldEstimate {
    /// The share.
    pub share: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Whether both are the robust ones; else they are the contract's.
    pub is_robust: bool,
}

impl ToldEstimate {
    fn new(share: f64, low: f64, high: f64, is_robust: bool) -> Self {
        let [share, low, high] = [share, low, high].map(|value| value.clamp(0.0, 1.0));
        Self { share, low, high, is_robust }
    }

    fn is_same(&self, other: &Self) -> bool {
        [self.share - other.share, self.low - other.low, self.high - other.high].iter().all(|d| d.abs() <= SLACK)
    }

    /// Whether the interval is wider than any that is told.
    fn is_too_wide(&self) -> bool {
        self.high - self.low > PREVALENCE_WIDEST_INTERVAL + SLACK
    }
}

impl PrevalenceRow {
    /// The estimate that is told: the robust one with the robust interval where the row has both and they differ from
    /// the contract's, else the contract's with the contract's.
    ///
    /// Nothing where it is withheld ([`PrevalenceRow::withheld_because`]).
    #[must_use]
    pub fn told(&self) -> Option<ToldEstimate> {
        self.candidate().filter(|estimate| !estimate.is_too_wide())
    }

    /// Why nothing is told: the contract's reason; else that the interval that would be told is wider than the
    /// contract allows the design-based one to be. A robust interval can be, though the row is publishable.
    #[must_use]
    pub fn withheld_because(&self) -> Option<Suppression> {
        let is_too_wide = || self.candidate().is_some_and(|estimate| estimate.is_too_wide());
        self.suppressed_because.or_else(|| is_too_wide().then_some(Suppression::WideInterval))
    }

    /// What would be told, were there no limit to its width.
    fn candidate(&self) -> Option<ToldEstimate> {
        let share = self.prevalence.filter(|_| self.publishable)?;
        let contract = ToldEstimate::new(share, self.prevalence_low?, self.prevalence_high?, false);
        let robust = self.robust.zip(self.robust_low.zip(self.robust_high));
        let robust = robust.map(|(share, (low, high))| ToldEstimate::new(share, low, high, true));
        Some(robust.filter(|robust| !robust.is_same(&contract)).unwrap_or(contract))
    }

    /// What remains of an older day's row of units for the chart: nothing but its day where it was withheld.
    #[must_use]
    pub fn to_history(&self, as_of: NaiveDate) -> PrevalenceHistory {
        let told = self.told();
        PrevalenceHistory {
            brand_id: self.brand_id,
            as_of,
            prevalence: told.map(|t| t.share),
            low: told.map(|t| t.low),
            high: told.map(|t| t.high),
            publishable: told.is_some(),
        }
    }
}

impl PrevalenceHistory {
    /// The share and the ends of its interval, in 0..=1; nothing where the estimate is withheld or its interval is
    /// wider than any that is told.
    #[must_use]
    pub fn told(&self) -> Option<(f64, f64, f64)> {
        let share = self.prevalence.filter(|_| self.publishable)?;
        let told = ToldEstimate::new(share, self.low?, self.high?, false);
        (!told.is_too_wide()).then_some((told.share, told.low, told.high))
    }
}
