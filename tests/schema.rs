//! Columns that are missing or of another type are refused by name; every layout that the contract accepts gives the
//! same marts, byte for byte.

use arrow::datatypes::{DataType, TimeUnit};

use crate::support::footer;
use crate::support::lake::properties;
use crate::support::marts::refused;
use crate::support::table::{Table, instant_type};
use crate::support::{Cell, DAY, Lake};

const MICROS: TimeUnit = TimeUnit::Microsecond;

/// The marts of the sound lake after every table went through `change`.
fn marts_after(change: impl Fn(&mut Table)) -> (Vec<u8>, Vec<u8>) {
    let lake = Lake::sound();
    for name in ["brands", "ip_rights", "claims", "claim_holds", "takedowns"] {
        lake.edit(name, &change);
    }
    lake.sla().run().ok();
    lake.sla_bytes()
}

#[track_caller]
fn changes_nothing(change: impl Fn(&mut Table)) {
    let (outcomes, sla) = marts_after(|_| {});
    let (changed_outcomes, changed_sla) = marts_after(change);
    assert!(outcomes == changed_outcomes, "takedown_outcomes differ");
    assert!(sla == changed_sla, "takedown_sla differs");
}

#[test]
fn a_missing_column_is_named() {
    for (table, column) in [
        ("takedowns", "taken_down_at"),
        ("claims", "qualified_at"),
        ("claim_holds", "ended_at"),
        ("brands", "time_zone"),
        ("ip_rights", "valid_to"),
        // Not read by the job, but promised by the contract.
        ("takedowns", "reinstated_at"),
    ] {
        let lake = Lake::sound();
        lake.edit(table, |t| t.drop_column(column));
        let place = format!("table {table}, partition dt={DAY}, file part-0.parquet, column {column}");
        refused(&lake, lake.sla().run(), &[&place, "missing", "rule column_present"]);
    }
}

#[test]
fn a_column_in_other_letters_is_missing() {
    let lake = Lake::sound();
    lake.edit("claims", |t| {
        let position = t.position("decision");
        t.columns[position].0 = "Decision".to_owned();
    });
    refused(&lake, lake.sla().run(), &["table claims", "column decision", "the file has", "Decision"]);
}

#[test]
fn a_column_of_another_type_is_named() {
    for (table, column, data_type) in [
        ("takedowns", "claim_id", DataType::Utf8),
        ("takedowns", "listing_id", DataType::Float64),
        ("claims", "claim_id", DataType::UInt64),
        ("claims", "submitted_at", DataType::Int64),
        ("claims", "decision", DataType::Binary),
        ("ip_rights", "valid_from", DataType::Utf8),
        ("brands", "brand_id", DataType::Utf8),
    ] {
        let lake = Lake::sound();
        lake.edit(table, |t| t.retype(column, data_type.clone()));
        let place = format!("table {table}, partition dt={DAY}, file part-0.parquet, column {column}");
        refused(&lake, lake.sla().run(), &[&place, "the type is", "is expected", "rule column_type"]);
    }
}

#[test]
fn a_list_in_place_of_a_text_is_refused() {
    let lake = Lake::sound();
    lake.edit("claims", |t| {
        let list = lake.table("brands").columns[4].1.clone();
        t.retype("decision", list);
        (0..t.rows.len()).for_each(|row| t.set(row, "decision", Cell::List(vec!["qualified".to_owned()])));
    });
    refused(&lake, lake.sla().run(), &["table claims", "column decision", "rule column_type"]);
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let lake = Lake::sound();
    lake.edit("takedowns", |t| {
        t.columns.push(("outcome".to_owned(), DataType::Utf8));
        t.rows.iter_mut().for_each(|row| row.push("removed".into()));
    });
    refused(&lake, lake.sla().run(), &["table takedowns", "column outcome", "two columns", "rule column_unique"]);
}

#[test]
fn milliseconds_give_the_same_marts() {
    // Milliseconds can hold the fixture's instants only if they are whole milliseconds.
    let whole = |t: &mut Table| {
        for cell in t.rows.iter_mut().flatten() {
            if let Cell::Instant(micros) = cell {
                *micros -= micros.rem_euclid(1_000);
            }
        }
    };
    let micros = marts_after(whole);
    let millis = marts_after(|t| {
        whole(t);
        t.retype_all(&instant_type(MICROS), &instant_type(TimeUnit::Millisecond));
    });
    assert!(micros == millis);
}

