//! Which listings are removed: of all their takedowns, the one that counts.

/// A takedown whose outcome is `removed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemovedTakedown {
    /// Listing.
    pub listing_id: i64,
    /// Claim.
    pub claim_id: i64,
    /// Brand of the claim.
    pub brand_id: i64,
    /// Merchant of the listing, as the takedown says.
    pub merchant_id: i64,
    /// When the listing was taken down.
    pub taken_down_at: i64,
    /// Whether it was lawfully reinstated since.
    pub reinstated: bool,
}

/// A listing's removal: its first takedown that was not reinstated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Listing.
    pub listing_id: i64,
    /// Claim.
    pub claim_id: i64,
    /// Brand of the claim.
    pub brand_id: i64,
    /// Merchant of the listing, as the takedown says.
    pub merchant_id: i64,
    /// When it was removed.
    pub removed_at: i64,
}

/// A listing all of whose removals were reinstated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reinstated {
    /// Listing.
    pub listing_id: i64,
    /// Brand of the claim behind the first of its removals.
    pub brand_id: i64,
}

/// What takedowns come to, listing by listing. A listing is in one of the two, or in neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Removals that stand, by listing.
    pub removals: Vec<Removal>,
    /// Listings that were lawfully reinstated, by listing.
    pub reinstated: Vec<Reinstated>,
}

/// Finds each listing's removal: the first of its takedowns that was not reinstated; of two at one instant, that of the
/// smaller claim. The order of the takedowns does not matter.
#[must_use]
pub fn removals(takedowns: &[RemovedTakedown]) -> Standing {
    let mut sorted = takedowns.to_vec();
    sorted.sort_unstable_by_key(|t| (t.listing_id, t.taken_down_at, t.claim_id));
    let mut standing = Standing::default();
    for of_listing in sorted.chunk_by(|a, b| a.listing_id == b.listing_id) {
        if let Some(t) = of_listing.iter().find(|t| !t.reinstated) {
            standing.removals.push(Removal {
                listing_id: t.listing_id,
                claim_id: t.claim_id,
                brand_id: t.brand_id,
                merchant_id: t.merchant_id,
                removed_at: t.taken_down_at,
            });
        } else if let Some(t) = of_listing.first() {
            standing.reinstated.push(Reinstated { listing_id: t.listing_id, brand_id: t.brand_id });
        }
    }
    standing
}
