//! A decoder that panics on a corrupt file is an error of that file, not a crash of the suite.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic inside becomes `Err` with its message, and nothing is printed.
///
/// # Errors
///
/// The panic's message.
pub fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    caught(work).map_err(|message| format!("the decoder panicked: {message}"))
}

/// Runs `work` like [`guard`]; a panic inside becomes `Err` with nothing but its message.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            if !GUARDED.with(Cell::get) {
                before(info);
            }
        }));
    });
    let outer = GUARDED.with(|g| g.replace(true));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.with(|g| g.set(outer));
    result.map_err(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        mirrorlake_model::text::printable(text, 200).to_string()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_panic_becomes_an_error() {
        assert_eq!(super::guard(|| 1), Ok(1));
        let error = super::guard(|| -> u8 { panic!("bad page {}", 7) }).expect_err("panicked");
        assert_eq!(error, "the decoder panicked: bad page 7");
    }
}
