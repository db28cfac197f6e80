//! Words of the marts about removed listings that come back.

use crate::thresholds::{MICROS_PER_DAY, REAPPEARANCE_HORIZON_DAYS};
use crate::words::words;

words!(
    /// A key that merchants can share. Keys are pseudonymous: equal ones mean the same, and say no more.
    LinkKind {
        /// The same legal entity.
        Entity = "entity",
        /// The same contact.
        Contact = "contact",
        /// The same payout account.
        Payout = "payout",
        /// The same address.
        Address = "address",
    }
);
words!(
    /// How a removed listing came back; a pair of listings is in its first tier.
    Tier {
        /// The same listing is active again.
        SameListing = "A",
        /// Another listing of the same merchant.
        SameMerchant = "B",
        /// A listing of a linked merchant.
        LinkedMerchant = "C",
        /// A listing of any other merchant: reported, never in a rate.
        OtherMerchant = "D",
    }
);
words!(
    /// Which tiers a rate counts together.
    RateTier {
        /// The same listing.
        A = "A",
        /// The same listing or the same merchant.
        AB = "AB",
        /// The same listing, the same merchant or a linked one.
        ABC = "ABC",
    }
);

impl RateTier {
    /// Whether a rate over these tiers counts a pair of a tier.
    #[must_use]
    pub fn counts(self, tier: Tier) -> bool {
        let last = match self {
            Self::A => Tier::SameListing,
            Self::AB => Tier::SameMerchant,
            Self::ABC => Tier::LinkedMerchant,
        };
        tier <= last
    }
}

/// One row of the mart `reappearances`: a removed listing and what it is taken to have come back as. Instants are microseconds
/// since the epoch, UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct ReappearanceRow {
    /// The removed listing.
    pub removed_listing_id: i64,
    /// The listing it came back as; the same where it is active again.
    pub new_listing_id: i64,
    /// Brand of the claim behind the removal.
    pub brand_id: i64,
    /// When it was removed.
    pub removed_at: i64,
    /// When it came back; later than the removal.
    pub reappeared_at: i64,
    /// How it came back.
    pub tier: Tier,
    /// Merchant of the removed listing, as the takedown says.
    pub removed_merchant_id: i64,
    /// Merchant of the other listing.
    pub new_merchant_id: i64,
    /// Which keys the two merchants share.
    pub link_keys: Vec<LinkKind>,
    /// Smallest distance between their images of sufficient quality, in bits of 256; none beyond the reach of a match and
    /// where it is the same listing.
    pub hamming: Option<i32>,
    /// Whether the other listing has the removed one's product, and the brand of the claim.
    pub same_product: bool,
    /// The claim behind the removal.
    pub claim_id: i64,
    /// Place of the removed listing's image at that distance.
    pub removed_position: Option<i32>,
    /// Place of the other listing's image at that distance.
    pub new_position: Option<i32>,
    /// Pairs of their images that match.
    pub image_matches: i64,
    /// Those of them that rest on a common picture.
    pub common_matches: i64,
    /// How alike their titles are, in 0..=1; decides nothing. None where it is the same listing or a title is not at hand.
    pub title_similarity: Option<f64>,
    /// Title of the removed listing, where it is on record.
    pub removed_title: Option<String>,
    /// Title of the other listing.
    pub new_title: Option<String>,
}

impl ReappearanceRow {
    /// Days between the removal and the return.
    #[must_use]
    pub fn days(&self) -> f64 {
        (self.reappeared_at - self.removed_at) as f64 / MICROS_PER_DAY as f64
    }
}

/// One row of the mart `reappearance_rates`: one brand, or all, and some tiers.
#[derive(Clone, Debug, PartialEq)]
pub struct ReappearanceRateRow {
    /// The brand; none of all together.
    pub brand_id: Option<i64>,
    /// The tiers counted.
    pub tier: RateTier,
    /// Listings with a standing removal.
    pub removals: i64,
    /// Listings whose removals were all reinstated; not among `removals`.
    pub reinstated: i64,
    /// Listings among `removals` that came back.
    pub reappeared: i64,
    /// The shares back within each of [`REAPPEARANCE_HORIZON_DAYS`].
    pub within: [ShareBack; REAPPEARANCE_HORIZON_DAYS.len()],
}

/// The share of removed listings that came back within some days, with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShareBack {
    /// 1 − Kaplan–Meier; none where no removal has been followed that far.
    pub rate: Option<f64>,
    /// Lower end of the log(−log) interval; none also where nothing or everything came back.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
}

/// One row of the mart `reappearance_curves`: the share of a brand's removals that came back by the end of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveRow {
    /// The brand; none of all together.
    pub brand_id: Option<i64>,
    /// The tiers counted.
    pub tier: RateTier,
    /// Whole days since the removal.
    pub day: i64,
    /// The share that came back by the end of the day.
    pub share: ShareBack,
}
