//! What explains, trains and measures the ranking, and the section of the report.

use std::fs;

use serde_json::{Value, json};

use super::{Shops, days_ago, merchant, run, sample_lake};
use crate::support::{Call, DAY, Lake};

fn explain(lake: &Lake, words: &str) -> Call {
    Call::new("explain merchant").args(words).with("--marts", lake.marts()).args("--log text")
}

/// Merchant 900 sold two brands and was taken down for one.
fn lake() -> Lake {
    let mut shops = Shops::new();
    shops.sold = vec![(1, 900, 1, Some(1), None, 20, 100), (1, 900, 2, Some(2), None, 20, 100)];
    shops.removal(1, 900, 1, days_ago(9)).removal(1, 900, 3, days_ago(7));
    let lake = shops.lake();
    run(&lake, "").ok();
    lake
}

#[test]
fn a_merchant_is_explained_by_the_rows_behind_it() {
    let lake = lake();
    let text = explain(&lake, "900").run().ok().text();
    for part in [
        &format!("merchant 900 as of {DAY}\nrank 1 of 7 merchants (95 % interval 1 to "),
        "no evidence at all",
        "upheld takedowns",
        "log-odds of the score",
        "Not known when the ranking was made: allegations, reappearances",
        "Takedowns of the last 365 days that stand: 2",
        "Documents: not known in detail (seller-vetting has not been run for the day)",
        "Pilot purchases with a verdict: none",
        "Its ranks so far: 1",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let told = explain(&lake, "900 --format json").run().ok().summary();
    let row = merchant(&lake, 900);
    for name in ["rank", "rank_low", "rank_high", "score", "tier", "log_odds", "base_log_odds"] {
        assert_eq!(told[name], row[name], "{name}");
    }
    let signals = told["signals"].as_array().expect("signals");
    assert_eq!(signals.len(), 16);
    let sum: f64 = signals.iter().map(|s| s["contribution"].as_f64().expect("a number")).sum();
    let log_odds = row["base_log_odds"].as_f64().expect("a number") + sum;
    assert!((log_odds - row["log_odds"].as_f64().expect("a number")).abs() < 1e-9);
    let upheld = signals.iter().find(|s| s["code"] == "upheld_takedowns").expect("the signal");
    assert_eq!((&upheld["value"], &upheld["median"], &upheld["available"]), (&json!(2.0), &json!(0.0), &json!(true)));
    let listings: Vec<&Value> =
        told["behind"]["takedowns"].as_array().expect("rows").iter().map(|t| &t["listing_id"]).collect();
    assert_eq!(listings, [&json!(3), &json!(1)], "the newest first");
    assert_eq!((&told["behind"]["documents"], &told["behind"]["reappearances"]), (&Value::Null, &Value::Null));
}

#[test]
fn within_a_brand_only_that_brand_is_told() {
    let lake = lake();
    let told = explain(&lake, "900 --brand 2 --format json").run().ok().summary();
    assert_eq!((&told["brand_id"], &told["behind"]["takedowns"]), (&json!(2), &json!([])));
    let told = explain(&lake, "900 --brand 1 --format json").run().ok().summary();
    assert_eq!(told["behind"]["takedowns"].as_array().map(Vec::len), Some(2));
    explain(&lake, "900 --brand 3").run().exits(2).says(&["merchant 900 has nothing to do with brand 3", "1, 2"]);
    explain(&lake, "90").run().exits(2).says(&["there is no merchant 90 in the ranking", "did you mean 90"]);
    explain(&lake, "900 --as-of 2026-11-15")
        .run()
        .exits(3)
        .says(&["merchant_risk", "run the job that writes it first"]);
    explain(&lake, "900 --format csv").run().exits(2);
}

#[test]
fn weights_are_learnt_reviewed_and_used() {
    let lake = sample_lake();
    run(&lake, "").ok();
    let train =
        |words: &str| Call::new("train risk").args(words).with("--marts", lake.marts()).args("--log text").run();
    let one = train("--format json").ok().summary();
    assert_eq!(train("--format json").ok().summary(), one, "the same labels, the same weights");
    assert!(one["labels"]["earlier"].as_u64() > Some(100) && one["labels"]["later"].as_u64() > Some(10), "{one}");
    let weights = one["weights"]["fitted"].as_object().expect("weights");
    assert!(weights.len() == 16 && weights.values().all(|w| w.as_f64() >= Some(0.0)), "{one}");
    assert_ne!(one["weights"]["fitted"], one["weights"]["reviewed"]);
    let file = lake.home().join("weights.toml");
    let text = train(&format!("--out {}", file.display())).ok().text();
    assert!(text.contains("review them"), "{text}");
    // Held with all force, the weights stay, but for the base.
    let held = train("--l2 1000000000 --format json").ok().summary();
    assert_eq!(held["weights"]["fitted"], held["weights"]["reviewed"]);
    let config = lake.config("[merchant_risk]\nweights = 'weights.toml'\n");
    let before = merchant(&lake, 10_014);
    lake.job("merchant-risk").with("--config", &config).run().ok().says(&["published"]);
    assert_ne!(merchant(&lake, 10_014)["log_odds"], before["log_odds"]);
    let model = lake.manifest("merchant_risk")["configuration"]["model"].clone();
    assert_eq!(model["version"], format!("fitted-{DAY}"));
    assert_eq!(model["weights"], one["weights"]["fitted"]);
    // A broken file is refused with its line.
    let text = fs::read_to_string(&file).expect("weights");
    fs::write(&file, text.replacen("[weights.allegations]\nvalue = ", "[weights.allegations]\nvalue = -", 1))
        .expect("written");
    lake.job("merchant-risk").with("--config", &config).run().exits(2).says(&[
        "merchant_risk.weights",
        "weights.toml",
        "line ",
    ]);
    fs::remove_file(&file).expect("removed");
    lake.job("merchant-risk").with("--config", &config).run().exits(2).says(&["merchant_risk.weights", "weights.toml"]);
    train("--from 2026-12-01").exits(2).says(&["--from 2026-12-01 is after"]);
    train("--l2 -1").exits(2);
}

#[test]
fn labels_of_one_kind_teach_nothing() {
    let lake = Shops::new().lake();
    run(&lake, "").ok();
    let output = Call::new("train risk").with("--marts", lake.marts()).args("--log text").run();
    output.exits(3).says(&["cannot learn from the labels", "take more days by --from"]);
}

#[test]
fn the_truth_of_another_lake_is_refused() {
    let lake = lake();
    let eval = |truth: &std::path::Path| {
        Call::new("eval risk").with("--truth", truth).with("--marts", lake.marts()).args("--log text").run()
    };
    eval(lake.home()).exits(3).says(&["is it the folder of a sample lake?"]);
    eval(sample_lake().root().as_path()).exits(3).says(&["are not in the truth", "another lake's"]);
}

#[test]
fn reports_tell_a_brands_ranking_and_what_came_back() {
    let lake = sample_lake();
    for job in ["takedown-sla", "comment-signals", "reappearance", "seller-vetting", "merchant-risk"] {
        lake.job(job).run().ok();
    }
    lake.job("brand-report").run().ok();
    let reports = lake.marts().join(format!("reports/dt={DAY}"));
    let mut told = 0;
    for row in lake.rows("merchant_brand_risk").iter().filter(|r| r["rank"] == 1) {
        let brand = row["brand_id"].as_i64().expect("a brand");
        let folder = reports.join(format!("brand={brand}"));
        let html = fs::read_to_string(folder.join("report.html")).expect("a page");
        let json: Value =
            serde_json::from_slice(&fs::read(folder.join("report.json")).expect("a report")).expect("JSON");
        let (risk, back) = (&json["sections"]["risk"], &json["sections"]["reappearance"]);
        let (risk, back) = if risk.is_null() { (&json["risk"], &json["reappearance"]) } else { (risk, back) };
        assert!(!risk.is_null() && !back.is_null(), "brand {brand} has both sections");
        if row["tier"] != "baseline" {
            let id = row["merchant_id"].to_string();
            assert!(risk.to_string().contains(&id) && html.contains(&id), "brand {brand}: merchant {id}");
            told += 1;
        }
    }
    assert!(told > 10, "{told} brands have somebody to look at");
}
