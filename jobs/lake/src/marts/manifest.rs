//! The manifest of a mart partition: what made it, of what, and what came out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::SUCCESS;
use super::read::read_manifest;
use crate::check::sha256;
use crate::error::LakeError;
use crate::location::{Entry, Location};

/// One file that a run read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Table of the lake, or `marts.<mart>`.
    pub table: String,
    /// Path relative to the lake or the marts.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Modification mark; of a mart, its manifest's fingerprint.
    pub mark: String,
    /// Rows read.
    pub rows: u64,
    /// Rows of it that are quarantined.
    pub quarantined: u64,
}

/// One file of a partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Path relative to the partition.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Rows; 0 for files that are no tables.
    pub rows: u64,
    /// SHA-256 sum, lower-case hexadecimal.
    pub sha256: String,
}

/// `_manifest.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Job that wrote the partition.
    pub job: String,
    /// Version of the program.
    pub job_version: String,
    /// Version of the lake, metric and mart definitions.
    pub definition_version: u32,
    /// Identifies the run: equal for equal inputs and configuration.
    pub run_id: String,
    /// Hash over job, versions, as-of, configuration and input files.
    pub fingerprint: String,
    /// The as-of instant, RFC 3339.
    pub as_of: String,
    /// The as-of day.
    pub as_of_day: String,
    /// Engine that reduced the tables.
    pub engine: String,
    /// Everything that may change the result.
    pub configuration: serde_json::Value,
    /// Files read.
    pub inputs: Vec<InputFile>,
    /// Event days without a finished partition, by table.
    pub missing_days: BTreeMap<String, Vec<String>>,
    /// Rows read.
    pub rows_in: u64,
    /// Rows quarantined.
    pub rows_quarantined: u64,
    /// Quarantined rows by table and rule (`table.column:rule`).
    pub quarantined_by_rule: BTreeMap<String, u64>,
    /// Rows written to this partition.
    pub rows_out: u64,
    /// Further counts that a reader should know of.
    pub notes: BTreeMap<String, u64>,
    /// Seconds spent in each step of the run.
    pub timings: BTreeMap<String, f64>,
    /// Files of the partition.
    pub outputs: Vec<OutputFile>,
}

/// The hash that tells whether a run would read and do the same as an earlier one.
///
/// It covers what may change the result, and nothing that may not: neither the number of threads nor the time.
#[must_use]
pub fn fingerprint(
    job: &str,
    job_version: &str,
    definition_version: u32,
    as_of: &str,
    configuration: &serde_json::Value,
    inputs: &[InputFile],
) -> String {
    let mut digest = Sha256::new();
    let mut part = |text: &str| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text.as_bytes());
    };
    for text in [job, job_version, &definition_version.to_string(), as_of, &configuration.to_string()] {
        part(text);
    }
    for input in inputs {
        for text in [&input.table, &input.path, &input.bytes.to_string(), &input.mark] {
            part(text);
        }
    }
    crate::hex(&digest.finalize())
}

/// The manifest of a finished partition that was made by a run with this fingerprint and whose files are all there, unharmed.
///
/// # Errors
///
/// When the location cannot be listed. A damaged manifest counts as none.
pub fn unchanged(marts: &Location, target: &str, fingerprint: &str) -> Result<Option<Manifest>, LakeError> {
    let Ok(Some(manifest)) = read_manifest(marts, target) else { return Ok(None) };
    if manifest.fingerprint != fingerprint {
        return Ok(None);
    }
    let mut folders: Vec<&str> = manifest.outputs.iter().map(|o| o.path.rsplit_once('/').map_or("", |p| p.0)).collect();
    folders.push("");
    folders.sort_unstable();
    folders.dedup();
    let mut present = Vec::new();
    for folder in folders {
        let path = if folder.is_empty() { target.to_owned() } else { format!("{target}/{folder}") };
        present.extend(marts.files(&path)?);
    }
    let entry = |path: &str| present.iter().find(|e| e.path == format!("{target}/{path}"));
    // A part that the manifest does not list would be read twice by those who list `part-*`.
    let listed = |e: &Entry| manifest.outputs.iter().any(|o| e.path == format!("{target}/{}", o.path));
    let is_part = |e: &Entry| e.path.rsplit('/').next().is_some_and(|n| n.starts_with("part-"));
    if entry(SUCCESS).is_none() || present.iter().any(|e| is_part(e) && !listed(e)) {
        return Ok(None);
    }
    for output in &manifest.outputs {
        if entry(&output.path).is_none_or(|e| e.bytes != output.bytes) {
            return Ok(None);
        }
        // A store keeps the bytes it was given; a disk is asked.
        if let Location::Local(root) = marts
            && sha256(&root.join(target).join(&output.path))? != output.sha256
        {
            return Ok(None);
        }
    }
    Ok(Some(manifest))
}
