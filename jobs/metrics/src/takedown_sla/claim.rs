//! What all takedowns of one claim share: its stopped time, due instant, cohort day and the state of its right.

use super::{AssessError, Parameters, RightFacts, TakedownInput};
use crate::clock::Stops;
use chrono::NaiveDate;
use chrono_tz::Tz;
use mirrorlake_model::as_of::local_day;
use mirrorlake_model::takedown::{Decision, Violation, cohort_day};

/// The facts of one claim, computed once for all its takedowns.
pub(super) struct Claim {
    /// The union of its holds.
    pub stops: Stops,
    /// Earliest instant at which net reaches the limit, on qualified claims.
    pub due_at: Option<i64>,
    /// Day that the claim's takedowns are counted under.
    pub cohort_day: NaiveDate,
    /// Violations that every takedown of the claim shares, in the contract's order.
    pub violations: Vec<Violation>,
}

impl Claim {
    /// Judges a claim by any of its takedowns.
    pub(super) fn new(
        takedown: &TakedownInput,
        stops: Stops,
        time_zone: Tz,
        parameters: &Parameters,
    ) -> Result<Self, AssessError> {
        let outside = AssessError::OutsideCalendar { claim_id: takedown.claim_id };
        let submission_day =
            local_day(takedown.submitted_at, parameters.as_of.time_zone).ok_or_else(|| outside.clone())?;
        let mut violations = Vec::new();
        if takedown.listings_in_claim > parameters.listing_cap {
            violations.push(Violation::ClaimOver500Listings);
        }
        right_violations(takedown, submission_day, &mut violations);
        Ok(Self {
            due_at: match (takedown.decision, takedown.qualified_at) {
                (Decision::Qualified, Some(start)) => stops.due_at(start, parameters.limit_micros),
                _ => None,
            },
            cohort_day: cohort_day(takedown.submitted_at, takedown.qualified_at, time_zone).ok_or(outside)?,
            stops,
            violations,
        })
    }
}

/// Whether two takedowns of a claim agree in everything that belongs to the claim.
pub(super) fn same_claim(a: &TakedownInput, b: &TakedownInput) -> bool {
    a.brand_id == b.brand_id
        && a.right_type == b.right_type
        && a.channel_locale == b.channel_locale
        && a.decision == b.decision
        && a.submitted_at == b.submitted_at
        && a.qualified_at == b.qualified_at
        && a.closed_at == b.closed_at
        && a.listings_in_claim == b.listings_in_claim
        && a.right == b.right
}

/// The violations of the right at the submission; a right's days are compared in the lake's time zone.
fn right_violations(takedown: &TakedownInput, submission_day: NaiveDate, violations: &mut Vec<Violation>) {
    let Some(RightFacts { brand_id, recorded_at, valid_from, valid_to }) = takedown.right else {
        violations.push(Violation::RightMissing);
        return;
    };
    if recorded_at > takedown.submitted_at || valid_from > submission_day {
        violations.push(Violation::RightMissing);
    }
    if valid_to.is_some_and(|last| last < submission_day) {
        violations.push(Violation::RightExpired);
    }
    if brand_id != takedown.brand_id {
        violations.push(Violation::RightOfAnotherBrand);
    }
}
