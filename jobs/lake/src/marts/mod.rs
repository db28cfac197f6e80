//! Writing and reading marts: a partition appears whole or not at all, and says in its manifest how it came to be.

mod local;
mod lock;
mod manifest;
mod read;
mod stage;
mod store;

pub use lock::RunLock;
pub use manifest::{InputFile, Manifest, OutputFile, fingerprint, unchanged};
pub use read::{MartPartition, mart_days, read_manifest, read_mart, read_rows};
pub use stage::{Staging, abandon, commit_all};

/// Name of the manifest in a partition.
pub const MANIFEST: &str = "_manifest.json";
/// Name of the empty file that marks a partition as finished.
pub const SUCCESS: &str = "_SUCCESS";
