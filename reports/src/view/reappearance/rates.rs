//! The shares that came back, by tier and time.

use mirrorlake_model::reappearance::{RateTier, ShareBack};
use mirrorlake_model::thresholds::REAPPEARANCE_HORIZON_DAYS;
use serde::Serialize;

use crate::error::ReportError;
use crate::format::Formatter;
use crate::input::ReappearanceInput;
use crate::view::{IntervalMethod, IntervalView, Scene, Shown};

/// The shares that came back, by tier and time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RateTable {
    /// What the shares are of, in words.
    pub note: String,
    /// What a dash means; no value where there is none.
    pub dash_note: Option<String>,
    /// The days within which shares are told, as heads of their columns.
    pub horizons: Vec<Shown<i64>>,
    /// The tiers, each counting those before it too; empty where nothing was removed.
    pub rows: Vec<RateLine>,
}

/// The shares of some tiers counted together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RateLine {
    /// The tiers.
    pub tier: Shown<RateTier>,
    /// Listings that came back so far.
    pub reappeared: Shown<i64>,
    /// Listings with a standing removal: the denominator.
    pub removals: Shown<i64>,
    /// The shares, in the order of the columns.
    pub within: Vec<RateCell>,
}

/// The share back within some days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RateCell {
    /// The share; no value where no removal has been followed that far.
    pub rate: Shown<Option<f64>>,
    /// Its 95 % interval; no value where none can be given.
    pub interval: Option<IntervalView>,
}

/// The interval of a share, rounded outward.
pub(super) fn interval(f: Formatter, share: &ShareBack) -> Option<IntervalView> {
    let (low, high) = share.low.zip(share.high)?;
    Some(IntervalView { method: IntervalMethod::LogLog, low, high, text: f.share_range_outward(low, high) })
}

impl RateTable {
    pub(super) fn build(scene: &Scene<'_>, input: &ReappearanceInput) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let mut rows = Vec::new();
        for tier in RateTier::ALL {
            let Some(row) = input.rate(*tier).filter(|r| r.removals > 0) else { continue };
            rows.push(RateLine {
                tier: Shown { value: *tier, text: m.text(&format!("rate_tier.{}", tier.word()), &[])? },
                reappeared: f.count(row.reappeared),
                removals: f.count(row.removals),
                within: row
                    .within
                    .iter()
                    .map(|s| RateCell { rate: f.share(s.rate), interval: interval(f, s) })
                    .collect(),
            });
        }
        let removals = f.count(input.rate(RateTier::ABC).map_or(0, |r| r.removals));
        let note = match removals.value {
            0 => m.text("reappearance_rates.empty", &[])?,
            n => m.plural("reappearance_rates.note", n, &[("n", &removals.text)])?,
        };
        let has_dash = rows.iter().flat_map(|r| &r.within).any(|c| c.rate.value.is_none() || c.interval.is_none());
        let mut horizons = Vec::new();
        for days in REAPPEARANCE_HORIZON_DAYS {
            let n = f.count(days.into());
            let text = m.text("reappearance_rates.horizon", &[("n", &n.text)])?;
            horizons.push(Shown { value: n.value, text });
        }
        let dash_note = if has_dash { Some(m.text("reappearance_rates.dash", &[])?) } else { None };
        Ok(Self { note, dash_note, horizons, rows })
    }
}
