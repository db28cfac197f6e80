//! What a raw character may do to a word, found by asking the normaliser itself, so that the two cannot disagree.

use crate::normal::{Char, is_han, is_strong_separator, is_weak_separator, normalise, variants};
use crate::tokens::Tokens;

/// Neither part of a word of the lexicon nor of a disguise. Also every Chinese character without a role.
pub(super) const PLAIN: u8 = 0;
/// May stand within a word and leave nothing there: a separator, or a sign that is no token.
pub(super) const SEPARATOR: u8 = 1;
/// Normalises to nothing: zero-width characters, combining marks, variation selectors.
pub(super) const INVISIBLE: u8 = 2;
/// A compatibility form of a digit or sign that stands for a letter between letters, such as a full-width one.
pub(super) const LEET: u8 = 3;
/// Holds a Latin letter or a Chinese character after normalisation. Honest comments have them so seldom that a text with
/// one simply passes.
pub(super) const HARD: u8 = 4;
/// The first class that is free for Chinese characters with a role in a cue.
pub(super) const FIRST_ROLE: u8 = 5;

/// The ASCII character is a letter.
pub(super) const LETTER: u8 = 1;
/// The ASCII character may stand within a word and leave nothing there.
pub(super) const SPLITS: u8 = 2;
/// The ASCII character may leave nothing between two words.
pub(super) const GAP: u8 = 4;

/// First and last code point of the emoji and other signs that have a table; further supplementary ones are [`HARD`].
const SIGNS: std::ops::RangeInclusive<u32> = 0x1f000..=0x1ffff;

/// First code point of the Chinese characters.
const HAN: u32 = 0x4e00;

/// The classes of all characters.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    /// Of the Basic Multilingual Plane, at [`slot`].
    wide: Box<[u8; 0x1_0000]>,
    signs: Vec<u8>,
    /// Bits of the ASCII characters.
    ascii: [u8; 256],
    /// The letter that an ASCII digit or sign stands for between letters, or 0.
    pub leet: [u8; 256],
    /// Traditional characters with a simplified one.
    variants: Vec<(char, char)>,
    /// The simplified character of each Chinese one, from [`HAN`] on.
    simplified: Vec<char>,
}

/// Where a three-byte character stands in the table: its bytes shifted together without taking the marker bits off.
#[inline]
pub(super) fn slot(bytes: [u8; 3]) -> usize {
    let [a, b, c] = bytes.map(u32::from);
    ((a << 12 ^ b << 6 ^ c) & 0xffff) as usize
}

/// The slot of a character of the Basic Multilingual Plane.
fn slot_of(code: u32) -> usize {
    ((code ^ 0x2080) & 0xffff) as usize
}

impl Classes {
    /// Classifies every character that may stand in a text.
    pub fn new() -> Self {
        let mut probe = Probe::default();
        let mut wide = Box::new([PLAIN; 0x1_0000]);
        // Chinese characters are given their roles later; Hangul never turns into anything that matters.
        let asked = (0x80..HAN).chain(0xa000..0xac00).chain(0xd7a4..0x1_0000);
        for c in asked.filter_map(char::from_u32) {
            wide[slot_of(u32::from(c))] = probe.class(c);
        }
        let signs = SIGNS.map(|code| char::from_u32(code).map_or(HARD, |c| probe.class(c))).collect();
        let (mut ascii, mut leet) = ([0; 256], [0; 256]);
        for c in (0..128_u8).map(char::from) {
            let at = c as usize;
            ascii[at] |= if c.is_ascii_alphabetic() { LETTER } else { 0 };
            if !c.is_ascii_alphabetic() {
                let gap = probe.vanishes(c);
                let splits = gap || is_strong_separator(c) || is_weak_separator(c);
                ascii[at] |= if splits { SPLITS } else { 0 } | if gap { GAP } else { 0 };
                leet[at] = probe.stands_for(c);
            }
        }
        let variants: Vec<(char, char)> = variants().filter(|(raw, _)| is_han(*raw)).collect();
        let mut simplified: Vec<char> = (HAN..0xa000).filter_map(char::from_u32).collect();
        for &(raw, to) in &variants {
            simplified[(u32::from(raw) - HAN) as usize] = to;
        }
        Self { wide, signs, ascii, leet, variants, simplified }
    }

    /// Gives the simplified Chinese character and everything that normalises to it a class.
    pub fn set(&mut self, simplified: char, class: u8) {
        self.wide[slot_of(u32::from(simplified))] = class;
        for &(raw, _) in self.variants.iter().filter(|(_, to)| *to == simplified) {
            self.wide[slot_of(u32::from(raw))] = class;
        }
    }

