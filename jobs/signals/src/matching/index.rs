//! The hashes of removed listings' images, and the new ones that match them.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Hash;
use super::plan::{Plan, Wide};
use super::search::{Sink, search};
use super::unique::{Members, Unique};
use super::workers::{Workers, shares};

/// Hashes among which others are looked for.
///
/// References are known by their places in the list that it was made of, queries by theirs, counted in 32 bits (four
/// billion; more are not looked at).
#[derive(Clone, Debug)]
pub struct Index {
    unique: Unique,
    members: Members,
}

/// Queries that are searched at a time, some 80 bytes each while they are.
pub(super) const BLOCK: usize = 1 << 22;

/// Pairs of different hashes that are kept before they are handed over, twelve bytes each.
const MOST_PAIRS: usize = 1 << 23;

impl Index {
    /// An index over these hashes, in any order; equal ones may occur any number of times.
    #[must_use]
    pub fn new(hashes: Vec<Hash>) -> Self {
        let unique = Unique::new(&hashes);
        Self { members: unique.members(), unique }
    }

    /// How many references there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.unique.places.len()
    }

    /// Whether there is no reference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unique.places.is_empty()
    }

    /// Calls `found(query, reference, distance)` for every pair within the distance (in bits, 0 for equal hashes), each
    /// exactly once, in ascending order of query, then of reference, whatever the number of threads. `found` runs on the
    /// caller's thread.
    ///
    /// Memory does not grow with the number of pairs, but time does: equal hashes on either side are searched once, and
    /// still each pair of theirs is handed over. Who expects pictures that very many listings show takes [`Unique`] hashes
    /// on both sides and leaves out those that are [`common`](super::common()).
    pub fn matches(&self, queries: &[Hash], within: u32, threads: usize, found: &mut dyn FnMut(u32, u32, u32)) {
        self.matches_with(queries, within, threads, (BLOCK, MOST_PAIRS), found);
    }

    /// The same with other limits.
    pub(super) fn matches_with(
        &self,
        queries: &[Hash],
        within: u32,
        threads: usize,
        (block, most_pairs): (usize, usize),
        found: &mut dyn FnMut(u32, u32, u32),
    ) {
        if self.is_empty() {
            return;
        }
        let workers = Workers::new(threads);
        let plan = Plan::new(within, self.unique.hashes.len().max(queries.len().min(block)));
        let references = arranged(&self.unique.hashes, &plan, workers);
        let (mut first, mut size) = (0, block.max(1));
        while let Some(rest) = queries.get(first..).filter(|rest| !rest.is_empty()) {
            let unique = Unique::new(rest.get(..size).unwrap_or(rest));
            let some = arranged(&unique.hashes, &plan, workers);
            // One query has at most as many pairs as there are references, which are in memory anyway.
            let most = if unique.hashes.len() == 1 { usize::MAX } else { most_pairs };
            match pairs(&references, &some, &plan, workers, most) {
                Some(pairs) => {
                    self.hand_over(first, &unique, &pairs, found);
                    first += unique.places.len();
                    size = (size * 2).min(block.max(1));
                }
                None => size = unique.places.len().div_ceil(2),
            }
        }
    }

    /// Hands over what was found for the queries from `first` on, for equal hashes each pair of theirs.
    fn hand_over(
        &self,
        first: usize,
        queries: &Unique,
        pairs: &[(u32, u32, u32)],
        found: &mut dyn FnMut(u32, u32, u32),
    ) {
        let mut own = Vec::new();
        for (query, place) in (first as u32..).zip(&queries.places) {
            let start = pairs.partition_point(|pair| pair.0 < *place);
            let these = pairs.iter().skip(start).take_while(|pair| pair.0 == *place);
            own.clear();
            own.extend(these.flat_map(|pair| self.members.of(pair.1).iter().map(|reference| (*reference, pair.2))));
            own.sort_unstable();
            for (reference, distance) in &own {
                found(query, *reference, *distance);
            }
        }
    }
}

/// Arranges hashes as the plan wants them.
pub(super) fn arranged(hashes: &[Hash], plan: &Plan, workers: Workers) -> Vec<Wide> {
    let mut list = vec![Wide::default(); hashes.len()];
    workers.each(shares(&mut list, hashes.len().div_ceil(workers.count())), |(first, list)| {
        for (wide, hash) in list.iter_mut().zip(hashes.iter().skip(first)) {
            *wide = plan.arrange(hash);
        }
    });
    list
}

/// All pairs of a query and a reference, sorted; nothing if they are more than `most`.
fn pairs(
    references: &[Wide],
    queries: &[Wide],
    plan: &Plan,
    workers: Workers,
    most: usize,
) -> Option<Vec<(u32, u32, u32)>> {
    let kept = AtomicUsize::new(0);
    let mut sinks: Vec<Collect<'_>> =
        (0..workers.count()).map(|_| Collect { pairs: Vec::new(), kept: &kept, most }).collect();
    let swapped = references.len() > queries.len();
    if swapped {
        search(references, queries, plan, &mut sinks);
    } else {
        search(queries, references, plan, &mut sinks);
    }
    if sinks.iter().any(Sink::full) {
        return None;
    }
    let mut all: Vec<(u32, u32, u32)> = Vec::with_capacity(kept.load(Ordering::Relaxed));
    for sink in sinks {
        let turned = sink
            .pairs
            .into_iter()
            .map(|(entry, probe, distance)| if swapped { (probe, entry, distance) } else { (entry, probe, distance) });
        all.extend(turned);
    }
    all.sort_unstable();
    Some(all)
}

/// Keeps pairs, up to a number that all threads share.
struct Collect<'a> {
    pairs: Vec<(u32, u32, u32)>,
    kept: &'a AtomicUsize,
    most: usize,
}

impl Sink for Collect<'_> {
    fn wants(&self, _probe: u32) -> bool {
        !self.full()
    }

    fn take(&mut self, entry: u32, probe: u32, distance: u32) {
        self.kept.fetch_add(1, Ordering::Relaxed);
        self.pairs.push((entry, probe, distance));
    }

    fn full(&self) -> bool {
        self.kept.load(Ordering::Relaxed) > self.most
    }

    fn restart(&mut self) {
        self.kept.fetch_sub(self.pairs.len(), Ordering::Relaxed);
        self.pairs.clear();
    }
}
