//! What customers' comments say: the brand's figures from `comment_signals`, and the checks they pass.

use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::BrandReportParts;
use crate::error::ReportError;

/// The mart these figures come from.
const TABLE: &str = "comment_signals";

/// Fewest brands a median is told of: among fewer it would give away what one of them has.
pub(crate) const LEAST_MEDIAN_BRANDS: u32 = 10;

/// How far shares may differ by rounding alone.
const SLACK: f64 = 1e-9;

/// One brand's comments in the window, as the detector judged them. Days are those of the lake's time zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommentInput {
    /// The brand.
    pub brand_id: i64,
    /// Days of the window that have comment signals.
    pub days_with_signals: u32,
    /// Days in the window.
    pub days_in_window: u32,
    /// Comments on the brand's listings in the window.
    pub comments: i64,
    /// Those that say or suspect that the item is counterfeit.
    pub allegations: i64,
    /// Those that say that the item is genuine.
    pub affirmations: i64,
    /// allegations / comments, in 0..=1; `None` without comments, or where it cannot be given.
    pub share: Option<f64>,
    /// Lower end of its 95 % interval, in 0..=1 (Korn–Graubard with listings as units).
    pub share_low: Option<f64>,
    /// Upper end of its 95 % interval, in 0..=1.
    pub share_high: Option<f64>,
    /// Median over brands of allegations / comments, in 0..=1; `None` where fewer than ten brands count.
    pub median_share: Option<f64>,
    /// Brands the median is taken over: those with at least `median_least_comments` comments.
    pub median_brands: u32,
    /// Fewest comments with which a brand counts for the median.
    pub median_least_comments: i64,
    /// ISO weeks of the window that have signals, oldest first, weeks without a comment among them.
    pub weeks: Vec<CommentWeek>,
    /// The listings with the most allegations, those first.
    pub listings: Vec<CommentListing>,
    /// The words that decided most allegations, those first.
    pub words: Vec<EvidenceWords>,
    /// Version of the detector's parameters.
    pub detector: String,
}

/// The comments of one ISO week.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommentWeek {
    /// The brand.
    pub brand_id: i64,
    /// The week's Monday.
    pub week_start: NaiveDate,
    /// Days of the week that lie in the window and have signals, 1 to 7.
    pub days: u8,
    /// Comments of those days.
    pub comments: i64,
    /// Allegations among them.
    pub allegations: i64,
    /// Lower end of the 95 % interval of allegations / comments, in 0..=1 (Wilson).
    pub low: Option<f64>,
    /// Upper end of that interval, in 0..=1.
    pub high: Option<f64>,
}

/// The comments on one listing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommentListing {
    /// The brand.
    pub brand_id: i64,
    /// The listing.
    pub listing_id: i64,
    /// Its merchant.
    pub merchant_id: i64,
    /// Its title, as the merchant wrote it.
    pub title: Option<String>,
    /// Comments on it in the window.
    pub comments: i64,
    /// Allegations among them.
    pub allegations: i64,
}

/// Words that decided allegations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EvidenceWords {
    /// The brand.
    pub brand_id: i64,
    /// The words, as customers wrote them: a part of a comment.
    pub words: String,
    /// Allegations that were decided by these words.
    pub comments: i64,
}

/// Refuses what is of another brand and what contradicts itself or the report's window.
pub(super) fn check(parts: &BrandReportParts) -> Result<(), ReportError> {
    let Some(input) = &parts.comments else { return Ok(()) };
    let expected = parts.brand.brand_id;
    let brands = [input.brand_id]
        .into_iter()
        .chain(input.weeks.iter().map(|w| w.brand_id))
        .chain(input.listings.iter().map(|l| l.brand_id))
        .chain(input.words.iter().map(|w| w.brand_id));
    for found in brands {
        if found != expected {
            return Err(ReportError::AnotherBrand { expected, found, table: TABLE });
        }
    }
    check_counts(input)?;
    check_shares(input)?;
    check_weeks(input, parts)?;
    if input.days_in_window != parts.days {
        return Err(wrong(format!("a window of {} days in a report of {}", input.days_in_window, parts.days)));
    }
    Ok(())
}

