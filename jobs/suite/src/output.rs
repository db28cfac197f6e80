//! Rows on standard output: as a table, CSV, JSON lines or a Parquet file.

use std::io::{IsTerminal, Write};
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int8Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use mirrorlake_lake::parquet_write::{ArrowWriter, ParquetError, parquet_writer};
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

/// Writes a file whole or not at all: beside its place first, then renamed into it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::new(ExitStatus::Failed, format!("cannot write {}: {e}", path.display()));
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
    file.persist(path).map(drop).map_err(|e| fail(e.error))
}

/// One cell as JSON.
fn cell(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
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
        DataType::Struct(fields) => {
            let columns = array.as_struct();
            let named = fields.iter().zip(columns.columns()).map(|(f, c)| (f.name().clone(), cell(c, row)));
            Value::Object(named.collect())
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

/// A cell of a CSV file.
fn csv_cell(value: &Value) -> String {
    let text = plain(value);
    if value.is_string() { csv_text(&text) } else { text }
}

/// Text in a CSV file: what a spreadsheet would take for a formula gets a leading apostrophe, also where white space,
/// invisible characters or full width hide it.
pub fn csv_text(text: &str) -> String {
    const INVISIBLE: [char; 6] = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{ad}'];
    let shown = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || INVISIBLE.contains(&c));
    let formula = text.starts_with(['\t', '\r']) || shown.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// Prints rows in a format; `chosen` are the columns of the table for a person, which shows no more than fit.
pub fn rows(batches: &[RecordBatch], format: Format, chosen: &[&str]) -> Result<(), Failure> {
    if format == Format::Table {
        return say(&table(batches, chosen));
    }
    let mut printer = Rows::new(format);
    for batch in batches {
        printer.print(batch)?;
    }
    printer.finish()
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

/// Prints batches of one schema as they come, so that no more than one is in memory.
pub struct Rows {
    format: Format,
    begun: bool,
    parquet: Option<ArrowWriter<Out>>,
}

/// Standard output whose reader may go away.
struct Out(std::io::Stdout);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write(bytes) {
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            done => done,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }
}

impl Rows {
    /// A printer for CSV, JSON lines or Parquet.
    pub fn new(format: Format) -> Self {
        Self { format, begun: false, parquet: None }
    }

    /// Prints the rows of a batch.
    pub fn print(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        match self.format {
            Format::Json => json(batch)?,
            Format::Parquet => self.parquet(batch)?,
            Format::Csv | Format::Table => csv(batch, !self.begun)?,
        }
        self.begun = true;
        Ok(())
    }

    fn parquet(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        if self.parquet.is_none() {
            if std::io::stdout().is_terminal() {
                return Err(Failure::usage("--format parquet is not for a terminal; redirect it into a file"));
            }
            self.parquet = Some(parquet_writer(Out(std::io::stdout()), batch.schema()).map_err(unwritten)?);
        }
        self.parquet.as_mut().map_or(Ok(()), |writer| writer.write(batch).map_err(unwritten))
    }

    /// Ends what has to be ended.
    pub fn finish(self) -> Result<(), Failure> {
        self.parquet.map_or(Ok(()), |writer| writer.close().map(drop).map_err(unwritten))
    }
}

fn unwritten(e: ParquetError) -> Failure {
    Failure::new(ExitStatus::Failed, e.to_string())
}

fn csv(batch: &RecordBatch, header: bool) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fail = |e: csv::Error| Failure::new(ExitStatus::Failed, e.to_string());
    if header {
        writer.write_record(names(std::slice::from_ref(batch))).map_err(fail)?;
    }
    for row in 0..batch.num_rows() {
        writer.write_record(batch.columns().iter().map(|c| csv_cell(&cell(c, row)))).map_err(fail)?;
    }
    write_out(&writer.into_inner().map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?)
}

fn json(batch: &RecordBatch) -> Result<(), Failure> {
    let mut text = String::new();
    let schema = batch.schema();
    for row in 0..batch.num_rows() {
        let line: Map<String, Value> =
            schema.fields().iter().zip(batch.columns()).map(|(f, c)| (f.name().clone(), cell(c, row))).collect();
        text.push_str(&Value::Object(line).to_string());
        text.push('\n');
    }
    say(&text)
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
