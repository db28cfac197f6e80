//! Wrong options, unknown names, configuration: exit 2, with words that help.

use std::fs;

use crate::support::{Call, DAY, Lake};

/// A usage failure that names all of these, and publishes nothing.
#[track_caller]
fn wrong(lake: &Lake, call: Call, parts: &[&str]) {
    call.run().exits(2).says(parts);
    lake.holds_nothing();
}

#[test]
fn an_unknown_command_gets_a_suggestion() {
    Call::new("takedown-slo").run().exits(2).says(&["takedown-slo", "takedown-sla"]);
    Call::new("chek").run().exits(2).says(&["chek", "check"]);
    Call::new("").run().exits(2).says(&["Usage"]);
}

#[test]
fn an_unknown_option_gets_a_suggestion() {
    let lake = Lake::sound();
    wrong(&lake, lake.sla().args("--thread 2"), &["--thread", "--threads"]);
    wrong(&lake, lake.sla().args("--allow-missing-day"), &["--allow-missing-days"]);
}

#[test]
fn help_goes_to_standard_output_and_gives_examples() {
    for words in ["--help", "takedown-sla --help", "brand-report --help", "check --help", "sql --help"] {
        let output = Call::new(words).run().ok();
        assert!(output.text().contains("Usage:"), "{words}");
        assert!(output.stderr.is_empty(), "{words}: {}", output.stderr);
    }
    let text = Call::new("takedown-sla --help").run().ok().text();
    for option in ["--lake", "--marts", "--as-of", "--days", "--config", "--brand", "--force", "--format", "--log"] {
        assert!(text.contains(option), "{option} is not in the help");
    }
    assert!(text.contains("mirrorlake takedown-sla --lake"), "no example in the help");
    assert!(Call::new("--help").run().ok().text().contains("75"), "the exit codes belong into the help");
}

#[test]
fn the_version_is_told() {
    let text = Call::new("--version").run().ok().text();
    assert!(text.starts_with("mirrorlake 0."), "{text}");
}

#[test]
fn an_as_of_that_is_no_day_is_a_usage_error() {
    for day in ["yesterday", "2026-13-01", "2026-11-31", "16.11.2026", "2026-11-16T00:00:00Z", "", "Latest "] {
        let lake = Lake::sound();
        let call = Call::new("takedown-sla --log text").with("--lake", lake.root()).with("--marts", lake.marts());
        wrong(&lake, call.with("--as-of", day), &["--as-of", "latest"]);
    }
}

#[test]
fn there_is_no_as_of_from_the_clock() {
    let lake = Lake::sound();
    let call = Call::new("takedown-sla").with("--lake", lake.root()).with("--marts", lake.marts());
    wrong(&lake, call, &["--as-of"]);
}

#[test]
fn lake_and_marts_must_be_given() {
    let lake = Lake::sound();
    Call::new("takedown-sla --as-of latest --log text").with("--marts", lake.marts()).run().fails(2, &["--lake"]);
    Call::new("takedown-sla --as-of latest --log text").with("--lake", lake.root()).run().fails(2, &["--marts"]);
    lake.holds_nothing();
}

#[test]
fn numbers_out_of_range_are_usage_errors() {
    let lake = Lake::sound();
    for words in ["--days 0", "--days=-1", "--days 100000", "--days many", "--threads 0", "--threads x"] {
        wrong(&lake, lake.sla().args(words), &[words.split([' ', '=']).next().expect("an option")]);
    }
    wrong(&lake, lake.sla().args("--format xml"), &["--format", "csv"]);
    wrong(&lake, lake.sla().args("--engine duck"), &["duck", "polars"]);
}

#[test]
fn an_unknown_brand_gets_a_suggestion() {
    let lake = Lake::sound();
    wrong(&lake, lake.sla().with("--brand", "Nordkam"), &["unknown brand Nordkam", "did you mean Nordkamm"]);
    wrong(&lake, lake.sla().with("--brand", "Auerlia"), &["unknown brand Auerlia", "did you mean Aurelia"]);
    wrong(&lake, lake.sla().with("--brand", "4711"), &["unknown brand 4711"]);
    wrong(&lake, lake.job("brand-report").with("--brand", "Saltmarch"), &["did you mean Saltmarsh"]);
}

#[test]
fn an_unknown_brand_is_printed_in_one_harmless_line() {
    let lake = Lake::sound();
    let output = lake.sla().with("--brand", "x\u{1b}[2J\nerror: forged").run().exits(2);
    assert!(!output.stderr.contains('\u{1b}'), "{}", output.told());
    assert!(!output.stderr.lines().any(|l| l.starts_with("error: forged")), "{}", output.told());
}

