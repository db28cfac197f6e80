//! The first look at a comment's raw bytes: may it hold a cue at all?
//!
//! A text is refused only where no disguise that the normaliser undoes could make a cue of it. Everything that is asked
//! here is derived from the lexicon and from the normaliser when the gate is built: the class of every character, the
//! pairs of Chinese characters that cues begin with, and the first letters of Latin words. Almost all comments are
//! decided by two tables; only where a cue begins is it compared whole.

mod classes;
mod phrases;
mod scan;
#[cfg(test)]
mod tests;
mod words;

use std::sync::OnceLock;

use self::classes::{Classes, FIRST_ROLE, HARD, INVISIBLE, LEET, LETTER, PLAIN, SEPARATOR, SPLITS};
use self::phrases::{Hider, Part, Phrase, Phrases, Start};
use self::scan::Screens;
use crate::detector::SCORED_BYTES;

/// Bit of a class that is looked at wherever it stands.
const ALWAYS: u64 = 1;
/// Bit of a class that is looked at after an ASCII letter or sign; of a place, that there is one before it.
const AFTER_ASCII: u64 = 2;
/// First bit of the groups of first characters.
const GROUP: u32 = 2;
/// Every group.
const GROUPS: u64 = !(ALWAYS | AFTER_ASCII);

/// Refuses texts that cannot hold a cue, whatever is typed for it.
#[derive(Debug)]
pub(crate) struct Gate {
    classes: Classes,
    /// What each class does.
    roles: Box<[Role; 256]>,
    /// For each class of Chinese characters, what begins with it.
    han: Vec<Vec<(char, Start)>>,
    /// For each letter, what begins with it.
    latin: [Start; 26],
    screens: Screens,
    /// Whether no text can be refused.
    open: bool,
}

/// What a class of characters does in cues.
#[derive(Clone, Copy, Debug)]
struct Role {
    /// The groups of those first characters that it may follow, [`ALWAYS`] or [`AFTER_ASCII`].
    second: u64,
    /// The group that it is a first character of, and [`ALWAYS`].
    first: u64,
}

impl Gate {
    /// The gate of the project's lexicon.
    pub fn new() -> Self {
        static CLASSES: OnceLock<Classes> = OnceLock::new();
        let mut classes = CLASSES.get_or_init(Classes::new).clone();
        let phrases = Phrases::new();
        let mut roles = Box::new([Role { second: 0, first: ALWAYS }; 256]);
        roles[usize::from(SEPARATOR)].second = GROUPS;
        roles[usize::from(INVISIBLE)].second = GROUPS | AFTER_ASCII;
        roles[usize::from(LEET)].second = AFTER_ASCII;
        roles[usize::from(HARD)].second = ALWAYS;
        let (mut numbers, mut groups) = (Numbers::default(), Numbers::default());
        let mut screens = Screens::default();
        for phrase in &phrases.kept {
            match &phrase.parts[..] {
                [Part::Han(a), Part::Han(b), ..] => {
                    // More groups than bits would share them.
                    let group = 1 << (GROUP + (groups.of(*a) % u64::from(u64::BITS - GROUP)) as u32);
                    roles[numbers.class(*a)].first |= group;
                    roles[numbers.class(*b)].second |= group;
                }
                [Part::Han(a), ..] => roles[numbers.class(*a)].second |= ALWAYS,
                [Part::Word(_), ..] => screens.add(phrase),
                [] => {}
            }
        }
        let mut han = vec![Vec::new(); 256];
        let mut latin = [const { Start { cues: Vec::new(), hiders: Vec::new() } }; 26];
        for &c in numbers.0.keys() {
            classes.set(c, numbers.known(c));
        }
        for (c, start) in phrases.starts {
            if c.is_ascii_lowercase() {
                latin[usize::from(c as u8 - b'a')] = start;
            } else if numbers.0.contains_key(&c) {
                han[usize::from(numbers.known(c))].push((c, start));
            }
        }
        Self { classes, roles, han, latin, screens, open: phrases.anything }
    }

