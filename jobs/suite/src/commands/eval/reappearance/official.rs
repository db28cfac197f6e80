//! Pairs that rest on a brand's official picture, which the truth of a sample lake lists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::AsArray;
use chrono::NaiveDate;
use mirrorlake_lake::Location;
use mirrorlake_lake::marts::read_mart;
use mirrorlake_model::thresholds::COMMON_IMAGE_REACH;
use mirrorlake_signals::matching::{Hash, distance};

use super::super::truth::table;
use crate::catalogue::{Cells, damaged};
use crate::failure::Failure;
use crate::reappearance::{MATCHES, PICTURES};

fn hashes(cells: &Cells<'_>) -> Result<Vec<Hash>, Failure> {
    let array = cells.column("pdq")?.as_fixed_size_binary_opt().ok_or_else(|| damaged("pdq", "not bytes"))?;
    let hash = |row| array.value(row).try_into().map_err(|_| damaged("pdq", "not 32 bytes"));
    (0..cells.0.num_rows()).map(hash).collect()
}

/// The official pictures that the truth lists.
pub fn pictures(truth: &Path) -> Result<Vec<Hash>, Failure> {
    let mut found = Vec::new();
    for batch in table(truth, "common_images")? {
        found.extend(hashes(&Cells(&batch))?);
    }
    Ok(found)
}

/// Those of the pairs whose listings both show one of the search's pictures that is an official one.
pub fn pairs(
    marts: &Location,
    day: NaiveDate,
    official: &[Hash],
    pairs: impl Iterator<Item = (i64, i64)>,
) -> Result<BTreeSet<(i64, i64)>, Failure> {
    let pairs: BTreeSet<(i64, i64)> = pairs.collect();
    if pairs.is_empty() {
        return Ok(pairs);
    }
    let mut is_official = Vec::new();
    for batch in &read_mart(marts, &format!("{PICTURES}/dt={day}"))?.batches {
        let near = |hash: Hash| official.iter().any(|known| distance(known, &hash) <= COMMON_IMAGE_REACH);
        is_official.extend(hashes(&Cells(batch))?.into_iter().map(near));
    }
    let wanted: BTreeSet<i64> = pairs.iter().flat_map(|pair| [pair.0, pair.1]).collect();
    let mut shown: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for batch in &read_mart(marts, &format!("{MATCHES}/dt={day}"))?.batches {
        let cells = Cells(batch);
        for (picture, listing) in cells.whole("picture")?.iter().zip(cells.whole("listing_id")?) {
            let place = usize::try_from(*picture).ok().and_then(|place| is_official.get(place));
            if place == Some(&true) && wanted.contains(listing) {
                shown.entry(*listing).or_default().insert(*picture);
            }
        }
    }
    let both = |pair: &(i64, i64)| {
        shown.get(&pair.0).zip(shown.get(&pair.1)).is_some_and(|(one, other)| !one.is_disjoint(other))
    };
    Ok(pairs.into_iter().filter(both).collect())
}
