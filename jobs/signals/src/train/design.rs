//! The training rows as numbers: which feature is which column, and the fit over them.

use std::collections::{BTreeMap, BTreeSet};

use mirrorlake_model::comment::Label;

use super::{Example, TrainOptions, minimise, thousandths};
use crate::detector::Odds;
use crate::params::Weight;
use crate::sinks::{CueSum, Names};

/// One comment: its features' names.
#[derive(Clone, Debug)]
pub struct Row {
    names: Names,
    pub label: Label,
    pub weight: f64,
    pub passed: bool,
    pub random: bool,
}

impl Row {
    pub fn new(example: &Example, names: Option<Names>) -> Self {
        let passed = names.is_some();
        let Example { label, weight, random, .. } = *example;
        Self { names: names.unwrap_or_default(), label, weight, passed, random }
    }

    /// What weights make of it; as the detector does, in whole thousandths.
    pub fn odds(&self, weight: impl Fn(&str) -> Option<Weight>) -> Odds {
        let sum = |names: &BTreeSet<String>| {
            names.iter().filter_map(|n| weight(n)).fold(CueSum::default(), |sum, w| CueSum {
                item: 0,
                allege: sum.allege + i64::from(w.allege),
                affirm: sum.affirm + i64::from(w.affirm),
            })
        };
        let bias = weight("bias").unwrap_or_default();
        let mut whole = sum(&self.names.whole);
        whole.allege += i64::from(bias.allege);
        whole.affirm += i64::from(bias.affirm);
        let cues: Vec<CueSum> = self.names.cues.iter().map(sum).collect();
        Odds::new(whole, &cues)
    }
}

/// A row as columns.
#[derive(Clone)]
struct Line {
    cues: Vec<Vec<u32>>,
    whole: Vec<u32>,
    label: Label,
    weight: f64,
}

/// Columns by name, and rows as columns.
pub struct Design {
    names: Vec<String>,
    column: BTreeMap<String, u32>,
    lines: Vec<Line>,
}

/// Weights of `allege` and `affirm`, the bias last.
pub struct Fitted {
    allege: Vec<f64>,
    affirm: Vec<f64>,
}

/// How strongly a kind of feature is held back: words as they stand are many, and a comment about soap should not be
/// judged by the word soap.
fn strength(name: &str, options: &TrainOptions) -> f64 {
    let kind = match name.split(' ').next() {
        Some("w") => options.words,
        Some("c" | "near" | "slim" | "start") => options.neighbours,
        _ => 1.0,
    };
    kind * options.penalty
}

