//! The plan, step by step.

use super::allocate::{affordable_floor, proportional};
use super::draw::Lottery;
use super::forecast::{Design, forecast};
use super::risk::{Evidence, Rates, in_words};
use super::strata::{Cell, Item, items, stratify};
use super::targeted::{Picks, Ranking};
use super::{BrandPlan, Candidate, Knowledge, Known, Parameters, Pick, Plan, PlanError, Selection, Stratum};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Purchases that a brand's prior is worth in its posterior deviation, so that a first purchase does not settle it.
const PRIOR_PURCHASES: f64 = 10.0;
/// Prevalence reckoned with where nothing is known of any brand: the threshold of the published probability.
const UNKNOWN_PREVALENCE: f64 = 0.05;

/// Plans the purchases. The candidates are sorted in place: besides them, memory holds 16 bytes a listing of the largest
/// brand, and 16 a flagged listing where something is targeted.
///
/// The result depends on neither the order of the candidates nor that of `knowledge`. With a budget of all listings or more,
/// each is drawn with probability 1.
///
/// # Errors
/// [`PlanError`] for parameters out of range, no candidate, a listing or brand twice, and numbers that mean nothing.
pub fn plan(candidates: &mut [Candidate], knowledge: &[Knowledge], parameters: &Parameters) -> Result<Plan, PlanError> {
    check(parameters)?;
    let known = known_by_brand(knowledge)?;
    sort(candidates)?;
    let candidates = &*candidates;
    let brands = brands(candidates);
    let sizes: Vec<i64> = brands.iter().map(|(range, _)| range.len() as i64).collect();
    let spendable = parameters.budget.min(candidates.len() as i64);
    let (targeted, ranking) = targeted_room(candidates, &brands, spendable, parameters);
    let floor = affordable_floor(parameters.brand_floor, &sizes, spendable - targeted);
    let draws = by_brand(candidates, &brands, &known, floor, spendable - targeted, parameters);

    let mut made = Made::default();
    for ((range, rates), draws) in brands.iter().zip(draws) {
        let of_brand = &candidates[range.clone()];
        made.brand(of_brand, range.start as u32, *rates, draws, known.of(of_brand[0].brand_id), parameters);
    }
    if let Some(ranking) = ranking {
        made.target(candidates, &brands, &ranking, targeted, parameters);
    }
    Ok(made.finish(candidates, floor, parameters.budget - spendable))
}

fn check(parameters: &Parameters) -> Result<(), PlanError> {
    let Parameters { budget, brand_floor, targeted_share, targeted_per_merchant, .. } = *parameters;
    let Parameters { size_power, sensitivity, specificity, level, .. } = *parameters;
    let is_share = |share: f64| (0.0..=1.0).contains(&share);
    if budget <= 0 {
        return Err(PlanError::Budget(budget));
    }
    if !(0.0..1.0).contains(&targeted_share) {
        return Err(PlanError::TargetedShare(targeted_share));
    }
    if brand_floor < 0 {
        return Err(PlanError::BrandFloor(brand_floor));
    }
    if targeted_per_merchant < 1 {
        return Err(PlanError::TargetedPerMerchant(targeted_per_merchant));
    }
    if !is_share(size_power) {
        return Err(PlanError::SizePower(size_power));
    }
    if !(is_share(sensitivity) && is_share(specificity) && sensitivity + specificity > 1.0) {
        return Err(PlanError::Authentication { sensitivity, specificity });
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(PlanError::Level(level));
    }
    Ok(())
}

/// What is known, by brand, and what to reckon with elsewhere.
struct KnownBrands {
    brands: BTreeMap<i64, Knowledge>,
    elsewhere: [Known; 3],
}

impl KnownBrands {
    /// Listing-, unit- and GMV-weighted.
    fn of(&self, brand_id: i64) -> [Known; 3] {
        self.brands.get(&brand_id).map_or(self.elsewhere, |known| [known.listings, known.units, known.gmv])
    }
}

