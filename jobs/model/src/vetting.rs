//! Merchants' documents and what is wrong with them: the words and rows of the vetting marts.

use chrono::NaiveDate;

use crate::words::words;

words!(
    /// What a merchant's document is.
    DocumentType {
        /// The licence that every merchant needs.
        BusinessLicence = "business_licence",
        /// A brand's permission to sell its goods.
        BrandAuthorisation = "brand_authorisation",
        /// Proof of a right in a brand; no permission to sell.
        IpCertificate = "ip_certificate",
    }
);
words!(
    /// Where the examination of a document stands.
    DocumentStatus {
        /// Examined and found good.
        Verified = "verified",
        /// Waiting to be examined.
        Pending = "pending",
        /// Examined and refused.
        Rejected = "rejected",
        /// Withdrawn after it was good.
        Revoked = "revoked",
    }
);
words!(
    /// What is wrong with a merchant's papers.
    Issue {
        /// There is no business licence.
        Missing = "missing",
        /// The last valid day is over.
        Expired = "expired",
        /// The last valid day is near.
        Expiring = "expiring",
        /// It was revoked.
        Revoked = "revoked",
        /// It has waited for longer than it should.
        PendingLong = "pending_over_14_days",
        /// A brand is sold without a verified, unexpired authorisation.
        UnauthorisedBrand = "unauthorised_brand",
    }
);
words!(
    /// Whether a merchant may trade.
    MerchantStatus {
        /// Trades.
        Active = "active",
        /// Stopped by the marketplace.
        Suspended = "suspended",
        /// Gone.
        Closed = "closed",
    }
);

/// One row of the mart `seller_vetting`. Days are those of the lake's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VettingRow {
    /// Merchant.
    pub merchant_id: i64,
    /// What is wrong.
    pub issue: Issue,
    /// With which kind of document.
    pub document_type: DocumentType,
    /// Brand concerned; none of a licence.
    pub brand_id: Option<i64>,
    /// First day on which it was wrong; for a brand sold without authorisation, the first sale in the window.
    pub since: Option<NaiveDate>,
    /// Last valid day of a document that is about to expire.
    pub until: Option<NaiveDate>,
    /// Units that the merchant sold in the window: of the brand, or of everything where it is a licence.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
    /// Whether the merchant may trade; none where the table `merchants` does not know it.
    pub merchant_status: Option<MerchantStatus>,
}

impl VettingRow {
    /// What rows are sorted by: the mart's key, words as text.
    #[must_use]
    pub const fn key(&self) -> (i64, &'static str, &'static str, Option<i64>) {
        (self.merchant_id, self.issue.word(), self.document_type.word(), self.brand_id)
    }
}

/// One row of the mart `seller_vetting_brands`: who sold a brand in the window, and with which papers. Merchants count once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BrandVettingRow {
    /// Brand.
    pub brand_id: i64,
    /// All that sold it.
    pub selling: Sold,
    /// Those without a verified, unexpired authorisation, but for the exempt.
    pub unauthorised: Sold,
    /// Those whose authorisation is about to expire, but for the exempt; with or without sales.
    pub expiring: Sold,
    /// Those without an authorisation whom the configuration exempts from needing one.
    pub exempt: Sold,
}

/// How many merchants, and what they sold of a brand in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sold {
    /// Merchants.
    pub merchants: i64,
    /// Units.
    pub units: i64,
    /// What was paid for them, in minor units.
    pub gmv_minor: i64,
}
