//! Reports hold one brand's rows and nothing of any other, and every number in them is the marts'.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::marts::{Row, files_below};
use crate::support::time::{HOUR, t};
use crate::support::{Brand, Claim, DAY, Lake, Right, Takedown, fixture};

fn folder(lake: &Lake) -> PathBuf {
    lake.marts().join(format!("reports/dt={DAY}"))
}

/// A report's page and its numbers.
#[track_caller]
fn report(lake: &Lake, brand: i64) -> (String, String) {
    let read = |name: &str| {
        let path = folder(lake).join(format!("brand={brand}/{name}"));
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    (read("report.html"), read("report.json"))
}

fn made(lake: Lake) -> Lake {
    lake.sla().run().ok();
    lake.job("brand-report").run().ok();
    lake
}

/// Three brands, of which each has takedowns with numbers and names that are nobody else's.
fn canaries() -> Lake {
    let brand = |id: i64, name: &str, zh: &str| Brand {
        name_zh: Some(zh.to_owned()),
        owner_name: format!("{name} Holding AG"),
        emails: vec![format!("secret@{}.example", name.to_lowercase())],
        report_locale: if id == 2 { "zh-CN" } else { "en" },
        time_zone: ["Asia/Shanghai", "Europe/Berlin", "America/New_York"][id as usize - 1],
        ..Brand::new(id, name)
    };
    let brands = [brand(1, "Quillonbrand", "甲鹭"), brand(2, "Zephyrmark", "乙鲸"), brand(3, "Umbrafell", "丙狐")];
    let rights = (1..=3).map(|id| Right { right_id: 60 + id, brand_id: id, right_type: "trademark", valid_to: None });
    let claim = |n: i64| {
        let brand_id = 1 + n % 3;
        let start = t() - (40 + n * 7) * HOUR;
        Claim { brand_id, right_id: Some(60 + brand_id), ..Claim::new(brand_id * 71_000_003 + n, start, start + HOUR) }
    };
    let takedown = |n: i64| {
        let claim = claim(n / 2);
        let listing = claim.brand_id * 83_000_009 + n;
        let merchant_id = claim.brand_id * 97_000_001 + n;
        let takedown = match n % 5 {
            0 => Takedown::pending(claim.claim_id, listing),
            m => Takedown::removed(claim.claim_id, listing, claim.submitted_at + m * 8 * HOUR),
        };
        Takedown { merchant_id, ..takedown }
    };
    Lake::of(vec![
        fixture::brands().with_rows(brands),
        fixture::ip_rights().with_rows(rights),
        fixture::claims().with_rows((0..30).map(claim)),
        fixture::claim_holds(),
        fixture::takedowns().with_rows((0..60).map(takedown)),
    ])
}

#[test]
fn a_brands_report_holds_nothing_of_another_brand() {
    let lake = made(canaries());
    let outcomes = lake.rows("takedown_outcomes");
    let names = [["Quillonbrand", "甲鹭"], ["Zephyrmark", "乙鲸"], ["Umbrafell", "丙狐"]];
    for brand in 1..=3_i64 {
        let (html, json) = report(&lake, brand);
        let everything = format!("{html}{json}");
        assert!(everything.contains(names[brand as usize - 1][0]));
        let mut own = 0;
        for row in &outcomes {
            let ids: Vec<String> =
                ["claim_id", "listing_id", "merchant_id"].iter().map(|c| row[*c].to_string()).collect();
            if row["brand_id"] == brand {
                own += ids.iter().filter(|id| everything.contains(id.as_str())).count();
            } else {
                for id in ids {
                    assert!(!everything.contains(&id), "brand {brand} sees {id} of {}", row["brand_id"]);
                }
            }
        }
        assert!(own > 3, "the report of {brand} shows none of its own takedowns: this test tests nothing");
        for (other, names) in names.iter().enumerate().filter(|(n, _)| *n != brand as usize - 1) {
            for name in names {
                assert!(!everything.contains(name), "brand {brand} sees the name of {}", other + 1);
            }
        }
        let other_files: Vec<String> = files_below(&folder(&lake).join(format!("brand={brand}"))).into_keys().collect();
        assert_eq!(other_files, ["report.html", "report.json"]);
    }
}

#[test]
fn a_report_does_not_print_addresses_of_people() {
    let lake = made(canaries());
    for (name, bytes) in files_below(&folder(&lake)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("secret@"), "{name} holds a contact's address");
    }
}

/// The mart's row of a brand's whole window.
#[track_caller]
fn window(lake: &Lake, brand: i64) -> Row {
    let rows = lake.rows("takedown_sla");
    let found = rows.iter().find(|r| {
        r["brand_id"] == brand && r["right_type"] == "all" && r["channel_locale"] == "all" && r["period"] == "window"
    });
    found.expect("the window").clone()
}

