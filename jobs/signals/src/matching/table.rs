//! Hashes in the order of one part's values, so that all with a value stand together.

use super::plan::{Part, Wide};
use super::workers::{Workers, shares};

/// Hashes sorted by a part's value.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Where the hashes of each value begin; one entry more than there are values.
    starts: Vec<u32>,
    /// The hashes.
    pub(super) hashes: Vec<Wide>,
    /// The places of the hashes in the list that the table was made of.
    pub(super) places: Vec<u32>,
    values: Vec<u32>,
}

impl Table {
    /// Sorts the list by the part's value: counts, sums and places, each thread for a range of values. Memory of an earlier
    /// table is used again.
    pub(super) fn fill(&mut self, list: &[Wide], part: &Part, workers: Workers) {
        self.values.resize(list.len(), 0);
        workers.each(shares(&mut self.values, list.len().div_ceil(workers.count())), |(first, values)| {
            for (value, wide) in values.iter_mut().zip(list.iter().skip(first)) {
                *value = part.value(wide);
            }
        });
        let range = part.values().div_ceil(workers.count());
        self.starts.clear();
        self.starts.resize(part.values() + 1, 0);
        let values = &self.values;
        workers.each(shares(&mut self.starts, range), |(first, counts)| {
            for value in values {
                if let Some(count) = counts.get_mut((*value as usize).wrapping_sub(first)) {
                    *count += 1;
                }
            }
        });
        let mut end = 0;
        for start in &mut self.starts {
            end += *start;
            *start = end;
        }
        self.hashes.resize(list.len(), Wide::default());
        self.places.resize(list.len(), 0);
        let mut pieces = Vec::new();
        let (mut hashes, mut places, mut begin) = (&mut self.hashes[..], &mut self.places[..], 0);
        for (first, ends) in shares(&mut self.starts, range) {
            let end = ends.last().map_or(begin, |end| *end as usize);
            let (these, rest) = hashes.split_at_mut(end - begin);
            let (own, others) = places.split_at_mut(end - begin);
            pieces.push((first, begin, ends, these, own));
            (hashes, places, begin) = (rest, others, end);
        }
        // Filled from the end, each value's end moves to its start, and the hashes of a value keep their order.
        workers.each(pieces, |(first, begin, ends, hashes, places)| {
            for (place, (value, wide)) in values.iter().zip(list).enumerate().rev() {
                let Some(end) = ends.get_mut((*value as usize).wrapping_sub(first)) else { continue };
                *end -= 1;
                let at = *end as usize - begin;
                if let Some((hash, own)) = hashes.get_mut(at).zip(places.get_mut(at)) {
                    (*hash, *own) = (*wide, place as u32);
                }
            }
        });
    }

    /// The first and one past the last hash with a value.
    #[inline(always)]
    pub(super) fn range(&self, value: u32) -> (u32, u32) {
        match self.starts.get(value as usize..value as usize + 2) {
            Some(&[start, end]) => (start, end),
            _ => (0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::Plan;
    use super::*;

    #[test]
    fn every_hash_stands_with_its_value() {
        let plan = Plan::new(60, 1 << 16);
        let list: Vec<Wide> = (0..5_000_u64).map(|i| [i.wrapping_mul(0x9e37_79b9_7f4a_7c15), i % 7, i, 0]).collect();
        let mut table = Table::default();
        for threads in [1, 2, 7] {
            for part in &plan.parts {
                table.fill(&list, part, Workers::new(threads));
                let mut seen = Vec::new();
                for value in 0..part.values() as u32 {
                    let (start, end) = table.range(value);
                    for at in start as usize..end as usize {
                        assert_eq!(part.value(&table.hashes[at]), value);
                        assert_eq!(table.hashes[at], list[table.places[at] as usize]);
                        seen.push(table.places[at]);
                    }
                }
                seen.sort_unstable();
                assert_eq!(seen, (0..5_000).collect::<Vec<u32>>());
            }
        }
    }
}
