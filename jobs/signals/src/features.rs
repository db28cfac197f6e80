//! What the scorer looks at. Each feature has a name of words (`near fake -1 不`), so that the parameter file can be read
//! and reviewed; while scoring only hashes of the names are made.

mod spelled;

use crate::lexicon::{Class, Match};
use crate::tokens::{Kind, Tokens};

/// A word of a feature's name, with its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub text: &'a str,
    pub hash: u64,
}

impl<'a> Part<'a> {
    pub fn new(text: &'a str) -> Self {
        // FNV-1a, 64 bits.
        let hash =
            text.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        Self { text, hash }
    }
}

/// The hash of a name, part by part.
pub(crate) fn hash(parts: impl Iterator<Item = u64>) -> u64 {
    // The odd constant is that of splitmix64; order matters, since each step rotates what came before.
    let mixed = parts.fold(0_u64, |h, part| (h.rotate_left(23) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed ^ (mixed >> 29)
}

/// Takes the features of a text, one after the other; a feature may come more than once.
pub(crate) trait Sink {
    /// What follows speaks of the cue at this item, or of the text as a whole.
    fn speak_of(&mut self, cue: Option<usize>);

    /// A feature by the parts of its name.
    fn feature(&mut self, parts: &[Part<'_>]);
}

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
    /// Hash of its text.
    hash: u64,
}

/// Buffers that are kept from text to text.
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub list: Vec<Item>,
    /// Hash of each token.
    hashes: Vec<u64>,
    /// Items with a class, and marks.
    stream: Vec<u32>,
}

impl Items {
    /// Draws tokens and the lexicon's words together.
    pub fn fill(&mut self, tokens: &Tokens, matches: &[Match]) {
        self.list.clear();
        self.hashes.clear();
        self.stream.clear();
        self.hashes.extend((0..tokens.list.len()).map(|t| Part::new(tokens.text(t)).hash));
        let (mut token, mut next, mut clause, mut sentence) = (0_u32, 0, 0, 0);
        while (token as usize) < tokens.list.len() {
            let matched = matches.get(next).filter(|m| m.from == token);
            let (class, to) = matched.map_or((None, token + 1), |m| (Some(m.class), m.to));
            next += usize::from(matched.is_some());
            let mark = tokens.list[token as usize].kind == Kind::Mark;
            let hash = Part::new(span(tokens, token, to)).hash;
            if class.is_some() || mark {
                self.stream.push(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
            }
            self.list.push(Item { class, from: token, to, clause, sentence, mark, hash });
            clause += u32::from(mark);
            sentence += u32::from(mark && !matches!(tokens.text(token as usize), "," | "*" | "%"));
            token = to;
        }
    }
}

fn span(tokens: &Tokens, from: u32, to: u32) -> &str {
    let (first, last) = (tokens.list[from as usize], tokens.list[to as usize - 1]);
    &tokens.line[first.from as usize..last.to as usize]
}

fn literally<'t>(tokens: &'t Tokens, item: &Item) -> Part<'t> {
    Part { text: span(tokens, item.from, item.to), hash: item.hash }
}

/// Items on either side of a cue that are looked at word by word.
const NEIGHBOURS: usize = 4;

/// Longest run of tokens that is a feature.
const RUN: usize = 4;

/// Names all features of a text: of each cue in turn, then of the whole.
pub(crate) fn visit(tokens: &Tokens, items: &Items, sink: &mut impl Sink) {
    let mut cues = 0_usize;
    let mut seen = Seen::default();
    let mut tone = None;
    for (at, item) in items.list.iter().enumerate() {
        if let Some(class) = item.class.filter(|c| c.is_cue()) {
            sink.speak_of(Some(at));
            runs(tokens, items, *item, sink);
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
        sink.feature(&[Part::new("tone"), tone]);
    }
}

fn name<'a>(class: Class) -> Part<'a> {
    Part::new(class.name())
}

/// Tokens on either side of a cue whose runs are looked at: what stands farther off says little about the cue.
const REACH: u32 = 12;

/// Runs of one to three tokens near a cue, of four where all are Chinese characters.
fn runs(tokens: &Tokens, items: &Items, cue: Item, sink: &mut impl Sink) {
    let kind = Part::new("w");
    let part = |at: usize| Part { text: tokens.text(at), hash: items.hashes[at] };
    let n = (cue.to.saturating_add(REACH) as usize).min(tokens.list.len());
    for at in cue.from.saturating_sub(REACH) as usize..n {
        let mut parts = [kind; RUN + 1];
        for length in 1..=RUN.min(n - at) {
            let token = tokens.list[at + length - 1];
            if length == RUN && token.kind != Kind::Han {
                break;
            }
            parts[length] = part(at + length - 1);
            sink.feature(&parts[..=length]);
        }
    }
}

/// Classes on either side of a cue in a row, whatever stands between them.
const ROW: usize = 3;

/// Runs of neighbouring classes that hold the cue.
fn classes(items: &Items, cue: usize, sink: &mut impl Sink) {
    let kind = Part::new("c");
    let part = |at: usize| {
        let item = items.list[items.stream[at] as usize];
        item.class.map_or(Part::new("|"), name)
    };
    let Ok(own) = items.stream.binary_search(&(cue as u32)) else { return };
    for first in own.saturating_sub(ROW)..=own {
        let mut parts = [kind; ROW + 2];
        for length in 1..=(ROW + 1).min(items.stream.len() - first) {
            parts[length] = part(first + length - 1);
            if first + length > own && length > 1 {
                sink.feature(&parts[..=length]);
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
fn cue(tokens: &Tokens, items: &Items, at: usize, class: Class, sink: &mut impl Sink, seen: &mut Seen) -> State {
    let item = items.list[at];
    let class_part = name(class);
    let literal = literally(tokens, &item);
    sink.feature(&[Part::new("cue"), literal]);
    // Word by word.
    let near = Part::new("near");
    let text = |other: &Item| literally(tokens, other);
    let symbol = |other: &Item| other.class.map_or_else(|| literally(tokens, other), name);
    for distance in 1..=NEIGHBOURS {
        let sides = [(at.checked_sub(distance), LEFT[distance - 1]), (Some(at + distance), RIGHT[distance - 1])];
        for (other, offset) in sides {
            let Some(other) = other.and_then(|o| items.list.get(o)) else { continue };
            sink.feature(&[near, class_part, Part::new(offset), text(other)]);
            if other.class.is_some() {
                sink.feature(&[near, class_part, Part::new(offset), symbol(other)]);
                sink.feature(&[near, literal, Part::new(offset), symbol(other)]);
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
    let same = |o: &&Item| o.sentence == item.sentence && o.clause != item.clause;
    let (left, right) = (items.list[..at].iter().rev().take(40), items.list[at + 1..].iter().take(40));
    for class in left.chain(right).filter(same).filter_map(|o| o.class) {
        around |= 1 << class as u32;
    }
    for one in each(around) {
        sink.feature(&[Part::new("sentence"), class_part, name(one)]);
    }
    let has = |set: u32, class: Class| set & (1 << class as u32) != 0;
    let turned = negations % 2 == 1;
    let hedged = has(before, Class::Hedge) || has(before, Class::Doubt);
    let open = has(before, Class::Condition) || has(before, Class::Hope) || has(before, Class::Unknown);
    let asked = end.text == "?" || has(after, Class::Ask) || has(before, Class::Ask);
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

const LEFT: [&str; NEIGHBOURS] = ["-1", "-2", "-3", "-4"];
const RIGHT: [&str; NEIGHBOURS] = ["+1", "+2", "+3", "+4"];

fn each(set: u32) -> impl Iterator<Item = Class> {
    Class::all().filter(move |c| set & (1 << *c as u32) != 0)
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
