//! The detector: gate, then scorer.

use std::sync::OnceLock;

use mirrorlake_model::comment::{Label, Lang};

use crate::features::{Item, Items, visit};
use crate::gate::Gate;
use crate::language::language;
use crate::lexicon::{Class, Lexicon, Match};
use crate::normal::{Char, is_visible, normalise};
use crate::params::{Calibration, LangParams, Params, ParamsError, SCALE, Table};
use crate::sinks::{CueSum, Names, Sum};
use crate::tokens::Tokens;

/// Longest part of a text that is scored: what a person says is said by then, and a flood of text costs no more.
pub const SCORED_BYTES: usize = 64 * 1024;

/// The probability of `allege` from which a comment is labelled so.
pub const ALLEGED: f64 = 0.5;

/// Longest evidence, in characters.
const EVIDENCE_CHARS: usize = 40;

/// What a comment says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal<'t> {
    /// The label.
    pub label: Label,
    /// The calibrated probability of `allege`.
    pub score: f64,
    /// The words of the text that decided, for `allege` and `affirm`; `None` where they do not stand together.
    pub evidence: Option<&'t str>,
    /// The language that it was judged in.
    pub lang: Lang,
    /// Whether the gate passed it to the scorer.
    pub passed: bool,
}

/// Buffers of one thread, kept from comment to comment.
#[derive(Debug, Default)]
pub struct Scratch {
    raw: Vec<Char>,
    chars: Vec<Char>,
    tokens: Tokens,
    matches: Vec<Match>,
    items: Items,
    /// For each weight of a language, the round (a cue or a whole text) that it was last counted in.
    counted: [Vec<u32>; 2],
    round: [u32; 2],
    cues: Vec<CueSum>,
    pending: Vec<u64>,
}

/// Finds counterfeit allegations in comments.
#[derive(Debug)]
pub struct Detector {
    lexicon: &'static Lexicon,
    gate: Gate,
    tables: [Table; 2],
    calibrations: [Calibration; 2],
    refused: [f64; 2],
}

/// The parameters that the project comes with.
///
/// # Errors
///
/// [`ParamsError`], which a test rules out.
pub fn embedded_params() -> Result<Params, ParamsError> {
    Params::parse(include_str!("../data/params.tsv"))
}

impl Detector {
    /// A detector with these parameters.
    #[must_use]
    pub fn new(params: &Params) -> Self {
        Self {
            lexicon: Lexicon::get(),
            gate: Gate::new(),
            tables: [Table::new(&params.zh), Table::new(&params.en)],
            calibrations: [params.zh.calibration, params.en.calibration],
            refused: [params.zh.refused, params.en.refused],
        }
    }

    /// The detector that the project comes with.
    ///
    /// # Errors
    ///
    /// As [`embedded_params`].
    pub fn embedded() -> Result<Self, ParamsError> {
        embedded_params().map(|params| Self::new(&params))
    }