fn known_by_brand(knowledge: &[Knowledge]) -> Result<KnownBrands, PlanError> {
    let mut brands = BTreeMap::new();
    for known in knowledge {
        for Known { shrunk, effective_n } in [known.listings, known.units, known.gmv] {
            if !((0.0..=1.0).contains(&shrunk) && effective_n >= 0.0 && effective_n.is_finite()) {
                return Err(PlanError::Knowledge { brand_id: known.brand_id });
            }
        }
        if brands.insert(known.brand_id, *known).is_some() {
            return Err(PlanError::RepeatedBrand { brand_id: known.brand_id });
        }
    }
    let mean = |of: fn(&Knowledge) -> Known| {
        let sum: f64 = brands.values().map(|known| of(known).shrunk).sum();
        let shrunk = if brands.is_empty() { UNKNOWN_PREVALENCE } else { sum / brands.len() as f64 };
        Known { shrunk, effective_n: 0.0 }
    };
    let elsewhere = [mean(|known| known.listings), mean(|known| known.units), mean(|known| known.gmv)];
    Ok(KnownBrands { brands, elsewhere })
}

/// Sorts by brand and listing, and refuses what cannot be planned with.
fn sort(candidates: &mut [Candidate]) -> Result<(), PlanError> {
    if candidates.is_empty() {
        return Err(PlanError::NoCandidates);
    }
    if u32::try_from(candidates.len()).is_err() {
        return Err(PlanError::TooManyCandidates(candidates.len()));
    }
    // By listing first: a listing that comes twice may come under two brands.
    candidates.sort_unstable_by_key(|candidate| candidate.listing_id);
    for pair in candidates.windows(2) {
        if pair[0].listing_id == pair[1].listing_id {
            return Err(PlanError::RepeatedListing { listing_id: pair[0].listing_id });
        }
    }
    for &Candidate { listing_id, units, gmv_minor, price_minor, .. } in &*candidates {
        for (value, column) in [(units, "units"), (gmv_minor, "gmv_minor"), (price_minor, "price_minor")] {
            if value < 0 {
                return Err(PlanError::Negative { listing_id, column });
            }
        }
    }
    candidates.sort_unstable_by_key(|candidate| (candidate.brand_id, candidate.listing_id));
    Ok(())
}

/// Each brand's range and rates.
fn brands(candidates: &[Candidate]) -> Vec<(Range<usize>, Rates)> {
    let mut counted: Vec<(Range<usize>, Evidence)> = Vec::new();
    let (mut from, mut all) = (0, Evidence::default());
    for of_brand in candidates.chunk_by(|a, b| a.brand_id == b.brand_id) {
        let mut evidence = Evidence::default();
        of_brand.iter().for_each(|candidate| evidence.add(candidate));
        all.add_all(&evidence);
        counted.push((from..from + of_brand.len(), evidence));
        from += of_brand.len();
    }
    let marketplace = all.marketplace();
    counted.into_iter().map(|(range, evidence)| (range, evidence.brand(marketplace))).collect()
}

/// How many purchases are targeted, which the draw may not change, and the ranking behind it.
fn targeted_room(
    candidates: &[Candidate],
    brands: &[(Range<usize>, Rates)],
    spendable: i64,
    parameters: &Parameters,
) -> (i64, Option<Ranking>) {
    let asked = (parameters.targeted_share * spendable as f64).round() as i64;
    if asked == 0 || spendable == candidates.len() as i64 {
        return (0, None);
    }
    let ranking = Ranking::new(candidates, brands, true);
    let room = ranking.room(candidates, asked, parameters.targeted_per_merchant);
    (room, Some(ranking))
}

