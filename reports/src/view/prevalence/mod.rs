//! The section "How much is counterfeit": estimates from test purchases, and what stands beside them.
//!
//! A figure that is withheld, by the mart or for the width of its interval, never gets into the view, and so into no
//! format.

pub mod bought;
mod headline;
pub mod indicators;
pub mod trend;
pub mod weightings;

use mirrorlake_model::thresholds::{PREVALENCE_LEAST_SAMPLES, PREVALENCE_WIDEST_INTERVAL};
use serde::Serialize;

use super::sla::Definition;
use super::{Scene, Shown, definitions};
use crate::error::ReportError;
use crate::format::Formatter;
use crate::input::{LEAST_PRIOR_BRANDS, PrevalenceInput, PrevalenceRow, Suppression, ToldEstimate, Weighting};
use bought::{Bought, PlanView};
pub use headline::{Chance, OutOfView, PrevalenceHeadline};
use indicators::IndicatorTable;
use trend::PrevalenceTrend;
use weightings::WeightingTable;

/// The section "How much is counterfeit".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrevalenceSection {
    /// The figures; no value where nothing has been estimated.
    pub measured: Option<PrevalenceFigures>,
    /// Why there are no figures, in words.
    pub not_measured: Option<String>,
}

/// What there is to say at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrevalenceState {
    /// Of units sold there is an estimate.
    Units,
    /// Of units sold there is none, but of listings there is.
    ListingsOnly,
    /// Neither of units sold nor of listings.
    Withheld,
}

/// The figures of the section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrevalenceFigures {
    /// What there is to say at all.
    pub state: PrevalenceState,
    /// The one thing to know.
    pub headline: PrevalenceHeadline,
    /// The estimate by listings, units and sales.
    pub weightings: WeightingTable,
    /// The estimate against earlier months.
    pub trend: PrevalenceTrend,
    /// What was bought and found.
    pub bought: Bought,
    /// What else points at counterfeits.
    pub indicators: IndicatorTable,
    /// How many purchases are planned next.
    pub plan: PlanView,
    /// What the words of this section mean.
    pub definitions: Vec<Definition>,
}

/// Which estimate is told, with the interval that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimateMethod {
    /// The contract's: the stratified Hájek estimate with Korn–Graubard's interval.
    KornGraubard,
    /// The robust ones, which differ from them: predicted from the known sizes of all listings.
    Robust,
}

/// An estimated share that is told, with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EstimateView {
    /// The share.
    pub share: Shown<f64>,
    /// Which estimate and interval they are.
    pub method: EstimateMethod,
    /// Lower end of the interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Both ends as printed, rounded outward.
    pub interval_text: String,
}

impl EstimateView {
    /// The estimate of a row; nothing where it is withheld.
    fn of(f: Formatter, row: &PrevalenceRow) -> Option<Self> {
        let ToldEstimate { share, low, high, is_robust } = row.told()?;
        Some(Self {
            share: Shown { value: share, text: f.share(Some(share)).text },
            method: if is_robust { EstimateMethod::Robust } else { EstimateMethod::KornGraubard },
            low,
            high,
            interval_text: f.share_range_outward(low, high),
        })
    }
}

/// Why an estimate is not told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WithheldView {
    /// The contract's word.
    pub reason: Suppression,
    /// The same in words, as a part of a sentence.
    pub sentence: String,
    /// And as short as it gets, with the word that it is withheld.
    pub text: String,
}

impl WithheldView {
    /// The reason of a row; nothing where its estimate is told.
    fn of(scene: &Scene<'_>, row: &PrevalenceRow) -> Result<Option<Self>, ReportError> {
        let Some(reason) = row.withheld_because() else { return Ok(None) };
        let (m, f) = (scene.m, scene.f);
        let (n, least) = (f.count(row.conclusive), f.count(PREVALENCE_LEAST_SAMPLES).text);
        let widest = widest();
        let values = [("n", n.text.as_str()), ("least", least.as_str()), ("widest", widest.as_str())];
        let sentence = match (reason, row.conclusive) {
            (Suppression::FewPurchases, 0) => m.text("withheld.no_samples", &values)?,
            (Suppression::FewPurchases, n) => m.plural("withheld.few_samples", n, &values)?,
            (Suppression::NoWeight, _) => m.text("withheld.no_weight", &values)?,
            (Suppression::FewEffective, n) => m.plural("withheld.few_effective", n, &values)?,
            (Suppression::WideInterval, _) => m.text("withheld.too_wide", &values)?,
        };
        let text = m.text(&format!("withheld.short.{}", reason.word()), &values)?;
        Ok(Some(Self { reason, sentence, text }))
    }
}

/// The widest interval with which an estimate is told, out of 100.
fn widest() -> String {
    format!("{:.0}", PREVALENCE_WIDEST_INTERVAL * 100.0)
}

impl PrevalenceSection {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        Ok(match &scene.input.parts().prevalence {
            Some(input) => Self { measured: Some(PrevalenceFigures::build(scene, input)?), not_measured: None },
            None => Self { measured: None, not_measured: Some(scene.m.text("prevalence.not_measured", &[])?) },
        })
    }

    /// Whether a figure is shown that rests on other brands too.
    pub(super) fn rests_on_others(&self) -> bool {
        self.measured.as_ref().is_some_and(|figures| figures.headline.chance.is_some())
    }
}

impl PrevalenceFigures {
    fn build(scene: &Scene<'_>, input: &PrevalenceInput) -> Result<Self, ReportError> {
        let is_told = |weighting: Weighting| row(input, weighting).is_some_and(|r| r.told().is_some());
        let state = match (is_told(Weighting::Units), is_told(Weighting::Listings)) {
            (true, _) => PrevalenceState::Units,
            (false, true) => PrevalenceState::ListingsOnly,
            (false, false) => PrevalenceState::Withheld,
        };
        Ok(Self {
            state,
            headline: PrevalenceHeadline::build(scene, input, state)?,
            weightings: WeightingTable::build(scene, input)?,
            trend: PrevalenceTrend::build(scene, input)?,
            bought: Bought::build(scene, input, state)?,
            indicators: IndicatorTable::build(scene, input)?,
            plan: PlanView::build(scene, input)?,
            definitions: definitions(scene, input)?,
        })
    }
}

/// The row of a weighting; the input's checks see to it that there is one.
fn row(input: &PrevalenceInput, weighting: Weighting) -> Option<&PrevalenceRow> {
    input.rows.iter().find(|r| r.weighting == weighting)
}

fn definitions(scene: &Scene<'_>, input: &PrevalenceInput) -> Result<Vec<Definition>, ReportError> {
    let f = scene.f;
    let (sensitivity, specificity) = (f.share(Some(input.sensitivity)).text, f.share(Some(input.specificity)).text);
    let (least, widest) = (f.count(PREVALENCE_LEAST_SAMPLES).text, widest());
    let (threshold, brands) = (out_of_100(f, input.threshold), f.count(LEAST_PRIOR_BRANDS.into()).text);
    let values = [
        ("sensitivity", sensitivity.as_str()),
        ("specificity", &specificity),
        ("least", &least),
        ("widest", &widest),
        ("threshold", &threshold),
        ("least_brands", &brands),
    ];
    definitions::of_prevalence(scene, &values)
}

/// A share as a number out of 100, without decimals that it does not need.
fn out_of_100(f: Formatter, share: f64) -> String {
    let text = f.rate(Some(share * 100.0)).text;
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}
