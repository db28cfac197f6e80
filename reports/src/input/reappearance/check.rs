//! What rows on reappearances must pass: one brand's, by the contract's tiers, and at peace with each other.

use std::collections::BTreeSet;

use mirrorlake_model::reappearance::{CurveRow, RateTier, ReappearanceRateRow, ReappearanceRow, ShareBack, Tier};
use mirrorlake_model::thresholds::{IMAGE_REACH, REAPPEARANCE_HORIZON_DAYS};

use super::ReappearanceInput;
use crate::error::ReportError;
use crate::format::checked_instant;
use crate::input::BrandReportParts;

/// The marts that the rows come from.
const PAIRS: &str = "reappearances";
const RATES: &str = "reappearance_rates";

/// How far shares may differ by rounding alone.
const SLACK: f64 = 1e-9;

/// Refuses what is of another brand and what contradicts itself or the contract.
pub(in crate::input) fn check(parts: &BrandReportParts) -> Result<(), ReportError> {
    let Some(input) = &parts.reappearance else { return Ok(()) };
    let expected = parts.brand.brand_id;
    let of_rates = input.rates.iter().map(|r| r.brand_id).chain(input.curve.iter().map(|p| p.brand_id));
    let of_pairs = std::iter::once(input.brand_id).chain(input.pairs.iter().map(|p| p.brand_id));
    for (brand, table) in of_rates.map(|b| (b, RATES)).chain(of_pairs.map(|b| (Some(b), PAIRS))) {
        match brand {
            None => return Err(ReportError::AllBrands { expected, table }),
            Some(found) if found != expected => return Err(ReportError::AnotherBrand { expected, found, table }),
            Some(_) => {}
        }
    }
    check_rates(input)?;
    check_pairs(input, parts)?;
    check_curve(input, parts)?;
    for (what, count) in [("common", input.excused_images), ("uncompared", input.uncompared_images)] {
        if count.is_some_and(|n| n < 0) {
            return Err(wrong(format!("{count:?} {what} images")));
        }
    }
    Ok(())
}

fn wrong(detail: String) -> ReportError {
    ReportError::Reappearance { detail }
}

/// Each tier once, about the same removals; what more tiers count, and what more days bring, is never less.
///
/// A rate over more tiers may well be lower: a removal that came back earlier no longer stands in for those that were not
/// followed for as long.
fn check_rates(input: &ReappearanceInput) -> Result<(), ReportError> {
    let rows: Vec<&ReappearanceRateRow> = RateTier::ALL.iter().filter_map(|t| input.rate(*t)).collect();
    if input.rates.len() != rows.len() || !matches!(rows.len(), 0 | 3) {
        return Err(wrong(format!("rates of {} tiers in {} rows", rows.len(), input.rates.len())));
    }
    for row in &rows {
        if row.removals < 0 || row.reinstated < 0 || !(0..=row.removals).contains(&row.reappeared) {
            return Err(wrong(format!("{} of {} came back in tier {}", row.reappeared, row.removals, row.tier.word())));
        }
        row.within.iter().try_for_each(check_share)?;
        rises(row.within.iter().filter_map(|w| w.rate))?;
    }
    for pair in rows.windows(2) {
        let [one, more] = pair else { continue };
        let same = (one.removals, one.reinstated) == (more.removals, more.reinstated);
        if !same || one.reappeared > more.reappeared {
            return Err(wrong(format!("tiers {} and {} contradict each other", one.tier.word(), more.tier.word())));
        }
    }
    Ok(())
}

/// A share lies in 0..=1, and within its interval where it has one.
fn check_share(share: &ShareBack) -> Result<(), ReportError> {
    let ShareBack { rate, low, high } = *share;
    let given: Vec<f64> = [low, rate, high].into_iter().flatten().collect();
    let is_whole = low.is_some() == high.is_some() && (rate.is_some() || low.is_none());
    let is_sound =
        given.iter().all(|v| (-SLACK..=1.0 + SLACK).contains(v)) && given.is_sorted_by(|a, b| *a <= *b + SLACK);
    if is_whole && is_sound { Ok(()) } else { Err(wrong(format!("a share of {rate:?} between {low:?} and {high:?}"))) }
}

fn rises(shares: impl Iterator<Item = f64>) -> Result<(), ReportError> {
    let shares: Vec<f64> = shares.collect();
    if shares.is_sorted_by(|a, b| *a <= *b + SLACK) {
        Ok(())
    } else {
        Err(wrong(format!("shares that fall with more days: {shares:?}")))
    }
}

