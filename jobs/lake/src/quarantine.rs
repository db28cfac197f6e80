//! Rows that broke the contract, with the rule they broke, where anyone can look them up.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;

use crate::check::CheckedTable;
use crate::error::LakeError;

/// Schema of the mart `quarantine`.
#[must_use]
pub fn schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![
        text("table"),
        text("file"),
        Field::new("row", DataType::Int64, false),
        text("rule"),
        text("column"),
        text("value"),
    ]))
}

/// Partition of the quarantine for a table and day, below the marts.
#[must_use]
pub fn target(table: &str, day: NaiveDate) -> String {
    format!("quarantine/dt={day}/table={table}")
}

/// The quarantined rows of a checked table, by file, then row.
///
/// # Errors
///
/// [`LakeError::Internal`] where the rows do not make a batch.
pub fn rows(checked: &CheckedTable) -> Result<RecordBatch, LakeError> {
    let faults = &checked.faults;
    let text = |value: &dyn Fn(&crate::check::Fault) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(faults.iter().map(value)))
    };
    let columns: Vec<ArrayRef> = vec![
        text(&|_| checked.table.name.to_owned()),
        text(&|f| checked.files[f.file].entry.path.clone()),
        Arc::new(Int64Array::from_iter_values(faults.iter().map(|f| i64::try_from(f.row).unwrap_or(i64::MAX)))),
        text(&|f| f.rule.to_owned()),
        text(&|f| f.column.to_owned()),
        text(&|f| f.value.clone()),
    ];
    RecordBatch::try_new(schema(), columns).map_err(|e: ArrowError| LakeError::Internal(e.to_string()))
}
