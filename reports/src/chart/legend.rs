//! Legends: symbols with words, flowing over as many lines as they need.

use super::measure::text_width;
use super::svg::{Anchor, Svg};
use super::{FONT_SIZE, LINE_HEIGHT};

/// Room for a symbol left of its words.
const SYMBOL: f64 = 24.0;

/// Distance between two entries.
const GAP: f64 = 20.0;

/// What stands for an entry.
#[derive(Clone, Copy, Debug)]
pub(super) enum Symbol {
    /// A filled dot.
    Point,
    /// A hollow dot.
    Hollow,
    /// An upright whisker.
    Whisker,
    /// A lying bar of a class.
    Bar(&'static str),
    /// A dashed line.
    Dashed,
    /// A whole line.
    Line,
}

/// Draws entries from `left` on, below `top`; returns where the legend ends.
pub(super) fn draw(svg: &mut Svg, entries: &[(Symbol, &str)], left: f64, top: f64, width: f64) -> f64 {
    let (mut x, mut line) = (left, 0.0);
    for (symbol, words) in entries {
        let needed = SYMBOL + text_width(words, FONT_SIZE);
        if x > left && x + needed > left + width {
            x = left;
            line += 1.0;
        }
        let middle = top + line * (LINE_HEIGHT + 2.0) + LINE_HEIGHT / 2.0;
        draw_symbol(svg, *symbol, x + 8.0, middle);
        svg.text("c-text", (x + SYMBOL - 2.0, middle + 4.0), Anchor::Start, words);
        x += needed + GAP;
    }
    if entries.is_empty() { top } else { top + (line + 1.0) * (LINE_HEIGHT + 2.0) }
}

fn draw_symbol(svg: &mut Svg, symbol: Symbol, x: f64, y: f64) {
    match symbol {
        Symbol::Point => svg.circle("c-point", (x, y), 4.5),
        Symbol::Hollow => svg.circle("c-point c-partial", (x, y), 4.0),
        Symbol::Whisker => {
            svg.line("c-whisker", (x, y - 7.0), (x, y + 7.0));
            svg.line("c-whisker", (x - 4.0, y - 7.0), (x + 4.0, y - 7.0));
            svg.line("c-whisker", (x - 4.0, y + 7.0), (x + 4.0, y + 7.0));
        }
        Symbol::Bar(class) => svg.rect(class, (x - 8.0, y - 3.0), (18.0, 6.0), 3.0),
        Symbol::Line => svg.line("c-curve", (x - 8.0, y), (x + 10.0, y)),
        Symbol::Dashed => svg.line("c-overall", (x - 8.0, y), (x + 10.0, y)),
    }
}
