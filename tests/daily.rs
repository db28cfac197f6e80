//! `mirrorlake daily`: jobs in order, what depends on a failed one is skipped, and the exit code says the worst.

use std::fs;

use serde_json::{Value, json};

use crate::support::fixture::SOUND_COMMENTS;
use crate::support::marts::published;
use crate::support::{DAY, Lake, Output};

/// Every job that needs nothing to be told, in the order in which they run.
const JOBS: [&str; 8] = [
    "takedown-sla",
    "reappearance",
    "seller-vetting",
    "comment-signals",
    "event-sums",
    "merchant-risk",
    "brand-prevalence",
    "brand-report",
];

/// The summaries of the jobs by name, and that of the day.
#[track_caller]
fn summaries(output: &Output) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
    output.text().lines().map(parse).collect()
}

#[track_caller]
fn of<'a>(summaries: &'a [Value], job: &str) -> &'a Value {
    summaries.iter().find(|s| s["job"] == job).unwrap_or_else(|| panic!("no summary of {job} in {summaries:#?}"))
}

#[test]
fn a_sound_day_runs_every_job() {
    let lake = Lake::sound();
    let output = lake.job("daily").args("--format json").run().ok();
    let all = summaries(&output);
    for job in JOBS {
        assert_eq!(of(&all, job)["status"], "published");
    }
    let order: Vec<&str> = all.iter().map(|s| s["job"].as_str().expect("a job")).collect();
    assert_eq!(order[..], [&JOBS[..], &["daily"]].concat());
    let last = all.last().expect("a summary");
    assert_eq!((&last["job"], &last["exit_code"]), (&"daily".into(), &0.into()));
    assert!(lake.marts().join(format!("reports/dt={DAY}/index.html")).is_file());
    lake.rows("takedown_outcomes");
    assert_eq!(lake.rows("comment_signals").len() as i64, SOUND_COMMENTS);
    // Comments are judged before they are counted beside the estimates.
    assert_eq!(lake.rows("brand_prevalence")[0]["comment_days"], 1);
}

#[test]
fn without_a_budget_nothing_is_planned() {
    let lake = Lake::sound();
    lake.job("daily").run().ok().says(&["pilot-plan is left out", "--budget is missing"]);
    for output in ["pilot_plan", "pilot_plan_brands", "pilot_plan_strata", "purchase_desk"] {
        assert!(!lake.mart(output).exists(), "{output}");
    }
    // A budget without a seed plans nothing either: a plan must be reproducible.
    let config = lake.config("[pilot_plan]\nbudget = 10\n");
    lake.job("daily").with("--config", config).run().ok().says(&["--seed is missing"]);
    assert!(!lake.mart("pilot_plan").exists());
}

