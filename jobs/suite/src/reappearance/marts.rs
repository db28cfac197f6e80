//! The marts about reappearances as Arrow.

use std::sync::Arc;

use arrow::array::{BooleanArray, FixedSizeBinaryBuilder, Int32Array, Int64Builder, ListBuilder, StringBuilder};
use arrow::datatypes::{DataType, Field};
use arrow::record_batch::RecordBatch;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::reappearance::{CurveRow, ReappearanceRateRow, ReappearanceRow, ShareBack};
use mirrorlake_model::thresholds::REAPPEARANCE_HORIZON_DAYS;

use super::search::Search;
use crate::catalogue::Columns;
use crate::failure::Failure;

/// The pictures of removed listings.
pub const PICTURES: &str = "reappearance_pictures";
/// The listings that show them.
pub const MATCHES: &str = "reappearance_matches";
/// What the images of each listing were.
pub const DIGESTS: &str = "reappearance_digests";

/// One row of the mart `reappearance_removals`: a listing that was removed.
#[derive(Clone, Debug, PartialEq)]
pub struct RemovalRow {
    /// Listing.
    pub listing_id: i64,
    /// Claim behind the removal; of a reinstated listing none.
    pub claim_id: Option<i64>,
    /// Brand of the claim.
    pub brand_id: i64,
    /// Merchant as the takedown says; of a reinstated listing none.
    pub merchant_id: Option<i64>,
    /// When it was removed; none where all its removals were reinstated.
    pub removed_at: Option<i64>,
    /// Images that were compared.
    pub images: i64,
    /// Those of them that are common pictures.
    pub common_images: i64,
    /// Images that could not be compared.
    pub uncompared_images: i64,
}

fn numbers(c: &mut Columns, name: &str, values: impl Iterator<Item = Option<i32>>) {
    c.push(name, true, Arc::new(values.collect::<Int32Array>()));
}

