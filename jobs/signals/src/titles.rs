//! How alike two titles are, whatever was done to hide it: supporting evidence beside pictures, never counted alone.

use unicode_normalization::char::is_combining_mark;

use crate::normal;

/// A title, ready to be compared with many others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title {
    /// Words with one space between them, Chinese characters without.
    form: String,
    /// Its n-grams, sorted.
    grams: Vec<u64>,
}

/// How alike two titles are, from 0 to 1: [`Title::similarity`] of the two.
#[must_use]
pub fn similarity(a: &str, b: &str) -> f64 {
    Title::new(a).similarity(&Title::new(b))
}

impl Title {
    /// Reads a title as a person does: compatibility forms, case, width, look-alike letters, traditional characters (those
    /// that the detector knows), invisible characters and split words are undone as in comments. Signs, emoji and spaces only
    /// end words; Chinese characters with nothing but such between them stand side by side. What is left falls into n-grams:
    /// pairs of Chinese characters (a lone one stands for itself), and three characters of any other word in a row, its
    /// beginning and its end counted as characters.
    ///
    /// Time and memory grow with the text, sorting apart.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (mut scratch, mut chars) = (Vec::new(), Vec::new());
        normal::normalise(text, &mut scratch, &mut chars, |_, _| false);
        let mut title = Self::default();
        let mut run = Vec::new();
        let mut kind = Kind::Ideograph;
        let mut ended = false;
        for c in chars.iter().map(|c| c.c) {
            let Some(next) = kind_of(c) else {
                ended = true;
                continue;
            };
            // Between Chinese characters a space or a sign is mere decoration.
            if next != kind || (ended && next == Kind::Letter) {
                title.take(&run, kind);
                run.clear();
            }
            (kind, ended) = (next, false);
            run.push(c);
        }
        title.take(&run, kind);
        title.grams.sort_unstable();
        title
    }

    /// How alike two titles are, from 0 to 1: Dice's coefficient of their n-grams, each counted as often as it occurs,
    /// 2 × common / (those of the one + those of the other) (L. R. Dice, Ecology 26, 1945; of trigrams of words: R. C.
    /// Angell, G. E. Freund, P. Willett, Information Processing & Management 19, 1983; pairs of characters as the units of
    /// Chinese: K. L. Kwok, SIGIR 1997).
    ///
    /// 1 exactly if the titles read the same. The same n-grams in another order count as if one of them were missing in one
    /// title. 0 if no n-gram is common, hence also where a title has neither letters nor digits: two empty titles say
    /// nothing. The same in both directions.
    #[must_use]
    pub fn similarity(&self, other: &Self) -> f64 {
        let all = self.grams.len() + other.grams.len();
        let twice = 2 * common(&self.grams, &other.grams);
        if twice == 0 {
            return 0.0;
        }
        let reordered = twice == all && self.form != other.form;
        (twice - usize::from(reordered)) as f64 / all as f64
    }

    /// Appends a run of characters of one kind.
    fn take(&mut self, run: &[char], kind: Kind) {
        if run.is_empty() {
            return;
        }
        if !self.form.is_empty() {
            self.form.push(' ');
        }
        self.form.extend(run);
        match kind {
            Kind::Ideograph if run.len() == 1 => self.grams.extend(run.iter().map(|c| gram(&[*c]))),
            Kind::Ideograph => self.grams.extend(run.windows(2).map(gram)),
            Kind::Letter => {
                // No letter is a zero, so it can stand for the beginning and the end.
                let at = |i: usize| i.checked_sub(1).and_then(|i| run.get(i)).copied().unwrap_or('\0');
                self.grams.extend((1..=run.len()).map(|i| WORD | gram(&[at(i - 1), at(i), at(i + 1)])));
            }
        }
    }
}

/// Tells n-grams of words from those of Chinese characters.
const WORD: u64 = 1 << 63;

