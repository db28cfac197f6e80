//! What a ranking must pass: one brand's, whole from rank 1 on, and at peace with its own sums.

use std::collections::BTreeSet;

use super::{RiskInput, RiskMerchant, RiskSignals, RiskTier};
use crate::error::ReportError;
use crate::input::BrandReportParts;

/// The mart that the rows come from.
const TABLE: &str = "merchant_brand_risk";

/// Fewest rows of a ranking that has as many: what the report lists.
pub(crate) const RISK_LEAST_ROWS: i64 = 20;

/// How far scores, and log-odds and their parts, may differ by rounding alone.
const SLACK: f64 = 1e-6;

/// Refuses what is of another brand and what contradicts itself, the contract or the report's window.
pub(in crate::input) fn check(parts: &BrandReportParts) -> Result<(), ReportError> {
    let Some(input) = &parts.risk else { return Ok(()) };
    let expected = parts.brand.brand_id;
    for found in std::iter::once(input.brand_id).chain(input.merchants.iter().map(|r| r.brand_id)) {
        if found != expected {
            return Err(ReportError::AnotherBrand { expected, found, table: TABLE });
        }
    }
    if input.days != parts.days {
        return Err(wrong(format!("a window of {} days in a report of {}", input.days, parts.days)));
    }
    let total = check_tiers(input)?;
    check_ranks(input, total)?;
    input.merchants.iter().try_for_each(|row| check_score(row).and_then(|()| check_signals(row)))?;
    let has_previous = input.merchants.iter().any(|r| r.previous_rank.is_some());
    if input.previous_day.is_some_and(|day| day >= parts.as_of.day) || (has_previous && input.previous_day.is_none()) {
        return Err(wrong(format!("an earlier ranking of {:?}", input.previous_day)));
    }
    if input.currency.len() != 3 || !input.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(wrong(format!("no currency's code: {:?}", input.currency)));
    }
    Ok(())
}

fn wrong(detail: String) -> ReportError {
    ReportError::Risk { detail }
}

/// Each tier once, with sums that can be. Returns how many merchants there are.
fn check_tiers(input: &RiskInput) -> Result<i64, ReportError> {
    let named: BTreeSet<RiskTier> = input.tiers.iter().map(|t| t.tier).collect();
    if (named.len(), input.tiers.len()) != (RiskTier::ALL.len(), RiskTier::ALL.len()) {
        return Err(wrong(format!("{} tiers in {} sums", named.len(), input.tiers.len())));
    }
    let mut total = (0_i64, 0_i64, 0_i64);
    for sum in &input.tiers {
        let parts = [sum.merchants, sum.units, sum.gmv_minor];
        if parts.iter().any(|n| *n < 0) || (sum.merchants == 0 && parts != [0, 0, 0]) {
            return Err(wrong(format!("tier {} of {parts:?}", sum.tier.word())));
        }
        let added =
            (total.0.checked_add(sum.merchants), total.1.checked_add(sum.units), total.2.checked_add(sum.gmv_minor));
        let (Some(merchants), Some(units), Some(gmv_minor)) = added else {
            return Err(wrong("sums beyond any count".to_owned()));
        };
        total = (merchants, units, gmv_minor);
    }
    if let Some(scores) = input.tier_scores {
        let of_another = |row: &&RiskMerchant| row.tier != scores.tier(row.score);
        if let Some(row) = input.merchants.iter().find(of_another) {
            let text = format!("a score of {} and the tier {}", row.score, row.tier.word());
            return Err(wrong(format!("merchant {} has {text}", row.merchant_id)));
        }
        let falling = [1.0, scores.critical, scores.high, scores.elevated, 0.0];
        if !falling.is_sorted_by(|a, b| a >= b) {
            return Err(wrong(format!("tiers from the scores {falling:?} on")));
        }
    }
    Ok(total.0)
}

