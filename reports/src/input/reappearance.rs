//! Whether removed listings came back: the brand's rows of `reappearances` and `reappearance_rates`, and their curve.

mod check;

pub(super) use check::check;
pub use mirrorlake_model::reappearance::{LinkKind, RateTier, Tier};

/// What became of one brand's removed listings, whatever the day of their removal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReappearanceInput {
    /// The brand.
    pub brand_id: i64,
    /// The brand's rows of `reappearance_rates`: each of the three tiers once, in any order. Empty where the mart has none:
    /// no listing of the brand has been removed.
    pub rates: Vec<ReappearanceRate>,
    /// The brand's rows of `reappearances`, all tiers, in any order.
    pub pairs: Vec<ReappearancePair>,
    /// 1 − Kaplan–Meier over the brand's standing removals, event the first reappearance in the tiers A to C: one point for
    /// each step, by day. Empty where nothing came back, or where the curve is not at hand.
    pub curve: Vec<CurvePoint>,
    /// Days for which the removal that has been followed longest has been; the curve ends there. `None` where it is not at
    /// hand: then no curve is drawn.
    pub followed_days: Option<f64>,
    /// Images on the brand's removed listings that are too common to accuse anybody in the tiers C and D; `None` where they
    /// have not been counted.
    pub excused_images: Option<i64>,
    /// Images on the brand's removed listings that could not be compared, for want of a fingerprint or of quality; `None`
    /// where they have not been counted.
    pub uncompared_images: Option<i64>,
}

/// How many removed listings came back, counting some tiers together: one row of `reappearance_rates`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReappearanceRate {
    /// The brand; `None` of the rows over all brands, which no report takes.
    pub brand_id: Option<i64>,
    /// The tiers counted.
    pub tier: RateTier,
    /// Listings with a standing removal.
    pub removals: i64,
    /// Listings whose removals were all reinstated; not among `removals`.
    pub reinstated: i64,
    /// Listings among `removals` that came back.
    pub reappeared: i64,
    /// The shares back within 7, 30 and 90 days, in that order.
    pub within: [ShareWithin; 3],
}

/// The share of removed listings that came back within a number of days (1 − Kaplan–Meier).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShareWithin {
    /// The share, in 0..=1; `None` where no removal has been followed that far.
    pub rate: Option<f64>,
    /// Lower end of its 95 % interval (log(−log)), in 0..=1; `None` where nothing or everything came back.
    pub low: Option<f64>,
    /// Upper end of that interval, in 0..=1.
    pub high: Option<f64>,
}

/// A removed listing and what it is taken to have come back as: one row of `reappearances`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReappearancePair {
    /// The brand of the claim behind the removal.
    pub brand_id: i64,
    /// The removed listing.
    pub removed_listing_id: i64,
    /// The listing it came back as; the same in tier A.
    pub new_listing_id: i64,
    /// When it was removed, in microseconds since the epoch.
    pub removed_at: i64,
    /// When it came back, in microseconds since the epoch; later than the removal.
    pub reappeared_at: i64,
    /// Days between the two.
    pub days: f64,
    /// How it came back.
    pub tier: Tier,
    /// Merchant of the removed listing.
    pub removed_merchant_id: i64,
    /// Merchant of the other one.
    pub new_merchant_id: i64,
    /// Which keys the two merchants share; the keys themselves are in no report.
    pub link_keys: Vec<LinkKind>,
    /// Smallest distance between their images, in bits of 256; `None` in tier A and where no images match.
    pub hamming: Option<i32>,
    /// Whether both are recorded with the same product and brand.
    pub same_product: bool,
    /// How alike their titles are, in 0..=1; supports the evidence and decides nothing.
    pub title_similarity: Option<f64>,
    /// Title of the removed listing, as the merchant wrote it.
    pub removed_title: Option<String>,
    /// Title of the other one.
    pub new_title: Option<String>,
}

/// One step of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// The brand.
    pub brand_id: i64,
    /// Days since the removal.
    pub day: f64,
    /// Share that has come back by then, from this step on, in 0..=1.
    pub share: f64,
    /// Lower end of its 95 % interval, in 0..=1; `None` where everything came back.
    pub low: Option<f64>,
    /// Upper end of that interval, in 0..=1.
    pub high: Option<f64>,
}

impl ReappearanceInput {
    /// The row of some tiers; `None` where no listing of the brand has been removed.
    #[must_use]
    pub fn rate(&self, tier: RateTier) -> Option<&ReappearanceRate> {
        self.rates.iter().find(|r| r.tier == tier)
    }
}
