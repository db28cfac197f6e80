//! One Parquet file: footer against pages, columns against the contract, row groups decoded within caps.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::column::page::PageReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use super::chunks::{Chunks, SharedChunks};
use super::{Caps, arrow_schema, guard};
use crate::contract::Table;
use crate::error::{LakeError, Place};
use crate::schema::{TypeFault, accept};

/// Rows decoded at a time: small enough to stay in the processor's cache, large enough to make calls rare.
const BATCH_ROWS: usize = 16_384;

const REWRITE: &str = "have the table's owner write the partition again";

/// Looks at a batch: the row of its first row within the row group, and its columns.
pub type Judge<'a> = &'a mut dyn FnMut(u64, &[ArrayRef]) -> Result<(), LakeError>;

/// A file whose footer and columns have been checked.
pub struct OpenFile {
    metadata: ArrowReaderMetadata,
    /// Column of the file for each column of the contract.
    positions: Vec<usize>,
    /// Types as written, for grouping files that an engine may scan together.
    pub signature: String,
    /// Rows by the footer.
    pub rows: u64,
}

impl OpenFile {
    /// Reads and checks the footer of a file.
    pub fn open(local: &Path, path: &str, table: &Table, naive_is_utc: bool, caps: Caps) -> Result<Self, LakeError> {
        let file = File::open(local).map_err(LakeError::io("open", local))?;
        let size = file.metadata().map_err(LakeError::io("look at", local))?.len();
        let load = |options: ArrowReaderOptions| match guard(|| ArrowReaderMetadata::load(&file, options)) {
            Ok(Ok(metadata)) => Ok(metadata),
            Ok(Err(e)) => Err(unreadable(path, &e.to_string())),
            Err(e) => Err(unreadable(path, &e)),
        };
        // What the Parquet types say decides; what the writer's Arrow types add decides only how files are grouped.
        let plain = load(ArrowReaderOptions::new().with_skip_arrow_metadata(true))?;
        footer_is_consistent(&plain, path, size, caps)?;
        let positions = columns(&plain, path, table, naive_is_utc)?;
        let fields: Vec<Field> = plain.schema().fields().iter().map(|f| as_view(f)).collect();
        let views: SchemaRef = Arc::new(Schema::new(fields));
        let options = ArrowReaderOptions::new().with_schema(views);
        let metadata = match guard(|| ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options)) {
            Ok(Ok(metadata)) => metadata,
            Ok(Err(e)) => return Err(unreadable(path, &e.to_string())),
            Err(e) => return Err(unreadable(path, &e)),
        };
        let signature = signature(&plain, &positions, path, table)?;
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
        Ok(Self { metadata, positions, signature, rows })
    }

    /// Number of row groups.
    pub fn row_groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Rows of a row group by the footer.
    pub fn row_group_rows(&self, group: usize) -> u64 {
        u64::try_from(self.metadata.metadata().row_group(group).num_rows()).unwrap_or(0)
    }

    /// Decodes the contract's columns (or those in `only`, by contract position) of one row group, batch by batch.
    ///
    /// `judge` gets the row of the batch's first row within the row group, and the columns in the order asked for.
    pub fn decode(
        &self,
        local: &Path,
        path: &str,
        group: usize,
        only: Option<&[usize]>,
        judge: Judge<'_>,
    ) -> Result<(), LakeError> {
        let wanted: Vec<usize> = match only {
            Some(only) => only.iter().map(|&c| self.positions[c]).collect(),
            None => self.positions.clone(),
        };
        let meta = self.metadata.metadata().row_group(group);
        let expected = self.row_group_rows(group);
        let broken = |problem: &str| unreadable(path, &format!("row group {group}: {problem}"));
        let outcome = guard(|| -> Result<u64, LakeError> {
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), wanted.iter().copied());
            let chunks = Arc::new(Chunks::read(local, meta, &mask)?);
            pages_hold_the_rows(&chunks, meta, &mask).map_err(|e| broken(&e.to_string()))?;
            let reader = chunks_reader(&chunks, &self.metadata, group, mask).map_err(|e| broken(&e.to_string()))?;
            // The reader returns columns in the file's order.
            let mut in_file_order = wanted.clone();
            in_file_order.sort_unstable();
            let order: Vec<usize> =
                wanted.iter().map(|c| in_file_order.iter().position(|f| f == c).unwrap_or(0)).collect();
            let mut row = 0_u64;
            for batch in reader {
                let batch = batch.map_err(|e| broken(&e.to_string()))?;
                let columns: Vec<ArrayRef> = order.iter().map(|&c| Arc::clone(batch.column(c))).collect();
                judge(row, &columns)?;
                row += batch.num_rows() as u64;
            }
            Ok(row)
        });
        let decoded = outcome.map_err(|e| broken(&e))??;
        if decoded != expected {
            return Err(LakeError::refused(
                Place::file(path),
                "footer_rows",
                format!("row group {group} decodes to {decoded} rows where the footer says {expected}"),
                REWRITE,
            ));
        }
        Ok(())
    }
}

