//! Charts as SVG: geometry here, colours in the stylesheet.
//!
//! A chart is a plain struct of numbers and finished texts; `render` draws it for a [`Layout`]. Drawing knows nothing
//! of takedowns, locales or templates, so that later formats reuse it. Elements carry classes and no colours: the
//! stylesheet's custom properties give those, and with them the dark mode. All text is escaped by the SVG writer.

mod interval;
mod legend;
mod measure;
mod scale;
mod svg;
mod trend;

pub use interval::{IntervalChart, interval_bar};
pub use scale::axis_start;
pub use svg::SvgMarkup;
pub use trend::{IntervalStyle, TrendChart, TrendLegend, TrendPoint, TrendScale};

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
