//! Running reductions: one small trait in front of the SQL engines, and Polars' streaming engine behind it.
//!
//! The trait's face is SQL text, lists of checked files and Arrow batches, so that a distributed engine, which reads
//! the files itself, can be the second implementation.

mod convert;
mod polars_engine;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use mirrorlake_lake::Place;
use mirrorlake_lake::check::CheckedTable;
use mirrorlake_sql::{Check, Reduction, Severity};

pub use polars_engine::PolarsEngine;

const REWRITE: &str = "have the table's owner write the partition again";

/// Why a reduction did not come out.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine refused or failed.
    #[error("reduction {reduction}: engine {engine}: {problem}")]
    Failed {
        /// Reduction.
        reduction: String,
        /// Engine.
        engine: &'static str,
        /// The engine's words.
        problem: String,
    },
    /// The engine cannot read a file that passed the checks.
    #[error("{place}: engine {engine} cannot read the file: {problem} [rule readable_by_engine]; {REWRITE}")]
    Input {
        /// The file.
        place: Box<Place>,
        /// Engine.
        engine: &'static str,
        /// The engine's words.
        problem: String,
    },
    /// The result is not what the reduction declares.
    #[error("reduction {reduction}: column {column}: {problem}")]
    Result {
        /// Reduction.
        reduction: String,
        /// Column of the result.
        column: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A data check that must hold does not.
    #[error("check of reduction {reduction} failed: {check} ({bad_rows} rows); nothing was published")]
    Check {
        /// Reduction.
        reduction: String,
        /// The check's sentence.
        check: String,
        /// Rows that break it.
        bad_rows: i64,
    },
    /// There is no engine of this name.
    #[error("unknown engine {0}; the engines are: polars")]
    Unknown(String),
}

/// A table that a reduction reads.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Files of the lake that have been checked; quarantined rows are left out by the engine.
    Checked(&'a CheckedTable),
    /// The same, of which only the rows with an identifier from one to another (both included) are seen.
    Slice {
        /// Table.
        table: &'a CheckedTable,
        /// The identifier's column.
        column: &'a str,
        /// First value.
        from: i64,
        /// Last value.
        to: i64,
    },
    /// A small table in memory, under a name.
    Batch(&'a str, &'a RecordBatch),
}

impl<'a> Input<'a> {
    /// The table of the lake that it is, or is a part of.
    fn checked(&self) -> Option<&'a CheckedTable> {
        match self {
            Self::Checked(table) | Self::Slice { table, .. } => Some(table),
            Self::Batch(..) => None,
        }
    }
}

/// An SQL engine.
pub trait Engine: Send + Sync {
    /// Name, as in `--engine`.
    fn name(&self) -> &'static str;

    /// Runs a reduction over its inputs and returns its rows, in its order, in the schema that it declares.
    ///
    /// # Errors
    ///
    /// [`EngineError`] with the engine's words.
    fn run(&self, reduction: &Reduction, inputs: &[Input<'_>]) -> Result<RecordBatch, EngineError>;

    /// Runs one check over a reduction's rows and returns how many rows break it.
    ///
    /// # Errors
    ///
    /// [`EngineError`] with the engine's words.
    fn check(&self, reduction: &Reduction, check: &Check, result: &RecordBatch) -> Result<i64, EngineError>;

    /// The engine's plan for a reduction, as text.
    ///
    /// # Errors
    ///
    /// [`EngineError`] with the engine's words.
    fn explain(&self, reduction: &Reduction, inputs: &[Input<'_>]) -> Result<String, EngineError>;
}

/// Opens an engine by name.
///
/// # Errors
///
/// [`EngineError::Unknown`].
pub fn open(name: &str) -> Result<Box<dyn Engine>, EngineError> {
    match name {
        "polars" => Ok(Box::new(PolarsEngine)),
        other => Err(EngineError::Unknown(other.to_owned())),
    }
}

/// A check that found rows but only warns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Reduction.
    pub reduction: &'static str,
    /// The check's sentence.
    pub check: String,
    /// Rows that break it.
    pub bad_rows: i64,
}

/// Runs a reduction and all of its checks.
///
/// # Errors
///
/// [`EngineError::Check`] for a failed check of severity `fail`, else the engine's error.
pub fn reduce(
    engine: &dyn Engine,
    reduction: &'static Reduction,
    inputs: &[Input<'_>],
) -> Result<(RecordBatch, Vec<Warning>), EngineError> {
    let result = engine.run(reduction, inputs)?;
    let mut warnings = Vec::new();
    for check in &reduction.checks {
        let bad_rows = engine.check(reduction, check, &result)?;
        if bad_rows == 0 {
            continue;
        }
        match check.severity {
            Severity::Fail => {
                return Err(EngineError::Check {
                    reduction: reduction.name.to_owned(),
                    check: check.name.clone(),
                    bad_rows,
                });
            }
            Severity::Warn => {
                warnings.push(Warning { reduction: reduction.name, check: check.name.clone(), bad_rows });
            }
        }
    }
    Ok((result, warnings))
}

/// The Arrow schema that a reduction's rows come in.
#[must_use]
pub fn schema(reduction: &Reduction) -> SchemaRef {
    convert::schema(reduction)
}
