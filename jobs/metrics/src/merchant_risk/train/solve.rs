//! A convex problem of few parameters with bounds: projected Newton.

use super::super::score::logistic;
use super::{Labelled, PARAMETERS};

type Parameters = [f64; PARAMETERS];

/// A step has to lower the loss by this part of what its slope promises (Armijo).
const ENOUGH: f64 = 1e-4;
/// Rounding of the loss, relative to it: below that no step can be seen to lower it, and Newton's are right.
const ROUNDING: f64 = 1e-14;
/// Halvings of a step at the most: beyond, rounding decides.
const MOST_HALVINGS: u32 = 50;
/// Added to the curvature, relative to its largest entry: features that say the same leave it without an inverse.
const DAMPING: f64 = 1e-12;

/// The penalised log-loss of labels.
pub(super) struct Problem<'a> {
    pub(super) rows: &'a [&'a Labelled],
    /// Makes the labels' weights sum to their number.
    pub(super) scale: f64,
    pub(super) l2: f64,
    /// What the ridge pulls to; its first entry, the base, is only where the search begins.
    pub(super) towards: Parameters,
}

/// Where the search ended.
pub(super) struct Found {
    pub(super) parameters: Parameters,
    pub(super) iterations: u32,
    /// The largest Karush–Kuhn–Tucker residual, per label.
    pub(super) residual: f64,
}

impl Problem<'_> {
    fn log_odds(row: &Labelled, parameters: &Parameters) -> f64 {
        let products = parameters[1..].iter().zip(&row.features).map(|(weight, feature)| weight * feature);
        products.fold(parameters[0], |sum, product| sum + product)
    }

    /// Weighted log-loss, summed over the labels.
    pub(super) fn log_loss(&self, parameters: &Parameters) -> f64 {
        let loss = |row: &&Labelled| {
            let log_odds = Self::log_odds(row, parameters);
            // ln(1 + e^z) without overflow, z turned so that the label is the larger's.
            let against = if row.counterfeit { -log_odds } else { log_odds };
            self.scale * row.weight * (against.max(0.0) + (-against.abs()).exp().ln_1p())
        };
        self.rows.iter().map(loss).sum()
    }

    fn loss(&self, parameters: &Parameters) -> f64 {
        let distances = parameters[1..].iter().zip(&self.towards[1..]).map(|(weight, to)| (weight - to).powi(2));
        self.log_loss(parameters) + self.l2 / 2.0 * distances.sum::<f64>()
    }

    /// Slope and curvature of the loss.
    fn derivatives(&self, parameters: &Parameters) -> (Parameters, [Parameters; PARAMETERS]) {
        let (mut slope, mut curvature) = ([0.0; PARAMETERS], [[0.0; PARAMETERS]; PARAMETERS]);
        for row in self.rows {
            let mut design = [1.0; PARAMETERS];
            design[1..].copy_from_slice(&row.features);
            let score = logistic(Self::log_odds(row, parameters));
            let weight = self.scale * row.weight;
            let error = weight * (score - f64::from(u8::from(row.counterfeit)));
            let variance = weight * score * (1.0 - score);
            for ((slope, line), x) in slope.iter_mut().zip(&mut curvature).zip(&design) {
                *slope += error * x;
                for (entry, y) in line.iter_mut().zip(&design) {
                    *entry += variance * x * y;
                }
            }
        }
        for i in 1..PARAMETERS {
            slope[i] += self.l2 * (parameters[i] - self.towards[i]);
            curvature[i][i] += self.l2;
        }
        (slope, curvature)
    }

    /// The largest residual of the Karush–Kuhn–Tucker conditions, per label: |slope| of the base; of a weight the distance to
    /// where a step along the falling slope, cut off at 0, would take it.
    fn residual(&self, parameters: &Parameters, slope: &Parameters) -> f64 {
        let n = self.rows.len() as f64;
        let weights = parameters[1..].iter().zip(&slope[1..]).map(|(w, g)| (w - (w - g / n).max(0.0)).abs());
        weights.fold(slope[0].abs() / n, f64::max)
    }
}

