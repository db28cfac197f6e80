//! Rows of `merchant_risk` and `merchant_brand_risk` as they are read again: by explanations, evaluations and reports.

use std::ops::Range;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use arrow::record_batch::RecordBatch;
use mirrorlake_lake::marts::Manifest;
use mirrorlake_metrics::merchant_risk::{Available, RankInterval, Reason, Signals};
use mirrorlake_model::risk::{Code, Tier};
use mirrorlake_model::vetting::MerchantStatus;

use crate::catalogue::{Cells, damaged, required};
use crate::failure::Failure;

/// One row.
#[derive(Clone, Debug)]
pub struct ReadRow {
    /// Merchant.
    pub merchant_id: i64,
    /// Brand; none in the mart of merchants.
    pub brand_id: Option<i64>,
    /// Rank and its interval.
    pub rank: RankInterval,
    /// Score.
    pub score: f64,
    /// Its log-odds.
    pub log_odds: f64,
    /// Those without evidence.
    pub base_log_odds: f64,
    /// How urgent.
    pub tier: Tier,
    /// Whether the merchant may trade.
    pub status: MerchantStatus,
    /// Counts.
    pub signals: Signals,
    /// Reasons, the strongest first.
    pub reasons: Vec<Reason>,
}

/// Ranks and merchants of rows.
///
/// # Errors
///
/// When a column is not what the contract says.
pub fn ranks(batch: &RecordBatch) -> Result<impl Iterator<Item = (i64, i64)>, Failure> {
    let cells = Cells(batch);
    let (ranks, merchants) = (cells.whole("rank")?, cells.whole("merchant_id")?);
    Ok(ranks.iter().copied().zip(merchants.iter().copied()))
}

/// The rows of a merchant, of all brands in the mart of merchants and brands. Rows come by merchant.
///
/// # Errors
///
/// When a column is not what the contract says.
pub fn of_merchant(batches: &[RecordBatch], merchant_id: i64) -> Result<Vec<ReadRow>, Failure> {
    let mut found = Vec::new();
    for batch in batches {
        let merchants = Cells(batch).whole("merchant_id")?;
        let from = merchants.partition_point(|m| *m < merchant_id);
        let to = merchants.partition_point(|m| *m <= merchant_id);
        found.extend(rows(batch, from..to)?);
    }
    Ok(found)
}

/// Some rows of a batch.
///
/// # Errors
///
/// When a column is not what the contract says.
pub fn rows(batch: &RecordBatch, range: Range<usize>) -> Result<Vec<ReadRow>, Failure> {
    let batch = batch.slice(range.start, range.len());
    let cells = Cells(&batch);
    let merchants = cells.whole("merchant_id")?;
    let brands = match batch.column_by_name("brand_id") {
        Some(_) => cells.whole("brand_id")?.iter().map(|brand| Some(*brand)).collect(),
        None => vec![None; batch.num_rows()],
    };
    let (ranks, low, high) = (cells.whole("rank")?, cells.whole("rank_low")?, cells.whole("rank_high")?);
    let (scores, log_odds) = (cells.floats("score")?, cells.floats("log_odds")?);
    let base = cells.floats("base_log_odds")?;
    let tiers = cells.words("tier", Tier::from_word)?;
    let statuses = cells.words("merchant_status", MerchantStatus::from_word)?;
    let signals = signals(&batch)?;
    let mut found = Vec::with_capacity(batch.num_rows());
    for (row, signals) in signals.into_iter().enumerate() {
        found.push(ReadRow {
            merchant_id: merchants[row],
            brand_id: brands[row],
            rank: RankInterval { rank: ranks[row], low: low[row], high: high[row] },
            score: required("score", scores[row])?,
            log_odds: required("log_odds", log_odds[row])?,
            base_log_odds: required("base_log_odds", base[row])?,
            tier: tiers[row],
            status: statuses[row],
            signals,
            reasons: reasons(&cells, row)?,
        });
    }
    Ok(found)
}

fn reasons(cells: &Cells<'_>, row: usize) -> Result<Vec<Reason>, Failure> {
    let unlike = || damaged("reasons", "not a list of code, contribution, evidence and detail");
    let list = cells.column("reasons")?.as_list_opt::<i32>().ok_or_else(unlike)?.value(row);
    let items = list.as_struct_opt().ok_or_else(unlike)?;
    let column = |name: &str| items.column_by_name(name).ok_or_else(unlike);
    let codes = column("code")?.as_string_opt::<i32>().ok_or_else(unlike)?;
    let contributions = column("contribution")?.as_primitive_opt::<Float64Type>().ok_or_else(unlike)?;
    let evidence = column("evidence")?.as_primitive_opt::<Int64Type>().ok_or_else(unlike)?;
    let details = column("detail")?.as_string_opt::<i32>().ok_or_else(unlike)?;
    (0..items.len())
        .map(|item| {
            Ok(Reason {
                code: Code::from_word(codes.value(item)).ok_or_else(|| damaged("reasons", "an unknown code"))?,
                contribution: contributions.value(item),
                evidence: evidence.value(item),
                detail: details.value(item).to_owned(),
            })
        })
        .collect()
}

/// The signals of rows, as they went into the score.
///
/// # Errors
///
/// When a column is not what the contract says.
pub fn signals(batch: &RecordBatch) -> Result<Vec<Signals>, Failure> {
    type Place = (&'static str, fn(&mut Signals) -> &mut i64);
    const PLACES: [Place; 23] = [
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
    let cells = Cells(batch);
    let mut rows = vec![Signals::default(); batch.num_rows()];
    for (name, place) in PLACES {
        for (row, value) in rows.iter_mut().zip(cells.whole(name)?) {
            *place(row) = *value;
        }
    }
    for (row, value) in rows.iter_mut().zip(cells.floats("burst_z")?) {
        row.burst_z = value;
    }
    Ok(rows)
}

/// The note that a signal was not there.
pub fn missing_note(code: Code) -> String {
    format!("signal_missing_{}", code.word())
}

/// Which signals a ranking had, by its manifest.
pub fn available(manifest: &Manifest) -> Available {
    let has = |code: Code| !manifest.notes.contains_key(&missing_note(code));
    Available {
        comments: has(Code::Allegations),
        reappearances: has(Code::Reappearances),
        image_matches: has(Code::ImageMatches),
        prices: has(Code::PriceDepth),
        bursts: has(Code::SalesBurst),
        ..Available::ALL
    }
}
