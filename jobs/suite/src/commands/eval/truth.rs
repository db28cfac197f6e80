//! The truth that a sample lake was made with.

use std::path::Path;

use arrow::record_batch::RecordBatch;
use mirrorlake_lake::Location;
use mirrorlake_lake::marts::read_rows;
use mirrorlake_model::ExitStatus;

use crate::failure::Failure;

/// Folder of the truth in a sample lake.
const TRUTH: &str = "_truth";

/// The rows of a table of the truth; `folder` is the sample lake or its truth.
///
/// # Errors
///
/// When there is no such table.
pub fn table(folder: &Path, name: &str) -> Result<Vec<RecordBatch>, Failure> {
    let folder = if folder.join(TRUTH).is_dir() { folder.join(TRUTH) } else { folder.to_owned() };
    let at = |problem: &str| {
        let message = format!("the truth in {}: {problem}; is it the folder of a sample lake?", folder.display());
        Failure::new(ExitStatus::InputRefused, message)
    };
    let location = Location::parse(&folder.to_string_lossy(), &[])?;
    let files = location.files(name).map_err(|e| at(&e.to_string()))?;
    let parts: Vec<&str> = files.iter().map(|e| e.path.as_str()).filter(|p| p.ends_with(".parquet")).collect();
    if parts.is_empty() {
        return Err(at(&format!("there is no table {name}")));
    }
    let mut batches = Vec::new();
    for part in parts {
        batches.extend(read_rows(&location, part)?);
    }
    Ok(batches)
}
