//! Where allegations are made, and in which words.

use mirrorlake_model::text::printable;
use serde::Serialize;

use crate::error::ReportError;
use crate::input::{CommentInput, CommentListing, EvidenceWords};
use crate::view::{Scene, Shown};

/// Listings shown.
const LISTINGS_SHOWN: usize = 10;

/// Quotations shown.
const WORDS_SHOWN: usize = 8;

/// Longest title printed, in characters.
const MAX_TITLE_CHARS: usize = 80;

/// Longest quotation printed, in characters: a part of a comment, however much the detector hands on.
const MAX_WORDS_CHARS: usize = 60;

/// The listings with the most allegations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AllegationList {
    /// What the list is cut from, in words.
    pub note: String,
    /// Listings shown.
    pub shown: Shown<i64>,
    /// Allegations on the listings shown.
    pub allegations: Shown<i64>,
    /// Whether any of them has a title to show.
    pub titled: bool,
    /// The listings, most allegations first.
    pub rows: Vec<AllegationLine>,
}

/// One listing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AllegationLine {
    /// The listing.
    pub listing_id: i64,
    /// Its title, shortened; control and direction-changing characters are shown as escapes.
    pub title: Option<String>,
    /// Its merchant.
    pub merchant_id: i64,
    /// Comments on it.
    pub comments: Shown<i64>,
    /// Allegations among them.
    pub allegations: Shown<i64>,
}

/// The words that decided allegations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuoteList {
    /// What is quoted, and what never is.
    pub note: String,
    /// The quotations, most frequent first.
    pub rows: Vec<QuoteLine>,
}

/// One quotation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuoteLine {
    /// The words, shortened; control and direction-changing characters are shown as escapes.
    pub words: String,
    /// Allegations that they decided.
    pub comments: Shown<i64>,
    /// The same in words: "in 12 comments".
    pub count_text: String,
}

impl AllegationList {
    pub(super) fn build(scene: &Scene<'_>, input: &CommentInput) -> Result<Self, ReportError> {
        let mut listings: Vec<&CommentListing> = input.listings.iter().filter(|l| l.allegations > 0).collect();
        // Ties by listing, so that the order is total.
        listings.sort_by_key(|l| (std::cmp::Reverse(l.allegations), l.listing_id));
        listings.truncate(LISTINGS_SHOWN);
        let count = |n| scene.f.count(n);
        let shown = count(i64::try_from(listings.len()).unwrap_or(i64::MAX));
        let allegations = count(listings.iter().map(|l| l.allegations).fold(0, i64::saturating_add));
        let total = count(input.allegations).text;
        let values = [("shown", shown.text.as_str()), ("part", &allegations.text), ("total", &total)];
        let note = match shown.value {
            0 => scene.m.text("comment_listings.empty", &[])?,
            n => scene.m.plural("comment_listings.some", n, &values)?,
        };
        let rows = listings.into_iter().map(|l| AllegationLine {
            listing_id: l.listing_id,
            title: l.title.as_deref().and_then(|title| foreign(title, MAX_TITLE_CHARS)),
            merchant_id: l.merchant_id,
            comments: count(l.comments),
            allegations: count(l.allegations),
        });
        let rows: Vec<AllegationLine> = rows.collect();
        let titled = rows.iter().any(|row| row.title.is_some());
        Ok(Self { note, shown, allegations, titled, rows })
    }
}

impl QuoteList {
    pub(super) fn build(scene: &Scene<'_>, input: &CommentInput) -> Result<Self, ReportError> {
        let mut words: Vec<&EvidenceWords> = input.words.iter().filter(|w| w.comments > 0).collect();
        words.sort_by(|a, b| b.comments.cmp(&a.comments).then_with(|| a.words.cmp(&b.words)));
        let mut rows = Vec::new();
        for entry in words {
            if let Some(words) = foreign(&entry.words, MAX_WORDS_CHARS).filter(|_| rows.len() < WORDS_SHOWN) {
                let comments = scene.f.count(entry.comments);
                let count_text = scene.m.plural("comment_words.count", comments.value, &[("n", &comments.text)])?;
                rows.push(QuoteLine { words, comments, count_text });
            }
        }
        let note = scene.m.text(if rows.is_empty() { "comment_words.empty" } else { "comment_words.note" }, &[])?;
        Ok(Self { note, rows })
    }
}

/// Foreign text made safe to print in one line; nothing where there is none.
fn foreign(text: &str, max_chars: usize) -> Option<String> {
    let text = printable(text.trim(), max_chars);
    (!text.is_empty()).then_some(text)
}
