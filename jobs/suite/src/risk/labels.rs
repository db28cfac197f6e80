//! What has been found out since the evaluation began, beside what was known before: labels that no signal has seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{BooleanArray, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use mirrorlake_metrics::merchant_risk::{Available, Features, Priors, Signals, features};
use mirrorlake_model::pilot::{Selection, Verdict};
use mirrorlake_model::risk::{Code, LabelSource};

use super::facts::{Facts, Frame};
use crate::catalogue::Columns;
use crate::failure::Failure;

/// Merchants without an upheld takedown that are kept as labels; more say nothing more.
const NEGATIVES: usize = 20_000;

/// A label with what was known of the merchant before.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where it comes from.
    pub source: LabelSource,
    /// Place of the merchant among all.
    pub place: usize,
    /// Merchant.
    pub merchant_id: i64,
    /// Pilot purchase.
    pub sample_id: Option<i64>,
    /// When it became known; none of a merchant of whom nothing became known.
    pub labelled_at: Option<i64>,
    /// Whether what was sold is counterfeit.
    pub counterfeit: bool,
    /// What it stands for: the inverse of the probability that it is among the labels.
    pub weight: f64,
}

/// Everything of which labels are made.
pub struct HeldBack {
    /// What was known of each merchant.
    pub features: Vec<Features>,
    /// The same as counts.
    pub signals: Vec<Signals>,
    /// Random pilot purchases with a conclusive verdict since.
    pub verdicts: Vec<Label>,
    /// Every merchant that was open before, with whether a takedown of a claim made since was upheld.
    pub takedowns: Vec<Label>,
}

impl HeldBack {
    /// Looks at merchants as they were, and at what has been found since.
    pub fn of(facts: &Facts, available: &Available) -> Self {
        let signals: Vec<Signals> = facts.sellers.iter().map(|s| facts.of_merchant(s, Frame::Before)).collect();
        // The bursts of a time for which there are no sales were not known.
        let bursts = facts.window.newest_before.present.iter().all(|present| *present);
        let available = Available { bursts, ..*available };
        let priors = Priors::fit(&signals, &available);
        let features = signals.iter().map(|signals| features(signals, &priors, &available)).collect();
        Self { features, signals, verdicts: verdicts(facts), takedowns: takedowns(facts) }
    }

    /// The mart `risk_labels`: all verdicts, all upheld takedowns, and so many of the merchants without one, drawn by their
    /// numbers and weighted by how many they stand for; with each merchant's features as they were.
    ///
    /// # Errors
    ///
    /// None that a caller could mend.
    pub fn batch(&self) -> Result<RecordBatch, Failure> {
        let mut negatives: Vec<(u64, usize)> = (0..)
            .zip(&self.takedowns)
            .filter(|(_, label)| !label.counterfeit)
            .map(|(at, label)| (mixed(label.merchant_id), at))
            .collect();
        let stands_for = (negatives.len() as f64 / NEGATIVES as f64).max(1.0);
        negatives.sort_unstable();
        let kept: BTreeMap<usize, ()> = negatives.into_iter().take(NEGATIVES).map(|(_, at)| (at, ())).collect();
        let takedowns = self.takedowns.iter().enumerate().filter(|(at, l)| l.counterfeit || kept.contains_key(at));
        let takedowns = takedowns.map(|(_, label)| {
            let weight = if label.counterfeit { 1.0 } else { stands_for };
            Label { weight, ..label.clone() }
        });
        let mut rows: Vec<Label> = self.verdicts.iter().cloned().chain(takedowns).collect();
        rows.sort_by_key(|label| (label.source, label.merchant_id, label.sample_id));
        let mut c = Columns::default();
        c.text("source", rows.iter().map(|l| l.source.word()));
        c.int("merchant_id", rows.iter().map(|l| l.merchant_id));
        c.int_or_null("sample_id", rows.iter().map(|l| l.sample_id));
        let at = rows.iter().map(|l| l.labelled_at).collect::<TimestampMicrosecondArray>().with_timezone("UTC");
        c.push("labelled_at", true, Arc::new(at));
        let counterfeit: BooleanArray = rows.iter().map(|l| Some(l.counterfeit)).collect();
        c.push("counterfeit", false, Arc::new(counterfeit));
        c.float("weight", false, rows.iter().map(|l| Some(l.weight)));
        for code in Code::ALL {
            let name = format!("x_{}", code.word());
            c.float(&name, false, rows.iter().map(|l| Some(self.features[l.place][code.place()])));
        }
        c.batch()
    }
}

/// Random purchases that were ordered and judged since: what a purchase finds, the ranking did not know, and by its
/// probability each stands for all listings like it, however much the ranking had to do with targeted ones.
fn verdicts(facts: &Facts) -> Vec<Label> {
    let (begins_at, ends_at) = (facts.horizon(Frame::Before).to, facts.horizon(Frame::Now).to);
    let since = |at: i64| (begins_at..ends_at).contains(&at);
    let judged = facts.verdicts.all().iter().filter(|v| {
        v.selection == Selection::Random && v.verdict != Verdict::Inconclusive && since(v.authenticated_at)
    });
    let labels = judged.filter_map(|v| {
        let place = facts.sellers.binary_search_by_key(&v.merchant_id, |s| s.merchant_id).ok()?;
        Some(Label {
            source: LabelSource::PilotRandom,
            place,
            merchant_id: v.merchant_id,
            sample_id: Some(v.sample_id),
            labelled_at: Some(v.authenticated_at),
            counterfeit: v.verdict == Verdict::Counterfeit,
            weight: 1.0 / v.inclusion_probability?,
        })
    });
    labels.collect()
}

/// Every merchant that was open when the evaluation begins: takedowns count where the claim was submitted since, so that none
/// was under way that somebody knew of.
fn takedowns(facts: &Facts) -> Vec<Label> {
    let (begins_at, now) = (facts.horizon(Frame::Before).to, facts.horizon(Frame::Now));
    let open = facts.sellers.iter().enumerate().filter(|(_, s)| s.opened_on <= facts.last_known);
    let labels = open.map(|(place, seller)| {
        let removals = facts.removals.of_merchant(seller.merchant_id).iter();
        let new = removals.filter(|r| now.upholds(r) && r.submitted_at >= begins_at && r.taken_down_at >= begins_at);
        let first = new.map(|r| r.taken_down_at).min();
        Label {
            source: LabelSource::UpheldTakedown,
            place,
            merchant_id: seller.merchant_id,
            sample_id: None,
            labelled_at: first,
            counterfeit: first.is_some(),
            weight: 1.0,
        }
    });
    labels.collect()
}

/// A number that has nothing to do with the merchant's (`SplitMix64`, Steele and others, 2014): who is kept as a label must not
/// depend on who came first.
fn mixed(merchant_id: i64) -> u64 {
    let mut mixed = merchant_id.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
