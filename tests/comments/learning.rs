//! Label files: training, measuring, and what is wrong with a broken one.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::comments::{label_file, label_line};
use crate::support::lake::properties;
use crate::support::{Call, Output, Table};

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Sixty invented comments of each language and label, told apart by a number.
fn invented(seed: usize) -> Vec<Value> {
    let things =
        [["洗发水", "shampoo"], ["手机", "phone"], ["鞋子", "shoes"], ["香水", "perfume"], ["充电器", "charger"]];
    let ends = [["退款", "refund"], ["客服不理", "the seller does not answer"], ["第二次买", "second order"]];
    let mut lines = Vec::new();
    for n in 0..60 {
        let n = n + seed * 60;
        let ([thing_zh, thing], [end_zh, end]) = (things[n % 5], ends[n / 5 % 3]);
        let zh = [
            [format!("这个{thing_zh}是假货，{end_zh}{n}"), format!("{thing_zh}不是正品，{end_zh}{n}")],
            [format!("{thing_zh}是正品，满意，{end_zh}{n}"), format!("{thing_zh}不是假货，放心，{end_zh}{n}")],
            [format!("如果{thing_zh}是假的就退，{end_zh}{n}"), format!("{thing_zh}很好用，{end_zh}{n}")],
        ];
        let en = [
            [format!("This {thing} is fake, {end} {n}"), format!("The {thing} is not genuine, {end} {n}")],
            [format!("The {thing} is genuine, {end} {n}"), format!("The {thing} is not fake, {end} {n}")],
            [format!("If the {thing} is fake I return it, {end} {n}"), format!("The {thing} works well, {end} {n}")],
        ];
        for (label, (zh, en)) in ["allege", "affirm", "other"].into_iter().zip(zh.iter().zip(&en)) {
            lines.push(label_line("zh", &zh[n % 2], label));
            lines.push(label_line("en", &en[n % 2], label));
        }
    }
    lines
}

fn train(labels: &Path, out: &Path) -> Call {
    Call::new("train comments").with("--labels", labels).with("--out", out).args("--log text")
}

fn eval(labels: &Path) -> Call {
    Call::new("eval comments").with("--labels", labels).args("--log text")
}

/// Every figure of a last line, by language.
#[track_caller]
fn figures(output: &Output) -> Value {
    let last = output.summary();
    for lang in ["zh", "en"] {
        for label in ["allege", "affirm"] {
            for figure in ["precision", "recall", "f1"] {
                let value = last[lang][label][figure].as_f64();
                assert!(value.is_some_and(|v| (0.0..=1.0).contains(&v)), "{lang} {label} {figure}: {last}");
            }
        }
    }
    last
}

#[test]
fn training_twice_writes_the_same_bytes() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    let out = |name: &str| home.path().join(name);
    train(&labels, &out("one.tsv")).run().ok();
    train(&labels, &out("two.tsv")).args("--threads 1").run().ok();
    let one = fs::read(out("one.tsv")).expect("parameters");
    assert!(!one.is_empty() && one == fs::read(out("two.tsv")).expect("parameters"));
    // The file is replaced whole, and nothing is left beside it.
    train(&labels, &out("one.tsv")).run().ok();
    assert!(fs::read(out("one.tsv")).expect("parameters") == one);
    assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 3);
}

#[test]
fn what_was_trained_finds_what_it_was_trained_on() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    let more = label_file(home.path(), "more.jsonl", &invented(1));
    let params = home.path().join("params.tsv");
    let told = train(&labels, &params).run().ok().text();
    assert!(told.contains("params.tsv"), "{told}");
    for labels in [&labels, &more] {
        let found = figures(&eval(labels).with("--params", &params).args("--format json").run().ok());
        for lang in ["zh", "en"] {
            assert!(found[lang]["allege"]["f1"].as_f64() > Some(0.95), "{found}");
            assert_eq!((&found[lang]["allege"]["n"], &found[lang]["allege"]["true"]), (&180.into(), &60.into()));
        }
    }
}

#[test]
fn several_label_files_are_one() {
    let home = home();
    let (first, second) = (&invented(0)[..180], &invented(0)[180..]);
    let whole = label_file(home.path(), "whole.jsonl", &invented(0));
    let first = label_file(home.path(), "first.jsonl", first);
    let second = label_file(home.path(), "second.jsonl", second);
    let weights = |call: Call, out: &str| {
        let path = home.path().join(out);
        call.with("--out", &path).args("--log text").run().ok();
        let text = fs::read_to_string(path).expect("parameters");
        text.lines().filter(|l| !l.starts_with("origin")).map(str::to_owned).collect::<Vec<_>>()
    };
    let one = weights(Call::new("train comments").with("--labels", &whole), "one.tsv");
    let two = weights(Call::new("train comments").with("--labels", &first).with("--labels", &second), "two.tsv");
    assert!(one == two);
    let count = |call: Call| call.args("--format json").run().ok().summary()["zh"]["allege"]["n"].clone();
    assert_eq!(count(eval(&first).with("--labels", &second)), count(eval(&whole)));
}

