//! Who to look at first: from sums of days, state tables and other marts to ranked merchants.

mod evaluation;
mod evidence;
mod facts;
mod labels;
mod marts;
mod papers;
mod prices;
mod ranking;
mod read;
mod report;
mod sellers;
mod settings;
mod window;

pub use evaluation::{baselines, evaluate};
pub use facts::{Facts, Frame};
pub use marts::{takedowns, verdicts};
pub use ranking::Ranking;
pub use read::{ReadRow, available, missing_note, of_merchant, signals};
pub use report::RiskFigures;
pub use settings::RiskSettings;
