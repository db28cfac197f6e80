//! How long `comment-signals` takes, from lake to marts, beside a bare Polars scan of the same columns of the same files.
//!
//! `cargo run --release -p mirrorlake-engine --example bench_comments -- PROGRAM TEXTS.parquet [ROWS] [RUNS]`: PROGRAM is the
//! executable, TEXTS a Parquet file with the columns `lang` and `text`, from which ROWS comments are put together: the
//! beginning of one text and the end of another, with other digits, so that hardly two are alike. The job and the scan
//! are measured in turns.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench prints and times")]

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Int8Array, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use chrono::{Days, NaiveDate};
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::parquet_write::parquet_writer;
use mirrorlake_lake::snapshot::{Selection, select};
use mirrorlake_lake::{Location, texts};
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::day_span_micros;
use mirrorlake_signals::{Detector, Scratch};
use shared::{Fallible, bare_scan};

mod shared;

/// Days that the comments lie on.
const DAYS: u64 = 10;

/// Rows written at a time.
const BATCH: u64 = 65_536;

fn main() -> Fallible<()> {
    let mut words = std::env::args().skip(1);
    let usage = "usage: bench_comments PROGRAM TEXTS.parquet [ROWS] [RUNS]";
    let (program, source) = (words.next().ok_or(usage)?, words.next().ok_or(usage)?);
    let rows: u64 = words.next().map_or(Ok(10_000_000), |w| w.parse())?;
    let runs: usize = words.next().map_or(Ok(3), |w| w.parse())?;
    let mut pool = Vec::new();
    let mut by_lang = [Vec::new(), Vec::new()];
    texts::read_texts(Path::new(&source), ["lang", "text"], |lang, text| {
        pool.push(text.to_owned());
        by_lang[usize::from(lang != "zh")].push(text.to_owned());
    })?;
    for (name, texts) in ["zh", "en"].iter().zip(&by_lang) {
        gate(name, texts)?;
    }
    let folder = tempfile::tempdir()?;
    let lake = folder.path().join("lake");
    let last: NaiveDate = "2026-11-16".parse()?;
    let mut random = Random(7);
    let mut bytes = 0;
    for day in 0..DAYS {
        let date = last - Days::new(DAYS - 1 - day);
        bytes += write_day(&lake, date, rows / DAYS, &pool, &mut random)?;
    }
    let as_of = AsOf { day: last, time_zone: chrono_tz::Asia::Shanghai };
    let table = Table::find("comments").ok_or("no such table")?;
    let selection = Selection { as_of, days: 10, allow_missing_days: false, tolerance_days: None };
    let snapshot = select(&Location::Local(lake.clone()), table, selection)?;
    println!("{rows} comments, {:.2} GB of text; seconds, then the ratio", bytes as f64 / 1e9);
    for _ in 0..runs {
        let marts = tempfile::tempdir()?;
        let start = Instant::now();
        let status = Command::new(&program)
            .args(["-q", "comment-signals", "--as-of", "2026-11-16", "--days", "10", "--lake"])
            .arg(&lake)
            .arg("--marts")
            .arg(marts.path())
            .stdout(std::process::Stdio::null())
            .status()?;
        let job = start.elapsed().as_secs_f64();
        if !status.success() {
            return Err("comment-signals failed".into());
        }
        let start = Instant::now();
        bare_scan(&snapshot)?;
        let scan = start.elapsed().as_secs_f64();
        println!("job {job:.2}, bare scan {scan:.2}: {:.2}", job / scan);
    }
    Ok(())
}

