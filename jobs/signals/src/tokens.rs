//! Tokens: a Chinese character, a Latin word, a number or a punctuation mark each, in one line of canonical text that
//! the lexicon is looked up in. Chinese characters stand side by side, everything else between single spaces.

use crate::normal::{Char, is_han};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A Chinese character.
    Han,
    /// A word of letters of any other script.
    Word,
    /// A number, written `0`.
    Number,
    /// Punctuation, written as one of `. , ! ?`, or `+` for emoji and other signs.
    Mark,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    /// Bytes of the canonical text.
    pub from: u32,
    pub to: u32,
    /// Bytes of the original.
    pub start: u32,
    pub end: u32,
}

/// The tokens of a text and its canonical line.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub line: String,
    pub list: Vec<Token>,
}

impl Tokens {
    /// The canonical text of a token.
    pub fn text(&self, token: usize) -> &str {
        let Token { from, to, .. } = self.list[token];
        &self.line[from as usize..to as usize]
    }

    /// Splits normalised characters; what was there before is dropped.
    pub fn fill(&mut self, chars: &[Char]) {
        self.line.clear();
        self.list.clear();
        let mut at = 0;
        while at < chars.len() {
            let c = chars[at].c;
            if is_han(c) {
                self.push(Kind::Han, &chars[at..=at], |line| line.push(c));
                at += 1;
            } else if is_word(c) {
                let to = run(chars, at, |c| is_word(c) || c == '\'');
                self.word(&chars[at..to]);
                at = to;
            } else if c.is_numeric() {
                let to = run(chars, at, |c| c.is_numeric() || c == '.' || c == ',');
                self.push(Kind::Number, &chars[at..to], |line| line.push('0'));
                at = to;
            } else {
                // Runs of one mark say it once.
                let mark = mark(c);
                let to = match mark {
                    Some(_) => run(chars, at, |c| crate::tokens::mark(c) == mark || c == ' '),
                    None => run(chars, at, char::is_whitespace).max(at + 1),
                };
                // A space between Chinese characters is a comma.
                let between = c.is_whitespace()
                    && self.list.last().is_some_and(|t| t.kind == Kind::Han)
                    && chars.get(to).is_some_and(|c| is_han(c.c));
                if let Some(mark) = mark.or(between.then_some(',')) {
                    self.push(Kind::Mark, &chars[at..to], |line| line.push(mark));
                }
                at = to;
            }
        }
    }

    /// A word, with the n't and 's of English apart, and letters said three times or more said once.
    fn word(&mut self, chars: &[Char]) {
        let trimmed = chars.len() - chars.iter().rev().take_while(|c| c.c == '\'').count();
        let chars = &chars[..trimmed];
        let is = |from: usize, ending: &str| {
            chars.len() - from == ending.chars().count() && chars[from..].iter().map(|c| c.c).eq(ending.chars())
        };
        // dont, isnt, didnt: the apostrophe is left out more often than not.
        let bare = chars.len() > 3 && is(chars.len() - 2, "nt") && NEGATED.iter().any(|word| is(0, word));
        let cut = if bare {
            chars.len() - 2
        } else if chars.len() > 3 && is(chars.len() - 3, "n't") {
            chars.len() - 3
        } else {
            chars.iter().position(|c| c.c == '\'').filter(|at| *at > 0).unwrap_or(chars.len())
        };
        self.letters(&chars[..cut]);
        if bare {
            self.push(Kind::Word, &chars[cut..], |line| line.push_str("n't"));
        } else if cut < chars.len() {
            self.letters(&chars[cut..]);
        }
    }

    fn letters(&mut self, chars: &[Char]) {
        if chars.is_empty() {
            return;
        }
        self.push(Kind::Word, chars, |line| {
            let mut at = 0;
            while at < chars.len() {
                let same = chars[at..].iter().take_while(|c| c.c == chars[at].c).count();
                let times = if same >= 3 { 1 } else { same };
                for _ in 0..times {
                    line.push(chars[at].c);
                }
                at += same;
            }
        });
    }

    fn push(&mut self, kind: Kind, chars: &[Char], write: impl FnOnce(&mut String)) {
        let (Some(first), Some(last)) = (chars.first(), chars.last()) else { return };
        let beside = self.list.last().is_none_or(|t| t.kind == Kind::Han && kind == Kind::Han);
        if !beside {
            self.line.push(' ');
        }
        let from = self.line.len();
        write(&mut self.line);
        let offset = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let (from, to) = (offset(from), offset(self.line.len()));
        self.list.push(Token { kind, from, to, start: first.start, end: last.end });
    }
}

const NEGATED: &[&str] = &[
    "dont", "isnt", "doesnt", "didnt", "wasnt", "arent", "cant", "couldnt", "wont", "wouldnt", "havent", "hasnt",
    "werent", "shouldnt",
];

fn run(chars: &[Char], from: usize, belongs: impl Fn(char) -> bool) -> usize {
    from + chars[from..].iter().take_while(|c| belongs(c.c)).count()
}

fn is_word(c: char) -> bool {
    c.is_ascii_lowercase() || (!c.is_ascii() && c.is_alphabetic() && !is_han(c))
}

fn mark(c: char) -> Option<char> {
    match c {
        '.' | '。' | '\n' | ';' | '…' | '\r' => Some('.'),
        ',' | '、' | ':' => Some(','),
        '!' => Some('!'),
        '?' => Some('?'),
        '%' => Some('%'),
        '*' => Some('*'),
        c if c.is_whitespace() || c.is_ascii() => None,
        '\u{3000}'..='\u{303f}' | '\u{2000}'..='\u{206f}' => None,
        _ => Some('+'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normal::normalise;

    fn line(text: &str) -> String {
        let (mut scratch, mut out, mut tokens) = (Vec::new(), Vec::new(), Tokens::default());
        normalise(text, &mut scratch, &mut out, |_, _| false);
        tokens.fill(&out);
        tokens.line
    }

    #[test]
    fn texts_become_one_canonical_line() {
        assert_eq!(line("这个是FAKE的！！！ 12.5元"), "这个是 fake 的 ! 0 元");
        assert_eq!(line("It's soooo fake... don't buy, isnt real"), "it 's so fake . do n't buy , is n't real");
        assert_eq!(line("  \u{202e}…？\n"), ". ? .");
        assert_eq!(line(""), "");
        assert_eq!(line("ok👍👍"), "ok +");
        assert_eq!(line("不好 假货"), "不好 , 假货");
    }
}
