//! Who to look at first: from sums of days, state tables and other marts to ranked merchants.

mod evaluation;
mod evidence;
mod facts;
mod labels;
mod marts;
mod papers;
mod prices;
mod ranking;
mod sellers;
mod settings;
mod window;

pub use evaluation::evaluate;
pub use facts::Facts;
pub use ranking::Ranking;
pub use settings::RiskSettings;
