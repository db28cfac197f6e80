//! A rate with its interval on a lying axis: large for a headline, small for a table cell.

use super::legend::{self, Symbol};
use super::scale::{axis_start, place, ticks};
use super::svg::{Anchor, Svg, SvgMarkup};
use super::{LINE_HEIGHT, Layout};

/// A rate with its interval and, where given, a wider range around it. All texts are final.
#[derive(Clone, Debug, PartialEq)]
pub struct IntervalChart {
    /// Unique on the page; the layout's word is added.
    pub id: String,
    /// What the chart shows.
    pub title: String,
    /// What it says, for those who cannot see it.
    pub description: String,
    /// The rate.
    pub rate: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// A range that has nothing to do with chance: what is still open.
    pub bounds: Option<(f64, f64)>,
    /// Words for the rate.
    pub legend_rate: String,
    /// Words for the interval.
    pub legend_interval: String,
    /// Words for the range.
    pub legend_bounds: String,
}

impl IntervalChart {
    /// Draws the chart.
    #[must_use]
    pub fn render(&self, layout: Layout) -> SvgMarkup {
        let mut svg = Svg::default();
        let width = layout.width() * if layout == Layout::Wide { 0.6 } else { 1.0 };
        let (left, right) = (16.0, width - 18.0);
        let start =
            axis_start([self.rate].into_iter().chain(self.interval.map(|i| i.0)).chain(self.bounds.map(|b| b.0)));
        let x = |share: f64| left + place(share, start) * (right - left);
        let (middle, axis) = (22.0, 44.0);
        for tick in ticks(start) {
            let at = x(f64::from(*tick) / 100.0);
            svg.line("c-grid", (at, 4.0), (at, axis));
            svg.text("c-muted", (at, axis + LINE_HEIGHT - 2.0), Anchor::Middle, &format!("{tick}%"));
        }
        svg.line("c-axis", (left, axis), (right, axis));
        if let Some((low, high)) = self.bounds {
            svg.rect("c-bounds", (x(low), middle - 9.0), (x(high) - x(low), 18.0), 3.0);
        }
        if let Some((low, high)) = self.interval {
            svg.rect("c-interval", (x(low), middle - 3.0), (x(high) - x(low), 6.0), 3.0);
        }
        svg.circle("c-point", (x(self.rate), middle), 6.5);
        let mut entries = vec![(Symbol::Point, self.legend_rate.as_str())];
        if self.interval.is_some() {
            entries.push((Symbol::Bar("c-interval"), &self.legend_interval));
        }
        if self.bounds.is_some() {
            entries.push((Symbol::Bar("c-bounds"), &self.legend_bounds));
        }
        let height = legend::draw(&mut svg, &entries, 0.0, axis + LINE_HEIGHT + 8.0, width) + 2.0;
        let id = format!("{}-{}", self.id, layout.word());
        svg.finish(&id, &format!("chart-{}", layout.word()), (width, height), &self.title, &self.description)
    }
}

/// A rate with its interval, small enough for a table cell, on an axis from `start` to 100 %.
///
/// It is an ornament: the cell beside it says the same in digits.
#[must_use]
pub fn interval_bar(rate: f64, interval: Option<(f64, f64)>, start: f64) -> SvgMarkup {
    let (width, height) = (132.0, 16.0);
    let x = |share: f64| 6.0 + place(share, start) * (width - 12.0);
    let mut svg = Svg::default();
    svg.line("c-grid", (6.0, height / 2.0), (width - 6.0, height / 2.0));
    for end in [start, 1.0] {
        svg.line("c-axis", (x(end), 3.0), (x(end), height - 3.0));
    }
    if let Some((low, high)) = interval {
        svg.rect("c-interval", (x(low), height / 2.0 - 2.5), (x(high) - x(low), 5.0), 2.5);
    }
    svg.circle("c-point", (x(rate), height / 2.0), 4.5);
    svg.finish_hidden("chart-bar", (width, height))
}