/// Equal but for the last digit, which our JSON reader is not exact about.
fn near(shown: &Value, mart: &Value) -> bool {
    match (shown.as_f64(), mart.as_f64()) {
        (Some(shown), Some(mart)) => (shown - mart).abs() <= 1e-12 * mart.abs(),
        _ => shown == mart,
    }
}

#[test]
fn every_number_of_a_report_is_the_marts() {
    let lake = made(Lake::sound());
    for brand in 1..=3 {
        let (_, json) = report(&lake, brand);
        let view: Value = serde_json::from_str(&json).expect("JSON");
        let (cell, sla) = (window(&lake, brand), &view["takedown_sla"]);
        let mut compared = 0;
        for figure in sla["counts"].as_array().expect("counts").iter().chain(sla["times"].as_array().expect("times")) {
            let key = match figure["key"].as_str().expect("a key") {
                "removed_by_limit" => "removed_by_limit_cif",
                key => key,
            };
            let want = cell.get(key).unwrap_or_else(|| panic!("the report shows {key}, which the mart has not"));
            assert!(near(&figure["value"], want), "{key} of brand {brand}: {figure}, the mart has {want}");
            compared += 1;
        }
        assert!(compared >= 12, "{compared} figures");
        let headline = &sla["headline"];
        for (pointer, column) in [
            ("/rate/value", "compliance_rate"),
            ("/met/value", "met"),
            ("/interval/low", "clustered_low"),
            ("/interval/high", "clustered_high"),
        ] {
            let shown = headline.pointer(pointer).expect("a value");
            assert!(near(shown, &cell[column]), "{pointer} of brand {brand}: {shown}, the mart has {}", cell[column]);
        }
        if cell["pending"] != 0 {
            let bounds = &headline["bounds"];
            assert!(near(&bounds["low"]["value"], &cell["bound_low"]), "{bounds}");
            assert!(near(&bounds["high"]["value"], &cell["bound_high"]), "{bounds}");
        }
        // The weeks of the trend are the mart's weeks.
        let rows = lake.rows("takedown_sla");
        for week in sla["trend"]["weeks"].as_array().expect("weeks") {
            let found = rows.iter().find(|r| {
                r["brand_id"] == brand
                    && r["right_type"] == "all"
                    && r["channel_locale"] == "all"
                    && r["period"] == "week"
                    && r["period_start"] == week["monday"]["value"]
            });
            let want = |column: &str| found.map_or(Value::from(0), |r| r[column].clone());
            assert_eq!(week["takedowns"]["value"], want("takedowns"));
            assert_eq!(week["met"]["value"], want("met"));
            let rate = found.map_or(Value::Null, |r| r["compliance_rate"].clone());
            assert!(near(&week["rate"]["value"], &rate), "{week}");
        }
    }
}

#[test]
fn the_page_shows_what_the_json_says() {
    let lake = made(Lake::sound());
    for brand in 1..=3 {
        let (html, json) = report(&lake, brand);
        let view: Value = serde_json::from_str(&json).expect("JSON");
        for pointer in [
            "/brand/name",
            "/as_of/day/text",
            "/takedown_sla/headline/rate/text",
            "/takedown_sla/headline/interval/text",
            "/takedown_sla/counts/0/text",
            "/takedown_sla/times/0/text",
            "/made/text",
        ] {
            let text = view.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}"));
            assert!(html.contains(text), "the page of {brand} lacks {text:?} ({pointer})");
        }
    }
}

#[test]
fn a_report_speaks_its_brands_language() {
    let lake = made(Lake::sound());
    let (html, json) = report(&lake, 1);
    assert!(html.contains("lang=\"zh-CN\"") && json.contains("\"locale\": \"zh-CN\""));
    let (html, json) = report(&lake, 2);
    assert!(html.contains("lang=\"en\"") && json.contains("\"locale\": \"en\""));
}

#[test]
fn a_page_stands_alone() {
    let lake = made(Lake::sound());
    let (html, _) = report(&lake, 2);
    for outside in ["<script", "src=\"http", "href=\"http", "url(http", "@import", "<iframe", "<link"] {
        assert!(!html.contains(outside), "the page reaches outside: {outside}");
    }
}

const HOSTILE: &str = "<script>alert(1)</script>\"'&{{ 7*7 }}{% raw %}\u{202e}gnp.exe\u{0}\n=cmd|'/c calc'!A1";

