//! Every number that decides something, with its unit and where it comes from.

/// Version of the lake, metric and mart definitions that this code implements.
pub const DEFINITION_VERSION: u32 = 1;

/// Takedown within 24 hours of a qualified notice (metric definitions, "Takedown SLA"; JD.com's public programme promises the same).
pub const SLA_LIMIT_HOURS: u32 = 24;

/// A claim names up to 500 listings (lake contract, `claims`).
pub const CLAIM_LISTING_CAP: u32 = 500;

/// Largest distance in bits at which two PDQ hashes are of one picture (metric definitions, "Reappearance"; the authors of
/// PDQ recommend it).
pub const IMAGE_REACH: u32 = 31;

/// Least PDQ quality of both images on which a match may rest (metric definitions, "Reappearance").
pub const IMAGE_MIN_QUALITY: i32 = 50;

/// Largest distance in bits between a picture and the uses that make it a common one: half of `IMAGE_REACH`, so that all
/// of those uses match one another and no chain of them leads from an official picture to a photograph that resembles it.
pub const COMMON_IMAGE_REACH: u32 = IMAGE_REACH / 2;

/// Groups of merchants, unlinked to the removed one and to each other, that show a common picture at whatever time: strangers
/// who copy a photograph are a few (three at most in sample lakes), an official one is shown by a dozen merchants and more,
/// some of them linked and some with images of too low a quality.
pub const COMMON_IMAGE_GROUPS: usize = 5;

/// The same, of groups that showed the picture before the removal: they have not taken it up for the removed listing, so
/// fewer of them are enough.
pub const COMMON_IMAGE_GROUPS_BEFORE: usize = 3;

/// Two-sided confidence level of every published interval (metric definitions).
pub const CONFIDENCE_LEVEL: f64 = 0.95;

/// Slack of Kaplan–Meier quantiles: the smallest t with S(t) ≤ 1 − q + slack (metric definitions).
pub const QUANTILE_SLACK: f64 = 1e-12;

/// Largest share of bad rows in a table before the table as a whole is refused (lake contract).
pub const MAX_BAD_SHARE: f64 = 0.01;

/// Default window in days.
pub const WINDOW_DAYS: u32 = 90;

/// Microseconds in an hour: net and gross times are kept in microseconds and divided once.
pub const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// Microseconds in a day of 24 hours: the days of a reappearance are elapsed ones.
pub const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

/// Sensitivity of authentication: the share of counterfeits that it finds (metric definitions, default).
pub const AUTHENTICATION_SENSITIVITY: f64 = 0.97;

/// Specificity of authentication: the share of genuine items that it clears (metric definitions, default).
pub const AUTHENTICATION_SPECIFICITY: f64 = 0.995;

/// Fewest conclusive random purchases, plain and effective, from which a prevalence is published (metric definitions).
pub const PREVALENCE_LEAST_SAMPLES: i64 = 30;

/// Widest corrected interval with which a prevalence is published (metric definitions; 0.30 itself is published).
pub const PREVALENCE_WIDEST_INTERVAL: f64 = 0.30;

/// Apparent prevalence above which a brand's probability is told (metric definitions).
pub const PREVALENCE_THRESHOLD: f64 = 0.05;

/// Days that upheld takedowns count against a merchant (metric definitions, "High-risk merchants").
pub const ENFORCEMENT_DAYS: u32 = 365;

/// Days in which a listing is not bought again: a seller who sees the same buyer twice changes the parcel. Shorter than a
/// month, so that monthly plans have all listings in their frame: best-sellers that a plan cannot draw bias its unit-weighted
/// figures (ARCHITECTURE.md, "The purchase plan").
pub const COOLING_OFF_DAYS: u32 = 27;

/// Days from one plan of purchases to the next.
pub const PLAN_EVERY_DAYS: u32 = 28;

/// Share of a brand's units in listings of their cooling-off period from which a plan warns: its unit-weighted figures lean.
pub const COOLING_OFF_WARN_SHARE: f64 = 0.05;

/// Days before its end in which a document counts as expiring: 30 is, 31 is not (metric definitions, "Seller vetting").
pub const EXPIRING_WITHIN_DAYS: i64 = 30;

/// Days that a document may wait to be examined: 14 is not too long, 15 is (metric definitions, "Seller vetting").
pub const PENDING_AT_MOST_DAYS: i64 = 14;

/// Most merchants that a key may have and still link them: beyond it is a market hall, a payment agent or an office of
/// registrations (metric definitions, "Reappearance": 20 links, 21 does not).
pub const LINK_KEY_MERCHANTS: u32 = 20;

/// Days after a removal within which the share of listings that came back is told (metric definitions, "Reappearance").
pub const REAPPEARANCE_HORIZON_DAYS: [u32; 3] = [7, 30, 90];

/// Per cent of the reference price below which a sale counts as a deep discount (metric definitions, "High-risk merchants").
pub const DEEP_DISCOUNT_PERCENT: i64 = 60;

/// Days before T whose labels a ranking of merchants is evaluated on: it sees only what was known before them.
pub const HELD_BACK_DAYS: u32 = 28;

/// Distinct days of upheld takedowns from which a merchant may be a repeat infringer (metric definitions, "High-risk merchants").
pub const REPEAT_INFRINGER_DAYS: i64 = 3;

/// Distinct listings that upheld takedowns took down, from which a merchant may be a repeat infringer (metric definitions).
pub const REPEAT_INFRINGER_LISTINGS: i64 = 3;
