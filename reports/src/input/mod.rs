//! The only door into a report: one brand's rows, checked.

mod authorisations;
mod comments;
mod prevalence;
mod reappearance;
mod risk;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use mirrorlake_model::AsOf;
use mirrorlake_model::takedown::{OutcomeRow, Period, SlaOutcome, SlaRow, cohort_day};

use crate::error::ReportError;
use crate::format::{checked_instant, is_showable_day};
use crate::locale::Locale;

pub use authorisations::{AuthorisationInput, AuthorisationLine, AuthorisationSum};
pub(crate) use comments::LEAST_MEDIAN_BRANDS;
pub use comments::{CommentInput, CommentListing, CommentWeek, EvidenceWords};
pub(crate) use prevalence::LEAST_PRIOR_BRANDS;
pub use prevalence::{
    PrevalenceHistory, PrevalenceInput, PrevalenceRow, PurchasePlan, PurchaseProgress, Suppression, ToldEstimate,
    Weighting,
};
pub use reappearance::ReappearanceInput;
pub(crate) use risk::RISK_LEAST_ROWS;
pub use risk::{
    ReasonCode, RiskInput, RiskMerchant, RiskReason, RiskSignals, RiskTier, RiskTierScores, RiskTierSum, SignalGroup,
};

/// Longest window of a report in days: ten years, so that the weekly chart stays drawable.
const MAX_DAYS: u32 = 3660;

/// What a report says about the brand itself.
#[derive(Clone, Debug, PartialEq)]
pub struct BrandInfo {
    /// The brand.
    pub brand_id: i64,
    /// Its name in English.
    pub name_en: String,
    /// Its name in Chinese.
    pub name_zh: Option<String>,
    /// Who owns it.
    pub owner_name: String,
    /// The zone that decides its days and in which its times are shown.
    pub time_zone: Tz,
}

/// The unchecked parts of a report's input; see [`BrandReportInput::new`].
#[derive(Clone, Debug, PartialEq)]
pub struct BrandReportParts {
    /// The brand the report is for.
    pub brand: BrandInfo,
    /// The language of the report.
    pub locale: Locale,
    /// The business day and instant at which everything stands, in the lake's time zone.
    pub as_of: AsOf,
    /// Length of the window in days, the as-of day included.
    pub days: u32,
    /// The limit for a takedown in net hours.
    pub sla_limit_hours: u32,
    /// Name and version of the program that writes the report.
    pub generator: String,
    /// The brand's cells of `takedown_sla`.
    pub sla_rows: Vec<SlaRow>,
    /// All of the brand's rows of `takedown_outcomes`, whatever their date.
    pub outcomes: Vec<OutcomeRow>,
    /// What the brand's comments say; `None` where the comments of the window have not been judged.
    pub comments: Option<CommentInput>,
    /// How much is counterfeit; `None` where it has not been estimated.
    pub prevalence: Option<PrevalenceInput>,
    /// Who sells the brand with which permission; `None` where merchants have not been vetted.
    pub authorisations: Option<AuthorisationInput>,
    /// Whether removed listings came back; `None` where they have not been looked for.
    pub reappearance: Option<ReappearanceInput>,
    /// Which merchants to look at first; `None` where they have not been ranked.
    pub risk: Option<RiskInput>,
}

/// One brand's rows, guaranteed to be that brand's only and to agree with each other.
#[derive(Clone, Debug, PartialEq)]
pub struct BrandReportInput {
    parts: BrandReportParts,
    /// For each outcome, whether its cohort day lies in the window.
    in_window: Vec<bool>,
}

