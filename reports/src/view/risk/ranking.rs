//! Whom to look at first: the merchants of the ranking above the baseline.

use chrono::NaiveDate;
use serde::Serialize;

use super::reasons::{ReasonView, reasons};
use super::{RiskInput, RiskTier, money};
use crate::error::ReportError;
use crate::format::NO_VALUE;
use crate::input::{RISK_LEAST_ROWS, RiskMerchant, SignalGroup};
use crate::view::{Scene, Shown};

/// Reasons shown for each merchant, those that weigh most.
const REASONS_FOR: usize = 4;

/// Reasons shown that speak for a merchant.
const REASONS_AGAINST: usize = 1;

/// The merchants to look at first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// What the list is cut from, in words.
    pub note: String,
    /// Rows shown.
    pub shown: Shown<i64>,
    /// Merchants above the baseline.
    pub total: Shown<i64>,
    /// The day of the earlier ranking, where there is one.
    pub previous_day: Option<Shown<NaiveDate>>,
    /// Head of the column of earlier ranks.
    pub previous_label: Option<String>,
    /// The rows, by rank.
    pub rows: Vec<MerchantRow>,
}

/// One merchant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MerchantRow {
    /// The merchant.
    pub merchant_id: i64,
    /// Its place, from 1.
    pub rank: Shown<i64>,
    /// The best place that the uncertainty of the evidence allows.
    pub rank_low: i64,
    /// The worst one.
    pub rank_high: i64,
    /// Both as printed.
    pub rank_range: String,
    /// Its place in the earlier ranking.
    pub previous_rank: Shown<Option<i64>>,
    /// How urgently it should be looked at.
    pub tier: Shown<RiskTier>,
    /// Probability, by the model, that a random unit sold is counterfeit.
    pub score: Shown<f64>,
    /// The score's log-odds.
    pub log_odds: f64,
    /// The log-odds without any reason.
    pub base_log_odds: f64,
    /// Units of the brand sold in the period.
    pub units: Shown<i64>,
    /// What was paid for them, in minor units.
    pub gmv_minor: Shown<i64>,
    /// Active listings.
    pub listings_active: Shown<i64>,
    /// Upheld takedowns.
    pub upheld_takedowns: Shown<i64>,
    /// Allegations among its comments, in words; no value where comments have not been judged.
    pub allegations: Shown<Option<i64>>,
    /// Its comments; no value where they have not been judged.
    pub comments: Option<i64>,
    /// The main reasons in words: what raises the score most.
    pub reasons_for: Vec<String>,
    /// What lowers it most, in words.
    pub reasons_against: Vec<String>,
    /// All reasons with their contributions, which add up with the base to the log-odds.
    pub reasons: Vec<ReasonView>,
}

impl Ranking {
    pub(super) fn build(scene: &Scene<'_>, input: &RiskInput) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let above = |tier: &RiskTier| *tier != RiskTier::Baseline;
        let total = RiskTier::ALL.iter().filter(|t| above(t)).map(|t| input.tier(*t).merchants);
        let total = f.count(total.fold(0, i64::saturating_add));
        let ranked = input.tiers.iter().map(|t| t.merchants).fold(0, i64::saturating_add);
        let mut listed: Vec<&RiskMerchant> =
            input.merchants.iter().filter(|r| above(&r.tier) && r.rank <= RISK_LEAST_ROWS).collect();
        listed.sort_unstable_by_key(|r| r.rank);
        let previous_day = input.previous_day.map(|day| f.date(day));
        let rows = listed.into_iter().map(|r| row(scene, input, r)).collect::<Result<Vec<_>, _>>()?;
        let shown = f.count(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        let values = [("shown", shown.text.as_str()), ("total", &total.text)];
        let note = match total.value {
            0 if ranked == 0 => m.text("risk_ranking.no_merchants", &values)?,
            0 => m.text("risk_ranking.empty", &values)?,
            n if n == shown.value => m.plural("risk_ranking.all", n, &values)?,
            n => m.plural("risk_ranking.cut", n, &values)?,
        };
        let previous_label = match &previous_day {
            Some(_) => Some(m.text("risk_ranking.previous", &[("day", &short(scene, input.previous_day))])?),
            None => None,
        };
        Ok(Self { note, shown, total, previous_day, previous_label, rows })
    }
}

fn short(scene: &Scene<'_>, day: Option<NaiveDate>) -> String {
    day.map_or_else(String::new, |day| scene.f.short_date(day))
}

fn row(scene: &Scene<'_>, input: &RiskInput, row: &RiskMerchant) -> Result<MerchantRow, ReportError> {
    let (m, f) = (scene.m, scene.f);
    let signals = &row.signals;
    let reasons = reasons(scene, row)?;
    let raising = reasons.iter().filter(|r| r.contribution > 0.0).take(REASONS_FOR);
    let lowering = reasons.iter().rev().filter(|r| r.contribution < 0.0).take(REASONS_AGAINST);
    let against = |r: &ReasonView| m.text("risk_ranking.against", &[("reason", &r.text)]);
    let (low, high) = (f.count(row.rank_low).text, f.count(row.rank_high).text);
    let judged = !input.missing.contains(&SignalGroup::Comments);
    let (allegations, comments) = (f.count(signals.allegations), f.count(signals.all_comments()));
    let of = m.text("risk_ranking.of", &[("n", &allegations.text), ("all", &comments.text)])?;
    let previous = match (row.previous_rank, input.previous_day) {
        (Some(rank), _) => f.count(rank).text,
        (None, Some(_)) => m.text("risk_ranking.new", &[])?,
        (None, None) => NO_VALUE.to_owned(),
    };
    Ok(MerchantRow {
        merchant_id: row.merchant_id,
        rank: f.count(row.rank),
        rank_low: row.rank_low,
        rank_high: row.rank_high,
        rank_range: if low == high { low } else { format!("{low}\u{2013}{high}") },
        previous_rank: Shown { value: row.previous_rank, text: previous },
        tier: Shown { value: row.tier, text: m.text(&format!("risk_tier.{}", row.tier.word()), &[])? },
        score: f.chance(row.score),
        log_odds: row.log_odds,
        base_log_odds: row.base_log_odds,
        units: f.count(signals.units),
        gmv_minor: money(scene, signals.gmv_minor, &input.currency),
        listings_active: f.count(signals.listings_active),
        upheld_takedowns: f.count(signals.upheld_takedowns),
        allegations: Shown {
            value: judged.then_some(signals.allegations),
            text: if judged { of } else { NO_VALUE.to_owned() },
        },
        comments: judged.then_some(comments.value),
        reasons_for: raising.map(|r| r.text.clone()).collect(),
        reasons_against: lowering.map(against).collect::<Result<_, _>>()?,
        reasons,
    })
}
