//! How many threads a run uses.
//!
//! Polars reads its number from `POLARS_MAX_THREADS` when its pool starts, and a program cannot safely change its own
//! environment. So with `--threads` the program starts itself anew, once, with that variable set.

use std::os::unix::process::CommandExt;
use std::process::Command;

use mirrorlake_model::ExitStatus;

use crate::args::Common;
use crate::failure::Failure;

const VARIABLE: &str = "POLARS_MAX_THREADS";

/// Starts the program anew where `--threads` asks for another number than the environment says.
///
/// # Errors
///
/// When the program cannot be started again.
pub fn settle(common: &Common) -> Result<(), Failure> {
    let Some(wanted) = common.threads else { return Ok(()) };
    if std::env::var(VARIABLE).is_ok_and(|now| now == wanted.to_string()) {
        return Ok(());
    }
    let fail = |e: std::io::Error| Failure::new(ExitStatus::Failed, format!("cannot start with --threads: {e}"));
    let program = std::env::current_exe().map_err(fail)?;
    let mut words = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = words.next() {
        command.arg0(name);
    }
    Err(fail(command.args(words).env(VARIABLE, wanted.to_string()).exec()))
}

/// Threads of this run.
pub fn count(common: &Common) -> usize {
    common.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
}
