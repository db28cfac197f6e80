//! The section "Did removed listings come back?": how many, how soon, and as what.

mod curve;
mod headline;
mod pairs;
mod rates;

use std::collections::BTreeMap;

use mirrorlake_model::reappearance::{RateTier, ReappearanceRow, Tier};
use mirrorlake_model::thresholds::{IMAGE_REACH, LINK_KEY_MERCHANTS};
use serde::Serialize;

use super::sla::{Definition, Figure};
use super::{Scene, Shown, definitions, figures};
use crate::error::ReportError;
use crate::input::ReappearanceInput;
pub use curve::{CurveMarkView, CurvePointView, CurveView};
pub use headline::ReappearanceHeadline;
pub use pairs::{PairLine, PairList};
pub use rates::{RateCell, RateLine, RateTable};

/// The section "Did removed listings come back?".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReappearanceSection {
    /// The figures; no value where reappearances have not been looked for.
    pub measured: Option<ReappearanceFigures>,
    /// Why there are no figures, in words.
    pub not_measured: Option<String>,
}

/// What there is to say at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReappearanceState {
    /// Some came back, and removals have been followed long enough for the headline's rate.
    Some,
    /// Some came back, but no removal has been followed long enough for the headline's rate.
    TooEarly,
    /// None came back.
    None,
    /// No listing is removed.
    NoRemovals,
}

/// The figures of the section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReappearanceFigures {
    /// What there is to say at all.
    pub state: ReappearanceState,
    /// The one thing to know.
    pub headline: ReappearanceHeadline,
    /// What coming back is, and what it is not.
    pub meaning: String,
    /// How many were removed, reinstated and came back, and how soon.
    pub counts: Vec<Figure>,
    /// The shares that came back, by tier and time.
    pub rates: RateTable,
    /// The share over time.
    pub curve: CurveView,
    /// The pairs that the rates count: tiers A to C.
    pub pairs: PairList,
    /// Look-alikes at merchants without a known link, in no rate: tier D.
    pub look_alikes: PairList,
    /// What pictures were not looked at or accuse nobody; empty where that is not known.
    pub image_notes: Vec<String>,
    /// What the words of this section mean.
    pub definitions: Vec<Definition>,
}

impl ReappearanceSection {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        Ok(match &scene.input.parts().reappearance {
            Some(input) => Self { measured: Some(ReappearanceFigures::build(scene, input)?), not_measured: None },
            None => Self { measured: None, not_measured: Some(scene.m.text("reappearance.not_measured", &[])?) },
        })
    }
}

impl ReappearanceFigures {
    fn build(scene: &Scene<'_>, input: &ReappearanceInput) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let row = input.rate(RateTier::ABC);
        let state = match row {
            None => ReappearanceState::NoRemovals,
            Some(row) if row.removals == 0 => ReappearanceState::NoRemovals,
            Some(row) if row.reappeared == 0 => ReappearanceState::None,
            Some(row) if headline::share(row).rate.is_none() => ReappearanceState::TooEarly,
            Some(_) => ReappearanceState::Some,
        };
        let (most, bits) = (f.count(LINK_KEY_MERCHANTS.into()).text, f.count(IMAGE_REACH.into()).text);
        Ok(Self {
            state,
            headline: ReappearanceHeadline::build(scene, input, state)?,
            meaning: m.text("reappearance.meaning", &[])?,
            counts: counts(scene, input)?,
            rates: RateTable::build(scene, input)?,
            curve: CurveView::build(scene, input, state)?,
            pairs: PairList::build(scene, input, "pairs", |tier| tier != Tier::OtherMerchant)?,
            look_alikes: PairList::build(scene, input, "look_alikes", |tier| tier == Tier::OtherMerchant)?,
            image_notes: image_notes(scene, input)?,
            definitions: definitions::of_reappearances(scene, &[("most", &most), ("bits", &bits)])?,
        })
    }
}

/// Days to the first reappearance that a rate counts, of each removed listing that came back.
fn first_days(input: &ReappearanceInput) -> Vec<f64> {
    let mut first: BTreeMap<i64, f64> = BTreeMap::new();
    let counted = |p: &&ReappearanceRow| RateTier::ABC.counts(p.tier);
    for pair in input.pairs.iter().filter(counted) {
        first.entry(pair.removed_listing_id).and_modify(|d| *d = d.min(pair.days())).or_insert(pair.days());
    }
    let mut days: Vec<f64> = first.into_values().collect();
    days.sort_unstable_by(f64::total_cmp);
    days
}

/// The middle of sorted numbers; between the two middle ones where their count is even.
fn median(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(lower.midpoint(upper))
}

fn counts(scene: &Scene<'_>, input: &ReappearanceInput) -> Result<Vec<Figure>, ReportError> {
    let m = scene.m;
    let (removals, reinstated, reappeared) =
        input.rate(RateTier::ABC).map_or((0, 0, 0), |r| (r.removals, r.reinstated, r.reappeared));
    let mut figures = Vec::new();
    for (key, n) in [("removals", removals), ("reinstated", reinstated), ("reappeared", reappeared)] {
        figures.push(figures::count(scene, key, n, Some(m.text(&format!("figure.{key}_note"), &[])?))?);
    }
    let days = first_days(input);
    let Shown { value, text } = scene.f.days(median(&days));
    let n = scene.f.count(i64::try_from(days.len()).unwrap_or(i64::MAX));
    let note = match n.value {
        0 => m.text("figure.reappearance_days_none", &[])?,
        _ => m.plural("figure.reappearance_days_note", n.value, &[("n", &n.text)])?,
    };
    figures.push(Figure {
        key: "reappearance_days",
        label: m.text("figure.reappearance_days", &[])?,
        text: if value.is_some() { m.text("figure.days", &[("n", &text)])? } else { text },
        value,
        note: Some(note),
        quiet: value.is_none(),
        parts: Vec::new(),
    });
    Ok(figures)
}

fn image_notes(scene: &Scene<'_>, input: &ReappearanceInput) -> Result<Vec<String>, ReportError> {
    let mut notes = Vec::new();
    for (key, count) in [("excused", input.excused_images), ("uncompared", input.uncompared_images)] {
        let Some(n) = count.filter(|n| *n > 0).map(|n| scene.f.count(n)) else { continue };
        notes.push(scene.m.plural(&format!("reappearance.{key}"), n.value, &[("n", &n.text)])?);
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[4.0]), Some(4.0));
        assert_eq!(median(&[1.0, 2.0]), Some(1.5));
        assert_eq!(median(&[1.0, 2.0, 90.0]), Some(2.0));
    }
}
