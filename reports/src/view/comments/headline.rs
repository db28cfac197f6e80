//! The one thing to know, and how it stands against the other brands.

use serde::Serialize;

use super::{CommentState, LEAST_COMMENTS, PerThousandRange};
use crate::error::ReportError;
use crate::input::CommentInput;
use crate::view::{IntervalMethod, Scene, Shown};

/// The one thing to know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentHeadline {
    /// Allegations per 1,000 comments; no value without enough comments.
    pub per_1000: Option<Shown<f64>>,
    /// Its 95 % interval.
    pub interval: Option<PerThousandRange>,
    /// Allegations: the numerator.
    pub allegations: Shown<i64>,
    /// Comments: the denominator.
    pub comments: Shown<i64>,
    /// The median of brands; no value without a rate to compare, or where too few brands count.
    pub median: Option<MedianView>,
    /// What stands in the rate's place where there is none.
    pub words: Option<String>,
    /// The headline in one plain sentence.
    pub sentence: String,
    /// How the brand stands against the median, in words.
    pub comparison: Option<String>,
    /// Which interval it is, in words.
    pub interval_note: Option<String>,
}

/// The median over brands of allegations per 1,000 comments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MedianView {
    /// The median.
    pub per_1000: Shown<f64>,
    /// Brands it is taken over.
    pub brands: Shown<i64>,
    /// Fewest comments with which a brand counts.
    pub least_comments: Shown<i64>,
    /// Where the brand's interval lies; no value without an interval.
    pub comparison: Option<Comparison>,
}

/// Where a brand's interval lies against the median.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// All of it above.
    Above,
    /// All of it below.
    Below,
    /// It includes the median.
    NoClearDifference,
}

impl CommentHeadline {
    pub(super) fn build(scene: &Scene<'_>, input: &CommentInput, state: CommentState) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let (allegations, comments) = (f.count(input.allegations), f.count(input.comments));
        let per_1000 = if state == CommentState::Rated { rate(scene, input) } else { None };
        let interval = per_1000
            .as_ref()
            .and_then(|_| PerThousandRange::of(f, IntervalMethod::Clustered, input.share_low, input.share_high));
        let median = per_1000.as_ref().and_then(|_| median(scene, input, interval.as_ref()));
        let least = f.count(LEAST_COMMENTS).text;
        let mut values = vec![("allegations", allegations.text.as_str()), ("comments", &comments.text)];
        values.push(("least", &least));
        let sentence = match (&per_1000, &interval, state) {
            (Some(rate), Some(interval), _) => {
                values.extend([("rate", rate.text.as_str()), ("interval", &interval.text)]);
                m.plural("comments.rated", comments.value, &values)?
            }
            (Some(rate), None, _) => {
                values.push(("rate", &rate.text));
                m.plural("comments.rated_without_interval", comments.value, &values)?
            }
            (None, _, CommentState::NoComments) => m.text("comments.none", &[])?,
            (None, ..) => m.plural("comments.too_few", comments.value, &values)?,
        };
        let comparison = match per_1000 {
            Some(_) => Some(comparison(scene, input, median.as_ref())?),
            None => None,
        };
        let interval_note = if interval.is_some() { Some(m.text("comments.clustered", &[])?) } else { None };
        let words = match state {
            CommentState::NoComments => Some(m.text("comments.none_short", &[])?),
            CommentState::TooFew => Some(m.text("comments.too_few_short", &[])?),
            CommentState::Rated => None,
        };
        Ok(Self { per_1000, interval, allegations, comments, median, words, sentence, comparison, interval_note })
    }
}

#[allow(clippy::cast_precision_loss)]
fn rate(scene: &Scene<'_>, input: &CommentInput) -> Option<Shown<f64>> {
    let share = input.share.or_else(|| (input.comments > 0).then(|| input.allegations as f64 / input.comments as f64));
    let Shown { value, text } = scene.f.per_thousand(share);
    value.map(|value| Shown { value, text })
}

fn median(scene: &Scene<'_>, input: &CommentInput, interval: Option<&PerThousandRange>) -> Option<MedianView> {
    let Shown { value, text } = scene.f.per_thousand(input.median_share);
    let value = value?;
    let comparison = interval.map(|i| {
        // By the digits that are printed: words must not tell apart what the reader sees as equal.
        let tenths = |v: f64| (v * 10.0).round();
        match tenths(value) {
            median if tenths(i.low) > median => Comparison::Above,
            median if tenths(i.high) < median => Comparison::Below,
            _ => Comparison::NoClearDifference,
        }
    });
    Some(MedianView {
        per_1000: Shown { value, text },
        brands: scene.f.count(input.median_brands.into()),
        least_comments: scene.f.count(input.median_least_comments),
        comparison,
    })
}

fn comparison(scene: &Scene<'_>, input: &CommentInput, median: Option<&MedianView>) -> Result<String, ReportError> {
    let least = scene.f.count(input.median_least_comments).text;
    let Some(median) = median else {
        return scene.m.text("comments.no_median", &[("least", &least)]);
    };
    let values = [("median", median.per_1000.text.as_str()), ("brands", &median.brands.text), ("least", &least)];
    let key = match median.comparison {
        Some(Comparison::Above) => "comments.median_above",
        Some(Comparison::Below) => "comments.median_below",
        Some(Comparison::NoClearDifference) => "comments.median_unclear",
        None => "comments.median_without_interval",
    };
    scene.m.text(key, &values)
}
