//! What a job is: declared inputs, a pure computation, declared outputs.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use mirrorlake_engine::{Engine, Input, Warning, reduce};
use mirrorlake_lake::check::CheckedTable;
use mirrorlake_lake::marts::MartPartition;
use mirrorlake_model::AsOf;
use serde_json::Value;

use crate::failure::Failure;
use crate::settings::Settings;

/// Something a job reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A table of the lake.
    Table(&'static str),
    /// A mart of the same day.
    Mart(&'static str),
}

/// A batch job.
pub trait Job: Sync {
    /// Name: the subcommand, the link and the name in manifests.
    fn name(&self) -> &'static str;

    /// One line for `mirrorlake jobs`.
    fn about(&self) -> &'static str;

    /// What it reads; it sees nothing else.
    fn needs(&self) -> &'static [Need];

    /// The marts it writes, the one for standard output first.
    fn outputs(&self) -> &'static [&'static str];

    /// What may change its results beyond its inputs; goes into the fingerprint and the manifest.
    fn configuration(&self, settings: &Settings, brand: Option<i64>) -> Value;

    /// Computes the outputs. It reads no clock, environment or file.
    ///
    /// # Errors
    ///
    /// What went wrong; then nothing is published.
    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure>;
}

/// What a computation is given.
pub struct Work<'a> {
    /// As of when.
    pub as_of: AsOf,
    /// Configuration.
    pub settings: &'a Settings,
    /// The brand chosen by `--brand`.
    pub brand: Option<i64>,
    /// Engine for the reductions.
    pub engine: &'a dyn Engine,
    /// The tables it declared, checked.
    pub tables: &'a [CheckedTable],
    /// The marts it declared.
    pub marts: &'a [(&'static str, MartPartition)],
    /// Version of the program, for reports.
    pub version: &'static str,
}

impl Work<'_> {
    /// Runs a reduction over the job's tables.
    ///
    /// # Errors
    ///
    /// The engine's, or a failed check's.
    pub fn reduce(&self, name: &str, warnings: &mut Vec<Warning>) -> Result<RecordBatch, Failure> {
        let reduction = mirrorlake_sql::find(name)
            .ok_or_else(|| Failure::new(mirrorlake_model::ExitStatus::Failed, format!("no reduction {name}")))?;
        let inputs: Vec<Input<'_>> = self.tables.iter().map(Input::Checked).collect();
        let (batch, found) = reduce(self.engine, reduction, &inputs)?;
        warnings.extend(found);
        Ok(batch)
    }

    /// The rows of a mart that the job declared.
    ///
    /// # Errors
    ///
    /// When it was not declared.
    pub fn mart(&self, name: &str) -> Result<&MartPartition, Failure> {
        self.marts.iter().find(|(mart, _)| *mart == name).map(|(_, partition)| partition).ok_or_else(|| {
            Failure::new(mirrorlake_model::ExitStatus::Failed, format!("the job does not declare the mart {name}"))
        })
    }
}

/// What a computation returns.
#[derive(Default)]
pub struct Computed {
    /// Marts with their rows.
    pub marts: Vec<ComputedMart>,
    /// Files, for jobs that render.
    pub files: Option<ComputedFiles>,
    /// Data checks that warned.
    pub warnings: Vec<Warning>,
    /// Counts for the manifest.
    pub notes: Vec<(String, u64)>,
}

/// One mart with its rows.
pub struct ComputedMart {
    /// Mart.
    pub name: &'static str,
    /// Schema.
    pub schema: SchemaRef,
    /// Rows, in the mart's order.
    pub batches: Vec<RecordBatch>,
}

/// Files as they are made: path below the partition, and content.
pub type Files = Box<dyn Iterator<Item = Result<(String, Vec<u8>), Failure>>>;

/// Files made one after the other, so that memory does not grow with their number.
pub struct ComputedFiles {
    /// Partition below the marts, without the day where it is the day's whole (`reports/dt=…`).
    pub target: String,
    /// Path below the partition, and content.
    pub files: Files,
}
