//! Who to look at first: the brand's rows of `merchant_brand_risk`, and what goes with them.

mod check;

use chrono::NaiveDate;

pub(crate) use check::RISK_LEAST_ROWS;
pub(super) use check::check;
pub use mirrorlake_model::risk::{Code as ReasonCode, SignalGroup, Tier as RiskTier};

/// The ranking of the merchants of one brand, made from that brand's listings, sales and evidence alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskInput {
    /// The brand.
    pub brand_id: i64,
    /// Length in days of the window of sales, refunds and comments; the report's.
    pub days: u32,
    /// Each tier once, in any order, with all of the brand's merchants in it.
    pub tiers: Vec<RiskTierSum>,
    /// The brand's rows of `merchant_brand_risk` from rank 1 on, in any order: at least the first twenty, or all.
    pub merchants: Vec<RiskMerchant>,
    /// Signals that the ranking had to do without.
    pub missing: Vec<SignalGroup>,
    /// The scores from which on a merchant is in a tier; `None` where tiers go by more than the score.
    pub tier_scores: Option<RiskTierScores>,
    /// The as-of day of the ranking that `previous_rank` is from; `None` where there is no earlier one.
    pub previous_day: Option<NaiveDate>,
    /// The lake's currency (ISO 4217), as which amounts in minor units are printed.
    pub currency: String,
}

/// The least scores of the tiers above the baseline, in 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiskTierScores {
    /// Of the tier `critical`.
    pub critical: f64,
    /// Of the tier `high`.
    pub high: f64,
    /// Of the tier `elevated`.
    pub elevated: f64,
}

/// All merchants of one tier, and what they sold of the brand in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RiskTierSum {
    /// The tier.
    pub tier: RiskTier,
    /// Merchants.
    pub merchants: i64,
    /// Units.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
}

/// One merchant's place in the ranking: one row of `merchant_brand_risk`.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskMerchant {
    /// The brand.
    pub brand_id: i64,
    /// The merchant.
    pub merchant_id: i64,
    /// Place among the brand's merchants, from 1.
    pub rank: i64,
    /// The best place that the uncertainty of the evidence allows.
    pub rank_low: i64,
    /// The worst one.
    pub rank_high: i64,
    /// Its place in the earlier ranking; `None` where it was not in it, or there is none.
    pub previous_rank: Option<i64>,
    /// Probability, by the model, that a random unit sold is counterfeit, in 0..=1.
    pub score: f64,
    /// The score's log-odds, natural logarithm.
    pub log_odds: f64,
    /// What the log-odds would be without any reason.
    pub base_log_odds: f64,
    /// How urgently it should be looked at.
    pub tier: RiskTier,
    /// What moves the score; the contributions and the base add up to the log-odds.
    pub reasons: Vec<RiskReason>,
    /// The numbers that the reasons are told from.
    pub signals: RiskSignals,
}

/// Something that moves a merchant's score. Its words are made from [`RiskSignals`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiskReason {
    /// What it is.
    pub code: ReasonCode,
    /// How much it adds to the log-odds; below 0 where it speaks for the merchant.
    pub contribution: f64,
    /// Pieces of evidence that it rests on.
    pub evidence: i64,
}

/// A merchant's signals about one brand, by the columns of the mart. The window is that of sales, refunds and comments;
/// takedowns are those of 365 days.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RiskSignals {
    /// Units of the brand sold in the window.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
    /// Comments in the window.
    pub comments: i64,
    /// Comments that allege counterfeits.
    pub allegations: i64,
    /// Units refunded as counterfeit in the window; the sales may be earlier.
    pub counterfeit_refund_units: i64,
    /// Active listings.
    pub listings_active: i64,
    /// Takedowns that were upheld.
    pub upheld_takedowns: i64,
    /// Days on which takedowns were upheld.
    pub enforcement_days: i64,
    /// Share of the listings with an upheld takedown, in 0..=1.
    pub upheld_listing_share: f64,
    /// Whether takedowns were upheld on several days and of several listings.
    pub repeat_infringer: bool,
    /// Removed listings that came back through this merchant.
    pub reappearances: i64,
    /// Units sold below 60 % of the reference price.
    pub deep_discount_units: i64,
    /// Their share of the units that have a reference price, in 0..=1; `None` where none has.
    pub price_depth: Option<f64>,
    /// Units of the newest seven days.
    pub recent_units: i64,
    /// Units of the 28 days before.
    pub trailing_units: i64,
    /// How unusual the newest days are; `None` where that cannot be told.
    pub burst_z: Option<f64>,
    /// Days since the store opened.
    pub store_age_days: i64,
    /// 1 where this brand is sold without authorisation, else 0: other brands are in no report.
    pub unauthorised_brands: i64,
    /// Issues of the merchant's documents.
    pub document_issues: i64,
    /// Images that match other merchants' removed listings.
    pub image_matches: i64,
    /// Merchants with the same entity, contact, payout or address.
    pub linked_merchants: i64,
    /// Upheld takedowns of those.
    pub linked_upheld: i64,
    /// Test purchases with a clear verdict.
    pub pilot_sampled: i64,
    /// Counterfeits among them.
    pub pilot_counterfeit: i64,
}

impl RiskSignals {
    /// The comments: where allegations were counted apart and are more, at least those.
    #[must_use]
    pub fn all_comments(&self) -> i64 {
        self.comments.max(self.allegations)
    }
}

impl RiskTierScores {
    /// The tier of a score.
    #[must_use]
    pub fn tier(self, score: f64) -> RiskTier {
        match score {
            s if s >= self.critical => RiskTier::Critical,
            s if s >= self.high => RiskTier::High,
            s if s >= self.elevated => RiskTier::Elevated,
            _ => RiskTier::Baseline,
        }
    }
}

impl RiskInput {
    /// All merchants of a tier; nobody where the tier is not named.
    #[must_use]
    pub fn tier(&self, tier: RiskTier) -> RiskTierSum {
        let none = RiskTierSum { tier, merchants: 0, units: 0, gmv_minor: 0 };
        self.tiers.iter().find(|sum| sum.tier == tier).copied().unwrap_or(none)
    }
}
