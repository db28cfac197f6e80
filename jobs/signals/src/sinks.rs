//! What becomes of features: summed weights while scoring, names while training.

use std::collections::BTreeSet;

use crate::features::{JOINT, Part, Sink};
use crate::params::{Table, Weight};

/// The sums of the weights that speak of one cue, or of the whole, in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CueSum {
    pub item: usize,
    pub allege: i64,
    pub affirm: i64,
}

/// Adds up weights, each feature once a cue.
pub(crate) struct Sum<'a> {
    pub table: &'a Table,
    pub counted: &'a mut [u32],
    pub round: &'a mut u32,
    pub cues: &'a mut Vec<CueSum>,
    pub whole: CueSum,
    pub in_cue: bool,
    /// Features that may have a weight and have not been looked up.
    pub pending: &'a mut Vec<u64>,
}

impl Sink for Sum<'_> {
    const READS: bool = false;

    fn speak_of(&mut self, cue: Option<usize>) {
        self.add();
        self.in_cue = cue.is_some();
        if let Some(item) = cue {
            self.cues.push(CueSum { item, ..CueSum::default() });
        }
        *self.round = self.round.wrapping_add(1);
        if *self.round == 0 {
            // After four billion cues the marks would repeat.
            self.counted.fill(0);
            *self.round = 1;
        }
    }

    #[inline(always)]
    fn hashed(&mut self, hash: u64, _parts: &[Part<'_>]) {
        if self.table.may_have(hash) {
            self.pending.push(hash);
        }
    }
}

impl Sum<'_> {
    /// Adds the weights of the features that may have one. They are looked up together, so that the processor need not
    /// wait for one to begin with the next.
    pub fn add(&mut self) {
        let sum = match self.cues.last_mut().filter(|_| self.in_cue) {
            Some(cue) => cue,
            None => &mut self.whole,
        };
        for number in self.pending.iter().filter_map(|hash| self.table.number(*hash)) {
            let counted = &mut self.counted[number as usize];
            if *counted != *self.round {
                *counted = *self.round;
                let Weight { allege, affirm } = self.table.weight(number);
                sum.allege += i64::from(allege);
                sum.affirm += i64::from(affirm);
            }
        }
        self.pending.clear();
    }
}

/// The names of a text's features: of each cue, and of the whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub cues: Vec<BTreeSet<String>>,
    pub whole: BTreeSet<String>,
    in_cue: bool,
}

impl Names {
    /// A feature's name: its parts between spaces, so that those of a part are written otherwise.
    pub fn name(parts: &[Part<'_>]) -> String {
        let mut name = String::new();
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                name.push(' ');
            }
            name.extend(part.text.chars().map(|c| if c == ' ' { JOINT } else { c }));
        }
        name
    }
}

impl Sink for Names {
    const READS: bool = true;

    fn speak_of(&mut self, cue: Option<usize>) {
        self.in_cue = cue.is_some();
        if self.in_cue {
            self.cues.push(BTreeSet::new());
        }
    }

    fn hashed(&mut self, _hash: u64, parts: &[Part<'_>]) {
        let names = match self.cues.last_mut().filter(|_| self.in_cue) {
            Some(cue) => cue,
            None => &mut self.whole,
        };
        names.insert(Self::name(parts));
    }
}
