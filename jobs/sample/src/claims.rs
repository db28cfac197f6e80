//! Claims: which listings each names, on which right it rests and how it was decided.

use crate::brands::Catalogue;
use crate::calendar::{Calendar, DAY, HOUR, SECOND};
use crate::holds::{Hold, holds};
use crate::listings::{Listing, Maker, NONE};
use crate::merchants::Kind;
use crate::random::{Alias, Family, Stream};
use crate::{SampleSpec, spec::Sizes};

/// Identifier of the first claim.
pub(crate) const FIRST_CLAIM: i64 = 700_001;
/// Listings named by the claim that names too many.
pub(crate) const BULK_LISTINGS: usize = 501;
/// Listings named by any other claim, at the most.
const CLAIM_LISTINGS: f64 = 480.0;

/// The right that a claim names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// None.
    Nothing,
    /// One that nobody knows.
    Unknown(i64),
    /// The right at this position.
    Right(usize),
}

/// One claim.
pub(crate) struct Claim {
    pub(crate) brand: u32,
    pub(crate) right: Named,
    pub(crate) right_type: usize,
    pub(crate) submitted_at: i64,
    pub(crate) qualified_at: Option<i64>,
    pub(crate) decision: &'static str,
    pub(crate) closed_at: Option<i64>,
    pub(crate) locale: &'static str,
    pub(crate) holds: Vec<Hold>,
    /// Positions of the listings that it names.
    pub(crate) listings: Vec<u32>,
}

/// Makes all claims, in the order of their submission, and appends the listings that they need.
pub(crate) fn claims(spec: &SampleSpec, sizes: &Sizes, maker: &Maker<'_>, listings: &mut Vec<Listing>) -> Vec<Claim> {
    let family = Family::new(spec.seed, "claims");
    let mut stream = family.stream(u64::MAX);
    let catalogue = maker.catalogue;
    let as_of = maker.calendar.as_of;
    let mut seen: Vec<Vec<(i64, u32)>> = catalogue.brands.iter().map(|_| Vec::new()).collect();
    for (seen_at, target) in targets(sizes, maker, listings, &mut stream) {
        seen[listings[target as usize].brand as usize].push((seen_at, target));
    }
    let bulk = sizes.bulk_claim.then(|| bulk_listings(catalogue, maker, listings, &seen, &mut stream));
    let mut drafts: Vec<(i64, u32, Vec<u32>)> = Vec::new();
    for (brand, mut seen) in seen.into_iter().enumerate() {
        // A brand reports together what it found one after another.
        seen.sort_unstable();
        let mut rest = seen.as_slice();
        while !rest.is_empty() {
            let size = (stream.pareto(1.05, CLAIM_LISTINGS) as usize).min(rest.len());
            let (taken, left) = rest.split_at(size);
            let last = taken.iter().map(|t| t.0).max().unwrap_or(as_of);
            let lag = (stream.log_normal(16.0, 1.0) * 3_600.0) as i64 * SECOND;
            let mut submitted_at = last + lag;
            if submitted_at >= as_of {
                submitted_at = last + stream.between(0, (as_of - last) / SECOND - 1) * SECOND;
            }
            drafts.push((submitted_at, brand as u32, taken.iter().map(|t| t.1).collect()));
            rest = left;
        }
    }
    if let Some((brand, named)) = bulk {
        drafts.push((as_of - 12 * DAY - 5 * HOUR, brand, named));
    }
    drafts.sort_unstable();
    drafts
        .into_iter()
        .enumerate()
        .map(|(index, (submitted_at, brand, named))| {
            let mut own = family.stream(index as u64);
            claim(&mut own, index, submitted_at, brand, named, catalogue, maker.calendar)
        })
        .collect()
}

/// Listings that brands will find, with when they do: some of the existing ones, and new ones for the rest.
fn targets(sizes: &Sizes, maker: &Maker<'_>, listings: &mut Vec<Listing>, stream: &mut Stream) -> Vec<(i64, u32)> {
    let as_of = maker.calendar.as_of;
    // Repeated notices of a listing come on top of these (see `outcomes`).
    let wanted = sizes.takedowns as usize - repeats(sizes);
    let mut found = Vec::new();
    for (index, listing) in listings.iter().enumerate() {
        let chance = match listing.share {
            0 => 4,
            1..5_000 => 120,
            _ => 130,
        };
        if listing.brand != NONE && stream.chance(chance) && found.len() < wanted / 3 {
            let from = listing.listed_at.max(as_of - 150 * DAY);
            found.push((from + stream.between(0, (as_of - from) / SECOND - 60) * SECOND, index as u32));
        }
    }
    let by_kind = [Kind::Honest, Kind::Sloppy, Kind::Counterfeit].map(|kind| {
        let mut members = maker.merchants.of_kind(kind);
        if members.is_empty() {
            members = (0..maker.merchants.all.len() as u32).collect();
        }
        // Flatter than sales: nobody lists fakes by the ten thousand.
        let weight = |m: &u32| maker.merchants.all[*m as usize].size.sqrt();
        (Alias::new(&members.iter().map(weight).collect::<Vec<_>>()), members)
    });
    while found.len() < wanted {
        let listing = maker.target(stream, &by_kind);
        found.push((listing.listed_at, listings.len() as u32));
        listings.push(listing);
    }
    found
}

