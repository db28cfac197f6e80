//! Training counts features by their names, the program by hashes of their parts: both must see the same weights.

use std::collections::{BTreeMap, BTreeSet};

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::features::{JOINT, Part, Sink, hash};
use crate::lexicon::entries;
use crate::params::Weight;

/// Texts of the project's label files that come with them.
fn labelled() -> impl Iterator<Item = String> {
    let files = [include_str!("../../data/labels/invented.jsonl"), include_str!("../../data/labels/grammar.jsonl")];
    files.into_iter().flat_map(str::lines).map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line["text"].as_str().expect("a text").to_owned()
    })
}

/// Words of the lexicon, of several tokens too, among what may upset the splitting into tokens; long ones as well, since
/// hashes of tokens are kept near cues only.
fn hostile(count: usize) -> Vec<String> {
    const ODD: &[&str] = &[
        " ",
        " ",
        " ",
        "_",
        "__",
        "knock_off",
        "\t",
        "\n",
        "\0",
        "\u{a0}",
        "\u{85}",
        "\u{200b}",
        "'",
        "''s",
        "n't",
        "dont",
        "0",
        "1.5",
        "100%",
        "*",
        "^",
        "|",
        "-",
        "+",
        ",",
        ".",
        "?",
        "!!",
        "👍",
        "ß",
        "İ",
        "ﬁ",
        "①",
        "㊣",
        "か\u{3099}",
        "的",
        "了",
        "这个",
        "the",
        "a very",
        "it",
        "this is",
        "xyz",
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed do",
    ];
    let words: Vec<&str> = entries().map(|(_, text, _)| text).collect();
    let cues: Vec<&str> = entries().filter(|(class, ..)| class.is_cue()).map(|(_, text, _)| text).collect();
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let mut piece = || {
        let list = [ODD, &words, &cues].into_iter().nth(random.random_range(0..3)).unwrap_or(ODD);
        let gap = ["", " "][random.random_range(0..2)];
        (list.choose(&mut random).map_or("", |piece| *piece), gap, random.random_range(0..40) == 0)
    };
    let mut texts = Vec::with_capacity(count);
    while texts.len() < count {
        let mut text = String::new();
        loop {
            let (piece, gap, last) = piece();
            text.push_str(piece);
            text.push_str(gap);
            if last {
                break;
            }
        }
        texts.push(text);
    }
    texts
}

/// Sums of a text by the names of its features, as training counts them: of each cue, then of the whole.
fn by_names(names: &Names, weights: &BTreeMap<&str, Weight>) -> Vec<(i64, i64)> {
    let sum = |names: &BTreeSet<String>| {
        let own = names.iter().filter_map(|name| weights.get(name.as_str()));
        own.fold((0, 0), |sum, w| (sum.0 + i64::from(w.allege), sum.1 + i64::from(w.affirm)))
    };
    let mut sums: Vec<(i64, i64)> = names.cues.iter().map(sum).collect();
    let (bias, whole) = (weights.get("bias").copied().unwrap_or_default(), sum(&names.whole));
    sums.push((whole.0 + i64::from(bias.allege), whole.1 + i64::from(bias.affirm)));
    sums
}

#[test]
fn names_and_hashes_count_the_same_weights() {
    let params = embedded_params().expect("the project's parameters");
    let detector = Detector::new(&params);
    let weights = [&params.zh, &params.en]
        .map(|lang| lang.weights.iter().map(|(name, weight)| (name.as_str(), *weight)).collect::<BTreeMap<_, _>>());
    let (mut scratch, mut judged) = (Scratch::default(), 0);
    for text in labelled().chain(hostile(4000)) {
        let Some(names) = detector.feature_names(&text, &mut scratch) else { continue };
        for (side, weights) in weights.iter().enumerate() {
            let whole = detector.sums(side, &mut scratch);
            let by_hashes: Vec<(i64, i64)> =
                scratch.cues.iter().chain([&whole]).map(|sum| (sum.allege, sum.affirm)).collect();
            assert_eq!(by_names(&names, weights), by_hashes, "{text:?}");
        }
        judged += 1;
    }
    assert!(judged > 8000, "{judged}");
}

/// Asks of every feature that the words of its name have its hash.
struct ReadBack {
    features: u64,
    joined: u64,
}

impl Sink for ReadBack {
    const READS: bool = true;

    fn speak_of(&mut self, _cue: Option<usize>) {}

    fn hashed(&mut self, own: u64, parts: &[Part<'_>]) {
        let name = Names::name(parts);
        assert_eq!(hash(name.split(' ').map(|part| Part::new(part).hash)), own, "{name}");
        assert!(!name.contains(char::is_control), "{name:?} would break the file's lines");
        self.features += 1;
        self.joined += u64::from(name.split(' ').any(|part| part.len() > 1 && part.contains(JOINT)));
    }
}

#[test]
fn whatever_name_is_trained_can_be_reached() {
    let (detector, mut scratch) = (Detector::bare(), Scratch::default());
    let mut sink = ReadBack { features: 0, joined: 0 };
    for text in labelled().chain(hostile(4000)).filter(|text| !text.is_empty()) {
        if detector.passes(&text, &mut scratch) {
            scratch.items.fill(&scratch.tokens, &scratch.matches);
            visit(&scratch.tokens, &scratch.items, &mut sink);
        }
    }
    assert!(sink.features > 500_000 && sink.joined > 10_000, "{} {}", sink.features, sink.joined);
}

#[test]
fn every_weight_of_the_project_has_a_hash_of_its_own() {
    let params = embedded_params().expect("the project's parameters");
    for lang in [&params.zh, &params.en] {
        let table = Table::new(lang);
        let names = lang.weights.iter().filter(|(name, _)| name != "bias");
        let numbers: BTreeSet<u32> = names
            .map(|(name, weight)| {
                let number = table.number(hash(name.split(' ').map(|part| Part::new(part).hash))).expect("its number");
                assert_eq!(table.weight(number), *weight, "{name}");
                number
            })
            .collect();
        assert_eq!(numbers.len(), table.len());
    }
}
