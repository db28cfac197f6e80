//! The Arrow schema that many writers embed beside the Parquet one.
//!
//! The checks go by the Parquet types alone, but engines believe the embedded schema. Where the two disagree about a
//! column of the contract, an engine may read other values than were checked, so such a file is refused.

use arrow::datatypes::{DataType, Schema};
use arrow::ipc::convert::try_fb_to_schema;
use arrow::ipc::root_as_message;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parquet::arrow::ARROW_SCHEMA_META_KEY;
use parquet::file::metadata::ParquetMetaData;

use super::guard;
use crate::contract::Table;

/// The embedded schema; `Ok(None)` where there is none.
///
/// # Errors
///
/// What keeps it from being read.
pub fn embedded(metadata: &ParquetMetaData) -> Result<Option<Schema>, String> {
    let pairs = metadata.file_metadata().key_value_metadata();
    let encoded =
        pairs.into_iter().flatten().find(|kv| kv.key == ARROW_SCHEMA_META_KEY).and_then(|kv| kv.value.as_ref());
    let Some(encoded) = encoded else { return Ok(None) };
    let bytes = STANDARD.decode(encoded).map_err(|e| format!("it is not base64: {e}"))?;
    // A message may begin with a continuation mark and its length (Arrow columnar format, encapsulated messages).
    let message = match bytes.get(..4) {
        Some([0xff, 0xff, 0xff, 0xff]) => bytes.get(8..).unwrap_or_default(),
        _ => bytes.as_slice(),
    };
    guard(|| {
        let message = root_as_message(message).map_err(|e| format!("it is no Arrow message: {e}"))?;
        let schema = message.header_as_schema().ok_or("it is an Arrow message, but no schema")?;
        try_fb_to_schema(schema).map(Some).map_err(|e| e.to_string())
    })?
}

/// Compares the embedded schema with the Parquet types.
///
/// # Errors
///
/// The column (empty for the whole) and what differs.
pub fn agrees(embedded: &Schema, plain: &Schema, table: &Table) -> Result<(), (&'static str, String)> {
    let names = |schema: &Schema| schema.fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>();
    if names(embedded) != names(plain) {
        return Err(("", "its columns are not those of the file".to_owned()));
    }
    for column in table.columns {
        let (Ok(found), Ok(stored)) = (embedded.field_with_name(column.name), plain.field_with_name(column.name))
        else {
            continue;
        };
        if !same(found.data_type(), stored.data_type()) {
            let problem = format!("it says {} where Parquet stores {}", found.data_type(), stored.data_type());
            return Err((column.name, problem));
        }
    }
    Ok(())
}

/// Whether two types hold the same values: layouts of text and names of time zones do not matter, nor does a unit finer
/// than the stored one (writers that coerce timestamps embed the unit before). A coarser one would lose what was stored.
fn same(embedded: &DataType, stored: &DataType) -> bool {
    use DataType::{Date32, Date64, Dictionary, FixedSizeList, LargeList, LargeUtf8, List, Timestamp, Utf8, Utf8View};
    match (embedded, stored) {
        (Date64, Date32) => true,
        (Dictionary(_, value), stored) => same(value, stored),
        (Utf8 | LargeUtf8 | Utf8View, Utf8 | LargeUtf8 | Utf8View) => true,
        (Timestamp(unit, zone), Timestamp(stored_unit, stored_zone)) => {
            unit >= stored_unit && zone.is_some() == stored_zone.is_some()
        }
        (List(item) | LargeList(item) | FixedSizeList(item, _), List(stored) | LargeList(stored)) => {
            same(item.data_type(), stored.data_type())
        }
        (embedded, stored) => embedded == stored,
    }
}