/// Up to three characters in one number: each has 21 bits.
fn gram(chars: &[char]) -> u64 {
    chars.iter().fold(0, |gram, c| gram << 21 | u64::from(u32::from(*c)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Chinese characters, which have a meaning each.
    Ideograph,
    /// Everything else of which words are made.
    Letter,
}

fn kind_of(c: char) -> Option<Kind> {
    match c {
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' => {
            Some(Kind::Ideograph)
        }
        _ if c.is_alphanumeric() || is_combining_mark(c) => Some(Kind::Letter),
        _ => None,
    }
}

/// How many entries two sorted lists have in common, each as often as in the list that has it less often.
fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while let Some((x, y)) = a.get(i).zip(b.get(j)) {
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_reads_the_same_is_one() {
        for (a, b) in [
            ("Apple iPhone 15 手机壳", "ＡＰＰＬＥ  iphone－15【手机壳】"),
            ("真 貨 包", "真·货·包"),
            ("Nіkе Air", "nike air"),
            ("f a k e bag", "Fake Bag!!!"),
            ("正品\u{200b}保证 👍", "正品保证"),
            ("a", "A"),
            ("包", "包!"),
        ] {
            assert_eq!(similarity(a, b), 1.0, "{a} {b}");
        }
    }

    #[test]
    fn what_has_nothing_in_common_is_zero() {
        for (a, b) in [
            ("手机壳", "运动鞋"),
            ("bag", "鞋"),
            ("", ""),
            ("", "bag"),
            ("👍👍", "👍👍"),
            ("abc", "xyz"),
            ("手机", "机手"),
        ] {
            assert_eq!(similarity(a, b), 0.0, "{a} {b}");
        }
    }

    /// By hand: night is ^ni nig igh ght ht$, nacht is ^na nac ach cht ht$; 手机 机壳 stands against 手机 机套.
    #[test]
    fn shares_are_those_of_dice() {
        for (a, b, expected) in [
            ("night", "nacht", 2.0 * 1.0 / 10.0),
            ("手机壳", "手机套", 2.0 * 1.0 / 4.0),
            ("手机壳 bag", "手机套 bag", 2.0 * 4.0 / 10.0),
            // The second ^ba, bag, ag$ have no partner.
            ("bag bag", "bag", 2.0 * 3.0 / 9.0),
            // One n-gram of twelve is taken off for the order.
            ("red bag", "bag red", 11.0 / 12.0),
            ("包", "包包", 0.0),
            ("i", "i i", 2.0 / 3.0),
        ] {
            assert_eq!(similarity(a, b), expected, "{a} {b}");
        }
    }

    /// A title put together from another one's words stays near it, another product's does not.
    #[test]
    fn copies_are_nearer_than_others() {
        let original = "Lumora 露莫拉 真皮女包 2026新款 单肩斜挎";
        let copy = "【2026新款】LUMORA露莫拉 女包真皮 单肩斜挎 包邮";
        let other = "Lumora 露莫拉 男士运动鞋 透气 跑步";
        assert!(similarity(original, copy) > 0.7, "{}", similarity(original, copy));
        assert!(similarity(original, other) < 0.5, "{}", similarity(original, other));
    }

    #[test]
    fn ten_megabytes_are_harmless() {
        for piece in ["a", "a·", "包 a", "\u{301}"] {
            let text = piece.repeat(10_000_000 / piece.len());
            let title = Title::new(&text);
            let same = title.similarity(&title.clone());
            assert_eq!(same, if title.grams.is_empty() { 0.0 } else { 1.0 }, "{piece:?}");
        }
    }

    fn naive(a: &[u64], b: &[u64]) -> usize {
        let mut rest = b.to_vec();
        a.iter().filter(|x| rest.iter().position(|y| y == *x).map(|at| rest.swap_remove(at)).is_some()).count()
    }

    proptest! {
        #[test]
        fn any_two_titles_have_a_share(a in "[ab包鞋 ·👍1\u{200b}]{0,12}", b in "[ab包鞋 ·👍1\u{200b}]{0,12}") {
            let (one, other) = (Title::new(&a), Title::new(&b));
            let share = one.similarity(&other);
            prop_assert_eq!(share, other.similarity(&one));
            prop_assert!((0.0..=1.0).contains(&share));
            prop_assert_eq!(share == 1.0, one.form == other.form && !one.form.is_empty());
            let common = naive(&one.grams, &other.grams);
            prop_assert_eq!(share == 0.0, common == 0);
            prop_assert_eq!(super::common(&one.grams, &other.grams), common);
        }

        #[test]
        fn any_text_is_a_title(a in ".*", b in ".*") {
            prop_assert!((0.0..=1.0).contains(&similarity(&a, &b)));
            let one = Title::new(&a);
            prop_assert_eq!(one.similarity(&one) == 1.0, !one.form.is_empty());
        }
    }
}
