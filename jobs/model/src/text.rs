//! Making foreign text safe to print in one line.

/// Shortens `text` to at most `max_chars` characters and shows control and direction-changing characters as escapes.
///
/// Used wherever a value found in data appears in a message, a log or the quarantine: it cannot move a cursor,
/// break a line or reverse the reading direction.
#[must_use]
pub fn printable(text: &str, max_chars: usize) -> String {
    let mut out = String::new();
    for (n, c) in text.chars().enumerate() {
        if n == max_chars {
            out.push('…');
            break;
        }
        if c.is_control() || is_direction_control(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character changes the reading direction or is invisible formatting of the kind used for spoofing.
#[must_use]
pub fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(printable("a\nb\u{202e}c", 10), "a\\u{a}b\\u{202e}c");
        assert_eq!(printable("假货假货", 2), "假货…");
    }
}
