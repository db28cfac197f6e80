//! Why a report is not written.

use chrono::NaiveDate;

/// Why a report is not written. Nothing is ever rendered from an input that ends in one of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// A row belongs to another brand than the report.
    #[error("report of brand {expected} was given a row of brand {found} in {table}")]
    AnotherBrand {
        /// The brand of the report.
        expected: i64,
        /// The brand of the row.
        found: i64,
        /// The mart the row came from.
        table: &'static str,
    },
    /// A row counts all brands together (scope `all`).
    #[error("report of brand {expected} was given a row over all brands in {table}")]
    AllBrands {
        /// The brand of the report.
        expected: i64,
        /// The mart the row came from.
        table: &'static str,
    },
    /// The window is empty or longer than ten years.
    #[error("a report covers 1 to 3660 days, not {days}")]
    Days {
        /// The days asked for.
        days: u32,
    },
    /// The as-of day is outside the years a calendar can safely reckon with.
    #[error("the as-of day {day} is outside the years 1900 to 9998")]
    AsOfDay {
        /// The day asked for.
        day: NaiveDate,
    },
    /// A cell of the mart covers another window than the report.
    #[error("a takedown_sla row starts on {found}, but the report's period starts on {expected}")]
    AnotherPeriod {
        /// First day of the report's period.
        expected: NaiveDate,
        /// First day in the row.
        found: NaiveDate,
    },
    /// The same cell comes twice.
    #[error("takedown_sla has a cell twice: {cell}")]
    RepeatedCell {
        /// The cell's key in words.
        cell: String,
    },
    /// The aggregate mart and the row mart contradict each other.
    #[error("takedown_sla counts {sla} {figure}, but takedown_outcomes has {outcomes}")]
    Disagreement {
        /// The figure in question.
        figure: &'static str,
        /// What the aggregate says.
        sla: i64,
        /// What the rows say.
        outcomes: i64,
    },
    /// Figures on comments contradict each other or the report's window, or would give away another brand's.
    #[error("comment figures cannot be right: {detail}")]
    Comments {
        /// What is wrong with them.
        detail: String,
    },
    /// Counterfeit figures contradict each other, the contract or the report's day.
    #[error("counterfeit figures cannot be right: {detail}")]
    Prevalence {
        /// What is wrong with them.
        detail: String,
    },
    /// Figures on authorisations contradict each other or the report's window.
    #[error("authorisation figures cannot be right: {detail}")]
    Authorisations {
        /// What is wrong with them.
        detail: String,
    },
    /// Rows on reappearances contradict each other or the contract's tiers.
    #[error("reappearance figures cannot be right: {detail}")]
    Reappearance {
        /// What is wrong with them.
        detail: String,
    },
    /// A ranking of merchants contradicts itself or the report's window.
    #[error("risk figures cannot be right: {detail}")]
    Risk {
        /// What is wrong with them.
        detail: String,
    },
    /// An instant that no calendar can show.
    #[error("the instant {micros} (microseconds since the epoch) is outside the years 1900 to 9998")]
    Instant {
        /// Microseconds since the epoch.
        micros: i64,
    },
    /// A message file cannot be read.
    #[error("messages of locale {locale} are broken: {detail}")]
    Catalogue {
        /// The locale's word.
        locale: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// A message, or a value for one of its placeholders, is missing.
    #[error("message {key} of locale {locale} is missing or lacks a value")]
    Message {
        /// The locale's word.
        locale: &'static str,
        /// The message's key.
        key: String,
    },
    /// A template does not render.
    #[error("template does not render: {detail}")]
    Template {
        /// The template engine's words.
        detail: String,
    },
    /// A view does not serialise.
    #[error("view does not serialise: {detail}")]
    Json {
        /// The serialiser's words.
        detail: String,
    },
}