/// The mart `reappearances`: the contract's columns, then what supports them.
pub fn reappearances_batch(rows: &[ReappearanceRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int("removed_listing_id", rows.iter().map(|r| r.removed_listing_id));
    c.int("new_listing_id", rows.iter().map(|r| r.new_listing_id));
    c.int("brand_id", rows.iter().map(|r| r.brand_id));
    c.instant("removed_at", false, rows.iter().map(|r| Some(r.removed_at)));
    c.instant("reappeared_at", false, rows.iter().map(|r| Some(r.reappeared_at)));
    c.float("days", false, rows.iter().map(|r| Some(r.days())));
    c.text("tier", rows.iter().map(|r| r.tier.word()));
    c.int("removed_merchant_id", rows.iter().map(|r| r.removed_merchant_id));
    c.int("new_merchant_id", rows.iter().map(|r| r.new_merchant_id));
    let mut kinds = ListBuilder::new(StringBuilder::new()).with_field(Field::new("item", DataType::Utf8, false));
    for row in rows {
        row.link_keys.iter().for_each(|kind| kinds.values().append_value(kind.word()));
        kinds.append(true);
    }
    c.push("link_keys", false, Arc::new(kinds.finish()));
    numbers(&mut c, "hamming", rows.iter().map(|r| r.hamming));
    let same: BooleanArray = rows.iter().map(|r| Some(r.same_product)).collect();
    c.push("same_product", false, Arc::new(same));
    c.int("claim_id", rows.iter().map(|r| r.claim_id));
    numbers(&mut c, "removed_position", rows.iter().map(|r| r.removed_position));
    numbers(&mut c, "new_position", rows.iter().map(|r| r.new_position));
    c.int("image_matches", rows.iter().map(|r| r.image_matches));
    c.int("common_matches", rows.iter().map(|r| r.common_matches));
    c.float("title_similarity", true, rows.iter().map(|r| r.title_similarity));
    c.text_or_null("removed_title", rows.iter().map(|r| r.removed_title.as_deref()));
    c.text_or_null("new_title", rows.iter().map(|r| r.new_title.as_deref()));
    c.batch()
}

/// The mart `reappearance_rates`.
pub fn rates_batch(rows: &[ReappearanceRateRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int_or_null("brand_id", rows.iter().map(|r| r.brand_id));
    c.text("tier", rows.iter().map(|r| r.tier.word()));
    c.int("removals", rows.iter().map(|r| r.removals));
    c.int("reinstated", rows.iter().map(|r| r.reinstated));
    c.int("reappeared", rows.iter().map(|r| r.reappeared));
    for (which, days) in REAPPEARANCE_HORIZON_DAYS.iter().enumerate() {
        shares(&mut c, &format!("rate_{days}d"), rows.iter().map(|r| r.within[which]));
    }
    c.batch()
}

/// The mart `reappearance_curves`.
pub fn curves_batch(rows: &[CurveRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int_or_null("brand_id", rows.iter().map(|r| r.brand_id));
    c.text("tier", rows.iter().map(|r| r.tier.word()));
    c.int("day", rows.iter().map(|r| r.day));
    shares(&mut c, "share", rows.iter().map(|r| r.share));
    c.batch()
}

fn shares(c: &mut Columns, name: &str, values: impl Iterator<Item = ShareBack> + Clone) {
    c.float(name, true, values.clone().map(|s| s.rate));
    c.float(&format!("{name}_low"), true, values.clone().map(|s| s.low));
    c.float(&format!("{name}_high"), true, values.map(|s| s.high));
}

/// The mart `reappearance_removals`.
pub fn removals_batch(rows: &[RemovalRow]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int("removed_listing_id", rows.iter().map(|r| r.listing_id));
    c.int_or_null("claim_id", rows.iter().map(|r| r.claim_id));
    c.int("brand_id", rows.iter().map(|r| r.brand_id));
    c.int_or_null("merchant_id", rows.iter().map(|r| r.merchant_id));
    c.instant("removed_at", true, rows.iter().map(|r| r.removed_at));
    c.int("images", rows.iter().map(|r| r.images));
    c.int("common_images", rows.iter().map(|r| r.common_images));
    c.int("uncompared_images", rows.iter().map(|r| r.uncompared_images));
    c.batch()
}

/// The mart `reappearance_pictures`: the pictures of several searches, which have none in common, by hash.
pub fn pictures_batch(searches: &[&Search<'_>]) -> Result<RecordBatch, Failure> {
    let places = in_order(searches);
    let mut c = Columns::default();
    let mut hashes = FixedSizeBinaryBuilder::with_capacity(places.len(), 32);
    let mut merchants = ListBuilder::new(Int64Builder::new()).with_field(Field::new("item", DataType::Int64, false));
    for (search, place) in &places {
        let pictures = search.pictures;
        let appended = hashes.append_value(pictures.hashes[*place]);
        appended.map_err(|e| Failure::new(ExitStatus::Failed, format!("internal: {e}")))?;
        pictures.merchants(*place).iter().for_each(|m| merchants.values().append_value(*m));
        merchants.append(true);
    }
    c.push("pdq", false, Arc::new(hashes.finish()));
    c.push("merchants", false, Arc::new(merchants.finish()));
    c.int_or_null("common_from", places.iter().map(|(search, place)| search.found[*place].common_from));
    c.batch()
}

/// The mart `reappearance_matches`.
pub fn matches_batch(searches: &[&Search<'_>]) -> Result<RecordBatch, Failure> {
    let places = in_order(searches);
    let found = (0_i64..).zip(&places).map(|(row, (search, place))| (row, &search.found[*place]));
    let rows = found.flat_map(|(row, found)| found.matches.iter().map(move |m| (row, m)));
    let mut c = Columns::default();
    c.int("picture", rows.clone().map(|(picture, _)| picture));
    c.int("listing_id", rows.clone().map(|(_, m)| m.listing_id));
    let bits: Int32Array = rows.map(|(_, m)| Some(i32::from(m.bits))).collect();
    c.push("hamming", false, Arc::new(bits));
    c.batch()
}

fn in_order<'a, 'b>(searches: &[&'a Search<'b>]) -> Vec<(&'a Search<'b>, usize)> {
    let of = |search: &'a Search<'b>| (0..search.pictures.hashes.len()).map(move |place| (search, place));
    let mut places: Vec<(&Search<'_>, usize)> = searches.iter().copied().flat_map(of).collect();
    places.sort_unstable_by_key(|(search, place)| search.pictures.hashes[*place]);
    places
}

/// The mart `reappearance_digests`.
pub fn digests_batch(digests: &[(i64, i64)]) -> Result<RecordBatch, Failure> {
    let mut c = Columns::default();
    c.int("listing_id", digests.iter().map(|d| d.0));
    c.int("digest", digests.iter().map(|d| d.1));
    c.batch()
}