/// Each pair once and in a tier that its listings and merchants allow; together what the rates count.
fn check_pairs(input: &ReappearanceInput, parts: &BrandReportParts) -> Result<(), ReportError> {
    let mut seen = BTreeSet::new();
    for pair in &input.pairs {
        checked_instant(pair.removed_at)?;
        checked_instant(pair.reappeared_at)?;
        let name = format!("the pair of the listings {} and {}", pair.removed_listing_id, pair.new_listing_id);
        if !seen.insert((pair.removed_listing_id, pair.new_listing_id)) {
            return Err(wrong(format!("{name} comes twice")));
        }
        if pair.reappeared_at <= pair.removed_at || pair.reappeared_at > parts.as_of.micros() {
            return Err(wrong(format!("{name} came back before its removal or after the as-of instant")));
        }
        if !is_in_its_tier(pair) {
            return Err(wrong(format!("{name} cannot be in tier {}", pair.tier.word())));
        }
        if pair.title_similarity.is_some_and(|s| !(0.0..=1.0).contains(&s)) {
            return Err(wrong(format!("{name} has titles alike by {:?}", pair.title_similarity)));
        }
    }
    for tier in RateTier::ALL {
        let back: BTreeSet<i64> =
            input.pairs.iter().filter(|p| tier.counts(p.tier)).map(|p| p.removed_listing_id).collect();
        let counted = input.rate(*tier).map_or(0, |r| r.reappeared);
        if i64::try_from(back.len()).ok() != Some(counted) {
            return Err(wrong(format!(
                "{counted} listings came back in tier {}, but {} pairs",
                tier.word(),
                back.len()
            )));
        }
    }
    Ok(())
}

fn is_in_its_tier(pair: &ReappearanceRow) -> bool {
    let same_listing = pair.removed_listing_id == pair.new_listing_id;
    let same_merchant = pair.removed_merchant_id == pair.new_merchant_id;
    let has_match = pair.hamming.is_some_and(|d| u32::try_from(d).is_ok_and(|bits| bits <= IMAGE_REACH));
    let is_sound = pair.hamming.is_none() || has_match;
    is_sound
        && match pair.tier {
            Tier::SameListing => same_listing && pair.hamming.is_none(),
            Tier::SameMerchant => !same_listing && same_merchant && (has_match || pair.same_product),
            Tier::LinkedMerchant => !same_listing && !same_merchant && has_match && !pair.link_keys.is_empty(),
            Tier::OtherMerchant => !same_listing && !same_merchant && has_match && pair.link_keys.is_empty(),
        }
}

/// The curve rises day by day, and says at 7, 30 and 90 days what the rates say; no removal is older than the oldest.
fn check_curve(input: &ReappearanceInput, parts: &BrandReportParts) -> Result<(), ReportError> {
    let steps = input.steps();
    for CurveRow { day, share, .. } in steps.iter().copied() {
        check_share(share)?;
        if *day < 1 || share.rate.is_none() {
            return Err(wrong(format!("a share of {:?} by day {day}", share.rate)));
        }
    }
    let follows = |a: &CurveRow, b: &CurveRow| a.day < b.day && a.share.rate <= b.share.rate.map(|rate| rate + SLACK);
    if !steps.is_sorted_by(|a, b| follows(a, b)) {
        return Err(wrong("a curve out of order".to_owned()));
    }
    if let Some(oldest) = input.oldest_removal_at {
        checked_instant(oldest)?;
        let first = input.pairs.iter().map(|p| p.removed_at).fold(parts.as_of.micros(), i64::min);
        if oldest > first {
            return Err(wrong(format!("an oldest removal at {oldest}, but one at {first}")));
        }
    }
    let Some(row) = input.rate(RateTier::ABC).filter(|_| !steps.is_empty()) else { return Ok(()) };
    for (days, within) in REAPPEARANCE_HORIZON_DAYS.into_iter().zip(&row.within) {
        let share = steps.iter().rfind(|p| p.day <= i64::from(days)).and_then(|p| p.share.rate).unwrap_or(0.0);
        if within.rate.is_some_and(|rate| (rate - share).abs() > SLACK) {
            return Err(wrong(format!("{:?} came back within {days} days, but {share} by the curve", within.rate)));
        }
    }
    Ok(())
}
