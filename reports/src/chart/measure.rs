//! How much room text takes, without a font at hand: estimates that rather err on the wide side.

/// Width of a text in CSS pixels at a font size.
pub(super) fn text_width(text: &str, font_size: f64) -> f64 {
    text.chars().map(em_width).sum::<f64>() * font_size
}

/// Width of a character in em.
fn em_width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' => 0.36,
        ' ' | '\u{a0}' | '\u{2009}' => 0.32,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
        c if is_wide(c) => 1.0,
        _ => 0.62,
    }
}

/// Whether a character fills a full square, as Chinese characters and their punctuation do.
const fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Punctuation that must not begin a line.
const fn clings(c: char) -> bool {
    matches!(c, '，' | '。' | '；' | '：' | '、' | '）' | '！' | '？' | '”')
}

/// Breaks a text into lines that fit a width: at spaces, and between wide characters.
pub(super) fn wrap(text: &str, width: f64, font_size: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let candidate = text_width(&line, font_size) + text_width(piece.trim_end(), font_size);
        if !line.is_empty() && candidate > width {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        line.push_str(piece);
    }
    if !line.trim_end().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Cuts a text at every place where a line may end.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut previous: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = previous.is_some_and(|p| (p == ' ' || is_wide(p) || is_wide(c)) && c != ' ' && !clings(c));
        if breaks && at > start {
            out.push(&text[start..at]);
            start = at;
        }
        previous = Some(c);
    }
    out.push(&text[start..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        for text in [
            "Source: takedown marts of this brand; n = met or breached.",
            "来源：本品牌下架数据集；n = 按时与超时之和。",
        ] {
            let lines = wrap(text, 120.0, 12.0);
            assert!(lines.len() > 1);
            assert!(lines.iter().all(|l| text_width(l, 12.0) <= 132.0), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
            assert!(lines.iter().all(|l| !l.starts_with(clings)));
        }
        assert!(wrap("", 100.0, 12.0).is_empty());
    }
}