/// Random purchases of each brand: the floor, then by posterior deviation × units to the power.
fn by_brand(
    candidates: &[Candidate],
    brands: &[(Range<usize>, Rates)],
    known: &KnownBrands,
    floor: i64,
    total: i64,
    parameters: &Parameters,
) -> Vec<i64> {
    let floors: Vec<i64> = brands.iter().map(|(range, _)| floor.min(range.len() as i64)).collect();
    let room: Vec<i64> = brands.iter().zip(&floors).map(|((range, _), floor)| range.len() as i64 - floor).collect();
    let weights: Vec<f64> = brands
        .iter()
        .map(|(range, _)| {
            let of_brand = &candidates[range.clone()];
            let units = of_brand.iter().map(|candidate| i128::from(candidate.units)).sum::<i128>() as f64;
            let Known { shrunk, effective_n } = known.of(of_brand[0].brand_id)[1];
            let p = shrunk.clamp(0.001, 0.999);
            (p * (1.0 - p) / (effective_n + PRIOR_PURCHASES + 1.0)).sqrt() * units.powf(parameters.size_power)
        })
        .collect();
    let rest = total - floors.iter().sum::<i64>();
    let more = proportional(rest, &weights, &vec![0; brands.len()], &room);
    floors.iter().zip(more).map(|(floor, more)| floor + more).collect()
}

/// A pick before the list is in order.
struct Placed {
    /// Where it comes in the list, from 0 to 1.
    position: f64,
    place: u32,
    /// Its stratum; `None` for a targeted pick.
    stratum: Option<usize>,
    reason: String,
}

/// The plan while it is made.
#[derive(Default)]
struct Made {
    placed: Vec<Placed>,
    strata: Vec<Stratum>,
    brands: Vec<BrandPlan>,
    /// What its strata are called by.
    plan: String,
}

impl Made {
    /// Stratifies and draws one brand, whose first candidate is the `start`-th of all.
    fn brand(
        &mut self,
        candidates: &[Candidate],
        start: u32,
        rates: Rates,
        draws: i64,
        known: [Known; 3],
        parameters: &Parameters,
    ) {
        self.plan = parameters.plan_name();
        let mut items = items(candidates, rates, known[1].shrunk);
        let cells = if draws > 0 { stratify(&mut items, draws) } else { Vec::new() };
        let mut designs = [Design { draws, strata: cells.len() as i64, ..Design::default() }; 3];
        let units: i128 = candidates.iter().map(|candidate| i128::from(candidate.units)).sum();
        let gmv: i128 = candidates.iter().map(|candidate| i128::from(candidate.gmv_minor)).sum();
        for (design, total) in designs.iter_mut().zip([candidates.len() as f64, units as f64, gmv as f64]) {
            design.total = total;
        }
        for (number, cell) in cells.iter().enumerate() {
            self.draw(candidates, start, &items[cell.items.clone()], cell, number, &mut designs, parameters);
        }
        self.brands.push(BrandPlan {
            brand_id: candidates[0].brand_id,
            listings: candidates.len() as i64,
            units: i64::try_from(units).unwrap_or(i64::MAX),
            flagged: items.iter().filter(|item| item.flagged).count() as i64,
            strata: cells.len() as i64,
            random: draws,
            targeted: 0,
            cost_minor: 0,
            by_listings: forecast(known[0], &designs[0], parameters),
            by_units: forecast(known[1], &designs[1], parameters),
            by_gmv: forecast(known[2], &designs[2], parameters),
        });
    }

