//! The words that the detector knows, and where they stand in a text.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::normal::is_han;
use crate::tokens::{Kind, Tokens};

/// What a word does for the meaning of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Class {
    Fake,
    Genuine,
    Doubt,
    Weak,
    Near,
    Negate,
    Hedge,
    Condition,
    Hope,
    Ask,
    Unknown,
    Elsewhere,
    Store,
    Change,
    Compare,
    Trust,
    Bad,
    Good,
    Thing,
    Got,
    Part,
    Talk,
    Sure,
    Brand,
    Offer,
    Not,
}

impl Class {
    /// Every class with its name in the lexicon and in the names of features.
    const NAMES: [(Self, &'static str); 26] = [
        (Self::Fake, "fake"),
        (Self::Genuine, "genuine"),
        (Self::Doubt, "doubt"),
        (Self::Weak, "weak"),
        (Self::Near, "near"),
        (Self::Negate, "negate"),
        (Self::Hedge, "hedge"),
        (Self::Condition, "condition"),
        (Self::Hope, "hope"),
        (Self::Ask, "ask"),
        (Self::Unknown, "unknown"),
        (Self::Elsewhere, "elsewhere"),
        (Self::Store, "store"),
        (Self::Change, "change"),
        (Self::Compare, "compare"),
        (Self::Trust, "trust"),
        (Self::Bad, "bad"),
        (Self::Good, "good"),
        (Self::Thing, "thing"),
        (Self::Got, "got"),
        (Self::Part, "part"),
        (Self::Talk, "talk"),
        (Self::Sure, "sure"),
        (Self::Brand, "brand"),
        (Self::Offer, "offer"),
        (Self::Not, "not"),
    ];

    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, n)| *n == name).map(|(class, _)| *class)
    }

    /// Every class, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAMES.iter().map(|(class, _)| *class)
    }

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1
    }

    /// Whether a comment with such a word goes to the scorer.
    pub fn is_cue(self) -> bool {
        matches!(self, Self::Fake | Self::Genuine | Self::Doubt)
    }
}

/// A word of the lexicon in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub class: Class,
    /// Tokens from … to, the last one not included.
    pub from: u32,
    pub to: u32,
}

#[derive(Debug)]
struct Pattern {
    class: Class,
    /// Whether it may begin a longer Latin word.
    prefix: bool,
}

/// The lexicon and its automaton.
#[derive(Debug)]
pub(crate) struct Lexicon {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    /// Neighbouring Chinese characters within cues, sorted.
    pairs: Vec<(char, char)>,
}

/// The patterns of the lexicon file: class, text, whether it is a prefix.
pub(crate) fn entries() -> impl Iterator<Item = (Class, &'static str, bool)> {
    let lines = include_str!("../data/lexicon.tsv").lines().filter(|l| !l.starts_with('#'));
    let classed = lines.filter_map(|line| {
        let (class, words) = line.split_once('\t')?;
        Some((Class::from_name(class)?, words))
    });
    classed.flat_map(|(class, words)| {
        words.split('|').filter(|w| !w.is_empty()).map(move |word| match word.strip_suffix('*') {
            Some(stem) => (class, stem, true),
            None => (class, word, false),
        })
    })
}

