//! The gold comments, where this machine has them: real ones with labels, beside the project and no part of it.
//!
//! The built-in parameters are trained without them, so what they reach here is what they reach on comments that they
//! have not seen.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Call;

/// Least F1 of `allege`.
const F1: [(&str, f64); 2] = [("zh", 0.88), ("en", 0.88)];
/// Least share of the allegations, both languages together, that pass the gate.
const GATE_RECALL: f64 = 0.99;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

/// A file of the folder beside the project; where it is missing the test says so and is passed over.
fn shared(file: &str) -> Option<PathBuf> {
    let path = project().join("../shared").join(file);
    if path.is_file() {
        return path.canonicalize().ok();
    }
    eprintln!("skipped: there is no {file} beside the project");
    None
}

/// The lines of an evaluation: errors, then figures.
fn measured(call: Call) -> (Vec<Value>, Value) {
    let text = call.args("--format json --log text").run().ok().text();
    let mut lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let figures = lines.pop().expect("figures");
    (lines, figures)
}

/// The comments of a label file.
fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect()
}

#[test]
fn the_built_in_detector_finds_the_gold_allegations() {
    let Some(gold) = shared("gold-comments/dev.jsonl") else { return };
    let (_, figures) = measured(Call::new("eval comments").with("--labels", &gold));
    for (lang, least) in F1 {
        let f1 = figures[lang]["allege"]["f1"].as_f64().expect("an F1");
        assert!(f1 >= least, "F1 of allege in {lang}: {f1:.4} instead of {least} or more");
    }
}

#[test]
fn the_gate_passes_the_gold_allegations() {
    let Some(gold) = shared("gold-comments/dev.jsonl") else { return };
    let (errors, figures) = measured(Call::new("eval comments").with("--labels", &gold));
    let alleged: u64 = ["zh", "en"].iter().map(|l| figures[*l]["allege"]["true"].as_u64().expect("a count")).sum();
    // A comment that the gate refuses is labelled `other`, so a refused allegation is among the errors.
    let refused: Vec<&Value> = errors.iter().filter(|e| e["true"] == "allege" && e["passed"] == false).collect();
    let recall = 1.0 - refused.len() as f64 / alleged as f64;
    assert!(recall >= GATE_RECALL, "{recall:.4}: {refused:#?}");
}

#[test]
fn no_gold_comment_is_trained_on() {
    let Some(gold) = shared("gold-comments/dev.jsonl") else { return };
    let word = |line: &Value, key: &str| line[key].as_str().map(str::to_owned);
    let gold = lines(&gold);
    let known = |key: &str| gold.iter().map(|l| word(l, key).expect("a word")).collect::<BTreeSet<_>>();
    let (ids, texts) = (known("id"), known("text"));
    let mut trained_on = 0;
    for file in fs::read_dir(project().join("jobs/signals/data/labels")).expect("the labels").flatten() {
        for line in lines(&file.path()) {
            let gold = word(&line, "id").is_some_and(|id| ids.contains(&id))
                || word(&line, "text").is_some_and(|text| texts.contains(&text));
            assert!(!gold, "{}: {line}", file.path().display());
            trained_on += 1;
        }
    }
    // The labels of that folder are those that the parameters were trained on.
    let params = project().join("jobs/signals/data/params.tsv");
    let params = fs::read_to_string(&params).expect("the built-in parameters");
    let origin = params.lines().find(|l| l.starts_with("origin")).expect("where they come from");
    assert!(origin.contains(&trained_on.to_string()) && !origin.contains("gold"), "{origin}; {trained_on} labels");
}
