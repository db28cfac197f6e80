//! Options of `pilot-plan`.

use clap::Args;

use super::JobArgs;

/// Options of `pilot-plan`; each has a key in the section pilot_plan of the configuration file.
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// The job's.
    #[command(flatten)]
    pub job: JobArgs,
    /// Purchases to plan
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub budget: Option<i64>,
    /// Random purchases that every brand gets at least, as far as it has listings and the budget reaches [default: 2]
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    pub per_brand_floor: Option<i64>,
    /// Share of the budget for the listings with most evidence against them; they estimate nothing [default: 0.2]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub targeted_share: Option<f64>,
    /// Seed of the draw: any whole number from 0; keep it, it reproduces the plan
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Days in which a listing that was bought from or planned is not planned again; keep it shorter than the time between plans [default: 27]
    #[arg(long, value_name = "DAYS")]
    pub cooling_off_days: Option<u32>,
}
