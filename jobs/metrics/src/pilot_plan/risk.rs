//! How much the evidence raises the odds that a listing is counterfeit.
//!
//! An additive score in log-odds, 0 for a listing about which nothing is known:
//! logit(allegation rate) − logit(the brand's) + logit(counterfeit-refund rate) − logit(the brand's) + 0.4 · ln(1 + the
//! merchant's upheld takedowns). Rates are shrunk to the brand's, the brand's to the marketplace's, by adding as many
//! comments or units at the wider rate as the constants say. The score ranks and parts; it estimates nothing, and a wrong
//! constant costs the sample some efficiency, but no correctness.

use super::{Candidate, Risk};

/// Comments at the brand's rate that are added to a listing's: below that, its own comments say little.
const LISTING_COMMENTS: f64 = 20.0;
/// Units at the brand's rate that are added to a listing's.
const LISTING_UNITS: f64 = 50.0;
/// Comments at the marketplace's rate that are added to a brand's.
const BRAND_COMMENTS: f64 = 200.0;
/// Units at the marketplace's rate that are added to a brand's.
const BRAND_UNITS: f64 = 1_000.0;
/// Log-odds per ln(1 + upheld takedowns): 3 of them weigh 1.7 times, 15 three times the odds.
const TAKEDOWN_WEIGHT: f64 = 0.4;
/// From here a listing is flagged: the evidence doubles its odds (ln 2).
pub(super) const FLAGGED_FROM: f64 = std::f64::consts::LN_2;

/// Counts of several listings.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    comments: u64,
    allegations: u64,
    units: i128,
    refund_units: i128,
}

impl Evidence {
    /// Adds a listing.
    pub(super) fn add(&mut self, candidate: &Candidate) {
        let Risk { comments, allegations, counterfeit_refund_units, .. } = candidate.risk;
        self.comments += u64::from(comments);
        // Counts of two sources may contradict each other; a rate may not exceed 1.
        self.allegations += u64::from(allegations.min(comments));
        self.refund_units += i128::from(counterfeit_refund_units);
        self.units += i128::from(candidate.units.max(i64::from(counterfeit_refund_units)));
    }

    /// Adds those of another brand.
    pub(super) fn add_all(&mut self, other: &Self) {
        self.comments += other.comments;
        self.allegations += other.allegations;
        self.units += other.units;
        self.refund_units += other.refund_units;
    }

    /// The marketplace's rates; one in a hundred comments and one in a thousand units where there are none.
    pub(super) fn marketplace(&self) -> Rates {
        Rates {
            allegations: (self.allegations as f64 + 1.0) / (self.comments as f64 + 100.0),
            refunds: (self.refund_units as f64 + 1.0) / (self.units as f64 + 1_000.0),
        }
    }

    /// A brand's rates, shrunk to the marketplace's.
    pub(super) fn brand(&self, all: Rates) -> Rates {
        Rates {
            allegations: shrunk(self.allegations as f64, self.comments as f64, BRAND_COMMENTS, all.allegations),
            refunds: shrunk(self.refund_units as f64, self.units as f64, BRAND_UNITS, all.refunds),
        }
    }
}

/// Allegations per comment and counterfeit refunds per unit, within (0, 1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    allegations: f64,
    refunds: f64,
}

impl Rates {
    /// The score of a listing of the brand with these rates.
    pub(super) fn score(self, candidate: &Candidate) -> f64 {
        let Risk { comments, allegations, counterfeit_refund_units, merchant_upheld_takedowns } = candidate.risk;
        let refunds = f64::from(counterfeit_refund_units);
        let units = (candidate.units as f64).max(refunds);
        let alleged =
            shrunk(f64::from(allegations.min(comments)), f64::from(comments), LISTING_COMMENTS, self.allegations);
        let refunded = shrunk(refunds, units, LISTING_UNITS, self.refunds);
        logit(alleged) - logit(self.allegations) + logit(refunded) - logit(self.refunds)
            + TAKEDOWN_WEIGHT * f64::from(merchant_upheld_takedowns).ln_1p()
    }
}

fn shrunk(count: f64, of: f64, added: f64, rate: f64) -> f64 {
    (count + added * rate) / (of + added)
}

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}

/// The evidence in words: `12 allegations of 80 comments; 3 counterfeit refunds; merchant has 5 upheld takedowns`.
pub(super) fn in_words(risk: &Risk) -> String {
    let counted = |n: u32, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let mut parts = Vec::new();
    if risk.allegations > 0 {
        parts.push(format!("{} of {}", counted(risk.allegations, "allegation"), counted(risk.comments, "comment")));
    }
    if risk.counterfeit_refund_units > 0 {
        parts.push(counted(risk.counterfeit_refund_units, "counterfeit refund"));
    }
    if risk.merchant_upheld_takedowns > 0 {
        parts.push(format!("merchant has {}", counted(risk.merchant_upheld_takedowns, "upheld takedown")));
    }
    if parts.is_empty() { "no evidence".to_owned() } else { parts.join("; ") }
}
