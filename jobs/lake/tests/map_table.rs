//! Comments mapped while they are checked: what comes out is what a naive map of the sound rows gives.

mod comments;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use arrow::array::{ArrayRef, AsArray, NullArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, TimeUnit};
use comments::{
    Comment, Files, Lake, Mischief, NOON, Remember, comment, files_below, lenient, naive, rows_of, written,
};
use mirrorlake_lake::LakeError;
use mirrorlake_lake::check::{CheckedTable, Checking, Mapped, Options, References, check_table, map_table};
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::snapshot::TableSnapshot;

/// Maps, writes and reads back at several numbers of threads; everything must be as the naive map has it.
fn holds(name: &str, files: &Files, restarts: usize) -> Mapped {
    let lake = Lake::of(files);
    let mut before: Option<Vec<u8>> = None;
    let mut last = None;
    for threads in [1, 2, 7] {
        let options = lenient(threads);
        let checked = check(&lake, &options).expect("checked");
        let map = Remember::default();
        let mapped = lake.map(&options, &map).expect("mapped");
        assert_eq!(format!("{:?}", mapped.checked), format!("{checked:?}"), "{name}, {threads} threads");
        let expected = naive(files, &checked);
        let (mart, bytes) = written(&mapped);
        assert!(rows_of(&mart.batches) == expected, "{name}, {threads} threads: other rows");
        let mut seen = map.seen.lock().expect("a lock").clone();
        seen.sort_unstable();
        assert!(seen == expected.iter().map(|r| r.0).collect::<Vec<_>>(), "{name}, {threads} threads: seen otherwise");
        assert_eq!(*map.restarts.lock().expect("a lock"), restarts, "{name}");
        assert!(before.is_none_or(|before| before == bytes), "{name}: other bytes at {threads} threads");
        before = Some(bytes);
        last = Some(mapped);
        assert_eq!(lake.spooled(), last.as_ref().map_or(0, files_left), "{name}");
    }
    last.expect("three runs")
}

/// The numbers 0…`n`−1 in an order that looks like none.
fn shuffled(n: i64) -> Vec<i64> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut numbers: Vec<i64> = (0..n).collect();
    for i in (1..numbers.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        numbers.swap(i, (state % (i as u64 + 1)) as usize);
    }
    numbers
}

fn check(lake: &Lake, options: &Options) -> Result<CheckedTable, LakeError> {
    check_table(&lake.snapshot(), lake.checking(options, &|| false), &mut References::default(), false)
}

/// The runs and their folder, which goes where there is no run.
fn files_left(mapped: &Mapped) -> usize {
    if mapped.runs.is_empty() { 0 } else { mapped.runs.len() + 1 }
}

fn ids(ids: impl IntoIterator<Item = i64>) -> Vec<Comment> {
    comments::comments(ids)
}

#[test]
fn rising_row_groups_of_several_files() {
    let files = vec![vec![ids(0..300), ids(300..500)], vec![ids(500..501), ids(600..900)], vec![ids(-50..0)]];
    let mapped = holds("rising", &files, 0);
    assert_eq!(
        mapped.runs.iter().map(|r| (r.rows, r.first, r.last)).collect::<Vec<_>>(),
        [(300, 0, 299), (200, 300, 499), (1, 500, 500), (300, 600, 899), (50, -50, -1)]
    );
}

#[test]
fn unsorted_keys_and_ranges_that_meet() {
    let order = shuffled(6000);
    let files = order.chunks(2000).map(|f| f.chunks(700).map(|g| ids(g.iter().copied())).collect()).collect();
    let mapped = holds("unsorted", &files, 0);
    assert_eq!(mapped.runs.len(), 9);
}

#[test]
fn keys_that_rise_over_batches_and_then_fall_make_two_runs() {
    // Batches have 16,384 rows: the first two rise; the third falls and repeats keys of the first two.
    let group = || (0..33_000).chain((33_000..40_000).rev()).chain([5, 20_000, 39_000]);
    let mapped = holds("falling", &vec![vec![ids(group())], vec![ids(50_000..50_010)]], 0);
    let shape: Vec<_> = mapped.runs.iter().map(|r| (r.rows, r.first, r.last)).collect();
    assert_eq!(shape, [(32_768, 0, 32_767), (7232, 32_768, 39_999), (10, 50_000, 50_009)]);
    assert_eq!(mapped.checked.faults.len(), 3);
}

