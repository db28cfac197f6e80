//! From features to a score, its reasons and a rank.

use super::features::{Features, SIGNALS};
use super::model::Model;
use super::prior::counts;
use super::signals::Signals;
use mirrorlake_model::risk::Code;

/// The score of a merchant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The base, plus each contribution in the order of [`Code::ALL`].
    pub log_odds: f64,
    /// Probability that a random unit sold by the merchant is counterfeit: 1 / (1 + e^−log-odds).
    pub score: f64,
    /// Weight times feature, in the order of [`Code::ALL`].
    pub contributions: Features,
}

/// Scores features. Adding the contributions to the base one after another gives the log-odds to the last bit.
#[must_use]
pub fn score(model: &Model, features: &Features) -> Scored {
    let mut contributions = [0.0; SIGNALS];
    let mut log_odds = model.base.value;
    for ((contribution, feature), weight) in contributions.iter_mut().zip(features).zip(&model.weights) {
        *contribution = weight.value * feature;
        log_odds += *contribution;
    }
    Scored { log_odds, score: logistic(log_odds), contributions }
}

/// 1 / (1 + e^−x).
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// One reason for a merchant's score.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The signal.
    pub code: Code,
    /// What it adds to the log-odds; negative where it speaks for the merchant.
    pub contribution: f64,
    /// How many pieces of evidence there are ([`evidence`]).
    pub evidence: i64,
    /// The counts behind it, for machines ([`detail`]).
    pub detail: String,
}

/// The signals that moved the score, the strongest first, ties in the order of the codes.
#[must_use]
pub fn reasons(scored: &Scored, signals: &Signals) -> Vec<Reason> {
    let moved = Code::ALL.iter().zip(&scored.contributions).filter(|(_, contribution)| **contribution != 0.0);
    let mut reasons: Vec<Reason> = moved
        .map(|(code, contribution)| Reason {
            code: *code,
            contribution: *contribution,
            evidence: evidence(*code, signals),
            detail: detail(*code, signals),
        })
        .collect();
    reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()).then(a.code.cmp(&b.code)));
    reasons
}

/// The evidence count that a reason carries: events, or days of a shop's age.
#[must_use]
pub const fn evidence(code: Code, signals: &Signals) -> i64 {
    match code {
        Code::Allegations => signals.allegations,
        Code::CounterfeitRefunds => signals.counterfeit_refund_units,
        Code::UpheldTakedowns => signals.upheld_takedowns,
        Code::EnforcementDays | Code::RepeatInfringer => signals.enforcement_days,
        Code::UpheldListingShare => signals.upheld_listings,
        Code::Reappearances => signals.reappearances,
        Code::PriceDepth => signals.deep_discount_units,
        Code::SalesBurst => signals.recent_units,
        Code::StoreAge => signals.store_age_days,
        Code::UnauthorisedBrands => signals.unauthorised_brands,
        Code::DocumentIssues => signals.document_issues,
        Code::ImageMatches => signals.image_matches,
        Code::LinkedMerchants => signals.linked_merchants,
        Code::LinkedUpheld => signals.linked_upheld,
        Code::PilotVerdicts => signals.pilot_counterfeit,
    }
}

/// The counts behind a signal: `part/whole` of a rate, `recent/trailing` units of a burst with its z, `takedowns/listings`,
/// `days/listings` of a repeat infringer, `takedowns/merchants` of links, the count of all others.
#[must_use]
pub fn detail(code: Code, signals: &Signals) -> String {
    if let Some((part, whole)) = counts(code, signals) {
        return format!("{part}/{whole}");
    }
    match code {
        Code::UpheldTakedowns => format!("{}/{}", signals.upheld_takedowns, signals.upheld_listings),
        Code::RepeatInfringer => format!("{}/{}", signals.enforcement_days, signals.upheld_listings),
        Code::LinkedUpheld => format!("{}/{}", signals.linked_upheld, signals.linked_merchants),
        Code::SalesBurst => {
            let z = signals.burst_z.map_or_else(String::new, |z| format!(" z={z:.1}"));
            format!("{}/{}{z}", signals.recent_units, signals.trailing_units)
        }
        _ => evidence(code, signals).to_string(),
    }
}

/// What decides a merchant's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Merchant.
    pub merchant_id: i64,
    /// Its log-odds.
    pub log_odds: f64,
    /// Units that it sold in the window.
    pub units: i64,
}

impl Standing {
    /// The total order of the ranking: the higher log-odds first; of equal ones the merchant that sells more, since there
    /// is more to prevent; then the smaller identifier.
    #[must_use]
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        other
            .log_odds
            .total_cmp(&self.log_odds)
            .then(other.units.cmp(&self.units))
            .then(self.merchant_id.cmp(&other.merchant_id))
    }
}

/// Ranks from 1, in the order given.
#[must_use]
pub fn rank(standings: &[Standing]) -> Vec<i64> {
    let mut order: Vec<usize> = (0..standings.len()).collect();
    order.sort_unstable_by(|a, b| standings[*a].order(&standings[*b]));
    let mut ranks = vec![0; standings.len()];
    for (rank, place) in (1..).zip(order) {
        ranks[place] = rank;
    }
    ranks
}
