//! A small writer of SVG that escapes everything it is given.

use std::fmt::Write;

use serde::{Serialize, Serializer};

/// Finished SVG markup. Only the writer in this module makes it, so it is safe to embed unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SvgMarkup(String);

impl SvgMarkup {
    /// The markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for SvgMarkup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Which side of a text its position names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// An SVG drawing in the making.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

impl Svg {
    /// Opens a group whose hover text is `title`.
    pub(super) fn open_group(&mut self, title: &str) {
        let _ = write!(self.body, "<g><title>{}</title>", escape(title));
    }

    /// Closes the group.
    pub(super) fn close_group(&mut self) {
        self.body.push_str("</g>");
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        let _ = write!(self.body, r#"<line class="{}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#, escape(class));
    }

    /// A line through points.
    pub(super) fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let _ = write!(self.body, r#"<polyline class="{}" points="{}"/>"#, escape(class), pairs(points));
    }

    /// A surface between points.
    pub(super) fn polygon(&mut self, class: &str, points: &[(f64, f64)]) {
        let _ = write!(self.body, r#"<polygon class="{}" points="{}"/>"#, escape(class), pairs(points));
    }

    /// A rectangle with rounded corners.
    pub(super) fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64), radius: f64) {
        let [x, y, w, h, r] = [at.0, at.1, size.0.max(0.0), size.1.max(0.0), radius].map(number);
        let class = escape(class);
        let _ = write!(self.body, r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}"/>"#);
    }

    /// A circle.
    pub(super) fn circle(&mut self, class: &str, center: (f64, f64), radius: f64) {
        let [x, y, r] = [center.0, center.1, radius].map(number);
        let _ = write!(self.body, r#"<circle class="{}" cx="{x}" cy="{y}" r="{r}"/>"#, escape(class));
    }

    /// One line of text.
    pub(super) fn text(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let ([x, y], class, text) = ([at.0, at.1].map(number), escape(class), escape(text));
        let _ = write!(self.body, r#"<text class="{class}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#);
    }

    /// Wraps the drawing up as an image with a title and a description, whose ids begin with `id`.
    pub(super) fn finish(self, id: &str, class: &str, size: (f64, f64), title: &str, desc: &str) -> SvgMarkup {
        let ([w, h], id, class) = ([size.0, size.1].map(number), escape(id), escape(class));
        let (title, desc, body) = (escape(title), escape(desc), self.body);
        SvgMarkup(format!(
            r#"<svg class="chart {class}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{title}</title><desc id="{id}-desc">{desc}</desc>{body}</svg>"#
        ))
    }

    /// Wraps the drawing up as an ornament beside text that says the same: hidden from assistive technology.
    pub(super) fn finish_hidden(self, class: &str, size: (f64, f64)) -> SvgMarkup {
        let ([w, h], class, body) = ([size.0, size.1].map(number), escape(class), self.body);
        SvgMarkup(format!(
            r#"<svg class="chart {class}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true" focusable="false">{body}</svg>"#
        ))
    }
}

/// Points as SVG writes them.
fn pairs(points: &[(f64, f64)]) -> String {
    let pairs: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
    pairs.join(" ")
}

/// A coordinate with at most one decimal, written the same on every machine.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text as XML character data or attribute value; characters that XML forbids become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let mut svg = Svg::default();
        svg.text("t", (1.0, 2.25), Anchor::Start, "</text><script>alert('x')</script>\u{0}&");
        let markup = svg.finish("a\"b", "c", (10.0, 10.0), "<t>", "]]>");
        assert!(!markup.as_str().contains("<script"));
        assert!(markup.as_str().contains("&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\u{fffd}&amp;"));
        assert!(markup.as_str().contains(r#"id="a&quot;b-title">&lt;t&gt;<"#));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([number(1.0), number(-0.01), number(2.26)], ["1", "0", "2.3"]);
    }
}
