//! Pilot purchases: a stratified random sample with its exact inclusion probabilities, and targeted ones beside it.

use crate::SampleSpec;
use crate::brands::Catalogue;
use crate::calendar::{Calendar, DAY, HOUR, SECOND};
use crate::listings::{Listing, NONE};
use crate::merchants::Merchants;
use crate::random::{Family, Stream};

/// Identifier of the first sample.
pub(crate) const FIRST_SAMPLE: i64 = 20_001;
/// Authentication finds this many of 1000 counterfeits …
const SENSITIVITY: u64 = 970;
/// … and clears this many of 1000 genuine items.
const SPECIFICITY: u64 = 995;

/// One purchase.
pub(crate) struct Purchase {
    pub(crate) listing: u32,
    pub(crate) selection: &'static str,
    pub(crate) stratum: String,
    pub(crate) stratum_size: Option<i64>,
    pub(crate) inclusion_probability: Option<f64>,
    pub(crate) ordered_at: i64,
    pub(crate) notarised_at: Option<i64>,
    pub(crate) delivered_at: Option<i64>,
    pub(crate) authenticated_at: Option<i64>,
    pub(crate) verdict: Option<&'static str>,
    pub(crate) action: Option<&'static str>,
    pub(crate) action_at: Option<i64>,
}

/// The strata of a brand: far below list price, young shops, the rest.
const STRATA: [&str; 3] = ["deep-discount", "young-shop", "other"];

/// All purchases, in the order in which they were placed.
pub(crate) fn purchases(
    spec: &SampleSpec,
    catalogue: &Catalogue,
    merchants: &Merchants,
    calendar: &Calendar,
    listings: &[Listing],
) -> Vec<Purchase> {
    let family = Family::new(spec.seed, "pilot");
    // Drawn at one instant, so that a stratum has one size.
    let drawn_at = calendar.as_of - (i64::from(spec.days) * 2 / 3).clamp(12, 45) * DAY;
    let mut by_brand: Vec<[Vec<u32>; 3]> = catalogue.brands.iter().map(|_| Default::default()).collect();
    for (index, listing) in (0_u32..).zip(listings) {
        if listing.brand != NONE && listing.live_at(drawn_at) {
            by_brand[listing.brand as usize][stratum(catalogue, merchants, listing)].push(index);
        }
    }
    let mut purchases = Vec::new();
    for (brand, strata) in by_brand.iter().enumerate() {
        let mut stream = family.stream(brand as u64);
        let population: usize = strata.iter().map(Vec::len).sum();
        let budget = (population / 2).clamp(6, spec.pilot_per_brand as usize + 6) - 6;
        for (at, (name, members)) in STRATA.iter().zip(strata).enumerate() {
            // More where more is expected, and never more than there are.
            let wanted = (budget * [45, 25, 30][at] / 100 + 2).min(members.len());
            let mut order = members.clone();
            for i in 0..wanted {
                order.swap(i, i + stream.index(members.len() - i));
            }
            for listing in &order[..wanted] {
                let recorded = Sampled {
                    listing: *listing,
                    selection: "random",
                    stratum: format!("brand-{}/{name}", crate::brands::FIRST_BRAND + brand as i64),
                    stratum_size: Some(members.len() as i64),
                    inclusion_probability: Some(wanted as f64 / members.len() as f64),
                };
                purchases.push(buy(&mut stream, recorded, drawn_at, listings, calendar.as_of));
            }
        }
        other_purchases(&mut stream, brand, &mut purchases, strata, listings, drawn_at, calendar.as_of);
    }
    purchases.sort_by_key(|p| (p.ordered_at, p.listing));
    purchases
}

fn stratum(catalogue: &Catalogue, merchants: &Merchants, listing: &Listing) -> usize {
    let reference = catalogue.products.get(listing.product as usize).map_or(0, |p| p.price_minor);
    if listing.price_minor * 10 < reference * 6 {
        0
    } else if merchants.all[listing.merchant as usize].opened_days_ago < 400 {
        1
    } else {
        2
    }
}

/// Purchases that no estimate may use: an older programme's without probabilities, and those aimed at a suspect.
fn other_purchases(
    stream: &mut Stream,
    brand: usize,
    purchases: &mut Vec<Purchase>,
    strata: &[Vec<u32>; 3],
    listings: &[Listing],
    drawn_at: i64,
    as_of: i64,
) {
    let all: Vec<u32> = strata.iter().flatten().copied().collect();
    if all.is_empty() {
        return;
    }
    let suspect: Vec<u32> = all.iter().copied().filter(|l| listings[*l as usize].share > 0).collect();
    let mut add = |stream: &mut Stream, listing, selection, stratum: &str| {
        let recorded = Sampled {
            listing,
            selection,
            stratum: stratum.to_owned(),
            stratum_size: None,
            inclusion_probability: None,
        };
        purchases.push(buy(stream, recorded, drawn_at, listings, as_of));
    };
    if brand.is_multiple_of(5) {
        for _ in 0..4 {
            let listing = all[stream.index(all.len())];
            add(stream, listing, "random", "legacy");
        }
    }
    for (selection, count) in [("targeted", all.len().min(240) / 30), ("brand_request", all.len().min(120) / 40)] {
        for _ in 0..count {
            // Suspicion is right more often than not.
            let pool = if stream.chance(650) && !suspect.is_empty() { &suspect } else { &all };
            let listing = pool[stream.index(pool.len())];
            add(stream, listing, selection, selection);
        }
    }
}

/// How a purchase came to be.
struct Sampled {
    listing: u32,
    selection: &'static str,
    stratum: String,
    stratum_size: Option<i64>,
    inclusion_probability: Option<f64>,
}

fn buy(stream: &mut Stream, sampled: Sampled, drawn_at: i64, listings: &[Listing], as_of: i64) -> Purchase {
    let listing = &listings[sampled.listing as usize];
    let ordered_at = drawn_at + stream.between(HOUR / SECOND, 9 * DAY / SECOND) * SECOND;
    let mut step = ordered_at;
    let mut later = |stream: &mut Stream, low: i64, high: i64| {
        step += stream.between(low * 3_600, high * 3_600) * SECOND;
        Some(step).filter(|at| *at <= as_of)
    };
    let notarised_at = later(stream, 0, 6);
    // Gone before it could be ordered, lost, or refused.
    let arrives = !stream.chance(30) && listing.live_at(ordered_at);
    let delivered_at = later(stream, 30, 160).filter(|_| arrives);
    let authenticated_at = later(stream, 24, 300).filter(|_| delivered_at.is_some());
    let counterfeit = stream.below(10_000) < u64::from(listing.share);
    let inconclusive = stream.chance(35);
    let right = stream.chance(if counterfeit { SENSITIVITY } else { SPECIFICITY });
    let verdict = authenticated_at.map(|_| match (inconclusive, counterfeit == right) {
        (true, _) => "inconclusive",
        (false, true) => "counterfeit",
        (false, false) => "genuine",
    });
    let action = verdict.map(|verdict| match verdict {
        "counterfeit" if stream.chance(150) => "offline",
        "counterfeit" if !stream.chance(60) => "online",
        _ => "none",
    });
    let action_at = later(stream, 2, 90).filter(|_| matches!(action, Some("offline" | "online")));
    Purchase {
        listing: sampled.listing,
        selection: sampled.selection,
        stratum: sampled.stratum,
        stratum_size: sampled.stratum_size,
        inclusion_probability: sampled.inclusion_probability,
        ordered_at,
        notarised_at,
        delivered_at,
        authenticated_at,
        verdict,
        action,
        action_at,
    }
}
