//! All pairs within a distance between two lists, on any number of threads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::plan::{Part, Plan, Wide, at_least, distance};
use super::table::Table;
use super::workers::Workers;

/// What becomes of the pairs. Each thread has one.
pub(super) trait Sink: Send {
    /// Whether more pairs of this probe are wanted.
    fn wants(&self, probe: u32) -> bool;
    /// Takes a pair, which may come again after [`Sink::restart`].
    fn take(&mut self, entry: u32, probe: u32, distance: u32);
    /// Whether the search should be given up.
    fn full(&self) -> bool;
    /// Begins anew: all pairs will be found again.
    fn restart(&mut self);
}

/// Probes that a thread looks for together: their values are near each other, and so are the entries that they meet.
const TILE: usize = 2_048;

/// Entries of a plain comparison that fit the nearest cache.
const SLAB: usize = 512;

/// A nanosecond and a half for the plain comparison of two hashes; measured, and only good for a choice.
const PLAIN_COST: f64 = 1.5;

/// Hands every pair of an entry and a probe within the plan's distance to one of the sinks, unless it is not wanted. As many
/// threads as sinks. The larger list is best the one of entries.
pub(super) fn search<S: Sink>(entries: &[Wide], probes: &[Wide], plan: &Plan, sinks: &mut [S]) {
    let pairs = (entries.len() as f64) * (probes.len() as f64);
    if pairs * PLAIN_COST > plan.cost(entries.len(), probes.len()) {
        // Where hashes are so alike that the parts tell nothing apart, the plain way is no slower.
        if by_parts(entries, probes, plan, sinks, pairs as u64) || sinks.iter().any(Sink::full) {
            return;
        }
        sinks.iter_mut().for_each(Sink::restart);
    }
    plainly(entries, probes, plan.within, sinks);
}

/// Compares all with all.
fn plainly<S: Sink>(entries: &[Wide], probes: &[Wide], within: u32, sinks: &mut [S]) {
    let tiles = AtomicU64::new(0);
    Workers::new(sinks.len()).each(sinks.iter_mut().collect(), |sink| {
        while let Some((first, tile)) = next_tile(&tiles, probes, 64) {
            for (slab_at, slab) in entries.chunks(SLAB).enumerate() {
                for (probe, wide) in (first as u32..).zip(tile) {
                    if !sink.wants(probe) {
                        continue;
                    }
                    for (entry, other) in ((slab_at * SLAB) as u32..).zip(slab) {
                        if at_least(wide, other) <= within {
                            let distance = distance(wide, other);
                            if distance <= within {
                                sink.take(entry, probe, distance);
                            }
                        }
                    }
                }
                if sink.full() {
                    return;
                }
            }
        }
    });
}

fn next_tile<'a, T>(next: &AtomicU64, list: &'a [T], size: usize) -> Option<(usize, &'a [T])> {
    let first = next.fetch_add(size as u64, Ordering::Relaxed) as usize;
    let tile = list.get(first..(first + size).min(list.len()))?;
    (!tile.is_empty()).then_some((first, tile))
}

/// Looks at the pairs that nearly agree in a part, part after part. Gives up, and says no, when more than so many pairs have
/// been looked at, or a sink is full.
pub(super) fn by_parts<S: Sink>(entries: &[Wide], probes: &[Wide], plan: &Plan, sinks: &mut [S], most: u64) -> bool {
    let workers = Workers::new(sinks.len());
    let (mut table, mut sorted) = (Table::default(), Table::default());
    let looked_at = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    for (at, part) in plan.parts.iter().enumerate() {
        table.fill(entries, part, workers);
        sorted.fill(probes, part, workers);
        let tiles = AtomicU64::new(0);
        let pass = Pass { plan, part, earlier: plan.parts.get(..at).unwrap_or_default(), table: &table };
        workers.each(sinks.iter_mut().collect(), |sink| {
            let mut hits = vec![Hit::default(); TILE];
            while let Some((first, tile)) = next_tile(&tiles, &sorted.hashes, TILE) {
                let places = sorted.places.get(first..first + tile.len()).unwrap_or_default();
                let looks = pass.tile(tile, places, sink, &mut hits);
                let all = looked_at.fetch_add(looks, Ordering::Relaxed) + looks;
                if all > most || sink.full() {
                    stop.store(true, Ordering::Relaxed);
                }
                if stop.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        if stop.load(Ordering::Relaxed) {
            return false;
        }
    }
    true
}

/// A probe of the tile and the entries that it meets.
#[derive(Clone, Copy, Default)]
struct Hit {
    probe: u32,
    start: u32,
    end: u32,
}

/// A search of one part.
struct Pass<'a> {
    plan: &'a Plan,
    part: &'a Part,
    earlier: &'a [Part],
    table: &'a Table,
}

impl Pass<'_> {
    /// Looks for some probes; how many pairs were looked at.
    fn tile<S: Sink>(&self, tile: &[Wide], places: &[u32], sink: &mut S, hits: &mut [Hit]) -> u64 {
        let values: Vec<u32> = tile.iter().map(|wide| self.part.value(wide)).collect();
        let mut looks = 0;
        for mask in &self.part.masks {
            // First where, then what: so the entries of many probes are fetched at the same time.
            let mut n = 0;
            for (probe, value) in (0_u32..).zip(&values) {
                let (start, end) = self.table.range(value ^ mask);
                if let Some(hit) = hits.get_mut(n) {
                    *hit = Hit { probe, start, end };
                }
                n += usize::from(end > start);
            }
            for hit in hits.iter().take(n) {
                let Some((wide, place)) = tile.get(hit.probe as usize).zip(places.get(hit.probe as usize)) else {
                    continue;
                };
                looks += u64::from(hit.end - hit.start);
                self.compare(wide, *place, hit, sink);
            }
        }
        looks
    }

    #[inline(always)]
    fn compare<S: Sink>(&self, wide: &Wide, place: u32, hit: &Hit, sink: &mut S) {
        let met = self.table.hashes.get(hit.start as usize..hit.end as usize).unwrap_or_default();
        for (at, other) in (hit.start as usize..).zip(met) {
            if at_least(wide, other) <= self.plan.within && !self.found(wide, other, place, at, sink) {
                return;
            }
        }
    }

    /// Takes the pair if it is one; whether more are wanted.
    #[inline(never)]
    fn found<S: Sink>(&self, wide: &Wide, other: &Wide, place: u32, at: usize, sink: &mut S) -> bool {
        if !sink.wants(place) {
            return false;
        }
        let distance = distance(wide, other);
        // A pair that an earlier part showed has been taken.
        if distance <= self.plan.within
            && !self.earlier.iter().any(|part| part.looks_at(wide, other))
            && let Some(entry) = self.table.places.get(at)
        {
            sink.take(*entry, place, distance);
        }
        true
    }
}
