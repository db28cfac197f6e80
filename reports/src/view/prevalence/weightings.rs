//! The estimate by listings, units and sales, and what is at risk by it.

use serde::Serialize;

use super::{EstimateMethod, EstimateView, WithheldView, row};
use crate::error::ReportError;
use crate::format::Rounding;
use crate::input::{PrevalenceInput, PrevalenceRow, Weighting};
use crate::view::{Scene, Shown};

/// Digits of amounts that are no estimates.
const POPULATION_DIGITS: i32 = 3;

/// Digits of estimated amounts.
const ESTIMATE_DIGITS: i32 = 2;

/// The estimate by each weighting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightingTable {
    /// How to read the table.
    pub note: String,
    /// Remark on estimates that are the robust ones.
    pub robust_note: Option<String>,
    /// Units, listings and sales.
    pub rows: Vec<WeightingLine>,
}

/// One weighting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightingLine {
    /// The weighting.
    pub weighting: Weighting,
    /// Its name.
    pub label: String,
    /// What the share is a share of, in the weighting's own measure.
    pub population: Shown<i64>,
    /// The estimate; no value where it is withheld.
    pub estimate: Option<EstimateView>,
    /// What is counterfeit by it; no value where it is withheld, and for listings.
    pub at_risk: Option<AtRiskView>,
    /// Why it is withheld.
    pub withheld: Option<WithheldView>,
}

/// Units or sales in minor units that are counterfeit by the estimate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AtRiskView {
    /// By the estimate.
    pub value: Shown<f64>,
    /// By the lower end of its interval.
    pub low: Shown<f64>,
    /// By the upper end.
    pub high: Shown<f64>,
    /// The ends as printed.
    pub range_text: String,
}

impl WeightingTable {
    pub(super) fn build(scene: &Scene<'_>, input: &PrevalenceInput) -> Result<Self, ReportError> {
        let mut rows = Vec::new();
        for weighting in [Weighting::Units, Weighting::Listings, Weighting::Gmv] {
            if let Some(row) = row(input, weighting) {
                rows.push(line(scene, row, &input.currency)?);
            }
        }
        let is_robust = |r: &WeightingLine| r.estimate.as_ref().is_some_and(|e| e.method == EstimateMethod::Robust);
        let robust_note =
            if rows.iter().any(is_robust) { Some(scene.m.text("weighting.robust_note", &[])?) } else { None };
        Ok(Self { note: scene.m.text("weighting.note", &[])?, robust_note, rows })
    }
}

#[allow(clippy::cast_precision_loss)]
fn line(scene: &Scene<'_>, row: &PrevalenceRow, currency: &str) -> Result<WeightingLine, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let word = row.weighting.word();
    let population = match row.weighting {
        Weighting::Gmv => f.about_money(row.population as f64, currency, POPULATION_DIGITS, Rounding::Nearest),
        Weighting::Listings | Weighting::Units => {
            let n = f.count(row.population);
            m.plural(&format!("weighting.population.{word}"), n.value, &[("n", &n.text)])?
        }
    };
    let estimate = EstimateView::of(f, row);
    let at_risk = match &estimate {
        Some(estimate) => at_risk(scene, row, estimate, currency)?,
        None => None,
    };
    Ok(WeightingLine {
        weighting: row.weighting,
        label: m.text(&format!("weighting.label.{word}"), &[])?,
        population: Shown { value: row.population, text: population },
        estimate,
        at_risk,
        withheld: WithheldView::of(scene, row)?,
    })
}

#[allow(clippy::cast_precision_loss)]
fn at_risk(
    scene: &Scene<'_>,
    row: &PrevalenceRow,
    estimate: &EstimateView,
    currency: &str,
) -> Result<Option<AtRiskView>, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let population = row.population as f64;
    // The mart has the amounts by the contract's estimate alone.
    let value = match (row.weighting, estimate.method) {
        (Weighting::Listings, _) => None,
        (_, EstimateMethod::Robust) => Some(population * estimate.share.value),
        (Weighting::Units, EstimateMethod::KornGraubard) => row.units_at_risk,
        (Weighting::Gmv, EstimateMethod::KornGraubard) => row.gmv_at_risk_minor,
    };
    let Some(value) = value else { return Ok(None) };
    let shown = |value: f64, rounding: Rounding| {
        let text = match row.weighting {
            Weighting::Gmv => f.about_money(value, currency, ESTIMATE_DIGITS, rounding),
            Weighting::Listings | Weighting::Units => f.about_units(value, rounding),
        };
        Shown { value, text }
    };
    let word = row.weighting.word();
    let (low, high) =
        (shown(population * estimate.low, Rounding::Down), shown(population * estimate.high, Rounding::Up));
    let mut value = shown(value, Rounding::Nearest);
    value.text = m.text(&format!("weighting.about.{word}"), &[("value", &value.text)])?;
    let range_text = m.text(&format!("weighting.range.{word}"), &[("low", &low.text), ("high", &high.text)])?;
    Ok(Some(AtRiskView { value, low, high, range_text }))
}
