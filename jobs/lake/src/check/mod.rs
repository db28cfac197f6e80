//! The contract check: every file of a table is verified, decoded once and judged row by row before any job uses it.
//!
//! A job that turns every sound row into one of its own has it done in the same pass ([`map_table`]).

mod arrow_schema;
mod chunks;
mod file;
mod keys;
mod map;
mod open;
mod panic_guard;
mod parallel;
mod refusal;
mod rules;
mod table;
mod unit;
mod words;

pub use file::sha256;
pub use map::{Mapped, RowMap, map_table};
pub use panic_guard::guard;
pub use table::{CheckedFile, CheckedTable, Checking, References, check_table};

use crate::error::Place;
use mirrorlake_model::thresholds::MAX_BAD_SHARE;

/// What the checks may be told from outside.
#[derive(Clone, Debug)]
pub struct Options {
    /// Largest share of bad rows in a table.
    pub max_bad_share: f64,
    /// Whether timestamps without a zone are UTC.
    pub naive_timestamps_are_utc: bool,
    /// Worker threads.
    pub threads: usize,
    /// Caps against files that decode to far more than they weigh.
    pub caps: Caps,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_bad_share: MAX_BAD_SHARE, naive_timestamps_are_utc: false, threads: 1, caps: Caps::default() }
    }
}

/// Caps on what a file may decode to. They are far above honest data, and below what brings a machine down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Bytes of one text value. A comment of 10 MB is odd but possible.
    pub value_bytes: u64,
    /// Bytes of text in one row.
    pub row_bytes: u64,
    /// Bytes that one file decodes to.
    pub file_bytes: u64,
    /// Bytes that one column of one row group decodes to: readers hold it whole.
    pub chunk_bytes: u64,
    /// Rows in one file.
    pub file_rows: u64,
}

impl Default for Caps {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            value_bytes: 16 * MIB,
            row_bytes: 64 * MIB,
            file_bytes: 64 * 1024 * MIB,
            chunk_bytes: 2 * 1024 * MIB,
            file_rows: 1 << 30,
        }
    }
}

/// A row that breaks the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Index of the file in path order.
    pub file: usize,
    /// Row in the file, from 0.
    pub row: u64,
    /// Rule broken.
    pub rule: &'static str,
    /// Column under which it counts.
    pub column: &'static str,
    /// The value found, shortened; never that of a personal column.
    pub value: String,
}

impl Fault {
    fn place(&self, path: &str) -> Place {
        Place::file(path).column(self.column).row(self.row)
    }
}
