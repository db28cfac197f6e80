//! What a job is: declared inputs, a pure computation, declared outputs.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_engine::{Engine, Input, Warning, reduce};
use mirrorlake_lake::check::{CheckedTable, RowMap};
use mirrorlake_lake::marts::{Manifest, MartPartition, read_mart};
use mirrorlake_lake::{Location, Run};
use mirrorlake_model::AsOf;
use serde_json::Value;

use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::supplied;

/// Listings that a reduction sees at a time. An engine needs a few hundred bytes for each while it sums.
const LISTINGS_OF_A_PART: u64 = 2_000_000;

/// Event rows that a reduction with many keys sees at a time.
const ROWS_OF_A_PART: u64 = 8_000_000;

/// Something a job reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A table of the lake.
    Table(&'static str),
    /// A mart of the same day.
    Mart(&'static str),
    /// A mart of event days: what there is of it in the window. A job works without it, and says so.
    Window(&'static str),
    /// A mart of event days that is summed: every day of the window that the lake has. A job does not work without one of
    /// them, and the job that makes them runs first where it is called by itself.
    Sums(&'static str),
    /// What was made of a mart as of the last [`Job::earlier_days`] days, the as-of day included unless the mart is the
    /// job's own. A job works without it.
    Earlier(&'static str),
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

    /// Whether it runs once for each event day of the window, as of that day, instead of once as of the last.
    fn each_day(&self) -> bool {
        false
    }

    /// Days in the window of marts that it reads, once the marts of the day are known.
    ///
    /// # Errors
    ///
    /// When those marts do not say.
    fn window_days(&self, settings: &Settings, _marts: &[(&'static str, MartPartition)]) -> Result<u32, Failure> {
        Ok(settings.days)
    }

    /// How many days back it looks for marts that it reads as [`Need::Earlier`].
    fn earlier_days(&self, _settings: &Settings) -> u32 {
        366
    }

    /// What it must be told that the settings do not say, as a sentence; then `daily` and `demo` leave it out.
    fn missing(&self, _settings: &Settings) -> Option<String> {
        None
    }

    /// For a job that turns each row of its first table into one row of its first mart: how. The rows are mapped while
    /// the table is checked, so that they are decoded once, and [`Job::compute`] is not called.
    ///
    /// # Errors
    ///
    /// When what it maps with cannot be made.
    fn mapping(&self, _settings: &Settings) -> Result<Option<Box<dyn Mapping>>, Failure> {
        Ok(None)
    }

    /// Computes the outputs. It reads no clock, environment or file.
    ///
    /// # Errors
    ///
    /// What went wrong; then nothing is published.
    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure>;
}

/// Maps rows, and makes the other marts of what it saw.
pub trait Mapping {
    /// The part that the check calls.
    fn rows(&self) -> &dyn RowMap;

    /// The marts beyond the mapped one.
    ///
    /// # Errors
    ///
    /// When their rows do not make a batch.
    fn finish(&self) -> Result<Computed, Failure>;
}

/// A day of a mart in the window, read when it is asked for.
pub struct MartDay {
    /// The event day.
    pub day: NaiveDate,
    /// How it came to be.
    pub manifest: Manifest,
    marts: Location,
    target: String,
}

impl MartDay {
    /// A day that has been found.
    pub fn new(day: NaiveDate, manifest: Manifest, marts: &Location, target: String) -> Self {
        Self { day, manifest, marts: marts.clone(), target }
    }

    /// Its rows.
    ///
    /// # Errors
    ///
    /// When they are not what the manifest promises.
    pub fn read(&self) -> Result<MartPartition, Failure> {
        Ok(read_mart(&self.marts, &self.target)?)
    }
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
    /// The days of marts in the window that it declared, oldest first.
    pub windows: &'a [(&'static str, Vec<MartDay>)],
    /// Threads that it may use; results must be the same at any number.
    pub threads: usize,
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
        self.reduce_with(name, &[], warnings)
    }

    /// Runs a reduction over the job's tables, the table `run`, and tables that the job has made.
    ///
    /// # Errors
    ///
    /// The engine's, or a failed check's.
    pub fn reduce_with(
        &self,
        name: &str,
        made: &[(&str, &RecordBatch)],
        warnings: &mut Vec<Warning>,
    ) -> Result<RecordBatch, Failure> {
        self.reduce_part(name, made, None, warnings)
    }

    /// Runs a reduction over one range of the listings after the other (those of its tables that are `sliced_by` them), and
    /// hands on the rows of each: memory does not grow with the number of listings.
    ///
    /// # Errors
    ///
    /// The engine's, a failed check's, or that of `each`.
    pub fn reduce_by_listings(
        &self,
        name: &str,
        warnings: &mut Vec<Warning>,
        mut each: impl FnMut(RecordBatch) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let listings = self.tables.iter().find(|t| t.table.name == "listings").map_or(0, CheckedTable::rows);
        let parts = usize::try_from(listings / LISTINGS_OF_A_PART + 1).unwrap_or(1);
        if parts == 1 {
            return each(self.reduce(name, warnings)?);
        }
        let batch = self.reduce("listing_numbers", warnings)?;
        let numbers = Cells(&batch).whole("listing_id")?;
        let mut from = i64::MIN;
        for part in 1..=parts {
            let to = numbers.get(part * numbers.len() / parts).filter(|_| part < parts).copied().unwrap_or(i64::MAX);
            each(self.reduce_part(name, &[], Some((from, to)), warnings)?)?;
            from = to.saturating_add(1);
        }
        Ok(())
    }

    /// Runs a reduction that is `additive` in a table over some of its files after the others, and hands on the rows of each
    /// part, which add up: engines hold what they sum by many keys in memory, row for row.
    ///
    /// # Errors
    ///
    /// The engine's, a failed check's, or that of `each`.
    pub fn reduce_by_files(
        &self,
        name: &str,
        table: &str,
        warnings: &mut Vec<Warning>,
        mut each: impl FnMut(RecordBatch) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let position = self.tables.iter().position(|t| t.table.name == table);
        let additive = mirrorlake_sql::find(name).and_then(|r| r.meta.input(table)).is_some_and(|i| i.additive);
        let (Some(position), true) = (position, additive) else {
            let message = format!("internal: reduction {name} cannot be run by files of {table}");
            return Err(Failure::new(mirrorlake_model::ExitStatus::Failed, message));
        };
        let mut tables = self.tables.to_vec();
        let files = std::mem::take(&mut tables[position].files);
        if files.is_empty() {
            return each(self.reduce(name, warnings)?);
        }
        let mut files = files.into_iter().peekable();
        while files.peek().is_some() {
            let mut rows = 0;
            let of_part = std::iter::from_fn(|| {
                let file = files.next_if(|f| rows == 0 || rows + f.rows <= ROWS_OF_A_PART)?;
                rows += file.rows;
                Some(file)
            });
            tables[position].files = of_part.collect();
            let part = Work { tables: &tables, ..*self };
            each(part.reduce(name, warnings)?)?;
        }
        Ok(())
    }

    /// Runs a reduction over a range of the identifier that its tables are `sliced_by`, both ends included.
    ///
    /// # Errors
    ///
    /// The engine's, or a failed check's.
    pub fn reduce_slice(
        &self,
        name: &str,
        range: (i64, i64),
        warnings: &mut Vec<Warning>,
    ) -> Result<RecordBatch, Failure> {
        self.reduce_slice_with(name, &[], range, warnings)
    }

    /// The same with tables that the job has made.
    ///
    /// # Errors
    ///
    /// The engine's, or a failed check's.
    pub fn reduce_slice_with(
        &self,
        name: &str,
        made: &[(&str, &RecordBatch)],
        range: (i64, i64),
        warnings: &mut Vec<Warning>,
    ) -> Result<RecordBatch, Failure> {
        self.reduce_part(name, made, Some(range), warnings)
    }

    fn reduce_part(
        &self,
        name: &str,
        made: &[(&str, &RecordBatch)],
        slice: Option<(i64, i64)>,
        warnings: &mut Vec<Warning>,
    ) -> Result<RecordBatch, Failure> {
        let reduction = mirrorlake_sql::find(name)
            .ok_or_else(|| Failure::new(mirrorlake_model::ExitStatus::Failed, format!("no reduction {name}")))?;
        let run = supplied::run(self.as_of, self.settings.days)?;
        let mut inputs: Vec<Input<'_>> = self
            .tables
            .iter()
            .map(|table| match (slice, reduction.meta.input(table.table.name).and_then(|i| i.sliced_by.as_ref())) {
                (Some((from, to)), Some(column)) => Input::Slice { table, column, from, to },
                _ => Input::Checked(table),
            })
            .collect();
        inputs.push(Input::Batch("run", &run));
        inputs.extend(made.iter().map(|(name, batch)| Input::Batch(name, batch)));
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

    /// The days of a mart in the window.
    pub fn window(&self, name: &str) -> &[MartDay] {
        self.windows.iter().find(|(mart, _)| *mart == name).map_or(&[], |(_, days)| days)
    }
}

/// What a computation returns.
#[derive(Default)]
pub struct Computed {
    /// Marts with their rows.
    pub marts: Vec<ComputedMart>,
    /// The mart of mapped rows.
    pub mapped: Option<MappedMart>,
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

/// The mart of mapped rows: sorted runs that wait to be written.
pub struct MappedMart {
    /// Mart.
    pub name: &'static str,
    /// Schema.
    pub schema: SchemaRef,
    /// Runs, in temporary files.
    pub runs: Vec<Run>,
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