#[test]
fn nanoseconds_give_the_same_marts() {
    changes_nothing(|t| t.retype_all(&instant_type(MICROS), &instant_type(TimeUnit::Nanosecond)));
}

#[test]
fn tables_may_differ_in_their_units() {
    changes_nothing(|t| {
        if matches!(t.name, "takedowns" | "ip_rights") {
            t.retype_all(&instant_type(MICROS), &instant_type(TimeUnit::Nanosecond));
        }
    });
}

#[test]
fn seconds_are_refused() {
    // Parquet has no seconds: writers store plain integers, and those are no timestamps.
    let lake = Lake::sound();
    lake.edit("claims", |t| t.retype("submitted_at", instant_type(TimeUnit::Second)));
    refused(&lake, lake.sla().run(), &["table claims", "column submitted_at", "rule column_type"]);
}

#[test]
fn naive_timestamps_are_refused_unless_they_are_said_to_be_utc() {
    let naive = DataType::Timestamp(MICROS, None);
    let lake = Lake::sound();
    lake.edit("claims", |t| t.retype_all(&instant_type(MICROS), &naive));
    let parts = ["table claims", "column submitted_at", "no time zone", "timestamp_zone", "naive_timestamps_are_utc"];
    refused(&lake, lake.sla().run(), &parts);

    let config = lake.config("naive_timestamps_are_utc = true\n");
    lake.sla().with("--config", config).run().ok();
    assert!(lake.sla_bytes() == marts_after(|_| {}));
}

#[test]
fn every_layout_of_text_gives_the_same_marts() {
    let dictionary = |key: DataType| DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8));
    for layout in [DataType::LargeUtf8, DataType::Utf8View, dictionary(DataType::Int32), dictionary(DataType::UInt8)] {
        changes_nothing(|t| {
            // Three brands, but 200 claims: only short lists of words fit into eight bits.
            if t.name == "claims" || layout != dictionary(DataType::UInt8) {
                t.retype_all(&DataType::Utf8, &layout);
            }
        });
    }
}

#[test]
fn narrower_integers_give_the_same_marts() {
    changes_nothing(|t| t.retype_all(&DataType::Int64, &DataType::Int32));
    changes_nothing(|t| t.retype_all(&DataType::Int64, &DataType::UInt16));
}

#[test]
fn a_timestamp_in_another_zone_is_the_same_instant() {
    // Parquet keeps instants only; the zone is a remark in the footer that the contract does not rest on.
    for zone in ["+00:00", "Asia/Shanghai", "America/New_York"] {
        changes_nothing(|t| t.retype_all(&instant_type(MICROS), &DataType::Timestamp(MICROS, Some(zone.into()))));
    }
}

/// The marts of a lake in which the takedowns and claims carry, as a remark in their footers, the Arrow schema that
/// they would have after `lie`.
#[track_caller]
fn a_lying_remark_changes_nothing(lie: impl Fn(&mut Table)) {
    let truth = marts_after(|_| {});
    for name in ["takedowns", "claims"] {
        let lake = Lake::sound();
        let mut liar = lake.table(name);
        lie(&mut liar);
        let remark = footer::arrow_schema(&liar.parquet(properties()));
        let bytes = std::fs::read(lake.file(name)).expect("read");
        std::fs::write(lake.file(name), footer::with_arrow_schema(&bytes, &remark)).expect("written");
        let output = lake.sla().run();
        match output.code {
            Some(0) => assert!(lake.sla_bytes() == truth, "{name}: a remark changed a figure"),
            Some(3) => refused(&lake, output, &[&format!("table {name}, partition dt={DAY}, file part-0.parquet")]),
            _ => panic!("{}", output.told()),
        }
    }
}

#[test]
fn an_arrow_schema_that_swaps_names_changes_nothing() {
    a_lying_remark_changes_nothing(|t| {
        for (one, other) in [("merchant_id", "listing_id"), ("submitted_at", "closed_at"), ("right_id", "brand_id")] {
            let positions = [one, other].map(|name| t.columns.iter().position(|(n, _)| n == name));
            if let [Some(one), Some(other)] = positions {
                let name = t.columns[one].0.clone();
                t.columns[one].0 = std::mem::replace(&mut t.columns[other].0, name);
            }
        }
    });
}

#[test]
fn an_arrow_schema_that_lies_about_units_changes_nothing() {
    for unit in [TimeUnit::Millisecond, TimeUnit::Nanosecond, TimeUnit::Second] {
        a_lying_remark_changes_nothing(|t| t.retype_all(&instant_type(MICROS), &instant_type(unit)));
    }
    a_lying_remark_changes_nothing(|t| t.retype_all(&instant_type(MICROS), &DataType::Int64));
}

