//! The lexicon's patterns as one table: where a word begins, a look at a few bytes tells what it is.
//!
//! A double array (Aoe, "An efficient digital search algorithm by using a double-array structure", 1989): the place of a
//! state's next state is the state's base, exclusive-or the byte, and the place knows which state it belongs to. A walk
//! begins at each token and mostly ends after one character, where an automaton over the whole line would look at every
//! byte of it in tables that no cache holds.

/// Before the first byte.
pub(crate) const ROOT: u32 = 0;

/// No state, no pattern.
const NONE: u32 = u32::MAX;

/// Finds which patterns begin at a place.
#[derive(Debug)]
pub(crate) struct Trie {
    places: Vec<Place>,
    /// What ends at each place.
    ends: Vec<Ends>,
    /// A bit for each Chinese character that a pattern begins with: most others need no further look.
    firsts: [u64; HAN / 64],
}

/// Chinese characters of the basic block, rounded up.
const HAN: usize = 0x5240;

#[derive(Clone, Copy, Debug)]
struct Place {
    /// The state that the place belongs to.
    parent: u32,
    base: u32,
}

/// The patterns that end at a state, the first of each kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    any: u32,
    prefix: u32,
}

impl Ends {
    const NONE: Self = Self { any: NONE, prefix: NONE };

    /// The first pattern that ends at a state: of all, or only of those that may go on.
    pub fn first(self, goes_on: bool) -> Option<u32> {
        let number = if goes_on { self.prefix } else { self.any };
        (number != NONE).then_some(number)
    }
}

/// A state while the table is made.
struct Node {
    next: Vec<(u8, u32)>,
    ends: Ends,
}

impl Trie {
    /// A trie of patterns, each with whether it is a prefix.
    pub fn new(patterns: &[(String, bool)]) -> Self {
        let mut nodes = vec![Node { next: Vec::new(), ends: Ends::NONE }];
        for (number, (text, prefix)) in (0_u32..).zip(patterns) {
            let mut node = 0;
            for &byte in text.as_bytes() {
                node = match nodes[node].next.iter().find(|(b, _)| *b == byte) {
                    Some((_, next)) => *next as usize,
                    None => {
                        let next = nodes.len();
                        nodes[node].next.push((byte, next as u32));
                        nodes.push(Node { next: Vec::new(), ends: Ends::NONE });
                        next
                    }
                };
            }
            let ends = &mut nodes[node].ends;
            ends.any = ends.any.min(number);
            if *prefix {
                ends.prefix = ends.prefix.min(number);
            }
        }
        let mut trie = Self::place(&nodes);
        for first in patterns.iter().filter_map(|(text, _)| text.chars().next()) {
            if let Some((word, bit)) = Self::han(first) {
                trie.firsts[word] |= bit;
            }
        }
        trie
    }

    /// The place of a Chinese character among the bits; `None` for all others.
    #[inline]
    fn han(c: char) -> Option<(usize, u64)> {
        let at = (c as usize).checked_sub(0x4e00).filter(|at| *at < HAN)?;
        Some((at / 64, 1 << (at % 64)))
    }

    /// Whether a pattern may begin with a Chinese character; of all others it says so.
    #[inline]
    pub fn may_begin(&self, c: char) -> bool {
        Self::han(c).is_none_or(|(word, bit)| self.firsts[word] & bit != 0)
    }

    /// Gives every state a place.
    fn place(nodes: &[Node]) -> Self {
        let empty = Place { parent: NONE, base: 0 };
        let (mut places, mut ends) = (vec![empty; 256], vec![Ends::NONE; 256]);
        let mut used = vec![false; 256];
        used[0] = true;
        // States with their places; those at the front of the list have been given a base.
        let mut order = vec![(0_usize, 0_usize)];
        let (mut done, mut free) = (0, 1);
        while let Some(&(node, at)) = order.get(done) {
            done += 1;
            let next = &nodes[node].next;
            ends[at] = nodes[node].ends;
            let Some((first, _)) = next.first() else { continue };
            while used.get(free).is_some_and(|used| *used) {
                free += 1;
            }
            let fits = |base: usize| next.iter().all(|(b, _)| !used.get(base ^ usize::from(*b)).is_some_and(|u| *u));
            let base = (free..).map(|place| place ^ usize::from(*first)).find(|base| fits(*base)).unwrap_or(free);
            let size = ((base | 0xff) + 1).max(places.len());
            places.resize(size, empty);
            ends.resize(size, Ends::NONE);
            used.resize(size, false);
            places[at].base = base as u32;
            for (byte, child) in next {
                let place = base ^ usize::from(*byte);
                used[place] = true;
                places[place].parent = at as u32;
                order.push((*child as usize, place));
            }
        }
        Self { places, ends, firsts: [0; HAN / 64] }
    }

    /// The state after a further byte; `None` where no pattern goes on so.
    #[inline]
    pub fn step(&self, state: u32, byte: u8) -> Option<u32> {
        let next = self.places[state as usize].base ^ u32::from(byte);
        self.places.get(next as usize).filter(|place| place.parent == state).map(|_| next)
    }

    /// The patterns that end at a state.
    #[inline]
    pub fn ends(&self, state: u32) -> Ends {
        self.ends[state as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(trie: &Trie, text: &str) -> Option<Ends> {
        let mut state = ROOT;
        for byte in text.bytes() {
            state = trie.step(state, byte)?;
        }
        Some(trie.ends(state))
    }

    #[test]
    fn every_pattern_is_found_and_nothing_else() {
        let words = ["假货", "假", "fake", "fake leather", "faked", "真", "fake", "\u{0}"];
        let patterns: Vec<(String, bool)> = words.iter().map(|w| ((*w).to_owned(), *w == "fake")).collect();
        let trie = Trie::new(&patterns);
        for (number, word) in words.iter().enumerate() {
            let first = words.iter().position(|w| w == word).expect("it is one of them") as u32;
            let ends = ends(&trie, word).expect("a pattern");
            assert_eq!(ends.first(false), Some(first), "{number} {word}");
            assert_eq!(ends.first(true), (*word == "fake").then_some(first));
            assert!(trie.may_begin(word.chars().next().expect("no pattern is empty")));
        }
        assert!(!trie.may_begin('货'));
        for (word, state) in [("fak", true), ("fakes", false), ("货", false), ("fake leathe", true), ("\u{1}", false)]
        {
            let found = ends(&trie, word);
            assert_eq!(found.is_some(), state, "{word}");
            assert!(found.is_none_or(|ends| ends.first(false).is_none()), "{word}");
        }
    }
}
