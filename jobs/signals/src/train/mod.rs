//! Training: labelled comments in, parameters out, the same for the same comments and seed.

mod design;
mod minimise;

use std::collections::BTreeMap;

use mirrorlake_model::comment::{Label, Lang};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::detector::{Detector, Scratch};
use crate::params::{Calibration, LangParams, Params, ParamsError, SCALE, Weight};
use design::{Design, Row};

/// A labelled comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Language that it is scored in.
    pub lang: Lang,
    /// Text.
    pub text: String,
    /// True label.
    pub label: Label,
    /// How much it counts, 1 for one comment.
    pub weight: f64,
    /// Whether it was drawn at random: only such comments say how often the gate refuses an allegation.
    pub random: bool,
}

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainOptions {
    /// Deals the comments into folds.
    pub seed: u64,
    /// Strength of the L2 penalty on every weight.
    pub penalty: f64,
    /// How much stronger it is on runs of words as they stand.
    pub words: f64,
    /// How much stronger it is on words and classes at a distance from a cue.
    pub neighbours: f64,
    /// Comments that must have a feature before it gets a weight.
    pub least_comments: u32,
    /// Weights below this are dropped, and the rest fitted again.
    pub least_weight: f64,
    /// Folds of the cross-validation that the calibration is fitted on.
    pub folds: usize,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { seed: 1, penalty: 0.33, words: 6.0, neighbours: 3.0, least_comments: 3, least_weight: 0.02, folds: 5 }
    }
}

/// What a scorer made of a comment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// Label.
    pub label: Label,
    /// Probability of `allege`.
    pub score: f64,
    /// Whether the gate passed it.
    pub passed: bool,
}

/// Trains parameters for both languages.
///
/// # Errors
///
/// [`ParamsError`] where a language has no example of some label that passes the gate.
pub fn train(examples: &[Example], options: &TrainOptions, origin: &str) -> Result<Params, ParamsError> {
    let of = |lang: Lang| -> Result<LangParams, ParamsError> {
        let rows = rows(examples, lang);
        fit_language(&rows, lang, options)
    };
    Ok(Params { origin: origin.to_owned(), zh: of(Lang::Zh)?, en: of(Lang::En)? })
}

/// Judges every comment marked in `tested` by parameters that were trained without its fold; comments that are not
/// tested are always trained on.
///
/// # Errors
///
/// As [`train`].
pub fn cross_validate(
    examples: &[Example],
    tested: &[bool],
    folds: usize,
    options: &TrainOptions,
) -> Result<Vec<Option<Judgement>>, ParamsError> {
    let mut judged = vec![None; examples.len()];
    for lang in [Lang::Zh, Lang::En].into_iter().filter(|l| examples.iter().any(|e| scored_as(e.lang) == *l)) {
        let members: Vec<usize> = (0..examples.len()).filter(|&i| scored_as(examples[i].lang) == lang).collect();
        let rows = rows(examples, lang);
        let chosen: Vec<usize> = (0..members.len()).filter(|&m| tested[members[m]]).collect();
        for fold in deal(&chosen, folds, options.seed) {
            let held: Vec<bool> = flags(members.len(), &fold);
            let kept: Vec<Row> = rows.iter().zip(&held).filter(|(_, h)| !**h).map(|(r, _)| r.clone()).collect();
            let params = fit_language(&kept, lang, options)?;
            let weights: BTreeMap<&str, Weight> = params.weights.iter().map(|(n, w)| (n.as_str(), *w)).collect();
            for &m in &fold {
                judged[members[m]] = Some(judge(&rows[m], &weights, &params));
            }
        }
    }
    Ok(judged)
}

fn judge(row: &Row, weights: &BTreeMap<&str, Weight>, params: &LangParams) -> Judgement {
    if !row.passed {
        return Judgement { label: Label::Other, score: params.refused, passed: false };
    }
    let odds = row.odds(|name| weights.get(name).copied());
    let score = odds.probability(params.calibration);
    Judgement { label: odds.label(score), score, passed: true }
}

/// English scores what is neither Chinese nor English.
fn scored_as(lang: Lang) -> Lang {
    if lang == Lang::Zh { Lang::Zh } else { Lang::En }
}

