//! Footers that say something else than their file.

use std::fs;
use std::path::Path;

use parquet::file::metadata::{FileMetaData, KeyValue, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter};

/// The key under which Arrow's writers leave their own schema.
const ARROW_SCHEMA: &str = "ARROW:schema";

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

/// The file's metadata with another row count and other remarks.
fn file_metadata(meta: &ParquetMetaData, rows: i64, remarks: Option<Vec<KeyValue>>) -> FileMetaData {
    let f = meta.file_metadata();
    let by = f.created_by().map(str::to_owned);
    FileMetaData::new(f.version(), rows, by, remarks, f.schema_descr_ptr(), f.column_orders().cloned())
}

/// The metadata with another row count for the file.
fn with_file_rows(meta: &ParquetMetaData, rows: i64) -> FileMetaData {
    file_metadata(meta, rows, meta.file_metadata().key_value_metadata().cloned())
}

/// The Arrow schema that a file carries as a remark, as it is written.
pub fn arrow_schema(bytes: &[u8]) -> String {
    let shared = bytes::Bytes::copy_from_slice(bytes);
    let read = ParquetMetaDataReader::new().parse_and_finish(&shared).expect("a footer");
    let remarks = read.file_metadata().key_value_metadata().expect("remarks");
    remarks.iter().find(|v| v.key == ARROW_SCHEMA).and_then(|v| v.value.clone()).expect("an Arrow schema")
}

/// The bytes of a file that carries another Arrow schema.
pub fn with_arrow_schema(bytes: &[u8], remark: &str) -> Vec<u8> {
    changed(bytes, |meta| {
        let remarks = vec![KeyValue::new(ARROW_SCHEMA.to_owned(), remark.to_owned())];
        let rows = meta.file_metadata().num_rows();
        ParquetMetaData::new(file_metadata(&meta, rows, Some(remarks)), meta.row_groups().to_vec())
    })
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

/// The bytes of a file whose footer says another number of rows in all, while its row groups say the truth.
///
/// Parquet's writers reckon that number themselves, so it is put in place by hand: the first 64-bit field that follows
/// its neighbour (0x16 in Thrift's compact protocol) and holds `truth` is `FileMetaData.num_rows`.
pub fn with_false_total(bytes: &[u8], truth: u64, lie: u64) -> Vec<u8> {
    let field = |rows: u64| {
        // Two bytes of a zigzag varint; the lie gets as many as the truth, so that nothing moves.
        let zigzag = u16::try_from(rows * 2).expect("few rows");
        [0x16, (zigzag & 0x7f) as u8 | 0x80, (zigzag >> 7) as u8]
    };
    let tail: [u8; 4] = bytes[bytes.len() - 8..bytes.len() - 4].try_into().expect("four bytes");
    let start = bytes.len() - 8 - usize::try_from(u32::from_le_bytes(tail)).expect("a length");
    let at = bytes[start..].windows(3).position(|w| w == field(truth)).expect("the number of rows") + start;
    [&bytes[..at], &field(lie), &bytes[at + 3..]].concat()
}
