//! The cues as the gate looks for them, and the longer words that hide them.

use std::collections::BTreeMap;

use crate::lexicon::entries;
use crate::normal::{is_han, normalise};
use crate::tokens::Tokens;

/// Longest Latin word that is compared; a pattern with a longer one is looked for by its other parts.
pub(super) const LETTERS: usize = 28;

/// A Chinese character or a Latin word of a phrase.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// A simplified character.
    Han(char),
    /// A word in lower-case ASCII letters.
    Word(Box<[u8]>),
}

/// A pattern of the lexicon, or the longest part of it that the gate can look for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Phrase {
    pub parts: Vec<Part>,
    /// Whether the last word may go on.
    pub prefix: bool,
}

/// A longer phrase of another class that begins where a cue does and so takes its place.
#[derive(Clone, Debug)]
pub(super) struct Hider {
    pub phrase: Phrase,
    /// How many of its parts stand before the cue.
    pub before: usize,
    /// Not after one of these characters, with which a longer cue begins before it.
    pub unless_after: Vec<char>,
}

/// The phrases that begin with one character or letter.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    pub cues: Vec<Phrase>,
    pub hiders: Vec<Hider>,
}

/// All cues and what hides them.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// By first character; by first letter for Latin words.
    pub starts: BTreeMap<char, Start>,
    /// Phrases that must be looked for: those within which no shorter one stands.
    pub kept: Vec<Phrase>,
    /// Whether a cue has no part that the gate can look for, so that every text may hold it.
    pub anything: bool,
}

impl Phrase {
    /// The phrase of a pattern, and whether it is the whole pattern.
    fn parse(text: &str, prefix: bool) -> Option<(Self, bool)> {
        // Parts that cannot be looked for (digits, apostrophes, foreign letters) cut the pattern.
        let mut runs: Vec<Vec<Part>> = vec![Vec::new()];
        let mut clean = true;
        for word in text.split_whitespace() {
            let mut rest = word;
            while let Some(first) = rest.chars().next() {
                let end = if is_han(first) { first.len_utf8() } else { rest.find(is_han).unwrap_or(rest.len()) };
                let (part, tail) = rest.split_at(end);
                rest = tail;
                let part = if is_han(first) { Some(Part::Han(first)) } else { word_part(part) };
                match (part, runs.last_mut()) {
                    (Some(part), Some(run)) => run.push(part),
                    _ => {
                        clean = false;
                        runs.push(Vec::new());
                    }
                }
            }
        }
        let ends_clean = runs.last().is_some_and(|run| !run.is_empty());
        let last = runs.len() - 1;
        let (at, parts) = runs.into_iter().enumerate().max_by_key(|(_, run)| run.len())?;
        (!parts.is_empty()).then_some((Self { prefix: prefix && ends_clean && at == last, parts }, clean))
    }

    /// The character that it is filed under.
    pub fn start(&self) -> char {
        match &self.parts[0] {
            Part::Han(c) => *c,
            Part::Word(word) => char::from(word[0]),
        }
    }

    /// Whether every text with `self`, `at` parts before its beginning, has `other` at that place.
    fn implies(&self, at: usize, other: &Self) -> bool {
        let Some(own) = self.parts.get(at..at + other.parts.len()) else { return false };
        let ends = at + other.parts.len() == self.parts.len();
        own.iter().zip(&other.parts).enumerate().all(|(i, (own, part))| {
            let last = i + 1 == other.parts.len();
            match (own, part) {
                (Part::Word(own), Part::Word(part)) if last && other.prefix => own.starts_with(part),
                (Part::Word(_), _) if last && ends && self.prefix => false,
                _ => own == part,
            }
        })
    }

    /// Whether a text may have `self` from its part `at` on and `other` at the same place.
    fn agrees(&self, at: usize, other: &Self) -> bool {
        self.parts[at..].iter().zip(&other.parts).all(|(own, part)| match (own, part) {
            // One may be a prefix of the other's word: near enough.
            (Part::Word(own), Part::Word(part)) => own.starts_with(part) || part.starts_with(own),
            _ => own == part,
        })
    }
}