fn rows(examples: &[Example], lang: Lang) -> Vec<Row> {
    let detector = Detector::bare();
    let mut scratch = Scratch::default();
    let own = examples.iter().filter(|e| scored_as(e.lang) == lang);
    own.map(|e| Row::new(e, detector.feature_names(&e.text, &mut scratch))).collect()
}

fn flags(n: usize, chosen: &[usize]) -> Vec<bool> {
    let mut flags = vec![false; n];
    for &at in chosen {
        flags[at] = true;
    }
    flags
}

/// Deals members into folds.
fn deal(members: &[usize], folds: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut members = members.to_vec();
    members.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut dealt = vec![Vec::new(); folds.max(2)];
    let n = dealt.len();
    for (at, member) in members.into_iter().enumerate() {
        dealt[at % n].push(member);
    }
    dealt
}

/// Fits one language: weights on all rows, the calibration on rows judged without their fold.
fn fit_language(rows: &[Row], lang: Lang, options: &TrainOptions) -> Result<LangParams, ParamsError> {
    let passed: Vec<&Row> = rows.iter().filter(|r| r.passed).collect();
    for label in Label::ALL {
        if !passed.iter().any(|r| r.label == *label) {
            let (lang, label) = (lang.word(), label.word());
            let problem = format!(
                "no {lang} comment that passes the gate is labelled {label}; each label is needed in zh and en"
            );
            return Err(ParamsError { line: 0, problem });
        }
    }
    let mut odds = Vec::with_capacity(passed.len());
    let all: Vec<usize> = (0..passed.len()).collect();
    for fold in deal(&all, options.folds, options.seed.wrapping_add(1)) {
        let held = flags(passed.len(), &fold);
        let kept: Vec<&Row> = passed.iter().zip(&held).filter(|(_, h)| !**h).map(|(r, _)| *r).collect();
        let design = Design::new(&kept, options.least_comments);
        let weights = design.fit(options);
        for &m in &fold {
            let raw = passed[m].odds(|name| design.weight(name, &weights)).against_rest();
            odds.push((raw, passed[m].label == Label::Allege, passed[m].weight));
        }
    }
    let calibration = platt(&odds);
    let design = Design::new(&passed, options.least_comments);
    let design = design.without(&design.fit(options), options.least_weight);
    let weights = design.fit(options);
    let weights = design.named(&weights);
    Ok(LangParams { calibration, refused: refused(rows), weights })
}

/// The share of allegations among comments drawn at random that the gate refuses, with half an allegation and half another added
/// (Jeffreys), so that it is never 0.
fn refused(rows: &[Row]) -> f64 {
    let refused = rows.iter().filter(|r| !r.passed && r.random);
    let (alleged, all) = refused
        .fold((0.5, 1.0), |(alleged, all), row| (alleged + f64::from(u8::from(row.label == Label::Allege)), all + 1.0));
    alleged / all
}

/// Fits slope and intercept by Newton's method, with Platt's targets (1999), which keep it finite.
fn platt(odds: &[(f64, bool, f64)]) -> Calibration {
    let total = |alleged: bool| odds.iter().filter(|o| o.1 == alleged).map(|o| o.2).sum::<f64>();
    let (high, low) = ((total(true) + 1.0) / (total(true) + 2.0), 1.0 / (total(false) + 2.0));
    let (mut slope, mut intercept) = (1.0, 0.0);
    for _ in 0..100 {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for &(x, alleged, weight) in odds {
            let p = 1.0 / (1.0 + (-(slope * x + intercept)).exp());
            let error = weight * (p - if alleged { high } else { low });
            let curve = weight * (p * (1.0 - p)).max(1e-9);
            g0 += error * x;
            g1 += error;
            h00 += curve * x * x;
            h01 += curve * x;
            h11 += curve;
        }
        let determinant = h00 * h11 - h01 * h01;
        let (d0, d1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        slope -= d0;
        intercept -= d1;
        if d0.abs() + d1.abs() < 1e-10 {
            break;
        }
    }
    let round = |x: f64| (x * 1e4).round() / 1e4;
    Calibration { slope: round(slope), intercept: round(intercept) }
}

fn thousandths(weight: f64) -> i32 {
    (weight * SCALE).round().clamp(-1e6, 1e6) as i32
}
