//! What counterfeit figures must pass: one brand's, whole, and at peace with each other.

use chrono::{Datelike, NaiveDate};
use mirrorlake_model::thresholds::{PREVALENCE_LEAST_SAMPLES, PREVALENCE_WIDEST_INTERVAL};

use super::{PrevalenceInput, PrevalenceRow, PurchaseProgress, Weighting};
use crate::error::ReportError;
use crate::input::{BrandReportParts, CommentInput};

/// The mart these figures come from.
const TABLE: &str = "brand_prevalence";

/// Fewest brands behind a prior that is told of: with fewer it would give away what one of them has.
pub(crate) const LEAST_PRIOR_BRANDS: u32 = 10;

/// Most earlier days: with the report's own they make a year of months.
const MOST_HISTORY: usize = 11;

/// How far shares may differ by rounding alone.
const SLACK: f64 = 1e-9;

/// How far a rate may differ from its numerator and denominator by rounding alone.
const RATE_SLACK: f64 = 1e-6;

/// Refuses what is of another brand and what contradicts itself or the contract.
pub(in crate::input) fn check(parts: &BrandReportParts) -> Result<(), ReportError> {
    let Some(input) = &parts.prevalence else { return Ok(()) };
    let expected = parts.brand.brand_id;
    let progress = [&input.progress_in_window, &input.progress_of_all_time];
    let brands = [input.brand_id]
        .into_iter()
        .chain(input.rows.iter().map(|r| r.brand_id))
        .chain(input.history.iter().map(|h| h.brand_id))
        .chain(progress.iter().map(|p| p.brand_id))
        .chain(input.plan.iter().map(|p| p.brand_id));
    for found in brands {
        if found != expected {
            return Err(ReportError::AnotherBrand { expected, found, table: TABLE });
        }
    }
    check_weightings(input)?;
    for row in &input.rows {
        check_counts(row)?;
        check_estimates(row)?;
        check_indicators(row, parts.days)?;
    }
    if parts.comments.as_ref().is_some_and(|comments| !input.agrees_with(comments)) {
        return Err(wrong(
            "comments counted otherwise than in the comment figures: run brand-prevalence again".to_owned(),
        ));
    }
    check_history(input, parts.as_of.day)?;
    check_progress(&input.progress_in_window, Some(&input.progress_of_all_time))?;
    check_progress(&input.progress_of_all_time, None)?;
    for share in [input.threshold, input.sensitivity, input.specificity] {
        within("parameter", share, 1.0)?;
    }
    if input.currency.len() != 3 || !input.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(wrong(format!("no currency's code: {:?}", input.currency)));
    }
    if let Some(plan) = &input.plan {
        part("planned purchases", plan.random, i64::MAX)?;
        part("planned purchases", plan.targeted, i64::MAX - plan.random)?;
        if plan.as_of > parts.as_of.day {
            return Err(wrong(format!("a plan of {} in a report of {}", plan.as_of, parts.as_of.day)));
        }
    }
    Ok(())
}

fn wrong(detail: String) -> ReportError {
    ReportError::Prevalence { detail }
}

fn part(what: &str, part: i64, whole: i64) -> Result<(), ReportError> {
    if (0..=whole).contains(&part) { Ok(()) } else { Err(wrong(format!("{part} {what} of {whole}"))) }
}

fn within(what: &str, value: f64, most: f64) -> Result<(), ReportError> {
    if (-SLACK..=most + SLACK).contains(&value) { Ok(()) } else { Err(wrong(format!("{what} {value}"))) }
}

