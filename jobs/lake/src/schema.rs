//! What a file may hold for each column of the contract, and the one layout that everything is written in.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::contract::{Column, ColumnType, Table};

/// The Arrow type in which the suite itself writes a column.
#[must_use]
pub fn canonical_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Int(8) => DataType::Int8,
        ColumnType::Int(16) => DataType::Int16,
        ColumnType::Int(32) => DataType::Int32,
        ColumnType::Int(_) => DataType::Int64,
        ColumnType::Float64 => DataType::Float64,
        ColumnType::String => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::StringList => DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
        ColumnType::FixedBinary(bytes) => DataType::FixedSizeBinary(i32::from(bytes)),
    }
}

/// The Arrow schema in which the suite itself writes a table of the lake.
#[must_use]
pub fn canonical_schema(table: &Table) -> SchemaRef {
    let field = |c: &Column| Field::new(c.name, canonical_type(c.column_type), c.nullable);
    Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()))
}

/// Why a file's column cannot stand for a column of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeFault {
    /// Another type altogether.
    Wrong,
    /// A timestamp without a zone, and configuration does not say that such ones are UTC.
    Naive,
    /// A timestamp in a zone other than UTC.
    NotUtc(String),
}

/// Checks whether values of the Arrow type `found` are accepted for a column. A column without any value, which some
/// writers store as one of no type, is accepted where nulls are.
///
/// # Errors
///
/// The reason why they are not.
pub fn accept(expected: ColumnType, nullable: bool, found: &DataType, naive_is_utc: bool) -> Result<(), TypeFault> {
    if nullable && *found == DataType::Null {
        return Ok(());
    }
    let accepted = match expected {
        ColumnType::Int(bits) => integer_bits(found).is_some_and(|b| b <= bits),
        ColumnType::Float64 => *found == DataType::Float64,
        ColumnType::String => is_text(found),
        ColumnType::Date => *found == DataType::Date32,
        ColumnType::StringList => match found {
            DataType::List(item) | DataType::LargeList(item) => is_text(item.data_type()),
            _ => false,
        },
        ColumnType::FixedBinary(bytes) => *found == DataType::FixedSizeBinary(i32::from(bytes)),
        ColumnType::Timestamp => match found {
            DataType::Timestamp(TimeUnit::Second, _) => false,
            DataType::Timestamp(_, None) if !naive_is_utc => return Err(TypeFault::Naive),
            DataType::Timestamp(_, None) => true,
            DataType::Timestamp(_, Some(zone)) if is_utc(zone) => true,
            DataType::Timestamp(_, Some(zone)) => return Err(TypeFault::NotUtc(zone.to_string())),
            _ => false,
        },
    };
    if accepted { Ok(()) } else { Err(TypeFault::Wrong) }
}

/// Bits of signed integer that hold every value of an integer type; `None` for other types and for unsigned 64 bits.
fn integer_bits(found: &DataType) -> Option<u8> {
    match found {
        DataType::Int8 => Some(8),
        DataType::UInt8 | DataType::Int16 => Some(16),
        DataType::UInt16 | DataType::Int32 => Some(32),
        DataType::UInt32 | DataType::Int64 => Some(64),
        _ => None,
    }
}

fn is_text(found: &DataType) -> bool {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn is_utc(zone: &str) -> bool {
    matches!(zone, "UTC" | "utc" | "Z" | "Etc/UTC" | "GMT" | "+00:00" | "-00:00" | "+0000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrower_integers_are_accepted_and_wider_ones_refused() {
        for narrow in [DataType::Int8, DataType::UInt8, DataType::Int32, DataType::UInt32, DataType::Int64] {
            assert_eq!(accept(ColumnType::Int(64), false, &narrow, false), Ok(()), "{narrow}");
        }
        for wide in [DataType::UInt64, DataType::Float64, DataType::Utf8] {
            assert_eq!(accept(ColumnType::Int(64), false, &wide, false), Err(TypeFault::Wrong), "{wide}");
        }
        assert_eq!(accept(ColumnType::Int(8), false, &DataType::Int16, false), Err(TypeFault::Wrong));
        assert_eq!(accept(ColumnType::Int(32), false, &DataType::UInt32, false), Err(TypeFault::Wrong));
    }

    #[test]
    fn a_column_of_no_type_holds_only_nulls() {
        assert_eq!(accept(ColumnType::String, true, &DataType::Null, false), Ok(()));
        assert_eq!(accept(ColumnType::String, false, &DataType::Null, false), Err(TypeFault::Wrong));
    }

    #[test]
    fn naive_timestamps_need_configuration() {
        let naive = DataType::Timestamp(TimeUnit::Millisecond, None);
        assert_eq!(accept(ColumnType::Timestamp, false, &naive, false), Err(TypeFault::Naive));
        assert_eq!(accept(ColumnType::Timestamp, false, &naive, true), Ok(()));
        let local = DataType::Timestamp(TimeUnit::Microsecond, Some("Asia/Shanghai".into()));
        assert_eq!(accept(ColumnType::Timestamp, false, &local, true), Err(TypeFault::NotUtc("Asia/Shanghai".into())));
    }

    #[test]
    fn every_layout_of_text_is_accepted() {
        let dictionary = DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::LargeUtf8));
        for text in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, dictionary] {
            assert_eq!(accept(ColumnType::String, false, &text, false), Ok(()), "{text}");
        }
        assert_eq!(accept(ColumnType::String, false, &DataType::Binary, false), Err(TypeFault::Wrong));
    }
}
