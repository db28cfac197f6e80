//! The section "What customers say": counterfeit allegations that the detector finds in comments.

mod headline;
pub mod lists;
pub mod trend;

use serde::Serialize;

use super::sla::{Definition, Figure};
use super::{IntervalMethod, Scene, Shown, definitions, figures};
use crate::error::ReportError;
use crate::format::Formatter;
use crate::input::{CommentInput, LEAST_MEDIAN_BRANDS};
pub use headline::{CommentHeadline, Comparison, MedianView};
use lists::{AllegationList, QuoteList};
use mirrorlake_model::text::printable;
use trend::CommentTrend;

/// Fewest comments of which a rate is told; of fewer it would say little.
pub const LEAST_COMMENTS: i64 = 100;

/// Longest version of a detector printed, in characters.
const MAX_DETECTOR_CHARS: usize = 40;

/// The section "What customers say".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentSection {
    /// The figures; no value where the comments of the period have not been judged.
    pub measured: Option<CommentFigures>,
    /// Why there are no figures, in words.
    pub not_measured: Option<String>,
}

/// What there is to say at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    /// There are enough comments for a rate.
    Rated,
    /// There are fewer than [`LEAST_COMMENTS`]: counts, and no rate or comparison.
    TooFew,
    /// There is no comment in the period.
    NoComments,
}

/// The figures of the section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentFigures {
    /// What there is to say at all.
    pub state: CommentState,
    /// Version of the detector's parameters.
    pub detector: String,
    /// The one thing to know.
    pub headline: CommentHeadline,
    /// What an allegation is, and what it is not.
    pub meaning: String,
    /// How many days have been judged.
    pub coverage: Coverage,
    /// How many comments there are and what they say.
    pub counts: Vec<Figure>,
    /// Allegations per 1,000 comments by ISO week.
    pub trend: CommentTrend,
    /// The listings with the most allegations.
    pub listings: AllegationList,
    /// The words that decided.
    pub words: QuoteList,
    /// What the words of this section mean.
    pub definitions: Vec<Definition>,
}

/// How many days of the period have been judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// Days with comment signals.
    pub days_with_signals: Shown<i64>,
    /// Days of the period.
    pub days_in_window: Shown<i64>,
    /// Says so where days are missing.
    pub note: Option<String>,
}

/// A 95 % interval of a number of allegations per 1,000 comments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PerThousandRange {
    /// How it was reckoned.
    pub method: IntervalMethod,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Both ends as printed.
    pub text: String,
}

impl PerThousandRange {
    /// The interval of a share, where both its ends are known.
    fn of(f: Formatter, method: IntervalMethod, low: Option<f64>, high: Option<f64>) -> Option<Self> {
        let (low, high) = f.per_thousand(low).value.zip(f.per_thousand(high).value)?;
        Some(Self { method, low, high, text: f.rate_range(low, high) })
    }
}

impl CommentSection {
    pub(super) fn build(scene: &Scene<'_>) -> Result<Self, ReportError> {
        let judged = scene.input.parts().comments.as_ref().filter(|c| c.days_with_signals > 0);
        Ok(match judged {
            Some(input) => Self { measured: Some(CommentFigures::build(scene, input)?), not_measured: None },
            None => Self { measured: None, not_measured: Some(scene.m.text("comments.not_measured", &[])?) },
        })
    }

    /// The median of brands, where it is shown.
    pub(super) fn median(&self) -> Option<&MedianView> {
        self.measured.as_ref()?.headline.median.as_ref()
    }
}

impl CommentFigures {
    fn build(scene: &Scene<'_>, input: &CommentInput) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let state = match input.comments {
            0 => CommentState::NoComments,
            n if n < LEAST_COMMENTS => CommentState::TooFew,
            _ => CommentState::Rated,
        };
        let detector = printable(input.detector.trim(), MAX_DETECTOR_CHARS);
        let coverage = coverage(scene, input)?;
        let (least, median_least) = (f.count(LEAST_COMMENTS).text, f.count(input.median_least_comments).text);
        let least_brands = f.count(LEAST_MEDIAN_BRANDS.into()).text;
        let terms = [
            ("detector", detector.as_str()),
            ("least", &least),
            ("median_least", &median_least),
            ("least_brands", &least_brands),
            ("days", &coverage.days_with_signals.text),
            ("of_days", &coverage.days_in_window.text),
        ];
        let definitions = definitions::of_comments(scene, &terms)?;
        let headline = CommentHeadline::build(scene, input, state)?;
        Ok(Self {
            state,
            meaning: m.text("comments.meaning", &[("detector", &detector)])?,
            counts: counts(scene, input, state, headline.median.as_ref())?,
            trend: CommentTrend::build(scene, input, state)?,
            listings: AllegationList::build(scene, input)?,
            words: QuoteList::build(scene, input)?,
            detector,
            headline,
            coverage,
            definitions,
        })
    }
}

fn coverage(scene: &Scene<'_>, input: &CommentInput) -> Result<Coverage, ReportError> {
    let days_with_signals = scene.f.count(input.days_with_signals.into());
    let days_in_window = scene.f.count(input.days_in_window.into());
    let values = [("days", days_with_signals.text.as_str()), ("of_days", &days_in_window.text)];
    let is_whole = days_with_signals.value == days_in_window.value;
    let note = if is_whole { None } else { Some(scene.m.text("comments.days_missing", &values)?) };
    Ok(Coverage { days_with_signals, days_in_window, note })
}

fn counts(
    scene: &Scene<'_>,
    input: &CommentInput,
    state: CommentState,
    median: Option<&MedianView>,
) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for (key, n) in
        [("comments", input.comments), ("allegations", input.allegations), ("affirmations", input.affirmations)]
    {
        let note = scene.m.text(&format!("figure.{key}_note"), &[])?;
        figures.push(figures::count(scene, key, n, Some(note))?);
    }
    // Without a rate of the brand there is nothing to hold a median against.
    if state == CommentState::Rated {
        let text = median.map_or(crate::format::NO_VALUE, |v| v.per_1000.text.as_str()).to_owned();
        let note = match median {
            Some(v) => scene.m.plural("figure.median_brands", v.brands.value, &[("n", &v.brands.text)])?,
            None => scene.m.text("figure.median_none", &[])?,
        };
        figures.push(Figure {
            key: "comment_median",
            label: scene.m.text("figure.comment_median", &[])?,
            value: median.map(|v| v.per_1000.value),
            text,
            note: Some(note),
            quiet: median.is_none(),
            parts: Vec::new(),
        });
    }
    Ok(figures)
}
