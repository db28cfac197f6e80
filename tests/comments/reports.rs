//! The daily run, and the section "What customers say" of a brand's report.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ALLEGE, SIGNALS, SUMS, ago, of_day, put, run};
use crate::support::marts::{files_below, marks};
use crate::support::{Comment, DAY, Lake, Output};

/// A sound lake with some days of comments.
fn lake_with_days(days: u64, per_day: i64) -> Lake {
    let lake = Lake::sound();
    for n in 0..days {
        put(&lake, &ago(n), of_day(&ago(n), per_day));
    }
    lake
}

/// The summaries of the jobs, in the order in which they ran.
#[track_caller]
fn summaries(output: &Output) -> Vec<Value> {
    output.text().lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

/// Takedowns, comments and reports of a window of some days.
#[track_caller]
fn made(lake: &Lake, days: u32) {
    lake.sla().args(&format!("--days {days}")).run().ok();
    run(lake, &format!("--days {days}")).ok();
    lake.job("brand-report").run().ok();
}

/// All files of a brand's report.
fn files(lake: &Lake, brand: i64) -> BTreeMap<String, String> {
    let found = files_below(&lake.mart("reports").join(format!("brand={brand}")));
    found.into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

/// The section of a brand's report.
#[track_caller]
fn section(lake: &Lake, brand: i64) -> Value {
    let view: Value = serde_json::from_str(&files(lake, brand)["report.json"]).expect("JSON");
    view["customer_comments"].clone()
}

#[test]
fn the_daily_run_judges_comments_before_it_reports() {
    let lake = lake_with_days(3, 100);
    let output = lake.job("daily").args("--format json --days 3").run().ok();
    let all = summaries(&output);
    let order: Vec<&str> = all.iter().map(|s| s["job"].as_str().expect("a job")).collect();
    let at = |job: &str| order.iter().position(|j| *j == job).unwrap_or_else(|| panic!("{job} is not in {order:?}"));
    assert!(at("comment-signals") < at("brand-report"), "{order:?}");
    assert!(all.iter().all(|s| s["exit_code"] == 0), "{all:#?}");
    assert_eq!(all[at("comment-signals")]["rows_out"].as_i64().map(|n| n >= 300), Some(true));
    let measured = &section(&lake, 1)["measured"];
    assert_eq!(measured["coverage"]["days_with_signals"]["value"], 3);
    // And again: nothing to do.
    let before = marks(&lake.marts());
    let again = summaries(&lake.job("daily").args("--format json --days 3").run().ok());
    assert!(again[..again.len() - 1].iter().all(|s| s["status"] == "unchanged"), "{again:#?}");
    assert_eq!(marks(&lake.marts()), before);
}

#[test]
fn a_lake_without_comments_still_gets_its_reports() {
    let lake = Lake::sound();
    std::fs::remove_dir_all(lake.root().join("comments")).expect("removed");
    let all = summaries(&lake.job("daily").args("--format json").run().exits(3).says(&["table comments"]));
    let of = |job: &str| all.iter().find(|s| s["job"] == job).expect("a summary");
    assert_eq!(of("comment-signals")["status"], "input_refused");
    assert_eq!(
        (&of("takedown-sla")["status"], &of("brand-report")["status"]),
        (&"published".into(), &"published".into())
    );
    assert_eq!(of("daily")["exit_code"], 3);
    let section = section(&lake, 2);
    assert!(section["measured"].is_null(), "{section}");
    assert!(files(&lake, 2)["report.html"].contains("Not measured"));
    // In each report's own language.
    for brand in 1..=3 {
        let section = self::section(&lake, brand);
        let words = section["not_measured"].as_str().expect("words");
        assert!(files(&lake, brand)["report.html"].contains(words), "{words}");
    }
}

/// Comments, allegations and affirmations of a brand in the newest days, by the rows of `comment_sums`.
fn totals(lake: &Lake, brand: i64, days: u64) -> [i64; 3] {
    let rows = (0..days).flat_map(|n| lake.rows_on(SUMS, &ago(n))).filter(|r| r["brand_id"] == brand);
    rows.fold([0; 3], |sum, row| {
        let count = |column: &str| row[column].as_i64().expect("a count");
        [sum[0] + count("comments"), sum[1] + count("allegations"), sum[2] + count("affirmations")]
    })
}

#[test]
fn the_sections_numbers_are_the_sums() {
    let lake = lake_with_days(12, 150);
    // Signals of days before the window are there, and count for nothing.
    run(&lake, "--days 12").ok();
    made(&lake, 9);
    for brand in 1..=3 {
        let measured = section(&lake, brand)["measured"].clone();
        let [comments, allegations, affirmations] = totals(&lake, brand, 9);
        assert!(allegations > 0 && comments > 100, "this test tests nothing");
        let count = |key: &str| {
            let figures = measured["counts"].as_array().expect("figures");
            let found = figures.iter().find(|f| f["key"] == key).unwrap_or_else(|| panic!("no {key}"));
            found["value"].as_f64().expect("a count")
        };
        let counted = [count("comments"), count("allegations"), count("affirmations")];
        assert_eq!(counted, [comments, allegations, affirmations].map(|n| n as f64));
        let headline = &measured["headline"];
        assert_eq!(headline["comments"]["value"], comments);
        assert_eq!(headline["allegations"]["value"], allegations);
        let rate = headline["per_1000"]["value"].as_f64().expect("a rate");
        assert!((rate - 1000.0 * allegations as f64 / comments as f64).abs() < 1e-9, "{rate}");
        let (low, high) = (headline["interval"]["low"].as_f64(), headline["interval"]["high"].as_f64());
        assert!(low.is_none_or(|low| low <= rate) && high.is_none_or(|high| high >= rate), "{headline}");
        let weeks = measured["trend"]["weeks"].as_array().expect("weeks");
        let total = |column: &str| weeks.iter().map(|w| w[column]["value"].as_i64().expect("a count")).sum::<i64>();
        assert_eq!((total("comments"), total("allegations")), (comments, allegations));
        let listings = measured["listings"]["rows"].as_array().expect("listings");
        let listed: i64 = listings.iter().map(|l| l["allegations"]["value"].as_i64().expect("a count")).sum();
        assert_eq!(listed, allegations, "no brand has more than ten listings here");
        let html = &files(&lake, brand)["report.html"];
        let text = headline["per_1000"]["text"].as_str().expect("text");
        assert!(html.contains(text), "the page of {brand} lacks {text}");
    }
}

#[test]
fn of_three_brands_no_median_is_told_since_it_is_the_rate_of_one() {
    let lake = lake_with_days(9, 250);
    made(&lake, 9);
    for brand in 1..=3 {
        let measured = section(&lake, brand)["measured"].clone();
        assert!(measured["headline"]["median"]["per_1000"]["value"].is_null(), "{}", measured["headline"]);
    }
}

#[test]
fn days_that_were_not_judged_are_said_to_be_missing() {
    let lake = lake_with_days(9, 100);
    lake.sla().args("--days 9").run().ok();
    run(&lake, "--days 2").ok();
    lake.job("brand-report").run().ok();
    let coverage = section(&lake, 2)["measured"]["coverage"].clone();
    assert_eq!((&coverage["days_with_signals"]["value"], &coverage["days_in_window"]["value"]), (&2.into(), &9.into()));
    let note = coverage["note"].as_str().expect("a note");
    assert!(files(&lake, 2)["report.html"].contains(note));
    // The other days are judged: the report is made anew.
    run(&lake, "--days 9").ok();
    lake.job("brand-report").run().ok().says(&["published"]);
    assert!(section(&lake, 2)["measured"]["coverage"]["note"].is_null());
    lake.job("brand-report").run().ok().says(&["unchanged"]);
}

#[test]
fn days_that_the_lake_has_no_longer_as_they_were_judged_are_left_out() {
    let lake = lake_with_days(9, 100);
    made(&lake, 9);
    put(&lake, &ago(1), of_day(&ago(1), 120));
    std::fs::remove_dir_all(lake.root().join(format!("comments/dt={}", ago(3)))).expect("removed");
    lake.job("brand-report").run().ok().says(&["published", &ago(1), &ago(3)]);
    let measured = section(&lake, 2)["measured"].clone();
    assert_eq!(measured["coverage"]["days_with_signals"]["value"], 7);
    assert!(measured["coverage"]["note"].is_string());
    let weeks = measured["trend"]["weeks"].as_array().expect("weeks");
    let total: i64 = weeks.iter().map(|w| w["comments"]["value"].as_i64().expect("a count")).sum();
    assert_eq!(measured["headline"]["comments"]["value"], total);
    assert!(weeks.iter().any(|w| w["partial"] == true), "{weeks:#?}");
}

#[test]
fn a_brand_without_comments_says_so() {
    let lake = Lake::sound();
    put(&lake, DAY, of_day(DAY, 200).into_iter().map(|c| Comment { brand_id: Some(1), ..c }));
    made(&lake, 1);
    let measured = section(&lake, 2)["measured"].clone();
    assert_eq!(measured["state"], "no_comments");
    assert!(files(&lake, 2)["report.html"].contains(measured["headline"]["sentence"].as_str().expect("a sentence")));
}

/// Comments of each brand with evidence that is nobody else's.
fn canaries() -> Lake {
    let lake = lake_with_days(1, 0);
    let canary = |brand: i64| ["counterfquokka", "counterfaxolotl", "counterfpangolin"][brand as usize - 1];
    let comment = |i: i64| {
        let brand = 1 + i % 3;
        let text = format!("This shampoo is a {}, stay away.", canary(brand));
        let (merchant_id, listing_id) = (brand * 71_000_003, brand * 73_000_007 + i % 4);
        Comment { brand_id: Some(brand), merchant_id, listing_id, ..Comment::new(i + 1, DAY, &text) }
    };
    put(&lake, DAY, (0..360).map(comment));
    made(&lake, 1);
    lake
}

#[test]
fn another_brands_words_and_listings_are_in_no_file_of_a_brand() {
    let lake = canaries();
    let marks = [
        ["quokka", "71000003", "7300000"],
        ["axolotl", "142000006", "14600001"],
        ["pangolin", "213000009", "21900002"],
    ];
    for brand in 1..=3_usize {
        let files = files(&lake, brand as i64);
        assert_eq!(files.keys().collect::<Vec<_>>(), ["report.html", "report.json"]);
        for (name, text) in &files {
            for (other, marks) in (1..).zip(marks) {
                for mark in marks {
                    let found = text.contains(mark);
                    assert_eq!(found, other == brand, "{mark} of brand {other} in {name} of brand {brand}");
                }
            }
        }
    }
    let index = std::fs::read_to_string(lake.mart("reports").join("index.html")).expect("an index");
    assert!(!index.contains("quokka") && !index.contains("axolotl") && !index.contains("pangolin"));
}

/// The report of brand 2 over a day of its comments.
fn report_on(texts: &[&str]) -> BTreeMap<String, String> {
    let lake = Lake::sound();
    let comment = |i: usize| Comment { brand_id: Some(2), ..Comment::new(i as i64 + 1, DAY, texts[i % texts.len()]) };
    put(&lake, DAY, (0..200).map(comment));
    made(&lake, 1);
    let rows = lake.rows(SIGNALS);
    assert!(rows.iter().all(|r| r["label"] == "allege"), "this test tests nothing: {:?}", &rows[..texts.len()]);
    files(&lake, 2)
}

#[test]
fn evidence_that_is_a_whole_comment_is_never_quoted() {
    let files = report_on(&["counterfwombat", "  counterfwombat \n", "This shampoo is a counterfquokka, stay away."]);
    for (name, text) in &files {
        assert!(!text.contains("wombat"), "{name}");
    }
    assert!(files["report.html"].contains("counterfquokka"), "a part of a comment may be quoted");
}

#[test]
fn a_whole_comment_is_not_quoted_without_its_punctuation() {
    for (name, text) in report_on(&["Counterfwombat!!!", "counterfwombat.", "（counterfwombat）"]) {
        assert!(!text.contains("wombat"), "{name}");
    }
}

#[test]
fn names_and_numbers_beside_the_words_that_decided_are_not_quoted() {
    let texts = [
        "我觉得张伟13800138000卖的是假货，别买",
        "不是张伟13800138000的正品，退款",
        "张伟假货，13800138000",
        "I do not think Zhang Wei got a genuine product, return it",
        "Not Zhang Wei 13800138000 genuine, return it",
        "This is not the 13800138000 original product, duplicate",
        "Zhang Wei fake product, do not buy",
    ];
    for (name, text) in report_on(&texts) {
        assert!(!text.contains("13800138000") && !text.contains("张伟") && !text.contains("Zhang Wei"), "{name}");
    }
}

#[test]
fn hostile_words_are_printed_literally() {
    let lake = Lake::sound();
    let texts = [
        "<b>假货</b>，退款",
        "不\u{202e}是\u{202c}正品，退款",
        "{{ 7*7 }}假货，退款",
        "假*货<script>alert(1)</script>",
    ];
    let comment = |i: usize| Comment { brand_id: Some(2), ..Comment::new(i as i64 + 1, DAY, texts[i % 4]) };
    put(&lake, DAY, (0..200).map(comment));
    made(&lake, 1);
    for (name, text) in files(&lake, 2) {
        assert!(!text.contains('\u{202e}') && !text.contains("<script>alert"), "{name}");
    }
}

#[test]
fn another_brands_comments_do_not_change_a_report_but_for_the_median() {
    let texts =
        |brand: i64| move |c: Comment| if c.brand_id == Some(brand) { Comment { text: ALLEGE.into(), ..c } } else { c };
    let (one, two) = (lake_with_days(1, 60), lake_with_days(1, 60));
    put(&two, DAY, of_day(DAY, 60).into_iter().map(texts(3)));
    made(&one, 1);
    made(&two, 1);
    // Fewer than 100 comments a brand: there is no median.
    assert_eq!(section(&one, 2), section(&two, 2));
    assert_ne!(section(&one, 3), section(&two, 3));
}
