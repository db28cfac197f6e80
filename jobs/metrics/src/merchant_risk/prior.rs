//! What the merchants have in common: a beta prior for each rate.

use super::signals::{Available, Signals};
use crate::beta_binomial::{Tally, most_likely};
use mirrorlake_model::risk::Code;

/// A beta distribution of a rate among merchants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaPrior {
    /// First shape: what the prior adds to the counted.
    pub alpha: f64,
    /// Second shape: what the prior adds to the rest.
    pub beta: f64,
}

impl BetaPrior {
    /// Where nothing was counted: any rate is as good as another, and none is told.
    pub const FLAT: Self = Self { alpha: 1.0, beta: 1.0 };

    /// The beta-binomial prior of `(part, whole)` counts, by marginal maximum likelihood in mean and concentration, the
    /// latter within [0.1, 10,000], as for the prevalence of brands ([`crate::prevalence::shrink`]). Pairs without a whole
    /// say nothing; [`Self::FLAT`] where all are. What it costs goes by the distinct counts: a second for a million.
    pub fn fit(counts: impl Iterator<Item = (i64, i64)>) -> Self {
        let tally = Tally::new(counts);
        if tally.is_empty() {
            return Self::FLAT;
        }
        let (alpha, beta) = most_likely(&tally).shapes();
        Self { alpha, beta }
    }

    /// The rate that a merchant without any counts is taken to have.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// The shrunken rate of a merchant: the mean of its posterior. A negative part counts as none, and a part larger than
    /// its whole as all of it.
    #[must_use]
    pub fn posterior_mean(&self, part: i64, whole: i64) -> f64 {
        let part = part.max(0) as f64;
        (self.alpha + part) / (self.alpha + self.beta + part.max(whole as f64))
    }

    /// ln of the shrunken rate over the prior mean: 0 without counts, falling with a clean whole, rising with the part.
    #[must_use]
    pub fn log_ratio(&self, part: i64, whole: i64) -> f64 {
        (self.posterior_mean(part, whole) / self.mean()).ln()
    }
}

/// The priors of all rates of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Priors {
    /// Allegations among comments.
    pub allegations: BetaPrior,
    /// Units refunded as counterfeit among units sold.
    pub refunds: BetaPrior,
    /// Units sold far below the reference price among those that have one.
    pub price_depth: BetaPrior,
    /// Listings that upheld takedowns took down among all listings.
    pub upheld_share: BetaPrior,
    /// Counterfeits among pilot purchases.
    pub pilot: BetaPrior,
}

impl Priors {
    /// Fits them to all merchants, or to all pairs of merchant and brand: one set for all brands, since a brand's few
    /// merchants say little of what merchants have in common.
    #[must_use]
    pub fn fit(merchants: &[Signals], available: &Available) -> Self {
        let of = |code: Code| {
            if !available.has(code) {
                return BetaPrior::FLAT;
            }
            BetaPrior::fit(merchants.iter().filter_map(|signals| counts(code, signals)))
        };
        Self {
            allegations: of(Code::Allegations),
            refunds: of(Code::CounterfeitRefunds),
            price_depth: of(Code::PriceDepth),
            upheld_share: of(Code::UpheldListingShare),
            pilot: of(Code::PilotVerdicts),
        }
    }

    /// The prior of a rate; `None` for signals that are no rates.
    #[must_use]
    pub const fn of(&self, code: Code) -> Option<&BetaPrior> {
        match code {
            Code::Allegations => Some(&self.allegations),
            Code::CounterfeitRefunds => Some(&self.refunds),
            Code::PriceDepth => Some(&self.price_depth),
            Code::UpheldListingShare => Some(&self.upheld_share),
            Code::PilotVerdicts => Some(&self.pilot),
            _ => None,
        }
    }
}

/// Part and whole of a rate; `None` for signals that are no rates.
pub(super) const fn counts(code: Code, signals: &Signals) -> Option<(i64, i64)> {
    match code {
        Code::Allegations => Some((signals.allegations, signals.comments)),
        Code::CounterfeitRefunds => Some((signals.counterfeit_refund_units, signals.units)),
        Code::PriceDepth => Some((signals.deep_discount_units, signals.priced_units)),
        Code::UpheldListingShare => Some((signals.upheld_listings, signals.listings)),
        Code::PilotVerdicts => Some((signals.pilot_counterfeit, signals.pilot_sampled)),
        _ => None,
    }
}
