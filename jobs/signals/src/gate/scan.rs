//! Latin words in raw text, found by their first letters and their length, up to 64 bytes at a time.

use super::Gate;
use super::classes::LETTER;
use super::phrases::{Part, Phrase};

/// Letters of a word that the screen knows it by.
const KEY: usize = 5;

/// Lengths that the screen tells apart: from this one on words are all the same.
const LENGTH: usize = 8;

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Bytes of a block that are looked at again in the next one: what is told of a word needs no more.
const AHEAD: usize = LENGTH + 2;

/// A block, and as much as may be read from its last byte on.
type Window = [u8; BLOCK + 8];

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;
const CASE: u64 = 0x20 * ONES;

/// First letters and lengths of words: a set that may hold a few others.
#[derive(Clone, Debug)]
pub(super) struct Screen(Box<[u64; 1024]>);

/// The words that cues begin with.
#[derive(Clone, Debug, Default)]
pub(super) struct Screens {
    /// All of them.
    first: Screen,
    /// Those that are a cue alone.
    single: Screen,
    /// The words that follow the others.
    second: Screen,
}

impl Default for Screen {
    fn default() -> Self {
        Self(Box::new([0; 1024]))
    }
}

impl Screens {
    /// Adds the first words of a phrase.
    pub fn add(&mut self, phrase: &Phrase) {
        let Some((Part::Word(word), rest)) = phrase.parts.split_first() else { return };
        self.first.add(word, phrase.prefix && rest.is_empty());
        match rest {
            [] => self.single.add(word, phrase.prefix),
            [Part::Word(word), rest @ ..] => self.second.add(word, phrase.prefix && rest.is_empty()),
            [Part::Han(_), ..] => {}
        }
    }
}

impl Screen {
    /// Adds a word, with every way that it may go on.
    fn add(&mut self, word: &[u8], prefix: bool) {
        // The n't that belongs to a word may be written to it.
        for ending in [&b""[..], b"n", b"nt"] {
            self.insert(&[word, ending].concat());
        }
        if prefix {
            self.add_longer(&mut word.to_vec());
        }
    }

    fn add_longer(&mut self, word: &mut Vec<u8>) {
        self.insert(word);
        // Only the first letters matter, then the length.
        let letters = if word.len() < KEY { b'a'..=b'z' } else { b'x'..=b'x' };
        if word.len() < LENGTH {
            for letter in letters {
                word.push(letter);
                self.add_longer(word);
                word.pop();
            }
        }
    }

    fn insert(&mut self, word: &[u8]) {
        let first = word.iter().take(KEY).rev().fold(0, |all, letter| all << 8 | u64::from(*letter));
        let (at, bit) = Self::place(first, word.len().min(LENGTH));
        self.0[at] |= bit;
    }

    /// The place of a word that begins with the lowest byte and has so many letters, from one to [`LENGTH`].
    #[inline]
    fn place(word: u64, length: usize) -> (usize, u64) {
        // What follows the word or the key is shifted out.
        let out = 64 - 8 * length.min(KEY) as u32;
        let key = (word | CASE).wrapping_shl(out) | length as u64;
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
        ((hash >> 6) as usize & 1023, 1 << (hash & 63))
    }

    #[inline]
    fn has(&self, word: u64, length: usize) -> bool {
        let (at, bit) = Self::place(word, length);
        self.0[at] & bit != 0
    }
}

/// What is to be seen in a block, with a bit for each byte.
#[derive(Default)]
struct Seen {
    letters: u64,
    /// Bytes of non-ASCII characters.
    others: u64,
    /// Not zero where some letter may be there three times in a row.
    repeats: u64,
}

impl Seen {
    #[inline]
    fn new(window: &Window, chunks: usize) -> Self {
        let mut seen = Self::default();
        let mut previous = 0;
        for (at, bytes) in window.as_chunks::<8>().0.iter().take(chunks).enumerate() {
            let chunk = u64::from_le_bytes(*bytes);
            let letters = letters(chunk);
            seen.letters |= packed(letters) << (8 * at);
            seen.others |= packed(chunk & HIGH) << (8 * at);
            seen.repeats |= thrice(chunk, chunk << 8 | previous >> 56, chunk << 16 | previous >> 48) & letters;
            previous = chunk;
        }
        seen
    }
}

/// The high bit of each byte that is an ASCII letter.
#[inline]
fn letters(bytes: u64) -> u64 {
    // No byte carries into the next: without the high bits the sums stay below 256.
    let low = (bytes & !HIGH) | CASE;
    let from_a = low.wrapping_add((0x80 - 0x61) * ONES);
    let past_z = low.wrapping_add((0x80 - 0x7b) * ONES);
    from_a & !past_z & !bytes & HIGH
}

