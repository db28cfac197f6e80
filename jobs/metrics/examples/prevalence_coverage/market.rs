//! Planted brands: a population of listings whose counterfeits are known, and a sample of purchases by a design.

use super::random::Random;

/// Sensitivity and specificity of the planted authentication.
pub const SENSITIVITY: f64 = 0.97;
/// See [`SENSITIVITY`].
pub const SPECIFICITY: f64 = 0.995;
/// Share of purchases whose authentication says nothing.
const INCONCLUSIVE: f64 = 0.03;

/// How sales are spread over listings.
pub const TAILS: [&str; 8] = [
    "log-normal 1.0",
    "log-normal 1.5",
    "log-normal 2.0",
    "log-normal 2.5",
    "Pareto 2.0",
    "Pareto 1.5",
    "Pareto 1.2",
    "Pareto 1.05",
];
/// Where the counterfeits are.
pub const LINKS: [&str; 6] =
    ["independent of size", "small listings", "best-sellers", "one price stratum", "few merchants", "top hundredth"];
/// The last of them is a stress test, which the averages leave out.
pub const STRESS: usize = LINKS.len() - 1;
/// How many there are among listings.
pub const RATES: [&str; 3] = ["0.5–3 %", "3–10 %", "10–40 %"];
/// How the sample was drawn.
pub const DESIGNS: [&str; 6] =
    ["proportional", "risk strata", "sales strata", "equal per price stratum", "risk × sales", "two waves"];
/// How large the sample is.
pub const SIZES: [&str; 3] = ["30–60", "60–120", "120–300"];

/// What became of the listings between the draw and the day of the figure.
pub const STOCKS: [&str; 2] = ["as drawn", "a fifth replaced"];

/// One of each list above.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub tail: usize,
    pub link: usize,
    pub rate: usize,
    pub design: usize,
    pub size: usize,
    pub stock: usize,
}

/// One authenticated random purchase; `weights` are 1, units and GMV; no verdict: inconclusive.
#[derive(Clone)]
pub struct Purchase {
    pub listing: i64,
    pub stratum: u32,
    pub stratum_size: i64,
    pub inclusion_probability: f64,
    pub weights: [i64; 3],
    pub verdict: Option<bool>,
    pub still_listed: bool,
}

/// A planted brand: what is true, what is known of all its listings, and what was bought.
pub struct Brand {
    pub scenario: Scenario,
    /// The share that is counterfeit by listings, units and GMV.
    pub truth: [f64; 3],
    /// The weights of all listings, by listings, units and GMV.
    pub population: [Vec<i64>; 3],
    pub sample: Vec<Purchase>,
}

struct Listing {
    units: i64,
    gmv: i64,
    price: f64,
    counterfeit: bool,
    risk: f64,
}

impl Brand {
    /// Plants a brand and buys its sample; its counterfeits are where `link` says, else in one of the usual places.
    pub fn plant(random: &mut Random, link: Option<usize>) -> Self {
        let scenario = Scenario {
            tail: random.below(TAILS.len()),
            link: link.unwrap_or(random.below(STRESS)),
            rate: random.below(RATES.len()),
            design: random.below(DESIGNS.len()),
            size: random.below(SIZES.len()),
            stock: random.below(STOCKS.len()),
        };
        let count = random.log_uniform(100.0, 20_000.0) as usize;
        let replaced = if scenario.stock == 1 { count / 5 } else { 0 };
        let all = plant_listings(random, scenario, count + replaced);
        let listings = &all[..count];
        let n = match scenario.size {
            0 => random.log_uniform(33.0, 62.0),
            1 => random.log_uniform(62.0, 124.0),
            _ => random.log_uniform(124.0, 310.0),
        };
        let n = (n as usize).min(count);
        let mut sample = Vec::new();
        if scenario.design == 5 {
            buy(random, listings, 0, n / 2, 0, replaced, &mut sample);
            buy(random, listings, 2, n - n / 2, 100, replaced, &mut sample);
        } else {
            buy(random, listings, scenario.design, n, 0, replaced, &mut sample);
        }
        let listings = &all[replaced..];
        let population = [
            vec![1; listings.len()],
            listings.iter().map(|listing| listing.units).collect(),
            listings.iter().map(|listing| listing.gmv).collect(),
        ];
        let truth = population.each_ref().map(|weights| {
            let fake = listings.iter().zip(weights).filter(|(listing, _)| listing.counterfeit);
            fake.map(|(_, weight)| weight).sum::<i64>() as f64 / weights.iter().sum::<i64>() as f64
        });
        Self { scenario, truth, population, sample }
    }
}