    /// The same, made once in a process: it takes as long as ten thousand comments.
    ///
    /// # Errors
    ///
    /// As [`embedded_params`].
    pub fn shared() -> Result<&'static Self, ParamsError> {
        static SHARED: OnceLock<Result<Detector, ParamsError>> = OnceLock::new();
        SHARED.get_or_init(Self::embedded).as_ref().map_err(Clone::clone)
    }

    /// Judges a comment. Time is linear in the text; nothing is allocated where the gate refuses, nor later once the
    /// buffers have grown.
    pub fn signal<'t>(&self, text: &'t str, scratch: &mut Scratch) -> Signal<'t> {
        let lang = language(text);
        let side = usize::from(lang != Lang::Zh);
        let refused = Signal { label: Label::Other, score: self.refused[side], evidence: None, lang, passed: false };
        let scored = shortened(text);
        if !self.gate.may_pass(scored) {
            return refused;
        }
        self.prepare(scored, scratch);
        if !scratch.matches.iter().any(|m| m.class.is_cue()) {
            return refused;
        }
        self.score(scored, side, Signal { passed: true, ..refused }, scratch)
    }

    /// Whether the gate passes a text: the first stage alone.
    pub fn passes(&self, text: &str, scratch: &mut Scratch) -> bool {
        let text = shortened(text);
        if !self.gate.may_pass(text) {
            return false;
        }
        self.prepare(text, scratch);
        scratch.matches.iter().any(|m| m.class.is_cue())
    }

    /// Whether a text is a hard one: a near-word, or a cue in one sentence with a word that may turn its meaning
    /// (negation, condition, hope, question, not knowing, another purchase, comparison).
    pub fn is_hard(&self, text: &str, scratch: &mut Scratch) -> bool {
        if !self.passes(text, scratch) {
            return false;
        }
        scratch.items.fill(&scratch.tokens, &scratch.matches);
        let items = &scratch.items.list;
        let turns = |class| {
            use Class::{Ask, Compare, Condition, Elsewhere, Hope, Negate, Not, Unknown};
            matches!(class, Negate | Not | Condition | Hope | Ask | Unknown | Elsewhere | Compare)
        };
        let mut turned: Vec<u32> = items.iter().filter(|i| i.class.is_some_and(turns)).map(|i| i.sentence).collect();
        turned.dedup();
        items.iter().any(|i| match i.class {
            Some(Class::Near) => true,
            Some(class) => class.is_cue() && turned.binary_search(&i.sentence).is_ok(),
            None => false,
        })
    }

    /// A detector without weights, for training.
    pub(crate) fn bare() -> Self {
        let empty =
            LangParams { calibration: Calibration { slope: 1.0, intercept: 0.0 }, refused: 0.0, weights: Vec::new() };
        Self::new(&Params { origin: String::new(), zh: empty.clone(), en: empty })
    }

    /// The names of a text's features, or `None` where the gate refuses it.
    pub(crate) fn feature_names(&self, text: &str, scratch: &mut Scratch) -> Option<Names> {
        if !self.passes(text, scratch) {
            return None;
        }
        scratch.items.fill(&scratch.tokens, &scratch.matches);
        let mut names = Names::default();
        visit(&scratch.tokens, &scratch.items, &mut names);
        Some(names)
    }

    /// Normalises, splits into tokens and finds the lexicon's words.
    fn prepare(&self, text: &str, scratch: &mut Scratch) {
        normalise(text, &mut scratch.raw, &mut scratch.chars, |a, b| self.lexicon.joins(a, b));
        scratch.tokens.fill(&scratch.chars);
        self.lexicon.find(&scratch.tokens, &mut scratch.matches);
    }

    /// Sums the weights of a prepared text: of each cue, into the buffer, and of the whole.
    fn sums(&self, side: usize, scratch: &mut Scratch) -> CueSum {
        let table = &self.tables[side];
        scratch.items.fill(&scratch.tokens, &scratch.matches);
        scratch.counted[side].resize(table.len(), 0);
        scratch.cues.clear();
        let mut sum = Sum {
            table,
            counted: &mut scratch.counted[side],
            round: &mut scratch.round[side],
            cues: &mut scratch.cues,
            whole: CueSum { item: 0, allege: i64::from(table.bias.allege), affirm: i64::from(table.bias.affirm) },
            in_cue: false,
            pending: &mut scratch.pending,
        };
        visit(&scratch.tokens, &scratch.items, &mut sum);
        sum.add();
        sum.whole
    }

    fn score<'t>(&self, text: &'t str, side: usize, signal: Signal<'t>, scratch: &mut Scratch) -> Signal<'t> {
        let whole = self.sums(side, scratch);
        let odds = Odds::new(whole, &scratch.cues);
        let score = odds.probability(self.calibrations[side]);
        let label = odds.label(score);
        let evidence = (label != Label::Other).then(|| evidence(text, label, scratch)).flatten();
        Signal { label, score, evidence, ..signal }
    }
}

/// Log-odds of `allege` and `affirm` against `other`.
///
/// Each cue says something of its own, and one plain allegation is enough: a label's odds are the sum of its odds over
/// the cues (log-sum-exp), times those of the text as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Odds {
    pub allege: f64,
    pub affirm: f64,
}

impl Odds {
    pub fn new(whole: CueSum, cues: &[CueSum]) -> Self {
        let sum = |of: fn(&CueSum) -> i64| {
            let most = cues.iter().map(of).max().unwrap_or(0);
            let rest: f64 = cues.iter().map(|c| ((of(c) - most) as f64 / SCALE).exp()).sum();
            (of(&whole) + most) as f64 / SCALE + rest.max(1.0).ln()
        };
        Self { allege: sum(|c| c.allege), affirm: sum(|c| c.affirm) }
    }

