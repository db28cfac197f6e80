//! The cube: every cell's counts from its leaves, and its curves from one global sort per kind of time.
//!
//! Each row falls into sixteen cells. Counts add up, so a cell sums its leaves. Curves do not, but a subsequence of a
//! sorted list is sorted: the times are sorted once and then dealt out to the cells of each split in that order.

use super::assess::hours;
use super::cell::{ByWord, CellKey, LeafKey, Split, Totals};
use super::{Assessed, Parameters};
use crate::interval::StudentTail;
use crate::quantiles::normal_quantile;
use crate::survival::{Follow, Transition, cumulative_incidence, quantiles_of_sorted};
use chrono::{Datelike, Days, NaiveDate};
use mirrorlake_model::takedown::{SlaOutcome, SlaRow};
use std::collections::BTreeMap;

/// The full cube scope × right type × channel locale × period over the window's takedowns, by key.
///
/// Only cells with a takedown have a row. The order of `assessed` does not matter.
#[must_use]
pub fn summarise(assessed: &[Assessed], parameters: &Parameters) -> Vec<SlaRow> {
    let window_start = parameters.as_of.window_start(parameters.days);
    let mut rows: Vec<&Assessed> =
        assessed.iter().filter(|a| (window_start..=parameters.as_of.day).contains(&a.cohort_day)).collect();
    if !rows.is_sorted_by_key(|a| (a.row.claim_id, a.row.listing_id)) {
        rows.sort_unstable_by_key(|a| (a.row.claim_id, a.row.listing_id));
    }
    let leaves = Leaves::new(&rows);
    let z = normal_quantile(1.0 - (1.0 - parameters.level) / 2.0);
    let mut tail = StudentTail::new(parameters.level);
    let mut out: BTreeMap<CellKey, SlaRow> = BTreeMap::new();
    for split in Split::all() {
        let cells = Cells::new(split, &leaves, window_start);
        let mut summaries: Vec<SlaRow> =
            cells.keys.iter().zip(&cells.totals).map(|(key, totals)| totals.row(key, z, &mut tail)).collect();
        let mut dealt = Dealt::default();
        cells.deal(&leaves.net, &mut dealt, &mut summaries, |row, times| {
            let [median, p90, p95, p99] = quantiles_of_sorted(times, [0.5, 0.9, 0.95, 0.99]);
            row.median_hours = median.map(hours);
            row.p90_hours = p90.map(hours);
            row.p95_hours = p95.map(hours);
            row.p99_hours = p99.map(hours);
        });
        cells.deal(&leaves.gross, &mut dealt, &mut summaries, |row, times| {
            row.gross_median_hours = median(times);
        });
        cells.deal(&leaves.last_of_claim, &mut dealt, &mut summaries, |row, times| {
            row.last_listing_median_hours = median(times);
        });
        let mut dealt = Dealt::default();
        cells.deal(&leaves.incidence, &mut dealt, &mut summaries, |row, transitions| {
            row.removed_by_limit_cif = cumulative_incidence(transitions, parameters.limit_micros);
        });
        out.extend(cells.keys.into_iter().zip(summaries));
    }
    out.into_values().collect()
}

/// Kaplan–Meier median in hours.
fn median(times: &[Follow]) -> Option<f64> {
    let [median] = quantiles_of_sorted(times, [0.5]);
    median.map(hours)
}

/// Something with the leaf that it belongs to.
type OfLeaf<T> = (u32, T);

/// The window's rows by leaf: counts that add up, and times, each list sorted by time.
#[derive(Default)]
struct Leaves {
    keys: Vec<LeafKey>,
    totals: Vec<Totals>,
    net: Vec<OfLeaf<Follow>>,
    gross: Vec<OfLeaf<Follow>>,
    last_of_claim: Vec<OfLeaf<Follow>>,
    incidence: Vec<OfLeaf<Transition>>,
}

impl Leaves {
    /// From rows sorted by claim.
    fn new(rows: &[&Assessed]) -> Self {
        let mut index: BTreeMap<LeafKey, u32> = BTreeMap::new();
        let mut out = Self::default();
        for claim in rows.chunk_by(|a, b| a.row.claim_id == b.row.claim_id) {
            let Some(first) = claim.first() else { continue };
            let key = leaf_of(first);
            let next = out.keys.len() as u32;
            let leaf = *index.entry(key).or_insert_with(|| {
                out.keys.push(key);
                out.totals.push(Totals::default());
                next
            });
            out.add_claim(leaf, claim);
        }
        for list in [&mut out.net, &mut out.gross, &mut out.last_of_claim] {
            list.sort_unstable_by_key(|(_, follow)| follow.time);
        }
        out.incidence.sort_unstable_by_key(|(_, transition)| transition.time);
        out
    }

