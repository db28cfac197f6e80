//! The marts `merchant_risk` and `merchant_brand_risk` as Arrow.

use std::sync::Arc;

use arrow::array::{BooleanArray, Float64Builder, Int64Builder, ListBuilder, StringBuilder, StructBuilder};
use arrow::datatypes::{DataType, Field, Fields};
use arrow::record_batch::RecordBatch;
use mirrorlake_metrics::merchant_risk::{Priors, RankInterval, Scored, Signals, reasons};
use mirrorlake_model::risk::Tier;
use mirrorlake_model::vetting::MerchantStatus;

use crate::catalogue::{Cells, Columns};
use crate::failure::Failure;

/// One row of either mart.
#[derive(Clone, Debug)]
pub struct RiskRow {
    /// Merchant.
    pub merchant_id: i64,
    /// Brand, in the mart of merchants and brands.
    pub brand_id: i64,
    /// Rank among all merchants, or among those of the brand.
    pub rank: RankInterval,
    /// Score and contributions.
    pub scored: Scored,
    /// How urgent.
    pub tier: Tier,
    /// Counts.
    pub signals: Signals,
    /// Pilot purchases with any verdict.
    pub pilot_sampled: i64,
    /// Whether the merchant may trade.
    pub status: MerchantStatus,
}

/// What all rows have in common.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// Log-odds without any evidence.
    pub base_log_odds: f64,
    /// What rates are shrunk towards.
    pub priors: &'a Priors,
    /// Whether rows are of a brand.
    pub by_brand: bool,
}

