//! Latin words in raw text, compared with those of the lexicon after all that the normaliser undoes in ASCII.

use super::Gate;
use super::classes::LETTER;
use super::phrases::{LETTERS, Part, Phrase};
use crate::normal::SEPARATORS;

/// Most letters that the normaliser joins to one word where each stands alone.
const ALONE: usize = 24;

/// Most bytes of a word that are looked at; one that may be a cue and is longer simply passes.
const LONGEST: usize = 256;

/// A word as the normaliser leaves it, or its beginning.
pub(super) struct Spelled {
    letters: [u8; LETTERS + 4],
    len: usize,
    /// Whether there are more letters.
    more: bool,
    /// Whether the last letter is three times n, of which an n't would leave two.
    may_be_nn: bool,
    /// Whether it is too long to say.
    pub unclear: bool,
    /// The byte after the word.
    pub end: usize,
}

impl Spelled {
    fn new() -> Self {
        Self { letters: [0; LETTERS + 4], len: 0, more: false, may_be_nn: false, unclear: false, end: 0 }
    }

    /// Adds a letter that is said so many times.
    fn push(&mut self, letter: u8, times: usize) {
        for _ in 0..if times >= 3 { 1 } else { times } {
            if self.len < self.letters.len() {
                self.letters[self.len] = letter;
                self.len += 1;
            } else {
                self.more = true;
            }
        }
        self.may_be_nn = letter == b'n' && times == 3;
    }

    /// Whether it is a word of the lexicon, or goes on after one.
    pub fn is(&self, word: &[u8], prefix: bool) -> bool {
        if word.len() > self.len + 1 {
            return false;
        }
        let is = |own: &[u8]| match own.strip_prefix(word) {
            Some(rest) => prefix || (!self.more && matches!(rest, b"" | b"n" | b"nt")),
            None => false,
        };
        if self.may_be_nn && self.len < self.letters.len() {
            let mut own = self.letters;
            own[self.len] = b'n';
            if is(&own[..=self.len]) {
                return true;
            }
        }
        is(&self.letters[..self.len])
    }
}

impl Gate {
    /// Whether a cue may begin with the word at `at`.
    #[cold]
    #[inline(never)]
    pub(super) fn word_at(&self, bytes: &[u8], at: usize) -> bool {
        let start = &self.latin[usize::from((bytes[at] | 0x20).wrapping_sub(b'a')) % 26];
        if start.cues.is_empty() {
            return false;
        }
        let row = self.row(bytes, at);
        let spelled = self.spelled(bytes, at);
        if row.unclear || spelled.unclear {
            return true;
        }
        let mut longest = None;
        for cue in &start.cues {
            let Some((Part::Word(word), rest)) = cue.parts.split_first() else { continue };
            let prefix = cue.prefix && rest.is_empty();
            if row.spells(word, prefix) {
                return true;
            }
            if spelled.is(word, prefix) && self.goes_on(bytes, spelled.end, rest, cue.prefix, false) {
                longest = longest.max(Some(cue.parts.len()));
            }
        }
        longest.is_some_and(|parts| !start.hiders.iter().any(|hider| self.is_hidden(bytes, at, hider, parts)))
    }

    /// The word whose letters begin at `at`, with signs for letters read and letters said three times said once.
    pub(super) fn spelled(&self, bytes: &[u8], mut at: usize) -> Spelled {
        let mut spelled = Spelled::new();
        let (mut letter, mut times) = (0, 0);
        let from = at;
        while !spelled.more {
            let is_letter = self.classes.bits_at(bytes, at) & LETTER != 0;
            let leet = self.classes.leet_at(bytes, at);
            let next = if is_letter {
                bytes[at] | 0x20
            } else if leet != 0 && times > 0 && self.classes.bits_at(bytes, at + 1) & LETTER != 0 {
                leet
            } else {
                break;
            };
            if next != letter {
                spelled.push(letter, times);
                (letter, times) = (next, 0);
            }
            times += 1;
            at += 1;
            // Each sign begins a word of its own as well: without an end to this, i1i1i1 would take the square of time.
            if at - from > LONGEST {
                spelled.unclear = true;
                break;
            }
        }
        spelled.push(letter, times);
        spelled.end = at;
        spelled
    }

    /// The letters that stand alone from `at` on, with separators between them: f a k e.
    pub(super) fn row(&self, bytes: &[u8], mut at: usize) -> Row {
        let is_letter = |at: usize| self.classes.bits_at(bytes, at) & LETTER != 0;
        let mut row = Row { letters: [0; ALONE], len: 0, unclear: false };
        while row.len < ALONE && !is_letter(at + 1) && is_letter(at) {
            row.letters[row.len] = bytes[at] | 0x20;
            row.len += 1;
            // A letter said three times would be said once: too seldom to be told apart.
            if row.letters[..row.len].ends_with(&[bytes[at] | 0x20; 3]) {
                row.unclear = true;
                break;
            }
            match self.past_separators(bytes, at + 1, SEPARATORS) {
                Some(next) if next > at + 1 => at = next,
                Some(_) => break,
                None => row.unclear = true,
            }
            if row.unclear {
                break;
            }
        }
        row
    }
}

/// Letters that stand alone, one after the other.
pub(super) struct Row {
    letters: [u8; ALONE],
    len: usize,
    /// Whether something makes it unclear what they spell.
    pub unclear: bool,
}

impl Row {
    /// Whether some of its first letters, three or more, make a word of the lexicon.
    pub fn spells(&self, word: &[u8], prefix: bool) -> bool {
        let Some(rest) = self.letters[..self.len].strip_prefix(word) else { return false };
        // Fewer than three letters are not joined: of a short word there must be more, or its n't.
        self.len >= 3 && (prefix || word.len() >= 3 || rest.starts_with(if word.len() == 2 { b"n" } else { b"nt" }))
    }
}

/// Whether the words of a phrase stand in raw text, letter by letter with one space between, and nothing that follows
/// can change them.
pub(super) fn stands(bytes: &[u8], mut at: usize, phrase: &Phrase) -> bool {
    for (i, part) in phrase.parts.iter().enumerate() {
        let Part::Word(word) = part else { return false };
        let last = i + 1 == phrase.parts.len();
        let Some(own) = bytes.get(at..at + word.len()) else { return false };
        if !own.eq_ignore_ascii_case(word) {
            return false;
        }
        at += word.len();
        if last && phrase.prefix {
            let rest = bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
            // The last letter said three times, or an nt, would change what is compared.
            if rest > 0 && (bytes[at] | 0x20 == word[word.len() - 1] || bytes[at + rest - 1] | 0x20 == b't') {
                return false;
            }
            at += rest;
        }
        match bytes.get(at) {
            None if last => return true,
            Some(b' ') if !last => at += 1,
            Some(b' ' | b'.' | b',' | b';' | b':' | b'?' | b')' | b'\n') if last => return true,
            _ => return false,
        }
    }
    false
}