/// Each weighting once, and the counts that are the brand's the same in all of them.
fn check_weightings(input: &PrevalenceInput) -> Result<(), ReportError> {
    let mut found: Vec<Weighting> = input.rows.iter().map(|r| r.weighting).collect();
    found.sort_unstable();
    if found != Weighting::ALL {
        let words: Vec<&str> = found.iter().map(|w| w.word()).collect();
        return Err(wrong(format!("rows for {}", words.join(", "))));
    }
    let shared = |r: &PrevalenceRow| {
        let purchases = [r.sampled, r.conclusive, r.counterfeit, r.inconclusive, r.outstanding];
        let targeted = [r.targeted_sampled, r.targeted_conclusive, r.targeted_counterfeit];
        let comments = [r.comments, r.allegations, r.comment_days];
        (
            purchases,
            targeted,
            comments,
            [r.counterfeit_refund_units, r.units_sold, r.upheld_takedowns, r.active_listings],
        )
    };
    if input.rows.windows(2).any(|w| shared(&w[0]) != shared(&w[1])) {
        return Err(wrong("counts that differ between weightings".to_owned()));
    }
    if input.rows.windows(2).any(|w| intervals(&w[0]) != intervals(&w[1])) {
        return Err(wrong("intervals of indicators that differ between weightings".to_owned()));
    }
    Ok(())
}

/// The intervals of the hit rate and of the indicators: of allegations, refunds, takedowns.
fn intervals(r: &PrevalenceRow) -> [(Option<f64>, Option<f64>); 4] {
    [
        (r.targeted_low, r.targeted_high),
        (r.allegations_per_1000_low, r.allegations_per_1000_high),
        (r.counterfeit_refunds_per_10000_low, r.counterfeit_refunds_per_10000_high),
        (r.upheld_per_1000_listings_low, r.upheld_per_1000_listings_high),
    ]
}

/// Whether a row says of the comments what the comment figures say; a side without comments says nothing.
pub(super) fn agrees(row: &PrevalenceRow, comments: &CommentInput) -> bool {
    let (Some(days), Some(counts)) = (row.comment_days, row.allegations.zip(row.comments)) else { return true };
    if days == 0 || comments.days_with_signals == 0 {
        return true;
    }
    let close = |per_1000: Option<f64>, share: Option<f64>| match (per_1000, share) {
        (Some(per_1000), Some(share)) => (per_1000 / 1e3 - share).abs() <= SLACK,
        (per_1000, share) => per_1000.is_none() && share.is_none(),
    };
    days == i64::from(comments.days_with_signals)
        && counts == (comments.allegations, comments.comments)
        && close(row.allegations_per_1000_low, comments.share_low)
        && close(row.allegations_per_1000_high, comments.share_high)
}

fn check_counts(row: &PrevalenceRow) -> Result<(), ReportError> {
    part("in the population", row.population, i64::MAX)?;
    part("samples", row.sampled, i64::MAX)?;
    part("outstanding samples", row.outstanding, i64::MAX - row.sampled)?;
    part("inconclusive samples", row.inconclusive, row.sampled)?;
    part("counterfeit samples", row.counterfeit, row.conclusive)?;
    if row.conclusive != row.sampled - row.inconclusive {
        return Err(wrong(format!(
            "{} conclusive, {} inconclusive of {}",
            row.conclusive, row.inconclusive, row.sampled
        )));
    }
    part("targeted samples", row.targeted_sampled, i64::MAX)?;
    part("conclusive targeted samples", row.targeted_conclusive, row.targeted_sampled)?;
    part("counterfeit targeted samples", row.targeted_counterfeit, row.targeted_conclusive)?;
    let hits = (row.targeted_counterfeit, row.targeted_conclusive);
    check_rate("hits", Some(hits), 1.0, None, [row.targeted_low, row.targeted_high], false)?;
    within("hit rate up to", row.targeted_high.unwrap_or(0.0), 1.0)
}

