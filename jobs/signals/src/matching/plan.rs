//! How a search by parts is laid out: which bits of a hash belong to which part, and how far each part is searched.
//!
//! Each part i of the bits has a number of differences r\[i\], and the r\[i\] + 1 add up to more than d. Then two hashes that
//! differ in at most d bits differ in at most r\[i\] bits of at least one part, since otherwise their differences would
//! add up to more than d (the pigeonhole principle of multi-index hashing: M. Norouzi, A. Punjani, D. J. Fleet, "Fast Exact
//! Search in Hamming Space with Multi-Index Hashing", IEEE Transactions on Pattern Analysis and Machine Intelligence 36,
//! 2014).

use super::Hash;

/// A hash whose bits are arranged by parts, the first part lowest.
pub(super) type Wide = [u64; 4];

const BITS: u32 = 256;

/// Differences that a part may have at most. Fewer mean shorter parts, in which strangers agree more often; more mean many
/// times as many places to look at.
const MOST_DIFFERENCES: u32 = 2;

/// Bits of a part at most and at least: a table with an entry for each value stays a small one.
const MOST_BITS: u32 = 24;
const LEAST_BITS: u32 = 8;

/// How far the next bit is from the last. Neighbouring bits of a PDQ hash are of like frequencies and go together, so each
/// part gets bits from everywhere: an odd step visits all 256, and one near 256 over the golden ratio spreads any number of
/// them.
const STEP: u32 = 159;

/// Some bits of a hash.
#[derive(Clone, Debug)]
pub(super) struct Part {
    start: u32,
    bits: u32,
    /// In how many bits the part of two hashes may differ for their pair to be looked at.
    differences: u32,
    /// What to change in a value to get all the values with at most so many differences, itself among them.
    pub(super) masks: Vec<u32>,
}

impl Part {
    /// How many values the part can have.
    pub(super) fn values(&self) -> usize {
        1 << self.bits
    }

    /// The part's value in a hash.
    pub(super) fn value(&self, wide: &Wide) -> u32 {
        let (word, shift) = ((self.start / 64) as usize, self.start % 64);
        let low = wide.get(word).copied().unwrap_or_default() >> shift;
        let high = wide.get(word + 1).copied().unwrap_or_default() << 1 << (63 - shift);
        (low | high) as u32 & (self.values() - 1) as u32
    }

    /// Whether a search of this part looks at the pair.
    pub(super) fn looks_at(&self, one: &Wide, other: &Wide) -> bool {
        (self.value(one) ^ self.value(other)).count_ones() <= self.differences
    }
}

/// The parts of a search for all pairs within a distance.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) within: u32,
    pub(super) parts: Vec<Part>,
    /// For each byte of a hash and each of its values, where its bits go.
    places: Vec<[Wide; 256]>,
}

impl Plan {
    /// A plan for all pairs within a distance where the larger list has so many entries: a part need not have many more
    /// values than there are entries.
    pub(super) fn new(within: u32, entries: usize) -> Self {
        // Any two hashes are within 256.
        let within = within.min(BITS);
        let count = (within + 1).div_ceil(MOST_DIFFERENCES + 1);
        let most = (usize::BITS - entries.leading_zeros() + 1).clamp(LEAST_BITS, MOST_BITS);
        let mut parts = Vec::new();
        let mut start = 0;
        for at in 0..count {
            let bits = (BITS / count + u32::from(at < BITS % count)).min(most);
            // The last part takes what is left of the distance.
            let differences = (within - at * (MOST_DIFFERENCES + 1)).min(MOST_DIFFERENCES);
            parts.push(Part { start, bits, differences, masks: masks(bits, differences) });
            start += bits;
        }
        Self { within, places: places(&parts), parts }
    }

    /// Arranges the bits of a hash by parts; distances stay what they are.
    pub(super) fn arrange(&self, hash: &Hash) -> Wide {
        let mut wide = Wide::default();
        for (places, byte) in self.places.iter().zip(hash) {
            let [a, b, c, d] = places[usize::from(*byte)];
            wide = [wide[0] | a, wide[1] | b, wide[2] | c, wide[3] | d];
        }
        wide
    }

    /// About how many nanoseconds the search takes for hashes without a pattern; measured, and only good for a choice.
    pub(super) fn cost(&self, table: usize, probes: usize) -> f64 {
        let (n, p) = (table as f64, probes as f64);
        let part = |part: &Part| {
            let share = part.masks.len() as f64 / part.values() as f64;
            part.values() as f64 + (n + p) * 40.0 + p * part.masks.len() as f64 + p * n * share * 2.0
        };
        self.parts.iter().map(part).sum()
    }
}

