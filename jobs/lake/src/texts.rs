//! Texts of a Parquet file outside any lake: material that labels refer to.

use std::path::Path;

use arrow::array::{AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::check::guard;
use crate::error::LakeError;

/// Calls `each` with the values of two text columns, row by row; rows where either is null are left out.
///
/// # Errors
///
/// [`LakeError::Io`] where the file cannot be read; [`LakeError::Refused`] where it is no Parquet file or has no such columns.
pub fn read_texts(path: &Path, columns: [&str; 2], mut each: impl FnMut(&str, &str)) -> Result<(), LakeError> {
    let file = std::fs::File::open(path).map_err(LakeError::io("open", path))?;
    let name = path.display().to_string();
    let refuse = |problem: String| {
        let advice = "pass a Parquet file with the text columns lang and text";
        LakeError::refused(crate::Place::file(&name), "readable_parquet", problem, advice)
    };
    let read = guard(|| -> Result<(), String> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| e.to_string())?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns);
        let reader = builder.with_projection(mask).build().map_err(|e| e.to_string())?;
        for batch in reader {
            let batch = batch.map_err(|e| e.to_string())?;
            let column = |name: &str| -> Result<StringArray, String> {
                let column = batch.column_by_name(name).ok_or_else(|| format!("there is no column {name}"))?;
                let texts = cast(column, &DataType::Utf8).map_err(|e| format!("column {name}: {e}"))?;
                Ok(texts.as_string::<i32>().clone())
            };
            let (first, second) = (column(columns[0])?, column(columns[1])?);
            for pair in first.iter().zip(second.iter()) {
                if let (Some(first), Some(second)) = pair {
                    each(first, second);
                }
            }
        }
        Ok(())
    });
    read.map_err(&refuse)?.map_err(refuse)
}
