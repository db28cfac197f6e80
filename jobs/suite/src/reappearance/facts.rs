//! What the reductions say of takedowns, merchants and listings.

use arrow::record_batch::RecordBatch;
use mirrorlake_engine::Warning;
use mirrorlake_metrics::links::{Links, MerchantKeys};
use mirrorlake_metrics::reappearance::{Listing, RemovedTakedown};

use crate::catalogue::{Cells, required};
use crate::failure::Failure;
use crate::job::Work;
use crate::supplied;

/// Listings that are looked up at a time: their titles are texts, which an engine holds twice.
const PICKS_OF_A_PART: usize = 500_000;

/// A listing with its title.
pub struct Offer {
    /// The listing.
    pub listing: Listing,
    /// Its title.
    pub title: String,
}

/// Takedowns that removed their listings.
///
/// # Errors
///
/// The engine's, or a failed check's.
pub fn removed_takedowns(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Vec<RemovedTakedown>, Failure> {
    let batch = work.reduce("removals", warnings)?;
    let cells = Cells(&batch);
    let (claims, listings) = (cells.whole("claim_id")?, cells.whole("listing_id")?);
    let (brands, merchants) = (cells.whole("brand_id")?, cells.whole("merchant_id")?);
    let (down, back) = (cells.instants("taken_down_at")?, cells.instants("reinstated_at")?);
    (0..batch.num_rows())
        .map(|i| {
            Ok(RemovedTakedown {
                listing_id: listings[i],
                claim_id: claims[i],
                brand_id: brands[i],
                merchant_id: merchants[i],
                taken_down_at: required("taken_down_at", down[i])?,
                reinstated: back[i].is_some(),
            })
        })
        .collect()
}

/// Which merchants are linked; a key of more than `most` of them links nobody.
///
/// # Errors
///
/// The engine's, or a failed check's.
pub fn links(work: &Work<'_>, most: u32, warnings: &mut Vec<Warning>) -> Result<Links, Failure> {
    let batch = work.reduce("merchants_on_record", warnings)?;
    let cells = Cells(&batch);
    let merchants = cells.whole("merchant_id")?;
    let (entities, contacts) = (cells.texts("entity_key")?, cells.texts("contact_key")?);
    let (payouts, addresses) = (cells.texts("payout_key")?, cells.texts("address_key")?);
    let keyed: Vec<MerchantKeys<'_>> = merchants
        .iter()
        .enumerate()
        .map(|(i, &merchant_id)| MerchantKeys {
            merchant_id,
            keys: [entities[i], contacts[i], payouts[i], addresses[i]],
        })
        .collect();
    Ok(Links::of(&keyed, most))
}

/// What is on record of listings, which come by number; those that are not on record are left out.
///
/// # Errors
///
/// The engine's, or a failed check's.
pub fn picked_listings(work: &Work<'_>, picks: &[i64], warnings: &mut Vec<Warning>) -> Result<Vec<Offer>, Failure> {
    let mut offers = Vec::with_capacity(picks.len());
    for part in picks.chunks(PICKS_OF_A_PART) {
        let made = supplied::picks(part.iter().copied())?;
        let batch = work.reduce_with("picked_listings", &[("picks", &made)], warnings)?;
        add_offers(&batch, &mut offers)?;
    }
    Ok(offers)
}

fn add_offers(batch: &RecordBatch, offers: &mut Vec<Offer>) -> Result<(), Failure> {
    let cells = Cells(batch);
    let (listings, merchants) = (cells.whole("listing_id")?, cells.whole("merchant_id")?);
    let (brands, products) = (cells.ints("brand_id")?, cells.ints("product_id")?);
    let (titles, statuses) = (cells.texts("title")?, cells.texts("status")?);
    let (listed, reactivated) = (cells.instants("listed_at")?, cells.instants("reactivated_at")?);
    for i in 0..batch.num_rows() {
        let listing = Listing {
            listing_id: listings[i],
            merchant_id: merchants[i],
            brand_id: brands[i],
            product_id: products[i],
            listed_at: required("listed_at", listed[i])?,
            active: statuses[i] == Some("active"),
            reactivated_at: reactivated[i],
        };
        offers.push(Offer { listing, title: required("title", titles[i])?.to_owned() });
    }
    Ok(())
}

/// Listings of products by merchants that have had a listing removed, a part at a time.
///
/// # Errors
///
/// The engine's, or a failed check's.
pub fn repeated_offers(
    work: &Work<'_>,
    warnings: &mut Vec<Warning>,
    mut each: impl FnMut(&Listing),
) -> Result<(), Failure> {
    work.reduce_by_listings("repeated_offers", warnings, |batch| {
        let cells = Cells(&batch);
        let (listings, merchants) = (cells.whole("listing_id")?, cells.whole("merchant_id")?);
        let (brands, products) = (cells.whole("brand_id")?, cells.whole("product_id")?);
        let listed = cells.instants("listed_at")?;
        for i in 0..batch.num_rows() {
            each(&Listing {
                listing_id: listings[i],
                merchant_id: merchants[i],
                brand_id: Some(brands[i]),
                product_id: Some(products[i]),
                listed_at: required("listed_at", listed[i])?,
                // Neither is asked of a listing that is another one than the removed.
                active: false,
                reactivated_at: None,
            });
        }
        Ok(())
    })
}
