//! Refusing a table as a whole, in words that let its owner find the fault.

use super::{Caps, Fault};
use crate::contract::{CALENDAR, NOT_AFTER_AS_OF, NOT_NULL, REFERENCE, Table, UNIQUE_KEY};
use crate::error::{LakeError, Place};

/// Refuses a batch whose texts, or a file whose decoded bytes, break a cap.
pub fn over_caps(
    table: &Table,
    caps: Caps,
    path: &str,
    first_row: u64,
    decoded: u64,
    over: Option<(usize, usize, u64)>,
) -> Result<(), LakeError> {
    let advice = "this looks like a decompression bomb; have the table's owner look at it";
    if let Some((position, row, bytes)) = over {
        let column = table.columns[position].name;
        let place = Place::file(path).column(column).row(first_row + row as u64);
        let problem = format!("{bytes} bytes of text (caps: {} a value, {} a row)", caps.value_bytes, caps.row_bytes);
        return Err(LakeError::refused(place, "decompression_cap", problem, advice));
    }
    if decoded > caps.file_bytes {
        let problem = format!("the file decodes to more than the cap of {} bytes", caps.file_bytes);
        return Err(LakeError::refused(Place::file(path), "decompression_cap", problem, advice));
    }
    Ok(())
}

/// How many rows of a table may be quarantined before it is refused.
pub fn allowed_faults(rows: u64, max_bad_share: f64) -> u64 {
    // A share such as 0.29 has no exact binary form: the slack keeps 29 rows of 100 allowed.
    (rows as f64 * max_bad_share * (1.0 + 1e-12)).floor() as u64
}

/// The refusal of a table with too many bad rows; `path` tells a fault's file.
pub fn too_many(
    table: &Table,
    faults: &[Fault],
    rows: u64,
    max_bad_share: f64,
    path: impl Fn(&Fault) -> String,
) -> LakeError {
    let mut kinds: Vec<(usize, &'static str, &'static str, usize)> = Vec::new();
    for (index, fault) in faults.iter().enumerate() {
        match kinds.iter_mut().find(|(_, rule, column, _)| (*rule, *column) == (fault.rule, fault.column)) {
            Some(kind) => kind.0 += 1,
            None => kinds.push((1, fault.rule, fault.column, index)),
        }
    }
    kinds.sort_by_key(|(count, _, _, first)| (usize::MAX - count, *first));
    let Some(&(count, rule, column, first)) = kinds.first() else {
        return LakeError::Internal("too many faults, but none".to_owned());
    };
    let first = &faults[first];
    let words = rule_words(table, column, rule);
    let problem = format!(
        "{} of {rows} rows break the contract, more than the allowed share of {}; most often ({count} rows) {column}: \
         {words}; the first such row holds {}",
        faults.len(),
        max_bad_share,
        first.value,
    );
    LakeError::refused(
        first.place(&path(first)),
        rule,
        problem,
        "have the table's owner mend it, or allow a larger share with max_bad_share",
    )
}

/// The words of a rule for a message.
fn rule_words(table: &Table, column: &str, rule: &str) -> String {
    match rule {
        NOT_NULL => "null where none is allowed".to_owned(),
        CALENDAR => "outside the years 1 to 9999".to_owned(),
        NOT_AFTER_AS_OF => "an instant after the as-of instant".to_owned(),
        UNIQUE_KEY => format!("a repeated key ({})", table.key.join(", ")),
        REFERENCE => "a reference to an unknown or quarantined row".to_owned(),
        _ => table
            .column(column)
            .and_then(|c| c.rules.iter().find(|r| r.name() == rule))
            .map_or_else(|| rule.to_owned(), |r| format!("not {}", r.words())),
    }
}