    /// Whether a text may hold a cue. It may say so of a text without one, never the other way round.
    pub fn may_pass(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte < 0x80 {
                match self.ascii(bytes, at) {
                    Some(next) => at = next,
                    None => return true,
                }
            } else {
                match self.others(bytes, at) {
                    Some(next) => at = next,
                    None => return true,
                }
            }
        }
        self.open
    }

    /// Looks at the characters from `at` to the next ASCII one, which is returned: `None` where there may be a cue.
    fn others(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        let before =
            at.checked_sub(1).map_or(0, |b| self.classes.bits(bytes[b]) & LETTER | self.classes.leet_at(bytes, b));
        let mut carry = ALWAYS | if before == 0 { 0 } else { AFTER_ASCII };
        loop {
            // Nearly everything in Chinese: characters of three bytes. Four at once, as long as none is remarkable.
            while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<12>) {
                let &[a, b, c, d, e, f, g, h, i, j, k, l] = chunk;
                if (a & d & g & j) & 0xf0 != 0xe0 || (a | d | g | j) & 0x10 != 0 {
                    break;
                }
                let four =
                    [[a, b, c], [d, e, f], [g, h, i], [j, k, l]].map(|c| self.roles[usize::from(self.classes.wide(c))]);
                let mut hit = 0;
                let mut before = carry;
                for role in four {
                    hit |= role.second & before;
                    before = role.first;
                }
                if hit != 0 {
                    break;
                }
                carry = before;
                at += 12;
            }
            // Those before and at something else.
            let mut left = 4;
            while left > 0
                && let Some(&[a, b, c]) = bytes.get(at..).and_then(<[u8]>::first_chunk::<3>)
                && a & 0xf0 == 0xe0
            {
                let class = self.classes.wide([a, b, c]);
                let role = self.roles[usize::from(class)];
                let hit = role.second & carry;
                if hit != 0 && self.looked_at(bytes, at, 3, class, hit) {
                    return None;
                }
                carry = role.first;
                at += 3;
                left -= 1;
            }
            if left == 0 {
                continue;
            }
            match bytes.get(at) {
                Some(byte) if *byte >= 0x80 => {
                    let (class, len) = self.classes.other(bytes, at);
                    let role = self.roles[usize::from(class)];
                    let hit = role.second & carry;
                    if hit != 0 && self.looked_at(bytes, at, len, class, hit) {
                        return None;
                    }
                    carry = role.first;
                    at += len;
                }
                Some(byte) => {
                    let split = carry & GROUPS != 0 && self.classes.bits(*byte) & SPLITS != 0;
                    return if split && self.cue_at(bytes, at - 3) { None } else { Some(at) };
                }
                None => return Some(at),
            }
        }
    }

    /// Whether there may be a cue where a character of a class follows or stands that has to be looked at.
    #[cold]
    #[inline(never)]
    fn looked_at(&self, bytes: &[u8], at: usize, len: usize, class: u8, hit: u64) -> bool {
        let classes = &self.classes;
        // A letter, or a sign for one, directly before.
        let letter = |end: usize| end > 0 && classes.bits(bytes[end - 1]) & LETTER != 0;
        match class {
            HARD => true,
            INVISIBLE => {
                let leet = at > 1 && classes.leet_at(bytes, at - 1) != 0 && letter(at - 1);
                hit & GROUPS != 0 || letter(at) || leet
            }
            LEET => {
                let mut next = at + len;
                while bytes.get(next).is_some_and(|b| *b >= 0x80) {
                    match classes.other(bytes, next) {
                        (INVISIBLE, len) => next += len,
                        _ => break,
                    }
                }
                letter(at) && classes.bits_at(bytes, next) & LETTER != 0
            }
            // Groups only follow from a Chinese character, which has three bytes.
            _ => (hit & GROUPS != 0 && self.cue_at(bytes, at - 3)) || (hit & ALWAYS != 0 && self.cue_at(bytes, at)),
        }
    }

    /// Whether a cue may begin with the Chinese character at `at`.
    fn cue_at(&self, bytes: &[u8], at: usize) -> bool {
        let Some(c) = self.classes.han(bytes, at) else { return false };
        let class = self.classes.other(bytes, at).0;
        let Some((_, start)) = self.han[usize::from(class)].iter().find(|(first, _)| *first == c) else { return false };
        let found = |cue: &&Phrase| self.goes_on(bytes, at + 3, &cue.parts[1..], cue.prefix, true);
        let longest = start.cues.iter().filter(found).map(|cue| cue.parts.len()).max();
        longest.is_some_and(|parts| !start.hiders.iter().any(|hider| self.is_hidden(bytes, at, hider, parts)))
    }

    /// Whether a longer phrase certainly takes the place of a cue of so many parts.
    fn is_hidden(&self, bytes: &[u8], at: usize, hider: &Hider, parts: usize) -> bool {
        // The scorer reads only so far, which may cut the longer phrase.
        if bytes.len() > SCORED_BYTES || (hider.before == 0 && hider.phrase.parts.len() <= parts) {
            return false;
        }
        if let Part::Word(_) = hider.phrase.parts[0] {
            return words::stands(bytes, at, &hider.phrase);
        }
        let Some(mut next) = at.checked_sub(3 * hider.before) else { return false };
        let stands = hider.phrase.parts.iter().all(|part| {
            let same = matches!(part, Part::Han(c) if self.classes.han(bytes, next) == Some(*c));
            next += 3;
            same
        });
        stands && (hider.unless_after.is_empty() || !self.comes_after(bytes, at, &hider.unless_after))
    }

    /// Whether one of the characters may stand before `at`, with separators or without.
    fn comes_after(&self, bytes: &[u8], at: usize, chars: &[char]) -> bool {
        let mut end = at;
        // Separators and invisible characters beyond these: perhaps.
        for _ in 0..8 {
            let Some(from) = (0..end).rev().find(|from| bytes[*from] & 0xc0 != 0x80) else { return false };
            if let Some(c) = self.classes.han(bytes, from) {
                return chars.contains(&c);
            }
            let splits = match bytes[from] {
                byte if byte < 0x80 => self.classes.bits(byte) & SPLITS != 0,
                _ => self.classes.other(bytes, from).0 != PLAIN,
            };
            if !splits {
                return false;
            }
            end = from;
        }
        true
    }

    /// Whether the rest of a phrase may stand from `at` on, after a Chinese character or a word.
    fn goes_on(&self, bytes: &[u8], mut at: usize, parts: &[Part], prefix: bool, mut after_han: bool) -> bool {
        for (i, part) in parts.iter().enumerate() {
            let next = match part {
                Part::Han(_) if after_han => self.past_separators(bytes, at, usize::MAX),
                _ => self.past_gap(bytes, at),
            };
            let Some(next) = next else { return true };
            match part {
                Part::Han(c) => {
                    if self.classes.han(bytes, next) != Some(*c) {
                        return false;
                    }
                    (at, after_han) = (next + 3, true);
                }
                Part::Word(word) => {
                    let prefix = prefix && i + 1 == parts.len();
                    let row = self.row(bytes, next);
                    let spelled = self.spelled(bytes, next);
                    if row.unclear || spelled.unclear || row.spells(word, prefix) {
                        return true;
                    }
                    if !spelled.is(word, prefix) {
                        return false;
                    }
                    (at, after_han) = (spelled.end, false);
                }
            }
        }
        true
    }

    /// The place after as many separators, at most; `None` where something invisible makes it unclear.
    fn past_separators(&self, bytes: &[u8], mut at: usize, most: usize) -> Option<usize> {
        let mut count = 0;
        while let Some(&byte) = bytes.get(at) {
            let (splits, len) = if byte < 0x80 {
                (self.classes.bits(byte) & SPLITS != 0, 1)
            } else {
                match self.classes.other(bytes, at) {
                    (INVISIBLE | HARD, _) => return None,
                    (class, len) => (class == SEPARATOR, len),
                }
            };
            if !splits || count == most {
                break;
            }
            count += 1;
            at += len;
        }
        Some(at)
    }

    /// The place of the next word or Chinese character where no token comes before it; `None` where that is unclear.
    fn past_gap(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        while let Some(byte) = bytes.get(at) {
            if *byte < 0x80 {
                if self.classes.bits(*byte) & classes::GAP == 0 {
                    break;
                }
                at += 1;
            } else {
                match self.classes.other(bytes, at) {
                    (HARD, _) => return None,
                    (FIRST_ROLE.., _) => break,
                    (PLAIN, 3) if self.classes.han(bytes, at).is_some() => break,
                    (_, len) => at += len,
                }
            }
        }
        Some(at)
    }
}

/// Numbers for Chinese characters, in the order that they are asked for.
#[derive(Default)]
struct Numbers(std::collections::BTreeMap<char, u64>);

impl Numbers {
    fn of(&mut self, c: char) -> u64 {
        let next = self.0.len() as u64;
        *self.0.entry(c).or_insert(next)
    }

    /// The class of a character; more characters than classes would share them, which only passes more.
    fn class(&mut self, c: char) -> usize {
        self.of(c);
        usize::from(self.known(c))
    }

    fn known(&self, c: char) -> u8 {
        let free = u64::from(u8::MAX - FIRST_ROLE) + 1;
        self.0.get(&c).map_or(PLAIN, |number| FIRST_ROLE + (number % free) as u8)
    }
}
