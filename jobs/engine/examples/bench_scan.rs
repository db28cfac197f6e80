//! How long the contract checks take, beside a bare Polars scan of the same columns of the same files.
//!
//! `cargo run --release -p mirrorlake-engine --example bench_scan -- [SALES] [RUNS]`; the two are measured in turns in one
//! process, and the best and median of each are printed.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench prints and times")]

use std::path::Path;
use std::time::Instant;

use mirrorlake_lake::Location;
use mirrorlake_lake::check::{Checking, Options, References, check_table};
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::snapshot::{Selection, TableSnapshot, select};
use mirrorlake_model::AsOf;
use mirrorlake_sample::{SampleSpec, write_sample_lake};
use shared::{Fallible, bare_scan};

mod shared;

fn main() -> Fallible<()> {
    let mut words = std::env::args().skip(1);
    let sales: u64 = words.next().map_or(Ok(10_000_000), |w| w.parse())?;
    let runs: usize = words.next().map_or(Ok(5), |w| w.parse())?;
    let folder = tempfile::tempdir()?;
    let spec = SampleSpec::new(sales, 90, 7);
    write_sample_lake(&folder.path().join("lake"), &spec, &mut |_| {}, &|| false)?;
    let lake = Location::Local(folder.path().join("lake"));
    let as_of = AsOf { day: spec.end_day, time_zone: spec.time_zone };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{sales} sales over 90 days, {threads} threads, {runs} runs each; seconds\n");
    println!("{:18} {:>11} {:>16} {:>16} {:>7}", "table", "rows", "checks min/med", "scan min/med", "ratio");
    for name in ["sales", "refunds", "comments", "listings"] {
        let table = Table::find(name).ok_or("no such table")?;
        let selection = Selection { as_of, days: 90, allow_missing_days: true, tolerance_days: None };
        let snapshot = select(&lake, table, selection)?;
        let (mut checks, mut scans, mut rows) = (Vec::new(), Vec::new(), 0);
        for _ in 0..runs {
            let start = Instant::now();
            rows = check(&snapshot, as_of, threads, folder.path())?;
            checks.push(start.elapsed().as_secs_f64());
            let start = Instant::now();
            bare_scan(&snapshot)?;
            scans.push(start.elapsed().as_secs_f64());
        }
        checks.sort_by(f64::total_cmp);
        scans.sort_by(f64::total_cmp);
        let middle = runs / 2;
        println!(
            "{name:18} {rows:>11} {:>8.3}/{:<7.3} {:>8.3}/{:<7.3} {:>7.2}",
            checks[0],
            checks[middle],
            scans[0],
            scans[middle],
            checks[middle] / scans[middle],
        );
    }
    Ok(())
}

fn check(snapshot: &TableSnapshot, as_of: AsOf, threads: usize, spool: &Path) -> Fallible<u64> {
    let options = Options { threads, ..Options::default() };
    let mut references = References::default();
    let checking = Checking { as_of, options: &options, spool, cancelled: &|| false, progress: &|_| {} };
    let checked = check_table(snapshot, checking, &mut references, false)?;
    Ok(checked.rows())
}
