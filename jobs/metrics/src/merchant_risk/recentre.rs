//! The base of a model, from labels that stand for all units.

use super::features::Features;
use super::model::Model;
use super::score::logistic;
use super::train::Labelled;

/// The base is looked for within these log-odds: one unit in a hundred million, and the rest.
const BOUND: f64 = 18.5;

/// Halvings of that range: its width ends below 1e-12.
const HALVINGS: u32 = 48;

/// The base with which the model's scores add up to the counterfeits among the labels, both weighted; the weights of the
/// model stay. (A logistic regression's own condition on its intercept: Σ v (p − y) = 0.) Labels of one kind give the end of
/// the range that they point to, since nothing says how far beyond it the truth is.
///
/// `None` without labels, or where a number is not finite or a weight not above 0.
#[must_use]
pub fn recentred(model: &Model, labels: &[Labelled]) -> Option<f64> {
    let sound = |l: &Labelled| l.weight > 0.0 && l.weight.is_finite() && l.features.iter().all(|x| x.is_finite());
    if labels.is_empty() || !labels.iter().all(sound) {
        return None;
    }
    let evidence = |features: &Features| -> f64 {
        features.iter().zip(&model.weights).map(|(feature, weight)| feature * weight.value).sum()
    };
    // Sums of floats depend on their order, so it is fixed.
    let mut terms: Vec<(f64, f64, f64)> =
        labels.iter().map(|l| (evidence(&l.features), l.weight, f64::from(u8::from(l.counterfeit)))).collect();
    terms.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    let excess = |base: f64| -> f64 { terms.iter().map(|(x, weight, y)| weight * (logistic(base + x) - y)).sum() };
    let (mut low, mut high) = (-BOUND, BOUND);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if excess(middle) < 0.0 { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::super::SIGNALS;
    use super::*;

    fn label(first: f64, counterfeit: bool, weight: f64) -> Labelled {
        let mut features = [0.0; SIGNALS];
        features[0] = first;
        Labelled { features, counterfeit, weight }
    }

    // R 4.2: x <- c(0, 0, 1, 1, 2.5); y <- c(0, 1, 0, 1, 1); w <- c(30, 1, 4, 2, 3)
    //        coef(glm(y ~ 1, offset = 1.0 * x, weights = w, family = binomial))  # -2.24519086037
    #[test]
    fn the_base_is_that_of_a_logistic_regression_with_an_offset() {
        let mut model = Model::reviewed().expect("the reviewed model");
        for weight in &mut model.weights {
            weight.value = 0.0;
        }
        model.weights[0].value = 1.0;
        let labels = [
            label(0.0, false, 30.0),
            label(0.0, true, 1.0),
            label(1.0, false, 4.0),
            label(1.0, true, 2.0),
            label(2.5, true, 3.0),
        ];
        let base = recentred(&model, &labels).expect("a base");
        assert!((base + 2.245_190_860_37).abs() < 1e-8, "{base}");
        let mut turned = labels;
        turned.reverse();
        assert_eq!(recentred(&model, &turned), Some(base));
        assert_eq!(recentred(&model, &[]), None);
        assert_eq!(recentred(&model, &[label(0.0, true, 0.0)]), None);
        assert!(recentred(&model, &[label(0.0, false, 1.0)]).expect("a base") < -18.0);
    }
}
