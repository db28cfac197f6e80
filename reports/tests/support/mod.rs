//! Made-up rows for tests and previews. The aggregates are plausible, not exact: this crate shows figures, it does
//! not reckon them.
#![allow(dead_code, clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

pub mod authorisations;
pub mod comments;
pub mod page;
pub mod prevalence;
pub mod reappearance;
pub mod risk;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::local_day;
use mirrorlake_model::takedown::{ChannelLocale, OutcomeRow, Period, RightType, SlaOutcome, SlaRow, Violation};
use mirrorlake_reports::{BrandInfo, BrandReportParts, Locale};

const NAME: (&str, &str) = ("Nordlicht Optik", "北光光学");
const HOUR: i64 = 3_600_000_000;

/// What made-up rows look like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub claims: i64,
    pub per_claim: i64,
    pub late_percent: u64,
    pub span_days: u64,
    pub all_pending: bool,
    pub brand_id: i64,
    pub name: (&'static str, &'static str),
}

impl Default for Shape {
    fn default() -> Self {
        Self { claims: 12, per_claim: 2, late_percent: 12, span_days: 90, all_pending: false, brand_id: 7, name: NAME }
    }
}

/// A small generator of numbers, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

pub fn as_of() -> AsOf {
    AsOf { day: NaiveDate::from_ymd_opt(2026, 11, 17).expect("a date"), time_zone: chrono_tz::Asia::Shanghai }
}

/// Parts of a whole report: rows of a shape and the aggregates that go with them.
pub fn parts(locale: Locale, days: u32, shape: Shape) -> BrandReportParts {
    let brand = BrandInfo {
        brand_id: shape.brand_id,
        name_en: shape.name.0.to_owned(),
        name_zh: Some(shape.name.1.to_owned()),
        owner_name: format!("{} GmbH & Co. KG", shape.name.0),
        time_zone: if locale == Locale::En { chrono_tz::Europe::Berlin } else { chrono_tz::Asia::Shanghai },
    };
    let outcomes = outcomes(shape);
    let sla_rows = cells(&outcomes, &brand, days);
    let generator = "mirrorlake 0.1.0".to_owned();
    let (comments, prevalence, authorisations) = (None, None, None);
    let (reappearance, risk) = (None, None);
    BrandReportParts {
        brand,
        locale,
        as_of: as_of(),
        days,
        sla_limit_hours: 24,
        generator,
        sla_rows,
        outcomes,
        comments,
        prevalence,
        authorisations,
        reappearance,
        risk,
    }
}

fn outcomes(shape: Shape) -> Vec<OutcomeRow> {
    let mut dice = Dice(42);
    let now = as_of().micros();
    let mut rows = Vec::new();
    for claim in 0..shape.claims {
        let claim_id = 880_000 + claim * 7;
        // Some claims came in on the last day, so that some takedowns are pending.
        let recent = shape.all_pending || dice.roll(30) == 0;
        let age_minutes = if recent { 120 + dice.roll(900) } else { 60 + dice.roll(shape.span_days * 1440) };
        let submitted_at = now - age_minutes as i64 * 60_000_000;
        let review = dice.roll(40) as i64 * 60_000_000;
        let qualified_at = submitted_at + review;
        let right_type = RightType::ALL[[0, 0, 0, 1, 2, 2][dice.roll(6) as usize]];
        let channel_locale = ChannelLocale::ALL[usize::from(dice.roll(10) < 4)];
        let bad_claim = dice.roll(100) < shape.late_percent;
        let fate = dice.roll(40);
        for n in 0..=dice.roll(shape.per_claim as u64 * 2) as i64 {
            let excluded = match fate {
                0 if !shape.all_pending => Some("rejected"),
                1 if !shape.all_pending => Some("withdrawn"),
                2 if n == 0 && !shape.all_pending => Some("kept"),
                _ => None,
            };
            let minutes = if bad_claim { 1300 + dice.roll(1600) } else { 30 + dice.roll(620) + dice.roll(760) };
            let net = minutes as i64 * 60_000_000;
            let stop = qualified_at + net;
            let open = shape.all_pending || stop > now || (bad_claim && dice.roll(8) == 0);
            let net_hours = (if open { now - qualified_at } else { net }) as f64 / HOUR as f64;
            let stop = if open { now } else { stop };
            let sla_outcome = match (excluded, open) {
                (Some(_), _) => SlaOutcome::Excluded,
                (None, true) if net_hours <= 24.0 => SlaOutcome::Pending,
                (None, false) if net_hours <= 24.0 => SlaOutcome::Met,
                _ => SlaOutcome::Breached,
            };
            let rejected = excluded == Some("rejected");
            rows.push(OutcomeRow {
                claim_id,
                listing_id: 5_300_000_000 + claim * 1_009 + n,
                brand_id: shape.brand_id,
                merchant_id: 40_000 + dice.roll(9_000) as i64,
                right_type,
                channel_locale,
                submitted_at,
                qualified_at: (!rejected).then_some(qualified_at),
                due_at: excluded.is_none().then_some(qualified_at + 24 * HOUR),
                taken_down_at: (excluded.is_none() && !open).then_some(stop),
                paused_hours: 0.0,
                net_hours: excluded.is_none().then_some(net_hours),
                gross_hours: excluded.is_none().then_some((stop - submitted_at) as f64 / HOUR as f64),
                sla_outcome,
                exclusion_reason: excluded,
                violations: if claim % 29 == 3 { vec![Violation::RightExpired] } else { Vec::new() },
            });
        }
    }
    rows
}