/// A text that breaks a cap: position of its column, row in the batch, bytes.
pub type OverCap = (usize, usize, u64);

/// The bytes that a batch's texts decode to, and the first row whose texts break a cap.
pub fn text_sizes(columns: &[ArrayRef], caps: Caps) -> (u64, Option<OverCap>) {
    let mut total = 0_u64;
    // More than the longest row can have: the sum of each column's longest value, or of a list column's whole batch.
    let mut bound = 0_u64;
    for array in columns {
        let (sum, longest) = match array.data_type() {
            DataType::Utf8View => lengths(array.as_string_view()),
            DataType::List(item) if *item.data_type() == DataType::Utf8View => {
                let (sum, _) = lengths(array.as_list::<i32>().values().as_string_view());
                (sum, sum)
            }
            _ => (array.len() as u64 * 8, 0),
        };
        total += sum;
        bound += longest;
    }
    if bound <= caps.value_bytes.min(caps.row_bytes) {
        return (total, None);
    }
    (total, first_over(columns, caps))
}

/// Adds up row by row; asked only where a batch may hold a row over a cap.
fn first_over(columns: &[ArrayRef], caps: Caps) -> Option<OverCap> {
    let rows = columns.first().map_or(0, |c| c.len());
    for row in 0..rows {
        let (mut bytes, mut widest) = (0_u64, (0_usize, 0_u64));
        for (position, array) in columns.iter().enumerate() {
            let (sum, longest) = match array.data_type() {
                _ if array.is_null(row) => (0, 0),
                DataType::Utf8View => {
                    let bytes = length(array.as_string_view().views()[row]);
                    (bytes, bytes)
                }
                DataType::List(item) if *item.data_type() == DataType::Utf8View => {
                    lengths(array.as_list::<i32>().value(row).as_string_view())
                }
                _ => (0, 0),
            };
            bytes += sum;
            if longest > caps.value_bytes {
                return Some((position, row, longest));
            }
            if sum > widest.1 {
                widest = (position, sum);
            }
        }
        if bytes > caps.row_bytes {
            return Some((widest.0, row, bytes));
        }
    }
    None
}

fn length(view: u128) -> u64 {
    // The low 32 bits of a view are its length (Arrow columnar format, variable-size binary view layout).
    (view & 0xffff_ffff) as u64
}

fn lengths(views: &StringViewArray) -> (u64, u64) {
    views.views().iter().fold((0, 0), |(sum, longest), v| (sum + length(*v), longest.max(length(*v))))
}

fn unreadable(path: &str, problem: &str) -> LakeError {
    let problem = format!("the file cannot be read as Parquet: {}", mirrorlake_model::text::printable(problem, 300));
    LakeError::refused(Place::file(path), "readable_parquet", problem, REWRITE)
}

