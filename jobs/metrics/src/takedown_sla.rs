//! The takedown figures (metric definitions, "Takedown SLA"): each (claim, listing) against the limit, then the cube.
//!
//! [`assess`] judges row by row and [`summarise`] counts the judged rows in every cell of
//! scope × right type × channel locale × period. Instants are microseconds since the epoch, UTC.

mod assess;
mod cell;
mod claim;
mod summarise;
#[cfg(test)]
mod tests;

pub use assess::assess;
pub use summarise::summarise;

use crate::survival::Transition;
use chrono::NaiveDate;
use mirrorlake_model::AsOf;
use mirrorlake_model::takedown::{ChannelLocale, Decision, OutcomeRow, RightType, TakedownOutcome};
use mirrorlake_model::thresholds;

/// One takedown with what its claim says of it. The rows of one claim must agree in the claim's fields.
#[derive(Clone, Debug, PartialEq)]
pub struct TakedownInput {
    /// Claim.
    pub claim_id: i64,
    /// Listing; (claim, listing) is unique.
    pub listing_id: i64,
    /// Brand that claims (the claim's).
    pub brand_id: i64,
    /// Merchant of the listing (the takedown's).
    pub merchant_id: i64,
    /// Kind of right (the claim's).
    pub right_type: RightType,
    /// Language of the channel (the claim's).
    pub channel_locale: ChannelLocale,
    /// What was decided of the claim.
    pub decision: Decision,
    /// When the claim was handed in.
    pub submitted_at: i64,
    /// When the claim was qualified.
    pub qualified_at: Option<i64>,
    /// When the claim was rejected or withdrawn.
    pub closed_at: Option<i64>,
    /// What became of the listing.
    pub outcome: TakedownOutcome,
    /// When that was decided.
    pub decided_at: Option<i64>,
    /// When the listing was removed.
    pub taken_down_at: Option<i64>,
    /// How many listings the claim names.
    pub listings_in_claim: i64,
    /// The right the claim rests on; `None` where the claim names none or an unknown one.
    pub right: Option<RightFacts>,
}

/// What the violations need to know of a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RightFacts {
    /// Brand that the right belongs to.
    pub brand_id: i64,
    /// When the right was recorded with the platform.
    pub recorded_at: i64,
    /// Its first valid day.
    pub valid_from: NaiveDate,
    /// Its last valid day; `None`: without end.
    pub valid_to: Option<NaiveDate>,
}

/// A time for which a claim's clock is stopped; holds of a claim may overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Claim.
    pub claim_id: i64,
    /// Start.
    pub started_at: i64,
    /// End; `None`: still open at T.
    pub ended_at: Option<i64>,
}

/// What a run sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// The business day and the lake's time zone.
    pub as_of: AsOf,
    /// Days of the window, which ends with the as-of day.
    pub days: u32,
    /// Net microseconds within which a removal is met.
    pub limit_micros: i64,
    /// Listings that a claim may name.
    pub listing_cap: i64,
    /// Two-sided confidence level.
    pub level: f64,
}

impl Parameters {
    /// The published definition: 90 days, 24 hours, 500 listings, 95 %.
    #[must_use]
    pub fn published(as_of: AsOf) -> Self {
        Self {
            as_of,
            days: thresholds::WINDOW_DAYS,
            limit_micros: i64::from(thresholds::SLA_LIMIT_HOURS) * thresholds::MICROS_PER_HOUR,
            listing_cap: i64::from(thresholds::CLAIM_LISTING_CAP),
            level: thresholds::CONFIDENCE_LEVEL,
        }
    }
}

/// A judged takedown: the mart's row with the whole microseconds behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessed {
    /// The row of the mart `takedown_outcomes`.
    pub row: OutcomeRow,
    /// Net microseconds; negative for a removal before qualification; `None` where excluded.
    pub net_micros: Option<i64>,
    /// Gross microseconds; `None` where excluded.
    pub gross_micros: Option<i64>,
    /// Microseconds for which the clock was stopped; 0 where excluded.
    pub paused_micros: i64,
    /// Whether the row is counted and its listing still awaits a decision at T.
    pub open: bool,
    /// Day of `qualified_at`, else of `submitted_at`, in the brand's time zone.
    pub cohort_day: NaiveDate,
    /// Net microseconds from qualification to removal, to a competing end or to T; `None` for a claim without
    /// `qualified_at`.
    pub incidence: Option<Transition>,
}

/// All judged takedowns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// The rows, by claim and listing.
    pub rows: Vec<Assessed>,
    /// Rows whose brand has no known time zone, so that the lake's was used.
    pub n_unknown_brand: usize,
}

/// Input that breaks the lake contract in a way that leaves a figure without a meaning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssessError {
    /// The same (claim, listing) comes twice.
    #[error("takedown of claim {claim_id}, listing {listing_id} comes twice")]
    Repeated {
        /// Claim.
        claim_id: i64,
        /// Listing.
        listing_id: i64,
    },
    /// Two rows of a claim differ in a field that belongs to the claim.
    #[error("takedowns of claim {claim_id} disagree about the claim itself")]
    ClaimDiffers {
        /// Claim.
        claim_id: i64,
    },
    /// An instant that the decision or outcome requires is null.
    #[error("takedown of claim {claim_id}, listing {listing_id} is {word} without {column}")]
    MissingInstant {
        /// Claim.
        claim_id: i64,
        /// Listing.
        listing_id: i64,
        /// The decision or outcome.
        word: &'static str,
        /// The column that it requires.
        column: &'static str,
    },
    /// An instant lies outside every calendar.
    #[error("claim {claim_id} has an instant that no calendar day can name")]
    OutsideCalendar {
        /// Claim.
        claim_id: i64,
    },
}