/// Finds the minimum: Newton steps in the parameters that are not held at their bound, cut off at the bounds and halved until
/// the loss falls enough.
pub(super) fn solve(problem: &Problem<'_>, most_iterations: u32, tolerance: f64) -> Found {
    let mut parameters = problem.towards;
    let mut loss = problem.loss(&parameters);
    let mut iterations = 0;
    loop {
        let (slope, curvature) = problem.derivatives(&parameters);
        let residual = problem.residual(&parameters, &slope);
        if residual <= tolerance || iterations == most_iterations {
            return Found { parameters, iterations, residual };
        }
        iterations += 1;
        // Held: at 0, and the loss would fall below it.
        let is_free = |i: usize| i == 0 || parameters[i] > 0.0 || slope[i] < 0.0;
        let free: Vec<usize> = (0..PARAMETERS).filter(|i| is_free(*i)).collect();
        let newton = direction(&free, &slope, &curvature);
        let step = line_search(problem, (&parameters, loss), &slope, &newton)
            // A parameter near its bound may turn the step uphill: then along the slope, which never does.
            .or_else(|| line_search(problem, (&parameters, loss), &slope, &along_slope(&free, &slope, &curvature)));
        match step {
            Some((next, next_loss)) => (parameters, loss) = (next, next_loss),
            // Nothing lower within rounding.
            None => return Found { parameters, iterations, residual },
        }
    }
}

/// The first of the step's halves that lowers the loss enough.
fn line_search(
    problem: &Problem<'_>,
    (from, loss): (&Parameters, f64),
    slope: &Parameters,
    direction: &Parameters,
) -> Option<(Parameters, f64)> {
    let mut length = 1.0;
    for _ in 0..MOST_HALVINGS {
        let mut next = *from;
        for i in 0..PARAMETERS {
            next[i] = from[i] + length * direction[i];
            if i > 0 {
                next[i] = next[i].max(0.0);
            }
        }
        let promised: f64 = (0..PARAMETERS).map(|i| slope[i] * (from[i] - next[i])).sum();
        let reached = problem.loss(&next);
        if promised > 0.0 && reached <= loss - ENOUGH * promised + ROUNDING * loss {
            return Some((next, reached));
        }
        length /= 2.0;
    }
    None
}

/// −H⁻¹g among the free parameters, 0 elsewhere, by Cholesky's decomposition.
fn direction(free: &[usize], slope: &Parameters, curvature: &[Parameters; PARAMETERS]) -> Parameters {
    let n = free.len();
    let largest = free.iter().map(|i| curvature[*i][*i]).fold(f64::MIN_POSITIVE, f64::max);
    let mut lower = [[0.0; PARAMETERS]; PARAMETERS];
    for i in 0..n {
        for j in 0..=i {
            let mut sum = curvature[free[i]][free[j]];
            if i == j {
                sum += DAMPING * largest;
            }
            sum -= lower[i][..j].iter().zip(&lower[j]).map(|(a, b)| a * b).sum::<f64>();
            lower[i][j] = if i == j { sum.max(DAMPING * largest).sqrt() } else { sum / lower[j][j] };
        }
    }
    let mut solution = [0.0; PARAMETERS];
    for i in 0..n {
        let known: f64 = (0..i).map(|k| lower[i][k] * solution[k]).sum();
        solution[i] = (-slope[free[i]] - known) / lower[i][i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| lower[k][i] * solution[k]).sum();
        solution[i] = (solution[i] - known) / lower[i][i];
    }
    let mut direction = [0.0; PARAMETERS];
    for (i, place) in free.iter().enumerate() {
        direction[*place] = solution[i];
    }
    direction
}

/// Down the slope, each parameter by its own curvature.
fn along_slope(free: &[usize], slope: &Parameters, curvature: &[Parameters; PARAMETERS]) -> Parameters {
    let mut direction = [0.0; PARAMETERS];
    for i in free {
        direction[*i] = -slope[*i] / curvature[*i][*i].max(f64::MIN_POSITIVE);
    }
    direction
}