/// Rows as a batch: the contract's columns, then `listings`, `upheld_listings`, `priced_units`,
/// `pilot_conclusive` and `merchant_status`.
///
/// # Errors
///
/// None that a caller could mend.
pub fn batch(rows: &[RiskRow], common: &Common<'_>) -> Result<RecordBatch, Failure> {
    type Count = (&'static str, fn(&Signals) -> i64);
    let priors = common.priors;
    let mut c = Columns::default();
    c.int("merchant_id", rows.iter().map(|r| r.merchant_id));
    if common.by_brand {
        c.int("brand_id", rows.iter().map(|r| r.brand_id));
    }
    c.int("rank", rows.iter().map(|r| r.rank.rank));
    c.int("rank_low", rows.iter().map(|r| r.rank.low));
    c.int("rank_high", rows.iter().map(|r| r.rank.high));
    c.float("score", false, rows.iter().map(|r| Some(r.scored.score)));
    c.text("tier", rows.iter().map(|r| r.tier.word()));
    c.float("log_odds", false, rows.iter().map(|r| Some(r.scored.log_odds)));
    c.float("base_log_odds", false, rows.iter().map(|_| Some(common.base_log_odds)));
    push_reasons(&mut c, rows);
    let counts = |c: &mut Columns, of: &[Count]| {
        for (name, count) in of {
            c.int(name, rows.iter().map(|r| count(&r.signals)));
        }
    };
    counts(
        &mut c,
        &[
            ("units", |s| s.units),
            ("gmv_minor", |s| s.gmv_minor),
            ("comments", |s| s.comments),
            ("allegations", |s| s.allegations),
        ],
    );
    let rate = |part: i64, whole: i64, prior: &mirrorlake_metrics::merchant_risk::BetaPrior| {
        Some(prior.posterior_mean(part, whole))
    };
    c.float(
        "allegation_rate",
        false,
        rows.iter().map(|r| rate(r.signals.allegations, r.signals.comments, &priors.allegations)),
    );
    counts(&mut c, &[("counterfeit_refund_units", |s| s.counterfeit_refund_units)]);
    c.float(
        "counterfeit_refund_rate",
        false,
        rows.iter().map(|r| rate(r.signals.counterfeit_refund_units, r.signals.units, &priors.refunds)),
    );
    counts(
        &mut c,
        &[
            ("listings_active", |s| s.listings_active),
            ("upheld_takedowns", |s| s.upheld_takedowns),
            ("enforcement_days", |s| s.enforcement_days),
        ],
    );
    c.float("upheld_listing_share", false, rows.iter().map(|r| Some(r.signals.upheld_listing_share())));
    let repeat: BooleanArray = rows.iter().map(|r| Some(r.signals.repeat_infringer())).collect();
    c.push("repeat_infringer", false, Arc::new(repeat));
    counts(&mut c, &[("reappearances", |s| s.reappearances), ("deep_discount_units", |s| s.deep_discount_units)]);
    c.float("price_depth", true, rows.iter().map(|r| r.signals.price_depth()));
    counts(&mut c, &[("recent_units", |s| s.recent_units), ("trailing_units", |s| s.trailing_units)]);
    c.float("burst_z", true, rows.iter().map(|r| r.signals.burst_z));
    counts(
        &mut c,
        &[
            ("store_age_days", |s| s.store_age_days),
            ("unauthorised_brands", |s| s.unauthorised_brands),
            ("document_issues", |s| s.document_issues),
            ("image_matches", |s| s.image_matches),
            ("linked_merchants", |s| s.linked_merchants),
            ("linked_upheld", |s| s.linked_upheld),
        ],
    );
    c.int("pilot_sampled", rows.iter().map(|r| r.pilot_sampled));
    counts(
        &mut c,
        &[
            ("pilot_counterfeit", |s| s.pilot_counterfeit),
            ("listings", |s| s.listings),
            ("upheld_listings", |s| s.upheld_listings),
            ("priced_units", |s| s.priced_units),
            ("pilot_conclusive", |s| s.pilot_sampled),
        ],
    );
    c.text("merchant_status", rows.iter().map(|r| r.status.word()));
    c.batch()
}

fn push_reasons(c: &mut Columns, rows: &[RiskRow]) {
    let fields = Fields::from(vec![
        Field::new("code", DataType::Utf8, false),
        Field::new("contribution", DataType::Float64, false),
        Field::new("evidence", DataType::Int64, false),
        Field::new("detail", DataType::Utf8, false),
    ]);
    let item = Field::new("item", DataType::Struct(fields.clone()), false);
    let mut lists = ListBuilder::new(StructBuilder::from_fields(fields, rows.len())).with_field(item);
    for row in rows {
        for reason in reasons(&row.scored, &row.signals) {
            let item = lists.values();
            if let Some(field) = item.field_builder::<StringBuilder>(0) {
                field.append_value(reason.code.word());
            }
            if let Some(field) = item.field_builder::<Float64Builder>(1) {
                field.append_value(reason.contribution);
            }
            if let Some(field) = item.field_builder::<Int64Builder>(2) {
                field.append_value(reason.evidence);
            }
            if let Some(field) = item.field_builder::<StringBuilder>(3) {
                field.append_value(&reason.detail);
            }
            item.append(true);
        }
        lists.append(true);
    }
    c.push("reasons", false, Arc::new(lists.finish()));
}

/// Ranks and merchants of rows of `merchant_risk`.
///
/// # Errors
///
/// When a column is not what the contract says.
pub fn ranks(batch: &RecordBatch) -> Result<impl Iterator<Item = (i64, i64)>, Failure> {
    let cells = Cells(batch);
    let (ranks, merchants) = (cells.whole("rank")?, cells.whole("merchant_id")?);
    Ok(ranks.iter().copied().zip(merchants.iter().copied()))
}

/// The signals of rows of `merchant_risk` or `merchant_brand_risk`, as they went into the score.
///
/// # Errors
///
/// When a column is not what the contract says.
pub fn signals(batch: &RecordBatch) -> Result<Vec<Signals>, Failure> {
    let cells = Cells(batch);
    let mut rows = vec![Signals::default(); batch.num_rows()];
    type Place = (&'static str, fn(&mut Signals) -> &mut i64);
    let places: [Place; 23] = [
        ("units", |s| &mut s.units),
        ("gmv_minor", |s| &mut s.gmv_minor),
        ("comments", |s| &mut s.comments),
        ("allegations", |s| &mut s.allegations),
        ("counterfeit_refund_units", |s| &mut s.counterfeit_refund_units),
        ("listings", |s| &mut s.listings),
        ("listings_active", |s| &mut s.listings_active),
        ("upheld_takedowns", |s| &mut s.upheld_takedowns),
        ("upheld_listings", |s| &mut s.upheld_listings),
        ("enforcement_days", |s| &mut s.enforcement_days),
        ("reappearances", |s| &mut s.reappearances),
        ("priced_units", |s| &mut s.priced_units),
        ("deep_discount_units", |s| &mut s.deep_discount_units),
        ("recent_units", |s| &mut s.recent_units),
        ("trailing_units", |s| &mut s.trailing_units),
        ("store_age_days", |s| &mut s.store_age_days),
        ("unauthorised_brands", |s| &mut s.unauthorised_brands),
        ("document_issues", |s| &mut s.document_issues),
        ("image_matches", |s| &mut s.image_matches),
        ("linked_merchants", |s| &mut s.linked_merchants),
        ("linked_upheld", |s| &mut s.linked_upheld),
        ("pilot_conclusive", |s| &mut s.pilot_sampled),
        ("pilot_counterfeit", |s| &mut s.pilot_counterfeit),
    ];
    for (name, place) in places {
        for (row, value) in rows.iter_mut().zip(cells.whole(name)?) {
            *place(row) = *value;
        }
    }
    for (row, value) in rows.iter_mut().zip(cells.floats("burst_z")?) {
        row.burst_z = value;
    }
    Ok(rows)
}