/// The high bits of the bytes, side by side.
#[inline]
fn packed(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The high bit of each byte that is the same in all three, whatever its case; perhaps of others after one.
#[inline]
fn thrice(first: u64, second: u64, third: u64) -> u64 {
    let differs = ((first ^ second) | (second ^ third)) & !CASE;
    differs.wrapping_sub(ONES) & !differs & HIGH
}

/// Eight bytes of a window; `at` is within its block.
#[inline]
fn eight(window: &Window, at: usize) -> u64 {
    window[at % BLOCK..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

impl Gate {
    /// Looks at the ASCII characters from `at` on and returns the place after them: `None` where there may be a cue.
    pub(super) fn ascii(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        let mut buffer;
        let mut before = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let window = match rest.first_chunk() {
                Some(window) => window,
                None => {
                    buffer = [0; BLOCK + 8];
                    buffer[..rest.len()].copy_from_slice(rest);
                    &buffer
                }
            };
            // In Chinese a few bytes are the rule.
            let short = eight(window, 0) & HIGH != 0;
            let seen = if short { Seen::new(window, 1) } else { Seen::new(window, BLOCK / 8) };
            let end = (seen.others.trailing_zeros() as usize).min(rest.len());
            let ends = end < BLOCK || rest.len() == BLOCK;
            let done = if ends { end } else { BLOCK - AHEAD };
            let within = |bytes: usize| if bytes == BLOCK { u64::MAX } else { (1 << bytes) - 1 };
            let is_letter = seen.letters & within(end);
            let all = is_letter & !(is_letter << 1 | before);
            // Letters that stand alone, before another one, before another one. Beyond the end there may be one.
            let alone = all & !(is_letter >> 1);
            let beyond = if ends && end < rest.len() { !within(end.saturating_sub(4)) } else { 0 };
            let near = |of: u64| alone & (of >> 2 | of >> 3 | of >> 4 | beyond);
            let mut rows = near(near(alone)) & within(done);
            while rows != 0 {
                if self.word_at(bytes, at + rows.trailing_zeros() as usize) {
                    return None;
                }
                rows &= rows - 1;
            }
            let mut starts = all & within(done);
            while starts != 0 {
                let first = starts.trailing_zeros();
                starts &= starts - 1;
                let length = (!(is_letter >> first) | 1 << LENGTH).trailing_zeros() as usize;
                let word = at.wrapping_add(first as usize);
                let suspect = self.screens.first.has(eight(window, first as usize), length);
                let sign = bytes.get(word.wrapping_sub(1)).is_some_and(|b| self.classes.leet[usize::from(*b)] != 0);
                if (suspect | sign | (seen.repeats != 0)) && self.suspect_at(bytes, word, length, suspect) {
                    return None;
                }
            }
            before = is_letter >> (done.wrapping_sub(1) % BLOCK) & 1;
            at += done;
            if ends {
                return Some(at);
            }
        }
    }

    /// Whether a word that the screen knows may be a cue, or one that it may not know because of a sign for a letter or
    /// a letter said three times.
    #[cold]
    #[inline(never)]
    fn suspect_at(&self, bytes: &[u8], word: usize, length: usize, known: bool) -> bool {
        let known = known && !self.goes_nowhere(bytes, word, length);
        if known && self.word_at(bytes, word) {
            return true;
        }
        // A sign before these letters: they may not be a word's first. Signs farther on hide nothing from the screen.
        if let Some(sign) = word.checked_sub(1).filter(|sign| self.classes.leet_at(bytes, *sign) != 0) {
            let is_letter = |at: &usize| self.classes.bits(bytes[*at]) & LETTER != 0;
            let first = (sign.saturating_sub(LENGTH)..sign).rev().take_while(is_letter).last();
            if first.is_some_and(|first| self.word_at(bytes, first)) {
                return true;
            }
        }
        let first = bytes[word..].iter().take(AHEAD).map(|b| b | 0x20);
        let mut times = (0, 0);
        let thrice = first.into_iter().any(|letter| {
            times = if letter == times.0 { (letter, times.1 + 1) } else { (letter, 1) };
            times.1 >= 3
        });
        !known && thrice && self.word_at(bytes, word)
    }

    /// Whether a word that is no cue alone is followed by a plain word that does not make it one: the "a" and "not" of
    /// ordinary English.
    fn goes_nowhere(&self, bytes: &[u8], word: usize, length: usize) -> bool {
        let Some(rest) = bytes.get(word..).and_then(<[u8]>::first_chunk::<{ 2 * LENGTH + 2 }>) else { return false };
        let [own, next] = [0, length + 1].map(|at| rest[at..].first_chunk().map_or(0, |c| u64::from_le_bytes(*c)));
        let letters = (!packed(letters(next)) | 1 << LENGTH).trailing_zeros() as usize;
        let plain = letters >= 2
            && rest[length] == b' '
            && thrice(next, next >> 8, next >> 16) == 0
            && self.classes.leet_at(rest, length + 1 + letters) == 0;
        plain && !self.screens.single.has(own, length) && !self.screens.second.has(next, letters)
    }
}
