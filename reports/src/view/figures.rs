//! Key figures: how many takedowns, what became of them, how long they took.

use mirrorlake_model::takedown::{SlaOutcome, SlaRow};

use super::sla::{Figure, FigurePart};
use super::{Scene, Shown};
use crate::error::ReportError;

/// Reasons for leaving a takedown out, in the order they are listed: those of the claim first.
const EXCLUSION_REASONS: &[&str] = &["rejected", "withdrawn", "in_review", "kept", "already_gone"];

/// From this many hours on a duration is also given in days.
const HOURS_WORTH_DAYS: f64 = 72.0;

/// How many takedowns and claims there are and what became of them.
pub(super) fn counts(scene: &Scene<'_>, cell: Option<&SlaRow>) -> Result<Vec<Figure>, ReportError> {
    let m = scene.m;
    let limit = scene.limit();
    let of = |pick: fn(&SlaRow) -> i64| cell.map_or(0, pick);
    let open = scene
        .input
        .window_outcomes()
        .filter(|r| r.sla_outcome == SlaOutcome::Breached && r.taken_down_at.is_none())
        .count();
    let open = i64::try_from(open).unwrap_or(i64::MAX);
    let breached_note = match open {
        0 if of(|c| c.breached) == 0 => m.text("figure.breached_none", &[])?,
        0 => m.text("figure.breached_none_open", &[])?,
        n => m.plural("figure.breached_open", n, &[("n", &scene.f.count(n).text)])?,
    };
    let parts = exclusions(scene)?;
    let excluded_note = if parts.is_empty() { Some(m.text("figure.excluded_note", &[])?) } else { None };
    Ok(vec![
        count(scene, "takedowns", of(|c| c.takedowns), Some(m.text("figure.takedowns_note", &[])?))?,
        count(scene, "met", of(|c| c.met), Some(m.text("figure.met_note", &[("limit", &limit)])?))?,
        count(scene, "breached", of(|c| c.breached), Some(breached_note))?,
        count(scene, "pending", of(|c| c.pending), Some(m.text("figure.pending_note", &[("limit", &limit)])?))?,
        Figure { parts, ..count(scene, "excluded", of(|c| c.excluded), excluded_note)? },
        claims(scene, cell)?,
    ])
}

/// Takes one figure out of a cell.
type Pick = fn(&SlaRow) -> Option<f64>;

