//! A lake in an object store: selected, fetched, checked and read like a local one.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use mirrorlake_lake::Location;
use mirrorlake_lake::check::{CheckedTable, Checking, Options, References, check_table};
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::parquet_write::parquet_writer;
use mirrorlake_lake::schema::canonical_schema;
use mirrorlake_lake::snapshot::{Selection, newest_finished_day, select, verify_unchanged};
use mirrorlake_model::AsOf;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

const PARTITION: &str = "lake/claim_holds/dt=2026-11-16";

fn holds(claims: Vec<i64>) -> Vec<u8> {
    let table = Table::find("claim_holds").expect("a table");
    let schema = canonical_schema(table);
    let n = claims.len();
    let started = TimestampMicrosecondArray::from(vec![1_700_000_000_000_000; n]).with_timezone("UTC");
    let ended = TimestampMicrosecondArray::from(vec![None::<i64>; n]).with_timezone("UTC");
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(claims)),
        Arc::new(started),
        Arc::new(ended),
        Arc::new(StringArray::from(vec!["waiting for the claimant"; n])),
    ];
    let batch = RecordBatch::try_new(schema.clone(), columns).expect("a batch");
    let mut writer = parquet_writer(Vec::new(), schema).expect("a writer");
    writer.write(&batch).expect("written");
    writer.into_inner().expect("closed")
}

async fn put(store: &InMemory, name: &str, bytes: Vec<u8>) {
    store.put(&Path::from(format!("{PARTITION}/{name}")), PutPayload::from(bytes)).await.expect("put");
}

fn check(lake: &Location) -> Result<CheckedTable, mirrorlake_lake::LakeError> {
    let as_of = AsOf { day: "2026-11-16".parse().expect("a day"), time_zone: chrono_tz::Asia::Shanghai };
    let selection = Selection { as_of, days: 1, allow_missing_days: false, tolerance_days: None };
    let table = Table::find("claim_holds").expect("a table");
    let snapshot = select(lake, table, selection)?;
    let spool = tempfile::tempdir().expect("a folder");
    let options = Options::default();
    let checking = Checking { as_of, options: &options, spool: spool.path(), cancelled: &|| false, progress: &|_| {} };
    let checked = check_table(&snapshot, checking, &mut References::default(), false)?;
    verify_unchanged(&snapshot)?;
    Ok(checked)
}

#[test]
fn a_lake_in_a_store_is_read_by_the_same_rules() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let store = InMemory::new();
    runtime.block_on(async {
        put(&store, "a.parquet", holds(vec![1, 2, 3])).await;
        put(&store, "b.parquet", holds(vec![4])).await;
    });
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    let lake = Location::in_store(Arc::clone(&store), "lake", "memory:///lake");
    let unfinished = check(&lake).expect_err("there is no _SUCCESS");
    assert!(unfinished.to_string().contains("no finished partition"), "{unfinished}");

    let success = Path::from(format!("{PARTITION}/_SUCCESS"));
    runtime.block_on(store.put(&success, PutPayload::new())).expect("put");
    let checked = check(&lake).expect("sound");
    assert_eq!((checked.files.len(), checked.rows(), checked.faults.len()), (2, 4, 0));
    let table = Table::find("claim_holds").expect("a table");
    let newest = newest_finished_day(&lake, table).expect("listed").expect("there");
    assert_eq!(newest.to_string(), "2026-11-16");

    // Half of a file is a fault of that file, as it is locally.
    let mut cut = holds(vec![4]);
    cut.truncate(cut.len() / 2);
    runtime.block_on(store.put(&Path::from(format!("{PARTITION}/b.parquet")), PutPayload::from(cut))).expect("put");
    let refused = check(&lake).expect_err("b.parquet is cut");
    assert!(refused.to_string().contains("table claim_holds, partition dt=2026-11-16, file b.parquet"), "{refused}");

    let elsewhere = Location::in_store(store, "nothing", "memory:///nothing");
    let nothing = check(&elsewhere).expect_err("no lake");
    assert!(matches!(nothing, mirrorlake_lake::LakeError::NoLake { .. }), "{nothing}");
}
