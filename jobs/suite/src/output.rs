//! Rows on standard output: as a table, CSV, JSON lines or a Parquet file.

use std::io::{IsTerminal, Write};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use mirrorlake_lake::parquet_write::parquet_writer;
use mirrorlake_model::ExitStatus;
use mirrorlake_model::text::printable;
use serde_json::{Map, Value};

use crate::args::Format;
use crate::failure::Failure;

/// Rows of a table printed for a person before the rest is only counted.
const TABLE_ROWS: usize = 40;

/// Writes text to standard output; a reader that has gone away is not an error.
pub fn say(text: &str) -> Result<(), Failure> {
    write_out(text.as_bytes())
}

fn write_out(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(()),
    }
}

/// One cell as JSON.
fn cell(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Date32 => {
            array.as_primitive::<Date32Type>().value_as_date(row).map_or(Value::Null, |d| d.to_string().into())
        }
        DataType::Timestamp(..) => array
            .as_primitive::<TimestampMicrosecondType>()
            .value_as_datetime(row)
            .map_or(Value::Null, |t| format!("{}Z", t.format("%Y-%m-%dT%H:%M:%S%.f")).into()),
        DataType::List(_) => {
            let list = array.as_list::<i32>().value(row);
            (0..list.len()).map(|i| cell(&list, i)).collect::<Vec<_>>().into()
        }
        other => format!("({other})").into(),
    }
}

/// One cell as plain text: empty where null, list items joined with a semicolon.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

/// A cell of a CSV file: text that a spreadsheet would take for a formula gets a leading apostrophe.
fn csv_cell(value: &Value) -> String {
    let text = plain(value);
    let formula = value.is_string() && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text }
}

/// Prints rows in a format; `chosen` are the columns of the table for a person, which shows no more than fit.
pub fn rows(batches: &[RecordBatch], format: Format, chosen: &[&str]) -> Result<(), Failure> {
    match format {
        Format::Table => say(&table(batches, chosen)),
        Format::Csv => csv(batches),
        Format::Json => json(batches),
        Format::Parquet => parquet(batches),
    }
}

fn names(batches: &[RecordBatch]) -> Vec<String> {
    batches.first().map(|b| b.schema().fields().iter().map(|f| f.name().clone()).collect()).unwrap_or_default()
}

fn table(batches: &[RecordBatch], chosen: &[&str]) -> String {
    let all = names(batches);
    let shown: Vec<usize> = if chosen.is_empty() {
        (0..all.len()).collect()
    } else {
        chosen.iter().filter_map(|c| all.iter().position(|name| name == c)).collect()
    };
    let total: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let mut lines = Vec::new();
    'batches: for batch in batches {
        for row in 0..batch.num_rows() {
            if lines.len() == TABLE_ROWS {
                break 'batches;
            }
            lines.push(shown.iter().map(|&c| person(&cell(batch.column(c), row))).collect::<Vec<String>>());
        }
    }
    let header: Vec<&str> = shown.iter().map(|&c| all[c].as_str()).collect();
    let mut text = aligned(&header, &lines);
    if total > TABLE_ROWS {
        text.push_str(&format!("… {} more rows; --format csv, json or parquet prints all\n", total - TABLE_ROWS));
    }
    text
}

/// A value as a person reads it in a table: rates and hours to four digits, unprintable characters shown.
fn person(value: &Value) -> String {
    match value {
        Value::Number(n) if n.is_f64() => n.as_f64().map_or_else(String::new, |f| format!("{f:.4}")),
        Value::Null => "–".to_owned(),
        other => printable(&plain(other), 60),
    }
}

/// Lines under a header, aligned; numbers to the right.
pub fn aligned(header: &[&str], lines: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header.to_vec());
    if std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    for line in lines {
        table.add_row(line);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        let numeric =
            |line: &Vec<String>| line.get(index).is_some_and(|c| c == "–" || c.replace(',', "").parse::<f64>().is_ok());
        if !lines.is_empty() && lines.iter().all(numeric) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if lines.is_empty() {
        text.push_str("(no rows)\n");
    }
    text
}

/// Prints the lines of a small listing as a table or CSV.
pub fn listing(header: &[&str], lines: &[Vec<String>], format: Format) -> Result<(), Failure> {
    if format != Format::Csv {
        return say(&aligned(header, lines));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fail = |e: csv::Error| Failure::new(ExitStatus::Failed, e.to_string());
    writer.write_record(header).map_err(fail)?;
    for line in lines {
        writer.write_record(line.iter().map(|cell| csv_cell(&cell.as_str().into()))).map_err(fail)?;
    }
    write_out(&writer.into_inner().map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?)
}

fn csv(batches: &[RecordBatch]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fail = |e: csv::Error| Failure::new(ExitStatus::Failed, e.to_string());
    writer.write_record(names(batches)).map_err(fail)?;
    for batch in batches {
        for row in 0..batch.num_rows() {
            writer.write_record(batch.columns().iter().map(|c| csv_cell(&cell(c, row)))).map_err(fail)?;
        }
    }
    let bytes = writer.into_inner().map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?;
    write_out(&bytes)
}

fn json(batches: &[RecordBatch]) -> Result<(), Failure> {
    let mut text = String::new();
    for batch in batches {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let line: Map<String, Value> =
                schema.fields().iter().zip(batch.columns()).map(|(f, c)| (f.name().clone(), cell(c, row))).collect();
            text.push_str(&Value::Object(line).to_string());
            text.push('\n');
        }
    }
    say(&text)
}

fn parquet(batches: &[RecordBatch]) -> Result<(), Failure> {
    if std::io::stdout().is_terminal() {
        return Err(Failure::usage("--format parquet is not for a terminal; redirect it into a file"));
    }
    let Some(first) = batches.first() else { return Ok(()) };
    let fail = |e: mirrorlake_lake::parquet_write::ParquetError| Failure::new(ExitStatus::Failed, e.to_string());
    let mut writer = parquet_writer(Vec::new(), first.schema()).map_err(fail)?;
    for batch in batches {
        writer.write(batch).map_err(fail)?;
    }
    write_out(&writer.into_inner().map_err(fail)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_in_csv_and_numbers_are_not() {
        assert_eq!(csv_cell(&"=1+1".into()), "'=1+1");
        assert_eq!(csv_cell(&"@x".into()), "'@x");
        assert_eq!(csv_cell(&(-5).into()), "-5");
        assert_eq!(csv_cell(&serde_json::json!(["a", "b"])), "a;b");
    }
}