/// How long takedowns took.
pub(super) fn times(scene: &Scene<'_>, cell: Option<&SlaRow>) -> Result<Vec<Figure>, ReportError> {
    let m = scene.m;
    let counted = cell.map_or(0, |c| c.met + c.breached + c.pending);
    let counted_text = scene.f.count(counted).text;
    let net_note = m.plural("figure.net_note", counted, &[("n", &counted_text)])?;
    let net: [(&'static str, Pick); 4] = [
        ("median_hours", |c| c.median_hours),
        ("p90_hours", |c| c.p90_hours),
        ("p95_hours", |c| c.p95_hours),
        ("p99_hours", |c| c.p99_hours),
    ];
    let mut figures = Vec::new();
    for (key, pick) in net {
        figures.push(quantile(scene, key, cell.and_then(pick), counted, net_note.clone())?);
    }
    let gross_note = m.text("figure.gross_note", &[])?;
    figures.push(quantile(scene, "gross_median_hours", cell.and_then(|c| c.gross_median_hours), counted, gross_note)?);
    let last_note = m.text("figure.last_listing_note", &[])?;
    let last = cell.and_then(|c| c.last_listing_median_hours);
    figures.push(quantile(scene, "last_listing_median_hours", last, counted, last_note)?);
    figures.push(incidence(scene, cell)?);
    figures.push(oldest_open(scene, cell)?);
    Ok(figures)
}

fn label(scene: &Scene<'_>, key: &str) -> Result<String, ReportError> {
    scene.m.text(&format!("figure.{key}"), &[])
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn count(scene: &Scene<'_>, key: &'static str, n: i64, note: Option<String>) -> Result<Figure, ReportError> {
    let Shown { value, text } = scene.f.count(n);
    Ok(Figure {
        key,
        label: label(scene, key)?,
        quiet: value == 0,
        value: Some(value as f64),
        text,
        note,
        parts: Vec::new(),
    })
}

fn exclusions(scene: &Scene<'_>) -> Result<Vec<FigurePart>, ReportError> {
    let excluded = || scene.input.window_outcomes().filter(|r| r.sla_outcome == SlaOutcome::Excluded);
    let shown = |n: usize| scene.f.count(i64::try_from(n).unwrap_or(i64::MAX));
    let mut parts = Vec::new();
    for &reason in EXCLUSION_REASONS {
        let n = excluded().filter(|r| r.exclusion_reason == Some(reason)).count();
        if n > 0 {
            let label = scene.m.text(&format!("exclusion.{reason}"), &[])?;
            parts.push(FigurePart { key: reason.to_owned(), label, count: shown(n) });
        }
    }
    let is_known = |reason: Option<&'static str>| reason.is_some_and(|r| EXCLUSION_REASONS.contains(&r));
    let other = excluded().filter(|r| !is_known(r.exclusion_reason)).count();
    if other > 0 {
        let label = scene.m.text("exclusion.unnamed", &[])?;
        parts.push(FigurePart { key: "unnamed".to_owned(), label, count: shown(other) });
    }
    Ok(parts)
}

#[allow(clippy::cast_precision_loss)]
fn claims(scene: &Scene<'_>, cell: Option<&SlaRow>) -> Result<Figure, ReportError> {
    let (met, claims) = cell.map_or((0, 0), |c| (c.claims_met, c.claims));
    let (met, claims) = (scene.f.count(met), scene.f.count(claims));
    let (text, note) = if claims.value == 0 {
        (crate::format::NO_VALUE.to_owned(), scene.m.text("figure.claims_none", &[])?)
    } else {
        let values = [("met", met.text.as_str()), ("claims", &claims.text)];
        (scene.m.text("figure.claims_text", &values)?, scene.m.text("figure.claims_note", &[])?)
    };
    let part =
        |key: &str, label: String, count: &Shown<i64>| FigurePart { key: key.to_owned(), label, count: count.clone() };
    let label_met = scene.m.text("figure.claims_part_met", &[])?;
    let label_all = scene.m.text("figure.claims_part_all", &[])?;
    Ok(Figure {
        key: "claims_met",
        label: label(scene, "claims_met")?,
        quiet: claims.value == 0,
        value: Some(met.value as f64),
        text,
        note: Some(note),
        parts: vec![part("claims_met", label_met, &met), part("claims", label_all, &claims)],
    })
}

/// A Kaplan–Meier quantile: where the curve does not get there, that is said instead of a number.
fn quantile(
    scene: &Scene<'_>,
    key: &'static str,
    hours: Option<f64>,
    counted: i64,
    note: String,
) -> Result<Figure, ReportError> {
    let shown = scene.f.hours(hours);
    let (text, note) = match shown.value {
        Some(_) => (shown.text, Some(note)),
        None if counted > 0 => {
            (scene.m.text("figure.not_reached", &[])?, Some(scene.m.text("figure.not_reached_note", &[])?))
        }
        None => (shown.text, None),
    };
    Ok(Figure {
        key,
        label: label(scene, key)?,
        quiet: shown.value.is_none(),
        value: shown.value,
        text,
        note,
        parts: Vec::new(),
    })
}

fn incidence(scene: &Scene<'_>, cell: Option<&SlaRow>) -> Result<Figure, ReportError> {
    let key = "removed_by_limit";
    let shown = scene.f.share(cell.and_then(|c| c.removed_by_limit_cif));
    let qualified = scene.input.window_outcomes().filter(|r| r.qualified_at.is_some()).count();
    let qualified = scene.f.count(i64::try_from(qualified).unwrap_or(i64::MAX));
    let note = match shown.value {
        Some(_) => Some(scene.m.plural("figure.incidence_note", qualified.value, &[("n", &qualified.text)])?),
        None => None,
    };
    let label = scene.m.text("figure.removed_by_limit", &[("limit", &scene.limit())])?;
    Ok(Figure {
        key,
        label,
        quiet: shown.value.is_none(),
        value: shown.value,
        text: shown.text,
        note,
        parts: Vec::new(),
    })
}

fn oldest_open(scene: &Scene<'_>, cell: Option<&SlaRow>) -> Result<Figure, ReportError> {
    let key = "oldest_open_hours";
    let shown = scene.f.hours(cell.and_then(|c| c.oldest_open_hours));
    let note = match shown.value {
        Some(hours) if hours >= HOURS_WORTH_DAYS => {
            Some(scene.m.text("figure.oldest_note_days", &[("days", &format!("{:.1}", hours / 24.0))])?)
        }
        Some(_) => Some(scene.m.text("figure.oldest_note", &[])?),
        None => Some(scene.m.text("figure.oldest_none", &[])?),
    };
    Ok(Figure {
        key,
        label: label(scene, key)?,
        quiet: shown.value.is_none(),
        value: shown.value,
        text: shown.text,
        note,
        parts: Vec::new(),
    })
}
