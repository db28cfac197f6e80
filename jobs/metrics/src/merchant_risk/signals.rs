//! What is known of a merchant: plain counts, and which of them could be counted at all.

use mirrorlake_model::risk::Code;
use mirrorlake_model::thresholds::{REPEAT_INFRINGER_DAYS, REPEAT_INFRINGER_LISTINGS};

/// Evidence on one merchant, or on one merchant with one brand: plain counts (metric definitions, "High-risk merchants").
///
/// Counts that contradict each other (more allegations than comments, say, since two sources were counted apart) are
/// reconciled where they are used: no rate exceeds one, and a negative count is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// Units sold in the window.
    pub units: i64,
    /// What was paid for them, in minor units. Not evidence; it travels with the row.
    pub gmv_minor: i64,
    /// Comments in the window.
    pub comments: i64,
    /// Comments that allege a counterfeit.
    pub allegations: i64,
    /// Units refunded in the window with the reason `counterfeit`.
    pub counterfeit_refund_units: i64,
    /// All of the merchant's listings, removed and closed ones too.
    pub listings: i64,
    /// Listings that are active at T.
    pub listings_active: i64,
    /// Takedowns of the 365 days to T: removed and not reinstated.
    pub upheld_takedowns: i64,
    /// Distinct listings of those takedowns.
    pub upheld_listings: i64,
    /// Distinct days of those takedowns.
    pub enforcement_days: i64,
    /// Reappearances as the new merchant, tiers A to C.
    pub reappearances: i64,
    /// Units sold in the window that have a reference price.
    pub priced_units: i64,
    /// Units of those that were sold below 60 % of it.
    pub deep_discount_units: i64,
    /// Units of the newest 7 days.
    pub recent_units: i64,
    /// Units of the 28 days before those.
    pub trailing_units: i64,
    /// Robust z of the newest 7 days ([`super::burst_z`]); `None` where there was too little to compare.
    pub burst_z: Option<f64>,
    /// Days from the shop's opening to T.
    pub store_age_days: i64,
    /// Brands sold in the window without a valid authorisation.
    pub unauthorised_brands: i64,
    /// Issues of the merchant's documents, those of unauthorised brands apart.
    pub document_issues: i64,
    /// Listings whose picture is that of another merchant's removed listing.
    pub image_matches: i64,
    /// Merchants that share a key with this one, directly.
    pub linked_merchants: i64,
    /// Upheld takedowns of those.
    pub linked_upheld: i64,
    /// Pilot purchases with the verdict genuine or counterfeit.
    pub pilot_sampled: i64,
    /// Those that were counterfeit.
    pub pilot_counterfeit: i64,
}

impl Signals {
    /// Whether upheld takedowns fell on at least three days and took down at least three listings.
    #[must_use]
    pub const fn repeat_infringer(&self) -> bool {
        self.enforcement_days >= REPEAT_INFRINGER_DAYS && self.upheld_listings >= REPEAT_INFRINGER_LISTINGS
    }

    /// Share of comments that allege a counterfeit; 0 without comments.
    #[must_use]
    pub fn allegation_rate(&self) -> f64 {
        rate(self.allegations, self.comments).unwrap_or(0.0)
    }

    /// Share of sold units that were refunded as counterfeit; 0 without sales. At most 1: refunds of sales before the
    /// window may exceed the window's sales.
    #[must_use]
    pub fn counterfeit_refund_rate(&self) -> f64 {
        rate(self.counterfeit_refund_units, self.units).unwrap_or(0.0)
    }

    /// Share of the merchant's listings that upheld takedowns took down; 0 without listings.
    #[must_use]
    pub fn upheld_listing_share(&self) -> f64 {
        rate(self.upheld_listings, self.listings).unwrap_or(0.0)
    }

    /// Share of the sold units with a reference price that were sold below 60 % of it; `None` without such units.
    #[must_use]
    pub fn price_depth(&self) -> Option<f64> {
        rate(self.deep_discount_units, self.priced_units)
    }
}

/// A part of a whole that is at least as large; `None` where there is neither.
fn rate(part: i64, whole: i64) -> Option<f64> {
    let whole = whole.max(part);
    (whole > 0).then(|| part.max(0) as f64 / whole as f64)
}

/// Which groups of signals could be counted. Those that could not contribute nothing, and the run says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Available {
    /// Comment signals.
    pub comments: bool,
    /// Refunds.
    pub refunds: bool,
    /// Takedowns.
    pub takedowns: bool,
    /// Reappearances.
    pub reappearances: bool,
    /// Image matches with removed listings.
    pub image_matches: bool,
    /// Reference prices.
    pub prices: bool,
    /// Enough days of sales for bursts.
    pub bursts: bool,
    /// Opening days.
    pub store_age: bool,
    /// Documents and authorisations.
    pub documents: bool,
    /// Shared keys.
    pub links: bool,
    /// Pilot purchases.
    pub pilot: bool,
}

impl Available {
    /// Everything is there.
    pub const ALL: Self = Self {
        comments: true,
        refunds: true,
        takedowns: true,
        reappearances: true,
        image_matches: true,
        prices: true,
        bursts: true,
        store_age: true,
        documents: true,
        links: true,
        pilot: true,
    };

    /// Whether a signal could be counted.
    #[must_use]
    pub const fn has(&self, code: Code) -> bool {
        match code {
            Code::Allegations => self.comments,
            Code::CounterfeitRefunds => self.refunds,
            Code::UpheldTakedowns | Code::EnforcementDays | Code::UpheldListingShare | Code::RepeatInfringer => {
                self.takedowns
            }
            Code::Reappearances => self.reappearances,
            Code::PriceDepth => self.prices,
            Code::SalesBurst => self.bursts,
            Code::StoreAge => self.store_age,
            Code::UnauthorisedBrands | Code::DocumentIssues => self.documents,
            Code::ImageMatches => self.image_matches,
            Code::LinkedMerchants => self.links,
            Code::LinkedUpheld => self.links && self.takedowns,
            Code::PilotVerdicts => self.pilot,
        }
    }

    /// The signals that could not be counted, in the order of the codes.
    pub fn missing(&self) -> impl Iterator<Item = Code> {
        Code::ALL.iter().copied().filter(|code| !self.has(*code))
    }
}

impl Default for Available {
    fn default() -> Self {
        Self::ALL
    }
}
