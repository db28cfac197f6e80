//! Sample lakes, written once a run by the executable itself and shared by the tests that only read.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::DAY;
use super::program::Call;

/// In the build's folder for temporary files, and replaced by the next run: a static is never dropped.
fn written(name: &str, sales: &str, takedowns: &str) -> PathBuf {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let call = Call::new("sample-lake").arg(out.as_os_str()).args("--days 20 --seed 11 --overwrite --log text");
    call.with("--sales", sales).with("--takedowns", takedowns).with("--end-day", DAY).run().ok();
    out
}

/// A lake with all tables: 2,000 sales of 20 days.
pub fn small() -> &'static Path {
    static SMALL: OnceLock<PathBuf> = OnceLock::new();
    SMALL.get_or_init(|| written("small-lake", "2000", "600"))
}

/// A lake whose takedown job takes long enough to be interrupted.
pub fn busy() -> &'static Path {
    static BUSY: OnceLock<PathBuf> = OnceLock::new();
    BUSY.get_or_init(|| written("busy-lake", "2000", "400000"))
}

/// A job over a lake as of [`DAY`].
pub fn job(name: &str, lake: &Path, marts: &Path) -> Call {
    Call::new(name).with("--lake", lake).with("--marts", marts).with("--as-of", DAY).args("--log text")
}
