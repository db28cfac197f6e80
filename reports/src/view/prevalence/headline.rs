//! The one thing to know: how many of 100 units sold, with the uncertainty, or why that is not told.

use serde::Serialize;

use super::{EstimateMethod, EstimateView, PrevalenceState, WithheldView, out_of_100, row};
use crate::error::ReportError;
use crate::format::out_of;
use crate::input::{LEAST_PRIOR_BRANDS, PrevalenceInput, PrevalenceRow, Suppression, Weighting};
use crate::view::{Scene, Shown};

/// The one thing to know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrevalenceHeadline {
    /// What the estimate is of: units, or listings where none of units is told.
    pub weighting: Option<Weighting>,
    /// The interval in whole numbers.
    pub out_of: Option<OutOfView>,
    /// What stands in its place where there is none.
    pub words: Option<String>,
    /// The headline in one plain sentence.
    pub sentence: String,
    /// Why it is not of units sold, where it is not.
    pub instead: Option<String>,
    /// How uncertain it is, in one plain sentence.
    pub uncertainty: Option<String>,
    /// What results that are not in yet, or never will be, could change.
    pub open_results: Option<String>,
    /// How likely the share is above the threshold.
    pub chance: Option<Chance>,
}

/// An interval in whole numbers out of 100 or 1,000.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutOfView {
    /// 100 or 1,000.
    pub scale: Shown<i64>,
    /// Lower end, rounded down.
    pub low: Shown<i64>,
    /// Upper end, rounded up.
    pub high: Shown<i64>,
    /// The estimate, plainly rounded.
    pub best: Shown<i64>,
    /// Both ends as printed large.
    pub text: String,
    /// What they are out of, in words.
    pub unit: String,
    /// Which estimate and interval they are.
    pub method: EstimateMethod,
}

/// How likely the share is above the threshold, by all that is known of this brand and the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chance {
    /// The threshold.
    pub threshold: Shown<f64>,
    /// The probability.
    pub probability: Shown<f64>,
    /// Both in one sentence.
    pub sentence: String,
}

impl PrevalenceHeadline {
    pub(super) fn build(
        scene: &Scene<'_>,
        input: &PrevalenceInput,
        state: PrevalenceState,
    ) -> Result<Self, ReportError> {
        let m = scene.m;
        let weighting = match state {
            PrevalenceState::Units => Some(Weighting::Units),
            PrevalenceState::ListingsOnly => Some(Weighting::Listings),
            PrevalenceState::Withheld => None,
        };
        let withheld = match row(input, Weighting::Units) {
            Some(units) => WithheldView::of(scene, units)?,
            None => None,
        };
        let is_short = withheld.as_ref().is_some_and(|w| w.reason == Suppression::FewPurchases);
        let reason = withheld.map(|w| w.sentence).unwrap_or_default();
        let told = weighting.and_then(|w| row(input, w).zip(Some(w)));
        let Some((row, weighting)) = told else {
            let sentence = m.text("prevalence.withheld", &[("reason", &reason)])?;
            let words = Some(m.text("prevalence.withheld_short", &[])?);
            let n = scene.f.count(row(input, Weighting::Units).filter(|_| is_short).map_or(0, |r| r.outstanding));
            let open_results = match n.value {
                0 => None,
                _ => Some(m.plural("prevalence.more_ordered", n.value, &[("n", &n.text)])?),
            };
            return Ok(Self {
                weighting: None,
                out_of: None,
                words,
                sentence,
                instead: None,
                uncertainty: None,
                open_results,
                chance: None,
            });
        };
        let out_of = range(scene, row, weighting)?;
        let sentence = match &out_of {
            Some(range) => sentence(scene, row, weighting, range)?,
            None => reason.clone(),
        };
        let instead = match weighting {
            Weighting::Listings => Some(m.text("prevalence.instead_of_units", &[("reason", &reason)])?),
            Weighting::Units | Weighting::Gmv => None,
        };
        let n = scene.f.count(row.conclusive);
        Ok(Self {
            weighting: Some(weighting),
            out_of,
            words: None,
            sentence,
            instead,
            uncertainty: Some(m.plural("prevalence.uncertainty", n.value, &[("n", &n.text)])?),
            open_results: open_results(scene, row)?,
            chance: chance(scene, input, row, weighting)?,
        })
    }
}

