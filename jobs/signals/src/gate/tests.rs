//! The gate against the whole detector: what has a cue after normalisation must have passed.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::Gate;
use crate::lexicon::{Lexicon, entries};
use crate::normal::{normalise, variants};
use crate::tokens::Tokens;

fn gate() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(Gate::new)
}

/// Whether the detector finds a cue, and the line that it finds it in.
fn cue(text: &str) -> (bool, String) {
    let lexicon = Lexicon::get();
    let (mut scratch, mut chars, mut tokens) = (Vec::new(), Vec::new(), Tokens::default());
    normalise(text, &mut scratch, &mut chars, |a, b| lexicon.joins(a, b));
    tokens.fill(&chars);
    let mut out = Vec::new();
    lexicon.find(&tokens, &mut out);
    (out.iter().any(|m| m.class.is_cue()), tokens.line)
}

/// Numbers that look random, from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ mixed >> 29) >> 16) as usize % n
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

const BETWEEN: &[&str] = &[
    "·",
    "*",
    " ",
    ".",
    "-",
    "，",
    ",",
    "。",
    "…",
    "/",
    "\u{200b}",
    "\u{fe0f}",
    "\u{301}",
    "...",
    "....",
    "・",
    "\u{3000}",
    "'",
    "’",
    "1",
    "\t",
    "_~",
    " \u{200d} ",
    "\u{ad}",
    "！",
    "++",
    "＊",
    "(",
    "\n",
    " \n(",
    "”",
    "( ",
    "\r\n",
    "《",
    "\0",
];
const FILLER: &[&str] = &[
    "",
    " ",
    "，",
    "很好用",
    "是",
    "不",
    "买的",
    "感",
    "放",
    "防",
    "被",
    "大",
    "的",
    "。",
    "！",
    "very good ",
    "the ",
    "it's ",
    "b",
    "x1",
    "3",
    "👍",
    "❤\u{fe0f}",
    "“",
    "”",
    "don't ",
    "б",
    "é",
    "の",
    "\u{200b}",
    "\n",
    "期",
    "品",
    " reviews",
    " time",
    "a ",
    "m.",
    "@",
    "'",
    "n't",
    "nt",
    "s",
    "\r",
    "\u{2028}",
    "”",
    "“",
    "…",
    "今天收到了，快递很快，包装也不错",
    " I like this product and it works fine ",
];

/// A pattern as people type it who do not want to be found, or cannot type.
fn disguised(text: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    let (split, loud, wide, leet) = (dice.below(4), dice.below(3), dice.below(6), dice.below(5));
    let between = dice.one(BETWEEN);
    for (at, c) in text.chars().enumerate() {
        if at > 0 && (split == 0 || (split == 1 && dice.below(4) == 0)) {
            out.push_str(if dice.below(3) == 0 { dice.one(BETWEEN) } else { between });
        }
        let traditional: Vec<char> = variants().filter(|(_, to)| *to == c).map(|(from, _)| from).collect();
        let c = if !traditional.is_empty() && dice.below(2) == 0 { dice.one(&traditional) } else { c };
        let c = if loud > 0 && dice.below(loud) == 0 { c.to_ascii_uppercase() } else { c };
        let c = match c {
            'a' if leet == 0 => dice.one(&['@', '4', 'а', 'á']),
            'o' if leet == 0 => dice.one(&['0', '０', 'о']),
            'i' if leet == 0 => dice.one(&['1', '!', '！']),
            's' if leet == 0 => dice.one(&['$', '5']),
            'e' if leet == 0 => dice.one(&['3', '③']),
            c if wide == 0 && c.is_ascii_graphic() => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            c => c,
        };
        let times = if dice.below(12) == 0 { 1 + dice.below(4) } else { 1 };
        out.extend(std::iter::repeat_n(c, times));
    }
    out
}

