//! How a planted brand is sampled.

use super::market::{Listing, Purchase, SENSITIVITY, SPECIFICITY};
use super::random::Random;

/// Share of purchases whose authentication says nothing.
const INCONCLUSIVE: f64 = 0.03;

/// How purchases are drawn.
pub struct Draw {
    /// Of [`super::market::DESIGNS`], two waves apart.
    pub design: usize,
    pub n: usize,
    /// Number of the first stratum.
    pub first: u32,
}

/// Draws listings in strata; a second wave may buy a listing again.
pub fn buy(random: &mut Random, listings: &[Listing], draw: &Draw, sample: &mut Vec<Purchase>) {
    let Draw { design, n, first } = *draw;
    let by_price = |listing: &Listing| usize::from(listing.price > 14_000.0) + usize::from(listing.price > 28_000.0);
    let by_risk = |listing: &Listing| usize::from(listing.risk > 0.6) + usize::from(listing.risk > 1.6);
    let mut sold: Vec<i64> = listings.iter().map(|listing| listing.units).filter(|units| *units > 0).collect();
    sold.sort_unstable();
    let cut = |share: f64| sold.get((share * sold.len() as f64) as usize).copied().unwrap_or(i64::MAX);
    let (half, tenth, hundredth) = (cut(0.5), cut(0.9), cut(0.99));
    let mut strata: Vec<Vec<usize>> = vec![Vec::new(); 6];
    for (index, listing) in listings.iter().enumerate() {
        let by_sales = usize::from(listing.units > 0)
            + usize::from(listing.units > half)
            + usize::from(listing.units > tenth)
            + usize::from(listing.units > hundredth);
        let stratum = match design {
            0 => by_price(listing) * 2 + usize::from(listing.units > half),
            1 => by_risk(listing),
            2 => by_sales,
            3 => by_price(listing),
            6 => listing.suspicion,
            _ => by_risk(listing) * 2 + usize::from(listing.units > tenth),
        };
        strata[stratum].push(index);
    }
    let share = |(number, members): (usize, &Vec<usize>)| match design {
        0 => members.len() as f64,
        2 => members.iter().map(|index| (listings[*index].units as f64).sqrt() + 0.2).sum(),
        6 => [0.45, 0.25, 0.30, 0.0, 0.0, 0.0][number],
        _ => 1.0,
    };
    let shares: Vec<f64> = strata.iter().enumerate().filter(|(_, members)| !members.is_empty()).map(share).collect();
    strata.retain(|members| !members.is_empty());
    let total: f64 = shares.iter().sum();
    for (number, (members, share)) in strata.iter_mut().zip(&shares).enumerate() {
        let wanted = ((n as f64 * share / total).round() as usize).clamp(2.min(members.len()), members.len());
        for place in 0..wanted {
            let other = place + random.below(members.len() - place);
            members.swap(place, other);
            let listing = &listings[members[place]];
            // No draw where there is nothing to draw.
            let counterfeit = listing.share >= 1.0 || listing.share > 0.0 && random.happens(listing.share);
            let found = random.happens(if counterfeit { SENSITIVITY } else { 1.0 - SPECIFICITY });
            sample.push(Purchase {
                listing: members[place] as i64,
                stratum: first + number as u32,
                stratum_size: members.len() as i64,
                inclusion_probability: wanted as f64 / members.len() as f64,
                weights: [1, listing.units, listing.gmv],
                still_listed: true,
                verdict: (!random.happens(INCONCLUSIVE)).then_some(found),
            });
        }
    }
}
