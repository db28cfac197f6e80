//! Small files that decode to very large ones: refused, or handled in memory that does not grow with them.

use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::support::marts::refused;
use crate::support::{DAY, Lake, footer};

/// Four GiB of address space, in KiB: the program and its threads fit, a hundred decoded gigabytes do not.
const FOUR_GIB: u64 = 4 << 20;

/// A text column that repeats one value `rows` times, as a dictionary of one entry.
fn one_value(value: &str, rows: usize) -> ArrayRef {
    let keys = Int32Array::from(vec![0; rows]);
    let values: ArrayRef = Arc::new(StringArray::from(vec![value]));
    Arc::new(DictionaryArray::new(keys, values))
}

/// One sound takedown repeated, with `column` (or an extra one) replaced by one value: `groups` row groups of `rows`
/// rows that all lie at the same place of the file.
fn bomb(lake: &Lake, column: &str, value: &str, rows: usize, groups: usize) -> Vec<u8> {
    let table = lake.table("takedowns").slice(2..3);
    let small = table.batch();
    let indices = arrow::array::UInt32Array::from(vec![0; rows]);
    let mut fields: Vec<Field> = small.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
    let mut arrays: Vec<ArrayRef> =
        small.columns().iter().map(|c| arrow::compute::take(c, &indices, None).expect("taken")).collect();
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    match fields.iter().position(|f| f.name() == column) {
        Some(at) => {
            fields[at] = Field::new(column, dictionary, true);
            arrays[at] = one_value(value, rows);
        }
        None => {
            fields.push(Field::new(column, dictionary, true));
            arrays.push(one_value(value, rows));
        }
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("a batch");
    let zstd = Compression::ZSTD(ZstdLevel::try_new(9).expect("a level"));
    // The dictionary may grow as it must: the file is to stay small.
    let properties = WriterProperties::builder().set_compression(zstd).set_dictionary_page_size_limit(64 << 20).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    footer::changed(&bytes, |meta| footer::repeated(meta, groups))
}

#[test]
fn a_long_value_repeated_by_a_dictionary_is_refused_in_flat_memory() {
    // 300 times 700 MiB of text: about 200 GB in a file of a few kilobytes.
    let lake = Lake::sound();
    let bytes = bomb(&lake, "outcome", &"x".repeat(1 << 20), 700, 300);
    assert!(bytes.len() < 1 << 20, "a bomb is small, this is {} bytes", bytes.len());
    lake.put_files("takedowns", DAY, &[("part-0.parquet", bytes)]);
    refused(&lake, lake.sla().run_within(FOUR_GIB), &["table takedowns", "file part-0.parquet"]);
}

#[test]
fn a_bomb_in_a_column_that_nobody_reads_does_no_harm() {
    let lake = Lake::sound();
    let bytes = bomb(&lake, "remarks", &"x".repeat(1 << 20), 700, 300);
    lake.put_files("takedowns", DAY, &[("part-0.parquet", bytes)]);
    let config = lake.config("max_bad_share = 1.0\n");
    // All rows but the first repeat its key.
    lake.sla().with("--config", config).run_within(FOUR_GIB).ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 1);
}

#[test]
fn a_value_above_the_cap_is_refused_by_its_rule() {
    let lake = Lake::sound();
    lake.edit("claim_holds", |t| t.set(7, "reason", "y".repeat((16 << 20) + 1)));
    let parts = ["table claim_holds", "file part-0.parquet", "column reason", "row 7", "rule decompression_cap"];
    refused(&lake, lake.sla().run(), &parts);
}

#[test]
fn a_value_below_the_cap_is_read() {
    let lake = Lake::sound();
    lake.edit("claim_holds", |t| t.set(7, "reason", "y".repeat(15 << 20)));
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

#[test]
fn the_caps_are_configured() {
    let lake = Lake::sound();
    lake.edit("claim_holds", |t| t.set(7, "reason", "y".repeat(2_000)));
    let config = lake.config("[caps]\nvalue_bytes = 1000\n");
    let output = lake.sla().with("--config", config).run();
    refused(&lake, output, &["column reason", "row 7", "rule decompression_cap"]);

    let config = lake.config("[caps]\nfile_rows = 399\n");
    let output = lake.sla().with("--config", config).run();
    refused(&lake, output, &["table takedowns", "400 rows", "cap of 399", "rule decompression_cap"]);
}

#[test]
fn millions_of_equal_rows_are_refused_in_flat_memory() {
    // Three million rows of run lengths: a few kilobytes on disk, and all but the first repeat a key.
    let lake = Lake::sound();
    let bytes = bomb(&lake, "outcome", "removed", 300_000, 10);
    lake.put_files("takedowns", DAY, &[("part-0.parquet", bytes)]);
    let output = lake.sla().run_within(FOUR_GIB);
    refused(&lake, output, &["table takedowns", "a repeated key", "rule unique_key"]);
}
