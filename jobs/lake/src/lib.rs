//! The data path: the only home of object stores, Arrow and Parquet.
//!
//! Reads the lake by its contract, quarantines rows that break it, and writes marts whole or not at all.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the edge: it reads files, clocks or the environment for the rest"
)]

pub mod check;
pub mod contract;
mod error;
pub mod location;
pub mod marts;
pub mod parquet_write;
mod promise;
pub mod quarantine;
mod runs;
pub mod schema;
pub mod snapshot;
pub mod texts;

pub use error::{LakeError, Place};
pub use location::Location;
pub use runs::Run;

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
