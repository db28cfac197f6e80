//! Which pictures are the same: all pairs of 256-bit perceptual hashes (PDQ) within a distance, exactly, and which pictures
//! are so common that they say nothing about who shows them.

pub mod brute_force;
mod common;
mod unique;

pub use common::{Candidate, CommonRule, Shown, common};
pub use unique::Unique;

/// A PDQ hash.
pub type Hash = [u8; 32];

pub use mirrorlake_model::thresholds::{IMAGE_MIN_QUALITY as MIN_QUALITY, IMAGE_REACH as REACH};

/// The number of bits in which two hashes differ.
#[must_use]
pub fn distance(one: &Hash, other: &Hash) -> u32 {
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// Hashes among which others are looked for. References are known by their places in the list that it was made of, queries
/// by theirs; both are counted in 32 bits.
#[derive(Clone, Debug)]
pub struct Index {
    hashes: Vec<Hash>,
}

impl Index {
    /// An index over these hashes, in any order; equal ones may occur any number of times.
    #[must_use]
    pub fn new(hashes: Vec<Hash>) -> Self {
        Self { hashes }
    }

    /// How many references there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is no reference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Calls `found(query, reference, distance)` for every pair within the distance, each exactly once, in ascending order of
    /// query, then of reference, whatever the number of threads.
    pub fn matches(&self, queries: &[Hash], within: u32, _threads: usize, found: &mut dyn FnMut(u32, u32, u32)) {
        brute_force::matches(&self.hashes, queries, within, found);
    }
}
