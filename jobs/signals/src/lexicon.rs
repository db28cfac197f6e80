//! The words that the detector knows, and where they stand in a text.

use std::sync::OnceLock;

use crate::normal::is_han;
use crate::tokens::{Kind, Token, Tokens};
use crate::trie::{ROOT, Trie};

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
    pub const NAMES: [(Self, &'static str); 26] = [
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

/// The lexicon and the table that it is looked up in.
#[derive(Debug)]
pub(crate) struct Lexicon {
    trie: Trie,
    /// The class of each pattern.
    classes: Vec<Class>,
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
    pub fn get() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(Self::build)
    }

    fn build() -> Self {
        let mut patterns = Vec::new();
        let mut classes = Vec::new();
        let mut pairs = Vec::new();
        for (class, text, prefix) in entries() {
            // As the tokens' line has it: spaces between Chinese characters and words.
            patterns.push((canonical(text), prefix));
            classes.push(class);
            if class.is_cue() {
                let chars: Vec<char> = text.chars().collect();
                pairs.extend(chars.windows(2).filter(|w| is_han(w[0]) && is_han(w[1])).map(|w| (w[0], w[1])));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Self { trie: Trie::new(&patterns), classes, pairs }
    }

    /// Whether two Chinese characters stand side by side in a cue.
    pub fn joins(&self, first: char, second: char) -> bool {
        self.pairs.binary_search(&(first, second)).is_ok()
    }

    /// Finds the words of a text: of overlapping ones the leftmost, of those the longest, of those the first class.
    pub fn find(&self, tokens: &Tokens, out: &mut Vec<Match>) {
        out.clear();
        let mut token = 0;
        while token < tokens.list.len() {
            match self.longest(tokens, token) {
                Some((class, to)) => {
                    out.push(Match { class, from: token as u32, to: to as u32 });
                    token = to;
                }
                None => token += 1,
            }
        }
    }

    /// The longest word that begins with a token, and the token after it.
    #[inline]
    fn longest(&self, tokens: &Tokens, token: usize) -> Option<(Class, usize)> {
        let line = tokens.line.as_bytes();
        let (mut state, mut last) = (ROOT, token);
        let mut best: Option<(usize, u32)> = None;
        let Token { kind, from, .. } = tokens.list[token];
        let from = from as usize;
        if kind == Kind::Han && !tokens.line[from..].chars().next().is_some_and(|c| self.trie.may_begin(c)) {
            return None;
        }
        for (at, byte) in line.iter().enumerate().skip(from) {
            let Some(next) = self.trie.step(state, *byte) else { break };
            state = next;
            let ends = self.trie.ends(state);
            if ends.first(false).is_none() {
                continue;
            }
            // The token that this byte belongs to: no pattern ends in a space.
            while tokens.list[last].to as usize <= at {
                last += 1;
            }
            // A Latin word counts whole, or from its beginning.
            let goes_on = tokens.list[last].to as usize > at + 1;
            if goes_on && tokens.list[last].kind != Kind::Word {
                continue;
            }
            let Some(pattern) = ends.first(goes_on) else { continue };
            if best.is_none_or(|(end, first)| last > end || pattern < first) {
                best = Some((last, pattern));
            }
        }
        best.map(|(last, pattern)| (self.classes[pattern as usize], last + 1))
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
        let lexicon = Lexicon::get();
        let (mut scratch, mut chars, mut tokens) = (Vec::new(), Vec::new(), Tokens::default());
        normalise(text, &mut scratch, &mut chars, |a, b| lexicon.joins(a, b));
        tokens.fill(&chars);
        let mut out = Vec::new();
        lexicon.find(&tokens, &mut out);
        let spelled = |m: &Match| (m.from..m.to).map(|t| tokens.text(t as usize)).collect::<String>();
        out.iter().map(|m| (spelled(m), Class::NAMES[m.class as usize].1)).collect()
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
