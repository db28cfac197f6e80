//! Seeds, order, threads; how often a listing is drawn when the draw is repeated.

use std::collections::BTreeMap;

use parquet::file::properties::WriterProperties;

use super::{BRANDS, PLAN, Row, STRATA, int, listings_of, market, picks, run, text};
use crate::support::time::date;
use crate::support::{DAY, Lake, Listing, Market, Sale, Table, sample};

/// All three marts and the desk's list, as bytes.
fn bytes(lake: &Lake) -> Vec<Vec<u8>> {
    let desk = lake.mart("purchase_desk").join("pilot-plan.csv");
    let marts = [PLAN, STRATA, BRANDS].map(|mart| lake.mart_bytes(mart));
    marts.into_iter().chain([std::fs::read(desk).expect("read")]).collect()
}

/// The strata, but for the plan's name in theirs.
fn design(lake: &Lake) -> Vec<Row> {
    let mut strata = lake.rows(STRATA);
    for row in &mut strata {
        let (_, name) = text(row, "stratum").split_once('/').expect("a plan's name");
        row["stratum"] = name.into();
    }
    strata
}

#[test]
fn the_same_seed_draws_the_same_and_another_one_does_not() {
    let (one, two) = (market().lake(), market().lake());
    let words = "--budget 50 --seed 20261116";
    let first = picks(&one, words);
    assert_eq!(first, picks(&two, words));
    assert!(bytes(&one) == bytes(&two), "the same seed gives other bytes");
    let strata = design(&one);
    for seed in [0, 1, 20_261_117, u64::MAX] {
        let other = picks(&one, &format!("--budget 50 --seed {seed}"));
        assert_ne!(listings_of(&other), listings_of(&first), "seed {seed}");
        assert!(design(&one) == strata, "the seed {seed} changed the strata");
    }
}

#[test]
fn the_bytes_are_the_same_at_any_number_of_threads() {
    let run = |threads: &str| {
        let marts = tempfile::tempdir().expect("a folder");
        let call = sample::job("pilot-plan", sample::small(), marts.path()).args("--budget 40 --seed 5");
        call.with("--threads", threads).run().ok();
        [format!("{PLAN}/dt={DAY}/part-00000.parquet"), format!("purchase_desk/dt={DAY}/pilot-plan.csv")]
            .map(|file| std::fs::read(marts.path().join(file)).expect("read"))
    };
    let one = run("1");
    assert!(run("2") == one && run("8") == one, "threads change bytes");
}

#[test]
fn the_bytes_are_the_same_in_any_order_of_rows_and_split_of_files() {
    let market = market();
    let (lake, turned) = (market.lake(), market.lake());
    let mut tables = market.tables();
    tables.push(crate::support::market::sales(i64::from(date(DAY)) * 1_000_000, &market.sales));
    for table in tables.iter().filter(|t| t.rows.len() > 2) {
        let mut table: Table = table.clone();
        table.rows.reverse();
        let middle = table.rows.len() / 3;
        table.rows.rotate_left(middle);
        let groups = || WriterProperties::builder().set_max_row_group_row_count(Some(23)).build();
        let (first, second) = (table.slice(0..middle), table.slice(middle..table.rows.len()));
        let files = [("z.parquet", first.parquet(groups())), ("a.parquet", second.parquet(groups()))];
        turned.put_files(table.name, DAY, &files);
    }
    for lake in [&lake, &turned] {
        run(lake, "--budget 45 --seed 6").ok();
    }
    assert!(bytes(&lake) == bytes(&turned), "the order of rows changes bytes");
}

/// A small market: brand 1 with 24 listings, of which four sell most, brand 2 with 12 alike.
fn small() -> Market {
    let mut market = Market::of_brands(2);
    for (brand, size) in [(1, 24), (2, 12)] {
        for n in 0..size {
            let listing = brand * 10_000 + n;
            market.listings.push(Listing::new(listing, brand));
            let units = if brand == 1 && n >= 20 { 40 * n } else { 1 + n % 3 };
            market.sales.push(Sale::new(listing, brand, units));
        }
    }
    market
}

#[test]
fn listings_are_drawn_as_often_as_their_probability_says() {
    const DRAWS: i64 = 200;
    let lake = small().lake();
    let mut drawn: BTreeMap<i64, i64> = BTreeMap::new();
    let mut firsts: BTreeMap<i64, i64> = BTreeMap::new();
    let mut expected: BTreeMap<i64, f64> = BTreeMap::new();
    for seed in 0..DRAWS {
        for pick in picks(&lake, &format!("--budget 16 --seed {seed} --targeted-share 0")) {
            *drawn.entry(int(&pick, "listing_id")).or_default() += 1;
            if pick["draw_order"] == 1 {
                *firsts.entry(int(&pick, "brand_id")).or_default() += 1;
            }
            let probability = pick["inclusion_probability"].as_f64().expect("a probability");
            let before = expected.insert(int(&pick, "listing_id"), probability);
            assert!(before.is_none_or(|p| p == probability), "the seed changed a listing's probability");
        }
    }
    let strata = lake.rows(STRATA);
    let of_strata =
        |holds: fn(f64) -> bool| strata.iter().filter_map(|s| s["inclusion_probability"].as_f64()).any(holds);
    assert!(of_strata(|p| p < 0.4) && of_strata(|p| p == 1.0), "{strata:?}");
    assert_eq!(expected.len(), 36, "a listing is never drawn");
    let mut chi_square = 0.0;
    for (listing, p) in &expected {
        let found = drawn.get(listing).copied().unwrap_or_default() as f64;
        let (mean, variance) = (DRAWS as f64 * p, DRAWS as f64 * p * (1.0 - p));
        if variance == 0.0 {
            assert_eq!(found, mean, "listing {listing} is drawn with certainty");
            continue;
        }
        // 4 standard deviations: one listing in 16,000 is further away by chance.
        assert!((found - mean).abs() <= 4.0 * variance.sqrt(), "listing {listing}: {found} draws of {mean}");
        chi_square += (found - mean).powi(2) / variance;
    }
    // About one for every listing drawn by chance: neither too uneven nor too even.
    let by_chance = expected.values().filter(|p| **p < 1.0).count() as f64;
    assert!(chi_square > 0.4 * by_chance && chi_square < 1.9 * by_chance, "{chi_square} of {by_chance}");
    assert!(firsts.len() == 2, "the list always begins with one brand: {firsts:?}");
}

#[test]
fn a_desk_that_stops_early_has_bought_of_every_stratum() {
    let lake = market().lake();
    let mut plan = picks(&lake, "--budget 80 --seed 4 --targeted-share 0");
    plan.sort_by_key(|p| int(p, "draw_order"));
    let strata = lake.rows(STRATA);
    for first in [20, 40, 60] {
        let mut bought: BTreeMap<&str, i64> = BTreeMap::new();
        plan[..first].iter().for_each(|p| *bought.entry(text(p, "stratum")).or_default() += 1);
        for stratum in &strata {
            let share = int(stratum, "drawn") as f64 * first as f64 / 80.0;
            let found = bought.get(text(stratum, "stratum")).copied().unwrap_or_default() as f64;
            assert!((found - share).abs() < 2.0, "{found} of {} after {first}, of {share}", text(stratum, "stratum"));
        }
    }
}
