//! The list that a purchasing desk works from.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use mirrorlake_metrics::pilot_plan::Pick;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::money::decimal;
use mirrorlake_model::text::is_direction_control;

use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::output::csv_text;

/// Characters of a title or name on the list: enough to find a listing by, and far from what a spreadsheet's cell holds.
const TEXT_CHARACTERS: usize = 300;

/// What is known of each purchase.
const GIVEN: [&str; 15] = [
    "draw_order",
    "selection",
    "brand_id",
    "brand",
    "listing_id",
    "listing_title",
    "merchant_id",
    "merchant",
    "price",
    "currency",
    "stratum",
    "stratum_size",
    "inclusion_probability",
    "reason",
    "drawn_as_of",
];

/// What the desk fills in.
const TO_FILL_IN: [&str; 9] = [
    "order_number",
    "ordered_at",
    "notarised_at",
    "delivered_at",
    "authenticated_at",
    "verdict",
    "action",
    "action_at",
    "remarks",
];

/// A title or name in one line, without what turns the reading direction.
fn one_line(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_direction_control(*c));
    shown.map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_CHARACTERS).collect()
}

/// The plan as CSV (RFC 4180) in the order of purchase, UTF-8 with a byte order mark, without which Excel takes Chinese
/// titles for Latin letters. `names` is the reduction `planned_listings`.
///
/// # Errors
///
/// When the names are not what the reduction declares.
pub fn desk_csv(picks: &[Pick], names: &RecordBatch, currency: &str, drawn_as_of: &str) -> Result<Vec<u8>, Failure> {
    let cells = Cells(names);
    let (titles, merchants) = (cells.texts("title")?, cells.texts("merchant_name")?);
    let brands = cells.texts("brand_name")?;
    let rows: BTreeMap<i64, usize> = cells.whole("listing_id")?.iter().copied().zip(0..).collect();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![0xef, 0xbb, 0xbf]);
    let fail = |e: csv::Error| Failure::new(ExitStatus::Failed, e.to_string());
    writer.write_record(GIVEN.iter().chain(&TO_FILL_IN)).map_err(fail)?;
    for pick in picks {
        let row = rows.get(&pick.listing_id).copied();
        let text = |texts: &[Option<&str>]| csv_text(&one_line(row.and_then(|at| texts[at]).unwrap_or_default()));
        let mut record = vec![
            pick.draw_order.to_string(),
            pick.selection.word().to_owned(),
            pick.brand_id.to_string(),
            text(&brands),
            pick.listing_id.to_string(),
            text(&titles),
            pick.merchant_id.to_string(),
            text(&merchants),
            decimal(pick.price_minor, currency),
            currency.to_owned(),
            csv_text(&pick.stratum),
            pick.stratum_size.map(|n| n.to_string()).unwrap_or_default(),
            // To the last digit: the estimates divide by it.
            pick.inclusion_probability.map(|p| p.to_string()).unwrap_or_default(),
            csv_text(&pick.reason),
            drawn_as_of.to_owned(),
        ];
        record.resize(GIVEN.len() + TO_FILL_IN.len(), String::new());
        writer.write_record(record).map_err(fail)?;
    }
    writer.into_inner().map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))
}
