//! Whatever is typed has a signal: no panic, no wrong slice, and time that grows with the text and no faster.

use std::time::{Duration, Instant};

use mirrorlake_model::comment::{Label, Lang};
use mirrorlake_signals::{ALLEGED, Detector, Scratch, Signal};
use proptest::prelude::*;

fn detector() -> Detector {
    Detector::embedded().expect("the project's parameters")
}

#[track_caller]
fn sound(signal: Signal<'_>, text: &str) {
    assert!((0.0..=1.0).contains(&signal.score), "{}", signal.score);
    assert_eq!(signal.label == Label::Allege, signal.passed && signal.score >= ALLEGED);
    assert!(signal.evidence.is_none() || signal.label != Label::Other);
    if let Some(words) = signal.evidence {
        assert!(text.contains(words), "{words:?} is no part of {text:?}");
        assert!(!words.is_empty() && words.chars().count() <= 40, "{words:?}");
    }
}

/// Pieces from which hostile texts are put together.
const PIECES: &[&str] = &[
    "假货",
    "假·货",
    "不是",
    "正品",
    "fake",
    "f a k e",
    "not ",
    "genuine",
    "ｆａｋｅ",
    "𝐟𝐚𝐤𝐞",
    "假\u{200b}货",
    "\u{202e}",
    "\u{0}",
    "\u{feff}",
    "\u{301}\u{302}",
    "👍",
    "👨‍👩‍👧",
    "<script>",
    "' or 1=1 --",
    "{{ 7*7 }}",
    "。",
    "!!!",
    "   ",
    "\n",
    "١٢٣",
    "ß",
    "İ",
    "ǅ",
    "\u{fdfa}",
    "ﬁ",
    "①",
    "㊣",
    "か\u{3099}",
    "\u{1100}\u{1161}",
    "\u{e0001}",
    "n't",
    "''''",
    "doesnt",
    "0",
    "1.2.3",
    "·",
    "*",
    "-",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_has_a_signal(text in "\\PC{0,200}") {
        sound(detector().signal(&text, &mut Scratch::default()), &text);
    }

    #[test]
    fn any_mixture_of_traps_has_a_signal(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let text = pieces.concat();
        let (detector, mut scratch) = (detector(), Scratch::default());
        let first = detector.signal(&text, &mut scratch);
        sound(first, &text);
        // Buffers that are kept remember nothing.
        detector.signal("假货 fake 正品", &mut scratch);
        prop_assert_eq!(first, detector.signal(&text, &mut scratch));
        prop_assert_eq!(first.passed, detector.passes(&text, &mut scratch));
    }
}

/// Floods of ten megabytes, each with a cue at its start so that nothing is refused early.
#[test]
#[allow(clippy::disallowed_methods, reason = "a flood that took quadratic time would hold up a night's run")]
fn ten_megabytes_take_no_longer_than_they_should() {
    let (detector, mut scratch) = (detector(), Scratch::default());
    let floods = [
        "假",
        "假货",
        "正",
        "正·",
        "fake ",
        "f ",
        "a",
        "n't ",
        "'",
        "👍",
        "\u{202e}",
        "\u{301}",
        "\0",
        "。",
        "·",
        " ",
        "0",
        "不是假货。",
        "\u{fdfa}",
        "<b>",
        "{{x}}",
        "' or ",
        "\u{200b}",
    ];
    for flood in floods {
        for start in ["", "假货 fake "] {
            let mut text = start.to_owned();
            while text.len() < 10 << 20 {
                text.push_str(flood);
            }
            let began = Instant::now();
            sound(detector.signal(&text, &mut scratch), &text);
            // Ten megabytes at one megabyte a second would be ten: far above what a linear scan needs on any machine,
            // far below what a quadratic one would take.
            assert!(began.elapsed() < Duration::from_secs(10), "{flood:?} took {:?}", began.elapsed());
        }
    }
}

#[test]
fn odd_texts_are_other() {
    let (detector, mut scratch) = (detector(), Scratch::default());
    for text in [
        "",
        " ",
        "\0",
        "\u{202e}\u{202d}",
        "!!!???",
        "。。。",
        "👍👍👍",
        "<script>alert(1)</script>",
        "'; drop table x; --",
        "{% if %}",
    ] {
        let signal = detector.signal(text, &mut scratch);
        assert_eq!((signal.label, signal.evidence, signal.passed), (Label::Other, None, false), "{text:?}");
    }
    assert_eq!(detector.signal("", &mut scratch).lang, Lang::Other);
}

#[test]
fn disguises_are_seen_through() {
    let (detector, mut scratch) = (detector(), Scratch::default());
    for text in [
        "这是假货，退货！",
        "这是假·货，退货！",
        "这是假 货，退货！",
        "這是假貨，退貨！",
        "这是假\u{200b}货，退货！",
        "这是假*货，退货！",
    ] {
        assert_eq!(detector.signal(text, &mut scratch).label, Label::Allege, "{text}");
    }
    for text in [
        "This is a fake product.",
        "This is a FAKE product.",
        "This is a f a k e product.",
        "This is a ｆａｋｅ product.",
        "This is a f@ke product.",
    ] {
        assert_eq!(detector.signal(text, &mut scratch).label, Label::Allege, "{text}");
    }
}