#[test]
fn with_a_budget_the_plan_comes_between_prevalence_and_reports() {
    let lake = Lake::sound();
    let config = lake.config("[pilot_plan]\nbudget = 10\nseed = 4\n");
    let output = lake.job("daily").with("--config", &config).args("--format json").run().ok();
    let all = summaries(&output);
    let order: Vec<&str> = all.iter().map(|s| s["job"].as_str().expect("a job")).collect();
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
        "daily",
    ];
    assert_eq!(order, expected);
    assert_eq!(lake.rows("pilot_plan").len(), 10);
    assert_eq!(lake.manifest("pilot_plan")["notes"]["brands_with_an_estimate"], 3);
    let report = fs::read(lake.mart("reports").join("brand=2/report.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    let planned = lake.rows("pilot_plan").iter().filter(|p| p["brand_id"] == 2).count();
    assert_eq!(report["prevalence"]["measured"]["plan"]["all"]["value"], planned);
    let again = summaries(&lake.job("daily").with("--config", &config).args("--format json").run().ok());
    assert!(again[..6].iter().all(|s| s["status"] == "unchanged"), "{again:#?}");
}

#[test]
fn reports_do_without_the_estimates_of_a_failed_prevalence_job() {
    let lake = Lake::sound();
    fs::remove_dir_all(lake.root().join("pilot_purchases")).expect("removed");
    let all = summaries(&lake.job("daily").args("--format json").run().exits(3).says(&["table pilot_purchases"]));
    assert_eq!(of(&all, "brand-prevalence")["status"], "input_refused");
    assert_eq!(of(&all, "brand-report")["status"], "published");
}

#[test]
fn a_second_run_of_the_day_is_unchanged() {
    let lake = Lake::sound();
    lake.job("daily").run().ok();
    let before = published(&lake.marts());
    let all = summaries(&lake.job("daily").args("--format json").run().ok());
    for job in JOBS {
        assert_eq!(of(&all, job)["status"], "unchanged");
    }
    assert!(published(&lake.marts()) == before);
}

#[test]
fn what_needs_a_failed_job_is_skipped() {
    let lake = Lake::sound();
    lake.edit("claims", |t| t.drop_column("decision"));
    let output = lake.job("daily").args("--format json").run().exits(3).says(&["table claims", "column decision"]);
    let all = summaries(&output);
    assert_eq!(of(&all, "takedown-sla")["status"], "input_refused");
    assert_eq!(of(&all, "takedown-sla")["exit_code"], 3);
    let skipped = of(&all, "brand-report");
    assert_eq!(skipped["status"], "skipped");
    assert!(skipped["error"].as_str().is_some_and(|e| e.contains("takedown-sla")), "{skipped}");
    assert_eq!(all.last().expect("a summary")["exit_code"], 3);
    // What does not need it is done all the same.
    assert_eq!(of(&all, "comment-signals")["status"], "published");
    assert_eq!(lake.rows("comment_signals").len() as i64, SOUND_COMMENTS);
    for mart in ["takedown_sla", "takedown_outcomes", "reports"] {
        assert!(!lake.mart(mart).exists(), "{mart}");
    }
    // For people: both in the table.
    let table = lake.job("daily").run().exits(3).text();
    assert!(table.contains("takedown-sla") && table.contains("skipped"), "{table}");
}

#[test]
fn without_sums_of_days_nobody_is_ranked() {
    let lake = Lake::sound();
    lake.edit("refunds", |t| t.drop_column("reason"));
    let output = lake.job("daily").args("--format json").run().exits(3).says(&["table refunds", "column reason"]);
    let all = summaries(&output);
    assert_eq!(of(&all, "event-sums")["status"], "input_refused");
    let skipped = of(&all, "merchant-risk");
    assert_eq!((&skipped["status"], &skipped["exit_code"]), (&"skipped".into(), &3.into()));
    assert!(skipped["error"].as_str().is_some_and(|e| e.contains("event-sums")), "{skipped}");
    assert_eq!(of(&all, "brand-report")["status"], "published");
    assert!(!lake.mart("merchant_risk").exists());
}

#[test]
fn a_locked_job_makes_the_day_try_again() {
    let lake = Lake::sound();
    let folder = lake.marts().join(".locks");
    fs::create_dir_all(&folder).expect("made");
    let lock = fs::File::create(folder.join(format!("takedown-sla.dt={DAY}.lock"))).expect("created");
    lock.lock().expect("locked");
    let output = lake.job("daily").args("--format json").run().exits(75);
    let all = summaries(&output);
    assert_eq!(of(&all, "takedown-sla")["status"], "try_again");
    assert_eq!(of(&all, "comment-signals")["status"], "published");
    assert_eq!(of(&all, "brand-report")["status"], "skipped");
    // The other run is done: so is the day, and what stood is left alone.
    drop(lock);
    let all = summaries(&lake.job("daily").args("--format json").run().ok());
    let status = JOBS.map(|job| of(&all, job)["status"].clone());
    assert_eq!(
        json!(status),
        json!(["published", "unchanged", "unchanged", "unchanged", "unchanged", "unchanged", "unchanged", "published"])
    );
}

#[test]
fn a_day_without_a_lake_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let call = crate::support::sample::job("daily", &home.path().join("nowhere"), &home.path().join("marts"));
    // Each job that needs the lake may say so, and they say the same.
    let output = call.run().exits(3);
    let mut errors: Vec<&str> = output.stderr.lines().filter(|l| l.contains("error")).collect();
    errors.dedup();
    assert!(errors.len() == 1 && errors[0].contains("no lake at"), "{}", output.told());
}

#[test]
fn a_report_without_its_marts_says_which_job_writes_them() {
    let lake = Lake::sound();
    lake.job("brand-report").run().refused(&["mart takedown_", DAY, "mirrorlake jobs"]);
    lake.holds_nothing();
}

#[test]
fn a_report_over_a_damaged_mart_is_refused() {
    let lake = Lake::sound();
    lake.sla().run().ok();
    let file = lake.mart("takedown_outcomes").join("part-00000.parquet");
    let mut bytes = fs::read(&file).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).expect("written");
    lake.job("brand-report").run().refused(&["mart takedown_outcomes", "SHA-256", "--force"]);
    assert!(!lake.marts().join("reports").join(format!("dt={DAY}")).exists());
}
