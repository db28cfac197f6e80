//! The images of a range of the listings.

use std::ops::Range;

use arrow::record_batch::RecordBatch;
use mirrorlake_signals::matching::Hash;
use sha2::{Digest, Sha256};

use super::images::{Columns, Fingerprints, Look};
use super::search::Counts;
use crate::catalogue::{Cells, required};
use crate::failure::Failure;

/// A listing with images that can be compared.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Listing.
    pub listing_id: i64,
    /// Its merchant.
    pub merchant_id: i64,
    /// When it was first listed.
    pub since: i64,
    /// Where its images are among the slice's.
    pub images: Range<usize>,
    /// A digest of its merchant and its images.
    pub digest: i64,
    /// Whether the digest is not that of the earlier day.
    pub changed: bool,
}

/// Listings, ascending, with their images.
#[derive(Debug, Default)]
pub struct Slice {
    /// Listings.
    pub listings: Vec<Shown>,
    /// Hashes of their images; those of a listing ascending, each once.
    pub hashes: Vec<Hash>,
}

impl Slice {
    /// Reads rows of the reduction `listing_pictures`. `before` tells the digest of the earlier day, listing by listing in
    /// ascending order.
    ///
    /// # Errors
    ///
    /// When a column is missing or of another type.
    pub fn of(
        batch: &RecordBatch,
        fingerprints: &Fingerprints,
        counts: &mut Counts,
        mut before: impl FnMut(i64) -> Option<i64>,
    ) -> Result<Self, Failure> {
        let columns = Columns::of(batch)?;
        let merchants = Cells(batch).whole("merchant_id")?;
        let listed = Cells(batch).instants("listed_at")?;
        let mut slice = Self::default();
        let mut row = 0;
        while let Some(&listing_id) = columns.listings.get(row) {
            let (merchant_id, since) = (merchants[row], required("listed_at", listed[row])?);
            let mut own: Vec<Hash> = Vec::new();
            while columns.listings.get(row) == Some(&listing_id) {
                match columns.look(row, fingerprints) {
                    Look::Good(hash) => own.push(hash),
                    Look::Poor => counts.poor += 1,
                    Look::Unseen => counts.unseen += 1,
                }
                row += 1;
            }
            if own.is_empty() {
                continue;
            }
            own.sort_unstable();
            own.dedup();
            let digest = digest(merchant_id, &own);
            let from = slice.hashes.len();
            slice.hashes.extend(own);
            slice.listings.push(Shown {
                listing_id,
                merchant_id,
                since,
                images: from..slice.hashes.len(),
                digest,
                changed: before(listing_id) != Some(digest),
            });
        }
        Ok(slice)
    }
}

/// The first 64 bits of the SHA-256 sum over a listing's merchant and its images: of another sort a merchant might make
/// images that give the digest of others.
fn digest(merchant_id: i64, images: &[Hash]) -> i64 {
    let mut sum = Sha256::new();
    sum.update(merchant_id.to_le_bytes());
    images.iter().for_each(|image| sum.update(image));
    let sum = sum.finalize();
    i64::from_le_bytes(std::array::from_fn(|i| sum[i]))
}
