//! Fitted weights against R's `glm` and `optim`, and against the conditions of the optimum.

use super::*;

/// Park and Miller's generator (1988), which R computes exactly too.
struct ParkMiller(u64);

impl ParkMiller {
    fn next(&mut self) -> f64 {
        self.0 = self.0 * 16_807 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }
}

/// The labels of the R code below: three of the features vary.
fn labels(columns: usize) -> Vec<Labelled> {
    let mut random = ParkMiller(12_345);
    (0..60)
        .map(|_| {
            let u: [f64; 6] = std::array::from_fn(|_| random.next());
            let x = [4.0 * u[0] - 1.0, 3.0 * u[1], (3.0 * u[2]).floor()];
            let log_odds = -2.5 + 0.9 * x[0] + 0.5 * x[1] - 0.4 * x[2];
            let mut features = [0.0; SIGNALS];
            features[..columns].copy_from_slice(&x[..columns]);
            Labelled { features, counterfeit: u[3] < 1.0 / (1.0 + (-log_odds).exp()), weight: 0.5 + 4.0 * u[4] }
        })
        .collect()
}

/// The reviewed model with other weights.
fn reviewed(base: f64, weights: [f64; 3]) -> Model {
    let mut model = Model::reviewed().expect("the file that ships");
    model.base.value = base;
    for (at, weight) in model.weights.iter_mut().enumerate() {
        weight.value = weights.get(at).copied().unwrap_or(0.0);
    }
    model
}

#[track_caller]
fn assert_fitted(fitted: &Fitted, base: f64, weights: [f64; 3], slack: f64) {
    assert!(fitted.converged && fitted.residual <= 1e-9, "{fitted:?}");
    let got = [fitted.model.base.value, fitted.model.weights[0].value, fitted.model.weights[1].value];
    for (got, wanted) in got.into_iter().zip([base, weights[0], weights[1]]) {
        assert!((got - wanted).abs() <= slack * (1.0 + wanted.abs()), "{got}, R: {wanted}");
    }
    assert!((fitted.model.weights[2].value - weights[2]).abs() <= slack);
}

/// R:
///
///     N <- 60; s <- 12345; u <- numeric(6 * N); for (i in 1:(6 * N)) { s <- (s * 16807) %% 2147483647; u[i] <- s / 2147483647 }
///     m <- matrix(u, ncol = 6, byrow = TRUE); X <- cbind(4 * m[, 1] - 1, 3 * m[, 2], floor(3 * m[, 3]))
///     y <- as.numeric(m[, 4] < plogis(-2.5 + .9 * X[, 1] + .5 * X[, 2] - .4 * X[, 3])); w <- .5 + 4 * m[, 5]; v <- w * N / sum(w)
///     coef(glm(y ~ X[, 1:2], weights = v, family = quasibinomial, control = list(epsilon = 1e-15, maxit = 100)))
///     l <- function(b) { e <- as.vector(cbind(1, X) %*% b); sum(v * (log1p(exp(-abs(e))) + pmax(e, 0) - y * e)) }
///     fit <- function(lam, r) optim(c(-4, r), function(b) l(b) + lam / 2 * sum((b[-1] - r)^2), function(b) {
///       e <- as.vector(cbind(1, X) %*% b); as.vector(t(cbind(1, X)) %*% (v * (plogis(e) - y))) + c(0, lam * (b[-1] - r)) },
///       method = "L-BFGS-B", lower = c(-Inf, 0, 0, 0), control = list(factr = 1, pgtol = 0, maxit = 10000))$par
///     fit(0, c(.6, .5, .2)); fit(2, c(.6, .5, .2)); fit(10, c(.6, .5, .2))
#[test]
fn weights_agree_with_r() {
    let model = reviewed(-4.0, [0.6, 0.5, 0.2]);
    let fit = |rows: &[Labelled], l2| train(rows, &model, &Training { l2, ..Training::default() }).expect("labels");
    // Without the third column, which R's glm would give a negative weight, no bound binds.
    let plain = fit(&labels(2), 0.0);
    assert_eq!((plain.n, plain.counterfeit), (60, 20));
    assert_fitted(&plain, -4.618_099_115, [0.767_765_912_8, 1.634_293_144, 0.2], 1e-8);
    assert!((plain.log_loss - 0.449_707_294_5).abs() < 1e-9);
    // A weight without labels keeps its reviewed value, and one that the labels speak against ends at 0.
    assert_fitted(&fit(&labels(3), 0.0), -4.618_099_115, [0.767_765_912_9, 1.634_293_144, 0.0], 1e-7);
    assert_fitted(&fit(&labels(3), 2.0), -3.828_312_062, [0.694_859_020_8, 1.251_993_752, 0.0], 1e-7);
    assert_fitted(&fit(&labels(3), 10.0), -3.055_352_206, [0.638_157_243_9, 0.853_829_789_3, 0.0], 1e-7);
    let at_bound: Vec<Code> = fit(&labels(3), 2.0).at_bound().take(1).collect();
    assert_eq!(at_bound, [Code::UpheldTakedowns]);
}

