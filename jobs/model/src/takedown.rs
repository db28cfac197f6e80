//! Claims, takedowns and the two takedown marts, row by row.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;

use crate::as_of::local_day;
use crate::words::words;

words!(
    /// The kind of intellectual-property right a claim rests on.
    RightType {
        /// A registered trademark.
        Trademark = "trademark",
        /// A patent.
        Patent = "patent",
        /// A copyright.
        Copyright = "copyright",
    }
);
words!(
    /// The language of the channel a claim came through.
    ChannelLocale {
        /// English.
        En = "en",
        /// Simplified Chinese.
        ZhCn = "zh-CN",
    }
);
words!(
    /// What the platform decided of a claim as a notice.
    Decision {
        /// Not decided yet.
        InReview = "in_review",
        /// A qualified notice: the clock runs.
        Qualified = "qualified",
        /// Not a valid notice.
        Rejected = "rejected",
        /// Taken back by the claimant.
        Withdrawn = "withdrawn",
    }
);
words!(
    /// What became of one listing of a claim.
    TakedownOutcome {
        /// Nothing yet.
        Pending = "pending",
        /// Taken down.
        Removed = "removed",
        /// Judged not infringing.
        Kept = "kept",
        /// Was gone before the platform acted.
        AlreadyGone = "already_gone",
    }
);
words!(
    /// How one (claim, listing) stands against the limit.
    SlaOutcome {
        /// Removed within the limit.
        Met = "met",
        /// Removed late, or still pending past the limit.
        Breached = "breached",
        /// Still pending within the limit.
        Pending = "pending",
        /// Not a case for the limit.
        Excluded = "excluded",
    }
);
words!(
    /// A breach of the programme's rules that stays counted.
    Violation {
        /// The claim names more listings than allowed.
        ClaimOver500Listings = "claim_over_500_listings",
        /// The right is null, unknown, recorded after submission or not yet valid.
        RightMissing = "right_missing",
        /// The right had expired at submission.
        RightExpired = "right_expired",
        /// The right belongs to another brand.
        RightOfAnotherBrand = "right_of_another_brand",
        /// The listing was removed before the notice was qualified.
        RemovedBeforeQualification = "removed_before_qualification",
    }
);

/// The day to whose cohort a takedown belongs: that of `qualified_at`, or of `submitted_at` where that is null, in the
/// brand's time zone (metric definitions, "Takedown SLA"). Instants are microseconds since the epoch.
///
/// Returns `None` for an instant that no calendar day can name.
#[must_use]
pub fn cohort_day(submitted_at: i64, qualified_at: Option<i64>, brand_zone: Tz) -> Option<NaiveDate> {
    local_day(qualified_at.unwrap_or(submitted_at), brand_zone)
}

/// One row of the mart `takedown_outcomes`: one (claim, listing). Instants are microseconds since the epoch, UTC.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeRow {
    /// Claim.
    pub claim_id: i64,
    /// Listing.
    pub listing_id: i64,
    /// Brand that claims.
    pub brand_id: i64,
    /// Merchant of the listing.
    pub merchant_id: i64,
    /// Right the claim rests on.
    pub right_type: RightType,
    /// Language of the channel.
    pub channel_locale: ChannelLocale,
    /// When the claim was handed in.
    pub submitted_at: i64,
    /// When the notice was qualified: the clock's start.
    pub qualified_at: Option<i64>,
    /// Earliest instant at which the net time reaches the limit.
    pub due_at: Option<i64>,
    /// When the listing was taken down: the clock's stop.
    pub taken_down_at: Option<i64>,
    /// Hours for which the clock was stopped.
    pub paused_hours: f64,
    /// Hours on the clock: stop − qualified − paused.
    pub net_hours: Option<f64>,
    /// Hours since submission, nothing subtracted.
    pub gross_hours: Option<f64>,
    /// Against the limit.
    pub sla_outcome: SlaOutcome,
    /// Why the row is no case for the limit.
    pub exclusion_reason: Option<&'static str>,
    /// Breaches of the rules, in the contract's order.
    pub violations: Vec<Violation>,
}

/// One row of the mart `takedown_sla`: one cell of scope × right type × channel locale × period.
///
/// The documentation of each figure is in the metric definitions, "Takedown SLA".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlaRow {
    /// `None`: scope `all`; else the brand of scope `brand`.
    pub brand_id: Option<i64>,
    /// `None`: all right types.
    pub right_type: Option<RightType>,
    /// `None`: all channels.
    pub channel_locale: Option<ChannelLocale>,
    /// `window` or `week`.
    pub period: Period,
    /// First day of the window, or the Monday of the ISO week.
    pub period_start: NaiveDate,
    /// Takedowns: met + breached + pending + excluded.
    pub takedowns: i64,
    /// Takedowns met.
    pub met: i64,
    /// Takedowns breached.
    pub breached: i64,
    /// Takedowns pending.
    pub pending: i64,
    /// Takedowns excluded.
    pub excluded: i64,
    /// met / (met + breached).
    pub compliance_rate: Option<f64>,
    /// Lower end of the Wilson interval.
    pub ci_low: Option<f64>,
    /// Upper end of the Wilson interval.
    pub ci_high: Option<f64>,
    /// Lower end of the claim-clustered Korn–Graubard interval.
    pub clustered_low: Option<f64>,
    /// Upper end of the claim-clustered Korn–Graubard interval.
    pub clustered_high: Option<f64>,
    /// Compliance if every pending takedown were to breach.
    pub bound_low: Option<f64>,
    /// Compliance if every pending takedown were to be met.
    pub bound_high: Option<f64>,
    /// Kaplan–Meier median of net hours.
    pub median_hours: Option<f64>,
    /// Kaplan–Meier 90 % quantile of net hours.
    pub p90_hours: Option<f64>,
    /// Kaplan–Meier 95 % quantile of net hours.
    pub p95_hours: Option<f64>,
    /// Kaplan–Meier 99 % quantile of net hours.
    pub p99_hours: Option<f64>,
    /// Kaplan–Meier median of gross hours.
    pub gross_median_hours: Option<f64>,
    /// Aalen–Johansen incidence of removal at the limit.
    pub removed_by_limit_cif: Option<f64>,
    /// Claims met or breached.
    pub claims: i64,
    /// Claims met.
    pub claims_met: i64,
    /// Kaplan–Meier median over claims of net hours to the last counted removal.
    pub last_listing_median_hours: Option<f64>,
    /// Largest net time of rows still open.
    pub oldest_open_hours: Option<f64>,
}

words!(
    /// What a cell's period is.
    Period {
        /// The whole window.
        Window = "window",
        /// One ISO week of the window.
        Week = "week",
    }
);
