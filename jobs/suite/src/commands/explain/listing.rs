//! `mirrorlake explain listing`: what the marts of `reappearance` say of a listing.

use arrow::array::AsArray;
use chrono::NaiveDate;
use mirrorlake_lake::Location;
use mirrorlake_lake::marts::read_mart;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::reappearance::{LinkKind, ReappearanceRow};
use serde_json::{Value, json};

use super::tell;
use crate::args::{Common, ExplainListing, Format};
use crate::catalogue::{Cells, damaged};
use crate::failure::{Failure, nearest};
use crate::output;
use crate::reappearance::{DIGESTS, MATCHES, PICTURES, RemovalRow, reappearance_rows, removal_rows};

/// What is known of a listing.
pub struct Explained {
    /// The listing.
    pub listing_id: i64,
    /// As of which day.
    pub day: NaiveDate,
    /// Its removal, or that all of them were reinstated.
    pub removal: Option<RemovalRow>,
    /// What it came back as, after its removal.
    pub came_back: Vec<ReappearanceRow>,
    /// Which removed listings it is taken for.
    pub taken_for: Vec<ReappearanceRow>,
    /// Distances to common pictures of removed listings, which accuse nobody.
    pub excused: Vec<i32>,
    /// Whether its images were compared with those of removed listings.
    pub looked_at: bool,
}

/// Explains a listing.
pub fn run(common: &Common, args: &ExplainListing) -> Result<ExitStatus, Failure> {
    let (marts, day) = super::super::marts_of(common, &args.marts, "reappearances")?;
    let explained = Explained::read(&marts, day, args.listing_id)?;
    match common.format {
        Format::Json => output::say(&format!("{}\n", explained.json()))?,
        _ => output::say(&tell::text(&explained))?,
    }
    Ok(ExitStatus::Ok)
}

impl Explained {
    fn read(marts: &Location, day: NaiveDate, listing_id: i64) -> Result<Self, Failure> {
        let mut known: Vec<i64> = Vec::new();
        let (mut came_back, mut taken_for) = (Vec::new(), Vec::new());
        for batch in &read_mart(marts, &format!("reappearances/dt={day}"))?.batches {
            for row in reappearance_rows(batch)? {
                known.extend([row.removed_listing_id, row.new_listing_id]);
                if row.removed_listing_id == listing_id {
                    came_back.push(row);
                } else if row.new_listing_id == listing_id {
                    taken_for.push(row);
                }
            }
        }
        let mut removal = None;
        for batch in &read_mart(marts, &format!("reappearance_removals/dt={day}"))?.batches {
            let rows = removal_rows(batch)?;
            known.extend(rows.iter().map(|r| r.listing_id));
            removal = removal.or_else(|| rows.into_iter().find(|r| r.listing_id == listing_id));
        }
        came_back.sort_by_key(|r| (r.tier, r.reappeared_at, r.new_listing_id));
        taken_for.sort_by_key(|r| (r.tier, r.removed_at, r.removed_listing_id));
        let looked_at = looked_at(marts, day, listing_id)?;
        if removal.is_none() && came_back.is_empty() && taken_for.is_empty() && !looked_at {
            return Err(unknown(listing_id, day, known));
        }
        let excused = if removal.is_none() { excused(marts, day, listing_id)? } else { Vec::new() };
        Ok(Self { listing_id, day, removal, came_back, taken_for, excused, looked_at })
    }

    fn json(&self) -> Value {
        json!({
            "listing_id": self.listing_id,
            "as_of": self.day.to_string(),
            "removal": self.removal.as_ref().map(|r| json!({
                "removed_at": r.removed_at.map(tell::instant), "reinstated": r.removed_at.is_none(),
                "claim_id": r.claim_id, "brand_id": r.brand_id, "merchant_id": r.merchant_id,
                "images_compared": r.images, "common_images": r.common_images, "images_not_compared": r.uncompared_images,
            })),
            "came_back_as": self.came_back.iter().map(pair).collect::<Vec<_>>(),
            "taken_for": self.taken_for.iter().map(pair).collect::<Vec<_>>(),
            "excused_common_pictures": self.excused.iter().map(|bits| json!({"hamming": bits})).collect::<Vec<_>>(),
            "images_compared": self.looked_at,
        })
    }
}

fn pair(row: &ReappearanceRow) -> Value {
    json!({
        "removed_listing_id": row.removed_listing_id, "new_listing_id": row.new_listing_id, "tier": row.tier.word(),
        "counts_in_rates": tell::counts(row.tier), "brand_id": row.brand_id, "claim_id": row.claim_id,
        "removed_at": tell::instant(row.removed_at), "reappeared_at": tell::instant(row.reappeared_at), "days": row.days(),
        "removed_merchant_id": row.removed_merchant_id, "new_merchant_id": row.new_merchant_id,
        "link_keys": row.link_keys.iter().map(|kind| LinkKind::word(*kind)).collect::<Vec<_>>(),
        "hamming": row.hamming, "removed_position": row.removed_position, "new_position": row.new_position,
        "image_matches": row.image_matches, "common_matches": row.common_matches, "same_product": row.same_product,
        "title_similarity": row.title_similarity, "removed_title": row.removed_title, "new_title": row.new_title,
    })
}

/// Whether the search of the day looked at images of the listing.
fn looked_at(marts: &Location, day: NaiveDate, listing_id: i64) -> Result<bool, Failure> {
    for batch in &read_mart(marts, &format!("{DIGESTS}/dt={day}"))?.batches {
        if Cells(batch).whole("listing_id")?.binary_search(&listing_id).is_ok() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Distances to the common pictures that the listing shows, as far as the search has kept them.
fn excused(marts: &Location, day: NaiveDate, listing_id: i64) -> Result<Vec<i32>, Failure> {
    let mut common: Vec<bool> = Vec::new();
    for batch in &read_mart(marts, &format!("{PICTURES}/dt={day}"))?.batches {
        common.extend(Cells(batch).ints("common_from")?.iter().map(Option::is_some));
    }
    let mut excused = Vec::new();
    for batch in &read_mart(marts, &format!("{MATCHES}/dt={day}"))?.batches {
        let cells = Cells(batch);
        let (pictures, listings) = (cells.whole("picture")?, cells.whole("listing_id")?);
        let bits = cells.column("hamming")?.as_primitive_opt::<arrow::datatypes::Int32Type>();
        let bits = bits.ok_or_else(|| damaged("hamming", "not int32"))?.values();
        for row in (0..batch.num_rows()).filter(|row| listings[*row] == listing_id) {
            let picture = usize::try_from(pictures[row]).ok();
            if picture.and_then(|p| common.get(p)) == Some(&true) {
                excused.push(bits[row]);
            }
        }
    }
    excused.sort_unstable();
    Ok(excused)
}

fn unknown(listing_id: i64, day: NaiveDate, mut known: Vec<i64>) -> Failure {
    known.sort_unstable();
    known.dedup();
    let known: Vec<String> = known.into_iter().map(|id| id.to_string()).collect();
    let near = nearest(&listing_id.to_string(), known.iter().map(String::as_str))
        .map_or_else(String::new, |id| format!(" (did you mean {id}?)"));
    Failure::usage(format!(
        "as of {day} nothing is known of listing {listing_id}{near}: it was not removed, is taken for no removed listing, and \
         no image of it could be compared, or there is no such listing"
    ))
}
