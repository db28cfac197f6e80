//! A share that grows over time, as a step curve with the band of its interval.

use super::legend::{self, Symbol};
use super::measure::{text_width, wrap};
use super::scale::Axis;
use super::svg::{Anchor, Svg, SvgMarkup};
use super::{FONT_SIZE, LINE_HEIGHT, Layout, draw_empty};

/// Room left of the plot for the names of the values.
const LEFT: f64 = 44.0;

/// Room right of the plot, for half of the last mark's name.
const RIGHT: f64 = 22.0;

/// Room between the legend and the plot, for the name of a mark at its head.
const HEAD: f64 = 22.0;

/// Steps closer together than this cannot be told apart and are drawn as one.
const CLOSEST: f64 = 0.5;

/// A share that grows step by step. All texts are final.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveChart {
    /// Unique on the page; the layout's word is added.
    pub id: String,
    /// What the chart shows.
    pub title: String,
    /// What it says, for those who cannot see it.
    pub description: String,
    /// Name and unit of the upright axis.
    pub axis: String,
    /// Name and unit of the lying axis.
    pub days_axis: String,
    /// Words of the legend: the curve, its interval.
    pub legend: (String, String),
    /// Where the numbers come from.
    pub source: String,
    /// Said in place of the plot where there is no curve.
    pub empty: String,
    /// Where the lying axis ends.
    pub to_day: f64,
    /// Where the curve ends: nobody has been followed for longer.
    pub followed_to: f64,
    /// The steps, by day, all after day 0; empty where there is no curve.
    pub steps: Vec<CurveStep>,
    /// Days that are named on the lying axis and marked on the curve, rising.
    pub marks: Vec<CurveMark>,
}

/// The share from one day on, in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveStep {
    /// The day.
    pub day: f64,
    /// The share.
    pub share: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
}

/// A day that is marked.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveMark {
    /// The day.
    pub day: f64,
    /// Its name on the lying axis.
    pub label: String,
    /// The share at it, in percent; none where the curve does not reach it.
    pub share: Option<f64>,
    /// The share as printed.
    pub text: String,
    /// All of it in one sentence, shown on hover.
    pub sentence: String,
}

/// Where things are in one drawing.
struct Frame {
    right: f64,
    top: f64,
    bottom: f64,
    axis: Axis,
    to_day: f64,
}

impl Frame {
    fn x(&self, day: f64) -> f64 {
        LEFT + (day / self.to_day).clamp(0.0, 1.0) * (self.right - LEFT)
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - self.axis.place(share) * (self.bottom - self.top)
    }

    /// The steps in the plot as they are drawn, each with where it ends.
    fn spans(&self, chart: &CurveChart) -> Vec<(f64, f64, CurveStep)> {
        let mut starts: Vec<(f64, CurveStep)> = Vec::new();
        for step in chart.steps.iter().filter(|s| s.day <= chart.to_day) {
            match starts.last_mut() {
                // The newest of several says what holds from here on.
                Some((x, last)) if self.x(step.day) - *x < CLOSEST => *last = *step,
                _ => starts.push((self.x(step.day), *step)),
            }
        }
        let end = self.x(chart.followed_to.min(chart.to_day));
        let ends = starts.iter().skip(1).map(|(x, _)| *x).chain(std::iter::once(end)).collect::<Vec<_>>();
        starts.into_iter().zip(ends).map(|((from, step), to)| (from, to.max(from), step)).collect()
    }
}

impl CurveChart {
    /// Draws the chart.
    #[must_use]
    pub fn render(&self, layout: Layout) -> SvgMarkup {
        let mut svg = Svg::default();
        let width = layout.width();
        let mut y = 2.0;
        for line in wrap(&self.axis, width, FONT_SIZE) {
            y += LINE_HEIGHT;
            svg.text("c-axis-name", (0.0, y - 4.0), Anchor::Start, &line);
        }
        let below = if self.steps.is_empty() {
            draw_empty(&mut svg, &self.empty, y + 14.0, width)
        } else {
            let entries = [(Symbol::Line, self.legend.0.as_str()), (Symbol::Bar("c-band"), self.legend.1.as_str())];
            y = legend::draw(&mut svg, &entries, 0.0, y + 4.0, width);
            self.draw_plot(&mut svg, y + HEAD, layout)
        };
        let mut baseline = below + LINE_HEIGHT + 10.0;
        for line in wrap(&self.source, width, FONT_SIZE) {
            svg.text("c-muted", (0.0, baseline), Anchor::Start, &line);
            baseline += LINE_HEIGHT;
        }
        let id = format!("{}-{}", self.id, layout.word());
        let height = baseline - LINE_HEIGHT + 6.0;
        svg.finish(&id, &format!("chart-{}", layout.word()), (width, height), &self.title, &self.description)
    }

