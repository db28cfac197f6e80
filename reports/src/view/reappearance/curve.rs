//! The share that came back over time: the numbers behind the step curve.

use mirrorlake_model::reappearance::{CurveRow, RateTier, ShareBack};
use mirrorlake_model::thresholds::REAPPEARANCE_HORIZON_DAYS;
use serde::Serialize;

use super::{ReappearanceState, rates};
use crate::error::ReportError;
use crate::input::ReappearanceInput;
use crate::view::{Scene, Shown};

/// The share that came back over time, tiers A to C.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveView {
    /// What the chart shows.
    pub caption: String,
    /// The chart in words, for those who cannot see it.
    pub description: String,
    /// Where the numbers come from.
    pub source: String,
    /// Said in place of the curve where there is none.
    pub empty: String,
    /// Days for which the removal that has been followed longest has been: the curve's end.
    pub followed_days: Shown<Option<f64>>,
    /// The steps; empty where there is no curve.
    pub points: Vec<CurvePointView>,
    /// The days that the table tells of, on the curve.
    pub marks: Vec<CurveMarkView>,
}

/// One step: the share by the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePointView {
    /// Whole days since the removal; the share is that at their end.
    pub day: i64,
    /// Share that has come back.
    pub share: f64,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A day that is marked on the curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveMarkView {
    /// The day.
    pub day: Shown<i64>,
    /// The share; no value where no removal has been followed that far.
    pub share: Shown<Option<f64>>,
    /// Both in one sentence.
    pub sentence: String,
}

impl CurveView {
    pub(super) fn build(
        scene: &Scene<'_>,
        input: &ReappearanceInput,
        state: ReappearanceState,
    ) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let followed_days = f.days(input.followed_days(scene.input.parts().as_of.micros()));
        // Without knowing how far removals have been followed nobody could tell where the curve ends.
        let points = if followed_days.value.is_some() { drawn(input) } else { Vec::new() };
        let marks = marks(scene, input)?;
        let told: Vec<&str> = marks.iter().filter(|m| m.share.value.is_some()).map(|m| m.sentence.as_str()).collect();
        let empty = match state {
            ReappearanceState::NoRemovals => "no_removals",
            ReappearanceState::None => "none",
            ReappearanceState::Some | ReappearanceState::TooEarly => "no_curve",
        };
        let empty = m.text(&format!("reappearance_curve.{empty}"), &[])?;
        Ok(Self {
            caption: m.text("reappearance_curve.caption", &[])?,
            description: if points.is_empty() {
                empty.clone()
            } else {
                told.join(m.text("list.sentences", &[])?.as_str())
            },
            source: m.text("reappearance_curve.source", &[])?,
            empty,
            followed_days,
            points,
            marks,
        })
    }
}

/// The steps up to the last of the days that are told of.
fn drawn(input: &ReappearanceInput) -> Vec<CurvePointView> {
    let to_day = REAPPEARANCE_HORIZON_DAYS.into_iter().max().map_or(0, i64::from);
    let point = |p: &CurveRow| {
        let ShareBack { rate, low, high } = p.share;
        rate.map(|share| CurvePointView { day: p.day, share, low, high })
    };
    input.steps().into_iter().filter(|p| p.day <= to_day).filter_map(point).collect()
}

fn marks(scene: &Scene<'_>, input: &ReappearanceInput) -> Result<Vec<CurveMarkView>, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let none = [ShareBack::default(); 3];
    let within = input.rate(RateTier::ABC).map_or(&none, |r| &r.within);
    let mut marks = Vec::new();
    for (days, within) in REAPPEARANCE_HORIZON_DAYS.into_iter().zip(within) {
        let (day, share) = (f.count(days.into()), f.share(within.rate));
        let interval = rates::interval(f, within);
        let values = [
            ("days", day.text.as_str()),
            ("rate", &share.text),
            ("interval", interval.as_ref().map_or("", |i| &i.text)),
        ];
        let key = match (share.value, &interval) {
            (None, _) => "mark_none",
            (Some(_), None) => "mark_without_interval",
            (Some(_), Some(_)) => "mark",
        };
        let sentence = m.text(&format!("reappearance_curve.{key}"), &values)?;
        marks.push(CurveMarkView { day, share, sentence });
    }
    Ok(marks)
}
