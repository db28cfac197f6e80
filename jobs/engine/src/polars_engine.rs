//! Polars' streaming engine, embedded.

use arrow::record_batch::RecordBatch;
use mirrorlake_lake::Place;
use mirrorlake_lake::check::{CheckedFile, CheckedTable, guard};
use mirrorlake_lake::contract::ColumnType;
use mirrorlake_sql::{Check, Reduction};
use polars::io::RowIndex;
use polars::prelude::{
    DataFrame, DataType, Engine as PolarsMode, Expr, Field, IntoLazy, LazyFrame, NamedFrom, PlRefPath, PolarsResult,
    ScanArgsParquet, ScanSources, Schema, Series, UnionArgs, col, concat, lit,
};
use polars::sql::SQLContext;

use crate::convert;
use crate::{Engine, EngineError, Input};

/// Name of the row number that Polars adds to files with quarantined rows.
const ROW: &str = "__mirrorlake_row";

/// Polars' streaming engine in this process.
#[derive(Clone, Copy, Debug)]
pub struct PolarsEngine;

impl Engine for PolarsEngine {
    fn name(&self) -> &'static str {
        "polars"
    }

    fn run(&self, reduction: &Reduction, inputs: &[Input<'_>]) -> Result<RecordBatch, EngineError> {
        let frame = guarded(reduction.name, || {
            let plan = plan(reduction.query, Some(reduction), inputs)?;
            Ok(plan.collect_with_engine(PolarsMode::Streaming)?.unwrap_single())
        })
        .map_err(|error| unreadable_file(reduction, inputs).unwrap_or(error))?;
        convert::to_batch(&frame, &convert::schema(reduction)).map_err(|(column, problem)| EngineError::Result {
            reduction: reduction.name.to_owned(),
            column,
            problem,
        })
    }

    fn check(&self, reduction: &Reduction, check: &Check, result: &RecordBatch) -> Result<i64, EngineError> {
        let frame = guarded(reduction.name, || {
            let plan = plan(&check.query, None, &[Input::Batch("result", result)])?;
            Ok(plan.collect_with_engine(PolarsMode::Streaming)?.unwrap_single())
        })?;
        let value = frame.column("bad_rows").ok().and_then(|c| c.get(0).ok().and_then(|v| v.extract::<i64>()));
        value.ok_or_else(|| EngineError::Result {
            reduction: reduction.name.to_owned(),
            column: "bad_rows".to_owned(),
            problem: format!("the check {} did not return one number", check.name),
        })
    }

    fn explain(&self, reduction: &Reduction, inputs: &[Input<'_>]) -> Result<String, EngineError> {
        guarded(reduction.name, || plan(reduction.query, Some(reduction), inputs)?.explain(true))
    }
}

/// A panic of the engine is an error of the reduction.
fn guarded<T>(reduction: &str, work: impl FnOnce() -> PolarsResult<T>) -> Result<T, EngineError> {
    let problem = match guard(work) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic,
    };
    Err(EngineError::Failed { reduction: reduction.to_owned(), engine: "polars", problem })
}

