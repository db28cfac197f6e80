//! The reviewed model: a base, a weight for each signal, the thresholds of the tiers, each with the reason for it.

use super::features::SIGNALS;
use mirrorlake_model::risk::{Code, Tier};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use toml::Spanned;

/// The reviewed weights that ship with the program.
const REVIEWED: &str = include_str!("../../data/merchant_risk_weights.toml");

/// A weight above this would let one signal decide alone, and is taken for a slip of the pen.
const MOST_WEIGHT: f64 = 10.0;

/// A number and the sentence that says why.
#[derive(Clone, Debug, PartialEq)]
pub struct Reasoned {
    /// The number.
    pub value: f64,
    /// Why it is what it is.
    pub why: String,
}

/// An additive model of the log-odds that a unit is counterfeit.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Names this set of weights; a run records it.
    pub version: String,
    /// Where the weights come from.
    pub origin: String,
    /// Log-odds of a merchant whose features are all 0.
    pub base: Reasoned,
    /// Weights, at least 0, in the order of [`Code::ALL`].
    pub weights: [Reasoned; SIGNALS],
    /// Smallest scores of the tiers critical, high and elevated, falling.
    pub tiers: [Reasoned; 3],
}

/// A file of weights that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It is no TOML, or not of the form of such files.
    #[error("line {line}: {what}")]
    Form {
        /// Line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// A part of it is missing.
    #[error("{0} is missing")]
    Missing(String),
    /// A number is outside what makes sense.
    #[error("line {line}: {name} must be {wanted}")]
    Value {
        /// Line, from 1.
        line: usize,
        /// Whose number.
        name: String,
        /// What it should be.
        wanted: &'static str,
    },
}

impl Model {
    /// The reviewed weights that ship with the program.
    ///
    /// # Errors
    ///
    /// Never for the file that ships; a test holds that.
    pub fn reviewed() -> Result<Self, ModelError> {
        Self::parse(REVIEWED)
    }

    /// Reads a file of weights, in the form of the reviewed one.
    ///
    /// # Errors
    ///
    /// With the line, where the text is no TOML, names an unknown signal or tier, or holds a number that makes no sense:
    /// weights must lie in [0, 10], thresholds must fall within (0, 1).
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let file: File = toml::from_str(text).map_err(|error| ModelError::Form {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            what: error.message().to_owned(),
        })?;
        let base = file.base.checked(text, "base", "a finite number", f64::is_finite)?;
        let mut entries = file.weights;
        let mut weights = [const { Reasoned { value: 0.0, why: String::new() } }; SIGNALS];
        for code in Code::ALL {
            let name = format!("weights.{}", code.word());
            let entry = entries.remove(code.word()).ok_or_else(|| ModelError::Missing(name.clone()))?;
            let sensible = |value| (0.0..=MOST_WEIGHT).contains(&value);
            weights[code.place()] = entry.checked(text, &name, "a number from 0 to 10", sensible)?;
        }
        none_left(text, "signal", &entries)?;
        let mut entries = file.tiers;
        let mut tiers = [const { Reasoned { value: 0.0, why: String::new() } }; TIERS.len()];
        let mut above = 1.0;
        for (tier, place) in TIERS.iter().zip(&mut tiers) {
            let name = format!("tiers.{}", tier.word());
            let entry = entries.remove(tier.word()).ok_or_else(|| ModelError::Missing(name.clone()))?;
            let wanted = "within (0, 1) and below the tier before it";
            *place = entry.checked(text, &name, wanted, |value| value > 0.0 && value < above)?;
            above = place.value;
        }
        none_left(text, "tier", &entries)?;
        Ok(Self { version: file.version, origin: file.origin, base, weights, tiers })
    }

    /// The file that [`Self::parse`] reads as this model again, the same model giving the same bytes.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "# Weights of the merchant risk model: what each signal adds to the log-odds that a random unit"
        );
        let _ = writeln!(
            text,
            "# sold by the merchant is counterfeit. The signals are those of `merchant_risk::features`."
        );
        let _ = writeln!(text, "version = {}", quoted(&self.version));
        let _ = writeln!(text, "origin = {}", quoted(&self.origin));
        entry(&mut text, "base", &self.base);
        for (code, weight) in Code::ALL.iter().zip(&self.weights) {
            entry(&mut text, &format!("weights.{}", code.word()), weight);
        }
        for (tier, threshold) in TIERS.iter().zip(&self.tiers) {
            entry(&mut text, &format!("tiers.{}", tier.word()), threshold);
        }
        text
    }

    /// The weight of a signal.
    #[must_use]
    pub fn weight(&self, code: Code) -> f64 {
        self.weights[code.place()].value
    }

    /// The tier of a score: the first whose threshold it reaches.
    #[must_use]
    pub fn tier(&self, score: f64) -> Tier {
        let reached = TIERS.iter().zip(&self.tiers).find(|(_, threshold)| score >= threshold.value);
        reached.map_or(Tier::Baseline, |(tier, _)| *tier)
    }
}

/// The tiers that have a threshold, most urgent first.
const TIERS: [Tier; 3] = [Tier::Critical, Tier::High, Tier::Elevated];

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    origin: String,
    base: Entry,
    weights: BTreeMap<String, Entry>,
    tiers: BTreeMap<String, Entry>,
}

/// A number with its reason, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    value: Spanned<f64>,
    why: String,
}

impl Entry {
    fn checked(
        self,
        text: &str,
        name: &str,
        wanted: &'static str,
        sensible: impl Fn(f64) -> bool,
    ) -> Result<Reasoned, ModelError> {
        if !sensible(*self.value.get_ref()) {
            return Err(ModelError::Value {
                line: line_of(text, self.value.span().start),
                name: name.to_owned(),
                wanted,
            });
        }
        Ok(Reasoned { value: self.value.into_inner(), why: self.why })
    }
}

/// Refuses names that nothing is known of: a weight that is misspelt must not be silently without effect.
fn none_left(text: &str, what: &str, entries: &BTreeMap<String, Entry>) -> Result<(), ModelError> {
    let Some((name, entry)) = entries.first_key_value() else { return Ok(()) };
    let line = line_of(text, entry.value.span().start);
    Err(ModelError::Form { line, what: format!("there is no {what} {name:?}") })
}

/// The number of the line in which a byte stands, from 1.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|b| *b == b'\n').count()
}

/// A number in its shortest form that reads back as the same number, and its reason.
fn entry(text: &mut String, name: &str, number: &Reasoned) {
    let _ = writeln!(text, "\n[{name}]\nvalue = {:?}\nwhy = {}", number.value, quoted(&number.why));
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
