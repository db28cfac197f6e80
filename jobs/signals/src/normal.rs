//! Normalisation: what a person reads, whatever was typed. Compatibility forms, case, width, look-alike letters,
//! traditional characters, invisible characters and deliberate splitting (假·货, "f a k e") are undone.
//!
//! One pass, linear in the text; every normalised character knows the bytes of the original that it came from.

use std::sync::OnceLock;

use unicode_normalization::char::decompose_compatible;

/// A normalised character and the bytes of the original text behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Char {
    pub c: char,
    pub start: u32,
    pub end: u32,
}

/// Normalises `text` into `out`, which is cleared first. `joins` says whether two characters stand side by side in a cue,
/// so that a weak separator between them is taken for deliberate.
pub(crate) fn normalise(text: &str, scratch: &mut Vec<Char>, out: &mut Vec<Char>, joins: impl Fn(char, char) -> bool) {
    scratch.clear();
    scratch.reserve(text.len());
    let table = simple_forms();
    for (start, original) in text.char_indices() {
        let (start, end) = (offset(start), offset(start + original.len_utf8()));
        // What nearly all characters are needs no decomposition.
        let usual = match original {
            '\u{4e00}'..='\u{9fff}' => place(original).and_then(|at| table.get(at)).copied(),
            '\0'..='\u{7f}' => Some(original.to_ascii_lowercase()),
            '，' => Some(','),
            '！' => Some('!'),
            '？' => Some('?'),
            '。' | '、' | '“' | '”' => Some(original),
            _ => None,
        };
        if let Some(c) = usual {
            scratch.push(Char { c, start, end });
            continue;
        }
        decompose_compatible(original, |part| {
            if is_invisible(part) || is_combining(part) {
                return;
            }
            for lower in part.to_lowercase() {
                scratch.push(Char { c: plain(lower), start, end });
            }
        });
    }
    undisguise(scratch);
    join(scratch, out, joins);
}

fn offset(bytes: usize) -> u32 {
    // Texts are cut far below this by the caps on values; a longer one would only lose its offsets.
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Letters of other scripts that look like Latin ones, and traditional characters.
fn plain(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' | 'ϲ' => 'c',
        'у' | 'υ' => 'y',
        'х' | 'χ' => 'x',
        'к' | 'κ' => 'k',
        'і' | 'ι' | 'ı' => 'i',
        'ѕ' => 's',
        'ԁ' => 'd',
        'ɡ' => 'g',
        '’' | '‘' | '´' | '`' | 'ʼ' => '\'',
        c if is_han(c) => simplified(c),
        c => c,
    }
}

/// The simplified form of a character of the basic block.
fn simplified(c: char) -> char {
    place(c).and_then(|at| simple_forms().get(at)).copied().unwrap_or(c)
}

/// The simplified form of each character of the basic block.
fn simple_forms() -> &'static [char] {
    static TABLE: OnceLock<Vec<char>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: Vec<char> = ('\u{4e00}'..='\u{9fff}').collect();
        for (typed, read) in variants() {
            if let Some(entry) = place(typed).and_then(|at| table.get_mut(at)) {
                *entry = read;
            }
        }
        table
    })
}

fn place(c: char) -> Option<usize> {
    (c as usize).checked_sub(0x4e00)
}

