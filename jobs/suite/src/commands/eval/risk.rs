//! `mirrorlake eval risk`: the mart `merchant_risk` against the truth that a sample lake was made with, beside three other
//! ways to rank the same merchants.

use std::collections::BTreeMap;

use mirrorlake_lake::marts::read_mart;
use mirrorlake_metrics::merchant_risk::{Features, Figure, Judged, Priors, Signals, features};
use mirrorlake_metrics::merchant_risk::{average_precision, brier, precision_at};
use mirrorlake_model::ExitStatus;
use serde_json::{Map, Value, json};

use super::truth;
use crate::args::{Common, EvalRisk, Format};
use crate::catalogue::{Cells, required};
use crate::failure::Failure;
use crate::output;
use crate::risk;

/// How a merchant that lives from counterfeits is called in the truth.
const COUNTERFEIT: &str = "counterfeit";

/// One way to rank, measured.
struct Measured {
    name: &'static str,
    figures: Vec<(String, Figure)>,
}

/// Measures the ranking.
pub fn run(common: &Common, args: &EvalRisk) -> Result<ExitStatus, Failure> {
    let mut kinds: BTreeMap<i64, bool> = BTreeMap::new();
    for batch in truth::table(&args.truth, "merchants")? {
        let cells = Cells(&batch);
        let words = cells.texts("kind")?;
        for (merchant, kind) in cells.whole("merchant_id")?.iter().zip(words) {
            kinds.insert(*merchant, required("kind", kind)? == COUNTERFEIT);
        }
    }
    let (marts, day) = super::super::marts_of(common, &args.marts, "merchant_risk")?;
    let partition = read_mart(&marts, &format!("merchant_risk/dt={day}"))?;
    let (mut ids, mut scores, mut signals): (Vec<i64>, Vec<f64>, Vec<Signals>) = Default::default();
    for batch in &partition.batches {
        let cells = Cells(batch);
        ids.extend(cells.whole("merchant_id")?);
        for score in cells.floats("score")? {
            scores.push(required("score", score)?);
        }
        signals.extend(risk::signals(batch)?);
    }
    let unknown = ids.iter().filter(|id| !kinds.contains_key(id)).count();
    if unknown > 0 {
        let message =
            format!("{unknown} merchants of merchant_risk dt={day} are not in the truth: it is another lake's");
        return Err(Failure::new(ExitStatus::InputRefused, message));
    }
    let available = risk::available(&partition.manifest);
    let priors = Priors::fit(&signals, &available);
    let features: Vec<Features> = signals.iter().map(|s| features(s, &priors, &available)).collect();
    let positives: Vec<bool> = ids.iter().map(|id| kinds.get(id) == Some(&true)).collect();
    let mut measured = vec![Measured::of("model", &scores, &positives, true)];
    for (name, scores) in risk::baselines(&ids, &signals, &features) {
        measured.push(Measured::of(name, &scores, &positives, false));
    }
    print(common, &measured, positives.iter().filter(|p| **p).count(), ids.len())?;
    Ok(ExitStatus::Ok)
}

impl Measured {
    fn of(name: &'static str, scores: &[f64], positives: &[bool], is_probability: bool) -> Self {
        let judged: Vec<Judged> = scores
            .iter()
            .zip(positives)
            .map(|(score, positive)| Judged { score: *score, positive: *positive, weight: 1.0 })
            .collect();
        let mut figures = vec![("average_precision".to_owned(), average_precision(&judged))];
        for k in [10, 50, 100] {
            figures.push((format!("precision_at_{k}"), precision_at(&judged, k)));
        }
        figures.push(("precision_at_1_percent".to_owned(), precision_at(&judged, judged.len().div_ceil(100))));
        if is_probability {
            figures.push(("brier".to_owned(), brier(&judged)));
        }
        Self { name, figures }
    }
}

fn print(common: &Common, measured: &[Measured], positives: usize, merchants: usize) -> Result<(), Failure> {
    if common.format == Format::Json {
        let mut line: Map<String, Value> = measured
            .iter()
            .map(|m| {
                let figures: Map<String, Value> =
                    m.figures.iter().map(|(name, figure)| (name.clone(), json!(figure.value))).collect();
                (m.name.to_owned(), Value::Object(figures))
            })
            .collect();
        line.insert("merchants".to_owned(), json!(merchants));
        line.insert("counterfeiters".to_owned(), json!(positives));
        return output::say(&format!("{}\n", Value::Object(line)));
    }
    let names: Vec<&str> = measured.first().map_or_else(Vec::new, |m| m.figures.iter().map(|f| f.0.as_str()).collect());
    let header: Vec<&str> = std::iter::once("ranked by").chain(names.iter().copied()).collect();
    let lines: Vec<Vec<String>> = measured
        .iter()
        .map(|m| {
            let cell = |at: usize| m.figures.get(at).and_then(|f| f.1.value);
            let cells = (0..names.len()).map(|at| cell(at).map_or_else(|| "–".to_owned(), |v| format!("{v:.4}")));
            std::iter::once(m.name.to_owned()).chain(cells).collect()
        })
        .collect();
    output::listing(&header, &lines, common.format)?;
    if common.format == Format::Csv {
        return Ok(());
    }
    output::say(&format!("\n{positives} of {merchants} merchants live from counterfeits, by the truth.\n"))
}
