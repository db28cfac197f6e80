//! Judging each (claim, listing) against the limit.

use super::claim::{Claim, same_claim};
use super::{AssessError, Assessed, Assessment, Hold, Parameters, TakedownInput};
use crate::clock::Stops;
use crate::survival::{Cause, Transition};
use chrono_tz::Tz;
use mirrorlake_model::takedown::{Decision, OutcomeRow, SlaOutcome, TakedownOutcome, Violation};
use mirrorlake_model::thresholds::MICROS_PER_HOUR;
use std::collections::BTreeMap;

/// Judges every takedown; the order of the inputs does not matter.
///
/// `time_zones` gives each brand's time zone; a claim of a brand that is not in it uses the lake's and is counted in
/// [`Assessment::n_unknown_brand`]. Holds of claims without takedowns are ignored.
///
/// # Errors
///
/// [`AssessError`] names the first row, by claim and listing, that breaks the lake contract.
pub fn assess(
    takedowns: &[TakedownInput],
    holds: &[Hold],
    time_zones: &BTreeMap<i64, Tz>,
    parameters: &Parameters,
) -> Result<Assessment, AssessError> {
    let mut sorted: Vec<&TakedownInput> = takedowns.iter().collect();
    sorted.sort_unstable_by_key(|takedown| (takedown.claim_id, takedown.listing_id));
    let mut holds = HoldsByClaim::new(holds);
    let as_of = parameters.as_of.micros();
    let mut out = Assessment { rows: Vec::with_capacity(sorted.len()), n_unknown_brand: 0 };
    for rows in sorted.chunk_by(|a, b| a.claim_id == b.claim_id) {
        let Some(first) = rows.first() else { continue };
        check(rows)?;
        let time_zone = time_zones.get(&first.brand_id).copied().unwrap_or_else(|| {
            out.n_unknown_brand += rows.len();
            parameters.as_of.time_zone
        });
        let claim = Claim::new(first, holds.stops_of(first.claim_id), time_zone, parameters)?;
        out.rows.extend(rows.iter().map(|takedown| judge(takedown, &claim, parameters, as_of)));
    }
    Ok(out)
}

/// Holds sorted by claim, read along with the claims.
struct HoldsByClaim {
    sorted: Vec<Hold>,
    next: usize,
}

impl HoldsByClaim {
    fn new(holds: &[Hold]) -> Self {
        let mut sorted = holds.to_vec();
        sorted.sort_unstable_by_key(|hold| hold.claim_id);
        Self { sorted, next: 0 }
    }

    /// The stopped time of a claim; claims must be asked for in rising order.
    fn stops_of(&mut self, claim_id: i64) -> Stops {
        let rest = self.sorted.get(self.next..).unwrap_or(&[]);
        let skipped = rest.iter().take_while(|hold| hold.claim_id < claim_id).count();
        let mine = rest.get(skipped..).unwrap_or(&[]);
        let count = mine.iter().take_while(|hold| hold.claim_id == claim_id).count();
        self.next += skipped + count;
        Stops::union(mine.iter().take(count).map(|hold| (hold.started_at, hold.ended_at)))
    }
}

/// Refuses rows of a claim that would leave a figure without a meaning.
fn check(rows: &[&TakedownInput]) -> Result<(), AssessError> {
    for pair in rows.windows(2) {
        if let [a, b] = pair {
            let TakedownInput { claim_id, listing_id, .. } = **a;
            if listing_id == b.listing_id {
                return Err(AssessError::Repeated { claim_id, listing_id });
            }
            if !same_claim(a, b) {
                return Err(AssessError::ClaimDiffers { claim_id });
            }
        }
    }
    for row in rows {
        let required = [
            (row.decision == Decision::Qualified, row.qualified_at, row.decision.word(), "qualified_at"),
            (row.decision == Decision::Withdrawn, row.closed_at, row.decision.word(), "closed_at"),
            (row.outcome == TakedownOutcome::Removed, row.taken_down_at, row.outcome.word(), "taken_down_at"),
            (
                matches!(row.outcome, TakedownOutcome::Kept | TakedownOutcome::AlreadyGone),
                row.decided_at,
                row.outcome.word(),
                "decided_at",
            ),
        ];
        for (applies, instant, word, column) in required {
            if applies && instant.is_none() {
                let TakedownInput { claim_id, listing_id, .. } = **row;
                return Err(AssessError::MissingInstant { claim_id, listing_id, word, column });
            }
        }
    }
    Ok(())
}