fn plant_listings(random: &mut Random, scenario: Scenario, count: usize) -> Vec<Listing> {
    let rate = match scenario.rate {
        0 => random.log_uniform(0.005, 0.03),
        1 => random.log_uniform(0.03, 0.10),
        _ => random.log_uniform(0.10, 0.40),
    };
    let unsold = random.uniform() * 0.7;
    let scale = random.log_uniform(1.0, 30.0);
    let mut listings = Vec::with_capacity(count);
    let mut lean = Vec::with_capacity(count);
    let mut merchant = 0.0;
    for _ in 0..count {
        if random.happens(0.2) {
            merchant = random.normal();
        }
        let noise = random.normal();
        // Where a merchant's counterfeits come together, so do its sales.
        let size = if scenario.link == 4 { 0.6 * merchant + 0.8 * noise } else { noise };
        let sales = match scenario.tail {
            0..4 => (size * (1.0 + 0.5 * scenario.tail as f64)).exp(),
            tail => {
                let alpha = [2.0, 1.5, 1.2, 1.05][tail - 4];
                // The normal score's upper tail, by logistic approximation, turned into a Pareto variable.
                (1.0 + (1.702 * size).exp()).powf(1.0 / alpha)
            }
        };
        let units = if random.happens(unsold) { 0 } else { (sales * scale).ceil().min(1e9) as i64 };
        let price = (random.normal() * 0.7).exp() * 20_000.0;
        let sold = if units == 0 { -1.5 } else { size };
        lean.push(match scenario.link {
            0 => 0.0,
            1 => -sold,
            2 => sold,
            3 => {
                if price < 14_000.0 {
                    1.8
                } else {
                    -0.5
                }
            }
            4 => 2.5 * merchant,
            // Far from every other listing: most of the hundredth that sells best.
            _ => {
                if units > 0 && size > 2.33 {
                    8.0
                } else {
                    0.0
                }
            }
        });
        let gmv = units.saturating_mul(price as i64);
        listings.push(Listing { units, gmv, price, counterfeit: false, risk: random.normal() });
    }
    // The intercept at which the rate among listings is as planted, found on a part of them.
    let (mut low, mut high) = (-15.0, 15.0);
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        let part = &lean[..count.min(300)];
        let mean = part.iter().map(|lean| logistic(middle + lean)).sum::<f64>() / part.len() as f64;
        if mean < rate { low = middle } else { high = middle }
    }
    for (listing, lean) in listings.iter_mut().zip(&lean) {
        listing.counterfeit = random.happens(logistic(low + lean));
        listing.risk += if listing.counterfeit { 1.5 } else { 0.0 };
    }
    listings
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Draws `n` listings in strata; a second wave may buy a listing again.
fn buy(
    random: &mut Random,
    listings: &[Listing],
    design: usize,
    n: usize,
    first: u32,
    replaced: usize,
    sample: &mut Vec<Purchase>,
) {
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
            _ => by_risk(listing) * 2 + usize::from(listing.units > tenth),
        };
        strata[stratum].push(index);
    }
    strata.retain(|members| !members.is_empty());
    let share = |members: &[usize]| match design {
        0 => members.len() as f64,
        2 => members.iter().map(|index| (listings[*index].units as f64).sqrt() + 0.2).sum(),
        _ => 1.0,
    };
    let shares: Vec<f64> = strata.iter().map(|members| share(members)).collect();
    let total: f64 = shares.iter().sum();
    for (number, (members, share)) in strata.iter_mut().zip(&shares).enumerate() {
        let wanted = ((n as f64 * share / total).round() as usize).clamp(2.min(members.len()), members.len());
        for place in 0..wanted {
            let other = place + random.below(members.len() - place);
            members.swap(place, other);
            let listing = &listings[members[place]];
            let found = random.happens(if listing.counterfeit { SENSITIVITY } else { 1.0 - SPECIFICITY });
            sample.push(Purchase {
                listing: members[place] as i64,
                stratum: first + number as u32,
                stratum_size: members.len() as i64,
                inclusion_probability: wanted as f64 / members.len() as f64,
                weights: [1, listing.units, listing.gmv],
                still_listed: members[place] >= replaced,
                verdict: (!random.happens(INCONCLUSIVE)).then_some(found),
            });
        }
    }
}
