//! Plan, purchases, verdicts, estimates: the way round. What is planted is what comes out, as far as chance allows.

use std::collections::BTreeMap;

use super::{PLAN, int, run, text};
use crate::support::market::{noon, purchases};
use crate::support::marts::Row;
use crate::support::time::HOUR;
use crate::support::{DAY, Lake, Listing, Market, Purchase, Sale};

/// A brand of `size` listings with heavy-tailed sales, on which every counterfeit is planted.
struct World {
    market: Market,
    counterfeit: BTreeMap<i64, bool>,
}

/// A fixed number in [0, 1) for each listing (splitmix64).
fn chance(listing: i64) -> f64 {
    let mut z = listing.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Brand 1 with 400 listings, brand 2 with 90; listings that sell little are the more often counterfeit.
fn world() -> World {
    let mut market = Market::of_brands(2);
    let mut counterfeit = BTreeMap::new();
    for (brand, size) in [(1, 400), (2, 90)] {
        for n in 0..size {
            let listing = brand * 10_000 + n;
            let units = (3.0 / (0.02 + chance(listing + 5_000_000))) as i64;
            let price_minor = 2_000 + 250 * (n % 40);
            market.listings.push(Listing { price_minor, ..Listing::new(listing, brand) });
            market.sales.push(Sale { unit_price_minor: price_minor, ..Sale::new(listing, brand, units) });
            let share = if units < 8 { 0.35 } else { 0.12 };
            counterfeit.insert(listing, chance(listing) < share);
        }
    }
    World { market, counterfeit }
}

impl World {
    /// The share of brand 1's listings, units or GMV that is counterfeit.
    fn truth(&self, weighting: &str) -> f64 {
        let weight = |sale: &Sale| match weighting {
            "listings" => 1.0,
            "units" => sale.quantity as f64,
            _ => (sale.quantity * sale.unit_price_minor) as f64,
        };
        let own = || self.market.sales.iter().filter(|s| s.brand_id == Some(1));
        let fake: f64 = own().filter(|s| self.counterfeit[&s.listing_id]).map(weight).sum();
        fake / own().map(weight).sum::<f64>()
    }

    /// Buys what the desk's list says, in its order, and lets the brands judge it without error.
    fn buy(&self, lake: &Lake) -> Vec<Purchase> {
        let file = std::fs::read(lake.mart("purchase_desk").join("pilot-plan.csv")).expect("read");
        let mut reader = csv::Reader::from_reader(file.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark"));
        let lines: Result<Vec<BTreeMap<String, String>>, _> = reader.deserialize().collect();
        let purchase = |line: BTreeMap<String, String>| {
            let number = |column: &str| line[column].parse::<i64>().ok();
            let listing_id = number("listing_id").expect("a listing");
            let selection = match line["selection"].as_str() {
                "random" => "random",
                "targeted" => "targeted",
                other => panic!("selection {other}"),
            };
            let verdict = if self.counterfeit[&listing_id] { "counterfeit" } else { "genuine" };
            Purchase {
                merchant_id: number("merchant_id").expect("a merchant"),
                selection,
                stratum: line["stratum"].clone(),
                stratum_size: number("stratum_size"),
                inclusion_probability: line["inclusion_probability"].parse().ok(),
                ordered_at: noon(),
                notarised_at: None,
                delivered_at: Some(noon() + HOUR),
                authenticated_at: Some(noon() + 2 * HOUR),
                ..Purchase::random(listing_id, number("brand_id").expect("a brand"), (1, 1), verdict)
            }
        };
        lines.expect("CSV").into_iter().map(purchase).collect()
    }

    /// Plans on the lake before any purchase, buys, and returns brand 1's rows of `brand_prevalence` by weighting.
    #[track_caller]
    fn round(&self, lake: &Lake, words: &str) -> BTreeMap<String, Row> {
        lake.put(&purchases([]), DAY);
        run(lake, words).ok();
        lake.put(&purchases(self.buy(lake)), DAY);
        // Nobody errs here.
        let config = lake.config("[authentication]\nsensitivity = 1.0\nspecificity = 1.0\n");
        lake.job("brand-prevalence").with("--config", config).run().ok();
        let rows = lake.rows("brand_prevalence").into_iter().filter(|r| r["brand_id"] == 1);
        rows.map(|row| (text(&row, "weighting").to_owned(), row)).collect()
    }
}

fn figure(row: &Row, column: &str) -> f64 {
    row[column].as_f64().unwrap_or_else(|| panic!("{column} is {}", row[column]))
}

#[test]
fn a_census_finds_what_is_planted_to_the_last_digit() {
    let world = world();
    let lake = world.market.lake();
    let rows = world.round(&lake, "--budget 490 --seed 1");
    for (weighting, row) in rows {
        assert_eq!((int(&row, "sampled"), int(&row, "population") > 0), (400, true));
        let truth = world.truth(&weighting);
        assert!((figure(&row, "prevalence") - truth).abs() < 1e-12, "{weighting}: {row:?} and not {truth}");
    }
}

#[test]
fn estimates_of_repeated_plans_cover_what_is_planted() {
    const ROUNDS: u64 = 16;
    let world = world();
    let lake = world.market.lake();
    let mut covered: BTreeMap<String, u64> = BTreeMap::new();
    let mut errors: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for seed in 1..=ROUNDS {
        for (weighting, row) in world.round(&lake, &format!("--budget 150 --seed {seed} --targeted-share 0.1")) {
            let truth = world.truth(&weighting);
            let (low, high) = (figure(&row, "prevalence_low"), figure(&row, "prevalence_high"));
            *covered.entry(weighting.clone()).or_default() += u64::from((low..=high).contains(&truth));
            errors.entry(weighting).or_default().push(figure(&row, "prevalence") - truth);
            assert!(int(&row, "sampled") >= 80, "{row:?}");
        }
    }
    for (weighting, covered) in &covered {
        // Of 16 intervals of 95 %, fewer than 13 cover the truth once in 100 worlds.
        assert!(*covered >= 13, "{covered} of {ROUNDS} intervals by {weighting} cover {}", world.truth(weighting));
        let errors = &errors[weighting];
        let mean = errors.iter().sum::<f64>() / ROUNDS as f64;
        let spread = (errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (ROUNDS - 1) as f64).sqrt();
        let standard_error = spread / (ROUNDS as f64).sqrt();
        assert!(mean.abs() < 3.5 * standard_error + 0.005, "{weighting} is off by {mean} ± {standard_error}");
    }
    assert_eq!(covered.len(), 3);
}

#[test]
fn ignoring_the_probabilities_would_be_wrong() {
    // What the weights are for: best-sellers are drawn more often, and are more often genuine.
    let world = world();
    let lake = world.market.lake();
    let (mut raw, mut weighted) = (0.0, 0.0);
    for seed in 1..=6 {
        let rows = world.round(&lake, &format!("--budget 150 --seed {seed} --targeted-share 0"));
        let row = &rows["listings"];
        raw += int(row, "counterfeit") as f64 / int(row, "sampled") as f64 / 6.0;
        weighted += figure(row, "prevalence") / 6.0;
    }
    let truth = world.truth("listings");
    assert!((weighted - truth).abs() < (raw - truth).abs(), "{weighted} by weights, {raw} without, {truth} planted");
}

#[test]
fn targeted_purchases_of_a_plan_come_back_as_targeted() {
    let mut world = world();
    for n in 0..40 {
        world.market.refunds.push(crate::support::Refund::new(10_000 + n, 1, 9));
    }
    let lake = world.market.lake();
    let rows = world.round(&lake, "--budget 100 --seed 3 --targeted-share 0.2");
    let plan = lake.rows(PLAN);
    let count = |word: &str| plan.iter().filter(|p| p["selection"] == word && p["brand_id"] == 1).count() as i64;
    assert!(count("targeted") > 0, "this test tests nothing");
    for row in rows.values() {
        assert_eq!((int(row, "sampled"), int(row, "targeted_sampled")), (count("random"), count("targeted")));
    }
    // The next plan leaves all of them alone.
    run(&lake, "--budget 100 --seed 4").ok();
    let bought: Vec<i64> = super::listings_of(&plan);
    assert!(super::listings_of(&lake.rows(PLAN)).iter().all(|l| !bought.contains(l)));
}
