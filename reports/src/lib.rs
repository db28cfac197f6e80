//! How it is told: view structs, wording, charts and templates of the reports that brand owners receive.
//!
//! Everything here is a pure function: rows in, text out. Nothing reads a file, a clock or an environment variable,
//! and nothing depends on Polars or Arrow, so that this room builds and tests in seconds.
//!
//! The way of a report:
//!
//! 1. [`BrandReportInput::new`] takes one brand's rows and refuses any row of another brand, and figures that
//!    contradict each other. It is the only door in.
//! 2. [`ReportView::build`] turns them into a view that holds every number shown, raw and as text in the locale.
//! 3. [`report_json`] and [`Renderer`] render that view and nothing else, so that formats cannot diverge.
//!
//! Wording lives in `locales/`, layout in `templates/`, drawing in [`chart`].

pub mod chart;
mod error;
mod format;
mod input;
mod locale;
mod messages;
mod render;
pub mod view;

pub use error::ReportError;
pub use input::{
    AuthorisationInput, AuthorisationLine, AuthorisationSum, BrandInfo, BrandReportInput, BrandReportParts,
    CommentInput, CommentListing, CommentWeek, EvidenceWords, PrevalenceHistory, PrevalenceInput, PrevalenceRow,
    PurchasePlan, PurchaseProgress, ReappearanceInput, ReasonCode, RiskInput, RiskMerchant, RiskReason, RiskSignals,
    RiskTier, RiskTierScores, RiskTierSum, SignalGroup, Suppression, ToldEstimate, Weighting,
};
pub use locale::Locale;
pub use render::{Renderer, index_json, report_json};
pub use view::index::{IndexBrand, IndexInput, IndexView};
pub use view::{ReportView, Shown};
