//! How the suite writes Parquet: one set of properties, so that equal rows are equal bytes.

use std::io::Write;

use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
pub use parquet::errors::ParquetError;
use parquet::file::properties::{WriterProperties, WriterVersion};

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
    let properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(concat!("mirrorlake ", env!("CARGO_PKG_VERSION")).to_owned())
        // Level 1 halves the time of level 3 for a few per cent of size.
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .build();
    ArrowWriter::try_new(sink, schema, Some(properties))
}
