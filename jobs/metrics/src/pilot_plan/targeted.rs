//! Targeted picks: the highest odds first, spread over merchants.

use super::Candidate;
use super::risk::{FLAGGED_FROM, Rates};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Candidates by how much the evidence says, most first.
#[derive(Debug)]
pub(super) struct Ranking(Vec<(f64, u32)>);

impl Ranking {
    /// The candidates (of brands with these ranges and rates), flagged ones or all: by score, then units, then listing.
    pub(super) fn new(candidates: &[Candidate], brands: &[(Range<usize>, Rates)], only_flagged: bool) -> Self {
        let mut ranked: Vec<(f64, u32)> = Vec::new();
        for (range, rates) in brands {
            let scored = candidates[range.clone()].iter().zip(range.start as u32..);
            ranked.extend(
                scored
                    .map(|(candidate, place)| (rates.score(candidate), place))
                    .filter(|(score, _)| !only_flagged || *score >= FLAGGED_FROM),
            );
        }
        let at = |place: u32| &candidates[place as usize];
        ranked.sort_unstable_by(|(score_a, a), (score_b, b)| {
            score_b
                .total_cmp(score_a)
                .then(at(*b).units.cmp(&at(*a).units))
                .then(at(*a).listing_id.cmp(&at(*b).listing_id))
        });
        Self(ranked)
    }

    /// How many could be picked if nothing had been drawn, counting no further than `most`.
    pub(super) fn room(&self, candidates: &[Candidate], most: i64, per_merchant: i64) -> i64 {
        let mut picks = Picks::new(most, per_merchant);
        picks.take(self, candidates, &BTreeSet::new());
        picks.places.len() as i64
    }
}

/// Targeted picks as they are made.
#[derive(Debug)]
pub(super) struct Picks {
    most: usize,
    per_merchant: i64,
    merchants: BTreeMap<i64, i64>,
    /// Places of the picks, in the order in which they were made.
    pub(super) places: Vec<u32>,
}

impl Picks {
    /// None so far, `most` to make.
    pub(super) fn new(most: i64, per_merchant: i64) -> Self {
        let most = usize::try_from(most).unwrap_or(0);
        Self { most, per_merchant, merchants: BTreeMap::new(), places: Vec::new() }
    }

    /// How many are still to make.
    pub(super) fn missing(&self) -> usize {
        self.most - self.places.len()
    }

    /// Picks down the ranking what is not in `taken`, while merchants have room. The ranking holds no place twice, and
    /// `taken` the picks of earlier rankings.
    pub(super) fn take(&mut self, ranking: &Ranking, candidates: &[Candidate], taken: &BTreeSet<u32>) {
        for &(_, place) in &ranking.0 {
            if self.missing() == 0 {
                break;
            }
            if taken.contains(&place) {
                continue;
            }
            let of_merchant = self.merchants.entry(candidates[place as usize].merchant_id).or_insert(0);
            if *of_merchant < self.per_merchant {
                *of_merchant += 1;
                self.places.push(place);
            }
        }
    }

    /// Lets merchants have any number from here on.
    pub(super) fn lift_cap(&mut self) {
        self.per_merchant = i64::MAX;
    }
}
