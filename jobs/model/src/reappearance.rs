//! Words of the marts about removed listings that come back.

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
