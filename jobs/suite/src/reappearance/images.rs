//! Images that can be compared, and what comparing the images of two listings comes to.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Int32Type};
use arrow::record_batch::RecordBatch;
use mirrorlake_engine::Warning;
use mirrorlake_lake::marts::MartPartition;
use mirrorlake_metrics::reappearance::Images;
use mirrorlake_model::ExitStatus;
use mirrorlake_signals::matching::{Hash, MIN_QUALITY, REACH, distance};

use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::job::Work;
use crate::supplied;

/// Listings whose images are looked up at a time.
const PICKS_OF_A_PART: usize = 500_000;

/// Hashes of images that the lake has none for, by listing and place.
#[derive(Default)]
pub struct Fingerprints(Vec<(i64, i32, Hash, i32)>);

/// What can be done with an image.
pub enum Look {
    /// It can be compared.
    Good(Hash),
    /// Its quality is too low for a match to rest on it, or not known.
    Poor,
    /// It has no hash: nobody has looked at it.
    Unseen,
}

impl Fingerprints {
    /// The rows of the mart `image_fingerprints` that have a hash.
    ///
    /// # Errors
    ///
    /// When a column is missing or of another type.
    pub fn read(mart: &MartPartition) -> Result<Self, Failure> {
        let mut rows = Vec::new();
        for batch in &mart.batches {
            let found = Columns::of(batch)?;
            for row in 0..batch.num_rows() {
                if let (Some(hash), Some(quality)) = (found.hash(row), found.quality(row)) {
                    rows.push((found.listings[row], found.position(row), hash, quality));
                }
            }
        }
        rows.sort_unstable();
        Ok(Self(rows))
    }

    fn find(&self, listing_id: i64, position: i32) -> Option<(Hash, i32)> {
        let at = self.0.binary_search_by_key(&(listing_id, position), |row| (row.0, row.1)).ok()?;
        self.0.get(at).map(|row| (row.2, row.3))
    }
}

/// The columns that images come in.
pub struct Columns<'a> {
    /// Listings.
    pub listings: &'a [i64],
    positions: &'a [i32],
    pdq: &'a dyn Array,
    qualities: &'a arrow::array::Int32Array,
}

impl<'a> Columns<'a> {
    /// Finds them in the rows of a reduction or a mart.
    ///
    /// # Errors
    ///
    /// When a column is missing or of another type.
    pub fn of(batch: &'a RecordBatch) -> Result<Self, Failure> {
        let numbers = |name: &str| batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int32Type>());
        let (positions, qualities) = (numbers("position"), numbers("quality"));
        let pdq = batch
            .column_by_name("pdq")
            .filter(|c| matches!(c.data_type(), DataType::Binary | DataType::FixedSizeBinary(32)));
        let (Some(positions), Some(qualities), Some(pdq)) = (positions, qualities, pdq) else {
            let message = "rows of images: the columns position, pdq and quality are not int32, 32 bytes and int32";
            return Err(Failure::new(ExitStatus::InputRefused, message));
        };
        Ok(Self {
            listings: Cells(batch).whole("listing_id")?,
            positions: positions.values(),
            pdq: pdq.as_ref(),
            qualities,
        })
    }

    /// The place of a row's image.
    pub fn position(&self, row: usize) -> i32 {
        self.positions[row]
    }

    fn quality(&self, row: usize) -> Option<i32> {
        self.qualities.is_valid(row).then(|| self.qualities.value(row))
    }

    fn hash(&self, row: usize) -> Option<Hash> {
        if self.pdq.is_null(row) {
            return None;
        }
        let bytes = match self.pdq.as_binary_opt::<i32>() {
            Some(bytes) => bytes.value(row),
            None => self.pdq.as_fixed_size_binary_opt()?.value(row),
        };
        bytes.try_into().ok()
    }

    /// What can be done with a row's image: by the lake's hash, else by the fingerprint that was taken of it.
    pub fn look(&self, row: usize, fingerprints: &Fingerprints) -> Look {
        let taken = || fingerprints.find(self.listings[row], self.positions[row]);
        let known = match self.hash(row) {
            Some(hash) => Some((hash, self.quality(row))),
            None => taken().map(|(hash, quality)| (hash, Some(quality))),
        };
        match known {
            Some((hash, Some(quality))) if quality >= MIN_QUALITY => Look::Good(hash),
            Some(_) => Look::Poor,
            None => Look::Unseen,
        }
    }
}

/// One image that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Listing.
    pub listing_id: i64,
    /// Place of the image.
    pub position: i32,
    /// Its hash.
    pub hash: Hash,
}

/// The images of some listings.
#[derive(Default)]
pub struct Gallery {
    /// Those that can be compared, by listing and place.
    pub images: Vec<Image>,
    /// Listing of each of the others.
    pub uncompared: Vec<i64>,
}

impl Gallery {
    /// Looks up the images of listings, which come by number.
    ///
    /// # Errors
    ///
    /// The engine's, or a failed check's.
    pub fn of(
        work: &Work<'_>,
        picks: &[i64],
        fingerprints: &Fingerprints,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, Failure> {
        let mut gallery = Self::default();
        for part in picks.chunks(PICKS_OF_A_PART) {
            let made = supplied::picks(part.iter().copied())?;
            let batch = work.reduce_with("picked_pictures", &[("picks", &made)], warnings)?;
            let columns = Columns::of(&batch)?;
            for (row, &listing_id) in columns.listings.iter().enumerate() {
                match columns.look(row, fingerprints) {
                    Look::Good(hash) => {
                        gallery.images.push(Image { listing_id, position: columns.position(row), hash });
                    }
                    Look::Poor | Look::Unseen => gallery.uncompared.push(listing_id),
                }
            }
        }
        Ok(gallery)
    }

    /// The images of a listing that can be compared.
    pub fn of_listing(&self, listing_id: i64) -> &[Image] {
        let first = self.images.partition_point(|i| i.listing_id < listing_id);
        let end = self.images.partition_point(|i| i.listing_id <= listing_id);
        &self.images[first..end]
    }

    /// How many images of a listing cannot be compared.
    pub fn uncompared_of(&self, listing_id: i64) -> usize {
        let first = self.uncompared.partition_point(|l| *l < listing_id);
        self.uncompared.partition_point(|l| *l <= listing_id) - first
    }
}

/// Compares every image of a removed listing with every image of another one. Of several pairs at the smallest distance the
/// one of the smallest places is told. `is_common` tells whether the match of two pictures accuses nobody.
pub fn compare(removed: &[Image], other: &[Image], is_common: impl Fn(&Hash, &Hash) -> bool) -> Images {
    let mut found = Images::default();
    let mut nearest: Option<(u32, i32, i32)> = None;
    for one in removed {
        for image in other {
            let bits = distance(&one.hash, &image.hash);
            if bits <= REACH {
                found.matches += 1;
                found.common += i64::from(is_common(&one.hash, &image.hash));
                let key = (bits, one.position, image.position);
                nearest = Some(nearest.map_or(key, |known| known.min(key)));
            }
        }
    }
    if let Some((bits, removed_position, new_position)) = nearest {
        found.hamming = i32::try_from(bits).ok();
        (found.removed_position, found.new_position) = (Some(removed_position), Some(new_position));
    }
    found
}
