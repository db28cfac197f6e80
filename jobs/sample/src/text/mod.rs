//! Comments' texts, put together from sentences of our own. A text's label is that of the one sentence that says
//! something about genuineness; every sentence around it is neutral, so that the label is the truth by construction.

mod chinese;
mod english;
mod mixed;

use crate::names::CATEGORIES;
use crate::random::Stream;

/// The true label of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// Says or suspects that the item is counterfeit.
    Allege,
    /// Says that it is genuine.
    Affirm,
    /// Neither.
    Other,
}

impl Label {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Allege => "allege",
            Self::Affirm => "affirm",
            Self::Other => "other",
        }
    }
}

/// What a comment is about.
pub(crate) struct Subject<'a> {
    pub(crate) brand_en: &'a str,
    pub(crate) brand_zh: &'a str,
    pub(crate) category: usize,
}

/// The sentences of one language. In a sentence, `{x}` is replaced by one of the words of slot x; `{n}` is the item
/// and `{b}` the brand.
pub(crate) struct Phrases {
    allege: &'static [&'static str],
    affirm: &'static [&'static str],
    /// Neither, content.
    pleased: &'static [&'static str],
    /// Neither, not content.
    annoyed: &'static [&'static str],
    /// Neither, although the words come close: questions, hopes, slogans, other purchases, near-words.
    near: &'static [&'static str],
    /// Neutral sentences that go with any other.
    filler: &'static [&'static str],
    slots: &'static [(char, &'static [&'static str])],
    /// Between two sentences.
    joints: &'static [&'static str],
    /// At the end.
    ends: &'static [&'static str],
}

const EMOJI: [&str; 14] = ["👍", "😡", "😂", "❤️", "🙏", "💔", "😭", "🔥", "👎", "🤔", "😊", "🎉", "😤", "👌"];

/// Writes texts into one buffer that is kept.
#[derive(Default)]
pub(crate) struct Writer {
    text: String,
}

impl Writer {
    /// The text of one comment.
    pub(crate) fn compose(&mut self, stream: &mut Stream, label: Label, rating: i8, subject: &Subject<'_>) -> &str {
        self.text.clear();
        // Many leave only stars, and the platform keeps an empty text.
        if label == Label::Other && stream.chance(70) {
            return &self.text;
        }
        let language = stream.weighted(&[70, 23, 7]);
        let phrases = [&chinese::PHRASES, &english::PHRASES, &mixed::PHRASES][language];
        let chinese = language != 1;
        let about = match label {
            Label::Allege => phrases.allege,
            Label::Affirm => phrases.affirm,
            Label::Other if stream.chance(60) => phrases.near,
            Label::Other if rating <= 2 || (rating == 3 && stream.chance(500)) => phrases.annoyed,
            Label::Other => phrases.pleased,
        };
        if stream.chance(330) {
            self.expand(stream, phrases, phrases.filler, subject, chinese);
            self.text.push_str(stream.pick(phrases.joints));
        }
        self.expand(stream, phrases, about, subject, chinese);
        for _ in 0..stream.weighted(&[45, 40, 15]) {
            self.text.push_str(stream.pick(phrases.joints));
            self.expand(stream, phrases, phrases.filler, subject, chinese);
        }
        self.text.push_str(stream.pick(phrases.ends));
        if stream.chance(110) {
            let emoji = stream.pick(&EMOJI);
            for _ in 0..=stream.below(3) {
                self.text.push_str(emoji);
            }
        }
        if chinese {
            self.chinese_habits(stream);
        } else {
            self.english_habits(stream);
        }
        &self.text
    }

