//! Lists of single takedowns: the slowest of the period, and those past due and still open.

use std::cmp::Ordering;

use mirrorlake_model::takedown::{OutcomeRow, SlaOutcome};
use serde::Serialize;

use super::{Scene, Shown};
use crate::error::ReportError;

/// Rows in the list of slowest takedowns.
const SLOWEST_SHOWN: usize = 10;

/// Rows in the list of open takedowns past due; more than that is a case for the mart itself.
const OPEN_SHOWN: usize = 50;

/// The slowest completed takedowns of the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlowestList {
    /// What the list is cut from, in words.
    pub note: String,
    /// Rows shown.
    pub shown: Shown<i64>,
    /// Rows the list is cut from.
    pub total: Shown<i64>,
    /// The rows, slowest first.
    pub rows: Vec<TakedownLine>,
}

/// Takedowns past due and still open, whatever their date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenList {
    /// What the list is cut from, in words.
    pub note: String,
    /// Rows shown.
    pub shown: Shown<i64>,
    /// Rows the list is cut from.
    pub total: Shown<i64>,
    /// The rows, longest open first.
    pub rows: Vec<TakedownLine>,
}

/// One takedown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TakedownLine {
    /// Claim.
    pub claim_id: i64,
    /// Listing.
    pub listing_id: i64,
    /// Merchant of the listing.
    pub merchant_id: i64,
    /// Right the claim rests on, in words.
    pub right_type: Shown<&'static str>,
    /// How it stands against the limit, in words.
    pub sla_outcome: Shown<&'static str>,
    /// When the claim was handed in.
    pub submitted_at: Shown<String>,
    /// When the notice was qualified.
    pub qualified_at: Shown<Option<String>>,
    /// When the limit was reached.
    pub due_at: Shown<Option<String>>,
    /// When the listing was taken down.
    pub taken_down_at: Shown<Option<String>>,
    /// Net hours, up to the as-of instant where it is still open.
    pub net_hours: Shown<Option<f64>>,
    /// Net hours over the limit; no value within it.
    pub over_hours: Shown<Option<f64>>,
}

impl SlowestList {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        let completed = |r: &&OutcomeRow| {
            matches!(r.sla_outcome, SlaOutcome::Met | SlaOutcome::Breached)
                && r.taken_down_at.is_some()
                && r.net_hours.is_some()
        };
        let rows: Vec<&OutcomeRow> = scene.input.window_outcomes().filter(completed).collect();
        let (shown, total, rows) = cut(scene, rows, SLOWEST_SHOWN)?;
        let values = [("shown", shown.text.as_str()), ("total", &total.text)];
        let note = match total.value {
            0 => scene.m.text("slowest.empty", &[])?,
            n if n == shown.value => scene.m.plural("slowest.all", n, &values)?,
            n => scene.m.plural("slowest.cut", n, &values)?,
        };
        Ok(Self { note, shown, total, rows })
    }
}

impl OpenList {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        let rows = scene.input.parts().outcomes.iter().filter(|r| is_open_past_due(r)).collect();
        let (shown, total, rows) = cut(scene, rows, OPEN_SHOWN)?;
        let values = [("shown", shown.text.as_str()), ("total", &total.text)];
        let note = match total.value {
            0 => scene.m.text("open.empty", &[])?,
            n if n == shown.value => scene.m.plural("open.all", n, &values)?,
            n => scene.m.plural("open.cut", n, &values)?,
        };
        Ok(Self { note, shown, total, rows })
    }
}

/// Whether a takedown is past its limit and the listing still up.
fn is_open_past_due(row: &OutcomeRow) -> bool {
    row.sla_outcome == SlaOutcome::Breached && row.taken_down_at.is_none()
}

/// Longest first; ties by claim and listing, so that the order is total.
fn longest_first(a: &OutcomeRow, b: &OutcomeRow) -> Ordering {
    let hours = |r: &OutcomeRow| r.net_hours.unwrap_or(f64::NEG_INFINITY);
    hours(b).total_cmp(&hours(a)).then_with(|| (a.claim_id, a.listing_id).cmp(&(b.claim_id, b.listing_id)))
}

type Cut = (Shown<i64>, Shown<i64>, Vec<TakedownLine>);

fn cut(scene: &Scene<'_>, mut rows: Vec<&OutcomeRow>, at_most: usize) -> Result<Cut, ReportError> {
    rows.sort_unstable_by(|a, b| longest_first(a, b));
    let total = rows.len();
    rows.truncate(at_most);
    let count = |n: usize| scene.f.count(i64::try_from(n).unwrap_or(i64::MAX));
    let lines = rows.iter().map(|row| line(scene, row)).collect::<Result<Vec<_>, _>>()?;
    Ok((count(lines.len()), count(total), lines))
}

fn line(scene: &Scene<'_>, row: &OutcomeRow) -> Result<TakedownLine, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let word = |group: &str, word: &'static str| -> Result<Shown<&'static str>, ReportError> {
        Ok(Shown { value: word, text: m.text(&format!("{group}.{word}"), &[])? })
    };
    let limit = f64::from(scene.input.parts().sla_limit_hours);
    Ok(TakedownLine {
        claim_id: row.claim_id,
        listing_id: row.listing_id,
        merchant_id: row.merchant_id,
        right_type: word("right_type", row.right_type.word())?,
        sla_outcome: word("outcome", row.sla_outcome.word())?,
        submitted_at: f.instant(row.submitted_at)?,
        qualified_at: f.maybe_instant(row.qualified_at)?,
        due_at: f.maybe_instant(row.due_at)?,
        taken_down_at: f.maybe_instant(row.taken_down_at)?,
        net_hours: f.hours(row.net_hours),
        over_hours: f.hours(row.net_hours.map(|h| h - limit).filter(|over| *over > 0.0)),
    })
}
