//! How good a ranking is, by labels, and how stable, by an earlier ranking. Every figure comes with its n.

use std::cmp::Ordering;

/// One merchant, or one purchase, with what was said of it and what is true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// What it is ranked by, the highest first. A probability where the Brier score or calibration is asked for.
    pub score: f64,
    /// Whether it is what was looked for.
    pub positive: bool,
    /// What it stands for, above 0: 1, or the inverse of its probability of being in the sample.
    pub weight: f64,
}

/// A figure and how many labels it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The figure; `None` where the labels do not define it.
    pub value: Option<f64>,
    /// Labels.
    pub n: usize,
}

/// Sums over labels of one score. Which of them comes first nobody can say, so they are never parted.
#[derive(Clone, Copy, Debug, Default)]
struct Tied {
    score: f64,
    n: usize,
    weight: f64,
    positive: f64,
}

/// The labels by falling score, equal scores together. Weights are summed in a total order.
fn tied(judged: &[Judged]) -> Vec<Tied> {
    let mut sorted: Vec<&Judged> = judged.iter().filter(|one| one.weight > 0.0 && !one.score.is_nan()).collect();
    sorted.sort_unstable_by(|a, b| {
        let labels = b.positive.cmp(&a.positive).then(a.weight.total_cmp(&b.weight));
        b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal).then(labels)
    });
    sorted
        .chunk_by(|a, b| a.score == b.score)
        .map(|same| {
            let mut tied = Tied { score: same[0].score, n: same.len(), ..Tied::default() };
            for one in same {
                tied.weight += one.weight;
                tied.positive += if one.positive { one.weight } else { 0.0 };
            }
            tied
        })
        .collect()
}

/// Average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct scores, falling, with Pₙ and Rₙ the weighted precision and recall
/// of all that score at least as much. No interpolation; equal scores are one step (as scikit-learn defines it). `None`
/// without a positive label.
#[must_use]
pub fn average_precision(judged: &[Judged]) -> Figure {
    let groups = tied(judged);
    let all: f64 = groups.iter().map(|group| group.positive).sum();
    let (mut seen, mut found, mut sum) = (0.0, 0.0, 0.0);
    for group in &groups {
        seen += group.weight;
        found += group.positive;
        sum += group.positive / all * (found / seen);
    }
    Figure { value: (all > 0.0).then_some(sum), n: labels(&groups) }
}

/// Precision among the `k` highest scores: the weighted share of positives. Where the k-th place falls among equal scores,
/// they count in part: what is expected if chance orders them, so that a coarse score gains nothing by a lucky order. With
/// fewer than `k` labels it is that of all of them, and n says so; `None` without any.
#[must_use]
pub fn precision_at(judged: &[Judged], k: usize) -> Figure {
    let groups = tied(judged);
    let (mut left, mut seen, mut found) = (k, 0.0, 0.0);
    for group in &groups {
        let taken = left.min(group.n);
        let part = taken as f64 / group.n as f64;
        seen += part * group.weight;
        found += part * group.positive;
        left -= taken;
    }
    Figure { value: (seen > 0.0).then(|| found / seen), n: k - left }
}

/// Brier score: the weighted mean of (score − label)², with 1 for positive and 0 for negative (Brier, 1950). `None` without
/// labels.
#[must_use]
pub fn brier(judged: &[Judged]) -> Figure {
    let groups = tied(judged);
    let weight: f64 = groups.iter().map(|group| group.weight).sum();
    let loss = |group: &Tied| {
        group.positive * (1.0 - group.score).powi(2) + (group.weight - group.positive) * group.score.powi(2)
    };
    let sum: f64 = groups.iter().map(loss).sum();
    Figure { value: (weight > 0.0).then(|| sum / weight), n: labels(&groups) }
}

fn labels(groups: &[Tied]) -> usize {
    groups.iter().map(|group| group.n).sum()
}

/// One row of a calibration table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Weighted mean of the scores.
    pub predicted: f64,
    /// Weighted share of positives.
    pub observed: f64,
    /// Labels.
    pub n: usize,
}

