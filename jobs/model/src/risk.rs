//! Who to look at first: the words of the risk marts.

use crate::words::words;

words!(
    /// How urgently a merchant should be looked at, the most urgent first.
    RiskTier {
        /// At once.
        Critical = "critical",
        /// Soon.
        High = "high",
        /// When there is time.
        Elevated = "elevated",
        /// Nothing stands out.
        Baseline = "baseline",
    }
);
words!(
    /// What moves a merchant's score up or down.
    ReasonCode {
        /// Comments that allege counterfeits.
        Allegations = "allegations",
        /// Units refunded as counterfeit.
        CounterfeitRefunds = "counterfeit_refunds",
        /// Takedowns that were upheld.
        UpheldTakedowns = "upheld_takedowns",
        /// Days on which takedowns were upheld.
        EnforcementDays = "enforcement_days",
        /// Share of the merchant's listings with an upheld takedown.
        UpheldListingShare = "upheld_listing_share",
        /// Takedowns on several days and of several listings.
        RepeatInfringer = "repeat_infringer",
        /// Removed listings that came back through the merchant.
        Reappearances = "reappearances",
        /// Units sold far below the reference price.
        PriceDepth = "price_depth",
        /// A sudden rise in sales.
        SalesBurst = "sales_burst",
        /// How long the store has been open.
        StoreAge = "store_age",
        /// Brands sold without authorisation.
        UnauthorisedBrands = "unauthorised_brands",
        /// What is wrong with the merchant's documents.
        DocumentIssues = "document_issues",
        /// Images that match other merchants' removed listings.
        ImageMatches = "image_matches",
        /// Merchants with the same entity, contact, payout or address.
        LinkedMerchants = "linked_merchants",
        /// Upheld takedowns of those.
        LinkedUpheld = "linked_upheld",
        /// What test purchases from the merchant found.
        PilotVerdicts = "pilot_verdicts",
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
