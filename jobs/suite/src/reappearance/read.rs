//! The marts about reappearances, read back.

use arrow::array::AsArray;
use arrow::record_batch::RecordBatch;
use mirrorlake_model::reappearance::{
    CurveRow, LinkKind, RateTier, ReappearanceRateRow, ReappearanceRow, ShareBack, Tier,
};
use mirrorlake_model::thresholds::REAPPEARANCE_HORIZON_DAYS;

use super::marts::RemovalRow;
use crate::catalogue::{Cells, damaged, required};
use crate::failure::Failure;

fn link_keys(cells: &Cells<'_>) -> Result<Vec<Vec<LinkKind>>, Failure> {
    let lists = cells.column("link_keys")?.as_list_opt::<i32>().ok_or_else(|| damaged("link_keys", "not a list"))?;
    let kind =
        |word: Option<&str>| word.and_then(LinkKind::from_word).ok_or_else(|| damaged("link_keys", "an unknown word"));
    let of_row = |row: usize| {
        let words = lists.value(row);
        let words = words.as_string_opt::<i32>().ok_or_else(|| damaged("link_keys", "not texts"))?;
        words.iter().map(kind).collect()
    };
    (0..cells.0.num_rows()).map(of_row).collect()
}

/// Rows of the mart `reappearances`.
pub fn reappearance_rows(batch: &RecordBatch) -> Result<Vec<ReappearanceRow>, Failure> {
    let cells = Cells(batch);
    let (removed, new) = (cells.whole("removed_listing_id")?, cells.whole("new_listing_id")?);
    let (brands, claims) = (cells.whole("brand_id")?, cells.whole("claim_id")?);
    let (removed_at, back_at) = (cells.instants("removed_at")?, cells.instants("reappeared_at")?);
    let tiers = cells.words("tier", Tier::from_word)?;
    let (from, to) = (cells.whole("removed_merchant_id")?, cells.whole("new_merchant_id")?);
    let (keys, same) = (link_keys(&cells)?, cells.flags("same_product")?);
    let (bits, old_place) = (cells.small_ints("hamming")?, cells.small_ints("removed_position")?);
    let new_place = cells.small_ints("new_position")?;
    let (matches, common) = (cells.whole("image_matches")?, cells.whole("common_matches")?);
    let similar = cells.floats("title_similarity")?;
    let (old_title, new_title) = (cells.texts("removed_title")?, cells.texts("new_title")?);
    let mut rows = Vec::with_capacity(batch.num_rows());
    for (i, link_keys) in keys.into_iter().enumerate() {
        rows.push(ReappearanceRow {
            removed_listing_id: removed[i],
            new_listing_id: new[i],
            brand_id: brands[i],
            removed_at: required("removed_at", removed_at[i])?,
            reappeared_at: required("reappeared_at", back_at[i])?,
            tier: tiers[i],
            removed_merchant_id: from[i],
            new_merchant_id: to[i],
            link_keys,
            hamming: bits[i],
            same_product: required("same_product", same[i])?,
            claim_id: claims[i],
            removed_position: old_place[i],
            new_position: new_place[i],
            image_matches: matches[i],
            common_matches: common[i],
            title_similarity: similar[i],
            removed_title: old_title[i].map(str::to_owned),
            new_title: new_title[i].map(str::to_owned),
        });
    }
    Ok(rows)
}

fn shares(cells: &Cells<'_>, name: &str) -> Result<Vec<ShareBack>, Failure> {
    let (rates, lows) = (cells.floats(name)?, cells.floats(&format!("{name}_low"))?);
    let highs = cells.floats(&format!("{name}_high"))?;
    Ok(rates.into_iter().zip(lows).zip(highs).map(|((rate, low), high)| ShareBack { rate, low, high }).collect())
}

/// Rows of the mart `reappearance_rates`.
pub fn rate_rows(batch: &RecordBatch) -> Result<Vec<ReappearanceRateRow>, Failure> {
    let cells = Cells(batch);
    let (brands, tiers) = (cells.ints("brand_id")?, cells.words("tier", RateTier::from_word)?);
    let (removals, reinstated) = (cells.whole("removals")?, cells.whole("reinstated")?);
    let reappeared = cells.whole("reappeared")?;
    let mut within = vec![[ShareBack::default(); REAPPEARANCE_HORIZON_DAYS.len()]; batch.num_rows()];
    for (which, days) in REAPPEARANCE_HORIZON_DAYS.iter().enumerate() {
        for (row, share) in within.iter_mut().zip(shares(&cells, &format!("rate_{days}d"))?) {
            row[which] = share;
        }
    }
    let row = |(i, within)| ReappearanceRateRow {
        brand_id: brands[i],
        tier: tiers[i],
        removals: removals[i],
        reinstated: reinstated[i],
        reappeared: reappeared[i],
        within,
    };
    Ok(within.into_iter().enumerate().map(row).collect())
}

/// Rows of the mart `reappearance_curves`.
pub fn curve_rows(batch: &RecordBatch) -> Result<Vec<CurveRow>, Failure> {
    let cells = Cells(batch);
    let (brands, tiers) = (cells.ints("brand_id")?, cells.words("tier", RateTier::from_word)?);
    let days = cells.whole("day")?;
    let row = |(i, share)| CurveRow { brand_id: brands[i], tier: tiers[i], day: days[i], share };
    Ok(shares(&cells, "share")?.into_iter().enumerate().map(row).collect())
}

/// Rows of the mart `reappearance_removals`.
pub fn removal_rows(batch: &RecordBatch) -> Result<Vec<RemovalRow>, Failure> {
    let cells = Cells(batch);
    let (listings, claims) = (cells.whole("removed_listing_id")?, cells.ints("claim_id")?);
    let (brands, merchants) = (cells.whole("brand_id")?, cells.ints("merchant_id")?);
    let (removed_at, images) = (cells.instants("removed_at")?, cells.whole("images")?);
    let (common, uncompared) = (cells.whole("common_images")?, cells.whole("uncompared_images")?);
    let row = |i: usize| RemovalRow {
        listing_id: listings[i],
        claim_id: claims[i],
        brand_id: brands[i],
        merchant_id: merchants[i],
        removed_at: removed_at[i],
        images: images[i],
        common_images: common[i],
        uncompared_images: uncompared[i],
    };
    Ok((0..batch.num_rows()).map(row).collect())
}
