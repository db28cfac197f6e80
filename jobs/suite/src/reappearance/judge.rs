//! From the listings that show a removed picture, or repeat a removed offer, to the rows of the marts.

use mirrorlake_engine::Warning;
use mirrorlake_metrics::reappearance::{Images, Judge, Pair, Removal, Standing};
use mirrorlake_model::reappearance::{ReappearanceRow, Tier};
use mirrorlake_signals::matching::{Hash, REACH, distance};
use mirrorlake_signals::titles::Title;

use super::facts::{Offer, picked_listings, repeated_offers};
use super::images::{Fingerprints, Gallery, compare};
use super::marts::RemovalRow;
use super::search::{Pictures, Search, Seen};
use crate::failure::Failure;
use crate::job::Work;

/// What is known of removals, and of the listings that may be what they came back as.
pub struct Known<'a> {
    judge: &'a Judge<'a>,
    seen_by: Seen<'a>,
    search: &'a Search<'a>,
    removed_offers: &'a [Offer],
    removed_images: &'a Gallery,
    /// Place of a removal, and a listing that may be it come back; ascending, each once.
    candidates: Vec<(usize, i64)>,
    offers: Vec<Offer>,
    images: Gallery,
}

/// A listing among others that come by number.
fn of(offers: &[Offer], listing_id: i64) -> Option<&Offer> {
    offers.binary_search_by_key(&listing_id, |o| o.listing.listing_id).ok().map(|at| &offers[at])
}

