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
