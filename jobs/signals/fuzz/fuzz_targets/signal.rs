//! Any text has a signal: no panic, a probability, evidence that is a part of the text, and the same answer twice.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mirrorlake_signals::{Detector, Scratch};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::embedded().expect("the project's parameters"));

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    SCRATCH.with_borrow_mut(|scratch| {
        let signal = DETECTOR.signal(&text, scratch);
        assert!((0.0..=1.0).contains(&signal.score));
        assert!(signal.evidence.is_none_or(|words| text.contains(words)));
        // A fresh scratch knows nothing of the texts before.
        assert_eq!(signal, DETECTOR.signal(&text, &mut Scratch::default()));
        assert_eq!(signal.passed, DETECTOR.passes(&text, scratch));
    });
});