#[test]
fn hostile_names_are_printed_literally() {
    let lake = Lake::sound();
    lake.edit("brands", |t| {
        t.set(1, "name_en", HOSTILE);
        t.set(1, "name_zh", "</title><img src=x onerror=alert(1)>");
        t.set(1, "owner_name", "Robert'); drop table brands;--");
    });
    let lake = made(lake);
    let (html, json) = report(&lake, 2);
    let index = fs::read_to_string(folder(&lake).join("index.html")).expect("an index");
    for page in [&html, &index] {
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "a name became markup");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{0}'), "a name turns the page around");
        assert!(page.contains("&lt;script&gt;alert(1)"), "the name is not shown as it is written");
        assert!(page.contains("{{ 7*7 }}"), "a name was taken for a template");
    }
    let view: Value = serde_json::from_str(&json).expect("JSON");
    assert!(view["brand"]["name"].as_str().expect("a name").starts_with("<script>alert(1)</script>\"'&{{ 7*7 }}"));
}

#[test]
fn a_very_long_name_does_not_break_a_report() {
    let lake = Lake::sound();
    lake.edit("brands", |t| t.set(1, "name_en", "名".repeat(100_000)));
    let lake = made(lake);
    let (html, _) = report(&lake, 2);
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
}

#[test]
fn the_index_lists_every_brand() {
    let lake = made(Lake::sound());
    let index = fs::read_to_string(folder(&lake).join("index.html")).expect("an index");
    for (id, name) in [(1, "金曦"), (2, "Nordkamm"), (3, "Saltmarsh")] {
        assert!(index.contains(name) || index.contains("Aurelia"), "{name}");
        assert!(index.contains(&format!("brand={id}/report.html")), "no link to brand {id}");
    }
}

#[test]
fn a_brand_without_takedowns_has_a_report_that_says_so() {
    let lake = Lake::sound();
    lake.edit("brands", |t| {
        let mut quiet: Vec<crate::support::Cell> = Brand::new(9, "Stillwater").into();
        quiet.truncate(t.columns.len());
        t.rows.push(quiet);
    });
    let lake = made(lake);
    let (html, json) = report(&lake, 9);
    let view: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(view["takedown_sla"]["state"], "no_takedowns");
    assert!(html.contains("Stillwater"));
}

#[test]
fn one_brand_alone_by_number_or_name() {
    for brand in ["2", "Nordkamm", "nordkamm"] {
        let lake = Lake::sound();
        lake.sla().run().ok();
        lake.job("brand-report").with("--brand", brand).run().ok();
        let made: Vec<String> =
            files_below(&folder(&lake)).into_keys().filter(|name| name.ends_with("report.html")).collect();
        assert_eq!(made, ["brand=2/report.html"], "--brand {brand}");
    }
}

#[test]
fn one_brand_alone_leaves_the_others_reports_as_they_are() {
    let lake = made(Lake::sound());
    let all = files_below(&folder(&lake));
    lake.job("brand-report").with("--brand", "2").run().ok();
    let after = files_below(&folder(&lake));
    for (name, bytes) in all.iter().filter(|(name, _)| !name.starts_with("brand=2/")) {
        assert!(after.get(name) == Some(bytes), "{name}");
    }
    // And the page of one brand is the one it has in the whole.
    assert!(after.get("brand=2/report.html") == all.get("brand=2/report.html"));
    // The next whole run still knows that nothing has changed, or makes the same again.
    lake.job("brand-report").run().ok();
    let again = files_below(&folder(&lake));
    assert!(again.get("brand=1/report.html") == all.get("brand=1/report.html"));
}

#[test]
fn a_rerun_of_reports_is_unchanged_and_a_forced_one_byte_identical() {
    let lake = made(Lake::sound());
    let pages = |lake: &Lake| {
        let mut files = files_below(&folder(lake));
        files.retain(|name, _| !name.ends_with("_manifest.json"));
        files
    };
    let before = pages(&lake);
    lake.job("brand-report").run().ok().says(&["unchanged"]);
    lake.job("brand-report").arg("--force").run().ok().says(&["published"]);
    assert!(pages(&lake) == before);
}

#[test]
fn a_report_has_the_window_of_its_marts() {
    let lake = Lake::sound();
    lake.sla().args("--days 14").run().ok();
    lake.job("brand-report").run().ok();
    let (_, json) = report(&lake, 1);
    let view: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(view["period"]["days"], 14);
    // Other figures make another report.
    lake.sla().args("--days 30").run().ok();
    lake.job("brand-report").run().ok().says(&["published"]);
    let view: Value = serde_json::from_str(&report(&lake, 1).1).expect("JSON");
    assert_eq!(view["period"]["days"], 30);
}
