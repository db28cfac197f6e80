//! Files that are truncated, bent or not what they say. A damaged file is refused by name; it never crashes the
//! program, and where a checksum exists it never changes a figure.

use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::support::footer::{self, with_footer, with_rows};
use crate::support::marts::{published, refused};
use crate::support::{DAY, Lake, Output};

const TABLES: [&str; 5] = ["brands", "ip_rights", "claims", "claim_holds", "takedowns"];

/// The words that name a table's file.
fn place(table: &str) -> String {
    format!("table {table}, partition dt={DAY}, file part-0.parquet")
}

#[test]
fn a_truncated_file_is_refused() {
    for table in TABLES {
        let lake = Lake::sound();
        let bytes = fs::read(lake.file(table)).expect("read");
        for keep in [0, 1, 4, 8, bytes.len() / 2, bytes.len() - 9, bytes.len() - 1] {
            fs::write(lake.file(table), &bytes[..keep]).expect("written");
            refused(&lake, lake.sla().run(), &[&place(table), "cannot be read as Parquet", "rule readable_parquet"]);
        }
    }
}

#[test]
fn a_file_cut_in_its_middle_is_refused() {
    // The footer is whole, but what it points to has moved.
    let lake = Lake::sound();
    let bytes = fs::read(lake.file("takedowns")).expect("read");
    for (from, to) in [(200, 400), (4, 1_000), (500, 501)] {
        fs::write(lake.file("takedowns"), [&bytes[..from], &bytes[to..]].concat()).expect("written");
        refused(&lake, lake.sla().run(), &[&place("takedowns"), "rule readable_parquet"]);
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let lake = Lake::sound();
    let zeros = vec![0_u8; 5_000];
    for bytes in [b"claim_id,brand_id\n1,2\n".as_slice(), b"PAR1PAR1PAR1", b"PAR1\xff\xff\xff\xffPAR1", &zeros] {
        fs::write(lake.file("claims"), bytes).expect("written");
        refused(&lake, lake.sla().run(), &[&place("claims"), "rule readable_parquet"]);
    }
}

#[test]
fn the_file_of_another_table_is_refused() {
    let lake = Lake::sound();
    fs::copy(lake.file("claims"), lake.file("takedowns")).expect("copied");
    refused(&lake, lake.sla().run(), &[&place("takedowns"), "column listing_id", "rule column_present"]);
}

#[test]
fn a_file_without_read_permission_is_told_from_a_missing_one() {
    // Root reads everything, so a link to nowhere stands for a file that cannot be opened.
    let lake = Lake::sound();
    fs::remove_file(lake.file("claims")).expect("removed");
    std::os::unix::fs::symlink("/nowhere/at/all", lake.file("claims")).expect("linked");
    let output = lake.sla().run();
    assert!(matches!(output.code, Some(1 | 3)), "{}", output.told());
    let output = output.says(&["part-0.parquet"]);
    assert!(!output.stderr.contains("panicked at"), "{}", output.told());
    lake.holds_nothing();
}

#[test]
fn a_footer_rewritten_without_a_change_is_read() {
    // Otherwise the next tests would show only that rewriting breaks a file.
    let lake = Lake::sound();
    with_footer(&lake.file("takedowns"), |meta| with_rows(meta, 400, 400));
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}

#[test]
fn a_footer_that_lies_about_its_rows_is_refused() {
    for (in_file, in_group) in [(399, 399), (401, 401), (0, 0), (1, 1), (400, 399), (800, 800), (-1, -1)] {
        let lake = Lake::sound();
        with_footer(&lake.file("takedowns"), |meta| with_rows(meta, in_file, in_group));
        refused(&lake, lake.sla().run(), &[&place("takedowns"), "row"]);
    }
}

#[test]
fn a_footer_that_contradicts_its_row_groups_is_refused() {
    let lake = Lake::sound();
    lake.put_in_groups(&lake.table("takedowns"), 100);
    let sound = fs::read(lake.file("takedowns")).expect("read");
    for rows in [399, 401, 300, 0] {
        fs::write(lake.file("takedowns"), footer::with_false_total(&sound, 400, rows)).expect("written");
        let says = format!("the footer says {rows} rows, its row groups 400");
        refused(&lake, lake.sla().run(), &[&place("takedowns"), &says, "rule footer_rows"]);
    }
}

#[test]
fn a_footer_that_forgets_a_row_group_is_refused_where_a_manifest_counts() {
    // Without one nothing says that there was more: the footer is all there is.
    let lake = Lake::sound();
    lake.put_in_groups(&lake.table("takedowns"), 100);
    with_footer(&lake.file("takedowns"), |meta| {
        ParquetMetaData::new(meta.file_metadata().clone(), meta.row_groups()[..3].to_vec())
    });
    let manifest = lake.partition("takedowns", DAY).join("_manifest.json");
    fs::write(manifest, r#"{"files": [{"path": "part-0.parquet", "rows": 400}]}"#).expect("written");
    let parts = [&place("takedowns"), "300 rows where the manifest says 400", "rule manifest_rows"];
    refused(&lake, lake.sla().run(), &parts);
}

#[test]
fn a_footer_that_points_outside_the_file_is_refused() {
    for offset in [i64::MAX, -1, 1 << 40] {
        let lake = Lake::sound();
        with_footer(&lake.file("claims"), |meta| {
            let group = meta.row_group(0).clone();
            let mut columns = group.columns().to_vec();
            let first = columns.remove(0).into_builder().set_data_page_offset(offset);
            columns.insert(0, first.set_dictionary_page_offset(None).build().expect("a column"));
            let group = group.into_builder().set_column_metadata(columns).build().expect("a row group");
            ParquetMetaData::new(meta.file_metadata().clone(), vec![group])
        });
        refused(&lake, lake.sla().run(), &[&place("claims"), "rule readable_parquet"]);
    }
}

/// Positions to flip: the same in every run, spread over the file.
fn positions(bytes: usize, count: usize, seed: u64) -> Vec<(usize, u32)> {
    let mut state = seed;
    let mut next = || {
        // Knuth's multiplier; the high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits")
    };
    (0..count).map(|_| (next() % bytes, u32::try_from(next() % 8).expect("a bit"))).collect()
}

/// One flipped bit.
struct Flip {
    table: &'static str,
    position: usize,
    bit: u32,
    bytes: usize,
}

impl std::fmt::Display for Flip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { table, position, bit, bytes } = self;
        write!(f, "{table}: bit {bit} of byte {position} of {bytes} flipped")
    }
}

