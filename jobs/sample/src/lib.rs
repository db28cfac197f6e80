//! The sample lake: a whole marketplace to the lake contract, invented, with the planted truth beside it.
//!
//! One recipe ([`SampleSpec`]) gives one lake, byte for byte, on any machine and with any number of threads. Merchants,
//! listings, claims and all that belongs to them are made first and kept in memory; sales, refunds and comments stream
//! a day at a time and are never kept, so memory goes by listings and not by sales.
//!
//! Every row satisfies the contract. The truth lies in `_truth/`: `merchants` (kind, ring, counterfeit share of
//! units), `listings` (counterfeit or not, share), `comments` (the label with which each text was written),
//! `reappearances` (every pair that the definitions reach, and planted pairs just out of reach), `common_images`
//! (official pictures that accuse nobody), `brand_prevalence` (among the listings active at T) and the recipe,
//! `spec.json`, which also marks the folder as a sample lake.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the edge: it reads files, clocks or the environment for the rest"
)]
// Numbers here are sizes, days and draws that were bounded where they were made; a checked conversion at every step
// would hide the arithmetic. Overflow is checked in release builds too.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod brands;
mod calendar;
mod claims;
mod columns;
mod documents;
mod error;
mod events;
mod holds;
mod images;
mod lagged;
mod listings;
mod merchants;
mod names;
mod outcomes;
mod pilot;
mod random;
mod reappearances;
mod run;
mod sales;
mod spec;
mod state;
mod text;
mod truth;
mod world;
mod write;

use std::fs;
use std::path::Path;

pub use error::SampleError;
pub use spec::{BULK_CLAIM_FROM_SALES, GENERATOR_VERSION, SampleSpec, Sizes};

use error::io_at;

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Sales written.
    pub sales_done: u64,
    /// Sales to write.
    pub sales_total: u64,
    /// Partitions written.
    pub tasks_done: usize,
    /// Partitions to write; 0 while merchants and listings are being made.
    pub tasks_total: usize,
}

/// What was written of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSummary {
    /// The table, or `_truth` for all truth together.
    pub name: &'static str,
    /// Parquet files.
    pub files: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes, with manifests.
    pub bytes: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleSummary {
    /// Every table in the contract's order, then `_truth`.
    pub tables: Vec<TableSummary>,
    /// Pairs of a removed and a returned listing that must be found.
    pub reappearances_within_reach: u64,
    /// Planted pairs that must not be claimed.
    pub reappearances_out_of_reach: u64,
}

impl SampleSummary {
    /// Rows of a table; 0 for an unknown one.
    #[must_use]
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().find(|t| t.name == table).map_or(0, |t| t.rows)
    }

    /// Bytes of everything.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.tables.iter().map(|t| t.bytes).sum()
    }
}

/// Writes the sample lake of a recipe as the folder `out`.
///
/// Everything is written to a temporary folder beside `out` and renamed at the end: a run that fails or is cancelled
/// leaves nothing, and an earlier sample lake stays until its successor is whole. `progress` and `cancelled` are
/// called about ten times a second, always from the calling thread.
///
/// # Errors
///
/// When the recipe cannot be made, when `out` is not empty (and not an earlier sample lake that may be overwritten),
/// when a file cannot be written, or when the run was cancelled.
pub fn write_sample_lake(
    out: &Path,
    spec: &SampleSpec,
    progress: &mut dyn FnMut(Progress),
    cancelled: &dyn Fn() -> bool,
) -> Result<SampleSummary, SampleError> {
    spec.sizes()?;
    let earlier = may_replace(out, spec.overwrite)?;
    let parent = match out.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Err(SampleError::NotEmpty(out.to_owned())),
    };
    fs::create_dir_all(parent).map_err(io_at(parent))?;
    let scratch = tempfile::Builder::new().prefix(".sample-lake-").tempdir_in(parent).map_err(io_at(parent))?;
    // A folder of its own below the private temporary one, so that the lake gets the usual permissions.
    let fresh = scratch.path().join("lake");
    fs::create_dir(&fresh).map_err(io_at(&fresh))?;
    let summary = run::write_all(&fresh, spec, progress, cancelled)?;
    if cancelled() {
        return Err(SampleError::Cancelled);
    }
    if earlier {
        let old = scratch.path().join("old");
        fs::rename(out, &old).map_err(io_at(out))?;
        if let Err(source) = fs::rename(&fresh, out) {
            // The earlier lake goes back to where it was; the first error is the one to tell.
            let _ = fs::rename(&old, out);
            return Err(SampleError::Io { path: out.to_owned(), source });
        }
    } else {
        if out.exists() {
            fs::remove_dir(out).map_err(io_at(out))?;
        }
        fs::rename(&fresh, out).map_err(io_at(out))?;
    }
    Ok(summary)
}

/// Whether an earlier sample lake is to be replaced; refuses everything that is not empty otherwise.
fn may_replace(out: &Path, overwrite: bool) -> Result<bool, SampleError> {
    if !out.exists() {
        return Ok(false);
    }
    if !out.is_dir() {
        return Err(SampleError::NotEmpty(out.to_owned()));
    }
    let empty = fs::read_dir(out).map_err(io_at(out))?.next().is_none();
    match (empty, out.join(truth::FOLDER).join("spec.json").is_file(), overwrite) {
        (true, _, _) => Ok(false),
        (false, true, true) => Ok(true),
        (false, true, false) => Err(SampleError::Exists(out.to_owned())),
        (false, false, _) => Err(SampleError::NotEmpty(out.to_owned())),
    }
}
