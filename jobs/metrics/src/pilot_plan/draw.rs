//! The draw: a number for every listing by a keyed hash, the smallest of a stratum are drawn.
//!
//! Permanent random numbers (Ohlsson, 1995) from a pseudo-random function: the draw depends on neither order nor threads,
//! and the first m of the n drawn are themselves a simple random sample of the stratum.

use chrono::{Datelike, NaiveDate};
use std::collections::BinaryHeap;

/// The key of a plan's draw: its seed and its day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lottery {
    seed: u64,
    day: u64,
}

impl Lottery {
    /// For the plan of a day.
    pub(super) fn new(seed: u64, drawn_on: NaiveDate) -> Self {
        Self { seed, day: u64::from(drawn_on.num_days_from_ce().unsigned_abs()) }
    }

    /// A listing's number.
    pub(super) fn number(self, listing_id: i64) -> u64 {
        sip_hash(self.seed, self.day, &[listing_id.cast_unsigned()])
    }

    /// Where a stratum's picks begin in the list, uniform in [0, 1): the `place`-th stratum of a brand.
    pub(super) fn start(self, brand_id: i64, place: u64) -> f64 {
        let bits = sip_hash(self.seed, self.day, &[brand_id.cast_unsigned(), place]) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }

    /// The `n` listings with the smallest numbers, smallest first, ties by listing: (number, listing, place).
    pub(super) fn draw(self, listings: impl Iterator<Item = (i64, u32)>, n: usize) -> Vec<(u64, i64, u32)> {
        // Only the n smallest so far are kept, the largest of them on top.
        let mut smallest: BinaryHeap<(u64, i64, u32)> = BinaryHeap::with_capacity(n.saturating_add(1));
        for (listing_id, place) in listings {
            let entry = (self.number(listing_id), listing_id, place);
            if smallest.len() < n {
                smallest.push(entry);
            } else if let Some(mut largest) = smallest.peek_mut()
                && entry < *largest
            {
                *largest = entry;
            }
        }
        smallest.into_sorted_vec()
    }
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012) of whole little-endian words.
pub(super) fn sip_hash(key_0: u64, key_1: u64, words: &[u64]) -> u64 {
    // "somepseudorandomlygeneratedbytes", as published.
    let mut state = [
        key_0 ^ 0x736f_6d65_7073_6575,
        key_1 ^ 0x646f_7261_6e64_6f6d,
        key_0 ^ 0x6c79_6765_6e65_7261,
        key_1 ^ 0x7465_6462_7974_6573,
    ];
    let length = (words.len() as u64).wrapping_mul(8) << 56;
    for &word in words.iter().chain(std::iter::once(&length)) {
        state[3] ^= word;
        sip_round(&mut state);
        sip_round(&mut state);
        state[0] ^= word;
    }
    state[2] ^= 0xff;
    for _ in 0..4 {
        sip_round(&mut state);
    }
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

fn sip_round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}