fn wrong(detail: String) -> ReportError {
    ReportError::Comments { detail }
}

fn check_counts(input: &CommentInput) -> Result<(), ReportError> {
    let within = |what: &str, part: i64, whole: i64| {
        if (0..=whole).contains(&part) { Ok(()) } else { Err(wrong(format!("{part} {what} of {whole}"))) }
    };
    within("comments", input.comments, i64::MAX)?;
    within("allegations", input.allegations, input.comments)?;
    within("affirmations", input.affirmations, input.comments - input.allegations)?;
    within("days with signals", input.days_with_signals.into(), input.days_in_window.into())?;
    for listing in &input.listings {
        within("comments on a listing", listing.comments, input.comments)?;
        within("allegations on a listing", listing.allegations, listing.comments.min(input.allegations))?;
    }
    for words in &input.words {
        within("allegations by the same words", words.comments, input.allegations)?;
    }
    if input.days_with_signals == 0 && input.comments > 0 {
        return Err(wrong(format!("{} comments on no day", input.comments)));
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)]
fn check_shares(input: &CommentInput) -> Result<(), ReportError> {
    check_range("share", input.share_low, input.share, input.share_high)?;
    check_range("median", None, input.median_share, None)?;
    if let Some(share) = input.share {
        let counted = input.allegations as f64 / input.comments as f64;
        if input.comments == 0 || (share - counted).abs() > SLACK {
            return Err(wrong(format!("share {share}, but {} of {}", input.allegations, input.comments)));
        }
    }
    if input.median_share.is_some() && input.median_brands < LEAST_MEDIAN_BRANDS {
        return Err(wrong(format!("a median of {} brands", input.median_brands)));
    }
    Ok(())
}

/// Shares lie in 0..=1, and low ≤ share ≤ high where they are given.
fn check_range(what: &str, low: Option<f64>, share: Option<f64>, high: Option<f64>) -> Result<(), ReportError> {
    let given: Vec<f64> = [low, share, high].into_iter().flatten().collect();
    let is_sound =
        given.iter().all(|v| (-SLACK..=1.0 + SLACK).contains(v)) && given.is_sorted_by(|a, b| *a <= *b + SLACK);
    if is_sound { Ok(()) } else { Err(wrong(format!("{what} {share:?} between {low:?} and {high:?}"))) }
}

/// Weeks are weeks of the window, come once and in order, and add up.
#[allow(clippy::cast_precision_loss)]
fn check_weeks(input: &CommentInput, parts: &BrandReportParts) -> Result<(), ReportError> {
    let window = parts.as_of.window_start(parts.days)..=parts.as_of.day;
    if !input.weeks.is_sorted_by(|a, b| a.week_start < b.week_start) {
        return Err(wrong("weeks out of order".to_owned()));
    }
    for week in &input.weeks {
        let most = days_inside(week.week_start, &window);
        if week.week_start.weekday() != Weekday::Mon || !(1..=most).contains(&week.days) {
            return Err(wrong(format!("a week from {} with {} days in the window", week.week_start, week.days)));
        }
        if week.comments < 0 || !(0..=week.comments).contains(&week.allegations) {
            return Err(wrong(format!(
                "{} allegations of {} in the week from {}",
                week.allegations, week.comments, week.week_start
            )));
        }
        let share = (week.comments > 0).then(|| week.allegations as f64 / week.comments as f64);
        check_range("share of a week", week.low, share, week.high)?;
    }
    let total = |pick: fn(&CommentWeek) -> i64| input.weeks.iter().map(pick).fold(0, i64::saturating_add);
    let (comments, allegations) = (total(|w| w.comments), total(|w| w.allegations));
    if (comments, allegations) != (input.comments, input.allegations) {
        return Err(wrong(format!(
            "{} allegations of {}, but {allegations} of {comments} by week",
            input.allegations, input.comments
        )));
    }
    Ok(())
}

/// How many of the seven days from `monday` on lie in the window.
fn days_inside(monday: NaiveDate, window: &RangeInclusive<NaiveDate>) -> u8 {
    (0..7).map(|n| u8::from(monday.checked_add_days(Days::new(n)).is_some_and(|day| window.contains(&day)))).sum()
}
