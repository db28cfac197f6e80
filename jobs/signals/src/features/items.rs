//! What features are read from: the tokens of a text with the lexicon's words drawn together, and the hashes of the
//! tokens near a cue.

use super::{Part, Sink};
use crate::lexicon::{Class, Match};
use crate::tokens::{Kind, Tokens};

/// Tokens with the lexicon's words drawn together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub class: Option<Class>,
    /// Tokens from … to, the last not included.
    pub from: u32,
    pub to: u32,
    /// Number of the clause that it stands in, and of the sentence.
    pub clause: u32,
    pub sentence: u32,
    /// Whether it is a punctuation mark.
    pub mark: bool,
}

/// Buffers that are kept from text to text.
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub list: Vec<Item>,
    /// Hash of each token near a cue; others have 0.
    hashes: Vec<u64>,
    /// Items with a class, and marks.
    pub(super) stream: Vec<u32>,
}

impl Items {
    /// Draws tokens and the lexicon's words together.
    pub fn fill(&mut self, tokens: &Tokens, matches: &[Match]) {
        self.list.clear();
        self.hashes.clear();
        self.stream.clear();
        self.hashes.resize(tokens.list.len(), 0);
        let (mut token, mut next, mut clause, mut sentence) = (0_u32, 0, 0, 0);
        while (token as usize) < tokens.list.len() {
            let matched = matches.get(next).filter(|m| m.from == token);
            let (class, to) = matched.map_or((None, token + 1), |m| (Some(m.class), m.to));
            next += usize::from(matched.is_some());
            let mark = tokens.list[token as usize].kind == Kind::Mark;
            if class.is_some() || mark {
                self.stream.push(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
            }
            self.list.push(Item { class, from: token, to, clause, sentence, mark });
            clause += u32::from(mark);
            sentence += u32::from(mark && !matches!(tokens.text(token as usize), "," | "*" | "%"));
            token = to;
        }
        // Of a long text only what stands near its cues is looked at word by word.
        let mut done = 0;
        for cue in self.stream.iter().map(|at| self.list[*at as usize]).filter(Item::is_cue) {
            let (from, to) = reach(&cue, tokens);
            for at in from.max(done)..to {
                self.hashes[at] = Part::new(tokens.text(at)).hash;
            }
            done = to;
        }
    }

    /// A token as a part of a name.
    #[inline(always)]
    pub(super) fn token<'t, S: Sink>(&self, tokens: &'t Tokens, at: usize) -> Part<'t> {
        Part { text: if S::READS { tokens.text(at) } else { "" }, hash: self.hashes[at] }
    }

    /// An item as it is written, as a part of a name.
    #[inline(always)]
    pub(super) fn literally<'t, S: Sink>(&self, tokens: &'t Tokens, item: &Item) -> Part<'t> {
        let hash = self.hashes[item.from as usize];
        if !S::READS && hash != 0 && item.to == item.from + 1 {
            return Part { text: "", hash };
        }
        let (first, last) = (tokens.list[item.from as usize], tokens.list[item.to as usize - 1]);
        Part::new(&tokens.line[first.from as usize..last.to as usize])
    }
}

impl Item {
    fn is_cue(&self) -> bool {
        self.class.is_some_and(Class::is_cue)
    }
}

/// Tokens on either side of a cue whose runs are looked at: what stands farther off says little about the cue.
const REACH: u32 = 12;

/// The tokens from … to, the last not included, whose runs are looked at.
pub(super) fn reach(cue: &Item, tokens: &Tokens) -> (usize, usize) {
    let to = (cue.to.saturating_add(REACH) as usize).min(tokens.list.len());
    (cue.from.saturating_sub(REACH) as usize, to)
}
