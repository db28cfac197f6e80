//! A table as rows of cells: easy to break in one place, and written to Parquet in whatever layout a test asks for.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, FixedSizeBinaryArray, Float64Array, Int64Array, ListBuilder, RecordBatch, StringArray,
    StringBuilder, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Null.
    Null,
    /// Integer of any width.
    Int(i64),
    /// Text.
    Text(String),
    /// Microseconds since the epoch.
    Instant(i64),
    /// Days since the epoch.
    Date(i32),
    /// Double.
    Real(f64),
    /// Texts.
    List(Vec<String>),
    /// Bytes of a fixed number.
    Bytes(Vec<u8>),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A column: its name and the Arrow type in which it is written.
pub type Column = (String, DataType);

/// `timestamp[us, UTC]`, as the contract has it.
pub fn instant_type(unit: TimeUnit) -> DataType {
    DataType::Timestamp(unit, Some("UTC".into()))
}

/// A table of the lake.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name of the folder.
    pub name: &'static str,
    /// Columns in the order in which they are written.
    pub columns: Vec<Column>,
    /// Rows, cell by column.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table from `name:type` words; the types are i8, i32, i64, text, ts, date, f64, texts and b32.
    pub fn new(name: &'static str, columns: &str) -> Self {
        let column = |word: &str| {
            let (name, kind) = word.split_once(':').expect("name:type");
            let data_type = match kind {
                "i8" => DataType::Int8,
                "i32" => DataType::Int32,
                "i64" => DataType::Int64,
                "text" => DataType::Utf8,
                "ts" => instant_type(TimeUnit::Microsecond),
                "date" => DataType::Date32,
                "f64" => DataType::Float64,
                "texts" => DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
                "b32" => DataType::FixedSizeBinary(32),
                other => panic!("unknown type {other}"),
            };
            (name.to_owned(), data_type)
        };
        Self { name, columns: columns.split_whitespace().map(column).collect(), rows: Vec::new() }
    }

    /// The same with more rows.
    pub fn with_rows(mut self, rows: impl IntoIterator<Item = impl Into<Vec<Cell>>>) -> Self {
        self.rows.extend(rows.into_iter().map(Into::into));
        self
    }

    /// Position of a column.
    #[track_caller]
    pub fn position(&self, column: &str) -> usize {
        self.columns.iter().position(|(name, _)| name == column).unwrap_or_else(|| panic!("no column {column}"))
    }

    /// Puts a value into a cell.
    pub fn set(&mut self, row: usize, column: &str, value: impl Into<Cell>) {
        let position = self.position(column);
        self.rows[row][position] = value.into();
    }

    /// Puts an instant into a cell.
    pub fn set_instant(&mut self, row: usize, column: &str, micros: i64) {
        self.set(row, column, Cell::Instant(micros));
    }

    /// The value of a cell.
    pub fn get(&self, row: usize, column: &str) -> &Cell {
        &self.rows[row][self.position(column)]
    }

    /// Leaves a column out.
    pub fn drop_column(&mut self, column: &str) {
        let position = self.position(column);
        self.columns.remove(position);
        for row in &mut self.rows {
            row.remove(position);
        }
    }

    /// Writes a column in another type.
    pub fn retype(&mut self, column: &str, data_type: DataType) {
        let position = self.position(column);
        self.columns[position].1 = data_type;
    }

    /// Writes every column of a type in another one.
    pub fn retype_all(&mut self, of: &DataType, to: &DataType) {
        for (_, data_type) in self.columns.iter_mut().filter(|(_, t)| t == of) {
            to.clone_into(data_type);
        }
    }

    /// The rows as one batch. All fields are nullable: that a value is there is for the contract check to say.
    pub fn batch(&self) -> RecordBatch {
        let fields: Vec<Field> = self.columns.iter().map(|(n, t)| Field::new(n, t.clone(), true)).collect();
        let arrays = (0..self.columns.len()).map(|c| self.array(c)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("a batch")
    }

    fn array(&self, column: usize) -> ArrayRef {
        let data_type = &self.columns[column].1;
        let cells = || self.rows.iter().map(|row| &row[column]);
        let some = cells().find(|c| **c != Cell::Null);
        let plain: ArrayRef = match some {
            None => return arrow::array::new_null_array(data_type, self.rows.len()),
            Some(Cell::Int(_)) => Arc::new(cells().map(int).collect::<Int64Array>()),
            Some(Cell::Text(_)) => Arc::new(cells().map(text).collect::<StringArray>()),
            Some(Cell::Instant(_)) => {
                Arc::new(cells().map(instant).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
            }
            Some(Cell::Date(_)) => Arc::new(cells().map(day).collect::<Date32Array>()),
            Some(Cell::Real(_)) => Arc::new(cells().map(real).collect::<Float64Array>()),
            Some(Cell::List(_)) => {
                let mut list = ListBuilder::new(StringBuilder::new());
                for cell in cells() {
                    let values = if let Cell::List(values) = cell { Some(values) } else { None };
                    for value in values.into_iter().flatten() {
                        list.values().append_value(value);
                    }
                    list.append(values.is_some());
                }
                Arc::new(list.finish())
            }
            Some(Cell::Bytes(first)) => {
                let width = i32::try_from(first.len()).expect("few bytes");
                let array = FixedSizeBinaryArray::try_from_sparse_iter_with_size(cells().map(bytes), width);
                Arc::new(array.expect("bytes of one length"))
            }
            Some(Cell::Null) => unreachable!("nulls were passed over"),
        };
        cast(&plain, data_type).unwrap_or_else(|e| panic!("{}: {e}", self.columns[column].0))
    }

    /// The table as the bytes of a Parquet file, with row groups of at most `group_rows`.
    pub fn parquet(&self, properties: WriterProperties) -> Vec<u8> {
        let batch = self.batch();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
        bytes
    }

    /// Some of the rows as a table of their own.
    pub fn slice(&self, rows: std::ops::Range<usize>) -> Self {
        Self { rows: self.rows[rows].to_vec(), ..self.clone() }
    }
}

macro_rules! picks {
    ($($name:ident: $variant:ident -> $type:ty),+) => {
        $(fn $name(cell: &Cell) -> Option<$type> {
            match cell {
                Cell::$variant(value) => Some(value.clone()),
                Cell::Null => None,
                other => panic!("{other:?} in a column of other values"),
            }
        })+
    };
}
picks!(int: Int -> i64, text: Text -> String, instant: Instant -> i64, day: Date -> i32, real: Real -> f64, bytes: Bytes -> Vec<u8>);
