//! Why a merchant is ranked where it is, and how urgent that is: the words of the risk marts.

use crate::words::words;

words!(
    /// A signal of the risk model; the contract's reason codes.
    Code {
        /// Counterfeit allegations in comments.
        Allegations = "allegations",
        /// Units refunded as counterfeit.
        CounterfeitRefunds = "counterfeit_refunds",
        /// Takedowns that were upheld.
        UpheldTakedowns = "upheld_takedowns",
        /// Days on which upheld takedowns fell.
        EnforcementDays = "enforcement_days",
        /// Share of the merchant's listings that upheld takedowns took down.
        UpheldListingShare = "upheld_listing_share",
        /// Several enforcement days and several listings.
        RepeatInfringer = "repeat_infringer",
        /// Removed listings that came back at this merchant.
        Reappearances = "reappearances",
        /// Units sold far below the reference price.
        PriceDepth = "price_depth",
        /// A sudden rise of sales.
        SalesBurst = "sales_burst",
        /// A young shop.
        StoreAge = "store_age",
        /// Brands sold without a valid authorisation.
        UnauthorisedBrands = "unauthorised_brands",
        /// Faulty or missing documents.
        DocumentIssues = "document_issues",
        /// Pictures of other merchants' removed listings.
        ImageMatches = "image_matches",
        /// Merchants that share a key with this one.
        LinkedMerchants = "linked_merchants",
        /// Upheld takedowns of those merchants.
        LinkedUpheld = "linked_upheld",
        /// Verdicts on pilot purchases.
        PilotVerdicts = "pilot_verdicts",
    }
);

impl Code {
    /// Its place in [`Code::ALL`], which is also its place in every array of features and contributions.
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }
}

words!(
    /// How urgent a merchant is, by its score.
    Tier {
        /// To be looked at first.
        Critical = "critical",
        /// To be looked at soon.
        High = "high",
        /// To be watched.
        Elevated = "elevated",
        /// Nothing beyond what every merchant may show.
        Baseline = "baseline",
    }
);
words!(
    /// Signals that are counted, or not, together: what a ranking may have to do without.
    SignalGroup {
        /// What comments say.
        Comments = "comments",
        /// Refunds as counterfeit.
        Refunds = "refunds",
        /// Upheld takedowns.
        Takedowns = "takedowns",
        /// Removed listings that came back.
        Reappearances = "reappearances",
        /// Prices against a reference.
        Prices = "prices",
        /// Sudden rises of sales.
        Bursts = "bursts",
        /// How long shops have been open.
        StoreAge = "store_age",
        /// Documents and authorisations.
        Documents = "documents",
        /// Pictures of removed listings.
        Images = "images",
        /// Keys that merchants share.
        Links = "links",
        /// Verdicts on pilot purchases.
        PilotPurchases = "pilot_purchases",
    }
);

impl SignalGroup {
    /// The group that a signal is counted with.
    #[must_use]
    pub const fn of(code: Code) -> Self {
        match code {
            Code::Allegations => Self::Comments,
            Code::CounterfeitRefunds => Self::Refunds,
            Code::UpheldTakedowns | Code::EnforcementDays | Code::UpheldListingShare | Code::RepeatInfringer => {
                Self::Takedowns
            }
            Code::Reappearances => Self::Reappearances,
            Code::PriceDepth => Self::Prices,
            Code::SalesBurst => Self::Bursts,
            Code::StoreAge => Self::StoreAge,
            Code::UnauthorisedBrands | Code::DocumentIssues => Self::Documents,
            Code::ImageMatches => Self::Images,
            Code::LinkedMerchants | Code::LinkedUpheld => Self::Links,
            Code::PilotVerdicts => Self::PilotPurchases,
        }
    }
}

words!(
    /// Where a label comes from that a ranking is evaluated on and learns from.
    LabelSource {
        /// The verdict on a random pilot purchase.
        PilotRandom = "pilot_random",
        /// Whether a takedown was upheld since.
        UpheldTakedown = "upheld_takedown",
    }
);