/// All numbers of so many bits of which at most so many are set, ascending, so that values that are near each other are
/// looked at one after the other.
fn masks(bits: u32, differences: u32) -> Vec<u32> {
    let mut masks = vec![0];
    for _ in 0..differences {
        let more: Vec<u32> = masks.iter().flat_map(|mask| (0..bits).map(move |bit| mask | 1 << bit)).collect();
        masks.extend(more);
        masks.sort_unstable();
        masks.dedup();
    }
    masks
}

fn places(parts: &[Part]) -> Vec<[Wide; 256]> {
    // Dealt like cards: the first bit of each part, then the second; the rest goes behind the parts.
    let mut targets: Vec<u32> = Vec::new();
    for round in 0..MOST_BITS {
        targets.extend(parts.iter().filter(|part| round < part.bits).map(|part| part.start + round));
    }
    targets.extend(targets.len() as u32..BITS);
    let mut places = vec![[Wide::default(); 256]; BITS as usize / 8];
    for (at, target) in (0..BITS).zip(targets) {
        let source = at * STEP % BITS;
        let Some(values) = places.get_mut(source as usize / 8) else { continue };
        for (value, wide) in values.iter_mut().enumerate() {
            if value >> (source % 8) & 1 == 1
                && let Some(word) = wide.get_mut(target as usize / 64)
            {
                *word |= 1 << (target % 64);
            }
        }
    }
    places
}

/// The number of bits in which two hashes differ.
pub(super) fn distance(one: &Wide, other: &Wide) -> u32 {
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// A lower bound of [`distance`], at a quarter of the price: hashes that have nothing to do with each other differ in 60 of
/// the 64 places where at least one of four words can differ.
#[inline(always)]
pub(super) fn at_least(one: &Wide, other: &Wide) -> u32 {
    ((one[0] ^ other[0]) | (one[1] ^ other[1]) | (one[2] ^ other[2]) | (one[3] ^ other[3])).count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole of the search rests on this: parts do not overlap, and their reaches add up to more than the distance.
    #[test]
    fn every_distance_has_a_plan_that_misses_nothing() {
        for within in 0..=300 {
            let plan = Plan::new(within, within as usize * 20_000);
            let reaches: u32 = plan.parts.iter().map(|part| part.differences + 1).sum();
            assert_eq!(reaches, within.min(256) + 1, "{within}");
            let mut end = 0;
            for part in &plan.parts {
                assert!(part.start == end && (1..=MOST_BITS).contains(&part.bits), "{within}");
                end += part.bits;
            }
            assert!(end <= 256, "{within}");
        }
    }

    #[test]
    fn bits_are_moved_and_none_is_lost() {
        for within in [0, 5, 15, 31, 45, 100, 256] {
            let plan = Plan::new(within, usize::MAX);
            let mut all = Wide::default();
            for bit in 0..256 {
                let mut hash = [0; 32];
                hash[bit / 8] = 1 << (bit % 8);
                let wide = plan.arrange(&hash);
                assert_eq!(wide.iter().map(|word| word.count_ones()).sum::<u32>(), 1);
                all = [all[0] | wide[0], all[1] | wide[1], all[2] | wide[2], all[3] | wide[3]];
            }
            assert_eq!(all, [u64::MAX; 4], "{within}");
        }
    }

    #[test]
    fn values_of_parts_put_together_are_the_hash() {
        let plan = Plan::new(31, usize::MAX);
        let hash = std::array::from_fn(|i| (i * 73 + 41) as u8);
        let wide = plan.arrange(&hash);
        let mut again = Wide::default();
        for part in &plan.parts {
            for bit in (0..part.bits).filter(|bit| part.value(&wide) >> bit & 1 == 1) {
                let at = part.start + bit;
                again[at as usize / 64] |= 1 << (at % 64);
            }
        }
        assert_eq!(again, wide);
    }

    #[test]
    fn a_part_is_searched_as_far_as_it_says() {
        let plan = Plan::new(31, usize::MAX);
        assert_eq!(plan.parts.len(), 11);
        assert_eq!(plan.parts[0].masks.len(), 1 + 24 + 24 * 23 / 2);
        assert_eq!(plan.parts[10].masks.len(), 1 + 23);
        for differences in 0..=3 {
            let all: Vec<u32> = (0..1 << 9).filter(|mask: &u32| mask.count_ones() <= differences).collect();
            assert_eq!(masks(9, differences), all);
        }
    }
}
