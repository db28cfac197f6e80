//! Whether a listing is a removed one come back, and how.

use mirrorlake_model::reappearance::{LinkKind, Tier};

use super::Removal;
use crate::links::Links;

/// A listing as it stands as of T.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Listing.
    pub listing_id: i64,
    /// Merchant.
    pub merchant_id: i64,
    /// Brand it is offered as.
    pub brand_id: Option<i64>,
    /// Product of that brand.
    pub product_id: Option<i64>,
    /// When it was first listed.
    pub listed_at: i64,
    /// Whether it can be bought.
    pub active: bool,
    /// When it last became active again after a removal.
    pub reactivated_at: Option<i64>,
}

/// What comparing the images of two listings came to. Only images of sufficient quality are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Images {
    /// Smallest distance within the reach of a match, in bits; none where no images match.
    pub hamming: Option<i32>,
    /// Place of the removed listing's image at that distance.
    pub removed_position: Option<i32>,
    /// Place of the other listing's image at that distance.
    pub new_position: Option<i32>,
    /// Pairs of images that match.
    pub matches: i64,
    /// Those of them whose removed image is a common picture.
    pub common: i64,
}

impl Images {
    /// Whether a match tells something of a stranger: common pictures accuse nobody.
    const fn accuse(&self) -> bool {
        self.matches > self.common
    }
}

/// A removed listing and what it came back as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The removal.
    pub removal: Removal,
    /// The listing it came back as; the removed one itself in the first tier.
    pub new_listing_id: i64,
    /// That listing's merchant.
    pub new_merchant_id: i64,
    /// When it came back.
    pub reappeared_at: i64,
    /// How.
    pub tier: Tier,
    /// Kinds of keys that the two merchants share.
    pub link_keys: Vec<LinkKind>,
    /// Whether the listing has the removed one's product and the removal's brand.
    pub same_product: bool,
    /// What comparing the images came to; nothing of the first tier, where they are the listing's own.
    pub images: Images,
}

/// Judges pairs of a removal and a listing.
#[derive(Clone, Debug)]
pub struct Judge<'a> {
    removals: &'a [Removal],
    links: &'a Links,
    /// Product of each removed listing.
    products: Vec<Option<i64>>,
    /// Merchant, product and brand of the removals that have a product, with the removal's place.
    offers: Vec<(i64, i64, i64, u32)>,
}

impl<'a> Judge<'a> {
    /// A judge of these removals, which come by listing. `product` tells the product of a removed listing that is on record.
    #[must_use]
    pub fn new(removals: &'a [Removal], links: &'a Links, product: impl Fn(i64) -> Option<i64>) -> Self {
        let products: Vec<Option<i64>> = removals.iter().map(|r| product(r.listing_id)).collect();
        let with_product = (0..).zip(removals).zip(&products);
        let mut offers: Vec<(i64, i64, i64, u32)> =
            with_product.filter_map(|((at, r), product)| Some((r.merchant_id, (*product)?, r.brand_id, at))).collect();
        offers.sort_unstable();
        Self { removals, links, products, offers }
    }

    /// The removals, by listing.
    #[must_use]
    pub const fn removals(&self) -> &'a [Removal] {
        self.removals
    }

    /// The same listing, active again: tier A. `listing` is the removed listing as it stands as of T.
    #[must_use]
    pub fn same_listing(&self, place: usize, listing: &Listing) -> Option<Pair> {
        let removal = *self.removals.get(place)?;
        let back = listing.reactivated_at.filter(|at| listing.active && *at > removal.removed_at)?;
        (listing.listing_id == removal.listing_id).then(|| Pair {
            removal,
            new_listing_id: listing.listing_id,
            new_merchant_id: listing.merchant_id,
            reappeared_at: back,
            tier: Tier::SameListing,
            link_keys: Vec::new(),
            same_product: self.same_product(place, listing),
            images: Images::default(),
        })
    }

    /// The places of the removals that a listing repeats by merchant, product and brand alone, whatever its images.
    pub fn repeated(&self, listing: &Listing) -> impl Iterator<Item = usize> {
        let key = listing.product_id.zip(listing.brand_id).map(|(p, b)| (listing.merchant_id, p, b));
        let of = |offer: &(i64, i64, i64, u32)| (offer.0, offer.1, offer.2);
        let first = key.map_or(0, |key| self.offers.partition_point(|offer| of(offer) < key));
        let end = key.map_or(0, |key| self.offers.partition_point(|offer| of(offer) <= key));
        let found = self.offers.get(first..end).unwrap_or_default().iter().map(|offer| offer.3 as usize);
        let listed_at = listing.listed_at;
        let listing_id = listing.listing_id;
        found.filter(move |at| {
            self.removals.get(*at).is_some_and(|r| listed_at > r.removed_at && listing_id != r.listing_id)
        })
    }

    /// Another listing, of any status: tier B, C or D, or nothing.
    #[must_use]
    pub fn another(&self, place: usize, listing: &Listing, images: Images) -> Option<Pair> {
        let removal = *self.removals.get(place)?;
        if listing.listing_id == removal.listing_id || listing.listed_at <= removal.removed_at {
            return None;
        }
        let same_product = self.same_product(place, listing);
        let link_keys = self.links.link_keys(removal.merchant_id, listing.merchant_id);
        let tier = if listing.merchant_id == removal.merchant_id {
            (images.matches > 0 || same_product).then_some(Tier::SameMerchant)
        } else if !images.accuse() {
            None
        } else if link_keys.is_empty() {
            Some(Tier::OtherMerchant)
        } else {
            Some(Tier::LinkedMerchant)
        }?;
        Some(Pair {
            removal,
            new_listing_id: listing.listing_id,
            new_merchant_id: listing.merchant_id,
            reappeared_at: listing.listed_at,
            tier,
            link_keys,
            same_product,
            images,
        })
    }

    /// The same product, and the brand that the removal was for: what is not recorded is not the same.
    fn same_product(&self, place: usize, listing: &Listing) -> bool {
        let removed = self.removals.get(place).zip(self.products.get(place).copied().flatten());
        removed.is_some_and(|(r, product)| listing.product_id == Some(product) && listing.brand_id == Some(r.brand_id))
    }
}
