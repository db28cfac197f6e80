//! Wholes divided into the same parts: one lying bar a whole, as long as the drawing is wide.

use super::legend::{self, Symbol};
use super::measure::{text_width, wrap};
use super::svg::{Anchor, Svg, SvgMarkup};
use super::{FONT_SIZE, LINE_HEIGHT, Layout, draw_empty};

/// Classes of the parts, in their order; the stylesheet colours them.
const CLASSES: [&str; 4] = ["c-part-1", "c-part-2", "c-part-3", "c-part-4"];

/// Height of a bar.
const BAR: f64 = 26.0;

/// Room between two bars, without the words above the second.
const GAP: f64 = 14.0;

/// Narrowest part that is drawn at all: what is there must be seen.
const NARROWEST: f64 = 3.0;

/// Room between two parts of a bar.
const SEAM: f64 = 2.0;

/// Wholes divided into up to four parts. All texts are final.
#[derive(Clone, Debug, PartialEq)]
pub struct PartsChart {
    /// Unique on the page; the layout's word is added.
    pub id: String,
    /// What the chart shows.
    pub title: String,
    /// What it says, for those who cannot see it.
    pub description: String,
    /// Names of the parts, the same in all wholes.
    pub legend: Vec<String>,
    /// Where the numbers come from.
    pub source: String,
    /// Said in place of the bars where no whole has anything in it.
    pub empty: String,
    /// The wholes, from above.
    pub bars: Vec<PartsBar>,
}

/// One whole.
#[derive(Clone, Debug, PartialEq)]
pub struct PartsBar {
    /// What it is and how much, said above it.
    pub label: String,
    /// Its parts, as many as the legend names.
    pub parts: Vec<PartView>,
}

/// One part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct PartView {
    /// Its size, in any unit that all parts of the whole share.
    pub size: f64,
    /// Its size as printed.
    pub text: String,
    /// All of it in one sentence, shown on hover.
    pub sentence: String,
}

impl PartsChart {
    /// Draws the chart.
    #[must_use]
    pub fn render(&self, layout: Layout) -> SvgMarkup {
        let mut svg = Svg::default();
        let width = layout.width();
        let is_empty = self.bars.iter().all(|bar| bar.whole() <= 0.0);
        let mut y = 2.0;
        if is_empty {
            y = draw_empty(&mut svg, &self.empty, y, width);
        } else {
            let names: Vec<(Symbol, &str)> =
                CLASSES.iter().zip(&self.legend).map(|(class, name)| (Symbol::Bar(class), name.as_str())).collect();
            y = legend::draw(&mut svg, &names, 0.0, y, width) + 6.0;
            for bar in &self.bars {
                for line in wrap(&bar.label, width, FONT_SIZE) {
                    y += LINE_HEIGHT;
                    svg.text("c-text", (0.0, y - 4.0), Anchor::Start, &line);
                }
                bar.draw(&mut svg, y + 2.0, width);
                y += BAR + GAP;
            }
            y -= GAP;
        }
        let mut baseline = y + LINE_HEIGHT + 8.0;
        for line in wrap(&self.source, width, FONT_SIZE) {
            svg.text("c-muted", (0.0, baseline), Anchor::Start, &line);
            baseline += LINE_HEIGHT;
        }
        let id = format!("{}-{}", self.id, layout.word());
        let height = baseline - LINE_HEIGHT + 6.0;
        svg.finish(&id, &format!("chart-{}", layout.word()), (width, height), &self.title, &self.description)
    }
}

impl PartsBar {
    fn whole(&self) -> f64 {
        self.parts.iter().map(PartView::counted).fold(0.0, |sum, size| sum + size)
    }

    fn draw(&self, svg: &mut Svg, top: f64, width: f64) {
        let drawn: Vec<(&str, &PartView)> =
            CLASSES.iter().copied().zip(&self.parts).filter(|(_, part)| part.counted() > 0.0).collect();
        if drawn.is_empty() {
            svg.rect("c-empty", (0.0, top), (width, BAR), 3.0);
            return;
        }
        let widths = widths(&drawn.iter().map(|(_, part)| part.counted()).collect::<Vec<_>>(), width);
        let mut x = 0.0;
        for ((class, part), wide) in drawn.into_iter().zip(widths) {
            svg.open_group(&part.sentence);
            svg.rect(class, (x, top), (wide, BAR), 2.0);
            if text_width(&part.text, FONT_SIZE) + 10.0 <= wide {
                let text = format!("{class}-text");
                svg.text(&text, (x + wide / 2.0, top + BAR / 2.0 + 4.0), Anchor::Middle, &part.text);
            }
            svg.close_group();
            x += wide + SEAM;
        }
    }
}

impl PartView {
    const fn counted(&self) -> f64 {
        if self.size.is_finite() { self.size.max(0.0) } else { 0.0 }
    }
}

/// Widths of parts that fill a width but for the seams: in proportion, but for the narrowest, at whose cost the others
/// are drawn shorter.
#[allow(clippy::cast_precision_loss)]
fn widths(sizes: &[f64], width: f64) -> Vec<f64> {
    let room = SEAM.mul_add(-(sizes.len().saturating_sub(1) as f64), width);
    let whole: f64 = sizes.iter().fold(0.0, |sum, size| sum + size);
    let is_narrow = |size: f64| size / whole * room < NARROWEST;
    let narrow = sizes.iter().filter(|size| is_narrow(**size)).count() as f64;
    let rest: f64 = sizes.iter().filter(|size| !is_narrow(**size)).fold(0.0, |sum, size| sum + size);
    let left = NARROWEST.mul_add(-narrow, room);
    sizes.iter().map(|size| if is_narrow(*size) { NARROWEST } else { size / rest * left }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_bar_and_the_smallest_is_seen() {
        for sizes in [vec![1.0, 1.0], vec![1.0, 5_000.0, 3.0, 900_000.0], vec![7.0]] {
            let drawn = widths(&sizes, 340.0);
            let seams = SEAM * f64::from(u8::try_from(sizes.len() - 1).expect("few parts"));
            assert!((drawn.iter().sum::<f64>() + seams - 340.0).abs() < 1e-9, "{drawn:?}");
            assert!(drawn.iter().all(|w| *w >= NARROWEST), "{drawn:?}");
        }
        let halves = widths(&[10.0, 10.0], 102.0);
        assert!((halves[0] - 50.0).abs() < 1e-9 && (halves[1] - 50.0).abs() < 1e-9);
    }
}