fn footer_is_consistent(metadata: &ArrowReaderMetadata, path: &str, size: u64, caps: Caps) -> Result<(), LakeError> {
    let meta = metadata.metadata();
    let fault = |rule, problem: String| Err(LakeError::refused(Place::file(path), rule, problem, REWRITE));
    let in_groups: i64 = meta.row_groups().iter().map(RowGroupMetaData::num_rows).fold(0, i64::saturating_add);
    let in_file = meta.file_metadata().num_rows();
    if in_groups != in_file || in_file < 0 {
        return fault("footer_rows", format!("the footer says {in_file} rows, its row groups {in_groups}"));
    }
    if u64::try_from(in_file).unwrap_or(0) > caps.file_rows {
        let most = caps.file_rows;
        return fault("decompression_cap", format!("the footer says {in_file} rows, more than the cap of {most}"));
    }
    let mut total = 0_u64;
    for (group, row_group) in meta.row_groups().iter().enumerate() {
        for column in row_group.columns() {
            let name = column.column_path().string();
            let decoded = u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX);
            total = total.saturating_add(decoded);
            if decoded > caps.chunk_bytes {
                let most = caps.chunk_bytes;
                let problem = format!(
                    "row group {group} of column {name} decodes to {decoded} bytes, more than the cap of {most}"
                );
                return fault("decompression_cap", problem);
            }
            let (start, length) = (column.data_page_offset(), column.compressed_size());
            if start < 0 || length < 0 || u64::try_from(start).unwrap_or(0) > size {
                let problem = format!("row group {group} of column {name} lies outside the file");
                return fault("readable_parquet", problem);
            }
        }
    }
    if total > caps.file_bytes {
        let most = caps.file_bytes;
        return fault("decompression_cap", format!("the file decodes to {total} bytes, more than the cap of {most}"));
    }
    Ok(())
}

fn columns(
    metadata: &ArrowReaderMetadata,
    path: &str,
    table: &Table,
    naive_is_utc: bool,
) -> Result<Vec<usize>, LakeError> {
    let fields = metadata.schema().fields();
    let mut positions = Vec::with_capacity(table.columns.len());
    for column in table.columns {
        let place = || Place::file(path).column(column.name);
        let mut found = fields.iter().enumerate().filter(|(_, f)| f.name() == column.name);
        let Some((position, field)) = found.next() else {
            let names: Vec<&str> = fields.iter().map(|f| f.name().as_str()).collect();
            let problem = format!(
                "the column is missing; the file has {}",
                mirrorlake_model::text::printable(&names.join(", "), 400)
            );
            return Err(LakeError::refused(place(), "column_present", problem, "have the table's owner add it"));
        };
        if found.next().is_some() {
            let problem = "the file has two columns of this name";
            return Err(LakeError::refused(place(), "column_unique", problem, REWRITE));
        }
        if let Err(fault) = accept(column.column_type, column.nullable, field.data_type(), naive_is_utc) {
            let expected = column.column_type.words();
            let (rule, problem, advice) = match fault {
                TypeFault::Wrong => {
                    ("column_type", format!("the type is {} where {expected} is expected", field.data_type()), REWRITE)
                }
                TypeFault::Naive => (
                    "timestamp_zone",
                    "the timestamps have no time zone".to_owned(),
                    "write them as UTC, or set naive_timestamps_are_utc = true if that is what they are",
                ),
                TypeFault::NotUtc(zone) => {
                    ("timestamp_zone", format!("the timestamps are in {zone} where UTC is expected"), REWRITE)
                }
            };
            return Err(LakeError::refused(place(), rule, problem, advice));
        }
        positions.push(position);
    }
    Ok(positions)
}

/// Texts are decoded as views: a dictionary value repeated a million times stays one value in memory.
fn as_view(field: &Field) -> Field {
    let field_type = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::List(item) => DataType::List(Arc::new(as_view(item))),
        other => other.clone(),
    };
    Field::new(field.name(), field_type, field.is_nullable()).with_metadata(field.metadata().clone())
}

