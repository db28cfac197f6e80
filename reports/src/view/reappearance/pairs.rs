//! Removed listings and what they are taken to have come back as.

use std::cmp::Reverse;

use mirrorlake_model::reappearance::{ReappearanceRow, Tier};
use mirrorlake_model::text::printable;
use serde::Serialize;

use crate::error::ReportError;
use crate::input::ReappearanceInput;
use crate::view::{Scene, Shown};

/// Pairs in each list; more than that is a case for the mart itself.
const PAIRS_SHOWN: usize = 20;

/// Longest title printed, in characters: two stand in one cell.
const MAX_TITLE_CHARS: usize = 80;

/// A list of pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairList {
    /// What the list is cut from, in words.
    pub note: String,
    /// Rows shown.
    pub shown: Shown<i64>,
    /// Rows the list is cut from.
    pub total: Shown<i64>,
    /// Whether any of the rows has a title.
    pub titled: bool,
    /// The rows, those that came back last first.
    pub rows: Vec<PairLine>,
}

/// One pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairLine {
    /// The removed listing.
    pub removed_listing_id: i64,
    /// When it was removed.
    pub removed_at: Shown<String>,
    /// What it came back as.
    pub new_listing_id: i64,
    /// When it came back.
    pub reappeared_at: Shown<String>,
    /// Days between the two.
    pub days: Shown<Option<f64>>,
    /// How it came back, in words.
    pub tier: Shown<Tier>,
    /// Merchant of the removed listing.
    pub removed_merchant_id: i64,
    /// Merchant of the other one.
    pub new_merchant_id: i64,
    /// Both merchants as printed: one where they are the same.
    pub merchants: String,
    /// Distance of their images in bits; no value where none match.
    pub hamming: Option<i32>,
    /// Whether both are recorded with the same product.
    pub same_product: bool,
    /// How alike their titles are, in 0..=1.
    pub title_similarity: Option<f64>,
    /// What speaks for the pair, in words.
    pub evidence: String,
    /// Title of the removed listing, made safe to print.
    pub removed_title: Option<String>,
    /// Title of the other one.
    pub new_title: Option<String>,
}

impl PairList {
    pub(super) fn build(
        scene: &Scene<'_>,
        input: &ReappearanceInput,
        key: &str,
        wanted: fn(Tier) -> bool,
    ) -> Result<Self, ReportError> {
        let (m, f) = (scene.m, scene.f);
        let mut pairs: Vec<&ReappearanceRow> = input.pairs.iter().filter(|p| wanted(p.tier)).collect();
        pairs.sort_unstable_by_key(|p| (Reverse(p.reappeared_at), p.removed_listing_id, p.new_listing_id));
        let count = |n: usize| f.count(i64::try_from(n).unwrap_or(i64::MAX));
        let total = count(pairs.len());
        pairs.truncate(PAIRS_SHOWN);
        let shown = count(pairs.len());
        let more = f.count(total.value - shown.value);
        let values = [("shown", shown.text.as_str()), ("total", &total.text), ("more", &more.text)];
        let note = match total.value {
            0 => m.text(&format!("reappearance_{key}.empty"), &values)?,
            n if n == shown.value => m.plural(&format!("reappearance_{key}.all"), n, &values)?,
            _ => m.plural(&format!("reappearance_{key}.cut"), more.value, &values)?,
        };
        let rows = pairs.into_iter().map(|pair| line(scene, pair)).collect::<Result<Vec<_>, _>>()?;
        let titled = rows.iter().any(|r| r.removed_title.is_some() || r.new_title.is_some());
        Ok(Self { note, shown, total, titled, rows })
    }
}

fn line(scene: &Scene<'_>, pair: &ReappearanceRow) -> Result<PairLine, ReportError> {
    let f = scene.f;
    let title =
        |text: &Option<String>| text.as_deref().map(|t| printable(t.trim(), MAX_TITLE_CHARS)).filter(|t| !t.is_empty());
    let (from, to) = (pair.removed_merchant_id, pair.new_merchant_id);
    let tier = scene.m.text(&format!("tier.{}", pair.tier.word()), &[])?;
    Ok(PairLine {
        removed_listing_id: pair.removed_listing_id,
        removed_at: f.instant(pair.removed_at)?,
        new_listing_id: pair.new_listing_id,
        reappeared_at: f.instant(pair.reappeared_at)?,
        days: f.days(Some(pair.days())),
        tier: Shown { value: pair.tier, text: tier },
        removed_merchant_id: from,
        new_merchant_id: to,
        merchants: if from == to { from.to_string() } else { format!("{from}\u{a0}\u{2192}\u{a0}{to}") },
        hamming: pair.hamming,
        same_product: pair.same_product,
        title_similarity: pair.title_similarity,
        evidence: evidence(scene, pair)?,
        removed_title: title(&pair.removed_title),
        new_title: title(&pair.new_title),
    })
}

/// What speaks for a pair: matching pictures, the product, shared keys by their kind, and titles where they are alike.
fn evidence(scene: &Scene<'_>, pair: &ReappearanceRow) -> Result<String, ReportError> {
    let (m, f) = (scene.m, scene.f);
    if pair.tier == Tier::SameListing {
        return m.text("pair.same_listing", &[]);
    }
    let mut parts = Vec::new();
    if let Some(bits) = pair.hamming {
        parts.push(m.plural("pair.images", bits.into(), &[("n", &f.count(bits.into()).text)])?);
    }
    if pair.same_product {
        parts.push(m.text("pair.same_product", &[])?);
    }
    let mut kinds = pair.link_keys.clone();
    kinds.sort_unstable();
    kinds.dedup();
    if pair.tier == Tier::LinkedMerchant {
        for kind in kinds {
            parts.push(m.text(&format!("pair.link.{}", kind.word()), &[])?);
        }
    }
    if let Some(alike) = pair.title_similarity {
        // Rounded down: titles are called the same only where they are.
        let whole = (alike * 100.0 + 1e-9).floor().clamp(0.0, 100.0);
        parts.push(m.text("pair.titles", &[("share", &format!("{whole:.0}%"))])?);
    }
    Ok(parts.join(&m.text("list.evidence", &[])?))
}