/// A text of patterns of the lexicon and other things.
fn text(seeds: &[u64]) -> String {
    static PATTERNS: OnceLock<[Vec<&'static str>; 2]> = OnceLock::new();
    let [cues, others] = PATTERNS.get_or_init(|| {
        let of = |cue: bool| entries().filter(|e| e.0.is_cue() == cue).map(|e| e.1).collect();
        [of(true), of(false)]
    });
    let mut text = String::new();
    for &seed in seeds {
        let mut dice = Dice(seed);
        match dice.below(9) {
            0..=2 => {
                let pattern = dice.one(cues);
                text.push_str(&disguised(pattern, &mut dice));
            }
            3 => text.push_str(dice.one(cues)),
            4 => {
                // Words side by side that share a part.
                let patterns = if dice.below(2) == 0 { cues } else { others };
                let pattern = dice.one(patterns);
                let chars = pattern.chars().count();
                let (from, keep) = (dice.below(chars), 1 + dice.below(chars));
                text.extend(pattern.chars().skip(from).take(keep));
            }
            5 => text.push_str(dice.one(others)),
            _ => {
                for _ in 0..=dice.below(3) {
                    text.push_str(dice.one(FILLER));
                }
            }
        }
    }
    text
}

proptest! {
    #[test]
    fn disguised_words_among_others_pass(seeds in prop::collection::vec(any::<u64>(), 1..7)) {
        let text = text(&seeds);
        let (has, line) = cue(&text);
        prop_assert!(!has || gate().may_pass(&text), "{text:?} is read as {line:?}");
    }

    #[test]
    fn what_is_made_of_parts_of_cues_passes(
        text in r"([假货真的是正品吗冒仿佛感貨眞買买期以次充好 ·.，]|[fakerlosm @13.'\u{200b}]|fake|real|copy|a|n't|[！…]){1,14}"
    ) {
        let (has, line) = cue(&text);
        prop_assert!(!has || gate().may_pass(&text), "{text:?} is read as {line:?}");
    }

    #[test]
    fn anything_else_passes_as_well(text in any::<String>()) {
        prop_assert!(!cue(&text).0 || gate().may_pass(&text));
    }
}

#[test]
fn every_cue_passes_alone_and_where_it_stands_in_a_block() {
    for (class, text, _) in entries().filter(|e| e.0.is_cue()) {
        for before in (0..70).chain([200]) {
            for filler in ["x ", "很", "é"] {
                let text = format!("{}{text}", filler.repeat(before));
                assert!(!cue(&text).0 || gate().may_pass(&text), "{class:?} {text}");
            }
        }
    }
}

#[test]
fn honest_comments_are_refused() {
    for text in [
        "",
        "今天收到了，快递很快！包装也不错。用了几天，感觉还可以～",
        "很喜欢❤️❤️物流给力👍🏻，下次再来（回购）…",
        "“性价比”高——值得买，12.5元、３件；手机mp3不错",
        "放假了才到，感冒了，仿佛等了很久",
        "This is a really good product, I'm happy. Don't wait!!! 5/5",
        "sooo gooood... it’s the best “phone” I ever had – 10 out of 10 😍",
        "A + b. U.S.A. e-mail me, not a problem",
    ] {
        assert!(!cue(text).0, "{text}");
        assert!(!gate().may_pass(text), "{text}");
    }
}

#[test]
fn a_word_that_hides_a_cue_does_not_where_the_scorer_may_cut_it() {
    assert!(!gate().may_pass("我的假期"));
    assert!(gate().may_pass(&format!("{}的假期", "大".repeat(30_000))));
}

#[test]
fn few_disguises_are_lost_on_the_test_itself() {
    let texts = (0..4000_u64).map(|seed| text(&[seed, seed + 10_000, seed + 20_000]));
    let with = texts.filter(|text| cue(text).0).count();
    assert!((1500..3900).contains(&with), "{with} of 4000 texts have a cue");
}

#[test]
fn hostile_texts_take_linear_time() {
    // Nothing is timed: the square of either would not end.
    let size = if cfg!(debug_assertions) { 500_000 } else { 10_000_000 };
    for part in [
        "a",
        "i1",
        "o0",
        "n'",
        "a ",
        "a.",
        "f·",
        "假",
        "假期",
        "是",
        "是 ",
        "是·",
        "以\u{200b}",
        "，",
        "·",
        " ",
        "\u{200b}",
        "\u{301}",
        "\0",
        "not ",
        "not   ",
        "a-",
        "！",
        "a！",
        "a！\u{200b}",
        "\u{1f600}",
        "fak",
        "local ",
        "x'n't",
        "真的",
        "挂羊头卖狗",
        "…",
    ] {
        let text = part.repeat(size / part.len());
        let _ = gate().may_pass(&text);
    }
}
