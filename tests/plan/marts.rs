//! The columns, and what must add up.

use std::collections::{BTreeMap, BTreeSet};

use super::{BRANDS, CANDIDATES, PLAN, STRATA, int, market, over, picks, run, text};
use crate::prevalence::{columns, of_type};
use crate::support::marts::{Row, same};
use crate::support::time::{HOUR, days_before};
use crate::support::{DAY, Lake, Purchase};
use serde_json::json;

#[test]
fn the_columns_of_pilot_plan_are_the_contracts() {
    let lake = market().lake();
    run(&lake, "--budget 20 --seed 1").ok();
    let contract = [
        of_type("listing_id merchant_id brand_id", "int64"),
        of_type("stratum selection", "string"),
        of_type("inclusion_probability*", "float64"),
        of_type("draw_order", "int64"),
        of_type("reason", "string"),
    ]
    .concat();
    let found = columns(&lake, PLAN);
    assert!(found.starts_with(&contract), "{found:#?}");
    let ours = [of_type("stratum_size*", "int64"), of_type("cost_minor units", "int64")].concat();
    for column in ours {
        assert!(found.contains(&column), "{column} is not in {found:#?}");
    }
    let strata = [
        of_type("brand_id", "int64"),
        of_type("stratum", "string"),
        of_type("listings drawn", "int64"),
        of_type("inclusion_probability", "float64"),
        of_type("units_from units_to", "int64"),
    ];
    assert!(columns(&lake, STRATA).starts_with(&strata.concat()), "{:#?}", columns(&lake, STRATA));
    let brands = columns(&lake, BRANDS);
    let counts = of_type("brand_id listings units flagged strata random targeted cost_minor", "int64");
    assert!(brands.starts_with(&counts), "{brands:#?}");
    for weighting in ["units", "listings", "gmv"] {
        for figure in ["width_before", "width_after", "effective_n_before", "effective_n_after", "expected"] {
            let column = format!("{weighting}_{figure}* float64");
            assert!(brands.contains(&column), "{column} is not in {brands:#?}");
        }
    }
}

/// Asserts everything that holds for any plan of [`market`].
#[track_caller]
fn adds_up(lake: &Lake, budget: i64) {
    let plan = lake.rows(PLAN);
    assert_eq!(plan.len() as i64, budget, "picks");
    let listings: Vec<i64> = plan.iter().map(|p| int(p, "listing_id")).collect();
    assert!(listings.is_sorted_by(|a, b| a < b), "a listing comes twice, or the order is not by listing");
    let order: BTreeSet<i64> = plan.iter().map(|p| int(p, "draw_order")).collect();
    assert_eq!(order, (1..=budget).collect());
    let offered: BTreeMap<i64, (i64, i64, i64)> = market()
        .listings
        .iter()
        .filter(|l| l.status == "active")
        .filter_map(|l| l.brand_id.map(|brand| (l.listing_id, (brand, l.merchant_id, l.price_minor))))
        .filter(|(_, (brand, ..))| (1..=3).contains(brand))
        .collect();
    let strata: BTreeMap<String, Row> =
        lake.rows(STRATA).into_iter().map(|s| (text(&s, "stratum").to_owned(), s)).collect();
    let mut drawn: BTreeMap<&str, i64> = BTreeMap::new();
    for pick in &plan {
        let (brand, merchant, price) = offered[&int(pick, "listing_id")];
        let found = (int(pick, "brand_id"), int(pick, "merchant_id"), int(pick, "cost_minor"));
        assert_eq!(found, (brand, merchant, price), "{pick:?}");
        let n = int(pick, "listing_id") % 10_000;
        assert_eq!(int(pick, "units"), n * n / 40);
        if pick["selection"] == "targeted" {
            assert!(pick["inclusion_probability"].is_null() && pick["stratum_size"].is_null(), "{pick:?}");
            continue;
        }
        assert_eq!(pick["selection"], "random");
        let stratum = &strata[text(pick, "stratum")];
        assert_eq!(int(stratum, "brand_id"), brand);
        assert_eq!(pick["stratum_size"], stratum["listings"]);
        assert_eq!(pick["inclusion_probability"], stratum["inclusion_probability"]);
        assert!((int(stratum, "units_from")..=int(stratum, "units_to")).contains(&int(pick, "units")), "{pick:?}");
        *drawn.entry(text(pick, "stratum")).or_default() += 1;
    }
    let mut listed: BTreeMap<i64, i64> = BTreeMap::new();
    for (name, stratum) in &strata {
        let (n, of) = (int(stratum, "drawn"), int(stratum, "listings"));
        assert_eq!(drawn.get(name.as_str()).copied().unwrap_or_default(), n, "{name}");
        // To the last bit: the estimates divide by it.
        assert_eq!(stratum["inclusion_probability"].as_f64(), Some(n as f64 / of as f64), "{name}");
        assert!(n >= 1 && n <= of, "{name}: a listing without a chance makes no probability sample");
        *listed.entry(int(stratum, "brand_id")).or_default() += of;
    }
    for brand in lake.rows(BRANDS) {
        let id = int(&brand, "brand_id");
        let own: Vec<&Row> = plan.iter().filter(|p| p["brand_id"] == id).collect();
        let selected = |word: &str| own.iter().filter(|p| p["selection"] == word).count() as i64;
        let size = CANDIDATES.iter().find(|(brand, _)| *brand == id).expect("a brand").1;
        let units: i64 = (0..size).map(|n| n * n / 40).sum();
        let expected = json!({
            "listings": size, "units": units, "random": selected("random"), "targeted": selected("targeted"),
            "cost_minor": own.iter().map(|p| int(p, "cost_minor")).sum::<i64>(),
            "strata": strata.values().filter(|s| s["brand_id"] == id).count(),
        });
        same(&brand, &expected);
        // Every candidate is in one stratum of its brand.
        if selected("random") > 0 {
            assert_eq!(listed[&id], size, "brand {id}");
        }
    }
    assert_eq!(lake.rows(BRANDS).len(), 3);
}