/// Shares lie in 0..=1 and between their ends, and what may be told is there and keeps the contract's rules.
#[allow(clippy::cast_precision_loss)]
fn check_estimates(row: &PrevalenceRow) -> Result<(), ReportError> {
    check_range("apparent share", row.apparent_low, row.apparent, row.apparent_high)?;
    check_range("share", row.prevalence_low, row.prevalence, row.prevalence_high)?;
    check_range("robust share", row.robust_low, row.robust, row.robust_high)?;
    check_range("bounds", row.bound_low, None, row.bound_high)?;
    check_range("bounds with outstanding ones", row.outstanding_low, None, row.outstanding_high)?;
    check_range("shrunk share", row.shrunk_low, row.shrunk, row.shrunk_high)?;
    check_range("probability", None, row.prob_above_threshold, None)?;
    let weighting = row.weighting.word();
    if row.publishable == row.suppressed_because.is_some() {
        return Err(wrong(format!("{weighting}: publishable is {}, yet there is a reason or none", row.publishable)));
    }
    for (at_risk, only) in [(row.units_at_risk, Weighting::Units), (row.gmv_at_risk_minor, Weighting::Gmv)] {
        if let Some(value) = at_risk {
            // Producers may round to whole units.
            let most = row.population as f64 + 1.0;
            if row.weighting != only || !(0.0..=most).contains(&value) {
                return Err(wrong(format!("{weighting}: {value} at risk of {}", row.population)));
            }
        }
    }
    if !row.publishable {
        return Ok(());
    }
    let (Some((low, high)), Some(_)) = (row.prevalence_low.zip(row.prevalence_high), row.prevalence) else {
        return Err(wrong(format!("{weighting}: publishable without an estimate and its interval")));
    };
    let is_enough = row.effective_n.is_some_and(|n| n >= PREVALENCE_LEAST_SAMPLES as f64 - SLACK);
    if row.conclusive < PREVALENCE_LEAST_SAMPLES || !is_enough || high - low > PREVALENCE_WIDEST_INTERVAL + SLACK {
        return Err(wrong(format!(
            "{weighting}: publishable with {} samples (effective: {:?}) and an interval from {low} to {high}",
            row.conclusive, row.effective_n
        )));
    }
    Ok(())
}

/// Shares lie in 0..=1, and low ≤ share ≤ high where they are given; both ends are given or none.
fn check_range(what: &str, low: Option<f64>, share: Option<f64>, high: Option<f64>) -> Result<(), ReportError> {
    let given: Vec<f64> = [low, share, high].into_iter().flatten().collect();
    let is_sound = low.is_some() == high.is_some()
        && given.iter().all(|v| (-SLACK..=1.0 + SLACK).contains(v))
        && given.is_sorted_by(|a, b| *a <= *b + SLACK);
    if is_sound { Ok(()) } else { Err(wrong(format!("{what} {share:?} between {low:?} and {high:?}"))) }
}

fn check_indicators(row: &PrevalenceRow, days: u32) -> Result<(), ReportError> {
    if row.comments.is_some() != row.allegations.is_some() || row.comments.is_some() != row.comment_days.is_some() {
        return Err(wrong("comments, allegations and their days come together or not at all".to_owned()));
    }
    if let (Some(comments), Some(allegations), Some(of_days)) = (row.comments, row.allegations, row.comment_days) {
        part("comments", comments, i64::MAX)?;
        part("allegations", allegations, comments)?;
        part("days with comment signals", of_days, days.into())?;
    }
    let counts = [row.counterfeit_refund_units, row.units_sold, row.upheld_takedowns, row.active_listings];
    for count in counts {
        part("refunds, units, takedowns or listings", count, i64::MAX)?;
    }
    let allegations = row.allegations.zip(row.comments);
    let [_, of_allegations, of_refunds, of_upheld] = intervals(row).map(|(low, high)| [low, high]);
    // Under two listings there is none.
    check_rate("allegations", allegations, 1e3, row.allegations_per_1000, of_allegations, true)?;
    within("allegations up to", row.allegations_per_1000_high.unwrap_or(0.0), 1e3)?;
    let refunds = (row.counterfeit_refund_units, row.units_sold);
    check_rate("counterfeit refunds", Some(refunds), 1e4, row.counterfeit_refunds_per_10000, of_refunds, false)?;
    let upheld = (row.upheld_takedowns, row.active_listings);
    check_rate("upheld takedowns", Some(upheld), 1e3, row.upheld_per_1000_listings, of_upheld, false)
}

