//! Lakes of comments for the tests of mapping, and a map that remembers what it was shown.

#![allow(clippy::disallowed_methods, reason = "the tests write lakes and look at what is written")]

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int8Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int8Type, Int64Type, Schema, SchemaRef};
use mirrorlake_lake::check::{CheckedTable, Checking, Mapped, Options, RowMap, map_table};
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::marts::{Manifest, MartPartition, Staging, commit_all, read_mart};
use mirrorlake_lake::parquet_write::{ROW_GROUP_ROWS, parquet_writer};
use mirrorlake_lake::schema::canonical_schema;
use mirrorlake_lake::snapshot::{Selection, TableSnapshot, select};
use mirrorlake_lake::{LakeError, Location};
use mirrorlake_model::AsOf;
use parquet::arrow::arrow_writer::compute_leaves;
use parquet::file::reader::{FileReader, SerializedFileReader};
use tempfile::TempDir;

pub const TARGET: &str = "comment_signals/dt=2026-11-16";
/// Noon of the day in Shanghai.
pub const NOON: i64 = 1_794_801_600_000_000;

/// A comment as it stands in the lake.
#[derive(Clone, Debug)]
pub struct Comment {
    pub id: Option<i64>,
    pub at: i64,
    pub merchant: Option<i64>,
    pub rating: i8,
    pub text: String,
}

pub fn comment(id: i64) -> Comment {
    Comment {
        id: Some(id),
        at: NOON,
        merchant: Some(id / 7),
        rating: (id.rem_euclid(5) + 1) as i8,
        text: format!("no {id}"),
    }
}

pub fn comments(ids: impl IntoIterator<Item = i64>) -> Vec<Comment> {
    ids.into_iter().map(comment).collect()
}

/// Files of row groups of comments.
pub type Files = Vec<Vec<Vec<Comment>>>;

pub fn columns(rows: &[Comment]) -> Vec<ArrayRef> {
    let ints =
        |f: &dyn Fn(&Comment) -> Option<i64>| -> ArrayRef { Arc::new(rows.iter().map(f).collect::<Int64Array>()) };
    let at: TimestampMicrosecondArray = rows.iter().map(|c| Some(c.at)).collect();
    vec![
        ints(&|c| c.id),
        Arc::new(at.with_timezone("UTC")),
        ints(&|c| c.merchant),
        ints(&|_| Some(1)),
        ints(&|c| c.id.filter(|id| id % 3 == 0)),
        ints(&|_| Some(2)),
        Arc::new(rows.iter().map(|c| Some(c.rating)).collect::<Int8Array>()),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|c| &c.text))),
    ]
}

/// A lake with one finished partition of comments.
pub struct Lake {
    folder: TempDir,
    pub spool: TempDir,
}

impl Lake {
    pub fn of(files: &Files) -> Self {
        let lake = Self::empty();
        let fields = canonical_schema(table());
        let fields = fields.fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect::<Vec<_>>();
        let schema = Arc::new(Schema::new(fields));
        for (number, groups) in files.iter().enumerate() {
            let groups: Vec<Vec<ArrayRef>> = groups.iter().map(|rows| columns(rows)).collect();
            lake.add(&format!("part-{number:03}.parquet"), &schema, &groups);
        }
        lake
    }

    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let partition = folder.path().join("comments/dt=2026-11-16");
        std::fs::create_dir_all(&partition).expect("a partition");
        File::create(partition.join("_SUCCESS")).expect("finished");
        Self { folder, spool: tempfile::tempdir().expect("a folder") }
    }

    /// Adds a file with exactly these row groups, empty ones included.
    pub fn add(&self, name: &str, schema: &SchemaRef, groups: &[Vec<ArrayRef>]) {
        let file = File::create(self.folder.path().join("comments/dt=2026-11-16").join(name)).expect("created");
        let (mut writer, factory) =
            parquet_writer(file, Arc::clone(schema)).expect("a writer").into_serialized_writer().expect("a writer");
        for (number, columns) in groups.iter().enumerate() {
            let mut group = writer.next_row_group().expect("a row group");
            let writers = factory.create_column_writers(number).expect("writers");
            for ((mut writer, field), column) in writers.into_iter().zip(schema.fields()).zip(columns) {
                for leaf in compute_leaves(field, column).expect("leaves") {
                    writer.write(&leaf).expect("written");
                }
                writer.close().expect("closed").append_to_row_group(&mut group).expect("appended");
            }
            group.close().expect("closed");
        }
        writer.close().expect("closed");
    }

    pub fn snapshot(&self) -> TableSnapshot {
        let lake = Location::Local(self.folder.path().to_owned());
        let selection = Selection { as_of: as_of(), days: 1, allow_missing_days: false, tolerance_days: None };
        select(&lake, table(), selection).expect("selected")
    }

    pub fn map(&self, options: &Options, map: &Remember) -> Result<Mapped, LakeError> {
        map_table(&self.snapshot(), self.checking(options, &|| false), map)
    }

    pub fn checking<'a>(&'a self, options: &'a Options, cancelled: &'a (dyn Fn() -> bool + Sync)) -> Checking<'a> {
        Checking { as_of: as_of(), options, spool: self.spool.path(), cancelled, progress: &|_| {} }
    }

    /// Everything that lies in the spool.
    pub fn spooled(&self) -> usize {
        files_below(self.spool.path())
    }
}

