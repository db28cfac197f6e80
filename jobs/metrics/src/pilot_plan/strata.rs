//! Strata of a brand and their share of its purchases. Nothing here looks at the seed.

use super::Candidate;
use super::allocate::proportional;
use super::risk::{FLAGGED_FROM, Rates};
use std::ops::Range;

/// Odds of a flagged listing over those of another one of the brand, for the allocation only.
const FLAGGED_ODDS: f64 = 3.0;
/// Expected purchases per stratum: one that is lost leaves two. Four made the effective n by units a tenth to a fifth
/// smaller where a brand has under 32 purchases; two made no figure better there.
const DRAWS_PER_STRATUM: f64 = 3.0;
/// Fewest purchases outside the best-sellers for which flagged listings get strata of their own.
const DRAWS_TO_SPLIT: i64 = 8;
/// Fewest expected purchases of flagged (or other) listings for that; they then get at least two.
const DRAWS_OF_A_GROUP: f64 = 1.5;
/// Fewest purchases of a brand for which a single dominant listing is joined by the next to a class of two.
const DRAWS_FOR_A_PAIR: i64 = 6;
/// Most classes of size in a group.
const MOST_CLASSES: f64 = 12.0;
/// Prevalence reckoned with for the allocation stays within these, so that nothing counts as known for certain.
const PREVALENCE_RANGE: (f64, f64) = (0.005, 0.5);

/// A candidate as the strata see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// N·S of the listing alone: its ideal inclusion probability is in proportion to it.
    measure: f64,
    /// Place among the brand's candidates, by listing.
    pub(super) place: u32,
    /// Whether the evidence doubles its odds.
    pub(super) flagged: bool,
    /// Whether it sold anything.
    sold: bool,
}

/// A stratum before it has a name.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// Its items, by their place in the reordered slice.
    pub(super) items: Range<usize>,
    /// Size class in words.
    pub(super) class: String,
    /// `flagged`, `unflagged` or `any`.
    pub(super) group: &'static str,
    /// Purchases.
    pub(super) draws: i64,
}

/// The items of a brand, by listing. `candidates` are the brand's, by listing.
pub(super) fn items(candidates: &[Candidate], rates: Rates, prevalence: f64) -> Vec<Item> {
    let total = |of: fn(&Candidate) -> i64| candidates.iter().map(|c| i128::from(of(c))).sum::<i128>() as f64;
    let n = candidates.len() as f64;
    let (mean_units, mean_gmv) = (total(|c| c.units) / n, total(|c| c.gmv_minor) / n);
    let over = |value: i64, mean: f64| if mean > 0.0 { value as f64 / mean } else { 1.0 };
    let p = prevalence.clamp(PREVALENCE_RANGE.0, PREVALENCE_RANGE.1);
    let flagged_p = FLAGGED_ODDS * p / (1.0 - p + FLAGGED_ODDS * p);
    candidates
        .iter()
        .zip(0_u32..)
        .map(|(candidate, place)| {
            let flagged = rates.score(candidate) >= FLAGGED_FROM;
            let p = if flagged { flagged_p } else { p };
            let (units, gmv) = (over(candidate.units, mean_units), over(candidate.gmv_minor, mean_gmv));
            let size = ((1.0 + units * units + gmv * gmv) / 3.0).sqrt();
            let sold = candidate.units > 0 || candidate.gmv_minor > 0;
            Item { measure: size * (p * (1.0 - p)).sqrt(), place, flagged, sold }
        })
        .collect()
}

/// Parts a brand's items into strata, reorders them so that each stratum is one range, and shares out `draws` ≥ 1.
pub(super) fn stratify(items: &mut [Item], draws: i64) -> Vec<Cell> {
    let n = items.len();
    if draws >= n as i64 {
        return vec![Cell { items: 0..n, class: "all".to_owned(), group: "any", draws: n as i64 }];
    }
    let certain = part_best_sellers(items, draws);
    // Best-sellers come last, so that the strata go from small to large.
    items.rotate_left(certain);
    let (rest, best_sellers) = items.split_at_mut(n - certain);
    best_sellers.sort_unstable_by_key(|item| item.place);
    let mut cells = part_rest(rest, draws - certain as i64);
    if certain > 0 {
        let class = "best-sellers".to_owned();
        cells.push(Cell { items: n - certain..n, class, group: "any", draws: certain as i64 });
    }
    cells
}

/// Moves to the front, and counts, the listings whose ideal probability reaches 1 (Cochran, 1977, section 5.8: where the
/// formula asks for more than there are, all are taken and the rest is shared out anew).
fn part_best_sellers(items: &mut [Item], draws: i64) -> usize {
    // At least two draws stay for the rest, which has at least three listings.
    let most = (draws - 2).max(0) as usize;
    if most == 0 {
        return 0;
    }
    let largest_first = |a: &Item, b: &Item| b.measure.total_cmp(&a.measure).then(a.place.cmp(&b.place));
    let mut left: f64 = items.iter().map(|item| item.measure).sum();
    items.select_nth_unstable_by(most, largest_first);
    items[..most].sort_unstable_by(largest_first);
    let mut certain = 0;
    while certain < most && (draws - certain as i64) as f64 * items[certain].measure >= left {
        left -= items[certain].measure;
        certain += 1;
    }
    match certain {
        1 if draws < DRAWS_FOR_A_PAIR => 0,
        1 => 2,
        _ => certain,
    }
}