/// The gate alone, on one core: the best of five passes over all texts of a language.
fn gate(name: &str, texts: &[String]) -> Fallible<()> {
    let (detector, mut scratch) = (Detector::embedded()?, Scratch::default());
    let bytes: usize = texts.iter().map(String::len).sum();
    let (mut best, mut passed) = (f64::MAX, 0);
    for _ in 0..5 {
        let start = Instant::now();
        passed = texts.iter().filter(|text| detector.passes(text, &mut scratch)).count();
        best = best.min(start.elapsed().as_secs_f64());
    }
    let n = texts.len().max(1);
    let (speed, share) = (bytes as f64 / 1e6 / best, 100.0 * passed as f64 / n as f64);
    let start = Instant::now();
    let alleged = texts.iter().filter(|text| detector.signal(text, &mut scratch).score > 0.5).count();
    let both = bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
    println!(
        "{name}: gate {speed:.0} MB/s, passes {share:.1} % of {n}; with the scorer {both:.0} MB/s, {alleged} alleged"
    );
    Ok(())
}

/// SplitMix64 (Steele, Lea & Flood, 2014): enough to shuffle texts.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// The beginning of one text and the end of another, with other digits.
fn compose(pool: &[String], random: &mut Random, out: &mut String) {
    out.clear();
    let ends = |c: char| matches!(c, '，' | '。' | '！' | ',' | '.' | '!' | ' ');
    let (first, second) = (&pool[random.below(pool.len())], &pool[random.below(pool.len())]);
    let half = |text: &str, random: &mut Random| {
        let cuts: Vec<usize> = text.char_indices().filter(|(_, c)| ends(*c)).map(|(at, c)| at + c.len_utf8()).collect();
        if cuts.is_empty() { text.len() } else { cuts[random.below(cuts.len())] }
    };
    let (a, b) = (half(first, random), half(second, random));
    for c in first[..a].chars().chain(second[b..].chars()) {
        out.push(if c.is_ascii_digit() { char::from(b'0' + random.below(10) as u8) } else { c });
    }
}

fn write_day(lake: &Path, date: NaiveDate, rows: u64, pool: &[String], random: &mut Random) -> Fallible<u64> {
    let folder = lake.join(format!("comments/dt={date}"));
    std::fs::create_dir_all(&folder)?;
    let (start, end) = day_span_micros(date, chrono_tz::Asia::Shanghai);
    let step = (end - start) / rows.max(1) as i64;
    let number = i64::from(date.to_epoch_days()) * 1_000_000_000;
    let (mut writer, mut bytes, mut text) = (None, 0, String::new());
    let mut done = 0;
    while done < rows {
        let n = BATCH.min(rows - done);
        let mut texts = Vec::with_capacity(n as usize);
        for _ in 0..n {
            compose(pool, random, &mut text);
            bytes += text.len() as u64;
            texts.push(text.clone());
        }
        let ids = |random: &mut Random, most: usize| {
            Arc::new(Int64Array::from_iter_values((0..n).map(|_| random.below(most) as i64 + 1))) as ArrayRef
        };
        let keys: Int64Array = Int64Array::from_iter_values((0..n).map(|i| number + (done + i) as i64));
        let times: TimestampMicrosecondArray =
            TimestampMicrosecondArray::from_iter_values((0..n).map(|i| start + step * (done + i) as i64));
        let ratings: Int8Array = Int8Array::from_iter_values((0..n).map(|_| random.below(5) as i8 + 1));
        let batch = RecordBatch::try_from_iter([
            ("comment_id", Arc::new(keys) as ArrayRef),
            ("commented_at", Arc::new(times.with_timezone("UTC"))),
            ("merchant_id", ids(random, 20_000)),
            ("listing_id", ids(random, 200_000)),
            ("brand_id", ids(random, 500)),
            ("buyer_id", ids(random, 3_000_000)),
            ("rating", Arc::new(ratings)),
            ("text", Arc::new(StringArray::from(texts))),
        ])?;
        if writer.is_none() {
            writer = Some(parquet_writer(File::create(folder.join("part-0.parquet"))?, batch.schema())?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch)?;
        }
        done += n;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    File::create(folder.join("_SUCCESS"))?;
    Ok(bytes)
}