/// Judges one takedown of a checked claim.
fn judge(takedown: &TakedownInput, claim: &Claim, parameters: &Parameters, as_of: i64) -> Assessed {
    let removed_at = removed_at(takedown);
    let exclusion_reason = exclusion_reason(takedown);
    // A counted claim is qualified, and check() has seen its instant.
    let counted_from = takedown.qualified_at.filter(|_| exclusion_reason.is_none());
    let stop = removed_at.unwrap_or(as_of);
    let paused_micros = counted_from.map_or(0, |start| claim.stops.stopped(start, stop));
    let net_micros = counted_from.map(|start| claim.stops.net(start, stop));
    let gross_micros = counted_from.map(|_| stop.saturating_sub(takedown.submitted_at));
    let sla_outcome = match net_micros {
        None => SlaOutcome::Excluded,
        Some(net) if net > parameters.limit_micros => SlaOutcome::Breached,
        Some(_) if removed_at.is_some() => SlaOutcome::Met,
        Some(_) => SlaOutcome::Pending,
    };
    let mut violations = claim.violations.clone();
    if let (Some(removed), Some(qualified)) = (removed_at, takedown.qualified_at)
        && removed < qualified
    {
        violations.push(Violation::RemovedBeforeQualification);
    }
    Assessed {
        row: OutcomeRow {
            claim_id: takedown.claim_id,
            listing_id: takedown.listing_id,
            brand_id: takedown.brand_id,
            merchant_id: takedown.merchant_id,
            right_type: takedown.right_type,
            channel_locale: takedown.channel_locale,
            submitted_at: takedown.submitted_at,
            qualified_at: takedown.qualified_at,
            due_at: claim.due_at,
            taken_down_at: takedown.taken_down_at,
            paused_hours: hours(paused_micros),
            net_hours: net_micros.map(hours),
            gross_hours: gross_micros.map(hours),
            sla_outcome,
            exclusion_reason,
            violations,
        },
        net_micros,
        gross_micros,
        paused_micros,
        open: net_micros.is_some() && removed_at.is_none(),
        cohort_day: claim.cohort_day,
        incidence: takedown.qualified_at.map(|start| transition(takedown, claim, start, as_of)),
    }
}

/// Microseconds as hours, divided once.
pub(super) fn hours(micros: i64) -> f64 {
    micros as f64 / MICROS_PER_HOUR as f64
}

/// When the listing was removed by the platform.
fn removed_at(takedown: &TakedownInput) -> Option<i64> {
    takedown.taken_down_at.filter(|_| takedown.outcome == TakedownOutcome::Removed)
}

/// The word that keeps a takedown out of the figures: the claim's decision before the listing's outcome.
fn exclusion_reason(takedown: &TakedownInput) -> Option<&'static str> {
    match (takedown.decision, takedown.outcome) {
        (Decision::Qualified, TakedownOutcome::Pending | TakedownOutcome::Removed) => None,
        (Decision::Qualified, outcome) => Some(outcome.word()),
        (decision, _) => Some(decision.word()),
    }
}

/// How the time from qualification ends for the incidence of removal: with the removal, with a decision to keep or a
/// withdrawal (whichever is first; a removal at the instant of the withdrawal comes after it), or censored at T.
fn transition(takedown: &TakedownInput, claim: &Claim, start: i64, as_of: i64) -> Transition {
    let withdrawn_at = takedown.closed_at.filter(|_| takedown.decision == Decision::Withdrawn);
    let own_end = match takedown.outcome {
        TakedownOutcome::Removed => takedown.taken_down_at.map(|at| (at, Cause::Interest)),
        TakedownOutcome::Kept | TakedownOutcome::AlreadyGone => takedown.decided_at.map(|at| (at, Cause::Competing)),
        TakedownOutcome::Pending => None,
    };
    let (stop, cause) = match (own_end, withdrawn_at) {
        (Some((at, cause)), Some(withdrawn)) if at < withdrawn => (at, cause),
        (_, Some(withdrawn)) => (withdrawn, Cause::Competing),
        (Some(end), None) => end,
        (None, None) => (as_of, Cause::Censored),
    };
    Transition { time: claim.stops.net(start, stop).max(0), cause }
}
