//! `contract`, `sql`, `jobs`, `check`, `sample-lake`, `link` and `demo`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::marts::files_below;
use crate::support::{Call, DAY, Lake, sample};

const TABLES: [&str; 14] = [
    "sales",
    "refunds",
    "comments",
    "merchants",
    "merchant_documents",
    "brands",
    "brand_products",
    "listings",
    "listing_images",
    "ip_rights",
    "claims",
    "claim_holds",
    "takedowns",
    "pilot_purchases",
];

#[test]
fn the_contract_is_printed_as_text() {
    let all = Call::new("contract").run().ok().text();
    for table in TABLES {
        assert!(all.contains(&format!("\n{table}: ")), "{table} is not in the contract");
    }
    let one = Call::new("contract --table takedowns --format text").run().ok().text();
    for word in ["taken_down_at", "timestamp[us, UTC]", "already_gone", "claim_id, listing_id"] {
        assert!(one.contains(word), "{word} is not in\n{one}");
    }
    assert!(!one.contains("order_line_id"));
}

#[test]
fn the_contract_is_printed_as_json() {
    let text = Call::new("contract --format json").run().ok().text();
    let contract: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(contract["contract_version"], 1);
    let names: Vec<&str> =
        contract["tables"].as_array().expect("tables").iter().map(|t| t["name"].as_str().expect("a name")).collect();
    assert_eq!(names, TABLES);
    // The columns that this crate writes are the contract's, in its order.
    for table in crate::support::fixture::sound_tables() {
        let found = contract["tables"].as_array().expect("tables").iter().find(|t| t["name"] == table.name);
        let columns: Vec<&str> = found.expect("the table")["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .map(|c| c["name"].as_str().expect("a name"))
            .collect();
        let ours: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(columns, ours, "{}", table.name);
    }
}

#[test]
fn the_contract_is_printed_as_odcs() {
    let text = Call::new("contract --format odcs --table claims").run().ok().text();
    for line in ["apiVersion: v3.1.0", "kind: DataContract", "  - name: claims"] {
        assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains('\t'), "YAML has no tabs");
}

#[test]
fn the_reductions_are_listed_shown_and_explained() {
    let list = Call::new("sql list").run().ok().text();
    let of_takedowns = ["brand_directory", "claim_hold_spans", "claim_takedowns"];
    let of_purchases = ["active_listings", "brand_indicators", "pilot_purchases", "plan_candidates"];
    for name in of_takedowns.into_iter().chain(of_purchases) {
        assert!(list.contains(name), "{list}");
        let shown = Call::new("sql show").arg(name).run().ok().text();
        assert!(shown.contains("select") && shown.contains("from"), "{shown}");
        let plan = Call::new("sql explain").arg(name).run().ok().text();
        assert!(!plan.trim().is_empty());
    }
    let shown = Call::new("sql show claim_takedowns").run().ok().text();
    for part in ["left join ip_rights", "listings_in_claim", "-- "] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn a_reduction_is_explained_over_a_lake() {
    let lake = Lake::sound();
    let call = Call::new("sql explain claim_takedowns").with("--lake", lake.root()).with("--as-of", DAY);
    let plan = call.run().ok().text();
    assert!(plan.to_lowercase().contains("join"), "{plan}");
}

#[test]
fn the_jobs_are_listed_with_their_graph() {
    let text = Call::new("jobs").run().ok().text();
    let jobs = ["takedown-sla", "reappearance", "seller-vetting", "comment-signals", "event-sums", "merchant-risk"];
    let marts = ["takedown_outcomes", "comment_sums", "brand_prevalence", "pilot_progress", "purchase_desk"];
    for word in jobs.into_iter().chain(marts).chain(["claims", "pilot_purchases"]) {
        assert!(text.contains(word), "{text}");
    }
    let json = Call::new("jobs --format json").run().ok().text();
    let jobs: Vec<Value> = json.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    // Dependencies first.
    let order: Vec<&str> = jobs.iter().map(|j| j["job"].as_str().expect("a name")).collect();
    let expected = [
        "takedown-sla",
        "reappearance",
        "seller-vetting",
        "comment-signals",
        "event-sums",
        "merchant-risk",
        "brand-prevalence",
        "pilot-plan",
        "brand-report",
    ];
    assert_eq!(order, expected);
    let [_, _, vetting, signals, sums, risk, prevalence, plan, report] = jobs.as_slice() else {
        unreachable!("counted above")
    };
    assert_eq!(sums["outputs"], json!(["sales_sums", "refund_sums"]));
    assert_eq!(risk["after"], json!(["event-sums", "comment-signals", "reappearance"]));
    assert!(risk["marts"].as_array().expect("marts").contains(&json!("sales_sums")));
    assert_eq!(
        (&signals["tables"], &signals["marts"], &signals["after"]),
        (&json!(["comments"]), &json!([]), &json!([]))
    );
    assert_eq!(signals["outputs"], json!(["comment_signals", "comment_sums"]));
    assert_eq!(prevalence["outputs"], json!(["brand_prevalence", "pilot_progress"]));
    assert_eq!((&prevalence["marts"], &prevalence["after"]), (&json!(["comment_sums"]), &json!(["comment-signals"])));
    let plans = json!(["pilot_plan", "pilot_plan_brands", "pilot_plan_strata", "purchase_desk"]);
    assert_eq!(plan["outputs"], plans);
    assert_eq!(plan["after"], json!(["brand-prevalence", "comment-signals"]));
    for mart in
        ["takedown_sla", "takedown_outcomes", "comment_sums", "brand_prevalence", "pilot_progress", "pilot_plan"]
    {
        assert!(report["marts"].as_array().expect("marts").contains(&json!(mart)), "{mart} is not in {report}");
    }
    let before = [
        "takedown-sla",
        "comment-signals",
        "brand-prevalence",
        "pilot-plan",
        "seller-vetting",
        "reappearance",
        "merchant-risk",
    ];
    assert_eq!(report["after"], json!(before));
    assert_eq!(vetting["outputs"], json!(["seller_vetting", "seller_vetting_exempted", "seller_vetting_brands"]));
    assert_eq!(vetting["tables"], json!(["merchants", "merchant_documents", "sales"]));
}

#[test]
fn check_finds_a_sample_lake_sound() {
    let call = Call::new("check").with("--lake", sample::small()).with("--as-of", DAY).args("--days 20 --format json");
    let output = call.run().ok();
    let text = output.text();
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    for table in TABLES {
        let line = lines.iter().find(|l| l["table"] == table).unwrap_or_else(|| panic!("no line of {table}"));
        assert_eq!(line["quarantined"], 0, "{table}");
    }
    let sales = lines.iter().find(|l| l["table"] == "sales").expect("sales");
    assert_eq!((&sales["rows"], &sales["partitions"]), (&2_000.into(), &20.into()));
}

#[test]
fn check_prints_a_table_and_publishes_nothing_without_marts() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| t.set(0, "outcome", "gone"));
    let before = files_below(lake.home());
    let text =
        lake.check_at("check", DAY).args("--table takedowns --table brands").inside(lake.home()).run().ok().text();
    for word in ["table", "partitions", "files", "rows", "quarantined", "takedowns", "brands", "400"] {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
    assert!(files_below(lake.home()) == before, "check wrote something");
}

#[test]
fn check_names_the_first_broken_table() {
    let lake = Lake::sound();
    lake.edit("brands", |t| t.set(0, "time_zone", "Asia/Shangri-La"));
    let output = lake.check_at("check", DAY).args("--table brands").run();
    output.refused(&["table brands", "column time_zone", "Asia/Shangri-La", "rule time_zone_name"]);
}

#[test]
fn the_same_seed_makes_the_same_lake_at_any_number_of_threads() {
    let home = tempfile::tempdir().expect("a folder");
    let write = |name: &str, words: &str| {
        let out = home.path().join(name);
        Call::new("sample-lake").arg(out.as_os_str()).args("--sales 3000 --days 8").args(words).run().ok();
        files_below(&out)
    };
    let one = write("one", "--seed 5 --threads 1");
    assert!(one == write("two", "--seed 5 --threads 2"), "threads changed a byte");
    assert!(one != write("three", "--seed 6"), "another seed is another lake");
}

#[test]
fn a_sample_lake_overwrites_nothing_unasked() {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("lake");
    fs::create_dir(&out).expect("made");
    fs::write(out.join("precious.txt"), b"mine").expect("written");
    let call = Call::new("sample-lake").arg(out.as_os_str()).args("--sales 100 --days 2 --seed 1 --log text");
    for call in [call.clone(), call.arg("--overwrite")] {
        let output = call.run();
        assert!(matches!(output.code, Some(1 | 2)), "{}", output.told());
    }
    assert_eq!(fs::read(out.join("precious.txt")).expect("read"), b"mine");
}

#[test]
fn links_make_each_job_a_program_of_its_own() {
    let lake = Lake::sound();
    let bin = lake.home().join("bin");
    Call::new("link").arg(bin.as_os_str()).run().ok();
    let program = bin.join("takedown-sla");
    assert!(program.exists());
    let call = Call::new("").program(&program).with("--lake", lake.root()).with("--marts", lake.marts());
    call.with("--as-of", DAY).args("--log text").run().ok().says(&["takedown-sla as of 2026-11-16: published"]);
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
    let report = Call::new("").program(&bin.join("brand-report")).with("--lake", lake.root());
    report.with("--marts", lake.marts()).with("--as-of", DAY).run().ok();
    let help = Call::new("--help").program(&program).run().ok().text();
    assert!(help.contains("takedown-sla"), "{help}");
    // A second time: renewed.
    Call::new("link").arg(bin.as_os_str()).run().ok();
}

#[test]
fn a_link_of_another_name_is_the_whole_program() {
    let home = tempfile::tempdir().expect("a folder");
    let link = home.path().join("ml-2026");
    std::os::unix::fs::symlink(crate::support::program::executable(), &link).expect("linked");
    assert!(Call::new("jobs").program(&link).run().ok().text().contains("takedown-sla"));
}

#[test]
fn links_replace_no_file_of_another_kind() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("takedown-sla"), b"#!/bin/sh\n").expect("written");
    let output = Call::new("link").arg(home.path().as_os_str()).args("--log text").run();
    assert_ne!(output.code, Some(0), "{}", output.told());
    assert_eq!(fs::read(home.path().join("takedown-sla")).expect("read"), b"#!/bin/sh\n");
}