/// Rows of `takedowns` that name a listing again which an earlier claim had removed.
pub(crate) fn repeats(sizes: &Sizes) -> usize {
    sizes.takedowns as usize / 50
}

/// The claim that names 501 listings: everything of the biggest brand that its agent could find, right or wrong.
fn bulk_listings(
    catalogue: &Catalogue,
    maker: &Maker<'_>,
    listings: &mut Vec<Listing>,
    seen: &[Vec<(i64, u32)>],
    stream: &mut Stream,
) -> (u32, Vec<u32>) {
    let submitted_at = maker.calendar.as_of - 12 * DAY - 5 * HOUR;
    let mut sizes = vec![0_u32; catalogue.brands.len()];
    for listing in listings.iter().filter(|l| l.brand != NONE) {
        sizes[listing.brand as usize] += 1;
    }
    let brand = (0_u32..).zip(&sizes).max_by_key(|(_, size)| **size).map_or(0, |(brand, _)| brand);
    let mut taken: Vec<u32> = seen[brand as usize].iter().map(|s| s.1).collect();
    taken.sort_unstable();
    let fits = |index: u32, listing: &Listing| {
        listing.brand == brand && listing.live_at(submitted_at) && taken.binary_search(&index).is_err()
    };
    let mut named: Vec<u32> =
        (0_u32..).zip(listings.iter()).filter(|(i, l)| fits(*i, l)).map(|(i, _)| i).take(BULK_LISTINGS).collect();
    while named.len() < BULK_LISTINGS {
        let listing = maker.of_brand(stream, brand);
        if listing.live_at(submitted_at) {
            named.push(listings.len() as u32);
            listings.push(listing);
        }
    }
    (brand, named)
}

fn claim(
    stream: &mut Stream,
    index: usize,
    submitted_at: i64,
    brand: u32,
    named: Vec<u32>,
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Claim {
    let as_of = calendar.as_of;
    let owner = &catalogue.brands[brand as usize];
    let bulk = named.len() == BULK_LISTINGS;
    let sound = owner.rights.start + stream.index(owner.rights.len() - 2);
    // Every kind of fault turns up in a small lake too, so faults go by turn and not by chance.
    let right = match index % 50 {
        _ if bulk => Named::Right(owner.rights.start),
        3 => Named::Nothing,
        13 => Named::Unknown(990_000 + index as i64),
        22 => Named::Right(owner.rights.end - 1),
        31 => Named::Right(owner.rights.end - 2),
        44 => Named::Right(catalogue.brands[(brand as usize + 1) % catalogue.brands.len()].rights.start),
        _ => Named::Right(sound),
    };
    let right_type = match right {
        Named::Right(at) => catalogue.rights[at].right_type,
        _ => stream.weighted(&[6, 2, 2]),
    };
    let other_channel = stream.chance(150);
    let locale = if (owner.locale == "en") != other_channel { "en" } else { "zh-CN" };
    let review_hours = stream.log_normal(if locale == "en" { 6.5 } else { 4.5 }, 0.8);
    let after = |hours: f64| submitted_at + (hours * 3_600.0) as i64 * SECOND + 60 * SECOND;
    let mut qualified_at = Some(after(review_hours)).filter(|at| *at <= as_of);
    let mut closed_at = None;
    let fate = if bulk { 99 } else { stream.below(100) };
    let mut decision = match (fate, qualified_at) {
        (_, None) | (0, _) => "in_review",
        (1..=6, _) => "rejected",
        (7..=9, _) => "withdrawn",
        (10..=12, Some(at)) => {
            // Withdrawn after it had been qualified.
            closed_at =
                Some(at + stream.between(HOUR / SECOND, 60 * HOUR / SECOND) * SECOND).filter(|end| *end <= as_of);
            if closed_at.is_some() { "withdrawn" } else { "qualified" }
        }
        _ => "qualified",
    };
    if decision == "rejected" || (decision == "withdrawn" && closed_at.is_none()) {
        let factor = if decision == "rejected" { 1.6 } else { 0.6 };
        closed_at = Some(after(review_hours * factor)).filter(|end| *end <= as_of);
        qualified_at = None;
        if closed_at.is_none() {
            decision = "in_review";
        }
    }
    if decision == "in_review" {
        qualified_at = None;
    }
    let holds = holds(stream, index % 7 == 5 && !bulk, submitted_at, as_of);
    Claim { brand, right, right_type, submitted_at, qualified_at, decision, closed_at, locale, holds, listings: named }
}
