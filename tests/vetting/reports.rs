//! The section "Authorisations" of a brand's report.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{VETTING, keys, run, seven, seven_merchants, sold};
use crate::support::marts::files_below;
use crate::support::papers::Paper;
use crate::support::{Brand, DAY, Lake, fixture};

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
    view["authorisations"].clone()
}

/// Takedowns, vetting and reports.
#[track_caller]
fn made(lake: &Lake) {
    lake.sla().run().ok();
    run(lake, "").ok();
    lake.job("brand-report").run().ok();
}

/// The merchants of a list with their units and days.
fn listed(list: &Value) -> Vec<(i64, i64, String)> {
    let rows = list["rows"].as_array().expect("rows").iter();
    rows.map(|r| {
        let n = |v: &Value| v.as_i64().expect("a number");
        (n(&r["merchant_id"]), n(&r["units"]["value"]), r["day"]["value"].as_str().expect("a day").to_owned())
    })
    .collect()
}

#[test]
fn the_section_says_what_the_mart_says_of_its_brand() {
    let lake = seven_merchants();
    made(&lake);
    let one = section(&lake, 1)["measured"].clone();
    let day = |text: &str| text.to_owned();
    assert_eq!(listed(&one["unauthorised_merchants"]), [(904, 7, day("2026-11-16")), (901, 4, day("2026-11-16"))]);
    assert_eq!(listed(&one["expiring_merchants"]), [(900, 3, day("2026-11-16"))]);
    assert_eq!(one["share"]["value"].as_f64(), Some(11.0 / 14.0));
    let sentence = one["sentence"].as_str().expect("words");
    assert!(sentence.starts_with("2 of the 3 merchants"), "{sentence}");
    assert!(sentence.contains("11 of 14 units (78.6%)") && sentence.contains("CNY\u{a0}1,100"), "{sentence}");
    assert!(files(&lake, 1)["report.html"].contains(sentence));
    // Of brand 2: first sold on the fourteenth; what ends in thirty-one days does not end soon.
    let two = section(&lake, 2)["measured"].clone();
    assert_eq!(listed(&two["unauthorised_merchants"]), [(905, 11, day("2026-11-16")), (902, 7, day("2026-11-14"))]);
    assert!(listed(&two["expiring_merchants"]).is_empty());
    lake.job("brand-report").run().ok().says(&["unchanged"]);
}

#[test]
fn another_brands_rows_and_licences_are_in_no_report() {
    let lake = seven_merchants();
    made(&lake);
    let (one, two) = (files(&lake, 1), files(&lake, 2));
    // Who is only in the other brand's rows, or only there for a licence or certificate.
    for (files, strangers) in [(&one, ["902", "903", "905", "906"]), (&two, ["900", "901", "903", "904"])] {
        for (name, text) in files {
            for merchant in strangers {
                let told = [format!("\"merchant_id\": {merchant}"), format!(">{merchant}<")];
                assert!(!told.iter().any(|t| text.contains(t)), "{name} tells of {merchant}");
            }
        }
    }
    assert_eq!(keys(&lake.rows(VETTING)).len(), 12, "the mart has them");
    // A change of the other brand's documents, sales and licences does not change this brand's section.
    let (mut papers, mut sales) = seven();
    papers.retain(|p| p.brand_id == Some(1));
    papers.push(Paper::authorisation(902, 2));
    sales.retain(|s| s.brand_id == Some(1));
    sales.push(sold(903, 2, 40));
    let other = super::lake(&papers, &sales);
    made(&other);
    assert_eq!(section(&other, 1), section(&lake, 1));
    assert_ne!(section(&other, 2), section(&lake, 2));
}

#[test]
fn the_exempt_are_counted_and_not_named() {
    let lake = seven_merchants();
    let config =
        lake.config("[[seller_vetting.exemption]]\nmerchant_id = 904\nbrand_id = 1\nreason = \"secret arrangement\"\n");
    lake.sla().run().ok();
    lake.job("seller-vetting").with("--config", &config).run().ok();
    lake.job("brand-report").run().ok();
    let told = section(&lake, 1)["measured"].clone();
    let merchants: Vec<i64> = listed(&told["unauthorised_merchants"]).into_iter().map(|m| m.0).collect();
    assert_eq!(merchants, [901]);
    assert_eq!((&told["exempt"]["merchants"]["value"], &told["exempt"]["units"]["value"]), (&1.into(), &7.into()));
    assert!(told["exempt_sentence"].as_str().expect("words").contains("7 units"));
    for (name, text) in files(&lake, 1) {
        assert!(!text.contains("904") && !text.contains("secret arrangement"), "{name}");
    }
}

#[test]
fn without_its_marts_or_with_another_window_a_report_says_so_in_its_own_language() {
    let lake = seven_merchants();
    let chinese = Brand { report_locale: "zh-CN", ..Brand::new(2, "Zweite") };
    lake.put(&fixture::brands().with_rows([Brand::new(1, "Erste"), chinese]), DAY);
    lake.sla().run().ok();
    lake.job("brand-report").run().ok();
    for brand in [1, 2] {
        let section = section(&lake, brand);
        assert!(section["measured"].is_null());
        let words = section["not_measured"].as_str().expect("words").to_owned();
        assert_eq!(words.is_ascii(), brand == 1, "{words}");
    }
    run(&lake, "--days 30").ok();
    lake.job("brand-report").run().ok().says(&["seller_vetting has a window of 30 days"]);
    assert!(section(&lake, 1)["measured"].is_null());
    run(&lake, "").ok();
    lake.job("brand-report").run().ok().says(&["published"]);
    assert!(section(&lake, 1)["not_measured"].is_null());
    // The lake changes: what the mart says is no longer so.
    let (mut papers, _) = seven();
    papers.push(Paper::authorisation(904, 1));
    lake.put(&crate::support::papers::documents(papers), DAY);
    lake.job("brand-report").run().ok().says(&["seller_vetting dt=2026-11-16 is not of the lake as it is now"]);
    assert!(section(&lake, 1)["measured"].is_null());
}

#[test]
fn a_brand_that_nobody_sells_has_a_section_that_says_so() {
    let lake = super::lake(&(900..907).map(Paper::licence).collect::<Vec<_>>(), &[sold(900, 1, 1)]);
    made(&lake);
    let told = section(&lake, 2)["measured"].clone();
    assert_eq!(told["state"], "no_sales");
    assert!(files(&lake, 2)["report.html"].contains(told["sentence"].as_str().expect("words")));
}