/// The types of the contract's columns as an engine will see them, after a look at the embedded Arrow schema.
fn signature(plain: &ArrowReaderMetadata, positions: &[usize], path: &str, table: &Table) -> Result<String, LakeError> {
    let refuse = |column: &str, problem: &str| {
        let problem = format!("the Arrow schema embedded in the file cannot be used: {problem}");
        LakeError::refused(Place::file(path).column(column), "arrow_schema", problem, REWRITE)
    };
    let embedded = arrow_schema::embedded(plain.metadata()).map_err(|problem| refuse("", &problem))?;
    let schema = match &embedded {
        Some(embedded) => {
            arrow_schema::agrees(embedded, plain.schema(), table).map_err(|(column, p)| refuse(column, &p))?;
            embedded
        }
        None => plain.schema().as_ref(),
    };
    for (&position, column) in positions.iter().zip(table.columns) {
        let written = schema.field(position).data_type();
        zone_is_known(written).map_err(|problem| {
            LakeError::refused(Place::file(path).column(column.name), "timestamp_zone", problem, "write them as UTC")
        })?;
    }
    // Columns beyond the contract are ignored, but an engine that scans several files at once wants them alike.
    Ok(schema.fields().iter().map(|f| format!("{:?} {};", f.name(), f.data_type())).collect())
}

/// The zone that a writer noted beside an instant changes nothing, but engines stumble over one that they do not know.
fn zone_is_known(written: &DataType) -> Result<(), String> {
    let DataType::Timestamp(_, Some(zone)) = written else { return Ok(()) };
    let offset = zone.len() == 6 && zone.starts_with(['+', '-']) && zone.as_bytes()[3] == b':';
    if offset || zone.parse::<chrono_tz::Tz>().is_ok() {
        return Ok(());
    }
    Err(format!("the timestamps are in the unknown time zone {}", mirrorlake_model::text::printable(zone, 60)))
}

/// Counts the values that the pages of the first flat column announce: a footer that claims fewer rows than there
/// are is found here, since a decoder stops where the footer tells it to.
fn pages_hold_the_rows(
    chunks: &Arc<Chunks>,
    meta: &RowGroupMetaData,
    mask: &ProjectionMask,
) -> Result<(), ParquetError> {
    let flat =
        (0..meta.num_columns()).find(|&c| mask.leaf_included(c) && meta.column(c).column_descr().max_rep_level() == 0);
    let Some(column) = flat.map(|c| meta.column(c)) else { return Ok(()) };
    let rows = usize::try_from(meta.num_rows()).unwrap_or(0);
    let mut pages = SerializedPageReader::new(Arc::clone(chunks), column, usize::MAX, None)?;
    let mut values = 0_usize;
    while let Some(page) = pages.peek_next_page()? {
        if !page.is_dict {
            values = values.saturating_add(page.num_levels.or(page.num_rows).unwrap_or(0));
        }
        pages.skip_next_page()?;
    }
    if values == rows {
        return Ok(());
    }
    let name = column.column_path().string();
    Err(ParquetError::General(format!("the footer says {rows} rows, the pages of column {name} hold {values}")))
}

fn chunks_reader(
    chunks: &Arc<Chunks>,
    metadata: &ArrowReaderMetadata,
    group: usize,
    mask: ProjectionMask,
) -> Result<ParquetRecordBatchReader, ParquetError> {
    ParquetRecordBatchReaderBuilder::new_with_metadata(SharedChunks(Arc::clone(chunks)), metadata.clone())
        .with_row_groups(vec![group])
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
}

/// SHA-256 of a local file, as lower-case hexadecimal digits.
pub fn sha256(local: &Path) -> Result<String, LakeError> {
    use sha2::{Digest, Sha256};
    let mut file = File::open(local).map_err(LakeError::io("open", local))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 20];
    loop {
        let read = file.read(&mut buffer).map_err(LakeError::io("read", local))?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
    }
    Ok(crate::hex(&digest.finalize()))
}
