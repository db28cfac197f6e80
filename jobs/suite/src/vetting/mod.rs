//! Which merchants lack the papers that they need: from documents and sales to the rows of the marts.

mod exempt;
mod facts;
mod marts;
mod report;

pub use exempt::VettingSettings;
pub use facts::{Vetted, documents, too_large};
pub use marts::{brands_batch, exempted_batch, vetting_batch};
pub use report::AuthorisationFigures;
