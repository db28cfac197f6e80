//! Minimising a smooth convex function: limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2nd ed.,
//! algorithms 7.4 and 7.5) with a backtracking line search.

use std::collections::VecDeque;

const MEMORY: usize = 10;
const STEPS: usize = 200;

/// The minimum of `value`, which writes its gradient; from `x` on.
pub fn lbfgs(mut x: Vec<f64>, mut value: impl FnMut(&[f64], &mut [f64]) -> f64) -> Vec<f64> {
    let n = x.len();
    let mut gradient = vec![0.0; n];
    let mut loss = value(&x, &mut gradient);
    let mut pairs: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    for _ in 0..STEPS {
        let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut alphas = Vec::with_capacity(pairs.len());
        for (s, y, rho) in pairs.iter().rev() {
            let alpha = rho * dot(s, &direction);
            add(&mut direction, -alpha, y);
            alphas.push(alpha);
        }
        let scale =
            pairs.back().map_or(1.0 / dot(&gradient, &gradient).sqrt().max(1.0), |(s, y, _)| dot(s, y) / dot(y, y));
        direction.iter_mut().for_each(|d| *d *= scale);
        for ((s, y, rho), alpha) in pairs.iter().zip(alphas.iter().rev()) {
            let beta = rho * dot(y, &direction);
            add(&mut direction, alpha - beta, s);
        }
        let slope = dot(&gradient, &direction);
        if slope > -1e-9 {
            break;
        }
        let (mut step, mut next, mut next_gradient, mut next_loss);
        step = 1.0;
        loop {
            next = x.clone();
            add(&mut next, step, &direction);
            next_gradient = vec![0.0; n];
            next_loss = value(&next, &mut next_gradient);
            // Armijo's condition.
            if next_loss <= loss + 1e-4 * step * slope || step < 1e-10 {
                break;
            }
            step *= 0.5;
        }
        let s: Vec<f64> = next.iter().zip(&x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let sy = dot(&s, &y);
        let gained = loss - next_loss;
        (x, gradient, loss) = (next, next_gradient, next_loss);
        if gained.abs() <= 1e-7 * loss.abs().max(1.0) {
            break;
        }
        if sy > 1e-12 {
            pairs.push_back((s, y, 1.0 / sy));
            if pairs.len() > MEMORY {
                pairs.pop_front();
            }
        }
    }
    x
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(x: &mut [f64], factor: f64, other: &[f64]) {
    for (x, o) in x.iter_mut().zip(other) {
        *x += factor * o;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badly_scaled_bowl_has_its_minimum_found() {
        let scales = [1.0, 100.0, 0.01, 7.0];
        let found = lbfgs(vec![0.0; 4], |x, gradient| {
            let mut loss = 0.0;
            for (i, scale) in scales.iter().enumerate() {
                let off = x[i] - i as f64;
                gradient[i] = 2.0 * scale * off;
                loss += scale * off * off;
            }
            loss
        });
        for (i, x) in found.iter().enumerate() {
            assert!((x - i as f64).abs() < 1e-2, "{found:?}");
        }
    }
}
