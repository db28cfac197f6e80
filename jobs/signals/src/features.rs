//! What the scorer looks at. Each feature has a name of words (`near fake -1 不`), so that the parameter file can be read
//! and reviewed; while scoring only hashes of the names are made.

mod items;
mod spelled;

use crate::lexicon::Class;
use crate::tokens::{Kind, Tokens};
use items::reach;
pub(crate) use items::{Item, Items};

/// A word of a feature's name, with its hash. Names are read back word by word, so that the spaces of what is one word
/// here, as `knock off` of the lexicon, are written and hashed as [`JOINT`], which no token holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub text: &'a str,
    pub hash: u64,
}

/// What joins several tokens that are one word of a name.
pub(crate) const JOINT: char = '_';

impl<'a> Part<'a> {
    pub const fn new(text: &'a str) -> Self {
        // FNV-1a, 64 bits.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let (bytes, mut at) = (text.as_bytes(), 0);
        while at < bytes.len() {
            let byte = if bytes[at] == b' ' { JOINT as u8 } else { bytes[at] };
            hash = (hash ^ byte as u64).wrapping_mul(0x100_0000_01b3);
            at += 1;
        }
        Self { text, hash }
    }
}

/// The hash of a name so far.
#[derive(Clone, Copy, Debug, Default)]
struct Hash(u64);

