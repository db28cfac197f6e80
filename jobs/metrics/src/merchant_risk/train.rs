//! Weights from labels: logistic regression with weights at least 0 and a ridge towards the reviewed ones.

mod solve;

use super::features::{Features, SIGNALS};
use super::model::{Model, Reasoned};
use mirrorlake_model::risk::Code;
use solve::{Problem, solve};
use std::cmp::Ordering;

/// Base and weights.
const PARAMETERS: usize = SIGNALS + 1;

/// One label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Labelled {
    /// The merchant's features, of evidence from before the label.
    pub features: Features,
    /// Whether what was looked at was counterfeit.
    pub counterfeit: bool,
    /// What it stands for, above 0: the inverse of its probability of being in the sample, or 1.
    pub weight: f64,
}

/// How weights are fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Training {
    /// Strength of the ridge, at least 0: (l2 / 2) Σ (weight − reviewed weight)² is added to the log-loss summed over the
    /// labels, so that l2 labels' worth of curvature stand against leaving a reviewed weight.
    pub l2: f64,
    /// Newton steps at the most; ten are usual.
    pub most_iterations: u32,
    /// The largest Karush–Kuhn–Tucker residual per label at which the solution counts as found.
    pub tolerance: f64,
}

impl Default for Training {
    fn default() -> Self {
        Self { l2: 10.0, most_iterations: 200, tolerance: 1e-9 }
    }
}

/// What was fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The reviewed model with new base and weights; version, reasons and tiers are those reviewed.
    pub model: Model,
    /// Newton steps taken.
    pub iterations: u32,
    /// Whether the residual came below the tolerance. The problem is convex, so what converged is the optimum.
    pub converged: bool,
    /// The largest residual of the Karush–Kuhn–Tucker conditions, per label: the slope in the base and in weights above 0,
    /// and how far a weight at 0 would like to rise.
    pub residual: f64,
    /// Weighted mean log-loss of the labels, without the ridge.
    pub log_loss: f64,
    /// Labels.
    pub n: usize,
    /// Labels that were counterfeit.
    pub counterfeit: usize,
    /// Kish's effective number of labels, (Σ weight)² / Σ weight².
    pub effective_n: f64,
}

/// Labels that nothing can be learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// All labels say the same, or there are none.
    #[error("{n} labels, {counterfeit} of them counterfeit: both kinds are needed")]
    OneKind {
        /// Labels.
        n: usize,
        /// Labels that were counterfeit.
        counterfeit: usize,
    },
    /// A feature or weight that is no finite number, or a weight not above 0.
    #[error("a label has a feature or weight that is not finite, or a weight that is not above 0")]
    NotFinite,
    /// Options outside what makes sense.
    #[error("the ridge must be a finite number from 0 on")]
    Ridge,
}

/// Fits base and weights to labels: the minimum of Σ vᵢ (ln(1 + e^ηᵢ) − yᵢ ηᵢ) + (l2 / 2) Σ (wⱼ − rⱼ)² over the base and
/// weights wⱼ ≥ 0, with η the log-odds, v the labels' weights normalised to sum to their number, and r the reviewed weights.
///
/// - The ridge pulls to the reviewed weights and not to 0: few labels leave the reviewed model as it is, and a signal that no
///   label has (its features all 0) keeps its weight. The base is free.
/// - Weights stay at least 0, so that more evidence never lowers the risk.
/// - The solver is a projected Newton method (Bertsekas, 1982) with a line search, from the reviewed weights; labels are
///   summed in a total order. Nothing is random.
///
/// # Errors
///
/// Where the labels are all of one kind, or numbers are not finite.
pub fn train(rows: &[Labelled], reviewed: &Model, training: &Training) -> Result<Fitted, TrainError> {
    let counterfeit = rows.iter().filter(|row| row.counterfeit).count();
    if counterfeit == 0 || counterfeit == rows.len() {
        return Err(TrainError::OneKind { n: rows.len(), counterfeit });
    }
    let is_sound =
        |row: &Labelled| row.features.iter().all(|f| f.is_finite()) && row.weight.is_finite() && row.weight > 0.0;
    if !rows.iter().all(is_sound) {
        return Err(TrainError::NotFinite);
    }
    if !(training.l2 >= 0.0 && training.l2.is_finite()) {
        return Err(TrainError::Ridge);
    }
    let mut sorted: Vec<&Labelled> = rows.iter().collect();
    sorted.sort_unstable_by(|a, b| total_order(a, b));
    let all: f64 = sorted.iter().map(|row| row.weight).sum();
    let squares: f64 = sorted.iter().map(|row| (row.weight / all).powi(2)).sum();
    let scale = rows.len() as f64 / all;
    let mut towards = [reviewed.base.value; PARAMETERS];
    for (place, weight) in towards[1..].iter_mut().zip(&reviewed.weights) {
        *place = weight.value;
    }
    let problem = Problem { rows: &sorted, scale, l2: training.l2, towards };
    let found = solve(&problem, training.most_iterations, training.tolerance);
    let mut model = reviewed.clone();
    model.base.value = found.parameters[0];
    for (weight, value) in model.weights.iter_mut().zip(&found.parameters[1..]) {
        weight.value = *value;
    }
    model.origin = format!(
        "Fitted to {} labels, {counterfeit} of them counterfeit, with a ridge of {:?} towards version {}.",
        rows.len(),
        training.l2,
        reviewed.version
    );
    Ok(Fitted {
        model,
        iterations: found.iterations,
        converged: found.residual <= training.tolerance,
        residual: found.residual,
        log_loss: problem.log_loss(&found.parameters) / rows.len() as f64,
        n: rows.len(),
        counterfeit,
        effective_n: squares.recip(),
    })
}

/// Labels in an order of their own, whatever the order given.
fn total_order(a: &Labelled, b: &Labelled) -> Ordering {
    let pairs = a.features.iter().zip(&b.features);
    let features = pairs.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
    features.then(a.counterfeit.cmp(&b.counterfeit)).then(a.weight.total_cmp(&b.weight))
}

impl Fitted {
    /// Base and weights rounded to whole thousandths, as a reviewer would want to read them.
    #[must_use]
    pub fn rounded(&self) -> Model {
        let mut model = self.model.clone();
        let round = |reasoned: &mut Reasoned| reasoned.value = (reasoned.value * 1_000.0).round() / 1_000.0;
        round(&mut model.base);
        model.weights.iter_mut().for_each(round);
        model
    }

    /// Signals whose weight the labels would have below 0, which the bound holds at 0.
    pub fn at_bound(&self) -> impl Iterator<Item = Code> {
        Code::ALL.iter().copied().filter(|code| self.model.weight(*code) == 0.0)
    }
}
