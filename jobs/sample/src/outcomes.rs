//! Takedowns: what became of every listing that a claim names.

use std::collections::BTreeSet;

use crate::SampleSpec;
use crate::calendar::{DAY, HOUR, SECOND};
use crate::claims::{BULK_LISTINGS, Claim};
use crate::holds::advance;
use crate::listings::Listing;
use crate::random::{Family, Stream};

/// One row of `takedowns`.
#[derive(Clone, Debug)]
pub(crate) struct Takedown {
    pub(crate) claim: u32,
    pub(crate) listing: u32,
    pub(crate) outcome: &'static str,
    pub(crate) decided_at: Option<i64>,
    pub(crate) reinstated_at: Option<i64>,
}

/// Decides every named listing, writes removals into the listings, and adds the repeated notices. Sorted by key.
pub(crate) fn takedowns(
    spec: &SampleSpec,
    claims: &[Claim],
    listings: &mut [Listing],
    repeats: usize,
    as_of: i64,
) -> Vec<Takedown> {
    let family = Family::new(spec.seed, "takedowns");
    let mut rows = Vec::new();
    for (index, claim) in claims.iter().enumerate() {
        let mut stream = family.stream(index as u64);
        let pace = pace(&mut stream);
        for listing in &claim.listings {
            let row = decide(&mut stream, index as u32, claim, pace, *listing, &mut listings[*listing as usize], as_of);
            rows.push(row);
        }
    }
    repeat_notices(&mut family.stream(u64::MAX), claims, &mut rows, repeats, as_of);
    rows.sort_unstable_by_key(|row| (row.claim, row.listing));
    rows
}

/// Typical net hours of a claim's removals: the listings of a claim share their fate, which clusters the rates.
fn pace(stream: &mut Stream) -> f64 {
    if stream.chance(45) { stream.log_normal(30.0, 0.5) } else { stream.log_normal(6.0, 0.35) }
}

fn decide(
    stream: &mut Stream,
    claim_index: u32,
    claim: &Claim,
    pace: f64,
    index: u32,
    listing: &mut Listing,
    as_of: i64,
) -> Takedown {
    let mut row =
        Takedown { claim: claim_index, listing: index, outcome: "pending", decided_at: None, reinstated_at: None };
    let mut net_hours = stream.log_normal(pace, 0.4);
    if stream.chance(25) {
        // The heavy tail: lost tickets.
        net_hours = 24.0 * stream.pareto(0.9, 40.0);
    }
    let net = (net_hours * 3_600.0) as i64 * SECOND + 90 * SECOND;
    let fate = stream.below(1_000);
    let Some(qualified_at) = claim.qualified_at else {
        // A notice that never qualified decides nothing, and some of its rows stay open for ever.
        if let (Some(closed_at), true) = (claim.closed_at, fate < 700) {
            row.outcome = "kept";
            row.decided_at = Some(closed_at);
        }
        return row;
    };
    let Some(mut decided_at) = advance(qualified_at, net, &claim.holds) else { return row };
    if fate < 12 {
        return row;
    }
    let early = fate < 22 && claim.decision == "qualified";
    if early {
        decided_at = claim.submitted_at + stream.between(1, (qualified_at - claim.submitted_at) / SECOND - 1) * SECOND;
    }
    let honest = listing.share == 0;
    let (kept, gone) = if honest { (750, 800) } else { (60, 95) };
    let fate = stream.below(1_000);
    if decided_at > as_of || claim.closed_at.is_some_and(|closed| decided_at >= closed) {
        return row;
    }
    row.decided_at = Some(decided_at);
    if listing.closed_at.is_some_and(|closed| closed <= decided_at) {
        row.outcome = "already_gone";
    } else if fate < kept {
        row.outcome = "kept";
    } else if fate < gone {
        // Taken away by the merchant before the platform got to it.
        row.outcome = "already_gone";
        listing.closed_at = Some((decided_at - stream.between(10, 3_000) * SECOND).max(listing.listed_at + SECOND));
    } else {
        row.outcome = "removed";
        listing.removed_at = Some(decided_at);
        let upheld = if honest { 600 } else { 35 };
        if stream.chance(upheld) {
            let back = decided_at + stream.between(10 * DAY / SECOND, 16 * DAY / SECOND) * SECOND;
            row.reinstated_at = Some(back).filter(|back| *back <= as_of);
        }
        listing.reinstated_at = row.reinstated_at;
        let back = row.reinstated_at.unwrap_or(i64::MAX);
        listing.closed_at = listing.closed_at.filter(|closed| *closed > back);
    }
    row
}

/// Later claims of the same brand that name a removed listing again: it is already gone.
fn repeat_notices(stream: &mut Stream, claims: &[Claim], rows: &mut Vec<Takedown>, wanted: usize, as_of: i64) {
    let brands = claims.iter().map(|c| c.brand as usize + 1).max().unwrap_or(0);
    let mut by_brand: Vec<Vec<u32>> = vec![Vec::new(); brands];
    for (index, claim) in claims.iter().enumerate() {
        if claim.qualified_at.is_some() && claim.listings.len() < BULK_LISTINGS {
            by_brand[claim.brand as usize].push(index as u32);
        }
    }
    let mut planted = BTreeSet::new();
    let originals = rows.len();
    for _ in 0..wanted * 8 {
        if planted.len() >= wanted || originals == 0 {
            break;
        }
        let original = rows[stream.index(originals)].clone();
        let Some(removed_at) = original.decided_at else { continue };
        if original.outcome != "removed" || original.reinstated_at.is_some() {
            continue;
        }
        let candidates = &by_brand[claims[original.claim as usize].brand as usize];
        let later = candidates.partition_point(|c| claims[*c as usize].submitted_at <= removed_at);
        if later == candidates.len() {
            continue;
        }
        let again = candidates[later + stream.index((candidates.len() - later).min(20))];
        let claim = &claims[again as usize];
        let Some(qualified_at) = claim.qualified_at else { continue };
        if again == original.claim || !planted.insert((again, original.listing)) {
            continue;
        }
        let decided_at = Some(qualified_at + stream.between(1, 20) * HOUR)
            .filter(|at| *at <= as_of && claim.closed_at.is_none_or(|closed| *at < closed));
        let outcome = if decided_at.is_some() { "already_gone" } else { "pending" };
        rows.push(Takedown { claim: again, listing: original.listing, outcome, decided_at, reinstated_at: None });
    }
}