#[test]
fn the_built_in_detector_is_measured_in_every_format() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    let json = eval(&labels).args("--format json").run().ok();
    figures(&json);
    for line in json.text().lines().rev().skip(1) {
        let error: Value = serde_json::from_str(line).expect("JSON");
        assert_ne!(error["true"], error["found"], "{error}");
        assert!(error["passed"].is_boolean() && error["score"].is_f64() && error["text"].is_string(), "{error}");
    }
    let table = eval(&labels).run().ok().text();
    for word in ["360 comments", "precision", "recall", "f1", "zh", "en", "allege", "affirm", "Brier"] {
        assert!(table.contains(word), "{word} is not in\n{table}");
    }
    let csv = eval(&labels).args("--format csv").run().ok().text();
    assert!(csv.starts_with("lang,true,found,score"), "{csv}");
    assert_eq!(csv.lines().count(), json.text().lines().count(), "a header for a line of figures");
    assert_eq!(eval(&labels).args("--format json").run().ok().text(), json.text(), "a second time");
    eval(&labels).args("--format parquet").run().exits(2);
}

#[test]
fn cross_validation_judges_only_what_is_labelled_for_it() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    let more = label_file(home.path(), "more.jsonl", &invented(1));
    let alone = eval(&labels).args("--cross-validate 3 --format json").run().ok();
    assert_eq!(figures(&alone)["zh"]["allege"]["n"], 180);
    let call = || eval(&labels).args("--cross-validate 3 --format json").with("--train", &more);
    let with_more = call().run().ok();
    assert_eq!(figures(&with_more)["en"]["allege"]["n"], 180, "what is trained on is not judged");
    assert_eq!(call().run().ok().text(), with_more.text(), "a second time");
    // The comments that are judged are not trained on by way of another file.
    let same = eval(&labels).args("--cross-validate 3 --format json").with("--train", &labels).run().ok();
    assert_eq!(same.text(), alone.text());
    let table = eval(&labels).args("--cross-validate 3").run().ok().text();
    assert!(table.contains("3-fold"), "{table}");
}

#[test]
fn options_that_contradict_each_other_are_a_usage_error() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    eval(&labels).args("--cross-validate 3").with("--params", &labels).run().exits(2);
    eval(&labels).args("--cross-validate 1").run().exits(2);
    eval(&labels).with("--train", &labels).run().exits(2);
    Call::new("eval comments").run().exits(2);
    Call::new("train comments").with("--labels", &labels).run().exits(2);
    Call::new("eval coments").with("--labels", &labels).run().exits(2);
}

/// Two sound lines, one that is broken, and one more.
fn with_line(home: &Path, line: &str) -> PathBuf {
    let sound = label_line("en", "This is fake", "allege");
    let path = home.join("labels.jsonl");
    fs::write(&path, format!("{sound}\n\n{line}\n{sound}\n")).expect("written");
    path
}