/// Parts what is no best-seller by evidence and size.
fn part_rest(rest: &mut [Item], draws: i64) -> Vec<Cell> {
    let split = draws >= DRAWS_TO_SPLIT && {
        let (mut flagged, mut total, mut n_flagged) = (0.0, 0.0, 0);
        rest.sort_unstable_by_key(|item| item.place);
        for item in &*rest {
            total += item.measure;
            if item.flagged {
                flagged += item.measure;
                n_flagged += 1;
            }
        }
        let expected = draws as f64 * flagged / total;
        n_flagged >= 2
            && rest.len() - n_flagged >= 2
            && expected >= DRAWS_OF_A_GROUP
            && draws as f64 - expected >= DRAWS_OF_A_GROUP
    };
    rest.sort_unstable_by(|a, b| {
        (split && !a.flagged, a.sold)
            .cmp(&(split && !b.flagged, b.sold))
            .then(a.measure.total_cmp(&b.measure))
            .then(a.place.cmp(&b.place))
    });
    let total: f64 = rest.iter().map(|item| item.measure).sum();
    let n_first = if split { rest.partition_point(|item| item.flagged) } else { rest.len() };
    let mut cells = Vec::new();
    for (range, group) in [(0..n_first, if split { "flagged" } else { "any" }), (n_first..rest.len(), "unflagged")] {
        if !range.is_empty() {
            let measure: f64 = rest[range.clone()].iter().map(|item| item.measure).sum();
            part_by_size(rest, range, draws as f64 * measure / total, group, &mut cells);
        }
    }
    share_out(rest, &mut cells, draws);
    cells
}

/// Parts a group, sorted by size, into classes of about equal sums of the measure, which get about equal draws. Listings
/// of one size stay together; those that sold nothing are a class where they deserve two draws.
fn part_by_size(rest: &[Item], range: Range<usize>, draws: f64, group: &'static str, cells: &mut Vec<Cell>) {
    let classes = (draws / DRAWS_PER_STRATUM).floor().clamp(1.0, MOST_CLASSES);
    let mut cell = |items: Range<usize>, class: String| cells.push(Cell { items, class, group, draws: 0 });
    let sum = |range: Range<usize>| -> f64 { rest[range].iter().map(|item| item.measure).sum() };
    let first_sold = range.start + rest[range.clone()].partition_point(|item| !item.sold);
    let (unsold, sold) = (sum(range.start..first_sold), sum(first_sold..range.end));
    let per_measure = draws / (unsold + sold);
    let apart = classes >= 2.0
        && first_sold - range.start >= 2
        && range.end - first_sold >= 2
        && unsold * per_measure >= 2.0
        && sold * per_measure >= 2.0;
    if apart {
        cell(range.start..first_sold, "sales-0".to_owned());
    }
    let (start, total, parts) =
        if apart { (first_sold, sold, classes - 1.0) } else { (range.start, unsold + sold, classes) };
    // Each class ends with the first listing at which the running sum reaches its mark, if both sides deserve two draws.
    let deserves_two = |listings: usize, measure: f64| listings >= 2 && measure * per_measure >= 2.0;
    let (mut from, mut running, mut before, mut ends) = (start, 0.0, 0.0, Vec::new());
    for at in start..range.end {
        running += rest[at].measure;
        let mark = total / parts * (ends.len() + 1) as f64;
        let is_boundary = rest.get(at + 1).is_some_and(|next| next.measure > rest[at].measure);
        if running >= mark
            && is_boundary
            && deserves_two(at + 1 - from, running - before)
            && deserves_two(range.end - (at + 1), total - running)
            && ((ends.len() + 1) as f64) < parts
        {
            ends.push(at + 1);
            (from, before) = (at + 1, running);
        }
    }
    ends.push(range.end);
    let single = ends.len() == 1 && !apart;
    let mut from = start;
    for (number, end) in ends.into_iter().enumerate() {
        cell(from..end, if single { "all".to_owned() } else { format!("sales-{}", number + 1) });
        from = end;
    }
}

/// Neyman's allocation over the strata: N·S = √(N Σ measure²), since the mean of a linearised figure is about 0.
fn share_out(rest: &[Item], cells: &mut [Cell], draws: i64) {
    let sizes: Vec<i64> = cells.iter().map(|cell| cell.items.len() as i64).collect();
    let weights: Vec<f64> = cells
        .iter()
        .map(|cell| {
            let squares: f64 = rest[cell.items.clone()].iter().map(|item| item.measure * item.measure).sum();
            (cell.items.len() as f64 * squares).sqrt()
        })
        .collect();
    // A single purchase in a brand can only be a stratum of one.
    let least: Vec<i64> = sizes.iter().map(|&size| size.min(2)).collect();
    let shares = if draws == 1 { vec![1] } else { proportional(draws, &weights, &least, &sizes) };
    for (cell, share) in cells.iter_mut().zip(shares) {
        cell.draws = share;
    }
}