#[test]
fn labels_that_teach_nothing_are_refused() {
    let model = Model::reviewed().expect("the file that ships");
    let one = Labelled { features: [1.0; SIGNALS], counterfeit: true, weight: 1.0 };
    let refused = |rows: &[Labelled]| train(rows, &model, &Training::default()).expect_err("no lesson");
    assert_eq!(refused(&[]), TrainError::OneKind { n: 0, counterfeit: 0 });
    assert_eq!(refused(&[one; 3]), TrainError::OneKind { n: 3, counterfeit: 3 });
    let other = Labelled { counterfeit: false, weight: 0.0, ..one };
    assert_eq!(refused(&[one, other]), TrainError::NotFinite);
    let ridge = Training { l2: -1.0, ..Training::default() };
    assert_eq!(train(&[one, Labelled { weight: 1.0, ..other }], &model, &ridge), Err(TrainError::Ridge));
    // Perfectly parted labels have no optimum without a ridge, and that is said; with one they have.
    let parted = [one, Labelled { features: [0.0; SIGNALS], counterfeit: false, weight: 1.0 }];
    let fitted = train(&parted, &model, &Training::default()).expect("both kinds");
    assert!(fitted.converged);
}

/// Labels of any kind, with features as they turn up.
fn any_labels() -> impl Strategy<Value = Vec<Labelled>> {
    let feature = || prop_oneof![2 => Just(0.0), 1 => -1.5..3.0_f64, 1 => (0..4_u8).prop_map(|n| f64::from(n).ln_1p())];
    let label = (prop::array::uniform16(feature()), any::<bool>(), 0.01..40.0_f64);
    let label = label.prop_map(|(features, counterfeit, weight)| Labelled { features, counterfeit, weight });
    prop::collection::vec(label, 2..80)
}

proptest! {
    /// The optimum's own conditions, computed here by differences; the order of the labels and the unit of their weights
    /// do not show.
    #[test]
    fn the_optimum_is_one(
        (rows, shuffled) in any_labels().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        l2 in prop_oneof![Just(0.5), 0.01..50.0_f64],
    ) {
        let reviewed = Model::reviewed().expect("the file that ships");
        let training = Training { l2, ..Training::default() };
        let fitted = match train(&rows, &reviewed, &training) {
            Err(TrainError::OneKind { .. }) => return Ok(()),
            fitted => fitted.expect("finite labels"),
        };
        prop_assert_eq!(&train(&shuffled, &reviewed, &training), &Ok(fitted.clone()));
        prop_assert!(fitted.converged, "{} after {}", fitted.residual, fitted.iterations);
        let scale = rows.len() as f64 / rows.iter().map(|row| row.weight).sum::<f64>();
        let loss = |model: &Model| {
            let log_loss: f64 = rows.iter().map(|row| {
                let score = score(model, &row.features).score;
                -row.weight * scale * if row.counterfeit { score.ln() } else { (1.0 - score).ln() }
            }).sum();
            let pairs = model.weights.iter().zip(&reviewed.weights);
            log_loss + l2 / 2.0 * pairs.map(|(one, other)| (one.value - other.value).powi(2)).sum::<f64>()
        };
        let slope = |change: &dyn Fn(&mut Model, f64)| {
            let at = |by: f64| { let mut model = fitted.model.clone(); change(&mut model, by); loss(&model) };
            (at(1e-5) - at(-1e-5)) / 2e-5
        };
        let slack = 1e-4 * rows.len() as f64;
        let base = slope(&|model, by| model.base.value += by);
        prop_assert!(base.abs() <= slack, "slope {base} in the base");
        for code in Code::ALL {
            let slope = slope(&|model, by| model.weights[code.place()].value += by);
            let weight = fitted.model.weight(*code);
            prop_assert!(weight >= 0.0);
            prop_assert!(if weight > 0.0 { slope.abs() <= slack } else { slope >= -slack }, "{code:?} {weight}: {slope}");
        }
    }
}
