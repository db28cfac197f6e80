//! Charts as SVG: geometry here, colours in the stylesheet.
//!
//! A chart is a plain struct of numbers and finished texts; `render` draws it for a [`Layout`]. Drawing knows nothing
//! of takedowns, locales or templates, so that later formats reuse it. Elements carry classes and no colours: the
//! stylesheet's custom properties give those, and with them the dark mode. All text is escaped by the SVG writer.

mod curve;
mod interval;
mod legend;
mod measure;
mod parts;
mod scale;
mod svg;
mod trend;

pub use curve::{CurveChart, CurveMark, CurveStep};
pub use interval::{IntervalChart, interval_bar};
pub use parts::{PartView, PartsBar, PartsChart};
pub use scale::axis_start;
pub use svg::SvgMarkup;
pub use trend::{IntervalStyle, TrendChart, TrendLegend, TrendPoint, TrendScale};

use measure::wrap;
use svg::{Anchor, Svg};

/// The room a chart has. A page embeds all three and shows the one that fits, so that text keeps its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A desktop page.
    Wide,
    /// A tablet, or A4 in print.
    Medium,
    /// A phone.
    Narrow,
}

impl Layout {
    /// All layouts.
    pub const ALL: &'static [Self] = &[Self::Wide, Self::Medium, Self::Narrow];

    /// The word used in class names and ids.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Medium => "medium",
            Self::Narrow => "narrow",
        }
    }

    /// Width of the drawing in CSS pixels.
    #[must_use]
    pub const fn width(self) -> f64 {
        match self {
            Self::Wide => 960.0,
            Self::Medium => 660.0,
            Self::Narrow => 340.0,
        }
    }

    /// Height of the plotting area in CSS pixels.
    const fn plot_height(self) -> f64 {
        match self {
            Self::Wide => 250.0,
            Self::Medium => 220.0,
            Self::Narrow => 200.0,
        }
    }
}

/// Size of all text in charts, in CSS pixels.
const FONT_SIZE: f64 = 12.0;

/// Distance between two lines of text.
const LINE_HEIGHT: f64 = 17.0;

/// Height of the surface that says why there is no plot.
const EMPTY_HEIGHT: f64 = 90.0;

/// Draws words in place of a plot, from `top` on; returns where they end.
fn draw_empty(svg: &mut Svg, words: &str, top: f64, width: f64) -> f64 {
    let bottom = top + EMPTY_HEIGHT;
    svg.rect("c-empty", (0.0, top), (width, EMPTY_HEIGHT), 4.0);
    let lines = wrap(words, width - 40.0, FONT_SIZE);
    let mut y = top.midpoint(bottom) + 4.0;
    for _ in lines.iter().skip(1) {
        y -= LINE_HEIGHT / 2.0;
    }
    for line in lines {
        svg.text("c-muted", (width / 2.0, y), Anchor::Middle, &line);
        y += LINE_HEIGHT;
    }
    bottom
}