    /// The class of the three-byte character.
    #[inline]
    pub fn wide(&self, bytes: [u8; 3]) -> u8 {
        self.wide[slot(bytes)]
    }

    /// The class and the length of the character that begins at the non-ASCII byte `at`.
    pub fn other(&self, bytes: &[u8], at: usize) -> (u8, usize) {
        match bytes[at..] {
            [a @ 0xe0..=0xef, b, c, ..] => (self.wide([a, b, c]), 3),
            [a @ 0xc0..=0xdf, b, ..] => (self.wide[slot_of(u32::from(a & 0x1f) << 6 | u32::from(b & 0x3f))], 2),
            [a, b, c, d, ..] => {
                let [b, c, d] = [b, c, d].map(|byte| u32::from(byte & 0x3f));
                let code = u32::from(a & 7) << 18 | b << 12 | c << 6 | d;
                let class = code.checked_sub(*SIGNS.start()).and_then(|sign| self.signs.get(sign as usize));
                (class.copied().unwrap_or(HARD), 4)
            }
            // Cannot be in valid UTF-8.
            _ => (HARD, 1),
        }
    }

    /// The bits of a byte; none for bytes of non-ASCII characters.
    #[inline]
    pub fn bits(&self, byte: u8) -> u8 {
        self.ascii[usize::from(byte)]
    }

    /// The bits of the byte at `at`; none at the end.
    #[inline]
    pub fn bits_at(&self, bytes: &[u8], at: usize) -> u8 {
        bytes.get(at).map_or(0, |b| self.bits(*b))
    }

    /// The letter that the byte at `at` stands for if there are letters on both sides, or 0.
    #[inline]
    pub fn leet_at(&self, bytes: &[u8], at: usize) -> u8 {
        bytes.get(at).map_or(0, |b| self.leet[usize::from(*b)])
    }

    /// The simplified form of the Chinese character at `at`, if there is one.
    pub fn han(&self, bytes: &[u8], at: usize) -> Option<char> {
        let &[a, b, c] = bytes.get(at..)?.first_chunk::<3>()?;
        if a & 0xf0 != 0xe0 {
            return None;
        }
        let [a, b, c] = [a, b, c].map(u32::from);
        let code = (a & 0xf) << 12 | (b & 0x3f) << 6 | c & 0x3f;
        self.simplified.get(code.wrapping_sub(HAN) as usize).copied()
    }
}

/// Buffers to ask the normaliser with.
#[derive(Default)]
struct Probe {
    text: String,
    scratch: Vec<Char>,
    out: Vec<Char>,
    tokens: Tokens,
}

impl Probe {
    /// Normalises a text with a character in its middle.
    fn ask(&mut self, parts: [&str; 2], c: char) -> &[Char] {
        self.text.clear();
        self.text.push_str(parts[0]);
        self.text.push(c);
        self.text.push_str(parts[1]);
        normalise(&self.text, &mut self.scratch, &mut self.out, |_, _| false);
        &self.out
    }

    /// The class of a non-ASCII character that is not a Chinese one.
    fn class(&mut self, c: char) -> u8 {
        let matters = |c: &Char| c.c.is_ascii_lowercase() || is_han(c.c);
        let between = self.ask(["a", "a"], c);
        let inner = &between[1..between.len() - 1];
        if inner.is_empty() {
            INVISIBLE
        } else if inner.iter().all(|c| is_strong_separator(c.c) || is_weak_separator(c.c)) {
            SEPARATOR
        } else if !inner.iter().any(matters) {
            if self.vanishes(c) { SEPARATOR } else { PLAIN }
        } else if self.ask(["", ""], c).iter().any(matters) {
            HARD
        } else {
            LEET
        }
    }

    /// The letter that an ASCII character stands for between letters, or 0.
    fn stands_for(&mut self, c: char) -> u8 {
        match self.ask(["b", "b"], c) {
            [_, Char { c, .. }, _] if c.is_ascii_lowercase() => *c as u8,
            _ => 0,
        }
    }

    /// Whether a character may leave nothing between two tokens. Line breaks do so after a space, and spaces between
    /// Chinese characters before a sign.
    fn vanishes(&mut self, c: char) -> bool {
        self.ask(["中 ", "(文"], c);
        self.tokens.fill(&self.out);
        self.tokens.line == "中文"
    }
}