/// After a failure: the first file that the engine cannot read by itself. Polars is stricter than the checks in a few
/// corners of the format, and its errors name no file.
fn unreadable_file(reduction: &Reduction, inputs: &[Input<'_>]) -> Option<EngineError> {
    for input in inputs {
        let Some(table) = input.checked() else { continue };
        let Some(declared) = reduction.meta.input(table.table.name) else { continue };
        for file in &table.files {
            let read = guarded(reduction.name, || {
                let plan = files(&[file], false)?.select(selection(table, &declared.columns));
                plan.select([col("*").count()]).collect_with_engine(PolarsMode::Streaming)
            });
            if let Err(EngineError::Failed { problem, engine, .. }) = read {
                let problem = mirrorlake_model::text::printable(&problem, 300);
                return Some(EngineError::Input { place: Box::new(Place::file(&file.entry.path)), engine, problem });
            }
        }
    }
    None
}

fn plan(query: &str, reduction: Option<&Reduction>, inputs: &[Input<'_>]) -> PolarsResult<LazyFrame> {
    let mut context = SQLContext::new();
    for input in inputs {
        match input {
            Input::Checked(table) | Input::Slice { table, .. } => {
                let declared = reduction.and_then(|r| r.meta.input(table.table.name));
                // Only what the reduction declares is visible to it.
                if let Some(declared) = declared {
                    let mut frame = scan(table, &declared.columns)?;
                    if let Input::Slice { column, from, to, .. } = input {
                        frame = frame.filter(col(*column).gt_eq(lit(*from)).and(col(*column).lt_eq(lit(*to))));
                    }
                    context.register(table.table.name, frame);
                }
            }
            Input::Batch(name, batch) => {
                let frame = convert::to_frame(batch).map_err(|e| polars::prelude::polars_err!(ComputeError: "{e}"))?;
                context.register(name, frame.lazy());
            }
        }
    }
    context.execute(query)
}

/// A table as one lazy frame in the contract's types, without quarantined rows.
///
/// Files whose columns were written in different types are scanned apart, since a scan takes its types from the first
/// file; files with quarantined rows apart again, since only they need row numbers.
fn scan(table: &CheckedTable, columns: &[String]) -> PolarsResult<LazyFrame> {
    let mut parts = Vec::new();
    let mut signatures: Vec<&str> = Vec::new();
    for file in &table.files {
        if !signatures.contains(&file.signature.as_str()) {
            signatures.push(&file.signature);
        }
    }
    for signature in signatures {
        let of_signature = table.files.iter().filter(|f| f.signature == signature);
        let (clean, dirty): (Vec<&CheckedFile>, Vec<&CheckedFile>) = of_signature.partition(|f| f.bad_rows.is_empty());
        if !clean.is_empty() {
            parts.push(files(&clean, false)?.select(selection(table, columns)));
        }
        for file in dirty {
            let bad: Vec<u64> = file.bad_rows.clone();
            let bad = Series::new("bad".into(), bad).cast(&DataType::UInt64)?;
            let keep = col(ROW).cast(DataType::UInt64).is_in(lit(bad).implode(true), false).not();
            parts.push(files(&[file], true)?.filter(keep).select(selection(table, columns)));
        }
    }
    match parts.len() {
        // A day whose files are missing, and may be.
        0 => Ok(nothing(table, columns).lazy()),
        1 => Ok(parts.swap_remove(0)),
        _ => concat(parts, UnionArgs { parallel: true, rechunk: false, ..UnionArgs::default() }),
    }
}

fn files(files: &[&CheckedFile], numbered: bool) -> PolarsResult<LazyFrame> {
    let paths = files.iter().map(|f| PlRefPath::new(f.local.to_string_lossy().as_ref()));
    let args = ScanArgsParquet {
        row_index: numbered.then(|| RowIndex { name: ROW.into(), offset: 0 }),
        // File names are names, not patterns.
        glob: false,
        cache: false,
        hive_options: polars::prelude::HiveOptions::new_disabled(),
        ..ScanArgsParquet::default()
    };
    LazyFrame::scan_parquet_sources(ScanSources::Paths(paths.collect()), args)
}

fn selection(table: &CheckedTable, columns: &[String]) -> Vec<Expr> {
    let of_contract = columns.iter().filter_map(|name| table.table.column(name));
    of_contract.map(|column| col(column.name).cast(type_of(column.column_type))).collect()
}

/// The table without a row.
fn nothing(table: &CheckedTable, columns: &[String]) -> DataFrame {
    let of_contract = columns.iter().filter_map(|name| table.table.column(name));
    let fields = of_contract.map(|column| Field::new(column.name.into(), type_of(column.column_type)));
    DataFrame::empty_with_schema(&Schema::from_iter(fields))
}

/// The type in which reductions see a column.
fn type_of(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Int(8) => DataType::Int8,
        ColumnType::Int(16) => DataType::Int16,
        ColumnType::Int(32) => DataType::Int32,
        ColumnType::Int(_) => DataType::Int64,
        ColumnType::Float64 => DataType::Float64,
        ColumnType::String => DataType::String,
        ColumnType::Date => DataType::Date,
        ColumnType::Timestamp => convert::utc(),
        ColumnType::StringList => DataType::List(Box::new(DataType::String)),
        ColumnType::FixedBinary(_) => DataType::Binary,
    }
}
