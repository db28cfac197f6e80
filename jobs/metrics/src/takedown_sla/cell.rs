//! The cells of the cube: what adds up over disjoint groups, and which cell a group falls into.

use crate::interval::{ClusterMoments, StudentTail, wilson_with};
use chrono::NaiveDate;
use mirrorlake_model::takedown::{ChannelLocale, Period, RightType, SlaOutcome, SlaRow};

/// The figures of a group that add up, all whole numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub met: i64,
    pub breached: i64,
    pub pending: i64,
    pub excluded: i64,
    pub claims_met: i64,
    pub claims_breached: i64,
    /// Over claims, each with its met and its met + breached takedowns.
    pub moments: ClusterMoments,
    /// Largest net microseconds of rows still open.
    pub oldest_open: Option<i64>,
}

impl Totals {
    /// Counts one takedown.
    pub(super) fn count(&mut self, outcome: SlaOutcome) {
        match outcome {
            SlaOutcome::Met => self.met += 1,
            SlaOutcome::Breached => self.breached += 1,
            SlaOutcome::Pending => self.pending += 1,
            SlaOutcome::Excluded => self.excluded += 1,
        }
    }

    /// Adds a disjoint group.
    pub(super) fn add(&mut self, other: &Self) {
        self.met += other.met;
        self.breached += other.breached;
        self.pending += other.pending;
        self.excluded += other.excluded;
        self.claims_met += other.claims_met;
        self.claims_breached += other.claims_breached;
        self.moments.add(&other.moments);
        self.oldest_open = self.oldest_open.max(other.oldest_open);
    }

    /// The cell's row, with the figures that follow from the totals; curves are left null.
    pub(super) fn row(&self, key: &CellKey, z: Option<f64>, tail: &mut Option<StudentTail>) -> SlaRow {
        let decided = self.met + self.breached;
        let counted = decided + self.pending;
        let share = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
        let wilson = z.and_then(|z| wilson_with(z, self.met, decided));
        let clustered = tail.as_mut().and_then(|tail| self.moments.interval_with(tail));
        SlaRow {
            brand_id: key.brand_id,
            right_type: key.right_type.map(|ByWord(right_type)| right_type),
            channel_locale: key.channel_locale.map(|ByWord(channel_locale)| channel_locale),
            period: key.period.0,
            period_start: key.period_start,
            takedowns: counted + self.excluded,
            met: self.met,
            breached: self.breached,
            pending: self.pending,
            excluded: self.excluded,
            compliance_rate: share(self.met, decided),
            ci_low: wilson.map(|interval| interval.low),
            ci_high: wilson.map(|interval| interval.high),
            clustered_low: clustered.map(|interval| interval.low),
            clustered_high: clustered.map(|interval| interval.high),
            bound_low: share(self.met, counted),
            bound_high: share(self.met + self.pending, counted),
            median_hours: None,
            p90_hours: None,
            p95_hours: None,
            p99_hours: None,
            gross_median_hours: None,
            removed_by_limit_cif: None,
            claims: self.claims_met + self.claims_breached,
            claims_met: self.claims_met,
            last_listing_median_hours: None,
            oldest_open_hours: self.oldest_open.map(super::assess::hours),
        }
    }
}

/// A value of the contract that sorts by its word, as the mart's rows do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ByWord<T>(pub T);

/// Anything with a word in the contract.
pub(super) trait Word {
    /// The contract's word.
    fn word(&self) -> &'static str;
}

macro_rules! word {
    ($($name:ident),+) => {
        $(impl Word for $name {
            fn word(&self) -> &'static str {
                (*self).word()
            }
        })+
    };
}
word!(RightType, ChannelLocale, Period);

impl<T: Word + Eq> Ord for ByWord<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.word().cmp(other.0.word())
    }
}

impl<T: Word + Eq> PartialOrd for ByWord<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The mart's key, in its sort order: `None` (all) before any value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellKey {
    pub brand_id: Option<i64>,
    pub right_type: Option<ByWord<RightType>>,
    pub channel_locale: Option<ByWord<ChannelLocale>>,
    pub period: ByWord<Period>,
    pub period_start: NaiveDate,
}

/// The finest groups, of which every cell is a union: one brand, right type, channel and ISO week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LeafKey {
    pub brand_id: i64,
    pub right_type: ByWord<RightType>,
    pub channel_locale: ByWord<ChannelLocale>,
    pub monday: NaiveDate,
}

/// One of the sixteen ways in which the cube splits or keeps together its four dimensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split(u8);

impl Split {
    /// All sixteen.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..16).map(Self)
    }

    /// The cell that a leaf falls into.
    pub(super) fn cell_of(self, leaf: &LeafKey, window_start: NaiveDate) -> CellKey {
        let split = |bit: u8| self.0 & (1 << bit) != 0;
        CellKey {
            brand_id: split(0).then_some(leaf.brand_id),
            right_type: split(1).then_some(leaf.right_type),
            channel_locale: split(2).then_some(leaf.channel_locale),
            period: ByWord(if split(3) { Period::Week } else { Period::Window }),
            period_start: if split(3) { leaf.monday } else { window_start },
        }
    }
}
