//! Images of listings: hashes that are derived when they are needed, never stored.

use crate::listings::{Listing, Photo};
use crate::random::{Family, Stream};

/// A PDQ hash.
pub(crate) type Hash = [u8; 32];

/// One image.
pub(crate) struct Image {
    pub(crate) position: i32,
    /// Where the image lies, for those that are not hashed yet and a few others.
    pub(crate) uri: Option<String>,
    pub(crate) pdq: Option<Hash>,
    pub(crate) quality: Option<i32>,
}

/// Smallest quality on which a match may rest (metric definitions, "Reappearance").
pub(crate) const MIN_QUALITY: i32 = 50;
/// Largest distance of a match.
pub(crate) const REACH: u32 = 31;

/// The three kinds of random choice that images need.
pub(crate) struct Gallery {
    photos: Family,
    edits: Family,
    images: Family,
}

/// Number of the photograph that only this listing shows at this place.
fn own_photo(listing: u32, place: u64) -> u64 {
    1 << 48 | u64::from(listing) << 4 | place
}

impl Gallery {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            photos: Family::new(seed, "photos"),
            edits: Family::new(seed, "photo-edits"),
            images: Family::new(seed, "listing-images"),
        }
    }

    fn photo(&self, number: u64) -> Hash {
        let mut stream = self.photos.stream(number);
        let mut hash = [0; 32];
        for chunk in hash.chunks_exact_mut(8) {
            chunk.copy_from_slice(&stream.next().to_le_bytes());
        }
        hash
    }

    /// The hash of an official picture as the brand published it.
    pub(crate) fn picture(&self, number: u32) -> Hash {
        self.photo(2 << 48 | u64::from(number))
    }

    /// All images of a listing.
    pub(crate) fn images(&self, index: u32, listing: &Listing) -> Vec<Image> {
        let mut stream = self.images.stream(u64::from(index));
        let count = 1 + stream.weighted(&[56, 30, 14]) as u64;
        let main = match listing.photo {
            Photo::Copy { .. } => stream.below(count),
            _ => 0,
        };
        (0..count)
            .map(|place| {
                let mut quality = if stream.chance(50) { stream.between(8, 49) } else { stream.between(50, 100) };
                let hashed = !stream.chance(30);
                let linked = stream.chance(40);
                let mut certain = false;
                let mut edit = self.edits.stream(u64::from(index));
                let hash = match listing.photo {
                    Photo::Catalogue(number) if place == main => {
                        // Shops save official pictures anew, which changes a few bits.
                        let bits = if edit.chance(500) { 0 } else { edit.below(6) };
                        flipped(self.picture(number), bits as usize, &mut edit)
                    }
                    Photo::Copy { of, bits, poor } if place == main => {
                        certain = true;
                        quality = if poor { stream.between(10, 49) } else { stream.between(55, 100) };
                        flipped(self.photo(own_photo(of, 0)), usize::from(bits), &mut edit)
                    }
                    _ => {
                        certain = listing.anchor && place == 0;
                        self.photo(own_photo(index, place))
                    }
                };
                if listing.anchor && place == 0 {
                    quality = quality.max(60);
                }
                let hashed = hashed || certain;
                Image {
                    position: place as i32,
                    uri: (!hashed || linked).then(|| format!("images/{:02x}/{index:08x}-{place}.jpg", index % 256)),
                    pdq: hashed.then_some(hash),
                    quality: hashed.then_some(quality as i32),
                }
            })
            .collect()
    }

    /// The smallest distance between images of two listings that are good enough for a match.
    pub(crate) fn distance(&self, one: (u32, &Listing), other: (u32, &Listing)) -> Option<u32> {
        let fit = |(index, listing): (u32, &Listing)| {
            let images = self.images(index, listing).into_iter();
            images.filter(|i| i.quality.is_some_and(|q| q >= MIN_QUALITY)).filter_map(|i| i.pdq).collect::<Vec<_>>()
        };
        let others = fit(other);
        fit(one).iter().flat_map(|a| others.iter().map(|b| hamming(a, b))).min()
    }
}

/// The number of bits in which two hashes differ.
pub(crate) fn hamming(one: &Hash, other: &Hash) -> u32 {
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// The hash with exactly this many bits changed.
fn flipped(mut hash: Hash, bits: usize, stream: &mut Stream) -> Hash {
    let mut order: Vec<u8> = (0..=255).collect();
    for i in 0..bits.min(256) {
        let other = i + stream.index(256 - i);
        order.swap(i, other);
        hash[usize::from(order[i] / 8)] ^= 1 << (order[i] % 8);
    }
    hash
}
