//! Isolation forest (Liu, Ting and Zhou, 2008): a baseline that knows no labels and no directions, over the same features.

use super::features::{Features, SIGNALS};
use super::redraw::Stream;

/// How a forest is grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forest {
    /// Trees; the paper's 100.
    pub trees: u32,
    /// Rows that each tree is grown from; the paper's 256.
    pub subsample: usize,
    /// The same seed gives the same forest.
    pub seed: u64,
}

impl Default for Forest {
    fn default() -> Self {
        Self { trees: 100, subsample: 256, seed: 1 }
    }
}

/// A tree in one piece: nodes name their children by place.
enum Node {
    Split {
        feature: usize,
        at: f64,
        below: usize,
        above: usize,
    },
    /// The path that is left in expectation.
    Leaf {
        remaining: f64,
    },
}

/// Anomaly scores 2^(−E(h)/c(ψ)) of the rows, in the order given, each with its identifier: near 1 is isolated by few splits,
/// below 0.5 is ordinary.
///
/// Each tree takes ψ rows (`subsample`, or all where there are fewer) and parts them by a random feature, of those that are
/// not constant there, at a uniform number between its least and largest value, down to single rows or depth ⌈log₂ ψ⌉. h is
/// the depth at which a row ends, plus [`average_path`] of the rows that share its leaf. Rows are drawn in the order of
/// identifiers, so that the order given does not show.
#[must_use]
pub fn isolation_forest(rows: &[(i64, Features)], forest: &Forest) -> Vec<f64> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_unstable_by_key(|at| rows[*at].0);
    let taken = forest.subsample.min(rows.len());
    if taken < 2 || forest.trees == 0 {
        return vec![0.5; rows.len()];
    }
    let most_depth = taken.next_power_of_two().ilog2();
    let mut depths = vec![0.0; rows.len()];
    for tree in 0..forest.trees {
        let mut stream = Stream::new(forest.seed, i64::from(tree), u32::MAX);
        // The first places of a shuffle: a sample without replacement.
        for at in 0..taken {
            order.swap(at, at + stream.below(rows.len() - at));
        }
        let mut sample: Vec<&Features> = order[..taken].iter().map(|at| &rows[*at].1).collect();
        let mut nodes = Vec::with_capacity(2 * taken);
        grow(&mut nodes, &mut sample, most_depth, &mut stream);
        for (depth, (_, features)) in depths.iter_mut().zip(rows) {
            *depth += path(&nodes, features);
        }
        order.sort_unstable_by_key(|at| rows[*at].0);
    }
    let usual = average_path(taken);
    depths.into_iter().map(|depth: f64| (-depth / f64::from(forest.trees) / usual).exp2()).collect()
}

/// Grows the tree of a sample and returns its place.
fn grow(nodes: &mut Vec<Node>, sample: &mut [&Features], depth_left: u32, stream: &mut Stream) -> usize {
    let place = nodes.len();
    nodes.push(Node::Leaf { remaining: average_path(sample.len()) });
    let range = |feature: usize| {
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        sample.iter().fold(ends, |(low, high), row| (low.min(row[feature]), high.max(row[feature])))
    };
    let varying: Vec<(usize, f64, f64)> = (0..SIGNALS)
        .map(|feature| (feature, range(feature)))
        .filter(|(_, (low, high))| low < high)
        .map(|(feature, (low, high))| (feature, low, high))
        .collect();
    if depth_left == 0 || varying.is_empty() {
        return place;
    }
    let (feature, low, high) = varying[stream.below(varying.len())];
    let at = low + (high - low) * stream.uniform();
    // Rounding may reach an end; the least value is always below and the largest never.
    let at = if at > low && at <= high { at } else { high };
    let mut middle = 0;
    for row in 0..sample.len() {
        if sample[row][feature] < at {
            sample.swap(row, middle);
            middle += 1;
        }
    }
    let (one, other) = sample.split_at_mut(middle);
    let below = grow(nodes, one, depth_left - 1, stream);
    let above = grow(nodes, other, depth_left - 1, stream);
    nodes[place] = Node::Split { feature, at, below, above };
    place
}

/// How deep a row falls.
fn path(nodes: &[Node], features: &Features) -> f64 {
    let (mut place, mut depth) = (0, 0.0);
    loop {
        match &nodes[place] {
            Node::Leaf { remaining } => return depth + remaining,
            Node::Split { feature, at, below, above } => {
                place = if features[*feature] < *at { *below } else { *above };
                depth += 1.0;
            }
        }
    }
}

/// Mean path of an unsuccessful search in a binary search tree of n keys: c(n) = 2 H(n − 1) − 2 (n − 1)/n, with the paper's
/// H(i) = ln i + 0.5772156649; 1 for two keys, where that is exact, and 0 for fewer.
#[must_use]
pub fn average_path(n: usize) -> f64 {
    const EULER: f64 = 0.577_215_664_9;
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => 2.0 * ((n as f64 - 1.0).ln() + EULER) - 2.0 * (n as f64 - 1.0) / n as f64,
    }
}
