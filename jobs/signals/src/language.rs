//! Which language a comment is in: enough to choose the scorer, at the speed of a scan.

use mirrorlake_model::comment::Lang;

/// Bytes that are looked at: the language of a comment shows at once.
const LOOK: usize = 240;

/// The language of a text: Chinese where Chinese characters are at least a tenth of its letters and characters,
/// English where Latin letters are most of the rest, else other.
#[must_use]
pub fn language(text: &str) -> Lang {
    let bytes = text.as_bytes();
    let bytes = &bytes[..bytes.len().min(LOOK)];
    // Always as many bytes, so that compilers leave nothing to be counted one by one; zeros are of no kind.
    let mut look = [0; LOOK];
    look[..bytes.len()].copy_from_slice(bytes);
    // Lead bytes: E4 to E9 begin the Chinese characters (and a few rare signs); the others begin other letters: Cyrillic,
    // Greek, Arabic, kana, Hangul and full-width forms.
    let han = count(&look, |byte| byte.wrapping_sub(0xe4) <= 0xe9 - 0xe4);
    let latin = count(&look, |byte| (byte | 0x20).wrapping_sub(b'a') <= b'z' - b'a');
    let else_ = count(&look, |byte| {
        (byte.wrapping_sub(0xc3) <= 0xe1 - 0xc3) | (byte.wrapping_sub(0xea) <= 0xed - 0xea) | (byte == 0xef)
    });
    if han * 10 >= (latin + else_) && han > 0 {
        Lang::Zh
    } else if latin > else_ && latin > 0 {
        Lang::En
    } else {
        Lang::Other
    }
}

/// Counts bytes, fewer than a byte can count, which compilers turn into a few vector instructions.
#[inline(always)]
fn count(bytes: &[u8; LOOK], is: impl Fn(u8) -> bool) -> u32 {
    u32::from(bytes.iter().fold(0_u8, |n, byte| n.wrapping_add(u8::from(is(*byte)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, lang) in [
            ("很好用", Lang::Zh),
            ("这个是fake的", Lang::Zh),
            ("Nice product", Lang::En),
            ("ok 👍", Lang::En),
            ("", Lang::Other),
            ("!!! 123", Lang::Other),
            ("очень хорошо", Lang::Other),
            ("とてもよい", Lang::Other),
            ("好评 The 5 star", Lang::Zh),
            ("The 5 star 好评 product was really what I had expected it to be", Lang::En),
        ] {
            assert_eq!(language(text), lang, "{text}");
        }
    }
}
