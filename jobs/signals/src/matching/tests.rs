//! The fast search finds what comparing all with all finds, whatever the hashes look like.

use proptest::prelude::*;

use super::*;

/// A fixed stream of numbers (splitmix64).
pub(super) struct Stream(pub u64);

impl Stream {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(super) fn hash(&mut self) -> Hash {
        let mut hash = [0; 32];
        hash.chunks_exact_mut(8).for_each(|word| word.copy_from_slice(&self.next().to_le_bytes()));
        hash
    }

    /// The hash with exactly so many bits changed.
    pub(super) fn flipped(&mut self, hash: &Hash, bits: u32) -> Hash {
        let mut other = *hash;
        while distance(hash, &other) < bits {
            let bit = self.below(256);
            other[bit / 8] ^= (hash[bit / 8] ^ other[bit / 8] ^ 1 << (bit % 8)) & 1 << (bit % 8);
        }
        other
    }
}

fn by_comparing(references: &[Hash], queries: &[Hash], within: u32) -> Vec<(u32, u32, u32)> {
    let mut pairs = Vec::new();
    brute_force::matches(references, queries, within, &mut |q, r, d| pairs.push((q, r, d)));
    pairs
}

fn by_index(references: &[Hash], queries: &[Hash], within: u32, threads: usize) -> Vec<(u32, u32, u32)> {
    let mut pairs = Vec::new();
    Index::new(references.to_vec()).matches(queries, within, threads, &mut |q, r, d| pairs.push((q, r, d)));
    pairs
}

/// Hashes around few centres, at the distances that matter, some equal.
fn clustered(stream: &mut Stream, centres: usize, count: usize) -> Vec<Hash> {
    let centres: Vec<Hash> = (0..centres).map(|_| stream.hash()).collect();
    let near = |stream: &mut Stream| {
        let centre = centres[stream.below(centres.len())];
        let bits = [0, 1, 15, 16, 30, 31, 32, 33, 45][stream.below(9)];
        stream.flipped(&centre, bits)
    };
    (0..count).map(|_| near(stream)).collect()
}

#[test]
fn the_distances_at_the_edge_are_told_apart() {
    let mut stream = Stream(1);
    let references: Vec<Hash> = (0..3_000).map(|_| stream.hash()).collect();
    let mut queries = Vec::new();
    let mut expected = Vec::new();
    for (at, reference) in references.iter().enumerate() {
        let bits = 28 + (at as u32 % 8);
        queries.push(stream.flipped(reference, bits));
        if bits <= REACH {
            expected.push((at as u32, at as u32, bits));
        }
    }
    assert_eq!(by_index(&references, &queries, REACH, 2), expected);
}

#[test]
fn bits_may_differ_wherever_they_like() {
    // All differences side by side, or evenly spread, are the worst cases of a search by parts.
    let mut stream = Stream(2);
    let reference = stream.hash();
    let others: Vec<Hash> = (0..400).map(|_| stream.hash()).collect();
    let references: Vec<Hash> = std::iter::once(reference).chain(others).collect();
    for bits in [31_usize, 32] {
        let mut queries = Vec::new();
        for start in 0..256 {
            for step in [1, 2, 3, 7, 8, 11, 23, 24, 85, 159] {
                let mut query = reference;
                (0..bits).map(|i| (start + i * step) % 256).for_each(|bit| query[bit / 8] ^= 1 << (bit % 8));
                queries.push(query);
            }
        }
        assert_eq!(by_index(&references, &queries, REACH, 1), by_comparing(&references, &queries, REACH));
    }
}

#[test]
fn threads_and_order_and_limits_change_nothing() {
    let mut stream = Stream(3);
    let references = clustered(&mut stream, 40, 3_000);
    let queries = clustered(&mut Stream(3), 40, 5_000);
    let expected = by_comparing(&references, &queries, REACH);
    assert!(expected.len() > 50_000);
    for threads in [0, 1, 2, 3, 8] {
        assert_eq!(by_index(&references, &queries, REACH, threads), expected, "{threads}");
    }
    let index = Index::new(references.clone());
    for limits in [(1, 1), (7, 100), (100, 1_000), (5_000, 10), (1_000, usize::MAX)] {
        let mut pairs = Vec::new();
        index.matches_with(&queries, REACH, 2, limits, &mut |q, r, d| pairs.push((q, r, d)));
        assert_eq!(pairs, expected, "{limits:?}");
    }
}