impl Design {
    /// Columns for the features of at least `least` comments.
    pub fn new(rows: &[&Row], least: u32) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for row in rows {
            let all: BTreeSet<&str> =
                row.names.cues.iter().chain([&row.names.whole]).flatten().map(String::as_str).collect();
            for name in all {
                *counts.entry(name).or_default() += 1;
            }
        }
        let names: Vec<String> =
            counts.into_iter().filter(|(_, n)| *n >= least).map(|(name, _)| name.to_owned()).collect();
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let column: BTreeMap<String, u32> = names.iter().enumerate().map(|(i, n)| (n.clone(), number(i))).collect();
        let columns = |names: &BTreeSet<String>| names.iter().filter_map(|n| column.get(n).copied()).collect();
        let line = |row: &&Row| Line {
            cues: row.names.cues.iter().map(columns).collect(),
            whole: columns(&row.names.whole),
            label: row.label,
            weight: row.weight,
        };
        let lines = rows.iter().map(line).collect();
        Self { names, column, lines }
    }

    /// The same without the columns whose weights are all small.
    pub fn without(&self, fitted: &Fitted, least: f64) -> Self {
        let kept: Vec<bool> =
            (0..self.names.len()).map(|i| fitted.allege[i].abs() >= least || fitted.affirm[i].abs() >= least).collect();
        let mut renumbered = Vec::with_capacity(kept.len());
        let mut next = 0;
        for keep in &kept {
            renumbered.push(keep.then_some(next));
            next += u32::from(*keep);
        }
        let names: Vec<String> = self.names.iter().zip(&kept).filter(|(_, k)| **k).map(|(n, _)| n.clone()).collect();
        let column = names.iter().enumerate().map(|(i, n)| (n.clone(), u32::try_from(i).unwrap_or(u32::MAX))).collect();
        let columns = |old: &Vec<u32>| old.iter().filter_map(|c| renumbered[*c as usize]).collect();
        let line = |old: &Line| Line {
            cues: old.cues.iter().map(columns).collect(),
            whole: columns(&old.whole),
            label: old.label,
            weight: old.weight,
        };
        Self { names, column, lines: self.lines.iter().map(line).collect() }
    }

    /// Multinomial logistic regression with `other` as the base and the cues of a comment added up in odds, the penalty
    /// on every weight but the bias.
    pub fn fit(&self, options: &TrainOptions) -> Fitted {
        let n = self.names.len() + 1;
        let bias = n - 1;
        let strength: Vec<f64> = self.names.iter().map(|name| strength(name, options)).chain([0.0]).collect();
        let mut shares: Vec<(f64, f64)> = Vec::new();
        let value = |x: &[f64], gradient: &mut [f64]| {
            let (allege, affirm) = x.split_at(n);
            let mut loss = 0.0;
            for (i, g) in gradient.iter_mut().enumerate() {
                let strength = strength[i % n];
                *g = strength * x[i];
                loss += 0.5 * strength * x[i] * x[i];
            }
            for line in &self.lines {
                shares.clear();
                let sum = |columns: &[u32], x: &[f64]| columns.iter().map(|c| x[*c as usize]).sum::<f64>();
                shares.extend(line.cues.iter().map(|c| (sum(c, allege), sum(c, affirm))));
                let most = shares.iter().fold((f64::MIN, f64::MIN), |m, s| (m.0.max(s.0), m.1.max(s.1)));
                for share in &mut shares {
                    *share = ((share.0 - most.0).exp(), (share.1 - most.1).exp());
                }
                let total = shares.iter().fold((0.0, 0.0), |t, s| (t.0 + s.0, t.1 + s.1));
                let a = allege[bias] + sum(&line.whole, allege) + most.0 + total.0.ln();
                let f = affirm[bias] + sum(&line.whole, affirm) + most.1 + total.1.ln();
                let top = a.max(f).max(0.0);
                let (ea, ef, eo) = ((a - top).exp(), (f - top).exp(), (-top).exp());
                let all = ea + ef + eo;
                let own = match line.label {
                    Label::Allege => a,
                    Label::Affirm => f,
                    Label::Other => 0.0,
                };
                loss += line.weight * (top + all.ln() - own);
                let da = line.weight * (ea / all - f64::from(u8::from(line.label == Label::Allege)));
                let df = line.weight * (ef / all - f64::from(u8::from(line.label == Label::Affirm)));
                for (columns, share) in line.cues.iter().zip(&shares) {
                    let (da, df) = (da * share.0 / total.0, df * share.1 / total.1);
                    for c in columns {
                        gradient[*c as usize] += da;
                        gradient[n + *c as usize] += df;
                    }
                }
                for c in line.whole.iter().map(|c| *c as usize).chain([bias]) {
                    gradient[c] += da;
                    gradient[n + c] += df;
                }
            }
            loss
        };
        let x = minimise::lbfgs(vec![0.0; 2 * n], value);
        Fitted { allege: x[..n].to_vec(), affirm: x[n..].to_vec() }
    }

    /// The weight of a name.
    pub fn weight(&self, name: &str, fitted: &Fitted) -> Option<Weight> {
        let at = if name == "bias" { self.names.len() } else { *self.column.get(name)? as usize };
        Some(Weight { allege: thousandths(fitted.allege[at]), affirm: thousandths(fitted.affirm[at]) })
    }

    /// The weights by name, the bias first.
    pub fn named(&self, fitted: &Fitted) -> Vec<(String, Weight)> {
        let names = ["bias"].into_iter().chain(self.names.iter().map(String::as_str));
        let named = names.filter_map(|name| Some((name.to_owned(), self.weight(name, fitted)?)));
        named.filter(|(name, w)| name == "bias" || *w != Weight::default()).collect()
    }
}