#[test]
fn plans_of_every_size_add_up() {
    let lake = market().lake();
    for budget in [1, 2, 3, 6, 7, 20, 61, 120, 172, 173] {
        run(&lake, &format!("--budget {budget} --seed 77 --targeted-share 0.3")).ok();
        adds_up(&lake, budget);
    }
}

#[test]
fn a_budget_beyond_all_listings_buys_each_once_and_notes_what_is_left() {
    let lake = market().lake();
    run(&lake, "--budget 500 --seed 3").ok().says(&["327 purchases of the budget are left"]);
    adds_up(&lake, 173);
    assert!(lake.rows(PLAN).iter().all(|p| p["inclusion_probability"] == 1.0));
    let notes = &lake.manifest(PLAN)["notes"];
    assert_eq!((&notes["candidates"], &notes["purchases_left_of_the_budget"]), (&173.into(), &327.into()));
}

#[test]
fn every_brand_has_its_floor_as_far_as_it_has_listings() {
    let lake = market().lake();
    let random = |words: &str| -> Vec<i64> {
        run(&lake, words).ok();
        lake.rows(BRANDS).iter().map(|b| int(b, "random")).collect()
    };
    let floored = random("--budget 60 --seed 1 --per-brand-floor 20 --targeted-share 0");
    assert!(floored[0] >= 20 && floored[1] >= 20, "{floored:?}");
    assert_eq!((floored[2], floored.iter().sum::<i64>()), (3, 60));
    // A budget that does not reach lowers the floor for all alike, and says so.
    let output = run(&lake, "--budget 9 --seed 1 --per-brand-floor 20 --targeted-share 0").ok();
    output.says(&["the budget does not reach for 20 random purchases a brand: it is 3"]);
    let lowered: Vec<i64> = lake.rows(BRANDS).iter().map(|b| int(b, "random")).collect();
    assert_eq!(lowered, [3, 3, 3]);
    assert_eq!(lake.manifest(PLAN)["notes"]["floor_per_brand"], 3);
}