#[test]
fn a_brand_by_its_chinese_name_or_its_number() {
    for brand in ["金曦", "1", "Aurelia", "AURELIA"] {
        let lake = Lake::sound();
        let text = lake.sla().with("--brand", brand).args("--format csv").run().ok().text();
        let brands: Vec<&str> = text.lines().skip(1).map(|l| l.split(',').nth(1).expect("a cell")).collect();
        assert!(!brands.is_empty() && brands.iter().all(|b| *b == "1"), "--brand {brand}: {brands:?}");
        // What is printed is one brand's; the marts are whole.
        assert_eq!(lake.rows("takedown_outcomes").len(), 400);
    }
}

#[test]
fn an_unknown_configuration_key_is_named() {
    let lake = Lake::sound();
    for (text, parts) in [
        ("sla_limit_hour = 24\n", ["sla_limit_hour", "did you mean sla_limit_hours"]),
        ("[caps]\nvalue_byte = 1\n", ["value_byte", "value_bytes"]),
        ("[tolerance_days]\nclaim = 1\n", ["claim", "did you mean claims"]),
        ("max_bad_share = 2.0\n", ["max_bad_share", "between 0 and 1"]),
        ("max_bad_share = nan\n", ["max_bad_share", "between 0 and 1"]),
        ("sla_limit_hours = 0\n", ["sla_limit_hours", "between 1"]),
        ("days = \"ninety\"\n", ["days", "ninety"]),
        ("time_zone = \"Mars/Olympus\"\n", ["time_zone", "Mars/Olympus"]),
        ("days = \n", ["config.toml", "days"]),
    ] {
        let config = lake.config(text);
        wrong(&lake, lake.sla().with("--config", &config), &["config.toml", parts[0], parts[1]]);
    }
}

#[test]
fn a_configuration_file_that_is_not_there_is_named() {
    let lake = Lake::sound();
    wrong(&lake, lake.sla().with("--config", "/nowhere/mirrorlake.toml"), &["/nowhere/mirrorlake.toml"]);
}

#[test]
fn an_unknown_table_or_reduction_gets_a_suggestion() {
    let lake = Lake::sound();
    let check = lake.check_at("check", DAY).args("--table takedown");
    wrong(&lake, check, &["takedown", "did you mean takedowns"]);
    Call::new("contract --table sale").run().exits(2).says(&["did you mean sales"]);
    Call::new("sql show claim_takedown").run().exits(2).says(&["did you mean claim_takedowns"]);
}

#[test]
fn a_location_of_an_unknown_kind_is_a_usage_error() {
    let lake = Lake::sound();
    let call = |location: &str| {
        Call::new("takedown-sla --as-of latest --log text").with("--lake", location).with("--marts", lake.marts())
    };
    call("ftp://host/lake").run().fails(2, &["ftp", "s3://"]);
    let output = call("s3://key:hunter2@bucket/lake").run().fails(2, &["credentials"]);
    assert!(!output.stderr.contains("hunter2"), "{}", output.told());
    call("s3://bucket/lake").args("--store-option nonsense").run().exits(2);
    call("s3://bucket/lake").args("--store-option no_such_key=1").run().fails(2, &["no_such_key"]);
    lake.holds_nothing();
}

#[test]
fn logs_are_sentences_or_json_as_asked() {
    let lake = Lake::sound();
    let output = lake.check_at("takedown-sla", DAY).with("--marts", lake.marts()).run().ok();
    assert!(output.stderr.contains("takedown-sla as of 2026-11-16"), "{}", output.told());
    let call = Call::new("takedown-sla --force").with("--lake", lake.root()).with("--marts", lake.marts());
    let output = call.args("--as-of 2026-11-16 --log json").run().ok();
    for line in output.stderr.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        assert!(value["level"].is_string() && value["message"].is_string(), "{line}");
    }
    // Without a terminal, JSON is what a collector wants.
    let call = Call::new("takedown-sla --force --as-of 2026-11-16").with("--lake", lake.root());
    let output = call.with("--marts", lake.marts()).run().ok();
    assert!(output.stderr.lines().all(|line| line.starts_with('{')), "{}", output.told());
}

#[test]
fn quiet_says_only_errors() {
    let lake = Lake::sound();
    let output = lake.sla().args("-q").run().ok();
    assert_eq!(output.stderr, "");
    fs::remove_dir_all(lake.root().join("claims")).expect("removed");
    lake.sla().args("-q").run().refused(&["table claims"]);
}
