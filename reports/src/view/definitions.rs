//! What the words mean, in plain words and with their denominators.

use mirrorlake_model::thresholds::DEFINITION_VERSION;

use super::Scene;
use super::sla::Definition;
use crate::error::ReportError;

/// Keys of the definitions, in the order they are printed.
const TERMS: &[&str] = &[
    "takedown",
    "clock",
    "outcomes",
    "rate",
    "interval",
    "bounds",
    "hours",
    "quantiles",
    "incidence",
    "claims",
    "violations",
    "period",
    "version",
];

pub(super) fn all(scene: &Scene<'_>) -> Result<Vec<Definition>, ReportError> {
    let parts = scene.input.parts();
    let as_of = scene.f.instant(parts.as_of.micros())?.text;
    let (from, to) = (scene.f.date(scene.input.window_start()).text, scene.f.date(parts.as_of.day).text);
    let (limit, version) = (scene.limit(), DEFINITION_VERSION.to_string());
    let values = [
        ("limit", limit.as_str()),
        ("version", version.as_str()),
        ("zone", parts.brand.time_zone.name()),
        ("lake_zone", parts.as_of.time_zone.name()),
        ("as_of", as_of.as_str()),
        ("from", from.as_str()),
        ("to", to.as_str()),
    ];
    let mut out = Vec::with_capacity(TERMS.len());
    for key in TERMS {
        out.push(Definition {
            term: scene.m.text(&format!("definition.{key}.term"), &values)?,
            text: scene.m.text(&format!("definition.{key}.text"), &values)?,
        });
    }
    Ok(out)
}