/// A rate is its numerator over its denominator, where it is given; its interval has both ends or none, holds it, and
/// comes with a denominator and only with one, unless it `may_lack`.
#[allow(clippy::cast_precision_loss)]
fn check_rate(
    what: &str,
    counts: Option<(i64, i64)>,
    scale: f64,
    rate: Option<f64>,
    interval: [Option<f64>; 2],
    may_lack: bool,
) -> Result<(), ReportError> {
    let counted = counts.filter(|(_, whole)| *whole > 0).map(|(part, whole)| scale * part as f64 / whole as f64);
    let slack = RATE_SLACK * counted.unwrap_or(0.0).max(1.0);
    let is_counted = rate.is_none_or(|rate| counted.is_some_and(|counted| (rate - counted).abs() <= slack));
    let is_held = match (interval, counted) {
        ([None, None], counted) => may_lack || counted.is_none(),
        ([Some(low), Some(high)], Some(counted)) => {
            low >= 0.0 && low <= counted + slack && counted <= high + slack && high.is_finite()
        }
        _ => false,
    };
    if is_counted && is_held {
        Ok(())
    } else {
        Err(wrong(format!("{what} at a rate of {rate:?} within {interval:?}, but counted {counts:?}")))
    }
}

/// Months since year 0.
fn month(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0)
}

fn check_history(input: &PrevalenceInput, as_of: NaiveDate) -> Result<(), ReportError> {
    if input.history.len() > MOST_HISTORY {
        return Err(wrong(format!("{} earlier days", input.history.len())));
    }
    let months: Vec<i32> = input.history.iter().map(|h| month(h.as_of)).chain([month(as_of)]).collect();
    let span = i32::try_from(MOST_HISTORY).unwrap_or(i32::MAX);
    if !months.is_sorted_by(|a, b| a < b) || months.iter().any(|m| *m < month(as_of).saturating_sub(span)) {
        return Err(wrong("earlier days that are not one a month of the year, oldest first".to_owned()));
    }
    for earlier in &input.history {
        check_range("earlier share", earlier.low, earlier.prevalence, earlier.high)?;
        if earlier.publishable && (earlier.prevalence.is_none() || earlier.low.is_none()) {
            return Err(wrong(format!("no estimate of {}, though it is publishable", earlier.as_of)));
        }
    }
    Ok(())
}

fn check_progress(progress: &PurchaseProgress, whole: Option<&PurchaseProgress>) -> Result<(), ReportError> {
    let counts = |p: &PurchaseProgress| {
        [
            p.ordered,
            p.notarised,
            p.delivered,
            p.authenticated,
            p.genuine,
            p.counterfeit,
            p.inconclusive,
            p.acted_offline,
            p.acted_online,
        ]
    };
    for count in counts(progress) {
        part("purchases", count, progress.ordered)?;
    }
    if let Some(whole) = whole {
        for (count, most) in counts(progress).into_iter().zip(counts(whole)) {
            part("purchases in the window", count, most)?;
        }
    }
    let verdicts = progress.genuine.saturating_add(progress.counterfeit).saturating_add(progress.inconclusive);
    if verdicts != progress.authenticated {
        return Err(wrong(format!("{verdicts} verdicts of {} authenticated purchases", progress.authenticated)));
    }
    part("acted on", progress.acted_offline.saturating_add(progress.acted_online), progress.counterfeit)?;
    let medians = [progress.notarised_days, progress.delivered_days, progress.authenticated_days, progress.acted_days];
    for days in medians.into_iter().flatten() {
        within("median days", days, f64::MAX)?;
    }
    Ok(())
}