pub fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("listed").map(|e| e.expect("an entry").path());
    entries.map(|e| if e.is_dir() { 1 + files_below(&e) } else { 1 }).sum()
}

pub fn table() -> &'static Table {
    Table::find("comments").expect("a table")
}

fn as_of() -> AsOf {
    AsOf { day: "2026-11-16".parse().expect("a day"), time_zone: chrono_tz::Asia::Shanghai }
}

/// Half of the rows may be bad.
pub fn lenient(threads: usize) -> Options {
    Options { max_bad_share: 0.5, threads, ..Options::default() }
}

/// What the map makes of a comment.
pub type Row = (i64, Option<i64>, i8, String);

/// The mapped sound rows, made without any of the machinery under test.
pub fn naive(files: &Files, checked: &CheckedTable) -> Vec<Row> {
    let bad: BTreeSet<(usize, u64)> = checked.faults.iter().map(|f| (f.file, f.row)).collect();
    let mut rows: Vec<Row> = Vec::new();
    for (file, groups) in files.iter().enumerate() {
        for (row, comment) in groups.iter().flatten().enumerate() {
            if let (Some(id), false) = (comment.id, bad.contains(&(file, row as u64))) {
                let brand = Some(id).filter(|id| id % 3 == 0);
                rows.push((id, brand, comment.rating, format!("{} stars: {}", comment.rating, comment.text)));
            }
        }
    }
    rows.sort();
    rows
}

/// Writes runs as a mart partition; its rows, and the bytes of its file.
pub fn written(mapped: &Mapped) -> (MartPartition, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let marts = Location::Local(folder.path().to_owned());
    let mut staging = Staging::begin(&marts, TARGET, "run").expect("begun");
    let rows = staging.write_runs(&schema(), &mapped.runs, &|| false).expect("written");
    assert_eq!(rows, mapped.runs.iter().map(|r| r.rows).sum::<u64>());
    commit_all(vec![(staging, Manifest::default())], &|| false).expect("published");
    let path = folder.path().join(TARGET).join("part-00000.parquet");
    let reader = SerializedFileReader::new(File::open(&path).expect("opened")).expect("Parquet");
    for group in reader.metadata().row_groups() {
        assert!((1..=ROW_GROUP_ROWS as i64).contains(&group.num_rows()), "{} rows", group.num_rows());
    }
    let mart = read_mart(&marts, TARGET).expect("read");
    assert_eq!((mart.manifest.rows_out, &mart.schema), (rows, &schema()));
    (mart, std::fs::read(path).expect("read"))
}

pub fn rows_of(batches: &[RecordBatch]) -> Vec<Row> {
    let row = |batch: &RecordBatch, row: usize| {
        let brand = batch.column(1).as_primitive::<Int64Type>();
        (
            batch.column(0).as_primitive::<Int64Type>().value(row),
            brand.is_valid(row).then(|| brand.value(row)),
            batch.column(2).as_primitive::<Int8Type>().value(row),
            batch.column(3).as_string::<i32>().value(row).to_owned(),
        )
    };
    batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |r| row(batch, r))).collect()
}

pub fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("comment_id", DataType::Int64, false),
        Field::new("brand_id", DataType::Int64, true),
        Field::new("rating", DataType::Int8, false),
        Field::new("label", DataType::Utf8, false),
        Field::new("score", DataType::Float64, true),
    ]))
}

/// What a map does wrong.
pub type Mischief = fn(RecordBatch) -> RecordBatch;

/// A map that keeps the keys it observes, and can be told to misbehave.
#[derive(Default)]
pub struct Remember {
    pub seen: Mutex<Vec<i64>>,
    pub restarts: Mutex<usize>,
    pub mischief: Option<Mischief>,
}

impl RowMap for Remember {
    fn schema(&self) -> SchemaRef {
        schema()
    }

    fn map(&self, columns: &[ArrayRef]) -> Result<RecordBatch, LakeError> {
        for (column, field) in columns.iter().zip(canonical_schema(table()).fields()) {
            let expected = Some(field.data_type()).filter(|t| **t != DataType::Utf8).unwrap_or(&DataType::Utf8View);
            assert_eq!(column.data_type(), expected, "{}", field.name());
        }
        assert!(!columns[0].is_empty(), "an empty batch");
        let (ratings, texts) = (columns[6].as_primitive::<Int8Type>(), columns[7].as_string_view());
        let labels = (0..texts.len()).map(|row| format!("{} stars: {}", ratings.value(row), texts.value(row)));
        let labels: ArrayRef = Arc::new(StringArray::from_iter_values(labels));
        let score = |row: usize| Some(f64::from(ratings.value(row)) / 5.0).filter(|score| *score > 0.5);
        let scores: ArrayRef = Arc::new((0..texts.len()).map(score).collect::<Float64Array>());
        let columns = vec![Arc::clone(&columns[0]), Arc::clone(&columns[4]), Arc::clone(&columns[6]), labels, scores];
        let batch = RecordBatch::try_new(schema(), columns).expect("a batch");
        Ok(self.mischief.map_or(batch.clone(), |mischief| mischief(batch)))
    }

    fn observe(&self, rows: &RecordBatch) -> Result<(), LakeError> {
        self.seen.lock().expect("a lock").extend(rows.column(0).as_primitive::<Int64Type>().values());
        Ok(())
    }

    fn restart(&self) {
        self.seen.lock().expect("a lock").clear();
        *self.restarts.lock().expect("a lock") += 1;
    }
}