/// What a demo leaves behind.
#[track_caller]
fn demo_in(folder: &Path) -> String {
    let output = Call::new("demo --log text").inside(folder).run().ok();
    let text = output.text();
    assert!(text.contains("index.html"), "the demo says where to look:\n{text}");
    let index = folder.join(format!("mirrorlake-demo/marts/reports/dt={DAY}/index.html"));
    assert!(index.is_file(), "{text}");
    // It plans purchases too.
    let desk = folder.join(format!("mirrorlake-demo/marts/purchase_desk/dt={DAY}/pilot-plan.csv"));
    let list = fs::read_to_string(desk).expect("the desk's list");
    assert!(list.lines().count() > 100, "{list}");
    fs::read_to_string(index).expect("read")
}

#[test]
fn the_demo_makes_its_own_lake_where_there_is_no_sample() {
    let home = tempfile::tempdir().expect("a folder");
    demo_in(home.path());
    let entries: Vec<_> = fs::read_dir(home.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(entries, ["mirrorlake-demo"], "the demo stays in its folder");
    // A second time nothing is new.
    demo_in(home.path());
}

#[test]
fn the_demo_uses_the_repositorys_samples() {
    let home = tempfile::tempdir().expect("a folder");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data-samples");
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(samples.canonicalize().expect("data-samples"), home.path().join("data-samples"))
        .expect("linked");
    let index = demo_in(home.path());
    assert!(!home.path().join("mirrorlake-demo/lake").exists(), "it made a lake where there was one");
    assert!(index == demo_in(elsewhere.path()), "the repository's samples are what the recipe makes");
}
