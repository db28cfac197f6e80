//! What the ranking says of each brand, for the reports.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mirrorlake_lake::marts::Manifest;
use mirrorlake_model::risk::{SignalGroup, Tier};
use mirrorlake_reports::{RiskInput, RiskMerchant, RiskReason, RiskSignals, RiskTierScores, RiskTierSum};
use serde_json::Value;

use super::read::{self, ReadRow};
use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::job::{MartDay, Work};

/// Merchants of a brand that a report may name.
const FIRST: i64 = 20;

/// Rows that are read at a time.
const ROWS_OF_A_PART: usize = 65_536;

/// The ranking, brand by brand.
pub struct RiskFigures {
    brands: BTreeMap<i64, Brand>,
    /// Ranks before, by brand and merchant.
    previous: BTreeMap<(i64, i64), i64>,
    previous_day: Option<NaiveDate>,
    missing: Vec<SignalGroup>,
    tier_scores: Option<RiskTierScores>,
    days: u32,
    currency: String,
}

#[derive(Default)]
struct Brand {
    tiers: BTreeMap<Tier, (i64, i64, i64)>,
    first: Vec<RiskMerchant>,
}

impl RiskFigures {
    /// Reads the mart as of the day, which must have a window of `days` days as well; `None` where it is not there.
    ///
    /// # Errors
    ///
    /// When the mart is not what its manifest promises.
    pub fn read(work: &Work<'_>, days: u32) -> Result<Option<Self>, Failure> {
        let found = work.window("merchant_brand_risk");
        let Some((today, before)) = found.split_last().filter(|(last, _)| last.day == work.as_of.day) else {
            return Ok(None);
        };
        let own = today.manifest.configuration.get("days").and_then(Value::as_u64).unwrap_or_default();
        if own != u64::from(days) {
            tracing::warn!(
                "merchant_brand_risk has a window of {own} days and the takedown marts of {days}: it is left out of the reports"
            );
            return Ok(None);
        }
        let mut missing: Vec<SignalGroup> = read::available(&today.manifest).missing().map(SignalGroup::of).collect();
        missing.sort_unstable();
        missing.dedup();
        let mut figures = Self {
            brands: BTreeMap::new(),
            previous: BTreeMap::new(),
            previous_day: before.last().map(|day| day.day),
            missing,
            tier_scores: tier_scores(&today.manifest),
            days,
            currency: work.settings.currency.clone(),
        };
        figures.sort_in(today)?;
        if let Some(before) = before.last() {
            figures.look_back(before)?;
        }
        Ok(Some(figures))
    }

    fn sort_in(&mut self, day: &MartDay) -> Result<(), Failure> {
        for batch in &day.read()?.batches {
            for from in (0..batch.num_rows()).step_by(ROWS_OF_A_PART) {
                let to = (from + ROWS_OF_A_PART).min(batch.num_rows());
                for row in read::rows(batch, from..to)? {
                    let Some(brand) = row.brand_id else { continue };
                    let shelf = self.brands.entry(brand).or_default();
                    let sum = shelf.tiers.entry(row.tier).or_default();
                    sum.0 += 1;
                    sum.1 += row.signals.units;
                    sum.2 = sum.2.saturating_add(row.signals.gmv_minor);
                    if row.rank.rank <= FIRST {
                        shelf.first.push(merchant(brand, row));
                    }
                }
            }
        }
        Ok(())
    }

    /// Ranks before, of the merchants that are told.
    fn look_back(&mut self, day: &MartDay) -> Result<(), Failure> {
        let told: BTreeMap<(i64, i64), ()> =
            self.brands.values().flat_map(|b| &b.first).map(|m| ((m.brand_id, m.merchant_id), ())).collect();
        for batch in &day.read()?.batches {
            let cells = Cells(batch);
            let (merchants, brands, ranks) =
                (cells.whole("merchant_id")?, cells.whole("brand_id")?, cells.whole("rank")?);
            for row in 0..batch.num_rows() {
                let key = (brands[row], merchants[row]);
                if told.contains_key(&key) {
                    self.previous.insert(key, ranks[row]);
                }
            }
        }
        Ok(())
    }

    /// One brand's part, taken away: nothing of another brand is in it.
    pub fn take(&mut self, brand_id: i64) -> RiskInput {
        let brand = self.brands.remove(&brand_id).unwrap_or_default();
        let sum = |tier: &Tier| {
            let (merchants, units, gmv_minor) = brand.tiers.get(tier).copied().unwrap_or_default();
            RiskTierSum { tier: *tier, merchants, units, gmv_minor }
        };
        let previous = |m: RiskMerchant| {
            let previous_rank = self.previous.get(&(brand_id, m.merchant_id)).copied();
            RiskMerchant { previous_rank, ..m }
        };
        RiskInput {
            brand_id,
            days: self.days,
            tiers: Tier::ALL.iter().map(sum).collect(),
            merchants: brand.first.into_iter().map(previous).collect(),
            missing: self.missing.clone(),
            tier_scores: self.tier_scores,
            previous_day: self.previous_day,
            currency: self.currency.clone(),
        }
    }
}

/// The thresholds that the ranking was made with.
fn tier_scores(manifest: &Manifest) -> Option<RiskTierScores> {
    let tiers = manifest.configuration.get("model")?.get("tiers")?.as_array()?;
    let score = |place: usize| tiers.get(place).and_then(Value::as_f64);
    Some(RiskTierScores { critical: score(0)?, high: score(1)?, elevated: score(2)? })
}

fn merchant(brand_id: i64, row: ReadRow) -> RiskMerchant {
    let s = &row.signals;
    RiskMerchant {
        brand_id,
        merchant_id: row.merchant_id,
        rank: row.rank.rank,
        rank_low: row.rank.low,
        rank_high: row.rank.high,
        previous_rank: None,
        score: row.score,
        log_odds: row.log_odds,
        base_log_odds: row.base_log_odds,
        tier: row.tier,
        reasons: row
            .reasons
            .iter()
            .map(|r| RiskReason { code: r.code, contribution: r.contribution, evidence: r.evidence })
            .collect(),
        signals: RiskSignals {
            units: s.units,
            gmv_minor: s.gmv_minor,
            comments: s.comments,
            allegations: s.allegations,
            counterfeit_refund_units: s.counterfeit_refund_units,
            listings_active: s.listings_active,
            upheld_takedowns: s.upheld_takedowns,
            enforcement_days: s.enforcement_days,
            upheld_listing_share: s.upheld_listing_share(),
            repeat_infringer: s.repeat_infringer(),
            reappearances: s.reappearances,
            deep_discount_units: s.deep_discount_units,
            price_depth: s.price_depth(),
            recent_units: s.recent_units,
            trailing_units: s.trailing_units,
            burst_z: s.burst_z,
            store_age_days: s.store_age_days,
            unauthorised_brands: s.unauthorised_brands,
            document_issues: s.document_issues,
            image_matches: s.image_matches,
            linked_merchants: s.linked_merchants,
            linked_upheld: s.linked_upheld,
            pilot_sampled: s.pilot_sampled,
            pilot_counterfeit: s.pilot_counterfeit,
        },
    }
}
