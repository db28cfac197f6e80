//! Who to look at first: from sums of days, state tables and other marts to ranked merchants.

mod evidence;
mod facts;
mod marts;
mod papers;
mod prices;
mod ranking;
mod sellers;
mod settings;
mod window;

pub use facts::Facts;
pub use ranking::Ranking;
pub use settings::RiskSettings;
