//! What the benches share: the bare scan that others are measured against.

use mirrorlake_lake::Location;
use mirrorlake_lake::contract::ColumnType;
use mirrorlake_lake::snapshot::TableSnapshot;
use polars::prelude::{Engine, LazyFrame, PlRefPath, ScanArgsParquet, ScanSources, col};

/// What may go wrong in a bench.
pub type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// Decodes the contract's columns and folds each to one number, so that nothing is collected and nothing left out.
pub fn bare_scan(snapshot: &TableSnapshot) -> Fallible<()> {
    let Location::Local(root) = &snapshot.location else { return Err("the bench is local".into()) };
    let files = snapshot.partitions.iter().flat_map(|p| &p.files);
    let paths = files.map(|f| PlRefPath::new(root.join(&f.path).to_string_lossy().as_ref()));
    let args = ScanArgsParquet { glob: false, ..ScanArgsParquet::default() };
    let columns = snapshot.table.columns.iter().map(|c| match c.column_type {
        ColumnType::Int(_) | ColumnType::Float64 => col(c.name).sum(),
        ColumnType::String => col(c.name).str().len_bytes().sum(),
        _ => col(c.name).max(),
    });
    let scan = LazyFrame::scan_parquet_sources(ScanSources::Paths(paths.collect()), args)?;
    scan.select(columns.collect::<Vec<_>>()).collect_with_engine(Engine::Streaming)?;
    Ok(())
}
