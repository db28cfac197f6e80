//! What can go wrong while a sample lake is written.

use std::path::PathBuf;

/// Why no sample lake was written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The recipe asks for something that cannot be made.
    #[error("sample recipe: {0}")]
    Spec(String),
    /// The output folder holds something that is not an earlier sample lake.
    #[error("{} is not empty and is no earlier sample lake (it has no _truth/spec.json)", .0.display())]
    NotEmpty(PathBuf),
    /// The output folder holds an earlier sample lake, and replacing it was not asked for.
    #[error("{} holds an earlier sample lake; ask for it to be overwritten", .0.display())]
    Exists(PathBuf),
    /// The caller asked to stop; nothing was left behind.
    #[error("cancelled, nothing was written")]
    Cancelled,
    /// A file or folder could not be written.
    #[error("{}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A Parquet file could not be encoded or written.
    #[error("{}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the encoder said.
        source: parquet::errors::ParquetError,
    },
    /// Columns did not fit their schema: a fault of this crate.
    #[error("rows of {table} do not fit their schema")]
    Rows {
        /// The table.
        table: String,
        /// What Arrow said.
        source: arrow::error::ArrowError,
    },
    /// A worker thread died: a fault of this crate.
    #[error("a worker thread died")]
    Worker,
}

/// Attaches a path to an input/output error.
pub(crate) fn io_at(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> SampleError {
    let path = path.into();
    move |source| SampleError::Io { path, source }
}
