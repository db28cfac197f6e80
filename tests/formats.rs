//! Tables, CSV, JSON lines and Parquet on standard output hold the rows of the mart.

use serde_json::Value;

use crate::support::marts::{Row, rows_of, same};
use crate::support::{DAY, Lake, Output};

fn run(lake: &Lake, format: &str) -> Output {
    lake.sla().with("--format", format).run().ok()
}

/// Splits a CSV text by RFC 4180.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => cell.extend(chars.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            ('\r', false) => {}
            _ => cell.push(c),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty(), "the last line has no end");
    rows
}

#[test]
fn csv_holds_every_row_of_the_mart() {
    let lake = Lake::sound();
    let parsed = parse_csv(&run(&lake, "csv").text());
    let mart = lake.rows("takedown_sla");
    let names: Vec<&String> = mart[0].keys().collect();
    assert_eq!(parsed[0].iter().collect::<Vec<_>>(), names);
    assert_eq!(parsed.len() - 1, mart.len());
    for (line, row) in parsed[1..].iter().zip(&mart) {
        for (cell, (name, value)) in line.iter().zip(row) {
            match value {
                Value::Null => assert_eq!(cell, "", "{name}"),
                Value::String(text) => assert_eq!(cell, text, "{name}"),
                // Every digit that tells two doubles apart.
                number => assert_eq!(cell.parse::<f64>().ok(), number.as_f64(), "{name}"),
            }
        }
    }
}

#[test]
fn json_lines_hold_every_row_and_end_with_the_summary() {
    let lake = Lake::sound();
    let text = run(&lake, "json").text();
    let lines: Vec<Row> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let mart = lake.rows("takedown_sla");
    assert_eq!(lines.len(), mart.len() + 1);
    for (line, row) in lines.iter().zip(&mart) {
        assert_eq!(line.keys().collect::<Vec<_>>(), row.keys().collect::<Vec<_>>());
        same(line, &Value::Object(row.clone()));
    }
    let summary = Value::Object(lines[mart.len()].clone());
    let want = serde_json::json!({
        "job": "takedown-sla", "status": "published", "exit_code": 0, "as_of": DAY, "rows_in": 646,
        "rows_quarantined": 0, "rows_out": 400 + mart.len(),
    });
    same(summary.as_object().expect("an object"), &want);
    let outputs: Vec<&str> =
        summary["outputs"].as_array().expect("outputs").iter().map(|o| o.as_str().expect("a path")).collect();
    for mart in ["takedown_outcomes", "takedown_sla"] {
        assert!(outputs.contains(&format!("{mart}/dt={DAY}").as_str()), "{outputs:?}");
    }
}

#[test]
fn parquet_on_standard_output_is_the_mart() {
    let lake = Lake::sound();
    let bytes = run(&lake, "parquet").stdout;
    assert_eq!(&bytes[..4], b"PAR1");
    assert_eq!(rows_of(bytes), lake.rows("takedown_sla"));
}

#[test]
fn a_table_is_for_people() {
    let lake = Lake::sound();
    let output = run(&lake, "table");
    let text = output.text();
    for word in ["scope", "takedowns", "compliance_rate"] {
        assert!(text.contains(word), "{text}");
    }
    assert!(!text.contains('\u{1b}'), "no colours into a pipe");
    assert!(text.lines().all(|l| l.chars().count() < 220), "{text}");
}

#[test]
fn an_unchanged_run_prints_the_same_rows() {
    let lake = Lake::sound();
    for format in ["csv", "parquet"] {
        let first = run(&lake, format).stdout;
        assert!(run(&lake, format).stdout == first, "{format}");
    }
}

#[test]
fn one_brand_limits_what_is_printed() {
    let lake = Lake::sound();
    let text = lake.sla().args("--format json --brand 3").run().ok().text();
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let (summary, rows) = lines.split_last().expect("a summary");
    assert!(!rows.is_empty() && rows.iter().all(|r| r["brand_id"] == 3));
    assert_eq!(summary["job"], "takedown-sla");
}

#[test]
fn an_empty_mart_prints_its_header() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| t.rows.clear());
    let csv = parse_csv(&run(&lake, "csv").text());
    assert_eq!((csv.len(), csv[0][0].as_str()), (1, "scope"));
    assert_eq!(rows_of(run(&lake, "parquet").stdout).len(), 0);
    assert_eq!(run(&lake, "json").text().lines().count(), 1);
    run(&lake, "table");
}

#[test]
fn a_failed_run_ends_with_a_summary_too() {
    let lake = Lake::sound();
    lake.edit("claims", |t| t.drop_column("decision"));
    let output = lake.sla().args("--format json").run().exits(3);
    let summary = output.summary();
    same(
        summary.as_object().expect("an object"),
        &serde_json::json!({ "job": "takedown-sla", "status": "input_refused", "exit_code": 3, "as_of": DAY }),
    );
    assert!(summary["error"].as_str().is_some_and(|e| e.contains("column decision")), "{summary}");
    for format in ["csv", "parquet", "table"] {
        let output = lake.sla().with("--format", format).run().exits(3);
        assert!(output.stdout.is_empty(), "{format}: {}", output.text());
    }
}

#[test]
fn results_go_to_standard_output_and_logs_do_not() {
    let lake = Lake::sound();
    let output = lake.sla().args("--format csv -v").run().ok();
    assert!(output.text().lines().skip(1).all(|l| l.starts_with("all,") || l.starts_with("brand,")));
    assert!(output.stderr.contains("takedown-sla as of"));
}