type Key = (Period, NaiveDate, Option<RightType>, Option<ChannelLocale>);

/// The cube of cells over rows.
pub fn cells(rows: &[OutcomeRow], brand: &BrandInfo, days: u32) -> Vec<SlaRow> {
    let (from, to) = (as_of().window_start(days), as_of().day);
    let mut groups: BTreeMap<Key, Vec<&OutcomeRow>> = BTreeMap::new();
    for row in rows {
        let day = local_day(row.qualified_at.unwrap_or(row.submitted_at), brand.time_zone).expect("a day");
        if !(from..=to).contains(&day) {
            continue;
        }
        let monday = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
        for period in [(Period::Window, from), (Period::Week, monday)] {
            for right in [None, Some(row.right_type)] {
                for channel in [None, Some(row.channel_locale)] {
                    groups.entry((period.0, period.1, right, channel)).or_default().push(row);
                }
            }
        }
    }
    groups.into_iter().map(|(key, rows)| cell(key, &rows, brand.brand_id)).collect()
}

fn cell(key: Key, rows: &[&OutcomeRow], brand_id: i64) -> SlaRow {
    let count = |o: SlaOutcome| rows.iter().filter(|r| r.sla_outcome == o).count() as i64;
    let (met, breached) = (count(SlaOutcome::Met), count(SlaOutcome::Breached));
    let (pending, excluded) = (count(SlaOutcome::Pending), count(SlaOutcome::Excluded));
    let judged = met + breached;
    let counted: Vec<&&OutcomeRow> = rows.iter().filter(|r| r.sla_outcome != SlaOutcome::Excluded).collect();
    let judged_rows = counted.iter().filter(|r| r.sla_outcome != SlaOutcome::Pending);
    let claims: BTreeSet<i64> = judged_rows.clone().map(|r| r.claim_id).collect();
    let late: BTreeSet<i64> =
        judged_rows.filter(|r| r.sla_outcome == SlaOutcome::Breached).map(|r| r.claim_id).collect();
    let mut curve: Vec<(f64, bool)> =
        counted.iter().filter_map(|r| r.net_hours.map(|h| (h, r.taken_down_at.is_some()))).collect();
    curve.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let quantile = |q: f64| {
        let mut survival = 1.0;
        curve.iter().enumerate().find_map(|(i, (hours, event))| {
            survival *= if *event { 1.0 - 1.0 / (curve.len() - i) as f64 } else { 1.0 };
            (survival <= 1.0 - q + 1e-12).then_some(*hours)
        })
    };
    let plain = wilson(met as f64, judged as f64);
    let wide = if claims.len() < 2 { None } else { wilson(met as f64 / 1.8, judged as f64 / 1.8) };
    let whole = (judged + pending) as f64;
    SlaRow {
        brand_id: Some(brand_id),
        right_type: key.2,
        channel_locale: key.3,
        period: key.0,
        period_start: key.1,
        takedowns: rows.len() as i64,
        met,
        breached,
        pending,
        excluded,
        compliance_rate: (judged > 0).then(|| met as f64 / judged as f64),
        ci_low: plain.map(|i| i.0),
        ci_high: plain.map(|i| i.1),
        clustered_low: wide.map(|i| i.0),
        clustered_high: wide.map(|i| i.1),
        bound_low: (whole > 0.0).then(|| met as f64 / whole),
        bound_high: (whole > 0.0).then(|| (met + pending) as f64 / whole),
        median_hours: quantile(0.5),
        p90_hours: quantile(0.9),
        p95_hours: quantile(0.95),
        p99_hours: quantile(0.99),
        gross_median_hours: quantile(0.5).map(|h| h + 0.4),
        removed_by_limit_cif: (whole > 0.0).then(|| met as f64 / (whole + excluded as f64)),
        claims: claims.len() as i64,
        claims_met: (claims.len() - late.len()) as i64,
        last_listing_median_hours: quantile(0.5).map(|h| h + 1.9),
        oldest_open_hours: counted
            .iter()
            .filter(|r| r.taken_down_at.is_none())
            .filter_map(|r| r.net_hours)
            .reduce(f64::max),
    }
}

/// Wilson's interval at 95 %.
fn wilson(x: f64, n: f64) -> Option<(f64, f64)> {
    if n <= 0.0 {
        return None;
    }
    let z2 = 1.959_963_984_540_054_f64.powi(2);
    let (p, scale) = (x / n, 1.0 + z2 / n);
    let half = (z2 * (p * (1.0 - p) / n + z2 / (4.0 * n * n))).sqrt();
    let center = p + z2 / (2.0 * n);
    Some((((center - half) / scale).max(0.0), ((center + half) / scale).min(1.0)))
}
