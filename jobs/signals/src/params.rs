//! The scorer's parameters: a file of named weights that people can read, and the table that lookups go to.

use std::fmt::Write as _;

use mirrorlake_model::comment::Lang;

use crate::features::{Part, hash};

/// Weights are whole thousandths, so that their sum does not depend on the order of summation.
pub(crate) const SCALE: f64 = 1000.0;

/// A parameter file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", if *line > 0 { format!("parameter file, line {line}: ") } else { String::new() })]
pub struct ParamsError {
    /// Line, from 1; 0 where no line is at fault.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// What one feature adds to the log-odds of `allege` and `affirm` against `other`, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// For `allege`.
    pub allege: i32,
    /// For `affirm`.
    pub affirm: i32,
}

/// How raw log-odds of `allege` become a probability (Platt, "Probabilistic outputs for support vector machines", 1999):
/// 1 / (1 + exp(−(slope × log-odds + intercept))).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Factor.
    pub slope: f64,
    /// Shift.
    pub intercept: f64,
}

/// The parameters of one language.
#[derive(Clone, Debug, PartialEq)]
pub struct LangParams {
    /// From log-odds to probability.
    pub calibration: Calibration,
    /// The probability of `allege` of a comment that the gate does not pass.
    pub refused: f64,
    /// Named weights, in the order of the names; the name `bias` is always added.
    pub weights: Vec<(String, Weight)>,
}

/// The parameters of the detector.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    /// What they were trained on and how, one line.
    pub origin: String,
    /// Chinese.
    pub zh: LangParams,
    /// English.
    pub en: LangParams,
}

impl LangParams {
    fn empty() -> Self {
        Self { calibration: Calibration { slope: 1.0, intercept: 0.0 }, refused: 0.0, weights: Vec::new() }
    }
}

impl Params {
    /// The parameters of a language; other languages go by English.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &LangParams {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }

    /// Reads a parameter file.
    ///
    /// # Errors
    ///
    /// [`ParamsError`] with the line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ParamsError> {
        let mut params = Self { origin: String::new(), zh: LangParams::empty(), en: LangParams::empty() };
        for (number, line) in text.lines().enumerate() {
            let fail = |problem: &str| ParamsError { line: number + 1, problem: problem.to_owned() };
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            if let ["origin", origin] = fields[..] {
                params.origin = origin.to_owned();
                continue;
            }
            let [lang, name, first, second] = fields[..] else { return Err(fail("four fields are expected")) };
            let lang = match lang {
                "zh" => &mut params.zh,
                "en" => &mut params.en,
                _ => return Err(fail("the language is neither zh nor en")),
            };
            let real = |field: &str| {
                let value: Option<f64> = field.parse().ok().filter(|v: &f64| v.is_finite());
                value.ok_or_else(|| fail("not a number"))
            };
            match name {
                "calibration" => {
                    lang.calibration = Calibration { slope: real(first)?, intercept: real(second)? };
                }
                "refused" => lang.refused = real(first)?,
                name => {
                    let whole = |field: &str| field.parse().map_err(|_| fail("not a whole number of thousandths"));
                    let weight = Weight { allege: whole(first)?, affirm: whole(second)? };
                    lang.weights.push((name.to_owned(), weight));
                }
            }
        }
        if params.zh.weights.is_empty() || params.en.weights.is_empty() {
            return Err(ParamsError { line: 0, problem: "there are no weights for zh and en".to_owned() });
        }
        Ok(params)
    }

    /// The text of the parameter file.
    #[must_use]
    pub fn print(&self) -> String {
        let mut text = String::from(
            "# Parameters of the comment scorer, written by `mirrorlake train comments`: language, feature, and what it adds to\n\
             # the log-odds of allege and of affirm against other, in thousandths. ARCHITECTURE.md says how features are named.\n",
        );
        let _ = writeln!(text, "origin\t{}", self.origin);
        for (lang, params) in [("zh", &self.zh), ("en", &self.en)] {
            let Calibration { slope, intercept } = params.calibration;
            let _ = writeln!(text, "{lang}\tcalibration\t{slope:.4}\t{intercept:.4}");
            let _ = writeln!(text, "{lang}\trefused\t{:.6}\t0", params.refused);
            for (name, weight) in &params.weights {
                let _ = writeln!(text, "{lang}\t{name}\t{}\t{}", weight.allege, weight.affirm);
            }
        }
        text
    }
}

