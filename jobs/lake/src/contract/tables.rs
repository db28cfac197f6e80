//! The fourteen tables, in the contract's words and order.

use super::ColumnType::{Date, FixedBinary, Float64, Int, String, StringList, Timestamp};
use super::Sensitivity::{Internal, Personal, Public};
use super::{Column, ColumnType, Kind, Reference, Rule, Sensitivity, Table};

const fn column(
    name: &'static str,
    column_type: ColumnType,
    sensitivity: Sensitivity,
    description: &'static str,
) -> Column {
    Column { name, column_type, nullable: false, sensitivity, rules: &[], description }
}

impl Column {
    const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }
}

/// Every table of the lake.
pub static TABLES: &[Table] = &[
    Table {
        name: "sales",
        kind: Kind::Event { time: "sold_at" },
        key: &["order_line_id"],
        columns: &[
            column("order_line_id", Int(64), Internal, "Order line."),
            column("sold_at", Timestamp, Internal, "When it was sold.").rules(&[Rule::WithinBusinessDay]),
            column("merchant_id", Int(64), Public, "Merchant that sold it."),
            column("listing_id", Int(64), Public, "Listing it was sold from."),
            column("brand_id", Int(64), Public, "Brand of the listing.").nullable(),
            column("product_id", Int(64), Public, "Catalogue product of the listing.").nullable(),
            column("buyer_id", Int(64), Personal, "Buyer."),
            column("quantity", Int(32), Internal, "Units.").rules(&[Rule::Range(1, i64::MAX)]),
            column("unit_price_minor", Int(64), Internal, "Price of one unit in minor units of the lake's currency.")
                .rules(&[Rule::Range(0, i64::MAX)]),
        ],
        references: &[],
        description: "One order line sold.",
    },
    Table {
        name: "refunds",
        kind: Kind::Event { time: "refunded_at" },
        key: &["refund_id"],
        columns: &[
            column("refund_id", Int(64), Internal, "Refund."),
            column("refunded_at", Timestamp, Internal, "When it was refunded.").rules(&[Rule::WithinBusinessDay]),
            column("order_line_id", Int(64), Internal, "Order line refunded."),
            column("merchant_id", Int(64), Public, "Merchant that sold it."),
            column("listing_id", Int(64), Public, "Listing it was sold from."),
            column("brand_id", Int(64), Public, "Brand of the listing.").nullable(),
            column("quantity", Int(32), Internal, "Units refunded."),
            column("amount_minor", Int(64), Internal, "Amount in minor units of the lake's currency."),
            column("reason", String, Internal, "Reason that the buyer gave.").rules(&[Rule::OneOf(&[
                "counterfeit",
                "quality",
                "not_as_described",
                "changed_mind",
                "other",
            ])]),
        ],
        references: &[],
        description: "One refund of an order line.",
    },
    Table {
        name: "comments",
        kind: Kind::Event { time: "commented_at" },
        key: &["comment_id"],
        columns: &[
            column("comment_id", Int(64), Public, "Comment."),
            column("commented_at", Timestamp, Public, "When it was written.").rules(&[Rule::WithinBusinessDay]),
            column("merchant_id", Int(64), Public, "Merchant it is about."),
            column("listing_id", Int(64), Public, "Listing it is about."),
            column("brand_id", Int(64), Public, "Brand of the listing.").nullable(),
            column("buyer_id", Int(64), Personal, "Who wrote it."),
            column("rating", Int(8), Public, "Stars.").rules(&[Rule::Range(1, 5)]),
            column(
                "text",
                String,
                Personal,
                "What the customer wrote; may be empty and may hold anything a person can type.",
            ),
        ],
        references: &[],
        description: "One customer comment.",
    },
    Table {
        name: "merchants",
        kind: Kind::State { tolerance_days: 7 },
        key: &["merchant_id"],
        columns: &[
            column("merchant_id", Int(64), Public, "Merchant."),
            column("name", String, Public, "Shop name."),
            column("opened_on", Date, Public, "Day the shop opened."),
            column("status", String, Internal, "Standing on the platform.").rules(&[Rule::OneOf(&[
                "active",
                "suspended",
                "closed",
            ])]),
            column("entity_key", String, Internal, "Equal keys mean the same legal entity.").nullable(),
            column("contact_key", String, Internal, "Equal keys mean the same contact.").nullable(),
            column("payout_key", String, Internal, "Equal keys mean the same payout account.").nullable(),
            column("address_key", String, Internal, "Equal keys mean the same address.").nullable(),
        ],
        references: &[],
        description: "One merchant.",
    },
    Table {
        name: "merchant_documents",
        kind: Kind::State { tolerance_days: 7 },
        key: &["document_id"],
        columns: &[
            column("document_id", Int(64), Internal, "Document."),
            column("merchant_id", Int(64), Public, "Merchant."),
            column("document_type", String, Internal, "Kind of document.").rules(&[Rule::OneOf(&[
                "business_licence",
                "brand_authorisation",
                "ip_certificate",
            ])]),
            column("brand_id", Int(64), Internal, "Brand the document is about.")
                .nullable()
                .rules(&[Rule::SetIff { column: "document_type", values: &["brand_authorisation", "ip_certificate"] }]),
            column("status", String, Internal, "Where its examination stands.")
                .rules(&[Rule::OneOf(&["verified", "pending", "rejected", "revoked"])]),
            column("filed_on", Date, Internal, "Day it was filed."),
            column("status_since", Date, Internal, "Day it got this status."),
            column("issued_on", Date, Internal, "Day it was issued."),
            column("expires_on", Date, Internal, "Its last valid day, in the lake's time zone.").nullable(),
        ],
        references: &[],
        description: "One document filed by a merchant.",
    },
    Table {
        name: "brands",
        kind: Kind::State { tolerance_days: 7 },
        key: &["brand_id"],
        columns: &[
            column("brand_id", Int(64), Public, "Brand."),
            column("name_en", String, Public, "English name."),
            column("name_zh", String, Public, "Chinese name.").nullable(),
            column("owner_name", String, Public, "Company that owns the brand."),
            column("contact_emails", StringList, Personal, "Whom reports go to."),
            column("report_locale", String, Internal, "Language of its reports.")
                .rules(&[Rule::OneOf(&["en", "zh-CN"])]),
            column("time_zone", String, Internal, "Time zone of its cohorts and reports (IANA name).")
                .rules(&[Rule::TimeZoneName]),
        ],
        references: &[],
        description: "One brand in the programme.",
    },
    Table {
        name: "brand_products",
        kind: Kind::State { tolerance_days: 7 },
        key: &["product_id"],
        columns: &[
            column("product_id", Int(64), Public, "Product."),
            column("brand_id", Int(64), Public, "Brand."),
            column("title", String, Public, "Title."),
            column("list_price_minor", Int(64), Public, "The brand's own price in minor units of the lake's currency.")
                .nullable(),
        ],
        references: &[],
        description: "One catalogue product of a brand.",
    },
    Table {
        name: "listings",
        kind: Kind::State { tolerance_days: 7 },
        key: &["listing_id"],
        columns: &[
            column("listing_id", Int(64), Public, "Listing."),
            column("merchant_id", Int(64), Public, "Merchant."),
            column("brand_id", Int(64), Public, "Brand it claims to be.").nullable(),
            column("product_id", Int(64), Public, "Catalogue product it claims to be.").nullable(),
            column("category_id", Int(32), Public, "Category."),
            column("title", String, Public, "Title."),
            column("price_minor", Int(64), Public, "Price in minor units of the lake's currency."),
            column("listed_at", Timestamp, Public, "When it was first listed."),
            column("status", String, Public, "Where it stands.")
                .rules(&[Rule::OneOf(&["active", "removed", "closed"])]),
            column("closed_at", Timestamp, Internal, "When it was closed.").nullable(),
            column("reactivated_at", Timestamp, Internal, "When it last became active again after a removal.")
                .nullable(),
        ],
        references: &[],
        description: "One offer of a merchant.",
    },
    Table {
        name: "listing_images",
        kind: Kind::State { tolerance_days: 7 },
        key: &["listing_id", "position"],
        columns: &[
            column("listing_id", Int(64), Public, "Listing."),
            column("position", Int(32), Public, "Place of the image, from 0."),
            column("uri", String, Internal, "Where the image lies.").nullable(),
            column("pdq", FixedBinary(32), Internal, "PDQ perceptual hash.").nullable(),
            column("quality", Int(32), Internal, "PDQ quality.").nullable().rules(&[Rule::Range(0, 100)]),
        ],
        references: &[],
        description: "One image of a listing.",
    },
    Table {
        name: "ip_rights",
        kind: Kind::State { tolerance_days: 7 },
        key: &["right_id"],
        columns: &[
            column("right_id", Int(64), Internal, "Right."),
            column("brand_id", Int(64), Public, "Brand."),
            column("right_type", String, Public, "Kind of right.").rules(&[Rule::OneOf(&[
                "trademark",
                "patent",
                "copyright",
            ])]),
            column("registration_no", String, Public, "Number in the register."),
            column("jurisdiction", String, Public, "Where it is registered."),
            column("valid_from", Date, Public, "First valid day."),
            column("valid_to", Date, Public, "Last valid day.").nullable(),
            column("recorded_at", Timestamp, Internal, "When the platform recorded it."),
        ],
        references: &[],
        description: "One intellectual-property right on record.",
    },
    Table {
        name: "claims",
        kind: Kind::State { tolerance_days: 0 },
        key: &["claim_id"],
        columns: &[
            column("claim_id", Int(64), Internal, "Claim."),
            column("brand_id", Int(64), Public, "Brand that claims."),
            column("right_id", Int(64), Internal, "Right it rests on.").nullable(),
            column("right_type", String, Internal, "Kind of right.").rules(&[Rule::OneOf(&[
                "trademark",
                "patent",
                "copyright",
            ])]),
            column("submitted_at", Timestamp, Internal, "When it was handed in."),
            column("qualified_at", Timestamp, Internal, "When the notice was found qualified.")
                .nullable()
                .rules(&[Rule::SetWhen { column: "decision", must: &["qualified"], may: &["withdrawn"] }]),
            column("decision", String, Internal, "What was decided of the notice.").rules(&[Rule::OneOf(&[
                "in_review",
                "qualified",
                "rejected",
                "withdrawn",
            ])]),
            column("closed_at", Timestamp, Internal, "When it was rejected or withdrawn.")
                .nullable()
                .rules(&[Rule::SetIff { column: "decision", values: &["rejected", "withdrawn"] }]),
            column("channel_locale", String, Internal, "Language of the channel it came through.")
                .rules(&[Rule::OneOf(&["en", "zh-CN"])]),
        ],
        references: &[],
        description: "One notice of a brand.",
    },
    Table {
        name: "claim_holds",
        kind: Kind::State { tolerance_days: 0 },
        key: &[],
        columns: &[
            column("claim_id", Int(64), Internal, "Claim."),
            column("started_at", Timestamp, Internal, "When the hold began."),
            column("ended_at", Timestamp, Internal, "When it ended; null while it is open.").nullable(),
            column("reason", String, Internal, "Why."),
        ],
        references: &[],
        description: "One span in which the platform waits for the claimant and the clock stops.",
    },
    Table {
        name: "takedowns",
        kind: Kind::State { tolerance_days: 0 },
        key: &["claim_id", "listing_id"],
        columns: &[
            column("claim_id", Int(64), Internal, "Claim."),
            column("listing_id", Int(64), Public, "Listing."),
            column("merchant_id", Int(64), Public, "Merchant."),
            column("outcome", String, Internal, "What became of it.").rules(&[Rule::OneOf(&[
                "pending",
                "removed",
                "kept",
                "already_gone",
            ])]),
            column("decided_at", Timestamp, Internal, "When it was decided.").nullable().rules(&[
                Rule::SetIff { column: "outcome", values: &["removed", "kept", "already_gone"] },
                Rule::EqualWhen { other: "taken_down_at", column: "outcome", value: "removed" },
            ]),
            column("taken_down_at", Timestamp, Internal, "When it was taken down.")
                .nullable()
                .rules(&[Rule::SetIff { column: "outcome", values: &["removed"] }]),
            column("reinstated_at", Timestamp, Internal, "When it was lawfully reinstated.").nullable(),
        ],
        references: &[Reference { column: "claim_id", table: "claims", key: "claim_id" }],
        description: "One listing named by one claim.",
    },
    Table {
        name: "pilot_purchases",
        kind: Kind::State { tolerance_days: 7 },
        key: &["sample_id"],
        columns: &[
            column("sample_id", Int(64), Internal, "Sample."),
            column("merchant_id", Int(64), Public, "Merchant."),
            column("listing_id", Int(64), Public, "Listing."),
            column("brand_id", Int(64), Public, "Brand."),
            column("selection", String, Internal, "How it was chosen.").rules(&[Rule::OneOf(&[
                "random",
                "targeted",
                "brand_request",
            ])]),
            column("stratum", String, Internal, "Stratum it was drawn from."),
            column("stratum_size", Int(64), Internal, "Listings in the stratum when it was drawn.").nullable(),
            column("inclusion_probability", Float64, Internal, "Probability with which it was drawn.")
                .nullable()
                .rules(&[Rule::Probability]),
            column("ordered_at", Timestamp, Internal, "When it was ordered."),
            column("notarised_at", Timestamp, Internal, "When the purchase was notarised.").nullable(),
            column("delivered_at", Timestamp, Internal, "When it was delivered.").nullable(),
            column("authenticated_at", Timestamp, Internal, "When the brand authenticated it.").nullable(),
            column("verdict", String, Internal, "What the brand found.").nullable().rules(&[
                Rule::OneOf(&["genuine", "counterfeit", "inconclusive"]),
                Rule::SetIffSet("authenticated_at"),
            ]),
            column("action", String, Internal, "What was done.")
                .nullable()
                .rules(&[Rule::OneOf(&["none", "offline", "online"])]),
            column("action_at", Timestamp, Internal, "When it was done.").nullable(),
        ],
        references: &[],
        description: "One sample bought by the pilot-purchase programme.",
    },
];