    fn expand(
        &mut self,
        stream: &mut Stream,
        phrases: &Phrases,
        sentences: &[&'static str],
        subject: &Subject<'_>,
        chinese: bool,
    ) {
        let mut rest = stream.pick(sentences);
        while let Some((before, after)) = rest.split_once('{') {
            self.text.push_str(before);
            let Some((slot, tail)) = after.split_once('}') else { break };
            let category = &CATEGORIES[subject.category % CATEGORIES.len()];
            let word = match slot {
                "n" if chinese => stream.pick(category.zh),
                "n" => stream.pick(category.en),
                "b" if chinese && subject.brand_zh.is_empty() => "这个牌子",
                "b" if chinese && stream.chance(700) => subject.brand_zh,
                "b" if subject.brand_en.is_empty() => "the brand",
                "b" => subject.brand_en,
                other => {
                    let name = other.chars().next().unwrap_or(' ');
                    phrases.slots.iter().find(|s| s.0 == name).map_or("", |s| stream.pick(s.1))
                }
            };
            self.text.push_str(word);
            rest = tail;
        }
        self.text.push_str(rest);
    }

    /// People do not all begin with a capital, and some shout.
    fn english_habits(&mut self, stream: &mut Stream) {
        match stream.below(20) {
            0 => self.text.make_ascii_uppercase(),
            1..=6 => self.text.make_ascii_lowercase(),
            _ => {
                // Not every text begins with a letter of one byte.
                if let Some(first) = self.text.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
            }
        }
        if stream.chance(70) {
            self.slip(stream);
        }
    }

    /// Loses or doubles one letter, wherever it falls: in the word that decides, too.
    fn slip(&mut self, stream: &mut Stream) {
        let at = stream.index(self.text.len().max(1));
        match self.text.as_bytes().get(at) {
            Some(letter) if letter.is_ascii_alphabetic() => {
                if stream.chance(500) {
                    self.text.remove(at);
                } else {
                    self.text.insert(at, char::from(*letter));
                }
            }
            _ => {}
        }
    }

    /// Slips of a phonetic keyboard, and traditional characters.
    fn chinese_habits(&mut self, stream: &mut Stream) {
        const SLIPS: [(&str, &str); 12] = [
            ("的", "得"),
            ("的", "滴"),
            ("是", "事"),
            ("这", "這"),
            ("质量", "质良"),
            ("收到", "收倒"),
            ("应该", "因该"),
            ("买", "買"),
            ("真", "眞"),
            ("就", "旧"),
            ("没", "沒"),
            ("一样", "一漾"),
        ];
        if stream.chance(60) {
            let (right, wrong) = SLIPS[stream.index(SLIPS.len())];
            if let Some(at) = self.text.find(right) {
                self.text.replace_range(at..at + right.len(), wrong);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Family;

    #[test]
    fn every_slot_is_filled_and_texts_are_varied() {
        for phrases in [&chinese::PHRASES, &english::PHRASES, &mixed::PHRASES] {
            let lists =
                [phrases.allege, phrases.affirm, phrases.pleased, phrases.annoyed, phrases.near, phrases.filler];
            for sentence in lists.into_iter().flatten() {
                for part in sentence.split('{').skip(1) {
                    let slot = part.split('}').next().unwrap_or_default();
                    let known = slot.chars().next().is_some_and(|s| phrases.slots.iter().any(|(name, _)| *name == s));
                    assert!(slot == "n" || slot == "b" || (slot.len() == 1 && known), "{sentence}");
                }
            }
        }
        let family = Family::new(4, "texts");
        let subject = Subject { brand_en: "Velquano", brand_zh: "维蔻诺", category: 2 };
        let mut writer = Writer::default();
        let mut texts = Vec::new();
        for id in 0..4_000 {
            let label = [Label::Allege, Label::Affirm, Label::Other][id as usize % 3];
            let rating = id as i8 % 5 + 1;
            let text = writer.compose(&mut family.stream(id), label, rating, &subject);
            assert!(!text.contains(['{', '}']), "{text}");
            texts.push(text.to_owned());
        }
        texts.sort();
        texts.dedup();
        assert!(texts.len() > 3_500, "{}", texts.len());
    }
}