#[test]
fn faulty_rows_of_several_rules_are_left_out() {
    let mut rows = ids(0..2000);
    rows[3].rating = 9;
    rows[4].at = NOON - 86_400_000_000;
    rows[5].merchant = None;
    rows[6].id = None;
    rows[7].id = Some(2);
    rows[8].rating = 0;
    rows[8].at = i64::MAX;
    rows[1999].rating = -1;
    // The key of a faulty row is free; that of a sound one is not.
    rows[10].id = Some(8);
    rows[11].id = Some(9);
    let mut unsorted = ids(shuffled(500).into_iter().map(|id| 3000 + id));
    unsorted[0].rating = 7;
    unsorted[499].id = unsorted[1].id;
    let mapped = holds("faulty", &vec![vec![rows, ids([])], vec![unsorted]], 0);
    let faults: Vec<_> = mapped.checked.faults.iter().map(|f| (f.file, f.row, f.rule)).collect();
    assert_eq!(
        faults,
        [
            (0, 3, "range"),
            (0, 4, "within_business_day"),
            (0, 5, "not_null"),
            (0, 6, "not_null"),
            (0, 7, "unique_key"),
            (0, 8, "calendar"),
            (0, 11, "unique_key"),
            (0, 1999, "range"),
            (1, 0, "range"),
            (1, 499, "unique_key"),
        ]
    );
}

#[test]
fn repeats_between_row_groups_are_taken_out_in_a_second_pass() {
    let mut late = ids([150, 7, 90_000, 260, 7, 90_001]);
    late[3].rating = 6;
    let files = vec![vec![ids(0..200), ids(200..400)], vec![late, ids(399..500)], vec![ids(700..710)]];
    let mapped = holds("repeats", &files, 1);
    let faults: Vec<_> = mapped.checked.faults.iter().map(|f| (f.file, f.row, f.rule)).collect();
    let repeat = |file, row| (file, row, "unique_key");
    assert_eq!(faults, [repeat(1, 0), repeat(1, 1), (1, 3, "range"), repeat(1, 4), repeat(1, 6)]);
}

#[test]
fn files_and_row_groups_without_rows() {
    let files = vec![vec![], vec![ids([]), ids(5..10), ids([])], vec![vec![]]];
    assert_eq!(holds("some empty", &files, 0).runs.len(), 1);
    assert_eq!(holds("no rows", &vec![vec![], vec![ids([])]], 0).runs.len(), 0);
    // A row group whose rows are all faulty has no run either.
    let bad = |id| Comment { rating: 0, ..comment(id) };
    assert_eq!(holds("faulty group", &vec![vec![ids(0..9), (10..15).map(bad).collect()]], 0).runs.len(), 1);
}

#[test]
fn many_tiny_row_groups() {
    let follow = (0..200).map(|g| ids(g * 5..g * 5 + 5)).collect();
    assert_eq!(holds("200 of 5", &vec![follow], 0).runs.len(), 200);
    // All of them cover the same keys, more than are read at a time.
    let meet = (0..200).map(|g| ids((0..5).map(|k| k * 200 + g))).collect();
    assert_eq!(holds("200 of 5 that meet", &vec![meet], 0).runs.len(), 200);
}

#[test]
fn other_types_reach_the_map_as_those_of_the_contract() {
    let rows = ids(0..100);
    let mut columns = comments::columns(&rows);
    columns[0] = cast(&columns[0], &DataType::Int32).expect("cast");
    columns[1] = cast(&columns[1], &DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))).expect("cast");
    columns[4] = Arc::new(NullArray::new(100));
    columns[7] = cast(&columns[7], &DataType::LargeUtf8).expect("cast");
    let named = comments::table().columns.iter().zip(&columns);
    let fields: Vec<Field> = named.map(|(c, array)| Field::new(c.name, array.data_type().clone(), true)).collect();
    let lake = Lake::empty();
    lake.add("part-0.parquet", &Arc::new(Schema::new(fields)), &[columns]);
    let mapped = lake.map(&lenient(1), &Remember::default()).expect("mapped");
    let expected: Vec<_> =
        naive(&vec![vec![rows]], &mapped.checked).into_iter().map(|r| (r.0, None, r.2, r.3)).collect();
    assert_eq!(rows_of(&written(&mapped).0.batches), expected);
}

