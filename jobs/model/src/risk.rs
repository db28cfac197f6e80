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
    /// Signals that a ranking may have to do without, since another job makes them.
    SignalGroup {
        /// What comments say.
        Comments = "comments",
        /// Removed listings that came back.
        Reappearances = "reappearances",
        /// Image matches between listings.
        Images = "images",
        /// Documents and authorisations.
        Documents = "documents",
        /// Verdicts on test purchases.
        PilotPurchases = "pilot_purchases",
    }
);
words!(
    /// Where a label comes from that a ranking is evaluated on and learns from.
    LabelSource {
        /// The verdict on a random pilot purchase.
        PilotRandom = "pilot_random",
        /// Whether a takedown was upheld since.
        UpheldTakedown = "upheld_takedown",
    }
);