#[test]
fn a_broken_line_is_named() {
    let home = home();
    let cases = [
        (r#"{"lang": "en", "text": "x", "label": "alege"}"#, "did you mean allege"),
        (r#"{"lang": "en", "text": "x", "label": "Affirm"}"#, "did you mean affirm"),
        (r#"{"lang": "xx", "text": "x", "label": "other"}"#, "lang"),
        (r#"{"lang": "en", "text": "x"}"#, "label"),
        (r#"{"lang": "en", "label": "other"}"#, "text"),
        (r#"{"text": "x", "label": "other"}"#, "lang"),
        (r#"{"lang": "en", "text": 5, "label": "other"}"#, "string"),
        (r#"{"lang": "en", "text": "x", "label": "other", "weight": 0}"#, "weight"),
        (r#"{"lang": "en", "text": "x", "label": "other", "weight": -1}"#, "weight"),
        (r#"{"lang": "en", "text": "x", "label": "other", "weight": "1"}"#, "labels.jsonl"),
        (r#"{"lang": "en", "text": "x", "label": "other""#, "labels.jsonl"),
        (r#"["en", "x", "other"]"#, "labels.jsonl"),
        ("lang,text,label", "labels.jsonl"),
    ];
    for (line, problem) in cases {
        let labels = with_line(home.path(), line);
        eval(&labels).run().fails(3, &["labels.jsonl", "line 3", problem]);
        let out = home.path().join("params.tsv");
        train(&labels, &out).run().fails(3, &["labels.jsonl", "line 3", problem]);
        assert!(!out.exists(), "{line}");
    }
}

#[test]
fn blank_lines_and_unknown_keys_are_passed_over() {
    let home = home();
    let labels = with_line(
        home.path(),
        r#"{"lang": "zh", "text": "假货", "label": "allege", "weight": 0.5, "invented": true, "by": "me"}"#,
    );
    let found = eval(&labels).args("--format json").run().ok().summary();
    assert_eq!((&found["en"]["allege"]["n"], &found["zh"]["allege"]["n"]), (&2.into(), &1.into()));
}

#[test]
fn a_file_that_is_not_there_is_a_usage_error() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    let nowhere = home.path().join("nowhere.jsonl");
    eval(&nowhere).run().fails(2, &["nowhere.jsonl"]);
    train(&nowhere, &home.path().join("params.tsv")).run().fails(2, &["nowhere.jsonl"]);
    eval(&labels).with("--params", &nowhere).run().fails(2, &["nowhere.jsonl"]);
    eval(&labels).args("--cross-validate 3").with("--train", &nowhere).run().fails(2, &["nowhere.jsonl"]);
    eval(&labels).with("--texts", &nowhere).run().fails(2, &["nowhere.jsonl"]);
    assert!(!home.path().join("params.tsv").exists());
}

#[test]
fn files_without_comments_are_refused() {
    let home = home();
    let empty = label_file(home.path(), "empty.jsonl", &[]);
    eval(&empty).run().fails(3, &["no comment"]);
    train(&empty, &home.path().join("params.tsv")).run().fails(3, &["no comment"]);
}

#[test]
fn a_language_or_label_without_examples_cannot_be_trained() {
    let home = home();
    let out = home.path().join("params.tsv");
    let only = |keep: fn(&Value) -> bool| invented(0).into_iter().filter(keep).collect::<Vec<_>>();
    let chinese = label_file(home.path(), "zh.jsonl", &only(|l| l["lang"] == "zh"));
    train(&chinese, &out).run().fails(3, &["cannot train"]);
    let one_label = label_file(home.path(), "allege.jsonl", &only(|l| l["label"] == "allege"));
    train(&one_label, &out).run().fails(3, &["cannot train"]);
    assert!(!out.exists());
}

#[test]
fn a_broken_parameter_file_is_named_with_its_line() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    let params = home.path().join("params.tsv");
    for (text, problem) in [("zh\tbias\t1\n", "line 1"), ("# x\nfr\tbias\t1\t2\n", "line 2"), ("", "weights")] {
        fs::write(&params, text).expect("written");
        eval(&labels).with("--params", &params).run().fails(3, &["params.tsv", problem]);
    }
}

#[test]
fn parameters_that_cannot_be_written_leave_nothing() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    train(&labels, &home.path().join("no/such/folder/params.tsv")).run().fails(1, &["params.tsv"]);
    assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 1);
}

/// The id of a text, as label files name it.
fn id_of(lang: &str, text: &str) -> String {
    let digits: String = Sha256::digest(text.as_bytes()).iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("{lang}-{digits}")
}

#[test]
fn an_id_stands_for_its_text() {
    let home = home();
    let named = invented(0);
    let word = |line: &Value, key: &str| line[key].as_str().expect("text").to_owned();
    let rows = named.iter().map(|l| vec![word(l, "text").as_str().into(), word(l, "lang").as_str().into()]);
    let texts = home.path().join("texts.parquet");
    fs::write(&texts, Table::new("texts", "text:text lang:text").with_rows(rows).parquet(properties()))
        .expect("written");
    let by_id = named.iter().map(|l| json!({ "id": id_of(&word(l, "lang"), &word(l, "text")), "label": l["label"] }));
    let labels = label_file(home.path(), "labels.jsonl", &named);
    let ids = label_file(home.path(), "ids.jsonl", &by_id.collect::<Vec<_>>());
    let json = |call: Call| call.args("--format json").run().ok().text();
    assert_eq!(json(eval(&ids).with("--texts", &texts)), json(eval(&labels)));
    let params = home.path().join("params.tsv");
    train(&ids, &params).with("--texts", &texts).run().ok();
    // Without the texts, and where they have no such text.
    eval(&ids).run().fails(3, &["ids.jsonl", "line 1", "--texts"]);
    let stranger = label_file(home.path(), "ids.jsonl", &[json!({ "id": "zh-000000000000", "label": "other" })]);
    eval(&stranger).with("--texts", &texts).run().fails(3, &["ids.jsonl", "line 1", "zh-000000000000"]);
}

#[test]
fn texts_that_are_no_parquet_are_refused() {
    let home = home();
    let labels = label_file(home.path(), "labels.jsonl", &invented(0));
    eval(&labels).with("--texts", &labels).run().fails(3, &["labels.jsonl", "Parquet"]);
    let other = home.path().join("other.parquet");
    let row = vec![vec!["x".into()]];
    fs::write(&other, Table::new("texts", "text:text").with_rows(row).parquet(properties())).expect("written");
    eval(&labels).with("--texts", &other).run().fails(3, &["other.parquet", "lang"]);
}
