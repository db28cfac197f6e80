//! One sorted Parquet file of many runs.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaDataOptions, ParquetMetaDataReader};
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;

use super::Run;
use super::merge::merge;
use crate::error::LakeError;
use crate::parquet_write::{ROW_GROUP_ROWS, failed, keyed_parquet_writer};

/// Rows from which a run keeps its row groups: readers pay for every small one.
const KEPT_ROWS: u64 = 65_536;

/// Writes the rows of all runs to `sink`, sorted by key, and returns it with their number. `target` is for messages.
///
/// The bytes depend on the rows of the runs alone.
pub fn write<W: Write + Send>(
    sink: W,
    target: &Path,
    schema: &SchemaRef,
    runs: &[Run],
    cancelled: &dyn Fn() -> bool,
) -> Result<(W, u64), LakeError> {
    // The Arrow writer knows how the schema is written; row groups are only ever copied.
    let writer = keyed_parquet_writer(sink, Arc::clone(schema)).map_err(failed("write", target))?;
    let (mut writer, _) = writer.into_serialized_writer().map_err(failed("write", target))?;
    for group in groups(runs) {
        if cancelled() {
            return Err(LakeError::Cancelled);
        }
        if let [run] = group.as_slice() {
            splice(&mut writer, run, target)?;
        } else if let Some(run) = merge(group, schema, cancelled)? {
            splice(&mut writer, &run, target)?;
        }
    }
    let sink = writer.into_inner().map_err(failed("write", target))?;
    Ok((sink, runs.iter().map(|run| run.rows).sum()))
}

/// Runs by their first keys, those that are to be merged together.
fn groups(runs: &[Run]) -> Vec<Vec<Run>> {
    let mut runs = runs.to_vec();
    runs.sort_by_key(|run| (run.first, run.last));
    // Runs whose keys meet.
    let mut clusters: Vec<Vec<Run>> = Vec::new();
    let mut reached = None;
    for run in runs {
        let meets = reached.is_some_and(|reached| run.first <= reached);
        reached = reached.max(Some(run.last));
        match clusters.last_mut() {
            Some(cluster) if meets => cluster.push(run),
            _ => clusters.push(vec![run]),
        }
    }
    // Small neighbours share a row group.
    let mut groups = Vec::new();
    let mut small: Vec<Run> = Vec::new();
    for cluster in clusters {
        let rows = count(&cluster);
        let kept = cluster.len() == 1 && rows >= KEPT_ROWS;
        if !small.is_empty() && (kept || count(&small) + rows > ROW_GROUP_ROWS as u64) {
            groups.push(std::mem::take(&mut small));
        }
        if kept {
            groups.push(cluster);
        } else {
            small.extend(cluster);
        }
    }
    if !small.is_empty() {
        groups.push(small);
    }
    groups
}

fn count(runs: &[Run]) -> u64 {
    runs.iter().map(|run| run.rows).sum()
}

/// Copies the row groups of a run as they are.
fn splice<W: Write + Send>(writer: &mut SerializedFileWriter<W>, run: &Run, target: &Path) -> Result<(), LakeError> {
    let file = File::open(&run.path).map_err(LakeError::io("open", &run.path))?;
    // A mask of the encodings would be written as no statistics of them at all.
    let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
    let metadata = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Optional)
        .with_metadata_options(Some(options))
        .parse_and_finish(&file)
        .map_err(failed("read", &run.path))?;
    let index = metadata.page_index();
    let mut copy = || -> Result<(), ParquetError> {
        for (number, group) in metadata.row_groups().iter().enumerate() {
            let mut copied = writer.next_row_group()?;
            for (position, column) in group.columns().iter().enumerate() {
                let close = ColumnCloseResult {
                    bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
                    rows_written: u64::try_from(group.num_rows()).unwrap_or(0),
                    metadata: with_legacy_bounds(column)?,
                    bloom_filter: None,
                    column_index: index.and_then(|i| i.column_index(number, position)).cloned(),
                    offset_index: index.and_then(|i| i.offset_index(number, position)).cloned(),
                };
                copied.append_column(&file, close)?;
            }
            copied.close()?;
        }
        Ok(())
    };
    copy().map_err(failed("write", target))
}

/// What the footer of a run says of a column chunk, as its writer had it.
///
/// Beside the bounds of signed values it wrote older ones for older readers, which reading drops.
fn with_legacy_bounds(column: &ColumnChunkMetaData) -> Result<ColumnChunkMetaData, ParquetError> {
    if !column.column_descr().sort_order().is_signed() {
        return Ok(column.clone());
    }
    let statistics = match column.statistics() {
        Some(Statistics::Int32(s)) => Statistics::Int32(s.clone().with_backwards_compatible_min_max(true)),
        Some(Statistics::Int64(s)) => Statistics::Int64(s.clone().with_backwards_compatible_min_max(true)),
        Some(Statistics::Float(s)) => Statistics::Float(s.clone().with_backwards_compatible_min_max(true)),
        Some(Statistics::Double(s)) => Statistics::Double(s.clone().with_backwards_compatible_min_max(true)),
        _ => return Ok(column.clone()),
    };
    column.clone().into_builder().set_statistics(statistics).build()
}
