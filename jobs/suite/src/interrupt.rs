//! Ctrl-C and SIGTERM: nothing is published afterwards, and the exit code says which it was.

use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use mirrorlake_model::ExitStatus;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// How long a run may take to clean up after a signal before the process ends all the same.
const GRACE: Duration = Duration::from_secs(3);

/// Starts to listen. The first signal asks the run to stop; if it cannot (an engine is at work), the process ends
/// after a grace period, but never between two steps of a commit.
pub fn listen() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let watch = move || {
        for signal in signals.forever() {
            if SIGNAL.swap(signal, Ordering::SeqCst) != 0 {
                continue;
            }
            std::thread::spawn(|| {
                std::thread::sleep(GRACE);
                mirrorlake_lake::marts::abandon();
                std::process::exit(i32::from(status().unwrap_or(ExitStatus::Failed).code()));
            });
        }
    };
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(watch);
}

/// Whether a signal has come.
pub fn requested() -> bool {
    SIGNAL.load(Ordering::SeqCst) != 0
}

/// The exit code of the signal that came.
pub fn status() -> Option<ExitStatus> {
    match SIGNAL.load(Ordering::SeqCst) {
        0 => None,
        SIGINT => Some(ExitStatus::Interrupted),
        _ => Some(ExitStatus::Terminated),
    }
}
