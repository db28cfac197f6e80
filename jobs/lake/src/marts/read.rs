//! Reading marts: only finished partitions, only the files of their manifest, and only with the sums it promises.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use chrono::NaiveDate;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest, Sha256};

use super::manifest::Manifest;
use super::{MANIFEST, SUCCESS};
use crate::check::guard;
use crate::error::LakeError;
use crate::location::Location;

/// Largest file of a mart that is read whole.
const FILE_BYTES: u64 = 4 << 30;

/// A mart partition in memory.
#[derive(Clone, Debug)]
pub struct MartPartition {
    /// How it came to be.
    pub manifest: Manifest,
    /// Schema of its rows.
    pub schema: SchemaRef,
    /// Its rows, in the mart's order.
    pub batches: Vec<RecordBatch>,
}

/// Reads the manifest of a partition (`mart/dt=D`); `None` where there is none.
///
/// # Errors
///
/// When the location refuses or the manifest is damaged.
pub fn read_manifest(marts: &Location, target: &str) -> Result<Option<Manifest>, LakeError> {
    let Some(bytes) = marts.read(&format!("{target}/{MANIFEST}"), FILE_BYTES)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| fault(target, &format!("its manifest is damaged: {e}")))
}

/// Days with a finished partition of a mart, oldest first.
///
/// # Errors
///
/// When the location refuses.
pub fn mart_days(marts: &Location, mart: &str) -> Result<Vec<NaiveDate>, LakeError> {
    let mut days = Vec::new();
    for folder in marts.folders(mart)?.unwrap_or_default() {
        let Some(day) = folder.strip_prefix("dt=").and_then(|d| d.parse::<NaiveDate>().ok()) else { continue };
        if marts.files(&format!("{mart}/{folder}"))?.iter().any(|e| e.path.ends_with(SUCCESS)) {
            days.push(day);
        }
    }
    days.sort_unstable();
    Ok(days)
}

/// Reads a finished mart partition (`mart/dt=D`), verifying every file against the manifest.
///
/// # Errors
///
/// [`LakeError::Mart`] where it is missing, unfinished or not what its manifest promises.
pub fn read_mart(marts: &Location, target: &str) -> Result<MartPartition, LakeError> {
    let finished = marts.files(target)?.iter().any(|e| e.path.ends_with(SUCCESS));
    let Some(manifest) = read_manifest(marts, target)?.filter(|_| finished) else {
        let (mart, partition) = split(target);
        return Err(LakeError::Mart {
            mart,
            partition,
            problem: "there is no finished partition".to_owned(),
            advice: "run the job that writes it first (see `mirrorlake jobs`)".to_owned(),
        });
    };
    let mut schema = None;
    let mut batches = Vec::new();
    for output in &manifest.outputs {
        let path = format!("{target}/{}", output.path);
        let bytes = marts.read(&path, FILE_BYTES)?.ok_or_else(|| fault(target, &format!("{} is gone", output.path)))?;
        if crate::hex(&Sha256::digest(&bytes)) != output.sha256 {
            return Err(fault(target, &format!("{} is not what its manifest promises (SHA-256)", output.path)));
        }
        let (file_schema, file_batches) = decode(bytes).map_err(|e| fault(target, &format!("{}: {e}", output.path)))?;
        schema.get_or_insert(file_schema);
        batches.extend(file_batches);
    }
    let schema = schema.ok_or_else(|| fault(target, "its manifest lists no files"))?;
    Ok(MartPartition { manifest, schema, batches })
}

/// Reads the rows of a Parquet file that no manifest speaks of, such as the truth beside a sample lake.
///
/// # Errors
///
/// When the file is missing or no Parquet.
pub fn read_rows(location: &Location, path: &str) -> Result<Vec<RecordBatch>, LakeError> {
    let bytes = location.read(path, FILE_BYTES)?.ok_or_else(|| fault(path, "the file is gone"))?;
    decode(bytes).map(|(_, batches)| batches).map_err(|e| fault(path, &e))
}

fn decode(bytes: Bytes) -> Result<(SchemaRef, Vec<RecordBatch>), String> {
    guard(|| {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|e| e.to_string())?;
        let schema = Arc::clone(builder.schema());
        let reader = builder.with_batch_size(65_536).build().map_err(|e| e.to_string())?;
        let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
        Ok((schema, batches))
    })?
}

fn split(target: &str) -> (String, String) {
    let (mart, partition) = target.split_once('/').unwrap_or((target, ""));
    (mart.to_owned(), partition.to_owned())
}

fn fault(target: &str, problem: &str) -> LakeError {
    let (mart, partition) = split(target);
    let advice = "run the job that writes it again with --force".to_owned();
    LakeError::Mart { mart, partition, problem: problem.to_owned(), advice }
}
