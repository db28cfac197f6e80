//! A made-up ranking of merchants.

use chrono::Days;
use mirrorlake_reports::{
    BrandReportParts, ReasonCode, RiskInput, RiskMerchant, RiskReason, RiskSignals, RiskTier, RiskTierScores,
    RiskTierSum, SignalGroup,
};

use super::{Dice, as_of};

const BASE: f64 = -7.5;
const SCORES: RiskTierScores = RiskTierScores { critical: 0.5, high: 0.2, elevated: 0.05 };

/// What a made-up ranking looks like.
#[derive(Clone, Copy, Debug)]
pub struct RankingShape {
    /// Merchants ranked.
    pub merchants: i64,
    /// How many of them are suspicious.
    pub suspicious: i64,
    /// Whether nothing but takedowns and sales was at hand.
    pub few_signals: bool,
    /// Whether there is an earlier ranking.
    pub earlier: bool,
}

impl Default for RankingShape {
    fn default() -> Self {
        Self { merchants: 412, suspicious: 31, few_signals: false, earlier: true }
    }
}

/// Parts with a ranking of a shape.
pub fn with_risk(mut parts: BrandReportParts, shape: RankingShape) -> BrandReportParts {
    parts.risk = Some(risk(parts.brand.brand_id, parts.days, shape));
    parts
}

fn signals(n: i64, suspicion: i64, dice: &mut Dice, few: bool) -> RiskSignals {
    let mut upto = |most: i64| if most <= 0 { 0 } else { dice.roll(most as u64 + 1) as i64 };
    let units = 40 + upto(900);
    let upheld = upto(suspicion * 2);
    let deep = upto(units * suspicion / 12);
    let s = RiskSignals {
        units,
        gmv_minor: units * 129_050,
        comments: units / 4,
        allegations: upto(units * suspicion / 60).min(units / 4),
        counterfeit_refund_units: upto(suspicion * 3),
        listings_active: 1 + upto(30),
        upheld_takedowns: upheld,
        enforcement_days: upheld.min(1 + upto(upheld)),
        upheld_listing_share: upheld as f64 / (upheld as f64 + 20.0),
        repeat_infringer: upheld >= 6,
        reappearances: upto(suspicion),
        deep_discount_units: deep,
        price_depth: (n % 7 != 3).then_some(deep as f64 / units as f64),
        recent_units: upto(units / 3),
        trailing_units: upto(units / 2),
        burst_z: (n % 5 != 1).then_some(suspicion as f64 / 2.0 - 1.0),
        store_age_days: 30 + upto(2_400),
        unauthorised_brands: i64::from(suspicion > 2),
        document_issues: upto(suspicion / 2),
        image_matches: upto(suspicion * 3),
        linked_merchants: upto(suspicion),
        linked_upheld: upto(suspicion),
        pilot_sampled: upto(3),
        pilot_counterfeit: 0,
    };
    let s = RiskSignals { pilot_counterfeit: s.pilot_sampled.min(suspicion / 3), ..s };
    if !few {
        return s;
    }
    RiskSignals {
        comments: 0,
        allegations: 0,
        reappearances: 0,
        image_matches: 0,
        pilot_sampled: 0,
        pilot_counterfeit: 0,
        document_issues: 0,
        unauthorised_brands: 0,
        ..s
    }
}

fn reasons(s: &RiskSignals) -> Vec<RiskReason> {
    let weighed = [
        (ReasonCode::Allegations, s.allegations, 0.05),
        (ReasonCode::CounterfeitRefunds, s.counterfeit_refund_units, 0.12),
        (ReasonCode::UpheldTakedowns, s.upheld_takedowns, 0.14),
        (ReasonCode::EnforcementDays, s.enforcement_days, 0.06),
        (ReasonCode::UpheldListingShare, s.upheld_takedowns, 0.02),
        (ReasonCode::RepeatInfringer, i64::from(s.repeat_infringer), 0.7),
        (ReasonCode::Reappearances, s.reappearances, 0.25),
        (ReasonCode::PriceDepth, s.deep_discount_units, 0.003),
        (ReasonCode::SalesBurst, s.recent_units, 0.001),
        (ReasonCode::StoreAge, s.store_age_days, -0.0004),
        (ReasonCode::UnauthorisedBrands, s.unauthorised_brands, 0.8),
        (ReasonCode::DocumentIssues, s.document_issues, 0.2),
        (ReasonCode::ImageMatches, s.image_matches, 0.05),
        (ReasonCode::LinkedMerchants, s.linked_merchants, 0.05),
        (ReasonCode::LinkedUpheld, s.linked_upheld, 0.08),
        (ReasonCode::PilotVerdicts, s.pilot_sampled, if s.pilot_counterfeit > 0 { 0.6 } else { -0.3 }),
    ];
    let all = weighed.into_iter().filter(|(_, evidence, _)| *evidence > 0);
    all.map(|(code, evidence, weight)| RiskReason { code, contribution: evidence as f64 * weight, evidence }).collect()
}

pub fn risk(brand_id: i64, days: u32, shape: RankingShape) -> RiskInput {
    let mut dice = Dice(11);
    let mut merchants: Vec<RiskMerchant> = (0..shape.merchants)
        .map(|n| {
            let suspicion = if n < shape.suspicious { 2 + dice.roll(9) as i64 } else { dice.roll(2) as i64 };
            let signals = signals(n, suspicion, &mut dice, shape.few_signals);
            let reasons = reasons(&signals);
            let log_odds = reasons.iter().map(|r| r.contribution).fold(BASE, |a, b| a + b);
            let score = 1.0 / (1.0 + (-log_odds).exp());
            RiskMerchant {
                brand_id,
                merchant_id: 40_000 + n * 17,
                rank: 0,
                rank_low: 0,
                rank_high: 0,
                previous_rank: None,
                score,
                log_odds,
                base_log_odds: BASE,
                tier: SCORES.tier(score),
                reasons,
                signals,
            }
        })
        .collect();
    merchants.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.merchant_id.cmp(&b.merchant_id)));
    let total = shape.merchants;
    for (row, rank) in merchants.iter_mut().zip(1..) {
        row.rank = rank;
        row.rank_low = (rank - 1 - rank / 3).max(1);
        row.rank_high = (rank + 2 + rank / 2).min(total);
        let was = (rank + dice.roll(7) as i64 - 3).clamp(1, total);
        row.previous_rank = (shape.earlier && rank % 6 != 4).then_some(was);
    }
    let tiers = RiskTier::ALL.iter().map(|tier| {
        let rows = || merchants.iter().filter(|r| r.tier == *tier);
        RiskTierSum {
            tier: *tier,
            merchants: rows().count() as i64,
            units: rows().map(|r| r.signals.units).sum(),
            gmv_minor: rows().map(|r| r.signals.gmv_minor).sum(),
        }
    });
    RiskInput {
        brand_id,
        days,
        tiers: tiers.collect(),
        merchants,
        missing: if shape.few_signals { SignalGroup::ALL.to_vec() } else { Vec::new() },
        tier_scores: Some(SCORES),
        previous_day: shape.earlier.then(|| as_of().day - Days::new(1)),
        currency: "CNY".to_owned(),
    }
}
