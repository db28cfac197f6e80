//! One sorted mart partition of many runs: what is copied and what is merged reads back alike.

#![allow(clippy::disallowed_methods, reason = "the tests look at what is written")]

mod comments;

use std::cell::Cell;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;
use comments::{Lake, Remember, TARGET, comments as ids, files_below, lenient, naive, rows_of, schema, written};
use mirrorlake_lake::check::Mapped;
use mirrorlake_lake::marts::Staging;
use mirrorlake_lake::parquet_write::keyed_parquet_writer;
use mirrorlake_lake::{LakeError, Location};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

fn mapped(lake: &Lake) -> Mapped {
    lake.map(&lenient(2), &Remember::default()).expect("mapped")
}

fn metadata(bytes: Vec<u8>) -> ParquetMetaData {
    ParquetMetaDataReader::new().parse_and_finish(&bytes::Bytes::from(bytes)).expect("Parquet")
}

fn group_rows(bytes: Vec<u8>) -> Vec<i64> {
    metadata(bytes).row_groups().iter().map(|g| g.num_rows()).collect()
}

#[test]
fn a_single_run_is_copied_to_the_byte() {
    for (rows, groups) in [(3, vec![3]), (300_000, vec![262_144, 37_856])] {
        let lake = Lake::of(&vec![vec![ids(0..rows)]]);
        let mapped = mapped(&lake);
        let (mart, bytes) = written(&mapped);
        assert_eq!(rows_of(&mart.batches), naive(&vec![vec![ids(0..rows)]], &mapped.checked));
        let run = std::fs::read(&mapped.runs[0].path).expect("read");
        assert!(bytes == run, "the copy of {rows} rows differs");
        assert_eq!(group_rows(bytes), groups);
    }
}

#[test]
fn copied_and_merged_files_read_back_alike() {
    let (n, half) = (140_000, 70_000);
    let apart = Lake::of(&vec![vec![ids(half..n)], vec![ids(0..half)]]);
    let meeting = Lake::of(&vec![vec![ids((0..n).step_by(2))], vec![ids((1..n).step_by(2))]]);
    let (copied, copied_bytes) = written(&mapped(&apart));
    let (merged, merged_bytes) = written(&mapped(&meeting));
    assert!(rows_of(&copied.batches) == rows_of(&merged.batches));
    assert_eq!(copied.schema, merged.schema);
    assert_eq!(group_rows(copied_bytes.clone()), [half, half]);
    assert_eq!(group_rows(merged_bytes.clone()), [n]);
    // Beside the rows the files say the same, and what the Arrow writer would say.
    let plain = keyed_parquet_writer(Vec::new(), schema()).expect("a writer").into_inner().expect("closed");
    let empty = written(&mapped(&Lake::of(&vec![vec![]]))).1;
    assert!(empty == plain, "an empty file of its own kind");
    let plain = metadata(plain);
    for other in [metadata(copied_bytes), metadata(merged_bytes)] {
        let (plain, other) = (plain.file_metadata(), other.file_metadata());
        assert_eq!(other.created_by(), plain.created_by());
        assert_eq!(other.key_value_metadata(), plain.key_value_metadata());
        assert_eq!((other.version(), other.schema()), (plain.version(), plain.schema()));
    }
}

#[test]
fn small_neighbours_share_row_groups_and_large_runs_keep_theirs() {
    let large = 65_536;
    // Small, small, large, small that meet, large; then small ones beyond what a row group holds.
    let mut groups = vec![ids(0..10), ids(10..20), ids(1000..1000 + large), ids([200_000, 200_002])];
    groups.extend([ids([200_001, 200_003]), ids(300_000..300_000 + large)]);
    groups.extend((0..5).map(|n| ids(400_000 + n * 60_000..400_000 + (n + 1) * 60_000)));
    groups.swap(0, 5);
    let files = vec![groups];
    let lake = Lake::of(&files);
    let mapped = mapped(&lake);
    let (mart, bytes) = written(&mapped);
    assert!(rows_of(&mart.batches) == naive(&files, &mapped.checked));
    assert_eq!(group_rows(bytes), [20, large, 4, large, 240_000, 60_000]);
}

#[test]
fn a_large_run_that_another_meets_is_merged_within_the_bound() {
    let files = vec![vec![ids((0..600_000).step_by(2))], vec![ids([-3, 77, 599_999])]];
    let lake = Lake::of(&files);
    let mapped = mapped(&lake);
    let (mart, bytes) = written(&mapped);
    assert!(rows_of(&mart.batches) == naive(&files, &mapped.checked));
    assert_eq!(group_rows(bytes), [262_144, 37_859]);
}

#[test]
fn a_signal_stops_the_writing_and_leaves_nothing() {
    let lake = Lake::of(&vec![(0..200).map(|g| ids((0..300).map(|k| k * 200 + g))).collect()]);
    let mapped = mapped(&lake);
    let folder = tempfile::tempdir().expect("a folder");
    let marts = Location::Local(folder.path().to_owned());
    for after in [0, 1, 3, 9] {
        let asked = Cell::new(0);
        let cancelled = || asked.replace(asked.get() + 1) >= after;
        let mut staging = Staging::begin(&marts, TARGET, "run").expect("begun");
        let stopped = staging.write_runs(&schema(), &mapped.runs, &cancelled);
        assert!(matches!(stopped, Err(LakeError::Cancelled)), "after {after}");
        drop(staging);
        assert_eq!(files_below(folder.path()), 0);
        assert_eq!(lake.spooled(), 201, "the runs and their folder");
    }
    drop(mapped);
    assert_eq!(lake.spooled(), 0);
}

#[test]
fn rows_beyond_a_row_group_read_back_from_columns_without_dictionaries() {
    use mirrorlake_lake::marts::{Manifest, commit_all, read_mart};
    use parquet::basic::Encoding;
    let marts = tempfile::tempdir().expect("a folder");
    let location = Location::Local(marts.path().to_owned());
    for (day, rows, has_dictionary) in [("2026-01-01", 262_144, true), ("2026-01-02", 262_145, false)] {
        let target = format!("comment_sums/dt={day}");
        let ids = Arc::new(Int64Array::from_iter_values(0..rows));
        let nulls = Arc::new((0..rows).map(|n| (n % 3 > 0).then_some(n % 500)).collect::<Int64Array>());
        let batch =
            RecordBatch::try_from_iter([("listing_id", ids as ArrayRef), ("brand_id", nulls)]).expect("a batch");
        let mut staging = Staging::begin(&location, &target, "run").expect("begun");
        assert_eq!(staging.write_rows(&batch.schema(), std::slice::from_ref(&batch)).expect("written"), rows as u64);
        commit_all(vec![(staging, Manifest::default())], &|| false).expect("committed");
        let read = read_mart(&location, &target).expect("read").batches;
        assert_eq!(concat_batches(&batch.schema(), &read).expect("one batch"), batch);
        let bytes = std::fs::read(marts.path().join(&target).join("part-00000.parquet")).expect("read");
        for column in metadata(bytes).row_groups().iter().flat_map(|g| g.columns().to_vec()) {
            let delta = column.encodings().any(|e| e == Encoding::DELTA_BINARY_PACKED);
            assert_eq!((column.dictionary_page_offset().is_some(), delta), (has_dictionary, !has_dictionary));
        }
    }
}
