//! One file per job.

mod brand_prevalence;
mod brand_report;
mod comment_signals;
mod event_sums;
mod merchant_risk;
mod pilot_plan;
mod reappearance;
mod seller_vetting;
mod takedown_sla;

pub use brand_prevalence::BrandPrevalence;
pub use brand_report::BrandReport;
pub use comment_signals::CommentSignals;
pub use event_sums::EventSums;
pub use merchant_risk::MerchantRisk;
pub use pilot_plan::PilotPlan;
pub use reappearance::Reappearance;
pub use seller_vetting::SellerVetting;
pub use takedown_sla::TakedownSla;
