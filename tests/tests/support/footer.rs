//! Footers that say something else than their file.

use std::fs;
use std::path::Path;

use parquet::file::metadata::{FileMetaData, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter};

/// Rewrites the footer of a file.
pub fn with_footer(path: &Path, change: impl Fn(ParquetMetaData) -> ParquetMetaData) {
    let bytes = fs::read(path).expect("read");
    fs::write(path, changed(&bytes, change)).expect("written");
}

/// The bytes of a file with another footer.
pub fn changed(bytes: &[u8], change: impl Fn(ParquetMetaData) -> ParquetMetaData) -> Vec<u8> {
    let tail: [u8; 4] = bytes[bytes.len() - 8..bytes.len() - 4].try_into().expect("four bytes");
    let body = bytes.len() - 8 - usize::try_from(u32::from_le_bytes(tail)).expect("a length");
    let shared = bytes::Bytes::copy_from_slice(bytes);
    let read = ParquetMetaDataReader::new().parse_and_finish(&shared).expect("a footer");
    let mut written = bytes[..body].to_vec();
    ParquetMetaDataWriter::new(&mut written, &change(read)).finish().expect("written");
    written
}

/// The metadata with another row count for the file.
pub fn with_file_rows(meta: &ParquetMetaData, rows: i64) -> FileMetaData {
    let f = meta.file_metadata();
    let (key_values, orders) = (f.key_value_metadata().cloned(), f.column_orders().cloned());
    let by = f.created_by().map(str::to_owned);
    FileMetaData::new(f.version(), rows, by, key_values, f.schema_descr_ptr(), orders)
}

/// The metadata with other row counts, for the file and for its first row group.
pub fn with_rows(meta: ParquetMetaData, in_file: i64, in_group: i64) -> ParquetMetaData {
    let mut groups = meta.row_groups().to_vec();
    let first = groups.remove(0).into_builder().set_num_rows(in_group).build().expect("a row group");
    groups.insert(0, first);
    ParquetMetaData::new(with_file_rows(&meta, in_file), groups)
}

/// The metadata with its row groups repeated: many rows of the same few bytes.
pub fn repeated(meta: ParquetMetaData, times: usize) -> ParquetMetaData {
    let groups: Vec<_> = std::iter::repeat_n(meta.row_groups(), times).flatten().cloned().collect();
    let rows = meta.file_metadata().num_rows() * i64::try_from(times).expect("a small number");
    ParquetMetaData::new(with_file_rows(&meta, rows), groups)
}
