//! Equal recipes give equal bytes, and a run leaves either a whole lake or nothing.

#![allow(clippy::disallowed_methods, reason = "it reads what was written, or times itself")]

mod common;

use std::cell::Cell;

use common::{Lake, files};
use mirrorlake_sample::{SampleError, SampleSpec, write_sample_lake};

fn spec(seed: u64, threads: usize) -> SampleSpec {
    SampleSpec { threads: Some(threads), ..SampleSpec::new(3_000, 6, seed) }
}

#[test]
fn the_same_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let one = files(&Lake::new(spec(5, 1)).path);
    let three = files(&Lake::new(spec(5, 3)).path);
    assert_eq!(one.keys().collect::<Vec<_>>(), three.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(three[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn another_seed_gives_another_lake() {
    let one = files(&Lake::new(spec(5, 2)).path);
    let other = files(&Lake::new(spec(6, 2)).path);
    for table in ["sales/dt=2026-11-16", "listings/dt=2026-11-16", "claims/dt=2026-11-16"] {
        let name = std::path::Path::new(table).join("part-00000.parquet");
        assert!(one[&name] != other[&name], "{table}");
    }
}

#[test]
fn the_last_days_do_not_depend_on_the_tables_beside_them() {
    // A stream belongs to a table and a day: fewer purchases must not move a single sale.
    let fewer = files(&Lake::new(SampleSpec { pilot_per_brand: 8, ..spec(5, 2) }).path);
    let usual = files(&Lake::new(spec(5, 2)).path);
    for (name, bytes) in usual.into_iter().filter(|(name, _)| !name.ends_with("_SUCCESS")) {
        let same = fewer[&name] == bytes;
        let purchases = name.starts_with("pilot_purchases") || name.ends_with("spec.json");
        assert_eq!(same, !purchases, "{}", name.display());
    }
}

#[test]
fn extreme_recipes_work_or_are_refused() {
    for (sales, days) in [(0, 1), (1, 1), (50, 3)] {
        let lake = Lake::new(SampleSpec::new(sales, days, 1));
        assert_eq!(lake.summary.rows("sales"), sales);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refused = [
        SampleSpec { days: 0, ..spec(1, 1) },
        SampleSpec { merchants: Some(3), ..spec(1, 1) },
        SampleSpec { brands: Some(100_000), ..spec(1, 1) },
        SampleSpec { counterfeiter_share: f64::NAN, ..spec(1, 1) },
    ];
    for spec in refused {
        let error = write_sample_lake(&folder.path().join("lake"), &spec, &mut |_| {}, &|| false);
        assert!(matches!(error, Err(SampleError::Spec(_))), "{error:?}");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn other_knobs_make_what_they_say() {
    let more = SampleSpec { takedowns: Some(4_000), brands: Some(12), merchants: Some(200), ..spec(3, 2) };
    let lake = Lake::new(more);
    assert!((3_900..=4_000).contains(&lake.summary.rows("takedowns")), "{}", lake.summary.rows("takedowns"));
    assert_eq!((lake.summary.rows("brands"), lake.summary.rows("merchants")), (12, 200));
    let clean = SampleSpec { counterfeiter_share: 0.0, sloppy_share: 0.0, comment_share: 0.0, ..spec(3, 2) };
    assert_eq!(Lake::new(clean).summary.rows("comments"), 0);
}

#[test]
fn a_cancelled_run_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("lake");
    for after in [0, 1, 3] {
        let asked = Cell::new(0);
        let cancelled = || {
            asked.set(asked.get() + 1);
            asked.get() > after
        };
        let result = write_sample_lake(&out, &SampleSpec::new(60_000, 20, 1), &mut |_| {}, &cancelled);
        assert!(matches!(result, Err(SampleError::Cancelled)), "{result:?}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }
}

#[test]
fn only_an_earlier_sample_lake_is_replaced_and_only_when_asked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("lake");
    let small = SampleSpec::new(300, 2, 1);
    let write = |spec: &SampleSpec| write_sample_lake(&out, spec, &mut |_| {}, &|| false);
    std::fs::create_dir(&out).expect("a folder");
    write(&small).expect("an empty folder is filled");
    assert!(matches!(write(&small), Err(SampleError::Exists(_))));
    let first = files(&out);
    let again = SampleSpec { overwrite: true, seed: 2, ..small.clone() };
    write(&again).expect("replaced");
    assert!(first != files(&out));
    std::fs::remove_file(out.join("_truth/spec.json")).expect("the mark");
    assert!(matches!(write(&again), Err(SampleError::NotEmpty(_))));
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1);
}
