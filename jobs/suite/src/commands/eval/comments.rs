//! `mirrorlake eval comments`: how good the detector is on labelled comments.

use mirrorlake_model::ExitStatus;
use mirrorlake_model::comment::{Label, Lang};
use mirrorlake_model::text::printable;
use mirrorlake_model::thresholds::CONFIDENCE_LEVEL;
use mirrorlake_signals::measure::{Confusion, Judged, bootstrap, brier, reliability};
use mirrorlake_signals::train::{Example, Judgement, TrainOptions, cross_validate};
use mirrorlake_signals::{Detector, Params, Scratch, embedded_params};
use serde_json::{Map, Value, json};

use crate::args::{Common, EvalComments, Format};
use crate::comments::labels::{self, Texts};
use crate::failure::Failure;
use crate::output;

/// Resamples of a bootstrap interval.
const DRAWS: usize = 2000;

/// Characters of a text in the table of errors.
const SHOWN: usize = 70;

/// Measures the comment detector.
pub fn run(common: &Common, args: &EvalComments) -> Result<ExitStatus, Failure> {
    let evaluation = Evaluation::of(args)?;
    match common.format {
        Format::Json => evaluation.print_json()?,
        Format::Csv => evaluation.print_errors(Format::Csv)?,
        Format::Table | Format::Parquet => evaluation.print(args)?,
    }
    Ok(ExitStatus::Ok)
}

/// Labelled comments with what the detector says of them.
struct Evaluation {
    examples: Vec<Example>,
    judged: Vec<Judged>,
    hard: Vec<bool>,
    seed: u64,
}

impl Evaluation {
    fn of(args: &EvalComments) -> Result<Self, Failure> {
        let texts = Texts::read(args.texts.as_deref())?;
        let examples = labels::read(&args.labels, &texts)?;
        let found = match args.cross_validate {
            Some(folds) => cross_validated(args, &texts, &examples, folds)?,
            None => judged_by(&parameters(args)?, &examples)?,
        };
        let detector = Detector::embedded().map_err(unusable)?;
        let mut scratch = Scratch::default();
        let hard = examples.iter().map(|e| detector.is_hard(&e.text, &mut scratch)).collect();
        let judged = examples.iter().zip(found).map(|(e, found)| Judged { truth: e.label, found }).collect();
        Ok(Self { examples, judged, hard, seed: args.seed })
    }

    fn chosen(&self, lang: Lang, only_hard: bool) -> Vec<Judged> {
        let members =
            (0..self.examples.len()).filter(|&i| self.examples[i].lang == lang && (!only_hard || self.hard[i]));
        members.map(|i| self.judged[i]).collect()
    }

    fn groups(&self) -> Vec<(Lang, bool, Vec<Judged>)> {
        let all = [Lang::Zh, Lang::En].into_iter().flat_map(|lang| [(lang, false), (lang, true)]);
        all.map(|(lang, hard)| (lang, hard, self.chosen(lang, hard))).filter(|g| !g.2.is_empty()).collect()
    }

    fn errors(&self) -> impl Iterator<Item = usize> {
        (0..self.judged.len()).filter(|&i| self.judged[i].truth != self.judged[i].found.label)
    }

    fn print(&self, args: &EvalComments) -> Result<(), Failure> {
        let how = match args.cross_validate {
            Some(folds) => format!("by {folds}-fold cross-validation"),
            None => {
                format!("by parameters {}", args.params.as_ref().map_or("built in".into(), |p| p.display().to_string()))
            }
        };
        output::say(&format!("{} comments, {how}; 95 % bootstrap intervals\n\n", self.judged.len()))?;
        let mut lines = Vec::new();
        for (lang, hard, judged) in self.groups() {
            for label in [Label::Allege, Label::Affirm] {
                let mut line = vec![
                    lang.word().to_owned(),
                    if hard { "hard ones" } else { "all" }.to_owned(),
                    label.word().to_owned(),
                    judged.len().to_string(),
                    judged.iter().filter(|j| j.truth == label).count().to_string(),
                ];
                for figure in [Confusion::precision, Confusion::recall, Confusion::f1] {
                    line.push(self.with_interval(&judged, |j| figure(Confusion::of(j, label))));
                }
                lines.push(line);
            }
        }
        let header = ["lang", "comments", "label", "n", "true", "precision", "recall", "f1"];
        output::say(&output::aligned(&header, &lines))?;
        let mut lines = Vec::new();
        for (lang, hard, judged) in self.groups().into_iter().filter(|g| !g.1) {
            debug_assert!(!hard, "calibration is that of all comments");
            let missed = judged.iter().filter(|j| j.truth == Label::Allege && !j.found.passed).count();
            let alleged = judged.iter().filter(|j| j.truth == Label::Allege).count();
            let gate = format!("gate passes {} of {alleged} allegations", alleged - missed);
            let score = brier(&judged).map_or("–".to_owned(), |b| format!("{b:.4}"));
            output::say(&format!("\n{}: {gate}; Brier score {score}\n", lang.word()))?;
            for bin in reliability(&judged) {
                lines.push(vec![
                    lang.word().to_owned(),
                    format!("{:.1}–{:.1}", bin.from, bin.to),
                    bin.comments.to_string(),
                    format!("{:.3}", bin.mean_score),
                    format!("{:.3}", bin.share),
                ]);
            }
        }
        output::say("\n")?;
        output::say(&output::aligned(&["lang", "score", "comments", "mean_score", "share_allege"], &lines))?;
        output::say("\nErrors:\n\n")?;
        self.print_errors(Format::Table)
    }