impl BrandReportInput {
    /// Checks the parts and takes them.
    ///
    /// # Errors
    /// Refuses any row of another brand or over all brands, a window or day out of range, a cell that comes twice or
    /// starts elsewhere than the period, instants no calendar can show, cells that contradict the rows, and figures of
    /// any other section that contradict each other.
    pub fn new(parts: BrandReportParts) -> Result<Self, ReportError> {
        let expected = parts.brand.brand_id;
        if let Some(row) = parts.outcomes.iter().find(|row| row.brand_id != expected) {
            return Err(ReportError::AnotherBrand { expected, found: row.brand_id, table: "takedown_outcomes" });
        }
        for row in &parts.sla_rows {
            match row.brand_id {
                None => return Err(ReportError::AllBrands { expected, table: "takedown_sla" }),
                Some(found) if found != expected => {
                    return Err(ReportError::AnotherBrand { expected, found, table: "takedown_sla" });
                }
                Some(_) => {}
            }
        }
        if !(1..=MAX_DAYS).contains(&parts.days) {
            return Err(ReportError::Days { days: parts.days });
        }
        if !is_showable_day(parts.as_of.day) {
            return Err(ReportError::AsOfDay { day: parts.as_of.day });
        }
        check_cells(&parts)?;
        comments::check(&parts)?;
        prevalence::check(&parts)?;
        authorisations::check(&parts)?;
        reappearance::check(&parts)?;
        risk::check(&parts)?;
        let in_window = parts.outcomes.iter().map(|row| in_window(&parts, row)).collect::<Result<_, _>>()?;
        let input = Self { parts, in_window };
        input.check_agreement()?;
        Ok(input)
    }

    /// The checked parts.
    #[must_use]
    pub const fn parts(&self) -> &BrandReportParts {
        &self.parts
    }

    /// First day of the window.
    #[must_use]
    pub fn window_start(&self) -> NaiveDate {
        self.parts.as_of.window_start(self.parts.days)
    }

    /// The outcomes whose cohort day (of qualification, else of submission) lies in the window.
    pub fn window_outcomes(&self) -> impl Iterator<Item = &OutcomeRow> {
        self.parts.outcomes.iter().zip(&self.in_window).filter(|(_, inside)| **inside).map(|(row, _)| row)
    }

    /// The cell of the whole window over all right types and channels; `None` where no takedown falls into it.
    #[must_use]
    pub fn window_cell(&self) -> Option<&SlaRow> {
        self.parts
            .sla_rows
            .iter()
            .find(|r| r.period == Period::Window && r.right_type.is_none() && r.channel_locale.is_none())
    }

    fn check_agreement(&self) -> Result<(), ReportError> {
        let cell = self.window_cell();
        let count = |outcome: Option<SlaOutcome>| -> i64 {
            let n = self.window_outcomes().filter(|r| outcome.is_none_or(|o| r.sla_outcome == o)).count();
            i64::try_from(n).unwrap_or(i64::MAX)
        };
        let figures = [
            ("takedowns", cell.map(|c| c.takedowns), count(None)),
            ("met", cell.map(|c| c.met), count(Some(SlaOutcome::Met))),
            ("breached", cell.map(|c| c.breached), count(Some(SlaOutcome::Breached))),
            ("pending", cell.map(|c| c.pending), count(Some(SlaOutcome::Pending))),
            ("excluded", cell.map(|c| c.excluded), count(Some(SlaOutcome::Excluded))),
        ];
        for (figure, sla, outcomes) in figures {
            let sla = sla.unwrap_or(0);
            if sla != outcomes {
                return Err(ReportError::Disagreement { figure, sla, outcomes });
            }
        }
        Ok(())
    }
}

/// No cell twice, and every window cell starts where the report's period does.
fn check_cells(parts: &BrandReportParts) -> Result<(), ReportError> {
    let expected = parts.as_of.window_start(parts.days);
    let mut seen = BTreeSet::new();
    for row in &parts.sla_rows {
        if row.period == Period::Window && row.period_start != expected {
            return Err(ReportError::AnotherPeriod { expected, found: row.period_start });
        }
        if !seen.insert((row.period, row.period_start, row.right_type, row.channel_locale)) {
            let right = row.right_type.map_or("all", |v| v.word());
            let channel = row.channel_locale.map_or("all", |v| v.word());
            let cell = format!("{} {} {right} {channel}", row.period.word(), row.period_start);
            return Err(ReportError::RepeatedCell { cell });
        }
    }
    Ok(())
}

/// Whether a row's cohort day lies in the window; also the place where its instants are checked.
fn in_window(parts: &BrandReportParts, row: &OutcomeRow) -> Result<bool, ReportError> {
    let instants = [Some(row.submitted_at), row.qualified_at, row.due_at, row.taken_down_at];
    for micros in instants.into_iter().flatten() {
        checked_instant(micros)?;
    }
    let from = parts.as_of.window_start(parts.days);
    let day = cohort_day(row.submitted_at, row.qualified_at, parts.brand.time_zone);
    Ok(day.is_some_and(|day| (from..=parts.as_of.day).contains(&day)))
}