/// Calls `judge` for each flip, on two threads, and fails with all that it had to say.
fn flip(
    table: &'static str,
    count: usize,
    seed: u64,
    prepare: impl Fn(&Lake) + Sync,
    judge: impl Fn(&Lake, &Flip) -> Result<(), String> + Sync,
) {
    let next = AtomicUsize::new(0);
    let faults = Mutex::new(Vec::new());
    let worker = || {
        let lake = Lake::sound();
        prepare(&lake);
        let bytes = fs::read(lake.file(table)).expect("read");
        let positions = positions(bytes.len(), count, seed);
        while let Some(&(position, bit)) = positions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut bent = bytes.clone();
            bent[position] ^= 1 << bit;
            fs::write(lake.file(table), bent).expect("written");
            let flip = Flip { table, position, bit, bytes: bytes.len() };
            if let Err(fault) = judge(&lake, &flip) {
                faults.lock().expect("no panic").push(format!("{flip}: {fault}"));
            }
            let _ = fs::remove_dir_all(lake.marts());
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(worker);
        worker();
    });
    let faults = faults.into_inner().expect("no panic");
    assert!(faults.is_empty(), "{} of {count} flips:\n{}", faults.len(), faults.join("\n"));
}

/// A run over a damaged table either finds nothing wrong or refuses it by name; it never crashes. Where the damage
/// changed a claim's number unseen, the takedowns that named it are refused instead.
fn refuses_or_reads(lake: &Lake, output: &Output, table: &str) -> Result<(), String> {
    let said = output.stderr.trim();
    let refused = output.code == Some(3)
        && (said.contains(&place(table)) || said.contains("[rule reference]"))
        && published(&lake.marts()).is_empty();
    if (output.code == Some(0) || refused) && !said.contains("panicked at") {
        return Ok(());
    }
    Err(format!("exit code {:?}, signal {:?}: {said}", output.code, output.signal))
}

#[test]
fn a_flipped_bit_is_always_found_where_the_partition_has_sums() {
    let promise = |lake: &Lake| lake.promise("takedowns");
    flip("takedowns", 40, 1, promise, |lake, _| {
        let output = lake.sla().run();
        refuses_or_reads(lake, &output, "takedowns")?;
        let found = output.stderr.contains("rule manifest_sha256");
        if found { Ok(()) } else { Err(output.told()) }
    });
}

#[test]
fn a_flipped_bit_without_any_sum_never_crashes_the_program() {
    // 208 flips over all tables. Some are harmless, some change a value that nobody can know of; none may crash.
    for (table, count) in [("takedowns", 60), ("claims", 60), ("brands", 32), ("claim_holds", 24), ("ip_rights", 32)] {
        flip(table, count, 2, |_| {}, |lake, _| refuses_or_reads(lake, &lake.sla().run(), table));
    }
}

