//! Removed listings that come back, and what must not be taken for it.

use crate::SampleSpec;
use crate::calendar::{Calendar, DAY, HOUR, SECOND};
use crate::images::{Gallery, REACH};
use crate::listings::{Listing, NONE, Photo};
use crate::merchants::{Kind, Merchants};
use crate::random::{Family, Stream};

/// What the truth says of a removed and another listing.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) removed: u32,
    pub(crate) new: u32,
    /// Tier by the metric definitions; nothing for a pair that must not be claimed.
    pub(crate) tier: Option<&'static str>,
    /// Smallest distance between the two listings' images of sufficient quality; nothing in tier A.
    pub(crate) hamming: Option<u32>,
    /// `reactivated`, `image`, `product`, `near_miss` or `poor_image`.
    pub(crate) reason: &'static str,
}

/// Lets removed listings come back, and returns every pair that the definitions reach or that was planted to be out
/// of reach, sorted. Pairs that rest on an official picture alone are in nobody's favour and not among them, except
/// within one merchant, where the definitions count them.
pub(crate) fn reappearances(
    spec: &SampleSpec,
    merchants: &Merchants,
    calendar: &Calendar,
    gallery: &Gallery,
    listings: &mut Vec<Listing>,
) -> Vec<Pair> {
    let family = Family::new(spec.seed, "reappearances");
    let counterfeiters = merchants.of_kind(Kind::Counterfeit);
    let mut pairs = Vec::new();
    for index in 0..listings.len() {
        let Some(removed_at) = standing_removal(&listings[index]) else { continue };
        let mut stream = family.stream(index as u64);
        if listings[index].share == 0 || listings[index].photo != Photo::Own || !stream.chance(340) {
            continue;
        }
        for _ in 0..=stream.weighted(&[85, 12, 3]) {
            let lag = (stream.log_normal(8.0, 1.1) * 86_400.0) as i64 * SECOND + HOUR;
            let at = removed_at + lag.min(200 * DAY);
            if at < calendar.as_of {
                let planted = plant(&mut stream, index as u32, at, merchants, &counterfeiters, calendar, listings);
                pairs.extend(planted);
            }
        }
    }
    for pair in &mut pairs {
        if pair.tier != Some("A") {
            let (removed, new) = (pair.removed, pair.new);
            pair.hamming = gallery.distance((removed, &listings[removed as usize]), (new, &listings[new as usize]));
        }
    }
    pairs.extend(within_merchants(listings, &pairs, gallery));
    pairs.sort_unstable_by_key(|pair| (pair.removed, pair.new));
    pairs
}

fn standing_removal(listing: &Listing) -> Option<i64> {
    listing.removed_at.filter(|_| listing.reinstated_at.is_none())
}

fn plant(
    stream: &mut Stream,
    index: u32,
    at: i64,
    merchants: &Merchants,
    counterfeiters: &[u32],
    calendar: &Calendar,
    listings: &mut Vec<Listing>,
) -> Option<Pair> {
    let original = &listings[index as usize];
    let owner = original.merchant;
    let open = |m: u32| {
        let merchant = &merchants.all[m as usize];
        merchant.ended_at.is_none() && calendar.as_of - merchant.opened_days_ago * DAY < at
    };
    let way = stream.weighted(&[20, 24, 8, 24, 12, 9, 3]);
    if way == 0 {
        if original.reactivated_at.is_some() || !open(owner) {
            return None;
        }
        let original = &mut listings[index as usize];
        original.reactivated_at = Some(at);
        original.closed_at = None;
        return Some(Pair { removed: index, new: index, tier: Some("A"), hamming: None, reason: "reactivated" });
    }
    let mates = merchants.all[owner as usize].ring.map_or(&[][..], |ring| merchants.rings[ring as usize].as_slice());
    let merchant = match way {
        1 | 2 => owner,
        3 => *mates.get(stream.index(mates.len().max(1)))?,
        _ => *counterfeiters.get(stream.index(counterfeiters.len().max(1)))?,
    };
    if !open(merchant) || (way >= 3 && merchant == owner) || (way == 2 && original.product == NONE) {
        return None;
    }
    let bits = match way {
        5 => stream.between(32, 45),
        6 => stream.between(0, 20),
        // Copies are mostly close; some lie right at the edge.
        _ if stream.chance(150) => stream.between(28, 31),
        _ => stream.between(0, 27),
    };
    let photo = match way {
        2 => Photo::Own,
        _ => Photo::Copy { of: index, bits: bits as u16, poor: way == 6 },
    };
    let mut new = Listing {
        merchant,
        photo,
        price_minor: (original.price_minor * stream.between(900, 1_100) / 1_000).max(90),
        weight: original.weight,
        listed_at: at,
        closed_at: None,
        removed_at: None,
        reinstated_at: None,
        reactivated_at: None,
        anchor: false,
        ..original.clone()
    };
    if way != 2 && stream.chance(250) {
        new.product = NONE;
    }
    if stream.chance(60) {
        new.closed_at = Some(at + stream.between(HOUR / SECOND, (calendar.as_of - at) / SECOND) * SECOND)
            .filter(|end| *end <= calendar.as_of);
    }
    let tier = match way {
        1 | 2 => Some("B"),
        5 | 6 => None,
        _ if merchants.linked(owner, merchant) => Some("C"),
        _ => Some("D"),
    };
    let reason = ["", "image", "product", "image", "image", "near_miss", "poor_image"][way];
    listings[index as usize].anchor |= way != 2;
    listings.push(new);
    Some(Pair { removed: index, new: listings.len() as u32 - 1, tier, hamming: None, reason })
}

/// What nobody planted: later listings of the same merchant with the same product or the same official picture.
fn within_merchants(listings: &[Listing], planted: &[Pair], gallery: &Gallery) -> Vec<Pair> {
    let mut by_merchant: Vec<(u32, u32)> = (0_u32..).zip(listings).map(|(i, l)| (l.merchant, i)).collect();
    by_merchant.sort_unstable();
    let mut known: Vec<(u32, u32)> = planted.iter().map(|p| (p.removed, p.new)).collect();
    known.sort_unstable();
    let mut pairs = Vec::new();
    for group in by_merchant.chunk_by(|a, b| a.0 == b.0) {
        for (_, removed) in group {
            let original = &listings[*removed as usize];
            let Some(removed_at) = standing_removal(original) else { continue };
            for (_, new) in group {
                let other = &listings[*new as usize];
                if new == removed || other.listed_at <= removed_at || known.binary_search(&(*removed, *new)).is_ok() {
                    continue;
                }
                let product = original.product != NONE && original.product == other.product;
                let picture = matches!(original.photo, Photo::Catalogue(_)) && original.photo == other.photo;
                if !product && !picture {
                    continue;
                }
                let hamming = gallery.distance((*removed, original), (*new, other));
                let image = hamming.is_some_and(|h| h <= REACH);
                if product || image {
                    let reason = if image { "image" } else { "product" };
                    pairs.push(Pair { removed: *removed, new: *new, tier: Some("B"), hamming, reason });
                }
            }
        }
    }
    pairs
}
