//! How well what was known before has foretold what was found since, and how stable the ranking is.

use arrow::record_batch::RecordBatch;
use mirrorlake_metrics::merchant_risk::{
    Features, Figure, Forest, Judged, Signals, average_precision, brier, calibration, isolation_forest, jaccard_at,
    precision_at, rank_biased_overlap, score,
};

use super::labels::{HeldBack, Label};
use super::marts::ranks;
use super::ranking::{Ranked, Ranking};
use crate::catalogue::Columns;
use crate::failure::Failure;
use crate::job::Work;

/// Places at which precision and stability are told.
const PLACES: [usize; 3] = [10, 50, 100];
/// Parts of the calibration table.
const BINS: usize = 10;
/// Persistence of the rank-biased overlap: two thirds of its weight are on the first fifty places.
const PERSISTENCE: f64 = 0.98;
/// Places that the rank-biased overlap looks at: what follows weighs less than one part in a billion.
const DEPTH: usize = 1_000;

/// One row of the mart `risk_evaluation`.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Name.
    pub metric: String,
    /// Place or part that it is about.
    pub k: Option<i64>,
    /// Value; `None` where the labels do not define it.
    pub value: Option<f64>,
    /// Labels, or merchants, that it rests on.
    pub n: i64,
}

/// What is compared with the model, on the same labels.
pub const BASELINES: [&str; 3] = ["takedown_count", "complaint_rate", "isolation_forest"];

/// The marts of the evaluation.
pub struct Evaluation {
    /// Rows of `risk_evaluation`.
    pub metrics: RecordBatch,
    /// Rows of `risk_labels`.
    pub labels: RecordBatch,
}

/// Evaluates on labels that have been held back, and compares with the ranking before.
///
/// # Errors
///
/// When the ranking before is not what its manifest promises.
pub fn evaluate(work: &Work<'_>, ranking: &Ranking<'_>, now: &Ranked) -> Result<Evaluation, Failure> {
    let facts = ranking.facts;
    let held_back = HeldBack::of(facts, &ranking.available);
    let scores: Vec<f64> = held_back.features.iter().map(|x| score(ranking.model, x).score).collect();
    let mut rows = Vec::new();
    let days = (work.as_of.day - facts.last_known).num_days();
    rows.push(Metric { metric: "held_back_days".to_owned(), k: None, value: Some(days as f64), n: days });
    let judged = |labels: &[Label], scores: &[f64]| -> Vec<Judged> {
        let of = |l: &Label| Judged { score: scores[l.place], positive: l.counterfeit, weight: l.weight };
        labels.iter().map(of).collect()
    };
    let labels = &held_back.takedowns;
    let found = labels.iter().filter(|l| l.counterfeit).count();
    rows.push(Metric { metric: "positives".to_owned(), k: None, value: Some(found as f64), n: labels.len() as i64 });
    precision_rows(&mut rows, "", &judged(labels, &scores));
    let ids: Vec<i64> = facts.sellers.iter().map(|s| s.merchant_id).collect();
    for (name, scores) in baselines(&ids, &held_back.signals, &held_back.features) {
        precision_rows(&mut rows, &format!(".{name}"), &judged(labels, &scores));
    }
    let verdicts = judged(&held_back.verdicts, &scores);
    push(&mut rows, "pilot_average_precision", None, average_precision(&verdicts));
    push(&mut rows, "brier", None, brier(&verdicts));
    for (bin, part) in (1..).zip(calibration(&verdicts, BINS)) {
        for (name, value) in [("calibration_predicted", part.predicted), ("calibration_observed", part.observed)] {
            push(&mut rows, name, Some(bin), Figure { value: Some(value), n: part.n });
        }
    }
    stability(work, now, &mut rows)?;
    rows.sort_by(|a, b| (&a.metric, a.k).cmp(&(&b.metric, b.k)));
    Ok(Evaluation { metrics: batch(&rows)?, labels: held_back.batch()? })
}

/// Average precision and precision at the first places.
pub fn precision_rows(rows: &mut Vec<Metric>, suffix: &str, judged: &[Judged]) {
    push(rows, &format!("average_precision{suffix}"), None, average_precision(judged));
    for k in PLACES {
        push(rows, &format!("precision_at{suffix}"), Some(k as i64), precision_at(judged, k));
    }
    let percent = judged.len().div_ceil(100);
    push(rows, &format!("precision_at_1_percent{suffix}"), Some(percent as i64), precision_at(judged, percent));
}

fn push(rows: &mut Vec<Metric>, metric: &str, k: Option<i64>, figure: Figure) {
    rows.push(Metric { metric: metric.to_owned(), k, value: figure.value, n: figure.n as i64 });
}

/// What a desk without the model would rank by: how many takedowns there were, how many of the comments complain, and how
/// odd a merchant is.
pub fn baselines(ids: &[i64], signals: &[Signals], features: &[Features]) -> Vec<(&'static str, Vec<f64>)> {
    let [takedowns, complaints, forest] = BASELINES;
    let rows: Vec<(i64, Features)> = ids.iter().copied().zip(features.iter().copied()).collect();
    vec![
        (takedowns, signals.iter().map(|s| s.upheld_takedowns as f64).collect()),
        (complaints, signals.iter().map(Signals::allegation_rate).collect()),
        (forest, isolation_forest(&rows, &Forest::default())),
    ]
}

/// How much of the first places is as it was.
fn stability(work: &Work<'_>, now: &Ranked, rows: &mut Vec<Metric>) -> Result<(), Failure> {
    let before = match work.window("merchant_risk").last() {
        Some(day) => first_merchants(&day.read()?.batches)?,
        None => Vec::new(),
    };
    let now = first_merchants(&now.batches)?;
    let known = |figure: Figure| if before.is_empty() { Figure { value: None, n: 0 } } else { figure };
    for k in PLACES {
        push(rows, "jaccard", Some(k as i64), known(jaccard_at(&now, &before, k)));
    }
    push(rows, "rank_biased_overlap", None, known(rank_biased_overlap(&now, &before, PERSISTENCE)));
    Ok(())
}

/// The first merchants in the order of their ranks.
fn first_merchants(batches: &[RecordBatch]) -> Result<Vec<i64>, Failure> {
    let mut first: Vec<(i64, i64)> = Vec::new();
    for batch in batches {
        first.extend(ranks(batch)?.filter(|(rank, _)| *rank <= DEPTH as i64));
    }
    first.sort_unstable();
    Ok(first.into_iter().map(|(_, merchant)| merchant).collect())
}

fn batch(rows: &[Metric]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.text("metric", rows.iter().map(|r| r.metric.as_str()));
    c.int_or_null("k", rows.iter().map(|r| r.k));
    c.float("value", true, rows.iter().map(|r| r.value));
    c.int("n", rows.iter().map(|r| r.n));
    c.batch()
}