    /// The log-odds of `allege` against the two other labels together.
    pub fn against_rest(self) -> f64 {
        // log(exp(affirm) + exp(0)), without overflow.
        self.allege - (self.affirm.max(0.0) + (-self.affirm.abs()).exp().ln_1p())
    }

    /// The calibrated probability of `allege`.
    pub fn probability(self, calibration: Calibration) -> f64 {
        1.0 / (1.0 + (-(calibration.slope * self.against_rest() + calibration.intercept)).exp())
    }

    /// The label that goes with a probability of `allege`.
    pub fn label(self, score: f64) -> Label {
        if score >= ALLEGED {
            Label::Allege
        } else if self.affirm > 0.0 {
            Label::Affirm
        } else {
            Label::Other
        }
    }
}

/// Words as they were written, without what is invisible or piled above the letters: that could carry anything.
#[must_use]
pub fn visible_words(words: &str) -> String {
    words.chars().filter(|c| is_visible(*c)).collect()
}

/// Words as a reader reads them, for counting and quoting: visible, lower case, simplified, without splitting.
#[must_use]
pub fn plain_words(words: &str) -> String {
    let (mut raw, mut chars) = (Vec::new(), Vec::new());
    normalise(words, &mut raw, &mut chars, |a, b| Lexicon::get().joins(a, b));
    chars.iter().map(|c| c.c).filter(|c| !c.is_control()).collect()
}

/// The beginning of a text, at most [`SCORED_BYTES`] long.
fn shortened(text: &str) -> &str {
    let mut end = text.len().min(SCORED_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Words of the lexicon before a cue that belong to its evidence: negations, hedges.
const BEFORE: usize = 4;

/// Words that may stand between them.
const BRIDGES: &[&str] =
    &["a", "an", "the", "is", "was", "it", "this", "that", "be", "的", "个", "是", "了", "到", "会", "这"];

/// Whether a word before a cue may turn what it says.
fn turns(class: Class) -> bool {
    use Class::{Ask, Condition, Doubt, Hedge, Hope, Negate, Not, Unknown};
    matches!(class, Ask | Condition | Doubt | Hedge | Hope | Negate | Not | Unknown)
}

/// The cue that speaks most for the label, with the lexicon's words right before it.
fn evidence<'t>(text: &'t str, label: Label, scratch: &Scratch) -> Option<&'t str> {
    let items = &scratch.items.list;
    let speaks = |cue: &CueSum| if label == Label::Allege { cue.allege - cue.affirm } else { cue.affirm - cue.allege };
    // Of equals the first.
    let at = scratch.cues.iter().rev().max_by_key(|cue| speaks(cue))?.item;
    // Back over the lexicon's words that stand right before it: a word that the lexicon does not know may be a name.
    let tokens = &scratch.tokens.list;
    let is_bridge = |o: &Item| o.class.is_none() && BRIDGES.contains(&scratch.tokens.text(o.from as usize));
    let before = items[..at].iter().enumerate().rev().take(BEFORE);
    let known = before.take_while(|(_, o)| !o.mark && (o.class.is_some() || is_bridge(o)));
    let first = known.filter(|(_, o)| o.class.is_some()).map(|(i, _)| i).last().unwrap_or(at);
    // "Genuine" alone accuses nobody: where what turns it stands elsewhere, there are no words to show.
    let turned = items[first..at].iter().any(|o| o.class.is_some_and(turns));
    let plain = match items[at].class {
        Some(Class::Fake) => Label::Allege,
        Some(Class::Genuine) => Label::Affirm,
        _ => label,
    };
    if plain != label && !turned {
        return None;
    }
    let start = tokens[items[first].from as usize].start as usize;
    let last = tokens[items[at].to as usize - 1];
    let own = tokens[items[at].from as usize].start as usize;
    let whole = text.get(start..last.end as usize)?;
    let words = if whole.chars().count() <= EVIDENCE_CHARS { whole } else { text.get(own..last.end as usize)? };
    let end = words.char_indices().nth(EVIDENCE_CHARS).map_or(words.len(), |(at, _)| at);
    Some(&words[..end])
}

#[cfg(test)]
mod tests;