    /// Draws everything inside the axes, and their names. Returns where that ends.
    fn draw_plot(&self, svg: &mut Svg, top: f64, layout: Layout) -> f64 {
        let shown = || self.steps.iter().filter(|s| s.day <= self.to_day);
        let highs = shown().map(|s| s.interval.map_or(s.share, |i| i.1.max(s.share)));
        let bottom = top + layout.plot_height();
        let axis = Axis::from_zero(highs, []);
        let frame = Frame { right: layout.width() - RIGHT, top, bottom, axis, to_day: self.to_day };
        for (tick, name) in &frame.axis.ticks {
            let y = frame.y(*tick);
            svg.line(if y >= bottom { "c-axis" } else { "c-grid" }, (LEFT, y), (frame.right, y));
            svg.text("c-muted", (LEFT - 8.0, y + 4.0), Anchor::End, name);
        }
        for mark in &self.marks {
            svg.line("c-grid", (frame.x(mark.day), top), (frame.x(mark.day), bottom));
        }
        let spans = frame.spans(self);
        draw_band(svg, &frame, &spans);
        let mut line = vec![(frame.x(0.0), bottom)];
        let mut height = bottom;
        for (from, _, step) in &spans {
            line.push((*from, height));
            height = frame.y(step.share);
            line.push((*from, height));
        }
        line.push((spans.last().map_or(frame.x(self.followed_to), |(_, to, _)| *to), height));
        svg.polyline("c-curve", &line);
        self.draw_marks(svg, &frame);
        let names = bottom + LINE_HEIGHT + 3.0;
        svg.text("c-muted", (frame.x(0.0), names), Anchor::Middle, "0");
        for mark in &self.marks {
            svg.line("c-axis", (frame.x(mark.day), bottom), (frame.x(mark.day), bottom + 4.0));
            svg.text("c-text", (frame.x(mark.day), names), Anchor::Middle, &mark.label);
        }
        svg.text("c-axis-name", (frame.right, names + LINE_HEIGHT), Anchor::End, &self.days_axis);
        names + LINE_HEIGHT
    }

    /// The marked days: a point on the curve, its share above what the band leaves free.
    fn draw_marks(&self, svg: &mut Svg, frame: &Frame) {
        for mark in &self.marks {
            let Some(share) = mark.share else { continue };
            let (x, y) = (frame.x(mark.day), frame.y(share));
            let high = self.steps.iter().rfind(|s| s.day <= mark.day).and_then(|s| s.interval).map_or(share, |i| i.1);
            let width = text_width(&mark.text, FONT_SIZE);
            svg.open_group(&mark.sentence);
            svg.rect("c-hit", (x - 14.0, frame.top), (28.0, frame.bottom - frame.top), 0.0);
            svg.circle("c-point", (x, y), 5.0);
            let above = frame.y(high) - 8.0;
            // The last mark stands at the edge: its name would leave the drawing.
            let over = (x + width / 2.0 - (frame.right + RIGHT)).max(0.0);
            svg.text("c-value", (x - over, above), Anchor::Middle, &mark.text);
            svg.close_group();
        }
    }
}

/// The intervals of neighbouring steps as one surface; a step without one leaves a gap.
fn draw_band(svg: &mut Svg, frame: &Frame, spans: &[(f64, f64, CurveStep)]) {
    for run in spans.chunk_by(|a, b| a.2.interval.is_some() && b.2.interval.is_some()) {
        let ends = || run.iter().filter_map(|(from, to, step)| step.interval.map(|i| (*from, *to, i)));
        let mut outline: Vec<(f64, f64)> =
            ends().flat_map(|(from, to, (_, high))| [(from, frame.y(high)), (to, frame.y(high))]).collect();
        let below: Vec<(f64, f64)> =
            ends().flat_map(|(from, to, (low, _))| [(from, frame.y(low)), (to, frame.y(low))]).collect();
        outline.extend(below.iter().rev());
        if !outline.is_empty() {
            svg.polygon("c-band", &outline);
        }
    }
}
