//! One file per job.

mod brand_report;
mod takedown_sla;

pub use brand_report::BrandReport;
pub use takedown_sla::TakedownSla;