    /// Adds all rows of one claim.
    fn add_claim(&mut self, leaf: u32, rows: &[&Assessed]) {
        let mut claim = Totals::default();
        let mut last_removal: Option<i64> = None;
        for assessed in rows {
            claim.count(assessed.row.sla_outcome);
            self.incidence.extend(assessed.incidence.map(|transition| (leaf, transition)));
            let (Some(net), Some(gross)) = (assessed.net_micros, assessed.gross_micros) else { continue };
            let event = !assessed.open;
            self.net.push((leaf, Follow { time: net.max(0), event }));
            self.gross.push((leaf, Follow { time: gross.max(0), event }));
            if assessed.open {
                claim.oldest_open = claim.oldest_open.max(Some(net));
            } else {
                last_removal = last_removal.max(Some(net));
            }
        }
        // While a row is open the claim's last removal is still to come: censored at T.
        let end = match claim.oldest_open {
            Some(net) => Some(Follow { time: net.max(0), event: false }),
            None => last_removal.map(|net| Follow { time: net.max(0), event: true }),
        };
        self.last_of_claim.extend(end.map(|follow| (leaf, follow)));
        match claim_outcome(&claim) {
            SlaOutcome::Breached => claim.claims_breached = 1,
            SlaOutcome::Met => claim.claims_met = 1,
            SlaOutcome::Pending | SlaOutcome::Excluded => {}
        }
        if claim.met + claim.breached > 0 {
            claim.moments.add_cluster(claim.met, claim.met + claim.breached);
        }
        if let Some(totals) = self.totals.get_mut(leaf as usize) {
            totals.add(&claim);
        }
    }
}

/// A claim is breached if any of its takedowns is, else pending if any is, else met; excluded without such rows.
fn claim_outcome(claim: &Totals) -> SlaOutcome {
    if claim.breached > 0 {
        SlaOutcome::Breached
    } else if claim.pending > 0 {
        SlaOutcome::Pending
    } else if claim.met > 0 {
        SlaOutcome::Met
    } else {
        SlaOutcome::Excluded
    }
}

/// The leaf of a claim, by any of its rows.
fn leaf_of(assessed: &Assessed) -> LeafKey {
    let day = assessed.cohort_day;
    let since_monday = u64::from(day.weekday().num_days_from_monday());
    LeafKey {
        brand_id: assessed.row.brand_id,
        right_type: ByWord(assessed.row.right_type),
        channel_locale: ByWord(assessed.row.channel_locale),
        monday: day.checked_sub_days(Days::new(since_monday)).unwrap_or(NaiveDate::MIN),
    }
}

/// The cells of one split.
struct Cells {
    keys: Vec<CellKey>,
    totals: Vec<Totals>,
    of_leaf: Vec<usize>,
}

impl Cells {
    fn new(split: Split, leaves: &Leaves, window_start: NaiveDate) -> Self {
        let mut index: BTreeMap<CellKey, usize> = BTreeMap::new();
        let mut out = Self { keys: Vec::new(), totals: Vec::new(), of_leaf: Vec::with_capacity(leaves.keys.len()) };
        for (leaf, totals) in leaves.keys.iter().zip(&leaves.totals) {
            let key = split.cell_of(leaf, window_start);
            let cell = *index.entry(key).or_insert_with(|| {
                out.keys.push(key);
                out.totals.push(Totals::default());
                out.keys.len() - 1
            });
            if let Some(sum) = out.totals.get_mut(cell) {
                sum.add(totals);
            }
            out.of_leaf.push(cell);
        }
        out
    }

    /// The cell of a leaf. Leaves are numbered by this module, so the number is always known.
    fn cell(&self, leaf: u32) -> usize {
        self.of_leaf.get(leaf as usize).copied().unwrap_or(0)
    }

    /// Deals a sorted list out to the cells, keeping its order, and finishes each cell's row with its share.
    fn deal<T: Copy>(
        &self,
        sorted: &[OfLeaf<T>],
        dealt: &mut Dealt<T>,
        rows: &mut [SlaRow],
        mut finish: impl FnMut(&mut SlaRow, &[T]),
    ) {
        let Some(&(_, filler)) = sorted.first() else { return };
        // Counting sort: first the number of items before each cell, then each item to the next place of its cell.
        dealt.next.clear();
        dealt.next.resize(self.keys.len() + 1, 0);
        for (leaf, _) in sorted {
            if let Some(count) = dealt.next.get_mut(self.cell(*leaf) + 1) {
                *count += 1;
            }
        }
        let mut before = 0;
        for count in &mut dealt.next {
            before += *count;
            *count = before;
        }
        dealt.items.clear();
        dealt.items.resize(sorted.len(), filler);
        for (leaf, item) in sorted {
            if let Some(place) = dealt.next.get_mut(self.cell(*leaf)) {
                if let Some(slot) = dealt.items.get_mut(*place) {
                    *slot = *item;
                }
                *place += 1;
            }
        }
        // Now each cell's place is its end, and the end of the cell before it is its start.
        let mut start = 0;
        for (row, end) in rows.iter_mut().zip(&dealt.next) {
            if let Some(share) = dealt.items.get(start..*end)
                && !share.is_empty()
            {
                finish(row, share);
            }
            start = *end;
        }
    }
}

/// Buffers that are used again for every list.
struct Dealt<T> {
    next: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Dealt<T> {
    fn default() -> Self {
        Self { next: Vec::new(), items: Vec::new() }
    }
}