#[test]
fn each_row_counts_once_in_the_progress() {
    let lake = Lake::of(&vec![vec![ids(0..20), ids(10..30)]]);
    let options = lenient(2);
    let told = AtomicU64::new(0);
    let progress = |rows| _ = told.fetch_add(rows, Ordering::Relaxed);
    let checking = Checking { progress: &progress, ..lake.checking(&options, &|| false) };
    let map = Remember::default();
    map_table(&lake.snapshot(), checking, &map).expect("mapped");
    assert_eq!((told.into_inner(), *map.restarts.lock().expect("a lock")), (40, 1));
}

#[test]
fn runs_that_end_early_leave_nothing_behind() {
    // Cancelled at every point: opening, in the first pass, in the second.
    let lake = Lake::of(&vec![vec![ids(0..20), ids(10..30), ids(40..50)], vec![ids(60..70)]]);
    let mut stopped = 0;
    for after in 0..20 {
        let asked = AtomicUsize::new(0);
        let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= after;
        let options = lenient(2);
        let map = Remember::default();
        let outcome = map_table(&lake.snapshot(), lake.checking(&options, &cancelled), &map);
        assert!(matches!(outcome, Ok(_) | Err(LakeError::Cancelled)));
        stopped += usize::from(outcome.is_err());
        drop(outcome);
        assert_eq!(files_below(lake.spool.path()), 0);
    }
    assert_eq!(stopped, 10, "two files and two passes over four row groups");
    // Refused: a third of the rows are repeats.
    let strict = Options::default();
    let refused = lake.map(&strict, &Remember::default()).expect_err("too many repeats");
    assert_eq!(refused.to_string(), check(&lake, &strict).expect_err("too many repeats").to_string());
    assert_eq!(lake.spooled(), 0);
}

#[test]
fn a_map_that_breaks_its_promises_is_a_defect_of_the_suite() {
    let fewer = |batch: RecordBatch| batch.slice(1, batch.num_rows() - 1);
    let other_key = |batch: RecordBatch| {
        let keys = batch.column(0).as_primitive::<Int64Type>().unary::<_, Int64Type>(|k| k + 1);
        let mut columns = batch.columns().to_vec();
        columns[0] = Arc::new(keys) as ArrayRef;
        RecordBatch::try_new(batch.schema(), columns).expect("a batch")
    };
    let narrower = |batch: RecordBatch| batch.project(&[0, 1]).expect("a batch");
    let panics = |_: RecordBatch| panic!("no such word");
    let cases: [(Mischief, &str); 4] = [
        (fewer, "9 rows made of 10"),
        (other_key, "the first column is not the key"),
        (narrower, "the columns are not those of the schema"),
        (panics, "panicked: no such word"),
    ];
    let lake = Lake::of(&vec![vec![ids(0..10)]]);
    for (mischief, expected) in cases {
        let map = Remember { mischief: Some(mischief), ..Remember::default() };
        let error = lake.map(&lenient(1), &map).expect_err(expected);
        let expected = format!("internal: mapping comments/dt=2026-11-16/part-000.parquet, row group 0: {expected}");
        assert_eq!(error.to_string(), expected);
        assert_eq!(lake.spooled(), 0);
    }
    let takedowns = Table::find("takedowns").expect("a table");
    let snapshot = TableSnapshot { table: takedowns, ..lake.snapshot() };
    let options = lenient(1);
    let error = map_table(&snapshot, lake.checking(&options, &|| false), &Remember::default()).expect_err("two keys");
    assert!(
        error.to_string().contains("only a table with a single key and no references can be mapped: takedowns"),
        "{error}"
    );
}
