//! Planted brands: a population of listings whose counterfeits are known, and a sample of purchases by a design.

use super::purchases::{Draw, buy};
use super::random::Random;

/// Sensitivity and specificity of the planted authentication.
pub const SENSITIVITY: f64 = 0.97;
/// See [`SENSITIVITY`].
pub const SPECIFICITY: f64 = 0.995;

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
/// How the sample was drawn; the last only in [`Set::Moved`].
pub const DESIGNS: [&str; 7] = [
    "proportional",
    "risk strata",
    "sales strata",
    "equal per price stratum",
    "risk × sales",
    "two waves",
    "suspects oversampled",
];
/// How large the sample is; the last only in [`Set::Moved`].
pub const SIZES: [&str; 4] = ["30–60", "60–120", "120–300", "30–50 % of a small brand"];
/// What became of the listings between the draw and the day of the figure; the last three only in [`Set::Moved`].
pub const STOCKS: [&str; 5] =
    ["as drawn", "a fifth replaced", "counterfeits taken down", "found, so removed", "taken down or found"];
/// What a counterfeit listing sells; mixed ones only in [`Set::Moved`].
pub const SHARES: [&str; 2] = ["nothing genuine", "a fifth to all counterfeit"];

/// Which marketplaces are planted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Listings are counterfeit or not, and leave for other reasons than that, if they do.
    Still,
    /// Listings may sell both kinds, counterfeits leave faster than others, samples take large parts of small brands.
    Moved,
    /// As [`Set::Still`], with the counterfeits where nothing points to them.
    Stress,
}

/// One of each list above.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub tail: usize,
    pub link: usize,
    pub rate: usize,
    pub design: usize,
    pub size: usize,
    pub stock: usize,
    pub shares: usize,
}

impl Scenario {
    fn draw(random: &mut Random, set: Set) -> Self {
        let tail = random.below(TAILS.len());
        let usual = random.below(STRESS);
        let link = if set == Set::Stress { STRESS } else { usual };
        let rate = random.below(RATES.len());
        if set != Set::Moved {
            let (design, size, stock) = (random.below(6), random.below(3), random.below(2));
            return Self { tail, link, rate, design, size, stock, shares: 0 };
        }
        // Every other brand by the design and size of the sample lakes' programme, the others as before.
        let design = if random.happens(0.5) { 6 } else { random.below(6) };
        let size = if random.happens(0.5) { 3 } else { random.below(3) };
        let stock = [0, 2, 3, 4][random.below(4)];
        Self { tail, link, rate, design, size, stock, shares: random.below(SHARES.len()) }
    }

    /// Whether a fifth of the stock is new since the draw.
    fn is_replaced(self) -> bool {
        matches!(self.stock, 1 | 2 | 4)
    }
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

/// A planted listing.
pub struct Listing {
    pub units: i64,
    pub gmv: i64,
    pub price: f64,
    /// The part of what it sells that is counterfeit.
    pub share: f64,
    pub risk: f64,
    /// 0 for a price far below others', 1 for a young shop, 2 for the rest.
    pub suspicion: usize,
    listed: bool,
}

impl Brand {
    /// Plants a brand of the set and buys its sample.
    pub fn plant(random: &mut Random, set: Set) -> Self {
        let scenario = Scenario::draw(random, set);
        let count =
            if scenario.size == 3 { random.log_uniform(50.0, 500.0) } else { random.log_uniform(100.0, 20_000.0) };
        let count = count as usize;
        let replaced = if scenario.is_replaced() { count / 5 } else { 0 };
        let mut all = plant_listings(random, scenario, count + replaced);
        if set == Set::Moved {
            mix(random, scenario, &mut all);
        }
        let n = match scenario.size {
            0 => random.log_uniform(33.0, 62.0),
            1 => random.log_uniform(62.0, 124.0),
            2 => random.log_uniform(124.0, 310.0),
            _ => count as f64 * (0.3 + 0.2 * random.uniform()),
        };
        let n = (n as usize).min(count);
        let mut sample = Vec::new();
        let listings = &all[..count];
        if scenario.design == 5 {
            buy(random, listings, &Draw { design: 0, n: n / 2, first: 0 }, &mut sample);
            buy(random, listings, &Draw { design: 2, n: n - n / 2, first: 100 }, &mut sample);
        } else {
            buy(random, listings, &Draw { design: scenario.design, n, first: 0 }, &mut sample);
        }
        all[..replaced].iter_mut().for_each(|listing| listing.listed = false);
        if matches!(scenario.stock, 2 | 4) {
            take_down(random, &mut all[..count]);
        }
        if matches!(scenario.stock, 3 | 4) {
            remove_found(random, &mut all, &sample);
        }
        for purchase in &mut sample {
            let listing = &all[purchase.listing as usize];
            purchase.still_listed = listing.listed;
            purchase.weights = [1, listing.units, listing.gmv];
        }
        let listed: Vec<&Listing> = all.iter().filter(|listing| listing.listed).collect();
        let population = [
            vec![1; listed.len()],
            listed.iter().map(|listing| listing.units).collect(),
            listed.iter().map(|listing| listing.gmv).collect(),
        ];
        let truth = population.each_ref().map(|weights| {
            let fake = listed.iter().zip(weights).map(|(listing, weight)| listing.share * *weight as f64);
            fake.sum::<f64>() / weights.iter().sum::<i64>() as f64
        });
        Self { scenario, truth, population, sample }
    }
}

/// Gives listings their suspicion, and the counterfeit ones something genuine too.
fn mix(random: &mut Random, scenario: Scenario, listings: &mut [Listing]) {
    for listing in listings {
        let counterfeit = listing.share > 0.0;
        let (cheap, young) = if counterfeit { (0.6, 0.5) } else { (0.08, 0.2) };
        listing.suspicion = match (random.happens(cheap), random.happens(young)) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        if counterfeit && scenario.shares == 1 {
            listing.share = 0.2 + 0.8 * random.uniform();
        }
    }
}

/// Takes down a part of the counterfeits, bought or not; brands differ in how large a part.
fn take_down(random: &mut Random, listings: &mut [Listing]) {
    let part = 0.2 + 0.6 * random.uniform();
    for listing in listings {
        if listing.share > 0.0 && random.happens(part) {
            listing.remove(random);
        }
    }
}

/// Removes most of the listings that purchases found counterfeit.
fn remove_found(random: &mut Random, listings: &mut [Listing], sample: &[Purchase]) {
    for purchase in sample.iter().filter(|purchase| purchase.verdict == Some(true)) {
        if random.happens(0.7) {
            listings[purchase.listing as usize].remove(random);
        }
    }
}

impl Listing {
    /// It leaves within the window, so that its sales are cut short.
    fn remove(&mut self, random: &mut Random) {
        if self.listed {
            let kept = random.uniform();
            self.listed = false;
            self.units = (self.units as f64 * kept) as i64;
            self.gmv = self.units.saturating_mul(self.price as i64);
        }
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
        let risk = random.normal();
        listings.push(Listing { units, gmv, price, share: 0.0, risk, suspicion: 2, listed: true });
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
        if random.happens(logistic(low + lean)) {
            listing.share = 1.0;
            listing.risk += 1.5;
        }
    }
    listings
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