impl Hash {
    #[inline(always)]
    const fn and(self, part: u64) -> Self {
        // The odd constant is that of splitmix64; order matters, since each step rotates what came before.
        Self((self.0.rotate_left(23) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    #[inline(always)]
    const fn done(self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// The hash of a name, part by part.
#[inline(always)]
pub(crate) fn hash(parts: impl Iterator<Item = u64>) -> u64 {
    parts.fold(Hash::default(), Hash::and).done()
}

/// Takes the features of a text, one after the other; a feature may come more than once.
pub(crate) trait Sink {
    /// Whether it reads the texts of names. Where it does not they are left empty.
    const READS: bool;

    /// What follows speaks of the cue at this item, or of the text as a whole.
    fn speak_of(&mut self, cue: Option<usize>);

    /// A feature by the hash of its name, and the parts of that.
    fn hashed(&mut self, hash: u64, parts: &[Part<'_>]);

    /// A feature by the parts of its name.
    #[inline(always)]
    fn feature(&mut self, parts: &[Part<'_>]) {
        self.hashed(hash(parts.iter().map(|p| p.hash)), parts);
    }
}

/// Items on either side of a cue that are looked at word by word.
const NEIGHBOURS: usize = 4;

/// Longest run of tokens that is a feature.
const RUN: usize = 4;

/// Names all features of a text: of each cue in turn, then of the whole.
pub(crate) fn visit<S: Sink>(tokens: &Tokens, items: &Items, sink: &mut S) {
    let mut cues = 0_usize;
    let mut seen = Seen::default();
    let mut tone = None;
    for at in items.stream.iter().map(|at| *at as usize) {
        let item = &items.list[at];
        if let Some(class) = item.class.filter(|c| c.is_cue()) {
            sink.speak_of(Some(at));
            runs(tokens, items, item, sink);
            classes(items, at, sink);
            let state = cue(tokens, items, at, class, sink, &mut seen);
            if tokens.list[item.from as usize].kind == Kind::Word {
                let tone = *tone.get_or_insert_with(|| spelled::tone(items));
                spelled::cue(tokens, items, at, class, &state, tone, sink);
            }
            cues += 1;
        }
    }
    sink.speak_of(None);
    whole(tokens, cues, &seen, sink);
    if let Some(tone) = tone {
        sink.feature(&[const { Part::new("tone") }, tone]);
    }
}

/// The name of a class as a part of names.
#[inline(always)]
fn name(class: Class) -> Part<'static> {
    const PARTS: [Part<'static>; Class::NAMES.len()] = {
        let mut parts = [Part::new(""); Class::NAMES.len()];
        let mut at = 0;
        while at < parts.len() {
            parts[at] = Part::new(Class::NAMES[at].1);
            at += 1;
        }
        parts
    };
    static NAMES: [Part<'static>; Class::NAMES.len()] = PARTS;
    NAMES[class as usize]
}

/// Runs of one to three tokens near a cue, of four where all are Chinese characters.
fn runs<S: Sink>(tokens: &Tokens, items: &Items, cue: &Item, sink: &mut S) {
    const KIND: Part<'static> = Part::new("w");
    let (from, n) = reach(cue, tokens);
    for at in from..n {
        let mut parts = [KIND; RUN + 1];
        let mut hash = Hash::default().and(KIND.hash);
        for length in 1..=RUN.min(n - at) {
            let last = at + length - 1;
            if length == RUN && tokens.list[last].kind != Kind::Han {
                break;
            }
            parts[length] = items.token::<S>(tokens, last);
            hash = hash.and(parts[length].hash);
            sink.hashed(hash.done(), &parts[..=length]);
        }
    }
}

/// Classes on either side of a cue in a row, whatever stands between them.
const ROW: usize = 3;

/// Runs of neighbouring classes that hold the cue.
fn classes(items: &Items, cue: usize, sink: &mut impl Sink) {
    const KIND: Part<'static> = Part::new("c");
    let part = |at: usize| {
        let item = &items.list[items.stream[at] as usize];
        item.class.map_or(const { Part::new("|") }, name)
    };
    let Ok(own) = items.stream.binary_search(&(cue as u32)) else { return };
    for first in own.saturating_sub(ROW)..=own {
        let mut parts = [KIND; ROW + 2];
        let mut hash = Hash::default().and(KIND.hash);
        for length in 1..=(ROW + 1).min(items.stream.len() - first) {
            parts[length] = part(first + length - 1);
            hash = hash.and(parts[length].hash);
            if first + length > own && length > 1 {
                sink.hashed(hash.done(), &parts[..=length]);
            }
        }
    }
}

/// Tokens between a negation and the cue that it turns.
const NEGATION_REACH: u32 = 5;

/// The same for 不, 没 and the like, which turn the next word: 不好 before 假货 does not.
const NOT_REACH: u32 = 1;

/// What the cues of a text come to.
#[derive(Default)]
struct Seen {
    /// For fake and genuine, whether one stands plain and whether one is turned by a negation.
    plain: [bool; 2],
    negated: [bool; 2],
}

/// How a cue stands: its class, and whether it is negated, hedged, open, asked.
type State = [Part<'static>; 5];

/// Features of one cue in its clause.
fn cue<S: Sink>(tokens: &Tokens, items: &Items, at: usize, class: Class, sink: &mut S, seen: &mut Seen) -> State {
    let item = items.list[at];
    let class_part = name(class);
    let literal = items.literally::<S>(tokens, &item);
    sink.feature(&[Part::new("cue"), literal]);
    // Word by word.
    let near = Part::new("near");
    let text = |other: &Item| items.literally::<S>(tokens, other);
    let symbol = |other: &Item| match other.class {
        Some(class) => name(class),
        None => items.literally::<S>(tokens, other),
    };
    for distance in 1..=NEIGHBOURS {
        let sides = [(at.checked_sub(distance), LEFT[distance - 1]), (Some(at + distance), RIGHT[distance - 1])];
        for (other, offset) in sides {
            let Some(other) = other.and_then(|o| items.list.get(o)) else { continue };
            sink.feature(&[near, class_part, offset, text(other)]);
            if other.class.is_some() {
                sink.feature(&[near, class_part, offset, symbol(other)]);
                sink.feature(&[near, literal, offset, symbol(other)]);
            }
        }
    }
    let edge = Part::new("^");
    let left = |d: usize| at.checked_sub(d).and_then(|o| items.list.get(o)).map_or(edge, symbol);
    let right = |d: usize| items.list.get(at + d).map_or(edge, symbol);
    sink.feature(&[Part::new("left"), left(2), left(1), class_part]);
    sink.feature(&[Part::new("left"), left(1), literal]);
    sink.feature(&[Part::new("right"), class_part, right(1), right(2)]);
    sink.feature(&[Part::new("right"), literal, right(1)]);
    sink.feature(&[Part::new("around"), left(1), class_part, right(1)]);
    // By what the clause holds before and after.
    let mut before = 0_u32;
    let mut after = 0_u32;
    let mut negations = 0;
    for other in items.list[..at].iter().rev().take_while(|o| o.clause == item.clause).take(12) {
        if let Some(class) = other.class {
            before |= 1 << class as u32;
            let reach = match class {
                Class::Negate => NEGATION_REACH,
                Class::Not => NOT_REACH,
                _ => continue,
            };
            negations += u32::from(item.from - other.to <= reach);
        }
    }
    let mut end = edge;
    for other in items.list[at + 1..].iter().take_while(|o| o.clause == item.clause).take(12) {
        if let Some(class) = other.class {
            after |= 1 << class as u32;
        }
        if other.mark {
            end = text(other);
        }
    }
    sink.feature(&[Part::new("end"), class_part, end]);
    for (set, side) in [(before, "<"), (after, ">")] {
        for one in each(set) {
            sink.feature(&[Part::new("clause"), class_part, Part::new(side), name(one)]);
            sink.feature(&[Part::new("clause"), literal, Part::new(side), name(one)]);
            for two in each(set).filter(|two| *two > one) {
                sink.feature(&[Part::new("clause"), class_part, Part::new(side), name(one), name(two)]);
            }
        }
    }
    // What else the sentence speaks of.
    let mut around = 0_u32;
    let same = |o: &&Item| o.sentence == item.sentence;
    let left = items.list[..at].iter().rev().take(40).take_while(same);
    let right = items.list[at + 1..].iter().take(40).take_while(same);
    for class in left.chain(right).filter(|o| o.clause != item.clause).filter_map(|o| o.class) {
        around |= 1 << class as u32;
    }
    for one in each(around) {
        sink.feature(&[Part::new("sentence"), class_part, name(one)]);
    }
    let has = |set: u32, class: Class| set & (1 << class as u32) != 0;
    let turned = negations % 2 == 1;
    let hedged = has(before, Class::Hedge) || has(before, Class::Doubt);
    let open = has(before, Class::Condition) || has(before, Class::Hope) || has(before, Class::Unknown);
    let asked = end.hash == const { Part::new("?").hash } || has(after, Class::Ask) || has(before, Class::Ask);
    let flag = |on: bool, word: &'static str| -> Part<'static> { Part::new(if on { word } else { "-" }) };
    let other = has(before, Class::Elsewhere);
    let state: [Part<'static>; 9] = [
        Part::new("state"),
        class_part,
        flag(turned, "negated"),
        flag(hedged, "hedged"),
        flag(open, "open"),
        flag(asked, "asked"),
        flag(other, "elsewhere"),
        flag(has(before | after, Class::Talk) || has(before | after, Class::Offer), "talk"),
        flag(has(before | after, Class::Compare), "compared"),
    ];
    sink.feature(&state[..3]);
    sink.feature(&state[..4]);
    sink.feature(&state);
    let side = match class {
        Class::Fake => Some(0),
        Class::Genuine => Some(1),
        _ => None,
    };
    if let Some(side) = side.filter(|_| !open && !asked) {
        let group = if turned { &mut seen.negated } else { &mut seen.plain };
        group[side] = true;
    }
    [state[1], state[2], state[3], state[4], state[5]]
}

const LEFT: [Part<'static>; NEIGHBOURS] = [Part::new("-1"), Part::new("-2"), Part::new("-3"), Part::new("-4")];
const RIGHT: [Part<'static>; NEIGHBOURS] = [Part::new("+1"), Part::new("+2"), Part::new("+3"), Part::new("+4")];

/// The classes of a set, in order.
fn each(mut set: u32) -> impl Iterator<Item = Class> {
    std::iter::from_fn(move || {
        let (class, _) = Class::NAMES.get(set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(*class)
    })
}

/// Features of the text as a whole.
fn whole(tokens: &Tokens, cues: usize, seen: &Seen, sink: &mut impl Sink) {
    let flag = |on: bool, word: &'static str| Part::new(if on { word } else { "-" });
    sink.feature(&[
        Part::new("whole"),
        flag(seen.plain[0], "fake"),
        flag(seen.negated[0], "not-fake"),
        flag(seen.plain[1], "genuine"),
        flag(seen.negated[1], "not-genuine"),
    ]);
    const BINS: [(usize, &str); 7] =
        [(3, "3"), (6, "6"), (12, "12"), (25, "25"), (50, "50"), (100, "100"), (200, "200")];
    let bin = |n: usize| Part::new(BINS.iter().find(|(most, _)| n <= *most).map_or("more", |(_, name)| name));
    sink.feature(&[Part::new("tokens"), bin(tokens.list.len())]);
    sink.feature(&[Part::new("cues"), Part::new(["0", "1", "2", "3", "4"][cues.min(4)])]);
}
