//! Between Arrow batches and Polars frames, column by column and without unsafe code: results are small.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array,
    StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{
    DataType as ArrowType, Date32Type, Field, Float64Type, Int32Type, Int64Type, Schema, SchemaRef,
    TimeUnit as ArrowUnit, TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatch;
use mirrorlake_sql::{ColumnType, Reduction};
use polars::prelude::{
    BinaryChunked, BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int32Chunked, Int64Chunked, IntoSeries,
    NewChunkedArray, PolarsResult, StringChunked, TimeUnit, TimeZone,
};

/// The Polars type of an instant of the contract.
pub fn utc() -> DataType {
    DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
}

/// The Arrow schema that a reduction declares.
pub fn schema(reduction: &Reduction) -> SchemaRef {
    let fields = reduction.meta.columns.iter().map(|c| {
        let arrow_type = match c.column_type {
            ColumnType::Bigint => ArrowType::Int64,
            ColumnType::Int => ArrowType::Int32,
            ColumnType::Double => ArrowType::Float64,
            ColumnType::Text => ArrowType::Utf8,
            ColumnType::Boolean => ArrowType::Boolean,
            ColumnType::Binary => ArrowType::Binary,
            ColumnType::Date => ArrowType::Date32,
            ColumnType::Timestamp => ArrowType::Timestamp(ArrowUnit::Microsecond, Some("UTC".into())),
        };
        Field::new(&c.name, arrow_type, c.nullable)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Turns a frame into a batch of exactly this schema; says which column does not fit, and why.
pub fn to_batch(frame: &DataFrame, schema: &SchemaRef) -> Result<RecordBatch, (String, String)> {
    if frame.width() != schema.fields().len() {
        let problem = format!("{} columns came back where {} are declared", frame.width(), schema.fields().len());
        return Err((String::new(), problem));
    }
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let fault = |problem: String| (field.name().clone(), problem);
        let column = frame.column(field.name()).map_err(|e| fault(e.to_string()))?;
        let array = to_array(column, field.data_type()).map_err(|e| fault(e.to_string()))?;
        let Some(array) = array else {
            return Err(fault(format!("the type is {} where {} is declared", column.dtype(), field.data_type())));
        };
        if !field.is_nullable() && array.null_count() > 0 {
            return Err(fault(format!("{} nulls where none are declared", array.null_count())));
        }
        columns.push(array);
    }
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(|e| (String::new(), e.to_string()))
}

fn to_array(column: &Column, wanted: &ArrowType) -> PolarsResult<Option<ArrayRef>> {
    let series = column.as_materialized_series();
    let found = series.dtype();
    Ok(Some(match wanted {
        ArrowType::Int64 if *found == DataType::Int64 => Arc::new(series.i64()?.iter().collect::<Int64Array>()),
        ArrowType::Int32 if *found == DataType::Int32 => Arc::new(series.i32()?.iter().collect::<Int32Array>()),
        ArrowType::Float64 if *found == DataType::Float64 => Arc::new(series.f64()?.iter().collect::<Float64Array>()),
        ArrowType::Utf8 if *found == DataType::String => Arc::new(series.str()?.iter().collect::<StringArray>()),
        ArrowType::Boolean if *found == DataType::Boolean => Arc::new(series.bool()?.iter().collect::<BooleanArray>()),
        ArrowType::Binary if *found == DataType::Binary => Arc::new(series.binary()?.iter().collect::<BinaryArray>()),
        ArrowType::Date32 if *found == DataType::Date => {
            let days = series.to_physical_repr().into_owned();
            Arc::new(days.i32()?.iter().collect::<Date32Array>())
        }
        ArrowType::Timestamp(..) if *found == utc() => {
            let micros = series.to_physical_repr().into_owned();
            Arc::new(micros.i64()?.iter().collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        _ => return Ok(None),
    }))
}

/// Turns a batch in one of the schemas of [`schema`] into a frame.
pub fn to_frame(batch: &RecordBatch) -> Result<DataFrame, String> {
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let name = field.name().as_str().into();
        let series = match field.data_type() {
            ArrowType::Int64 => {
                Int64Chunked::from_iter_options(name, array.as_primitive::<Int64Type>().iter()).into_series()
            }
            ArrowType::Int32 => {
                Int32Chunked::from_iter_options(name, array.as_primitive::<Int32Type>().iter()).into_series()
            }
            ArrowType::Float64 => {
                Float64Chunked::from_iter_options(name, array.as_primitive::<Float64Type>().iter()).into_series()
            }
            ArrowType::Utf8 => StringChunked::from_iter_options(name, array.as_string::<i32>().iter()).into_series(),
            ArrowType::Binary => BinaryChunked::from_iter_options(name, array.as_binary::<i32>().iter()).into_series(),
            ArrowType::Boolean => BooleanChunked::from_iter_options(name, array.as_boolean().iter()).into_series(),
            ArrowType::Date32 => {
                let days = Int32Chunked::from_iter_options(name, array.as_primitive::<Date32Type>().iter());
                days.into_series().cast(&DataType::Date).map_err(|e| e.to_string())?
            }
            ArrowType::Timestamp(ArrowUnit::Microsecond, Some(_)) => {
                let values = array.as_primitive::<TimestampMicrosecondType>();
                let micros = Int64Chunked::from_iter_options(name, values.iter());
                micros.into_series().cast(&utc()).map_err(|e| e.to_string())?
            }
            other => return Err(format!("column {}: no Polars type for {other}", field.name())),
        };
        columns.push(Column::from(series));
    }
    DataFrame::new(batch.num_rows(), columns).map_err(|e| e.to_string())
}
