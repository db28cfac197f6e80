//! The section "How much is counterfeit" of a brand's report.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{add_brand, row};
use crate::support::marts::{Row, files_below};
use crate::support::time::HOUR;
use crate::support::{Brand, DAY, Lake, Market, fixture};

/// All files of a brand's report.
fn files(lake: &Lake, brand: i64) -> BTreeMap<String, String> {
    let found = files_below(&lake.mart("reports").join(format!("brand={brand}")));
    assert!(!found.is_empty(), "no report of brand {brand}");
    found.into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

/// The section of a brand's report.
#[track_caller]
fn section(lake: &Lake, brand: i64) -> Value {
    let view: Value = serde_json::from_str(&files(lake, brand)["report.json"]).expect("JSON");
    view["prevalence"].clone()
}

/// Takedowns, prevalence and reports.
#[track_caller]
fn made(lake: &Lake) {
    lake.sla().run().ok();
    lake.job("brand-prevalence").run().ok();
    lake.job("brand-report").run().ok();
}

/// A market as a lake with the tables that reports need beside it.
fn reported(market: &Market) -> Lake {
    let lake = market.lake();
    for table in [fixture::ip_rights(), fixture::claim_holds()] {
        lake.put(&table, DAY);
    }
    lake
}

/// A brand whose figures are published, one with too few purchases, one whose units rest on a best-seller.
fn three_brands() -> Market {
    let mut market = Market::of_brands(3);
    add_brand(&mut market, 1, (60, 300), 7);
    add_brand(&mut market, 2, (23, 311), 5);
    add_brand(&mut market, 3, (40, 400), 1);
    let best_seller = market.sales.iter_mut().find(|s| s.listing_id == 30_000).expect("a sale");
    best_seller.quantity = 1_000;
    market
}

#[test]
fn the_section_says_what_the_mart_says() {
    let lake = reported(&three_brands());
    made(&lake);
    let section = section(&lake, 1);
    let measured = &section["measured"];
    assert_eq!(measured["state"], "units");
    let html = &files(&lake, 1)["report.html"];
    let sentence = measured["headline"]["sentence"].as_str().expect("a sentence");
    assert!(sentence.contains("of 100 units sold in this period are estimated to be counterfeit"), "{sentence}");
    assert!(html.contains(sentence), "{sentence}");
    let units = row(&lake, 1, "units");
    let outward = |column: &str, round: fn(f64) -> f64| round(units[column].as_f64().expect("an end") * 100.0);
    let out_of = &measured["headline"]["out_of"];
    assert_eq!(out_of["low"]["value"].as_f64(), Some(outward("robust_low", f64::floor)));
    assert_eq!(out_of["high"]["value"].as_f64(), Some(outward("robust_high", f64::ceil)));
    let rows = measured["weightings"]["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 3);
    for told in rows {
        let mart = row(&lake, 1, told["weighting"].as_str().expect("a weighting"));
        assert_eq!(told["population"]["value"], mart["population"]);
        // The robust estimate is told, with its own interval.
        assert_eq!(told["estimate"]["share"]["value"], mart["robust"]);
        assert_eq!((&told["estimate"]["low"], &told["estimate"]["high"]), (&mart["robust_low"], &mart["robust_high"]));
        for text in [&told["estimate"]["share"]["text"], &told["estimate"]["interval_text"]] {
            assert!(html.contains(text.as_str().expect("text")), "{text}");
        }
    }
    let counts: Vec<(&str, f64)> = measured["bought"]["random"]
        .as_array()
        .expect("figures")
        .iter()
        .map(|f| (f["key"].as_str().expect("a key"), f["value"].as_f64().expect("a count")))
        .collect();
    let expected = [("samples_ordered", 60.0), ("samples_authenticated", 60.0), ("samples_counterfeit", 7.0)];
    assert!(counts.starts_with(&expected), "{counts:?}");
}

#[test]
fn targeted_purchases_are_told_apart_and_named_as_no_prevalence() {
    let mut market = three_brands();
    let aimed = |n: i64, verdict| crate::support::Purchase::random(10_100 + n, 1, (1, 2), verdict).aimed("targeted");
    market.purchases.extend((0..8).map(|n| aimed(n, if n < 6 { "counterfeit" } else { "genuine" })));
    let lake = reported(&market);
    made(&lake);
    let measured = section(&lake, 1)["measured"].clone();
    let targeted = &measured["bought"]["targeted"];
    assert_eq!((&targeted["counterfeit"]["value"], &targeted["conclusive"]["value"]), (&6.into(), &8.into()));
    assert_eq!(targeted["hit_rate"]["value"], 0.75);
    let html = &files(&lake, 1)["report.html"];
    for key in ["sentence", "warning"] {
        assert!(html.contains(targeted[key].as_str().expect("words")), "{targeted}");
    }
    // The estimate is the one without them.
    let without = reported(&three_brands());
    made(&without);
    assert_eq!(measured["headline"]["out_of"], section(&without, 1)["measured"]["headline"]["out_of"]);
}

/// The columns of a figure that may be withheld.
const FIGURES: [&str; 13] = [
    "apparent",
    "apparent_low",
    "apparent_high",
    "prevalence",
    "prevalence_low",
    "prevalence_high",
    "bound_low",
    "bound_high",
    "shrunk",
    "shrunk_low",
    "shrunk_high",
    "units_at_risk",
    "gmv_at_risk_minor",
];

/// The withheld figures of a row as they might be printed: to six digits, and as percentages to one and two places.
fn withheld(row: &Row) -> Vec<String> {
    let mut texts = Vec::new();
    for column in FIGURES {
        let Some(value) = row[column].as_f64().filter(|v| *v != 0.0 && *v != 1.0) else { continue };
        texts.push(format!("{value:.6}"));
        texts.push(format!("{:.4}%", value * 100.0));
        if value < 1.0 {
            texts.extend([format!("{:.1}%", value * 100.0), format!("{:.1} %", value * 100.0)]);
        }
    }
    texts
}

#[test]
fn withheld_figures_are_in_no_file() {
    let lake = reported(&three_brands());
    made(&lake);
    // Brand 2 has too few purchases for anything; brand 3 may only be told of listings.
    let mut tested = 0;
    for (brand, weightings) in [(2, &["listings", "units", "gmv"][..]), (3, &["units", "gmv"])] {
        let files = files(&lake, brand);
        for weighting in weightings {
            let row = row(&lake, brand, weighting);
            assert_eq!(row["publishable"], false);
            for text in withheld(&row) {
                tested += 1;
                for (name, content) in &files {
                    assert!(!content.contains(&text), "{name} of brand {brand} tells {text} by {weighting}");
                }
            }
        }
        let measured = section(&lake, brand)["measured"].clone();
        let told = measured["weightings"]["rows"].as_array().expect("rows").clone();
        for told in told.iter().filter(|t| weightings.contains(&t["weighting"].as_str().expect("a weighting"))) {
            assert!(told["estimate"].is_null() && told["at_risk"].is_null(), "{told}");
            let reason = &row(&lake, brand, told["weighting"].as_str().expect("a weighting"))["suppressed_because"];
            assert_eq!(&told["withheld"]["reason"], reason);
            let words = told["withheld"]["text"].as_str().expect("words");
            assert!(files["report.html"].contains(words), "{words}");
        }
    }
    assert!(tested > 60, "this test tests nothing");
    let states = [2, 3].map(|brand| section(&lake, brand)["measured"]["state"].clone());
    assert_eq!(states, ["withheld", "listings_only"]);
    let sentence = section(&lake, 2)["measured"]["headline"]["sentence"].as_str().expect("a sentence").to_owned();
    assert!(sentence.starts_with("No estimate is given:"), "{sentence}");
    assert!(files(&lake, 2)["report.html"].contains(&sentence));
}

#[test]
fn without_its_marts_a_report_says_so_in_its_own_language() {
    let mut market = three_brands();
    market.brands[1] = Brand { report_locale: "zh-CN", ..Brand::new(2, "Zweite") };
    let lake = reported(&market);
    lake.sla().run().ok();
    lake.job("brand-report").run().ok();
    for brand in 1..=3 {
        let section = section(&lake, brand);
        assert!(section["measured"].is_null());
        let words = section["not_measured"].as_str().expect("words").to_owned();
        assert_eq!(words.is_ascii(), brand != 2, "{words}");
        assert!(files(&lake, brand)["report.html"].contains(&words), "{words}");
    }
    // The marts come: the reports are made anew.
    lake.job("brand-prevalence").run().ok();
    lake.job("brand-report").run().ok().says(&["published"]);
    assert!(section(&lake, 1)["not_measured"].is_null());
    lake.job("brand-report").run().ok().says(&["unchanged"]);
}

#[test]
fn figures_of_another_day_are_not_the_reports() {
    let mut market = three_brands();
    market.purchases.iter_mut().for_each(|p| *p = p.clone().outstanding());
    let lake = reported(&market);
    let yesterday = crate::support::time::days_before(DAY, 1);
    for table in market.tables() {
        lake.put(&table, &yesterday);
    }
    for table in [crate::support::market::sales(1, &[]), crate::support::market::refunds(1, &[])] {
        lake.put(&table, &yesterday);
    }
    lake.job_at("brand-prevalence", &yesterday).run().ok();
    lake.sla().run().ok();
    lake.job("brand-report").run().ok();
    assert!(section(&lake, 1)["measured"].is_null(), "yesterday's figures are in today's report");
}

#[test]
fn figures_of_another_window_are_left_out() {
    let lake = reported(&three_brands());
    lake.sla().args("--days 30").run().ok();
    lake.job("brand-prevalence").args("--days 20").run().ok();
    lake.job("brand-report").run().ok().says(&["window of 20 days"]);
    assert!(section(&lake, 1)["measured"].is_null());
}

#[test]
fn figures_of_a_lake_that_has_changed_since_are_left_out() {
    let market = three_brands();
    let lake = reported(&market);
    made(&lake);
    let mut purchases = crate::support::market::purchases(market.purchases.clone());
    purchases.set(3, "verdict", "inconclusive");
    lake.put(&purchases, DAY);
    lake.job("brand-report").run().ok().says(&["published", "brand_prevalence", "left out"]);
    assert!(section(&lake, 1)["measured"].is_null());
}

#[test]
fn nothing_of_another_brand_is_in_a_report() {
    let build = |counterfeit: i64, verdicts: &'static str| {
        let mut market = three_brands();
        add_brand(&mut market, 4, (50, 271_828 % 997), counterfeit);
        market.brands.push(Brand::new(4, "Quillonbrand"));
        market.purchases.iter_mut().filter(|p| p.brand_id == 4).for_each(|p| {
            p.stratum = "zephyr-stratum".to_owned();
            if p.verdict == Some("genuine") {
                p.verdict = Some(verdicts);
            }
        });
        let lake = reported(&market);
        made(&lake);
        lake
    };
    let (one, two) = (build(9, "genuine"), build(31, "inconclusive"));
    assert_ne!(section(&one, 4), section(&two, 4));
    for brand in 1..=3 {
        // Fewer than ten brands: not even the prior is told, so another brand's verdicts change nothing.
        assert_eq!(section(&one, brand), section(&two, brand), "brand {brand}");
        for (name, text) in files(&one, brand) {
            for canary in ["Quillonbrand", "zephyr-stratum"] {
                assert!(!text.contains(canary), "{canary} is in {name} of brand {brand}");
            }
        }
    }
    for (name, text) in files(&one, 4) {
        assert!(!text.contains("zephyr-stratum"), "{name} names a stratum");
    }
}

#[test]
fn a_plan_is_told_in_counts_and_no_listing_of_it() {
    let mut market = Market::of_brands(2);
    for (brand, first) in [(1, 7_300_000_017_i64), (2, 8_400_000_029)] {
        for n in 0..60 {
            let listing = first + 1_013 * n;
            market.listings.push(crate::support::Listing {
                merchant_id: 5_500_000_000 + listing % 1_000_003,
                title: format!("Kestrelware {listing}"),
                ..crate::support::Listing::new(listing, brand)
            });
            market.sales.push(crate::support::Sale::new(listing, brand, 1 + n % 5));
        }
    }
    let lake = reported(&market);
    lake.sla().run().ok();
    lake.job("brand-prevalence").run().ok();
    lake.job("pilot-plan").args("--budget 37 --seed 11").run().ok();
    lake.job("brand-report").run().ok();
    let picks = lake.rows("pilot_plan");
    assert_eq!(picks.len(), 37);
    for brand in 1..=2 {
        let own: Vec<&Row> = picks.iter().filter(|p| p["brand_id"] == brand).collect();
        let plan = section(&lake, brand)["measured"]["plan"].clone();
        assert_eq!(plan["all"]["value"], own.len());
        assert_eq!(plan["random"]["value"], own.iter().filter(|p| p["selection"] == "random").count());
        let files = files(&lake, brand);
        assert!(files["report.html"].contains(plan["sentence"].as_str().expect("a sentence")));
        for (name, text) in &files {
            for pick in &picks {
                for column in ["listing_id", "merchant_id"] {
                    assert!(!text.contains(&pick[column].to_string()), "{name} of brand {brand} tells a {column}");
                }
                let stratum = pick["stratum"].as_str().expect("a stratum");
                assert!(!text.contains(stratum), "{name} of brand {brand} tells the stratum {stratum}");
            }
            assert!(!text.contains("Kestrelware"), "{name} of brand {brand} names a listing");
        }
    }
    lake.job("brand-report").run().ok().says(&["unchanged"]);
    lake.job("pilot-plan").args("--budget 52 --seed 11").run().ok();
    lake.job("brand-report").run().ok().says(&["published"]);
    let planned = [1, 2].map(|brand| section(&lake, brand)["measured"]["plan"]["all"]["value"].as_i64());
    assert_eq!(planned.into_iter().flatten().sum::<i64>(), 52);
}

#[test]
fn earlier_months_are_those_of_earlier_marts() {
    let mut market = three_brands();
    // Ordered and judged before the earliest of the days.
    for purchase in &mut market.purchases {
        purchase.ordered_at -= 100 * 24 * HOUR;
        for at in [&mut purchase.notarised_at, &mut purchase.delivered_at, &mut purchase.authenticated_at] {
            *at = at.map(|at| at - 100 * 24 * HOUR);
        }
    }
    let lake = reported(&market);
    // Twice in September, of which the later one counts; nothing in October; fewer purchases of brand 1 in September.
    for (day, purchases) in [("2026-09-03", 31), ("2026-09-20", 47)] {
        for table in market.tables() {
            lake.put(&table, day);
        }
        let own: Vec<_> = market.purchases.iter().filter(|p| p.brand_id == 1).take(purchases).cloned().collect();
        lake.put(&crate::support::market::purchases(own), day);
        let noon = crate::support::time::at(&format!("{day} 04:00"));
        let sales: Vec<_> = market.sales.iter().map(|s| crate::support::Sale { sold_at: noon, ..*s }).collect();
        lake.put(&crate::support::market::sales(i64::from(crate::support::time::date(day)) * 1_000_000, &sales), day);
        lake.put(&crate::support::market::refunds(1, &[]), day);
        lake.job_at("brand-prevalence", day).args("--days 1").run().ok();
    }
    let call = |name: &str| lake.job(name).args("--days 1").run().ok();
    call("takedown-sla");
    call("brand-prevalence");
    lake.job("brand-report").run().ok();
    let trend = section(&lake, 1)["measured"]["trend"].clone();
    let months: Vec<(&str, &str)> = trend["months"]
        .as_array()
        .expect("months")
        .iter()
        .map(|m| (m["month"].as_str().expect("a month"), m["state"].as_str().expect("a state")))
        .collect();
    assert_eq!(months, [("2026-09", "told"), ("2026-10", "not_estimated"), ("2026-11", "told")]);
    let september = &trend["months"][0];
    assert_eq!(september["as_of"]["value"], "2026-09-20");
    let mart = lake.rows_on("brand_prevalence", "2026-09-20");
    let units = mart.iter().find(|r| r["brand_id"] == 1 && r["weighting"] == "units").expect("a row");
    assert_eq!(september["share"]["value"], units["prevalence"]);
    assert_eq!(trend["months"][2]["share"]["value"], row(&lake, 1, "units")["prevalence"]);
    assert_ne!(september["share"]["value"], trend["months"][2]["share"]["value"]);
    assert!(files(&lake, 1)["report.html"].contains(september["share"]["text"].as_str().expect("text")));
    // Brand 3 was withheld in both months: no figure of September is in its report.
    let old = mart.iter().find(|r| r["brand_id"] == 3 && r["weighting"] == "units").expect("a row");
    assert_eq!(old["publishable"], false);
    for text in withheld(old) {
        assert!(!files(&lake, 3)["report.json"].contains(&text), "{text}");
    }
}
