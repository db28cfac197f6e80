//! What the words mean, in plain words and with their denominators.

use mirrorlake_model::thresholds::DEFINITION_VERSION;

use super::Scene;
use super::sla::Definition;
use crate::error::ReportError;

/// Keys of the definitions for takedowns, in the order they are printed.
const TAKEDOWN_TERMS: &[&str] = &[
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

/// Keys of the definitions for comments, in the order they are printed.
const COMMENT_TERMS: &[&str] =
    &["allegation", "allegation_rate", "allegation_interval", "allegation_median", "comment_data"];

/// Keys of the definitions for counterfeit shares, in the order they are printed.
const PREVALENCE_TERMS: &[&str] = &[
    "prevalence",
    "prevalence_weightings",
    "prevalence_interval",
    "prevalence_correction",
    "prevalence_withheld",
    "prevalence_open",
    "prevalence_chance",
    "prevalence_at_risk",
    "prevalence_targeted",
    "prevalence_steps",
    "prevalence_indicators",
    "prevalence_indicator_interval",
    "prevalence_data",
];

/// Keys of the definitions for authorisations, in the order they are printed.
const AUTHORISATION_TERMS: &[&str] =
    &["unauthorised", "authorisation_share", "authorisation_expiring", "authorisation_exempt", "authorisation_data"];

/// Keys of the definitions for reappearances, in the order they are printed.
const REAPPEARANCE_TERMS: &[&str] = &[
    "removal",
    "reappearance",
    "reappearance_link",
    "reappearance_images",
    "reappearance_rate",
    "reappearance_interval",
    "reappearance_reinstated",
    "reappearance_look_alikes",
    "reappearance_data",
];

/// Keys of the definitions for the ranking of merchants, in the order they are printed.
const RISK_TERMS: &[&str] =
    &["risk_score", "risk_rank", "risk_tiers", "risk_reasons", "risk_evidence", "risk_caution", "risk_data"];

pub(super) fn of_takedowns(scene: &Scene<'_>) -> Result<Vec<Definition>, ReportError> {
    all(scene, TAKEDOWN_TERMS, &[("limit", &scene.limit())])
}

pub(super) fn of_comments(scene: &Scene<'_>, values: &[(&str, &str)]) -> Result<Vec<Definition>, ReportError> {
    all(scene, COMMENT_TERMS, values)
}

pub(super) fn of_prevalence(scene: &Scene<'_>, values: &[(&str, &str)]) -> Result<Vec<Definition>, ReportError> {
    all(scene, PREVALENCE_TERMS, values)
}

pub(super) fn of_authorisations(scene: &Scene<'_>, values: &[(&str, &str)]) -> Result<Vec<Definition>, ReportError> {
    all(scene, AUTHORISATION_TERMS, values)
}

pub(super) fn of_reappearances(scene: &Scene<'_>, values: &[(&str, &str)]) -> Result<Vec<Definition>, ReportError> {
    all(scene, REAPPEARANCE_TERMS, values)
}

pub(super) fn of_risk(scene: &Scene<'_>, values: &[(&str, &str)]) -> Result<Vec<Definition>, ReportError> {
    all(scene, RISK_TERMS, values)
}

/// The definitions of some terms; `more` are values beside those that every definition may name.
fn all(scene: &Scene<'_>, terms: &[&str], more: &[(&str, &str)]) -> Result<Vec<Definition>, ReportError> {
    let parts = scene.input.parts();
    let as_of = scene.f.instant(parts.as_of.micros())?.text;
    let (from, to) = (scene.f.date(scene.input.window_start()).text, scene.f.date(parts.as_of.day).text);
    let version = DEFINITION_VERSION.to_string();
    let mut values = vec![
        ("version", version.as_str()),
        ("zone", parts.brand.time_zone.name()),
        ("lake_zone", parts.as_of.time_zone.name()),
        ("as_of", as_of.as_str()),
        ("from", from.as_str()),
        ("to", to.as_str()),
    ];
    values.extend_from_slice(more);
    let mut out = Vec::with_capacity(terms.len());
    for key in terms {
        out.push(Definition {
            term: scene.m.text(&format!("definition.{key}.term"), &values)?,
            text: scene.m.text(&format!("definition.{key}.text"), &values)?,
        });
    }
    Ok(out)
}