fn range(scene: &Scene<'_>, row: &PrevalenceRow, weighting: Weighting) -> Result<Option<OutOfView>, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let Some(estimate) = EstimateView::of(f, row) else { return Ok(None) };
    let whole = out_of(estimate.share.value, estimate.low, estimate.high);
    let (scale, low, high) = (f.count(whole.scale), f.count(whole.low), f.count(whole.high));
    let best = Shown {
        value: whole.best,
        text: if whole.is_below_one { m.text("prevalence.below_one", &[])? } else { f.count(whole.best).text },
    };
    Ok(Some(OutOfView {
        text: format!("{}\u{2013}{}", low.text, high.text),
        unit: m.text(&format!("prevalence.unit.{}", weighting.word()), &[("scale", &scale.text)])?,
        method: estimate.method,
        scale,
        low,
        high,
        best,
    }))
}

fn sentence(
    scene: &Scene<'_>,
    row: &PrevalenceRow,
    weighting: Weighting,
    range: &OutOfView,
) -> Result<String, ReportError> {
    let values = [
        ("low", range.low.text.as_str()),
        ("high", &range.high.text),
        ("scale", &range.scale.text),
        ("best", &range.best.text),
    ];
    // "Between 0 and 1" of a sample without any counterfeit is better told as what it is.
    let kind = if range.low.value == 0 && row.counterfeit == 0 { "none_found" } else { "sentence" };
    scene.m.text(&format!("prevalence.{kind}.{}", weighting.word()), &values)
}

/// What inconclusive and outstanding samples could change: nothing to say where there are none.
fn open_results(scene: &Scene<'_>, row: &PrevalenceRow) -> Result<Option<String>, ReportError> {
    let f = scene.f;
    let outstanding = row.outstanding_low.zip(row.outstanding_high).filter(|_| row.outstanding > 0);
    let inconclusive = row.bound_low.zip(row.bound_high).filter(|_| row.inconclusive > 0);
    let (n, ends, key) = match (outstanding, inconclusive) {
        (Some(ends), _) if row.inconclusive > 0 => {
            (row.inconclusive.saturating_add(row.outstanding), ends, "prevalence.open_both")
        }
        (Some(ends), _) => (row.outstanding, ends, "prevalence.open_outstanding"),
        (None, Some(ends)) => (row.inconclusive, ends, "prevalence.open_inconclusive"),
        (None, None) => return Ok(None),
    };
    let apparent = f.share(row.apparent);
    if apparent.value.is_none() {
        return Ok(None);
    }
    let (n, low, high) = (f.count(n), f.share_down(ends.0), f.share_up(ends.1));
    let (outstanding, inconclusive) = (f.count(row.outstanding).text, f.count(row.inconclusive).text);
    let values = [
        ("n", n.text.as_str()),
        ("outstanding", &outstanding),
        ("inconclusive", &inconclusive),
        ("apparent", &apparent.text),
        ("low", &low),
        ("high", &high),
    ];
    scene.m.plural(key, n.value, &values).map(Some)
}

fn chance(
    scene: &Scene<'_>,
    input: &PrevalenceInput,
    row: &PrevalenceRow,
    weighting: Weighting,
) -> Result<Option<Chance>, ReportError> {
    let Some(probability) = row.prob_above_threshold.filter(|_| input.prior_brands >= LEAST_PRIOR_BRANDS) else {
        return Ok(None);
    };
    // It rests on the design-based estimate. Where the one that is told lies on the other side of the threshold than what is
    // likelier, a reader would see two figures that contradict each other.
    if row.told().is_some_and(|told| (told.share > input.threshold) != (probability > 0.5)) {
        return Ok(None);
    }
    let probability = scene.f.chance(probability);
    let threshold = Shown { value: input.threshold, text: out_of_100(scene.f, input.threshold) };
    let values = [("threshold", threshold.text.as_str()), ("chance", &probability.text)];
    let sentence = scene.m.text(&format!("prevalence.chance.{}", weighting.word()), &values)?;
    Ok(Some(Chance { threshold, probability, sentence }))
}
