//! Images of listings: hashes that are as far apart as a test wants them.

use super::table::{Cell, Table};

/// A PDQ hash.
pub type Hash = [u8; 32];

/// The hash of a photograph of this number: those of different numbers are far apart.
pub fn photo(number: u64) -> Hash {
    let mut state = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
}

/// A hash with its first `bits` bits changed.
pub fn edited(hash: Hash, bits: usize) -> Hash {
    std::array::from_fn(|byte| {
        (0..8).fold(hash[byte], |value, bit| if byte * 8 + bit < bits { value ^ 1 << bit } else { value })
    })
}

/// An image of a listing.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    pub listing_id: i64,
    pub position: i64,
    pub hash: Option<Hash>,
    pub quality: Option<i64>,
}

impl Image {
    /// The first image of a listing, of good quality.
    pub fn of(listing_id: i64, hash: Hash) -> Self {
        Self { listing_id, position: 0, hash: Some(hash), quality: Some(90) }
    }

    /// The same at another place.
    pub fn at(self, position: i64) -> Self {
        Self { position, ..self }
    }

    /// The same of another quality.
    pub fn quality(self, quality: i64) -> Self {
        Self { quality: Some(quality), ..self }
    }
}

/// `listing_images`.
pub fn images(rows: &[Image]) -> Table {
    let columns = "listing_id:i64 position:i32 uri:text pdq:b32 quality:i32";
    let row = |i: &Image| -> Vec<Cell> {
        let uri = if i.hash.is_none() { Cell::from("images/x.jpg") } else { Cell::Null };
        let hash = i.hash.map_or(Cell::Null, |h| Cell::Bytes(h.to_vec()));
        vec![i.listing_id.into(), i.position.into(), uri, hash, i.quality.into()]
    };
    Table::new("listing_images", columns).with_rows(rows.iter().map(row))
}

/// An image each of the sound lake's listings, all different.
pub fn sound() -> Table {
    let listings = (1..=3).flat_map(|brand| (0..40).map(move |n| 7_000 + brand * 100 + n));
    images(&listings.map(|listing| Image::of(listing, photo(listing as u64))).collect::<Vec<_>>())
}