    /// Draws the `number`-th stratum of a brand.
    #[allow(clippy::too_many_arguments, reason = "the parts of one brand, which nothing else uses together")]
    fn draw(
        &mut self,
        candidates: &[Candidate],
        start: u32,
        items: &[Item],
        cell: &Cell,
        number: usize,
        designs: &mut [Design; 3],
        parameters: &Parameters,
    ) {
        let at = |item: &Item| &candidates[item.place as usize];
        let brand_id = candidates[0].brand_id;
        let (listings, drawn) = (items.len() as i64, cell.draws);
        let squares = |of: fn(&Candidate) -> i64| items.iter().map(|item| (of(at(item)) as f64).powi(2)).sum::<f64>();
        let left_out = listings as f64 / drawn as f64 - 1.0;
        for (design, squares) in
            designs.iter_mut().zip([listings as f64, squares(|c| c.units), squares(|c| c.gmv_minor)])
        {
            design.spread += left_out * squares;
        }
        let lottery = Lottery::new(parameters.seed, parameters.drawn_on);
        let picked = lottery.draw(items.iter().map(|item| (at(item).listing_id, item.place)), drawn as usize);
        let first = lottery.start(brand_id, number as u64);
        let reason = format!("random: {}, {}", cell.class, cell.group);
        for (rank, (_, _, place)) in picked.into_iter().enumerate() {
            let position = (rank as f64 + first) / drawn as f64;
            let stratum = Some(self.strata.len());
            self.placed.push(Placed { position, place: start + place, stratum, reason: reason.clone() });
        }
        self.strata.push(Stratum {
            name: format!("{}/brand-{brand_id}/{}/{}", self.plan, cell.class, cell.group),
            brand_id,
            listings,
            drawn,
            inclusion_probability: drawn as f64 / listings as f64,
            units_from: items.iter().map(|item| at(item).units).min().unwrap_or(0),
            units_to: items.iter().map(|item| at(item).units).max().unwrap_or(0),
        });
    }

    /// Adds the targeted picks. Where the draw took what evidence there was, other listings fill up, so that their number
    /// does not depend on the draw.
    fn target(
        &mut self,
        candidates: &[Candidate],
        brands: &[(Range<usize>, Rates)],
        flagged: &Ranking,
        targeted: i64,
        parameters: &Parameters,
    ) {
        let mut taken: BTreeSet<u32> = self.placed.iter().map(|placed| placed.place).collect();
        let mut picks = Picks::new(targeted, parameters.targeted_per_merchant);
        picks.take(flagged, candidates, &taken);
        if picks.missing() > 0 {
            let all = Ranking::new(candidates, brands, false);
            taken.extend(&picks.places);
            picks.take(&all, candidates, &taken);
            taken.extend(&picks.places);
            picks.lift_cap();
            picks.take(&all, candidates, &taken);
        }
        for (rank, &place) in picks.places.iter().enumerate() {
            let position = (rank as f64 + 0.5) / targeted as f64;
            let reason = format!("targeted: {}", in_words(&candidates[place as usize].risk));
            self.placed.push(Placed { position, place, stratum: None, reason });
        }
    }

    /// Puts the picks in order and adds up the brands.
    fn finish(mut self, candidates: &[Candidate], brand_floor: i64, unspent: i64) -> Plan {
        self.placed.sort_unstable_by(|a, b| a.position.total_cmp(&b.position).then(a.place.cmp(&b.place)));
        let mut picks = Vec::with_capacity(self.placed.len());
        for (placed, draw_order) in self.placed.into_iter().zip(1..) {
            let candidate = &candidates[placed.place as usize];
            if let Ok(at) = self.brands.binary_search_by_key(&candidate.brand_id, |brand| brand.brand_id) {
                let brand = &mut self.brands[at];
                brand.cost_minor = brand.cost_minor.saturating_add(candidate.price_minor);
                brand.targeted += i64::from(placed.stratum.is_none());
            }
            let stratum = placed.stratum.map(|stratum| &self.strata[stratum]);
            picks.push(Pick {
                listing_id: candidate.listing_id,
                merchant_id: candidate.merchant_id,
                brand_id: candidate.brand_id,
                stratum: stratum.map_or_else(
                    || format!("{}/brand-{}/targeted", self.plan, candidate.brand_id),
                    |stratum| stratum.name.clone(),
                ),
                stratum_size: stratum.map(|stratum| stratum.listings),
                selection: if stratum.is_some() { Selection::Random } else { Selection::Targeted },
                inclusion_probability: stratum.map(|stratum| stratum.inclusion_probability),
                draw_order,
                reason: placed.reason,
                price_minor: candidate.price_minor,
                units: candidate.units,
            });
        }
        Plan { picks, strata: self.strata, brands: self.brands, brand_floor, unspent }
    }
}
