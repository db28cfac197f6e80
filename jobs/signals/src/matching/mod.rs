//! Which pictures are the same: all pairs of 256-bit perceptual hashes (PDQ) within a distance, exactly, and which pictures
//! are so common that they say nothing about who shows them.

pub mod brute_force;
mod common;
mod index;
mod plan;
mod search;
mod table;
#[cfg(test)]
mod tests;
mod unique;
mod uses;
mod workers;

pub use common::{Candidate, CommonRule, Shown, common};
pub use index::Index;
pub use mirrorlake_model::thresholds::{IMAGE_MIN_QUALITY as MIN_QUALITY, IMAGE_REACH as REACH};
pub use unique::Unique;
pub use uses::Use;

/// A PDQ hash, in the order of the lake's column.
pub type Hash = [u8; 32];

/// The number of bits in which two hashes differ.
#[must_use]
pub fn distance(one: &Hash, other: &Hash) -> u32 {
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}