fn word_part(text: &str) -> Option<Part> {
    let fits = text.len() <= LETTERS && text.bytes().all(|b| b.is_ascii_lowercase());
    fits.then(|| Part::Word(text.as_bytes().into()))
}

impl Phrases {
    /// The phrases of the lexicon.
    pub fn new() -> Self {
        let (mut cues, mut others, mut inner) = (Vec::new(), Vec::new(), Vec::new());
        let (mut anything, mut cut) = (false, Vec::new());
        for (class, text, prefix) in entries() {
            inner.extend(text.chars().skip(1).filter(|c| is_han(*c)));
            match Phrase::parse(text, prefix) {
                Some((phrase, clean)) if class.is_cue() => {
                    cut.extend((!clean).then(|| phrase.start()));
                    cues.push(phrase);
                }
                None if class.is_cue() => anything = true,
                Some((phrase, true)) if hides(&phrase, text) => others.push(phrase),
                _ => {}
            }
        }
        cues.sort_unstable();
        cues.dedup();
        let within = |cue: &Phrase| {
            let shorter = |other: &Phrase| {
                other != cue && (0..cue.parts.len()).any(|at| cue.implies(at, other) && !other.implies(at, cue))
            };
            cues.iter().any(shorter)
        };
        let kept: Vec<Phrase> = cues.iter().filter(|cue| !within(cue)).cloned().collect();
        let mut starts: BTreeMap<char, Start> = BTreeMap::new();
        for cue in &cues {
            starts.entry(cue.start()).or_default().cues.push(cue.clone());
        }
        for phrase in others {
            let found = hider(&phrase, &cues).map(|h| (phrase.start(), h)).into_iter();
            let behind = match &phrase.parts[..] {
                [Part::Han(first), Part::Han(second), ..] if !inner.contains(first) => Some((*first, *second)),
                _ => None,
            };
            let taken = |first: char, second: char| {
                let pair = [Part::Han(first), Part::Han(second)];
                cues.iter().any(|cue| cue.parts.starts_with(&pair) || cue.parts == pair[..1])
            };
            let behind = behind
                .filter(|(first, second)| !taken(*first, *second))
                .map(|(_, second)| (second, Hider { phrase: phrase.clone(), before: 1, unless_after: Vec::new() }));
            for (start, hider) in found.chain(behind) {
                if let Some(start) = starts.get_mut(&start) {
                    start.hiders.push(hider);
                }
            }
        }
        // Where only a part of a cue is looked for, how long the whole is cannot be said.
        for start in cut {
            starts.entry(start).or_default().hiders.clear();
        }
        Self { starts, kept, anything }
    }
}

/// Whether a phrase of another class can be recognised for certain in raw text: several Chinese characters, or several
/// words of two letters or more, which normalisation leaves as they are.
fn hides(phrase: &Phrase, text: &str) -> bool {
    let (mut scratch, mut chars, mut tokens) = (Vec::new(), Vec::new(), Tokens::default());
    normalise(text, &mut scratch, &mut chars, |_, _| false);
    tokens.fill(&chars);
    let parts = &phrase.parts;
    let han = parts.iter().all(|p| matches!(p, Part::Han(_)));
    let words = parts.iter().all(|p| matches!(p, Part::Word(word) if word.len() >= 2));
    parts.len() >= 2 && (han || words) && tokens.line == text
}

/// What hides a cue at its own beginning, unless a longer cue that begins before both would be hidden too.
fn hider(phrase: &Phrase, cues: &[Phrase]) -> Option<Hider> {
    let mut unless_after = Vec::new();
    for cue in cues {
        for at in 1..cue.parts.len() {
            if cue.agrees(at, phrase) {
                match (&cue.parts[at - 1], &phrase.parts[0]) {
                    (Part::Han(c), Part::Han(_)) => unless_after.push(*c),
                    _ => return None,
                }
            }
        }
    }
    Some(Hider { phrase: phrase.clone(), before: 0, unless_after })
}
