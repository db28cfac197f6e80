//! Tables, CSV, JSON lines and Parquet on standard output: the comments of the window, and for a person its days.

use serde_json::Value;

use super::{SIGNALS, ago, lake_of, of_day, put, run};
use crate::support::comments::comments;
use crate::support::marts::{Row, rows_of, same};
use crate::support::{Brand, DAY, Lake, fixture};

/// Three days of comments, and the three brands that they are on.
fn three_days() -> Lake {
    let lake = lake_of(of_day(DAY, 50));
    for n in [1, 2] {
        put(&lake, &ago(n), of_day(&ago(n), 50));
    }
    let names = ["Aurelia", "Nordkamm", "Saltmarsh"];
    lake.put(&fixture::brands().with_rows((1..).zip(names).map(|(id, name)| Brand::new(id, name))), DAY);
    lake
}

/// The rows of the three days, oldest first.
fn all_rows(lake: &Lake) -> Vec<Row> {
    [2, 1, 0].iter().flat_map(|n| lake.rows_on(SIGNALS, &ago(*n))).collect()
}

#[test]
fn the_table_has_a_line_a_day() {
    let lake = three_days();
    let text = run(&lake, "--days 3").ok().text();
    let lines: Vec<Vec<&str>> = text.lines().map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(lines.len(), 4, "{text}");
    for (line, n) in lines[1..].iter().zip([2, 1, 0]) {
        let rows = lake.rows_on(SIGNALS, &ago(n));
        let count = |label: &str| rows.iter().filter(|r| r["label"] == label).count();
        let rate = format!("{:.2}", 1000.0 * count("allege") as f64 / 50.0);
        let (alleged, affirmed) = (count("allege").to_string(), count("affirm").to_string());
        assert_eq!(line[..], [&ago(n), "50", &alleged, &affirmed, &rate], "{text}");
    }
    assert!(!text.contains('\u{1b}'), "no colours into a pipe");
    let again = run(&lake, "--days 3").ok().text();
    assert_eq!(again, text, "an unchanged run prints the same");
}

#[test]
fn json_lines_cover_the_window_and_end_with_the_summary() {
    let lake = three_days();
    let text = run(&lake, "--days 3 --format json").ok().text();
    let mut lines: Vec<Row> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let summary = lines.pop().expect("a summary");
    assert_eq!((&summary["job"], &summary["status"]), (&"comment-signals".into(), &"published".into()));
    assert_eq!((&summary["exit_code"], &summary["rows_in"]), (&0.into(), &150.into()));
    let rows = all_rows(&lake);
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!(line.keys().collect::<Vec<_>>(), row.keys().collect::<Vec<_>>());
        same(line, &Value::Object(row.clone()));
    }
}

#[test]
fn csv_covers_the_window_under_one_header() {
    let lake = three_days();
    let text = run(&lake, "--days 3 --format csv").ok().text();
    let rows = all_rows(&lake);
    let mut lines = text.lines();
    let names: Vec<String> = rows[0].keys().cloned().collect();
    assert_eq!(lines.next().expect("a header"), names.join(","));
    let ids: Vec<String> = lines.map(|l| l.split(',').next().expect("an id").to_owned()).collect();
    assert_eq!(ids, rows.iter().map(|r| r["comment_id"].to_string()).collect::<Vec<_>>());
}

#[test]
fn parquet_covers_the_window() {
    let lake = three_days();
    assert_eq!(rows_of(run(&lake, "--days 3 --format parquet").ok().stdout), all_rows(&lake));
}

#[test]
fn one_brand_limits_what_is_printed_and_not_the_marts() {
    let lake = three_days();
    for brand in ["2", "Nordkamm"] {
        let text = lake.job("comment-signals").args("--days 3 --format json").with("--brand", brand).run().ok().text();
        let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
        let (summary, rows) = lines.split_last().expect("a summary");
        let expected = all_rows(&lake).into_iter().filter(|r| r["brand_id"] == 2).count();
        assert!(expected > 0 && rows.len() == expected && rows.iter().all(|r| r["brand_id"] == 2));
        assert_eq!(summary["rows_in"], 150);
        assert_eq!(lake.rows(SIGNALS).len(), 50, "marts are always whole");
    }
    let table = run(&lake, "--days 3 --brand 2").ok().text();
    let counts: Vec<&str> = table.lines().skip(1).filter_map(|l| l.split_whitespace().nth(1)).collect();
    assert_eq!(counts, ["10", "10", "10"], "{table}");
    run(&lake, "--brand Nordkam").fails(2, &["unknown brand", "did you mean Nordkamm"]);
}

#[test]
fn a_shorter_window_prints_its_own_days_only() {
    let lake = three_days();
    run(&lake, "--days 3").ok();
    assert_eq!(run(&lake, "--days 1").ok().text().lines().count(), 2);
    assert_eq!(run(&lake, "--days 2 --format json").ok().text().lines().count(), 101);
}

#[test]
fn a_window_without_comments_prints_its_header() {
    let lake = lake_of([]);
    let csv = run(&lake, "--format csv").ok().text();
    assert!(csv.starts_with("comment_id,") && csv.lines().count() == 1, "{csv}");
    assert_eq!(rows_of(run(&lake, "--format parquet").ok().stdout).len(), 0);
    assert_eq!(run(&lake, "--format json").ok().text().lines().count(), 1);
    let table = run(&lake, "").ok().text();
    assert!(table.contains(DAY), "{table}");
}

#[test]
fn a_failed_run_prints_a_summary_and_no_rows() {
    let lake = lake_of([]);
    let mut table = comments().with_rows(of_day(DAY, 20));
    table.drop_column("text");
    lake.put(&table, DAY);
    let done = run(&lake, "--format json").exits(3).summary();
    assert_eq!((&done["job"], &done["status"]), (&"comment-signals".into(), &"input_refused".into()));
    assert!(done["error"].as_str().is_some_and(|e| e.contains("column text")), "{done}");
    for format in ["csv", "parquet", "table"] {
        assert!(run(&lake, &format!("--format {format}")).exits(3).stdout.is_empty());
    }
}