/// Characters that the lexicon treats as another one, with that one: for whoever must find them in raw text.
pub(crate) fn variants() -> impl Iterator<Item = (char, char)> {
    include_str!("../data/simplify.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .flat_map(str::split_whitespace)
        .filter_map(|word| {
            let mut chars = word.chars();
            chars.next().zip(chars.next())
        })
}

/// A Chinese character of the basic block, which is all that the lexicon knows.
pub(crate) fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Whether a character stands for itself on the page.
pub(crate) fn is_visible(c: char) -> bool {
    !(c.is_control() || is_invisible(c) || is_combining(c))
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_combining(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Digits and signs written for letters, where letters stand on both sides: f@ke, c0py, or1ginal.
fn undisguise(chars: &mut [Char]) {
    for at in 1..chars.len().saturating_sub(1) {
        let letter = match chars[at].c {
            '@' | '4' => 'a',
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '$' | '5' => 's',
            _ => continue,
        };
        if chars[at - 1].c.is_ascii_lowercase() && chars[at + 1].c.is_ascii_lowercase() {
            chars[at].c = letter;
        }
    }
}

/// Signs that nobody types between two characters unless to split them.
pub(crate) fn is_strong_separator(c: char) -> bool {
    matches!(c, '·' | '•' | '・' | '‧' | '∙' | '⋅' | '*' | '_' | '|' | '^' | '#' | '●' | '○' | '\u{ff65}')
}

/// Signs that are punctuation more often than not.
pub(crate) fn is_weak_separator(c: char) -> bool {
    matches!(c, ' ' | '.' | '-' | '~' | '/' | '\\' | ',' | '+' | '=' | '\t')
}

/// Longest run of separators that is taken for splitting.
pub(crate) const SEPARATORS: usize = 3;

/// Copies `chars` to `out` without the separators of split words.
fn join(chars: &[Char], out: &mut Vec<Char>, joins: impl Fn(char, char) -> bool) {
    out.clear();
    let is_letter = |at: usize| chars.get(at).is_some_and(|c| c.c.is_ascii_lowercase());
    // A letter that stands alone: neither neighbour is a letter.
    let alone = |at: usize| is_letter(at) && !(at > 0 && is_letter(at - 1)) && !is_letter(at + 1);
    let is_separator = |at: usize| chars.get(at).is_some_and(|c| is_strong_separator(c.c) || is_weak_separator(c.c));
    let after_separators = |at: usize| {
        if !is_separator(at) {
            return None;
        }
        let run =
            chars[at..].iter().take(SEPARATORS + 1).take_while(|c| is_strong_separator(c.c) || is_weak_separator(c.c));
        let n = run.count();
        (1..=SEPARATORS).contains(&n).then_some(at + n)
    };
    let mut at = 0;
    while at < chars.len() {
        let here = chars[at].c;
        // Nearly all letters stand beside others, nearly all Chinese characters before one: nothing is split there.
        if is_letter(at) && is_letter(at + 1) {
            let word = chars[at..].iter().take_while(|c| c.c.is_ascii_lowercase()).count();
            out.extend_from_slice(&chars[at..at + word]);
            at += word;
            continue;
        }
        if is_han(here) && chars.get(at + 1).is_some_and(|c| is_han(c.c)) {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        // Three or more lone letters with separators between them are one word.
        if alone(at) {
            let mut letters = [at; 24];
            let mut n = 1;
            while n < letters.len() {
                match after_separators(letters[n - 1] + 1).filter(|&next| alone(next)) {
                    Some(next) => letters[n] = next,
                    None => break,
                }
                n += 1;
            }
            // English has words of one letter: in "a f a k e" the first one is the article.
            let word = n > 3 && matches!(here, 'a' | 'i');
            if n >= 3 && !word {
                out.extend(letters[..n].iter().map(|&l| chars[l]));
                at = letters[n - 1] + 1;
                continue;
            }
        }
        out.push(chars[at]);
        at += 1;
        if is_han(here)
            && let Some(next) = after_separators(at)
            && let Some(following) = chars.get(next).map(|c| c.c).filter(|c| is_han(*c))
        {
            let strong = chars[at..next].iter().all(|c| is_strong_separator(c.c));
            let single = !(at >= 2 && is_han(chars[at - 2].c) && chars.get(next + 1).is_some_and(|c| is_han(c.c)));
            if joins(here, following) && (strong || single) {
                at = next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        let (mut scratch, mut out) = (Vec::new(), Vec::new());
        normalise(text, &mut scratch, &mut out, |a, b| matches!((a, b), ('假', '货') | ('正', '品')));
        out.iter().map(|c| c.c).collect()
    }

    #[test]
    fn what_a_person_reads_is_what_is_left() {
        for (typed, read) in [
            ("ＦＡＫＥ", "fake"),
            ("𝐅𝐚𝐤𝐞", "fake"),
            ("f\u{200b}a\u{200d}k\u{ad}e", "fake"),
            ("f̶a̶k̶e̶", "fake"),
            ("fаkе", "fake"),
            ("f@ke c0py or1ginal", "fake copy original"),
            ("f a k e", "fake"),
            ("F.A.K.E!", "fake!"),
            ("f-a-k-e product", "fake product"),
            ("it is a f a k e one", "it is a fake one"),
            ("假貨", "假货"),
            ("假·货", "假货"),
            ("假 货", "假货"),
            ("是假*货吗", "是假货吗"),
            ("假\u{200b}货", "假货"),
            ("贗品", "赝品"),
            ("正\u{fe0f}品", "正品"),
        ] {
            assert_eq!(normal(typed), read, "{typed}");
        }
    }

    #[test]
    fn ordinary_punctuation_stays() {
        for text in ["i am a man", "不错 正品 好", "mp3 player", "没有假 货到了", "a b"] {
            assert_eq!(normal(text), text);
        }
    }

    #[test]
    fn offsets_are_those_of_the_original() {
        let (mut scratch, mut out) = (Vec::new(), Vec::new());
        let text = "是假·貨！";
        normalise(text, &mut scratch, &mut out, |a, b| (a, b) == ('假', '货'));
        let spelled: Vec<(char, &str)> = out.iter().map(|c| (c.c, &text[c.start as usize..c.end as usize])).collect();
        assert_eq!(spelled, [('是', "是"), ('假', "假"), ('货', "貨"), ('!', "！")]);
    }
}
