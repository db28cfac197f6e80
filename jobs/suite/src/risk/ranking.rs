//! Merchants and their brands in the order in which to look at them.

use arrow::record_batch::RecordBatch;
use mirrorlake_metrics::merchant_risk::{
    Available, Model, Priors, RankInterval, Resampling, Signals, features, rank_intervals, score,
};
use mirrorlake_model::risk::Tier;

use super::facts::{Facts, Frame};
use super::marts::{self, Common, RiskRow};
use crate::failure::Failure;

/// Rows that are made at a time.
const ROWS_OF_A_BATCH: usize = 65_536;

/// What a ranking is made with.
pub struct Ranking<'a> {
    /// Everything that is known.
    pub facts: &'a Facts,
    /// Weights.
    pub model: &'a Model,
    /// Which signals there are.
    pub available: Available,
    /// What rates are shrunk towards: fitted over merchants.
    pub priors: Priors,
    /// Threads to work with.
    pub threads: usize,
}

/// Rows of a mart, and how many are in each tier.
#[derive(Default)]
pub struct Ranked {
    /// Rows.
    pub batches: Vec<RecordBatch>,
    /// Rows by tier.
    pub tiers: [u64; 4],
}

impl Ranked {
    fn add(&mut self, rows: &[RiskRow], common: &Common<'_>) -> Result<(), Failure> {
        for row in rows {
            let place = Tier::ALL.iter().position(|tier| *tier == row.tier).unwrap_or_default();
            self.tiers[place] += 1;
        }
        self.batches.push(marts::batch(rows, common)?);
        Ok(())
    }
}

impl<'a> Ranking<'a> {
    /// Fits what rates are shrunk towards.
    pub fn new(facts: &'a Facts, model: &'a Model, threads: usize) -> Self {
        let available = facts.available();
        let signals: Vec<Signals> = facts.sellers.iter().map(|s| facts.of_merchant(s, Frame::Now)).collect();
        let priors = Priors::fit(&signals, &available);
        Self { facts, model, available, priors, threads }
    }

    fn resampling(&self) -> Resampling {
        Resampling { threads: self.threads, ..Resampling::default() }
    }

    fn intervals(&self, of: &[(i64, Signals)]) -> Vec<RankInterval> {
        rank_intervals(self.model, &self.priors, &self.available, of, &self.resampling())
    }

    fn common(&self, by_brand: bool) -> Common<'_> {
        Common { base_log_odds: self.model.base.value, priors: &self.priors, by_brand }
    }

    fn row(&self, merchant: (usize, Option<i64>), signals: Signals, rank: RankInterval) -> RiskRow {
        let (place, brand) = merchant;
        let seller = &self.facts.sellers[place];
        let scored = score(self.model, &features(&signals, &self.priors, &self.available));
        let verdicts = &self.facts.verdicts;
        let sampled = match brand {
            None => verdicts.of_merchant(seller.merchant_id),
            Some(brand) => verdicts.of_pair(seller.merchant_id, brand),
        };
        RiskRow {
            merchant_id: seller.merchant_id,
            brand_id: brand.unwrap_or_default(),
            rank,
            tier: self.model.tier(scored.score),
            scored,
            signals,
            pilot_sampled: sampled.len() as i64,
            status: seller.status,
        }
    }

    /// All merchants, by number.
    ///
    /// # Errors
    ///
    /// None that a caller could mend.
    pub fn merchants(&self) -> Result<Ranked, Failure> {
        let sellers = &self.facts.sellers;
        let signals: Vec<(i64, Signals)> =
            sellers.iter().map(|s| (s.merchant_id, self.facts.of_merchant(s, Frame::Now))).collect();
        let ranks = self.intervals(&signals);
        let mut ranked = Ranked::default();
        for first in (0..sellers.len().max(1)).step_by(ROWS_OF_A_BATCH) {
            let end = (first + ROWS_OF_A_BATCH).min(sellers.len());
            let rows: Vec<RiskRow> =
                (first..end).map(|place| self.row((place, None), signals[place].1, ranks[place])).collect();
            ranked.add(&rows, &self.common(false))?;
        }
        Ok(ranked)
    }

    /// Merchants and the brands that they have to do with, by merchant and brand; ranked within the brand.
    ///
    /// # Errors
    ///
    /// None that a caller could mend.
    pub fn brands(&self) -> Result<Ranked, Failure> {
        let sellers = &self.facts.sellers;
        let horizon = self.facts.horizon(Frame::Now);
        // Place of the merchant, place of the brand among its brands, and the brand, in the mart's order.
        let mut pairs: Vec<(u32, u32, i64)> = Vec::new();
        for (place, seller) in (0..).zip(sellers) {
            for (at, pair) in (0..).zip(&seller.pairs) {
                let Some(brand) = pair.brand_id else { continue };
                let upheld = || {
                    let removals = self.facts.removals.of_pair(seller.merchant_id, brand);
                    removals.iter().any(|removal| horizon.upholds(removal))
                };
                if pair.listings_active > 0 || pair.sums.units > 0 || upheld() {
                    pairs.push((place, at, brand));
                }
            }
        }
        let signals = |pair: &(u32, u32, i64)| {
            let seller = &sellers[pair.0 as usize];
            self.facts.of_pair(seller, &seller.pairs[pair.1 as usize], pair.2)
        };
        let mut by_brand: Vec<u32> = (0..pairs.len() as u32).collect();
        by_brand.sort_by_key(|at| pairs[*at as usize].2);
        let mut ranks = vec![RankInterval { rank: 0, low: 0, high: 0 }; pairs.len()];
        for of_brand in by_brand.chunk_by(|a, b| pairs[*a as usize].2 == pairs[*b as usize].2) {
            let rows: Vec<(i64, Signals)> = of_brand
                .iter()
                .map(|at| {
                    let pair = &pairs[*at as usize];
                    (sellers[pair.0 as usize].merchant_id, signals(pair))
                })
                .collect();
            for (at, rank) in of_brand.iter().zip(self.intervals(&rows)) {
                ranks[*at as usize] = rank;
            }
        }
        let mut ranked = Ranked::default();
        for first in (0..pairs.len().max(1)).step_by(ROWS_OF_A_BATCH) {
            let end = (first + ROWS_OF_A_BATCH).min(pairs.len());
            let rows: Vec<RiskRow> = (first..end)
                .map(|at| {
                    let pair = &pairs[at];
                    self.row((pair.0 as usize, Some(pair.2)), signals(pair), ranks[at])
                })
                .collect();
            ranked.add(&rows, &self.common(true))?;
        }
        Ok(ranked)
    }
}
