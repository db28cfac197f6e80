//! A rate per week or month with its interval, as whiskers, as a band or as bars.

use super::legend::{self, Symbol};
use super::measure::{text_width, wrap};
use super::scale::Axis;
use super::svg::{Anchor, Svg, SvgMarkup};
use super::{FONT_SIZE, LINE_HEIGHT, Layout, draw_empty};

/// Room left of the plot for the names of the values.
const LEFT: f64 = 44.0;

/// Room right of the plot.
const RIGHT: f64 = 8.0;

/// A rate per week with its interval. All texts are final.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendChart {
    /// Unique on the page; the layout's word is added.
    pub id: String,
    /// What the chart shows.
    pub title: String,
    /// What it says, for those who cannot see it.
    pub description: String,
    /// Name and unit of the upright axis.
    pub axis: String,
    /// Where the upright axis begins and ends.
    pub scale: TrendScale,
    /// How intervals are drawn.
    pub interval_style: IntervalStyle,
    /// Words of the legend.
    pub legend: TrendLegend,
    /// What the weeks are compared with, drawn as a dashed line.
    pub reference: Option<f64>,
    /// Where the numbers come from.
    pub source: String,
    /// Said in place of the plot where no week has a rate.
    pub empty: String,
    /// The weeks, oldest first.
    pub points: Vec<TrendPoint>,
}

/// Words of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendLegend {
    /// A whole week.
    pub point: String,
    /// A partial week.
    pub partial: String,
    /// The interval.
    pub interval: String,
    /// What the weeks are compared with.
    pub reference: Option<String>,
}

/// Where the upright axis begins and ends.
#[derive(Clone, Debug, PartialEq)]
pub enum TrendScale {
    /// Shares, up to 100 %; the axis begins as close below the values as it can.
    Shares {
        /// Said beside the axis name where the axis does not begin at 0, with the beginning: "axis starts at 50%".
        zoomed: Vec<(u32, String)>,
    },
    /// Other values, from 0; intervals that would press the values flat end at the head of the axis.
    FromZero {
        /// Said beside the axis name where an interval is cut there.
        cut: String,
    },
    /// Other values, from 0, with room for every interval: where the interval is what is told.
    WholeIntervals,
}

/// How intervals are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalStyle {
    /// An upright whisker a week.
    Whiskers,
    /// A band through neighbouring weeks.
    Band,
    /// An upright bar a period, without a line from one to the next: estimates that share their data are no course.
    Bars,
}

/// One week.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendPoint {
    /// Upper line of its label.
    pub label: String,
    /// Lower line of its label.
    pub sublabel: String,
    /// Its denominator: "n 18".
    pub count: String,
    /// The week in one sentence, shown on hover.
    pub sentence: String,
    /// The rate.
    pub rate: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// Whether only a part of the week is covered.
    pub partial: bool,
}

/// Where things are in one drawing.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    axis: Axis,
    slot: f64,
}

impl Frame {
    fn x(&self, index: usize) -> f64 {
        self.left + self.slot * (precise(index) + 0.5)
    }

    /// Whether weeks stand so close that only points and thin whiskers can be told apart.
    fn is_dense(&self) -> bool {
        self.slot < 9.0
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - self.axis.place(value) * (self.bottom - self.top)
    }

    /// A line through the values of weeks, with a bend where it leaves the plot or comes back.
    fn edge(&self, values: &[(usize, f64)]) -> Vec<(f64, f64)> {
        let mut points = Vec::new();
        let mut previous: Option<(f64, f64)> = None;
        for (index, value) in values {
            let x = self.x(*index);
            if let Some((x0, value0)) = previous
                && (value0 > self.axis.to) != (*value > self.axis.to)
            {
                let part = (self.axis.to - value0) / (value - value0);
                points.push((x0 + part * (x - x0), self.top));
            }
            points.push((x, self.y(*value)));
            previous = Some((x, *value));
        }
        points
    }
}

#[allow(clippy::cast_precision_loss)]
const fn precise(n: usize) -> f64 {
    n as f64
}