#[test]
fn more_is_bought_where_less_is_known() {
    // Two brands alike; of brand 1 a hundred purchases are judged, none of brand 2.
    let mut market = crate::support::Market::of_brands(2);
    for brand in 1..=2 {
        for n in 0..300 {
            market.listings.push(crate::support::Listing::new(brand * 10_000 + n, brand));
            market.sales.push(crate::support::Sale::new(brand * 10_000 + n, brand, 1));
        }
    }
    for n in 0..100 {
        let verdict = if n % 10 == 0 { "counterfeit" } else { "genuine" };
        let purchase = Purchase::random(10_000 + n, 1, (100, 300), verdict);
        // So long ago that none of the listings is in its cooling-off period.
        let earlier = |at: Option<i64>| at.map(|at| at - 200 * 24 * HOUR);
        market.purchases.push(Purchase {
            ordered_at: purchase.ordered_at - 200 * 24 * HOUR,
            notarised_at: earlier(purchase.notarised_at),
            delivered_at: earlier(purchase.delivered_at),
            authenticated_at: earlier(purchase.authenticated_at),
            ..purchase
        });
    }
    let lake = market.lake();
    let random = |output: crate::support::Output| -> Vec<i64> {
        output.ok();
        lake.rows(BRANDS).iter().map(|b| int(b, "random")).collect()
    };
    let words = "--budget 60 --seed 1 --targeted-share 0";
    // Without the mart of the day nothing is known.
    let blind = run(&lake, words).ok().says(&[&format!("no mart brand_prevalence of {DAY}")]);
    assert_eq!(random(blind), [30, 30]);
    lake.job("brand-prevalence").run().ok();
    let knowing = random(run(&lake, words));
    assert!(knowing[1] > knowing[0] && knowing.iter().sum::<i64>() == 60, "{knowing:?}");
    assert_eq!(lake.manifest(PLAN)["notes"]["brands_with_an_estimate"], 2);
    let brands = lake.rows(BRANDS);
    assert_eq!(brands[0]["units_effective_n_before"], 100.0);
    assert!(brands[1]["units_width_before"].is_null());
    let width = |row: &Row, column: &str| row[column].as_f64().expect("a width");
    assert!(width(&brands[0], "units_width_after") < width(&brands[0], "units_width_before"));
}

#[test]
fn an_estimate_of_another_day_is_not_reckoned_with() {
    let lake = over(&market(), 2);
    let yesterday = days_before(DAY, 1);
    lake.job_at("brand-prevalence", &yesterday).run().ok();
    run(&lake, "--budget 20 --seed 1").ok().says(&[&format!("no mart brand_prevalence of {DAY}")]);
    // One of the day is, where it is of the lake as it is now.
    let mut market = market();
    market.purchases = (80..84).map(|n| Purchase::random(10_000 + n, 1, (4, 120), "genuine")).collect();
    let lake = market.lake();
    lake.job("brand-prevalence").run().ok();
    run(&lake, "--budget 20 --seed 1").ok();
    assert_eq!(lake.manifest(PLAN)["notes"]["brands_with_an_estimate"], 3);
    lake.edit("pilot_purchases", |t| t.set(0, "verdict", "counterfeit"));
    run(&lake, "--budget 20 --seed 1").ok().says(&["left out", &format!("no mart brand_prevalence of {DAY}")]);
    assert_eq!(lake.manifest(PLAN)["notes"]["brands_with_an_estimate"], 0);
}

#[test]
fn the_same_plan_again_is_unchanged_and_planned_again_it_is_the_same() {
    let lake = market().lake();
    let first = picks(&lake, "--budget 40 --seed 8");
    run(&lake, "--budget 40 --seed 8").ok().says(&["unchanged"]);
    let bytes = lake.mart_bytes(PLAN);
    // Its own picks are not in their cooling-off period.
    run(&lake, "--budget 40 --seed 8 --force").ok().says(&["published"]);
    assert!(lake.mart_bytes(PLAN) == bytes);
    run(&lake, "--budget 41 --seed 8").ok().says(&["published"]);
    assert_ne!(lake.rows(PLAN), first);
    picks(&lake, "--budget 40 --seed 8");
    assert!(lake.mart_bytes(PLAN) == bytes);
}

#[test]
fn every_format_prints_the_plan() {
    let lake = market().lake();
    let table = run(&lake, "--budget 30 --seed 2").ok().text();
    assert!(table.contains("brand_id") && table.contains("purchase_desk/dt=2026-11-16/pilot-plan.csv"), "{table}");
    let csv = run(&lake, "--budget 30 --seed 2 --format csv").ok().text();
    assert_eq!(csv.lines().count(), 31);
    let json = run(&lake, "--budget 30 --seed 2 --format json").ok().text();
    assert_eq!(json.lines().filter(|l| l.contains("\"draw_order\"")).count(), 30);
}