#[test]
fn an_arrow_schema_that_lies_about_types_changes_nothing() {
    a_lying_remark_changes_nothing(|t| t.retype_all(&DataType::Int64, &DataType::UInt8));
    a_lying_remark_changes_nothing(|t| t.retype_all(&DataType::Int64, &DataType::Date64));
    a_lying_remark_changes_nothing(|t| t.retype_all(&DataType::Utf8, &DataType::LargeBinary));
}

#[test]
fn an_arrow_schema_that_is_no_schema_changes_nothing() {
    for remark in ["", "!!!", "AAAA", "/////w=="] {
        let lake = Lake::sound();
        let bytes = std::fs::read(lake.file("claims")).expect("read");
        std::fs::write(lake.file("claims"), footer::with_arrow_schema(&bytes, remark)).expect("written");
        let output = lake.sla().run();
        match output.code {
            Some(0) => assert!(lake.sla_bytes() == marts_after(|_| {})),
            Some(3) => refused(&lake, output, &[&format!("table claims, partition dt={DAY}, file part-0.parquet")]),
            _ => panic!("{}", output.told()),
        }
    }
}

#[test]
fn extra_columns_are_ignored() {
    changes_nothing(|t| {
        t.columns.push(("_loaded_by".to_owned(), DataType::LargeUtf8));
        t.columns.insert(0, ("aaa".to_owned(), DataType::Float64));
        for (n, row) in t.rows.iter_mut().enumerate() {
            row.push(format!("loader {n}").into());
            row.insert(0, Cell::Real(n as f64 / 3.0));
        }
    });
}

#[test]
fn the_order_of_columns_and_rows_does_not_matter() {
    changes_nothing(|t| {
        t.columns.reverse();
        t.rows.iter_mut().for_each(|row| row.reverse());
        t.rows.reverse();
    });
}

#[test]
fn files_and_row_groups_do_not_matter() {
    let whole = marts_after(|_| {});
    let lake = Lake::sound();
    for name in ["brands", "claims", "claim_holds", "takedowns"] {
        let table = lake.table(name);
        let half = table.rows.len() / 2;
        let files = [table.slice(0..half), table.slice(half..half), table.slice(half..table.rows.len())];
        let bytes = files.map(|t| t.parquet(properties()));
        // The one in the middle is empty, and the names follow no order of writing.
        let names = ["c8f3.snappy.parquet", "a.parquet", "part 1 of 2, 最终.parquet"];
        let named: Vec<(&str, Vec<u8>)> = names.into_iter().zip(bytes).collect();
        lake.put_files(name, DAY, &named);
    }
    lake.sla().run().ok();
    assert!(lake.sla_bytes() == whole, "several files");

    let lake = Lake::sound();
    for name in ["claims", "claim_holds", "takedowns"] {
        lake.put_in_groups(&lake.table(name), 7);
    }
    lake.sla().run().ok();
    assert!(lake.sla_bytes() == whole, "row groups of seven");
}

#[test]
fn files_of_one_partition_may_differ_in_layout() {
    let lake = Lake::sound();
    let table = lake.table("takedowns");
    let mut second = table.slice(200..400);
    second.retype_all(&instant_type(MICROS), &instant_type(TimeUnit::Nanosecond));
    second.retype_all(&DataType::Int64, &DataType::Int32);
    second.retype_all(&DataType::Utf8, &DataType::LargeUtf8);
    second.columns.reverse();
    second.rows.iter_mut().for_each(|row| row.reverse());
    let files = [("a.parquet", table.slice(0..200).parquet(properties())), ("b.parquet", second.parquet(properties()))];
    lake.put_files("takedowns", DAY, &files);
    lake.sla().run().ok();
    assert!(lake.sla_bytes() == marts_after(|_| {}));
}

#[test]
fn the_second_file_of_a_partition_is_checked_too() {
    let lake = Lake::sound();
    let table = lake.table("takedowns");
    let mut second = table.slice(200..400);
    second.drop_column("outcome");
    let files = [("a.parquet", table.slice(0..200).parquet(properties())), ("b.parquet", second.parquet(properties()))];
    lake.put_files("takedowns", DAY, &files);
    refused(&lake, lake.sla().run(), &["table takedowns", "file b.parquet", "column outcome", "column_present"]);
}