#[test]
fn a_flipped_bit_in_a_file_without_compression_never_crashes_the_program() {
    // Nothing but the decoders' own care stands between such a file and the figures.
    let plain = |lake: &Lake| {
        let properties = WriterProperties::builder().set_statistics_enabled(EnabledStatistics::None).build();
        lake.put_files("takedowns", DAY, &[("part-0.parquet", lake.table("takedowns").parquet(properties))]);
    };
    flip("takedowns", 60, 3, plain, |lake, _| refuses_or_reads(lake, &lake.sla().run(), "takedowns"));
}

#[test]
fn a_flipped_bit_never_changes_a_figure_where_pages_have_sums() {
    // fixtures/README.md says how the file was made: the Parquet writer of this build writes no page sums.
    let bytes = include_bytes!("fixtures/takedowns-with-page-crc.parquet");
    let summed = |lake: &Lake| lake.put_files("takedowns", DAY, &[("part-0.parquet", bytes.to_vec())]);
    let lake = Lake::sound();
    lake.sla().run().ok();
    let sound = lake.sla_bytes();
    summed(&lake);
    lake.sla().run().ok();
    assert!(lake.sla_bytes() == sound, "the fixture holds the sound takedowns; make it again");

    let footer = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().expect("four bytes"));
    let pages = bytes.len() - 8 - footer as usize;
    let found = AtomicUsize::new(0);
    flip("takedowns", 80, 4, summed, |lake, flip| {
        // The footer has no sum of its own.
        if flip.position >= pages {
            return Ok(());
        }
        let output = lake.sla().run();
        refuses_or_reads(lake, &output, "takedowns")?;
        if output.code == Some(3) {
            found.fetch_add(1, Ordering::Relaxed);
        } else if lake.sla_bytes() != sound {
            return Err("changed a figure".to_owned());
        }
        Ok(())
    });
    assert!(found.load(Ordering::Relaxed) > 20, "the page sums found next to nothing");
}

#[test]
fn a_page_whose_sum_does_not_fit_is_refused_as_such() {
    let mut bytes = include_bytes!("fixtures/takedowns-with-page-crc.parquet").to_vec();
    // Far into the first column's pages, past the header.
    bytes[120] ^= 1;
    let lake = Lake::sound();
    lake.put_files("takedowns", DAY, &[("part-0.parquet", bytes)]);
    refused(&lake, lake.sla().run(), &[&place("takedowns"), "CRC", "rule readable_parquet"]);
}

#[test]
fn a_manifest_is_held_against_its_files() {
    let broken = |change: &dyn Fn(&Lake), parts: &[&str]| {
        let lake = Lake::sound();
        lake.promise("claims");
        change(&lake);
        refused(&lake, lake.sla().run(), parts);
    };
    let manifest = |lake: &Lake| lake.partition("claims", DAY).join("_manifest.json");
    let partition = format!("table claims, partition dt={DAY}");
    broken(
        &|lake| fs::write(lake.partition("claims", DAY).join("part-1.parquet"), b"x").expect("written"),
        &[&partition, "part-1.parquet is there but not in the manifest", "rule manifest_files"],
    );
    broken(
        &|lake| fs::rename(lake.file("claims"), lake.file("claims").with_file_name("b.parquet")).expect("renamed"),
        &[&partition, "the manifest lists part-0.parquet, which is not there", "rule manifest_files"],
    );
    broken(
        &|lake| fs::write(manifest(lake), "{\"files\": [").expect("written"),
        &[&partition, "not JSON", "rule manifest_readable"],
    );
    broken(
        &|lake| {
            let text = fs::read_to_string(manifest(lake)).expect("read").replace("\"bytes\":", "\"rows\":3,\"bytes\":");
            fs::write(manifest(lake), text).expect("written");
        },
        &[&place("claims"), "200 rows where the manifest says 3", "rule manifest_rows"],
    );
    broken(
        &|lake| {
            let text = fs::read_to_string(manifest(lake)).expect("read").replace("\"bytes\":", "\"bytes\":1");
            fs::write(manifest(lake), text).expect("written");
        },
        &[&place("claims"), "where the manifest says", "rule manifest_size"],
    );
}

#[test]
fn a_manifest_that_fits_is_no_hindrance() {
    let lake = Lake::sound();
    TABLES.iter().for_each(|table| lake.promise(table));
    lake.sla().run().ok();
    assert_eq!(lake.rows("takedown_outcomes").len(), 400);
}
