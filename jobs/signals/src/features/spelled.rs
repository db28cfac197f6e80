//! What is looked at where a cue is spelled in letters, as in English: there words stand apart, so that articles can be
//! left out, a sentence shows its kind at its beginning, and reviews have titles.

use super::{Item, Items, Part, Sink, State, name};
use crate::lexicon::Class;
use crate::tokens::Tokens;

/// Words that say nothing about what stands on their other side, by their hashes.
const SLIGHT: [u64; 11] = {
    const WORDS: [&str; 11] =
        ["a", "an", "the", "very", "so", "just", "really", "even", "quite", "totally", "completely"];
    let mut hashes = [0; WORDS.len()];
    let mut at = 0;
    while at < hashes.len() {
        hashes[at] = Part::new(WORDS[at]).hash;
        at += 1;
    }
    hashes
};

/// Items on either side that are searched for telling words.
const SEARCHED: usize = 12;

/// Items before a word of praise or complaint in which a negation turns it.
const TURNED_FROM: usize = 3;

/// Whether a text complains or praises on the whole: words of praise less those of complaint. "Not good" is no praise but
/// a complaint; "no trouble" is neither.
pub(super) fn tone(items: &Items) -> Part<'static> {
    let mut sum = 0_i32;
    for at in items.stream.iter().map(|at| *at as usize) {
        let item = &items.list[at];
        if !matches!(item.class, Some(Class::Bad | Class::Good)) {
            continue;
        }
        let before = &items.list[at.saturating_sub(TURNED_FROM)..at];
        let turned = before.iter().any(|o| !o.mark && matches!(o.class, Some(Class::Negate | Class::Not)));
        sum += match (item.class, turned) {
            (Some(Class::Good), false) => 1,
            (Some(Class::Bad), true) => 0,
            _ => -1,
        };
    }
    Part::new(match sum {
        ..=-2 => "awful",
        -1 => "bad",
        0 => "even",
        1 => "good",
        2.. => "great",
    })
}

/// Features of one cue: the telling words beside it, how its sentence begins, the tone of the text, and whether it stands
/// in the first sentence, which is often a title.
pub(super) fn cue<S: Sink>(
    tokens: &Tokens,
    items: &Items,
    at: usize,
    class: Class,
    state: &State,
    tone: Part<'_>,
    sink: &mut S,
) {
    let item = items.list[at];
    let class_part = name(class);
    let edge = const { Part::new("^") };
    let symbol = |other: &Item| match other.class {
        Some(class) => name(class),
        None => items.literally::<S>(tokens, other),
    };
    // A word of the lexicon may be slight as well.
    let telling =
        |o: &&Item| !o.mark && o.sentence == item.sentence && !SLIGHT.contains(&items.literally::<S>(tokens, o).hash);
    let mut words = items.list[..at].iter().rev().take(SEARCHED).filter(telling).map(symbol);
    let before: [Part<'_>; 3] = std::array::from_fn(|_| words.next().unwrap_or(edge));
    let mut words = items.list[at + 1..].iter().take(SEARCHED).filter(telling).map(symbol);
    let after: [Part<'_>; 2] = std::array::from_fn(|_| words.next().unwrap_or(edge));
    let (slim, here) = const { (Part::new("slim"), Part::new("_")) };
    sink.feature(&[slim, before[0], class_part, here]);
    sink.feature(&[slim, before[1], before[0], class_part, here]);
    sink.feature(&[slim, before[2], before[1], before[0], class_part, here]);
    sink.feature(&[slim, here, class_part, after[0]]);
    sink.feature(&[slim, here, class_part, after[0], after[1]]);
    sink.feature(&[slim, before[0], class_part, after[0]]);
    sink.feature(&[slim, before[1], before[0], class_part, after[0]]);

    let first = items.list[..at].partition_point(|o| o.sentence < item.sentence);
    let mut words = items.list[first..at].iter().take(SEARCHED).filter(|o| !o.mark).map(symbol);
    let opening: [Part<'_>; 3] = std::array::from_fn(|_| words.next().unwrap_or(edge));
    let start = const { Part::new("start") };
    sink.feature(&[start, class_part, opening[0]]);
    sink.feature(&[start, class_part, opening[0], opening[1]]);
    sink.feature(&[start, class_part, opening[0], opening[1], opening[2]]);

    let [_, turned, hedged, open, asked] = *state;
    let kind = const { Part::new("tone") };
    sink.feature(&[kind, class_part, tone]);
    sink.feature(&[kind, class_part, turned, hedged, open, asked, tone]);
    let kind = const { Part::new("title") };
    let place = if item.sentence == 0 { const { Part::new("first") } } else { const { Part::new("later") } };
    sink.feature(&[kind, class_part, place]);
    sink.feature(&[kind, class_part, place, turned, hedged, open, asked]);
}

#[cfg(test)]
mod tests {
    use crate::detector::{Detector, Scratch};

    fn names(text: &str) -> Vec<String> {
        let names = Detector::bare().feature_names(text, &mut Scratch::default()).expect("it passes");
        names.cues.into_iter().flatten().chain(names.whole).collect()
    }

    fn has(text: &str, name: &str) -> bool {
        names(text).iter().any(|n| n == name)
    }

    #[test]
    fn articles_are_left_out_between_a_cue_and_what_tells_of_it() {
        for text in ["this is fake", "this is a fake", "this is just a very fake"] {
            assert!(has(text, "slim this is fake _"), "{:?}", names(text));
        }
        assert!(!has("this is it. a fake", "slim this is fake _"));
    }

    #[test]
    fn a_sentence_is_known_by_its_beginning_and_a_title_by_its_place() {
        assert!(has("Avoid. i bought a genuine one", "start genuine i got"));
        assert!(has("Avoid. i bought a genuine one", "title genuine later"));
        assert!(has("i bought a genuine one", "title genuine first"));
    }

    #[test]
    fn the_tone_counts_praise_less_complaint_and_minds_negation() {
        let tones = [
            ("fake and terrible, useless", "tone awful"),
            ("fake. terrible", "tone bad"),
            ("fake. terrible but nice", "tone even"),
            ("fake. never terrible", "tone even"),
            ("genuine and nice", "tone good"),
            ("genuine, never nice", "tone bad"),
            ("genuine, nice and perfect", "tone great"),
        ];
        for (text, tone) in tones {
            assert!(has(text, tone), "{text}: {:?}", names(text));
        }
    }

    #[test]
    fn chinese_cues_have_none_of_it() {
        let all = names("这个是假货，很差");
        assert!(all.iter().all(|n| !["slim", "start", "tone", "title"].contains(&n.split(' ').next().unwrap_or(""))));
    }
}
