//! Writes a sample lake and says how fast it went: `sample_lake OUT SALES DAYS SEED [TAKEDOWNS] [MERCHANTS]`.

#![allow(clippy::disallowed_methods, reason = "it reads what was written, or times itself")]

use std::path::Path;
use std::time::Instant;

use mirrorlake_sample::{SampleSpec, write_sample_lake};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, sales, days, seed, more @ ..] = arguments.as_slice() else {
        return Err("usage: sample_lake OUT SALES DAYS SEED [TAKEDOWNS] [MERCHANTS]".into());
    };
    let mut spec = SampleSpec::new(sales.parse()?, days.parse()?, seed.parse()?);
    spec.takedowns = more.first().map(|n| n.parse()).transpose()?;
    spec.merchants = more.get(1).map(|n| n.parse()).transpose()?;
    spec.overwrite = true;
    let start = Instant::now();
    let mut world = None;
    let summary = write_sample_lake(
        Path::new(out),
        &spec,
        &mut |progress| {
            if progress.tasks_total > 0 {
                world.get_or_insert_with(|| start.elapsed());
            }
        },
        &|| false,
    )?;
    let seconds = start.elapsed().as_secs_f64();
    for table in &summary.tables {
        eprintln!("{:20} {:>6} files {:>12} rows {:>14} bytes", table.name, table.files, table.rows, table.bytes);
    }
    eprintln!(
        "{} bytes, pairs within reach {}, out of reach {}; world {:.1} s, all {seconds:.1} s, {:.2} million sales/s",
        summary.bytes(),
        summary.reappearances_within_reach,
        summary.reappearances_out_of_reach,
        world.unwrap_or_default().as_secs_f64(),
        spec.sales as f64 / seconds / 1e6,
    );
    Ok(())
}