/// Ranks from 1 on without a gap, scores that fall with them, and no more of a tier than there are.
fn check_ranks(input: &RiskInput, total: i64) -> Result<(), ReportError> {
    let mut rows: Vec<&RiskMerchant> = input.merchants.iter().collect();
    rows.sort_by_key(|r| (r.rank, r.merchant_id));
    let given = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if given > total || given < total.min(RISK_LEAST_ROWS) {
        return Err(wrong(format!("{given} rows of {total} merchants")));
    }
    let merchants: BTreeSet<i64> = rows.iter().map(|r| r.merchant_id).collect();
    if merchants.len() != rows.len() {
        return Err(wrong("a merchant is ranked twice".to_owned()));
    }
    for (row, rank) in rows.iter().zip(1..) {
        let ends = [1, row.rank_low, row.rank, row.rank_high, total];
        if row.rank != rank || !ends.is_sorted() || row.previous_rank.is_some_and(|r| r < 1) {
            let text = format!("{} between {} and {}", row.rank, row.rank_low, row.rank_high);
            return Err(wrong(format!("merchant {} has rank {text} of {total}, in place {rank}", row.merchant_id)));
        }
    }
    if !rows.is_sorted_by(|a, b| a.score >= b.score - SLACK) {
        return Err(wrong("a higher score with a lower rank".to_owned()));
    }
    let last = rows.last().filter(|_| input.tier_scores.is_some()).map(|r| r.tier);
    for sum in &input.tiers {
        let listed = || rows.iter().filter(|r| r.tier == sum.tier);
        let of = |number: fn(&RiskMerchant) -> i64| listed().map(|r| number(r)).fold(0, i64::saturating_add);
        let listed = (of(|_| 1), of(|r| r.signals.units), of(|r| r.signals.gmv_minor));
        let all = (sum.merchants, sum.units, sum.gmv_minor);
        let fits = listed.0 <= all.0 && listed.1 <= all.1 && listed.2 <= all.2;
        // Where tiers go by the score, whoever is not among the rows is in the last row's tier or below.
        let is_whole = given == total || last.is_some_and(|last| sum.tier < last);
        if !fits || (is_whole && listed != all) {
            return Err(wrong(format!("tier {}: {listed:?} in rows, {all:?} in all", sum.tier.word())));
        }
    }
    Ok(())
}

/// The score is that of the log-odds, and those are what the base and the reasons add up to.
fn check_score(row: &RiskMerchant) -> Result<(), ReportError> {
    let codes: BTreeSet<_> = row.reasons.iter().map(|r| r.code).collect();
    let sum = row.reasons.iter().map(|r| r.contribution).fold(row.base_log_odds, |a, b| a + b);
    let score = 1.0 / (1.0 + (-row.log_odds).exp());
    let adds_up = (sum - row.log_odds).abs() <= SLACK && (score - row.score).abs() <= SLACK;
    if codes.len() == row.reasons.len() && adds_up && row.reasons.iter().all(|r| r.evidence >= 0) {
        Ok(())
    } else {
        let text = format!("a score of {} and log-odds of {}, but {sum} by its reasons", row.score, row.log_odds);
        Err(wrong(format!("merchant {} has {text}", row.merchant_id)))
    }
}

/// Counts from 0 on. Parts that other jobs count than their wholes, as allegations and comments, may well exceed them.
fn check_signals(row: &RiskMerchant) -> Result<(), ReportError> {
    let s: &RiskSignals = &row.signals;
    let counts = [
        s.units,
        s.gmv_minor,
        s.comments,
        s.allegations,
        s.counterfeit_refund_units,
        s.listings_active,
        s.upheld_takedowns,
        s.enforcement_days,
        s.reappearances,
        s.deep_discount_units,
        s.recent_units,
        s.trailing_units,
        s.store_age_days,
        s.unauthorised_brands,
        s.document_issues,
        s.image_matches,
        s.linked_merchants,
        s.linked_upheld,
        s.pilot_sampled,
        s.pilot_counterfeit,
    ];
    let shares = [Some(s.upheld_listing_share), s.price_depth];
    // More than one would be other brands' business.
    if counts.iter().any(|n| *n < 0)
        || s.unauthorised_brands > 1
        || s.pilot_counterfeit > s.pilot_sampled
        || shares.into_iter().flatten().any(|share| !(0.0..=1.0).contains(&share))
        || s.burst_z.is_some_and(|z| !z.is_finite())
    {
        return Err(wrong(format!("merchant {} has signals that cannot be: {s:?}", row.merchant_id)));
    }
    Ok(())
}