impl Lexicon {
    /// The lexicon of the project.
    pub fn get() -> Result<&'static Self, aho_corasick::BuildError> {
        static LEXICON: OnceLock<Result<Lexicon, aho_corasick::BuildError>> = OnceLock::new();
        LEXICON.get_or_init(Self::build).as_ref().map_err(Clone::clone)
    }

    fn build() -> Result<Self, aho_corasick::BuildError> {
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        let mut pairs = Vec::new();
        for (class, text, prefix) in entries() {
            // As the tokens' line has it: spaces between Chinese characters and words.
            texts.push(canonical(text));
            patterns.push(Pattern { class, prefix });
            if class.is_cue() {
                let chars: Vec<char> = text.chars().collect();
                pairs.extend(chars.windows(2).filter(|w| is_han(w[0]) && is_han(w[1])).map(|w| (w[0], w[1])));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::Standard).kind(Some(AhoCorasickKind::DFA)).build(texts)?;
        Ok(Self { automaton, patterns, pairs })
    }

    /// Whether two Chinese characters stand side by side in a cue.
    pub fn joins(&self, first: char, second: char) -> bool {
        self.pairs.binary_search(&(first, second)).is_ok()
    }

    /// Finds the words of a text: of overlapping ones the leftmost, of those the longest, of those the first class.
    pub fn find(&self, tokens: &Tokens, found: &mut Vec<(u32, u32, u32)>, out: &mut Vec<Match>) {
        found.clear();
        out.clear();
        let line = tokens.line.as_bytes();
        for hit in self.automaton.find_overlapping_iter(&tokens.line) {
            let pattern = &self.patterns[hit.pattern().as_usize()];
            let (from, mut to) = (hit.start(), hit.end());
            let (first, last) = (tokens.at_byte[from], tokens.at_byte[to - 1]);
            // A Latin word counts whole, or from its beginning.
            if from as u32 != tokens.list[first as usize].from {
                continue;
            }
            let end = tokens.list[last as usize].to as usize;
            if to != end {
                if !(pattern.prefix && tokens.list[last as usize].kind == Kind::Word) {
                    continue;
                }
                to = end;
            }
            debug_assert!(to == line.len() || tokens.at_byte[to] != last || line[to] == b' ');
            found.push((first, u32::MAX - last, hit.pattern().as_u32()));
        }
        found.sort_unstable();
        let mut free = 0;
        for &(first, last, pattern) in found.iter() {
            if first >= free {
                free = u32::MAX - last + 1;
                out.push(Match { class: self.patterns[pattern as usize].class, from: first, to: free });
            }
        }
    }
}

/// A pattern as it stands in a canonical line.
fn canonical(text: &str) -> String {
    let mut line = String::new();
    let mut before = None;
    for c in text.chars() {
        if c != ' ' && before.is_some_and(|b: char| b != ' ' && is_han(b) != is_han(c)) {
            line.push(' ');
        }
        line.push(c);
        before = Some(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normal::normalise;

    fn classes(text: &str) -> Vec<(String, &'static str)> {
        let lexicon = Lexicon::get().expect("it builds");
        let (mut scratch, mut chars, mut tokens) = (Vec::new(), Vec::new(), Tokens::default());
        normalise(text, &mut scratch, &mut chars, |a, b| lexicon.joins(a, b));
        tokens.fill(&chars);
        let (mut found, mut out) = (Vec::new(), Vec::new());
        lexicon.find(&tokens, &mut found, &mut out);
        let spelled = |m: &Match| (m.from..m.to).map(|t| tokens.text(t as usize)).collect::<String>();
        out.iter().map(|m| (spelled(m), m.class.name())).collect()
    }

    #[test]
    fn near_words_hide_the_cue_inside_them() {
        assert_eq!(classes("假期")[0].1, "near");
        assert_eq!(classes("假货")[0].1, "fake");
        assert_eq!(classes("码数正版型也好")[0].1, "near");
        assert_eq!(classes("fake leather")[0].1, "near");
        assert_eq!(classes("a symphony")[0].1, "near");
        assert!(classes("realise").is_empty());
        assert_eq!(classes("fakes")[0], ("fakes".to_owned(), "fake"));
        assert_eq!(classes("A货")[0], ("a货".to_owned(), "fake"));
    }

    #[test]
    fn every_line_of_the_file_is_a_class_with_patterns_in_normal_form() {
        for line in include_str!("../data/lexicon.tsv").lines().filter(|l| !l.starts_with('#')) {
            let (class, words) = line.split_once('\t').expect("class, tab, patterns");
            assert!(Class::from_name(class).is_some(), "{class}");
            assert!(!words.is_empty());
        }
        for (at, (class, name)) in Class::NAMES.iter().enumerate() {
            assert_eq!(*class as usize, at, "{name}");
        }
        let (mut scratch, mut out) = (Vec::new(), Vec::new());
        for (_, text, _) in entries() {
            normalise(text, &mut scratch, &mut out, |_, _| false);
            let normal: String = out.iter().map(|c| c.c).collect();
            assert_eq!(normal, text, "a pattern that can never match");
        }
    }
}
