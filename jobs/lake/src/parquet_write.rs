//! How the suite writes Parquet: one set of properties, so that equal rows are equal bytes.

use std::io::Write;
use std::path::Path;

use arrow::datatypes::{DataType, SchemaRef};
pub use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
pub use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::schema::types::ColumnPath;

use crate::error::LakeError;

/// Rows in a row group: readers decode a row group whole, so this bounds their memory.
pub const ROW_GROUP_ROWS: usize = 262_144;

/// Opens a Parquet writer with the suite's properties.
///
/// The properties name neither a time nor a machine, so the same rows in the same batches give the same bytes.
///
/// # Errors
///
/// When the schema cannot be written as Parquet.
pub fn parquet_writer<W: Write + Send>(sink: W, schema: SchemaRef) -> Result<ArrowWriter<W>, ParquetError> {
    let properties = properties()?.build();
    ArrowWriter::try_new(sink, schema, Some(properties))
}

/// Opens a Parquet writer for marts with about as many rows as the lake.
///
/// Ids and scores of millions of rows are too many for a dictionary: differences and bytes by their place take less than
/// half of its time, and two thirds of its room. All else is as [`parquet_writer`] has it.
///
/// # Errors
///
/// When the schema cannot be written as Parquet.
pub fn keyed_parquet_writer<W: Write + Send>(sink: W, schema: SchemaRef) -> Result<ArrowWriter<W>, ParquetError> {
    let mut properties = properties()?;
    for field in schema.fields() {
        let encoding = match field.data_type() {
            DataType::Int64 => Encoding::DELTA_BINARY_PACKED,
            DataType::Float64 => Encoding::BYTE_STREAM_SPLIT,
            _ => continue,
        };
        let column = ColumnPath::new(vec![field.name().clone()]);
        properties = properties.set_column_dictionary_enabled(column.clone(), false);
        properties = properties.set_column_encoding(column, encoding);
    }
    ArrowWriter::try_new(sink, schema, Some(properties.build()))
}

fn properties() -> Result<WriterPropertiesBuilder, ParquetError> {
    Ok(WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(concat!("mirrorlake ", env!("CARGO_PKG_VERSION")).to_owned())
        // Level 1 halves the time of level 3 for a few per cent of size.
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS)))
}

/// Says what went wrong with a file: the system's own words where the system refused.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl Fn(ParquetError) -> LakeError {
    move |error| match error {
        ParquetError::External(e) => match e.downcast::<std::io::Error>() {
            Ok(io) => LakeError::io(action, path)(*io),
            Err(e) => LakeError::Internal(format!("cannot {action} {}: {e}", path.display())),
        },
        e => LakeError::io(action, path)(std::io::Error::other(e.to_string())),
    }
}