/// Calibration: labels by rising score in `bins` parts of as equal numbers as can be, each with the mean score and the share
/// of positives. Equal scores stay together, in the part in which the middle one of them falls; parts that get none are
/// left out.
#[must_use]
pub fn calibration(judged: &[Judged], bins: usize) -> Vec<Bin> {
    let groups = tied(judged);
    let all = labels(&groups);
    let mut table = Vec::new();
    // The part that is being filled, with the weighted sum of scores in place of the score.
    let (mut open, mut part, mut done) = (Tied::default(), 0, 0);
    for group in groups.iter().rev() {
        let middle = (2 * done + group.n - 1) / 2;
        let next = middle * bins / all.max(1);
        if next != part && open.n > 0 {
            table.push(open.bin());
            open = Tied::default();
        }
        part = next;
        done += group.n;
        open.score += group.score * group.weight;
        open.weight += group.weight;
        open.positive += group.positive;
        open.n += group.n;
    }
    if open.n > 0 {
        table.push(open.bin());
    }
    table
}

impl Tied {
    fn bin(&self) -> Bin {
        Bin { predicted: self.score / self.weight, observed: self.positive / self.weight, n: self.n }
    }
}

/// Jaccard similarity of the first `k` of two rankings, best first: those in both over those in either. n is the number in
/// either; `None` where both are empty. A ranking names nobody twice.
#[must_use]
pub fn jaccard_at(one: &[i64], other: &[i64], k: usize) -> Figure {
    let (one, other) = (&one[..one.len().min(k)], &other[..other.len().min(k)]);
    let both = depths(one, other).len();
    let either = one.len() + other.len() - both;
    Figure { value: (either > 0).then(|| both as f64 / either as f64), n: either }
}

/// For each item that is in both rankings, the depth from which on both have named it, rising.
fn depths(one: &[i64], other: &[i64]) -> Vec<usize> {
    let mut places: Vec<(i64, usize)> = (1..).zip(one).map(|(depth, item)| (*item, depth)).collect();
    places.sort_unstable();
    let meets = |(depth, item): (usize, &i64)| {
        let at = places.binary_search_by_key(item, |place| place.0).ok()?;
        Some(depth.max(places[at].1))
    };
    let mut depths: Vec<usize> = (1..).zip(other).filter_map(meets).collect();
    depths.sort_unstable();
    depths
}

/// Rank-biased overlap of two rankings, best first, extrapolated: RBO_ext of Webber, Moffat and Zobel (2010), equation 32,
/// which reads finite lists, of unequal length too, as the beginnings of endless ones that go on agreeing as they did.
/// `persistence` p in (0, 1) says how far a reader goes: the first 1/(1 − p) places carry most of the weight.
///
/// With l ≥ s the lengths and X_d the number of items that both name in their first d places:
/// (1 − p)/p · (Σ_{d≤l} X_d/d pᵈ + Σ_{s<d≤l} X_s (d − s)/(s d) pᵈ) + ((X_l − X_s)/l + X_s/s) pˡ.
///
/// 1 for equal rankings and 0 for those without a common item. n is the length of the longer; `None` where one is empty, or
/// for a p outside (0, 1).
#[must_use]
pub fn rank_biased_overlap(one: &[i64], other: &[i64], persistence: f64) -> Figure {
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    if short == 0 || !(persistence > 0.0 && persistence < 1.0) {
        return Figure { value: None, n: long };
    }
    let depths = depths(one, other);
    let overlap = |depth: usize| depths.partition_point(|from| *from <= depth) as f64;
    let at_short = overlap(short);
    let (mut sum, mut power) = (0.0, 1.0);
    for depth in 1..=long {
        power *= persistence;
        sum += overlap(depth) / depth as f64 * power;
        if depth > short {
            sum += at_short * (depth - short) as f64 / (short as f64 * depth as f64) * power;
        }
    }
    let beyond = (overlap(long) - at_short) / long as f64 + at_short / short as f64;
    Figure { value: Some((1.0 - persistence) / persistence * sum + beyond * power), n: long }
}