/// Weights by the hash of their names.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// A bit for each hash, found by its first bits: few enough to stay in a core's own cache, and hardly one feature in
    /// ten that has no weight is looked for further.
    bits: Box<[u64; BITS / 64]>,
    /// Where the hashes begin that have the same first bits, and where the last ones end.
    starts: Vec<u32>,
    /// Ascending.
    hashes: Vec<u64>,
    /// Of each hash.
    weights: Vec<Weight>,
    pub bias: Weight,
}

/// Bits of the first look, of which a language's weights set about one in fifteen.
const BITS: usize = 1 << 18;

/// Parts that hashes are divided into, each a few: what is looked up for every feature should fit a core's own cache.
const PARTS: usize = 1 << 12;

impl Table {
    pub fn new(params: &LangParams) -> Self {
        let mut table = Self {
            bits: Box::new([0; BITS / 64]),
            starts: Vec::with_capacity(PARTS + 1),
            hashes: Vec::with_capacity(params.weights.len()),
            weights: Vec::with_capacity(params.weights.len()),
            bias: Weight::default(),
        };
        let mut hashed: Vec<(u64, Weight)> = Vec::with_capacity(params.weights.len());
        for (name, weight) in &params.weights {
            if name == "bias" {
                table.bias = *weight;
                continue;
            }
            let hash = hash(name.split(' ').map(|part| Part::new(part).hash));
            let (word, bit) = Self::bit(hash);
            table.bits[word] |= bit;
            hashed.push((hash, *weight));
        }
        hashed.sort_by_key(|(hash, _)| *hash);
        (table.hashes, table.weights) = hashed.into_iter().unzip();
        let start = |part: usize| table.hashes.partition_point(|hash| Self::part(*hash) < part) as u32;
        table.starts.extend((0..=PARTS).map(start));
        table
    }

    /// The place of a hash among the bits.
    #[inline(always)]
    fn bit(hash: u64) -> (usize, u64) {
        // The upper bits of a multiplicative hash are its good ones.
        let bit = hash >> (u64::BITS - BITS.ilog2());
        ((bit / 64) as usize, 1 << (bit % 64))
    }

    fn part(hash: u64) -> usize {
        (hash >> (u64::BITS - PARTS.ilog2())) as usize
    }

    /// Whether there may be a weight.
    #[inline(always)]
    pub fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = Self::bit(hash);
        self.bits[word] & bit != 0
    }

    /// Number of weights.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// The number of a feature, if it has a weight.
    #[inline]
    pub fn number(&self, hash: u64) -> Option<u32> {
        let part = Self::part(hash);
        let (from, to) = (self.starts[part], self.starts[part + 1]);
        let own = self.hashes.get(from as usize..to as usize)?;
        // All of a part are looked at, since they are few and a guess at the right one would often be wrong.
        let found = own.iter().zip(from..).fold(u32::MAX, |at, (h, n)| if *h == hash { n } else { at });
        (found != u32::MAX).then_some(found)
    }

    /// The weight of a number.
    #[inline]
    pub fn weight(&self, number: u32) -> Weight {
        self.weights[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_survive_the_file() {
        let lang = |word: &str| LangParams {
            calibration: Calibration { slope: 1.25, intercept: -0.5 },
            refused: 0.0005,
            weights: vec![
                ("bias".to_owned(), Weight { allege: -5, affirm: 7 }),
                (format!("w {word}"), Weight { allege: 1200, affirm: -30 }),
            ],
        };
        let params = Params { origin: "a test".to_owned(), zh: lang("假"), en: lang("fake") };
        assert_eq!(Params::parse(&params.print()), Ok(params.clone()));
        let table = Table::new(&params.zh);
        let name = |word| hash(["w", word].into_iter().map(|part| Part::new(part).hash));
        assert_eq!(table.number(name("假")).map(|number| table.weight(number).allege), Some(1200));
        assert_eq!(table.number(name("真")), None);
        assert_eq!(table.bias.affirm, 7);
    }

    #[test]
    fn a_broken_line_is_named() {
        for (text, line) in
            [("fr\tw x\t1\t2\n", 1), ("\nzh\tw x\t1\n", 2), ("zh\tw x\t1.5\t2\n", 1), ("zh\trefused\tNaN\t0", 1)]
        {
            assert_eq!(Params::parse(text).expect_err("broken").line, line, "{text}");
        }
        assert!(Params::parse("").is_err());
    }
}