impl<'a> Known<'a> {
    /// Finds the candidates and looks them up.
    ///
    /// # Errors
    ///
    /// The engine's, or a failed check's.
    pub fn read(
        work: &Work<'_>,
        judge: &'a Judge<'a>,
        seen_by: Seen<'a>,
        search: &'a Search<'a>,
        removed: (&'a [Offer], &'a Gallery),
        fingerprints: &Fingerprints,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, Failure> {
        let mut candidates = by_picture(judge, seen_by, search, removed.1);
        repeated_offers(work, warnings, |listing| {
            candidates.extend(judge.repeated(listing).map(|place| (place, listing.listing_id)));
        })?;
        candidates.sort_unstable();
        candidates.dedup();
        let mut others: Vec<i64> = candidates.iter().map(|c| c.1).collect();
        others.sort_unstable();
        others.dedup();
        let offers = picked_listings(work, &others, warnings)?;
        let images = Gallery::of(work, &others, fingerprints, warnings)?;
        let (removed_offers, removed_images) = removed;
        Ok(Self { judge, seen_by, search, removed_offers, removed_images, candidates, offers, images })
    }

    /// The candidates of a removal.
    fn of_removal(&self, place: usize) -> impl Iterator<Item = &Offer> {
        let first = self.candidates.partition_point(|c| c.0 < place);
        let own = self.candidates[first..].iter().take_while(move |c| c.0 == place);
        own.filter_map(|(_, listing_id)| of(&self.offers, *listing_id))
    }

    /// Whether a removed listing's picture is common, seen from its removal.
    fn is_common(&self, hash: &Hash, removal: &Removal) -> bool {
        let picture = self.search.pictures.place(hash);
        picture.is_some_and(|picture| self.seen_by.is_common(&self.search.found[picture], removal))
    }

    /// The pictures of other merchants' listings by which removed listings would be taken to have come back: before they
    /// accuse, it has to be known whether they are common themselves. Those of removed listings are known already.
    pub fn pictures_in_question(&self) -> Pictures {
        let mut pictures = Vec::new();
        for (place, removal) in self.judge.removals().iter().enumerate() {
            let removed = self.removed_images.of_listing(removal.listing_id);
            let telling: Vec<&Hash> = removed.iter().map(|i| &i.hash).filter(|h| !self.is_common(h, removal)).collect();
            for other in self.of_removal(place) {
                let listing = &other.listing;
                let may_be = Images { matches: 1, ..Images::default() };
                let of_stranger = listing.merchant_id != removal.merchant_id;
                if of_stranger && self.judge.another(place, listing, may_be).is_some() {
                    let shown = self.images.of_listing(listing.listing_id).iter().map(|i| i.hash);
                    let in_question = shown.filter(|hash| {
                        telling.iter().any(|h| distance(h, hash) <= REACH) && self.search.pictures.place(hash).is_none()
                    });
                    pictures.extend(in_question);
                }
            }
        }
        Pictures::of_others(pictures)
    }

    /// All pairs, in the mart's order. `others` is the search for the pictures in question.
    pub fn rows(&self, others: &Search<'_>) -> Vec<ReappearanceRow> {
        let mut rows = Vec::new();
        for (place, removal) in self.judge.removals().iter().enumerate() {
            let own = of(self.removed_offers, removal.listing_id);
            let title = own.map(|own| Title::new(&own.title));
            let back = own.and_then(|own| self.judge.same_listing(place, &own.listing));
            rows.extend(back.map(|pair| row(pair, own, own, None)));
            let removed = self.removed_images.of_listing(removal.listing_id);
            for other in self.of_removal(place) {
                let of_stranger = other.listing.merchant_id != removal.merchant_id;
                let excused = |one: &Hash, new: &Hash| {
                    let new_too = || {
                        let known = others.pictures.place(new).map(|picture| &others.found[picture]);
                        self.is_common(new, removal) || known.is_some_and(|f| self.seen_by.is_common(f, removal))
                    };
                    self.is_common(one, removal) || (of_stranger && new_too())
                };
                let compared = compare(removed, self.images.of_listing(other.listing.listing_id), excused);
                if let Some(pair) = self.judge.another(place, &other.listing, compared) {
                    let similarity = title.as_ref().map(|title| title.similarity(&Title::new(&other.title)));
                    rows.push(row(pair, own, Some(other), similarity));
                }
            }
        }
        rows.sort_by_key(|r| (r.removed_listing_id, r.new_listing_id));
        rows
    }

    /// The mart `reappearance_removals`: every removed listing, and every reinstated one.
    pub fn removal_rows(&self, standing: &Standing) -> Vec<RemovalRow> {
        let of_removal = |removal: &Removal| {
            let images = self.removed_images.of_listing(removal.listing_id);
            RemovalRow {
                listing_id: removal.listing_id,
                claim_id: Some(removal.claim_id),
                brand_id: removal.brand_id,
                merchant_id: Some(removal.merchant_id),
                removed_at: Some(removal.removed_at),
                images: images.len() as i64,
                common_images: images.iter().filter(|i| self.is_common(&i.hash, removal)).count() as i64,
                uncompared_images: self.removed_images.uncompared_of(removal.listing_id) as i64,
            }
        };
        let mut rows: Vec<RemovalRow> = standing.removals.iter().map(of_removal).collect();
        rows.extend(standing.reinstated.iter().map(|r| RemovalRow {
            listing_id: r.listing_id,
            claim_id: None,
            brand_id: r.brand_id,
            merchant_id: None,
            removed_at: None,
            images: 0,
            common_images: 0,
            uncompared_images: 0,
        }));
        rows.sort_by_key(|r| r.listing_id);
        rows
    }
}

/// Removals and the listings that show one of their pictures; of common pictures only those of the removal's merchant, since
/// they accuse nobody else.
fn by_picture(judge: &Judge<'_>, seen_by: Seen<'_>, search: &Search<'_>, removed: &Gallery) -> Vec<(usize, i64)> {
    let mut candidates = Vec::new();
    for (place, removal) in judge.removals().iter().enumerate() {
        for image in removed.of_listing(removal.listing_id) {
            let found = search.pictures.place(&image.hash).map(|picture| &search.found[picture]);
            let Some(found) = found else { continue };
            let common = seen_by.is_common(found, removal);
            let of_interest = found.matches.iter().filter(|m| {
                let later = m.since > removal.removed_at && m.listing_id != removal.listing_id;
                later && (!common || m.merchant_id == removal.merchant_id)
            });
            candidates.extend(of_interest.map(|m| (place, m.listing_id)));
        }
    }
    candidates
}

/// One row of the mart `reappearances`.
fn row(pair: Pair, removed: Option<&Offer>, new: Option<&Offer>, title_similarity: Option<f64>) -> ReappearanceRow {
    debug_assert!(
        pair.tier != Tier::SameListing || title_similarity.is_none(),
        "a listing is not compared with itself"
    );
    ReappearanceRow {
        removed_listing_id: pair.removal.listing_id,
        new_listing_id: pair.new_listing_id,
        brand_id: pair.removal.brand_id,
        removed_at: pair.removal.removed_at,
        reappeared_at: pair.reappeared_at,
        tier: pair.tier,
        removed_merchant_id: pair.removal.merchant_id,
        new_merchant_id: pair.new_merchant_id,
        link_keys: pair.link_keys,
        hamming: pair.images.hamming,
        same_product: pair.same_product,
        claim_id: pair.removal.claim_id,
        removed_position: pair.images.removed_position,
        new_position: pair.images.new_position,
        image_matches: pair.images.matches,
        common_matches: pair.images.common,
        title_similarity,
        removed_title: removed.map(|o| o.title.clone()),
        new_title: new.map(|o| o.title.clone()),
    }
}