#[test]
fn hashes_without_a_difference_to_go_by_are_found_too() {
    // Most bits the same everywhere: no part tells them apart.
    let mut stream = Stream(4);
    let base = stream.hash();
    let mut alike = |n: usize| -> Vec<Hash> {
        (0..n)
            .map(|_| {
                let mut hash = base;
                hash[..8].copy_from_slice(&stream.next().to_le_bytes());
                hash
            })
            .collect()
    };
    let (references, queries) = (alike(4_000), alike(6_000));
    assert_eq!(by_index(&references, &queries, 12, 2), by_comparing(&references, &queries, 12));
}

/// Pairs that a search by parts takes, and whether it was worth its while.
fn by_parts(entries: &[Hash], probes: &[Hash], within: u32) -> (bool, Vec<(u32, u32, u32)>) {
    struct Take(Vec<(u32, u32, u32)>);
    impl search::Sink for Take {
        fn wants(&self, _: u32) -> bool {
            true
        }
        fn take(&mut self, entry: u32, probe: u32, distance: u32) {
            self.0.push((probe, entry, distance));
        }
        fn full(&self) -> bool {
            false
        }
        fn restart(&mut self) {}
    }
    let plan = plan::Plan::new(within, entries.len());
    let arranged = |hashes: &[Hash]| -> Vec<plan::Wide> { hashes.iter().map(|hash| plan.arrange(hash)).collect() };
    let mut sinks = [Take(Vec::new()), Take(Vec::new())];
    let pairs = (entries.len() * probes.len()) as u64;
    let done = search::by_parts(&arranged(entries), &arranged(probes), &plan, &mut sinks, pairs);
    let mut pairs: Vec<(u32, u32, u32)> = sinks.into_iter().flat_map(|take| take.0).collect();
    pairs.sort_unstable();
    (done, pairs)
}

#[test]
fn parts_take_each_pair_once_and_are_given_up_where_all_are_alike() {
    let mut stream = Stream(8);
    let (entries, probes) = (clustered(&mut stream, 300, 4_000), clustered(&mut Stream(8), 300, 2_500));
    for within in [0, 3, 16, 31, 50] {
        assert_eq!(by_parts(&entries, &probes, within), (true, by_comparing(&entries, &probes, within)), "{within}");
    }
    let same = vec![stream.hash(); 4_000];
    assert!(!by_parts(&same, &same, 31).0);
}

#[test]
fn nothing_is_found_in_nothing() {
    assert!(by_index(&[], &[[0; 32]], 256, 2).is_empty());
    assert!(by_index(&[[0; 32]], &[], 256, 2).is_empty());
    assert_eq!(by_index(&[[0; 32]], &[[255; 32]], 255, 2), []);
    assert_eq!(by_index(&[[0; 32]], &[[255; 32]], 256, 2), [(0, 0, 256)]);
    assert_eq!(by_index(&[[0; 32]], &[[255; 32]], u32::MAX, 2), [(0, 0, 256)]);
    assert!(Index::new(Vec::new()).is_empty());
    assert_eq!(Index::new(vec![[0; 32]; 3]).len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_index_finds_what_comparing_finds(
        seed: u64,
        kind in 0..4,
        (n, m) in (0_usize..3_000, 0_usize..3_000),
        within in prop_oneof![3 => Just(31_u32), 1 => 0_u32..70, 1 => 100_u32..140],
        threads in 1_usize..4,
    ) {
        let stream = &mut Stream(seed);
        let both = match kind {
            0 => (0..n + m).map(|_| stream.hash()).collect(),
            1 => clustered(stream, 1 + n / 100, n + m),
            // Each bit leans its own way, and neighbours mostly agree, as in pictures on white ground.
            2 => {
                let lean = stream.hash();
                (0..n + m)
                    .map(|_| {
                        let (a, b, c) = (stream.hash(), stream.hash(), stream.hash());
                        std::array::from_fn(|i| lean[i] ^ (a[i] & b[i] & (c[i] | c[i] << 1)))
                    })
                    .collect()
            }
            // Few different ones.
            _ => {
                let few: Vec<Hash> = (0..20).map(|_| stream.hash()).collect();
                (0..n + m).map(|_| few[stream.below(few.len())]).collect::<Vec<_>>()
            }
        };
        let (references, queries) = both.split_at(n);
        prop_assert_eq!(by_index(references, queries, within, threads), by_comparing(references, queries, within));
    }
}