    fn with_interval(&self, judged: &[Judged], figure: impl Fn(&[Judged]) -> Option<f64>) -> String {
        match (figure(judged), bootstrap(judged, DRAWS, self.seed, CONFIDENCE_LEVEL, &figure)) {
            (Some(value), Some((low, high))) => format!("{value:.3} [{low:.3}, {high:.3}]"),
            _ => "–".to_owned(),
        }
    }

    fn print_errors(&self, format: Format) -> Result<(), Failure> {
        let line = |i: usize| {
            let (example, found) = (&self.examples[i], self.judged[i].found);
            let text = if format == Format::Table { printable(&example.text, SHOWN) } else { example.text.clone() };
            vec![
                example.lang.word().to_owned(),
                example.label.word().to_owned(),
                found.label.word().to_owned(),
                format!("{:.3}", found.score),
                if found.passed { "" } else { "refused" }.to_owned(),
                text,
            ]
        };
        let lines: Vec<Vec<String>> = self.errors().map(line).collect();
        output::listing(&["lang", "true", "found", "score", "gate", "text"], &lines, format)
    }

    /// One line an error, then one line of figures.
    fn print_json(&self) -> Result<(), Failure> {
        for i in self.errors() {
            let (example, found) = (&self.examples[i], self.judged[i].found);
            let line = json!({
                "lang": example.lang.word(), "true": example.label.word(), "found": found.label.word(),
                "score": found.score, "passed": found.passed, "text": example.text,
            });
            output::say(&format!("{line}\n"))?;
        }
        let mut line = Map::new();
        for (lang, hard, judged) in self.groups() {
            let entry = line.entry(lang.word()).or_insert_with(|| json!({}));
            let Value::Object(entry) = entry else { continue };
            let figures = self.figures(&judged);
            if hard {
                entry.insert("hard".to_owned(), Value::Object(figures));
            } else {
                entry.extend(figures);
                entry.insert("brier".to_owned(), json!(brier(&judged)));
            }
        }
        output::say(&format!("{}\n", Value::Object(line)))
    }

    fn figures(&self, judged: &[Judged]) -> Map<String, Value> {
        let mut figures = Map::new();
        for label in [Label::Allege, Label::Affirm] {
            let counts = Confusion::of(judged, label);
            let interval = |figure: fn(Confusion) -> Option<f64>| {
                bootstrap(judged, DRAWS, self.seed, CONFIDENCE_LEVEL, |j| figure(Confusion::of(j, label)))
            };
            figures.insert(
                label.word().to_owned(),
                json!({
                    "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
                    "precision_interval": interval(Confusion::precision),
                    "recall_interval": interval(Confusion::recall), "f1_interval": interval(Confusion::f1),
                    "n": judged.len(), "true": counts.true_positives + counts.false_negatives,
                }),
            );
        }
        figures
    }
}

fn unusable(error: mirrorlake_signals::ParamsError) -> Failure {
    Failure::new(ExitStatus::InputRefused, error.to_string())
}

fn parameters(args: &EvalComments) -> Result<Params, Failure> {
    let Some(path) = &args.params else { return embedded_params().map_err(unusable) };
    let at = |problem: String| Failure::usage(format!("parameter file {}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| at(e.to_string()))?;
    Params::parse(&text).map_err(|e| unusable(e).context(&path.display().to_string()))
}

fn judged_by(params: &Params, examples: &[Example]) -> Result<Vec<Judgement>, Failure> {
    let detector = Detector::new(params);
    let mut scratch = Scratch::default();
    let judge = |example: &Example| {
        let signal = detector.signal(&example.text, &mut scratch);
        Judgement { label: signal.label, score: signal.score, passed: signal.passed }
    };
    Ok(examples.iter().map(judge).collect())
}

/// Judges each comment by parameters trained on the other folds, and on the comments of `--train`.
fn cross_validated(
    args: &EvalComments,
    texts: &Texts,
    tested: &[Example],
    folds: u32,
) -> Result<Vec<Judgement>, Failure> {
    let mut examples = tested.to_vec();
    if !args.train.is_empty() {
        let more = labels::read(&args.train, texts)?;
        // A comment that is tested is never trained on under another label file's name.
        let known: std::collections::BTreeSet<&str> = tested.iter().map(|e| e.text.as_str()).collect();
        examples.extend(more.into_iter().filter(|e| !known.contains(e.text.as_str())));
    }
    let marks: Vec<bool> = (0..examples.len()).map(|i| i < tested.len()).collect();
    let options = TrainOptions { seed: args.seed, ..TrainOptions::default() };
    let judged = cross_validate(&examples, &marks, folds as usize, &options).map_err(unusable)?;
    Ok(judged.into_iter().flatten().collect())
}