impl TrendChart {
    /// Draws the chart.
    #[must_use]
    pub fn render(&self, layout: Layout) -> SvgMarkup {
        let mut svg = Svg::default();
        let width = layout.width();
        let has_rates = self.points.iter().any(|p| p.rate.is_some());
        let axis = self.upright();
        let mut y = self.heading(&mut svg, width, &axis, has_rates);
        if has_rates {
            y = legend::draw(&mut svg, &self.legend_entries(), 0.0, y + 4.0, width);
        }
        let top = y + 14.0;
        let bottom = top + layout.plot_height();
        let right = width - self.right_margin(width);
        let slot = (right - LEFT) / precise(self.points.len().max(1));
        let frame = Frame { left: LEFT, right, top, bottom, axis, slot };
        let below = if has_rates {
            draw_grid(&mut svg, &frame);
            if self.interval_style == IntervalStyle::Band {
                self.draw_band(&mut svg, &frame);
            }
            if let Some(reference) = self.reference {
                svg.line("c-overall", (LEFT, frame.y(reference)), (right, frame.y(reference)));
            }
            if !frame.is_dense() && self.interval_style != IntervalStyle::Bars {
                self.draw_lines(&mut svg, &frame);
            }
            self.draw_points(&mut svg, &frame);
            self.draw_labels(&mut svg, &frame)
        } else {
            draw_empty(&mut svg, &self.empty, top, width)
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

    fn upright(&self) -> Axis {
        match &self.scale {
            TrendScale::Shares { .. } => {
                let lows = self.points.iter().filter_map(|p| p.interval.map(|i| i.0).or(p.rate));
                Axis::of_shares(lows.chain(self.reference))
            }
            TrendScale::FromZero { .. } => {
                let values = self.points.iter().filter_map(|p| p.rate).chain(self.reference);
                Axis::from_zero(values, self.points.iter().filter_map(|p| p.interval.map(|i| i.1)))
            }
            TrendScale::WholeIntervals => {
                let highs = self.points.iter().filter_map(|p| p.interval.map(|i| i.1).or(p.rate));
                Axis::from_zero(highs.chain(self.reference), [])
            }
        }
    }

    /// What is to be said of the axis: that it does not begin at 0, or that it cuts an interval.
    fn axis_note(&self, axis: &Axis) -> Option<&str> {
        match &self.scale {
            TrendScale::Shares { zoomed } => {
                let is_start = |from: u32| from > 0 && f64::from(from) / 100.0 == axis.from;
                zoomed.iter().find(|(from, _)| is_start(*from)).map(|(_, note)| note.as_str())
            }
            TrendScale::FromZero { cut } => {
                self.points.iter().any(|p| p.interval.is_some_and(|i| i.1 > axis.to)).then_some(cut.as_str())
            }
            TrendScale::WholeIntervals => None,
        }
    }

    /// Name of the axis and what is to be said of it. Returns where the heading ends.
    fn heading(&self, svg: &mut Svg, width: f64, axis: &Axis, has_rates: bool) -> f64 {
        let words = match self.axis_note(axis).filter(|_| has_rates) {
            Some(note) => format!("{} · {note}", self.axis),
            None => self.axis.clone(),
        };
        let mut y = 2.0;
        for line in wrap(&words, width, FONT_SIZE) {
            y += LINE_HEIGHT;
            svg.text("c-axis-name", (0.0, y - 4.0), Anchor::Start, &line);
        }
        y
    }

    /// Room right of the plot, so that half of the last label fits beside the middle of the last week.
    fn right_margin(&self, width: f64) -> f64 {
        let half = self.label_width() / 2.0;
        let slot = (width - LEFT - half) / precise(self.points.len().max(1));
        RIGHT.max(half - slot / 2.0)
    }

    /// Width of the widest label, with some air.
    fn label_width(&self) -> f64 {
        let width = |text: &str| text_width(text, FONT_SIZE) + 8.0;
        self.points.iter().map(|p| width(&p.label).max(width(&p.sublabel))).fold(0.0, f64::max)
    }

    fn legend_entries(&self) -> Vec<(Symbol, &str)> {
        let mut entries = vec![(Symbol::Point, self.legend.point.as_str())];
        if self.points.iter().any(|p| p.partial && p.rate.is_some()) {
            entries.push((Symbol::Hollow, &self.legend.partial));
        }
        let interval = match self.interval_style {
            IntervalStyle::Whiskers => Symbol::Whisker,
            IntervalStyle::Band => Symbol::Bar("c-band"),
            IntervalStyle::Bars => Symbol::Bar("c-interval"),
        };
        entries.push((interval, &self.legend.interval));
        if let (Some(words), Some(_)) = (&self.legend.reference, self.reference) {
            entries.push((Symbol::Dashed, words));
        }
        entries
    }

    /// Lines between neighbouring weeks; a week without a rate leaves a gap.
    fn draw_lines(&self, svg: &mut Svg, frame: &Frame) {
        let mut run: Vec<(f64, f64)> = Vec::new();
        for (i, point) in self.points.iter().enumerate() {
            match point.rate {
                Some(rate) => run.push((frame.x(i), frame.y(rate))),
                None if run.len() > 1 => svg.polyline("c-line", &std::mem::take(&mut run)),
                None => run.clear(),
            }
        }
        if run.len() > 1 {
            svg.polyline("c-line", &run);
        }
    }

    /// The intervals of neighbouring weeks as one surface; a week without one leaves a gap.
    fn draw_band(&self, svg: &mut Svg, frame: &Frame) {
        let ends = |(i, p): (usize, &TrendPoint)| p.interval.map(|(low, high)| (i, low, high));
        let all: Vec<(usize, f64, f64)> = self.points.iter().enumerate().filter_map(ends).collect();
        for run in all.chunk_by(|a, b| a.0 + 1 == b.0) {
            if let [(i, low, high)] = run {
                let (half, top) = ((frame.slot / 4.0).min(12.0), frame.y(*high));
                svg.rect("c-band", (frame.x(*i) - half, top), (half * 2.0, frame.y(*low) - top), 0.0);
                continue;
            }
            let mut outline = frame.edge(&run.iter().map(|(i, _, high)| (*i, *high)).collect::<Vec<_>>());
            outline.extend(frame.edge(&run.iter().map(|(i, low, _)| (*i, *low)).collect::<Vec<_>>()).iter().rev());
            svg.polygon("c-band", &outline);
        }
    }

    fn draw_points(&self, svg: &mut Svg, frame: &Frame) {
        let radius = (frame.slot / 5.0).clamp(1.5, 5.0);
        let cap = (frame.slot / 5.0).clamp(0.0, 5.0);
        let whisker = if frame.is_dense() { "c-whisker c-thin" } else { "c-whisker" };
        let size = if frame.is_dense() { " c-small" } else { "" };
        for (i, point) in self.points.iter().enumerate() {
            let x = frame.x(i);
            svg.open_group(&point.sentence);
            let at = (x - frame.slot / 2.0, frame.top);
            svg.rect("c-hit", at, (frame.slot, frame.bottom - frame.top), 0.0);
            if let Some((low, high)) = point.interval.filter(|_| self.interval_style == IntervalStyle::Whiskers) {
                let (low, high) = (frame.y(low), frame.y(high));
                svg.line(whisker, (x, low), (x, high));
                if cap > 2.0 {
                    svg.line(whisker, (x - cap, low), (x + cap, low));
                    svg.line(whisker, (x - cap, high), (x + cap, high));
                }
            }
            if let Some((low, high)) = point.interval.filter(|_| self.interval_style == IntervalStyle::Bars) {
                let (half, top, foot) = ((frame.slot / 6.0).clamp(1.5, 5.0), frame.y(high), frame.y(low));
                // A bar without height would vanish.
                svg.rect("c-interval", (x - half, top), (half * 2.0, (foot - top).max(2.0)), half.min(3.0));
            }
            if let Some(rate) = point.rate {
                let class = if point.partial { "c-point c-partial" } else { "c-point" };
                svg.circle(&format!("{class}{size}"), (x, frame.y(rate)), radius);
            }
            svg.close_group();
        }
    }

    /// Names the weeks, as many as fit, counted from the newest. Returns where the labels end.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn draw_labels(&self, svg: &mut Svg, frame: &Frame) -> f64 {
        let needed = self.label_width();
        let widest_count = self.points.iter().map(|p| text_width(&p.count, FONT_SIZE)).fold(0.0, f64::max) + 8.0;
        let step = ((needed / frame.slot).ceil() as usize).max(1);
        let with_counts = step == 1 && widest_count <= frame.slot;
        let lines = if with_counts { 3.0 } else { 2.0 };
        for (i, point) in self.points.iter().enumerate() {
            if !(self.points.len() - 1 - i).is_multiple_of(step) {
                continue;
            }
            let x = frame.x(i);
            svg.line("c-axis", (x, frame.bottom), (x, frame.bottom + 4.0));
            let mut y = frame.bottom + LINE_HEIGHT + 3.0;
            svg.text("c-text", (x, y), Anchor::Middle, &point.label);
            y += LINE_HEIGHT - 2.0;
            svg.text("c-muted", (x, y), Anchor::Middle, &point.sublabel);
            if with_counts {
                svg.text("c-muted", (x, y + LINE_HEIGHT - 2.0), Anchor::Middle, &point.count);
            }
        }
        frame.bottom + LINE_HEIGHT + 3.0 + (LINE_HEIGHT - 2.0) * (lines - 1.0)
    }
}

fn draw_grid(svg: &mut Svg, frame: &Frame) {
    for (tick, name) in &frame.axis.ticks {
        let y = frame.y(*tick);
        let class = if y >= frame.bottom { "c-axis" } else { "c-grid" };
        svg.line(class, (frame.left, y), (frame.right, y));
        svg.text("c-muted", (frame.left - 8.0, y + 4.0), Anchor::End, name);
    }
}
