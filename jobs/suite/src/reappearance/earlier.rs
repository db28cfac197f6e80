//! What an earlier day found: where pictures are shown, and the digests of the listings that it looked at.

use arrow::array::AsArray;
use arrow::datatypes::{Int32Type, Int64Type};
use mirrorlake_lake::marts::MartPartition;
use mirrorlake_model::thresholds::DEFINITION_VERSION;
use mirrorlake_signals::matching::Hash;
use serde_json::json;

use super::marts::{DIGESTS, MATCHES, PICTURES};
use crate::catalogue::{Cells, damaged};
use crate::failure::Failure;
use crate::job::{MartDay, Work};

/// The search of an earlier day.
pub struct Earlier {
    hashes: Vec<Hash>,
    merchants: Vec<Vec<i64>>,
    common_from: Vec<Option<i64>>,
    /// Listing and distance, picture by picture.
    matches: Vec<(i64, u8)>,
    starts: Vec<usize>,
    digests: MartPartition,
}

impl Earlier {
    /// The newest earlier search that this version made by the same rule. One that cannot be read is no reason to fail, since
    /// everything can be looked for again.
    pub fn newest(work: &Work<'_>) -> Option<Self> {
        let rule = json!(work.settings.common_image_groups);
        let fits = |day: &&MartDay| {
            let made = &day.manifest;
            let same_rule = made.configuration.get("common_image_groups") == Some(&rule);
            same_rule && made.job_version == work.version && made.definition_version == DEFINITION_VERSION
        };
        let pictures = work.window(PICTURES).iter().rev().find(fits)?;
        let of_run = |mart: &str| {
            let same = |d: &&MartDay| d.day == pictures.day && d.manifest.fingerprint == pictures.manifest.fingerprint;
            work.window(mart).iter().find(same)
        };
        let (matches, digests) = (of_run(MATCHES)?, of_run(DIGESTS)?);
        match Self::read(pictures, matches, digests) {
            Ok(earlier) => Some(earlier),
            Err(failure) => {
                tracing::warn!(day = %pictures.day, "what the search of {} found is not used: {failure}", pictures.day);
                None
            }
        }
    }

    fn read(pictures: &MartDay, matches: &MartDay, digests: &MartDay) -> Result<Self, Failure> {
        let mut earlier = Self {
            hashes: Vec::new(),
            merchants: Vec::new(),
            common_from: Vec::new(),
            matches: Vec::new(),
            starts: Vec::new(),
            digests: digests.read()?,
        };
        for batch in &pictures.read()?.batches {
            let cells = Cells(batch);
            let hashes = cells.column("pdq")?.as_fixed_size_binary_opt().ok_or_else(|| damaged("pdq", "not bytes"))?;
            let lists =
                cells.column("merchants")?.as_list_opt::<i32>().ok_or_else(|| damaged("merchants", "not a list"))?;
            for row in 0..batch.num_rows() {
                let hash = hashes.value(row).try_into().map_err(|_| damaged("pdq", "not 32 bytes"))?;
                let list = lists.value(row);
                let list = list.as_primitive_opt::<Int64Type>().ok_or_else(|| damaged("merchants", "not int64"))?;
                earlier.hashes.push(hash);
                earlier.merchants.push(list.values().to_vec());
            }
            earlier.common_from.extend(cells.ints("common_from")?);
        }
        let mut known = 0;
        earlier.starts.push(0);
        for batch in &matches.read()?.batches {
            let cells = Cells(batch);
            let (places, listings) = (cells.whole("picture")?, cells.whole("listing_id")?);
            let bits = cells.column("hamming")?.as_primitive_opt::<Int32Type>();
            let bits = bits.ok_or_else(|| damaged("hamming", "not int32"))?.values();
            for row in 0..batch.num_rows() {
                let place = usize::try_from(places[row]).map_err(|_| damaged("picture", "negative"))?;
                if place >= earlier.hashes.len() || place < known {
                    return Err(damaged("picture", "not a place in order"));
                }
                earlier.starts.resize(place + 1, earlier.matches.len());
                known = place;
                earlier.matches.push((listings[row], u8::try_from(bits[row]).unwrap_or(u8::MAX)));
            }
        }
        earlier.starts.resize(earlier.hashes.len() + 1, earlier.matches.len());
        Ok(earlier)
    }

    /// The place of a picture of which all is known that is asked of it now: of a common one only the matches of those
    /// merchants were kept that had it removed then.
    pub fn known(&self, picture: &Hash, merchants: &[i64]) -> Option<usize> {
        let at = self.hashes.binary_search(picture).ok()?;
        let kept = &self.merchants[at];
        let enough = self.common_from[at].is_none() || merchants.iter().all(|m| kept.binary_search(m).is_ok());
        enough.then_some(at)
    }

    /// The listing with which a picture was common.
    pub fn common_from(&self, place: usize) -> Option<i64> {
        self.common_from[place]
    }

    /// The listings that showed a picture, with the distance.
    pub fn matches(&self, place: usize) -> &[(i64, u8)] {
        &self.matches[self.starts[place]..self.starts[place + 1]]
    }

    /// The digests, to be asked for in ascending order.
    pub fn digests(&self) -> Digests<'_> {
        Digests { partition: &self.digests, batch: 0, row: 0 }
    }
}

/// Digests of listings, read along.
pub struct Digests<'a> {
    partition: &'a MartPartition,
    batch: usize,
    row: usize,
}

impl Digests<'_> {
    /// The digest of a listing, which is not smaller than the one asked for before.
    pub fn of(&mut self, listing_id: i64) -> Option<i64> {
        loop {
            let batch = self.partition.batches.get(self.batch)?;
            let listings = Cells(batch).whole("listing_id").ok()?;
            match listings.get(self.row) {
                None => (self.batch, self.row) = (self.batch + 1, 0),
                Some(known) if *known < listing_id => self.row += 1,
                Some(known) if *known == listing_id => {
                    return Cells(batch).whole("digest").ok()?.get(self.row).copied();
                }
                Some(_) => return None,
            }
        }
    }
}
