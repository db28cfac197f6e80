//! `mirrorlake demo`: everything on the sample lake.

use std::path::Path;

use mirrorlake_model::ExitStatus;
use mirrorlake_sample::{SampleSpec, write_sample_lake};

use super::daily;
use super::sample::with_causes;
use crate::args::{Common, FormatArgs, JobArgs, LakeArgs};
use crate::failure::Failure;
use crate::interrupt;
use crate::output;
use crate::registry::JOBS;
use crate::runner::Session;

/// The small lake of the repository.
const SAMPLES: &str = "data-samples/lake";
/// Where the demo writes.
const OUT: &str = "mirrorlake-demo";
/// Purchases that the demo plans, and the seed of the draw.
const PLAN_BUDGET: i64 = 300;
const PLAN_SEED: u64 = 1;

/// Runs the day over the repository's sample lake, or, elsewhere, over one made by the same recipe.
pub fn run(common: &Common) -> Result<ExitStatus, Failure> {
    let marts = format!("{OUT}/marts");
    let lake = if Path::new(SAMPLES).is_dir() { SAMPLES.to_owned() } else { made_lake()? };
    let args = JobArgs {
        lake: LakeArgs {
            lake: Some(lake.clone()),
            as_of: "latest".to_owned(),
            days: Some(35),
            allow_missing_days: false,
            store_options: Vec::new(),
        },
        marts: Some(marts.clone()),
        brand: None,
        output: FormatArgs { format: common.format },
        engine: "polars".to_owned(),
        force: false,
    };
    let mut session = Session::open(common, &args, JOBS)?;
    session.settings.pilot_plan.budget = Some(PLAN_BUDGET);
    session.settings.pilot_plan.seed = Some(PLAN_SEED);
    let (summaries, status) = daily::run_all(&session);
    daily::print(common, &session, &summaries, status)?;
    if status == ExitStatus::Ok && common.format == crate::args::Format::Table {
        let day = session.as_of.day;
        output::say(&format!(
            "\nThe lake:     {lake}\nThe marts:    {marts}\nLook at this: {marts}/reports/dt={day}/index.html\n"
        ))?;
    }
    Ok(status)
}

fn made_lake() -> Result<String, Failure> {
    let lake = format!("{OUT}/lake");
    if !Path::new(&lake).join("_truth/spec.json").is_file() {
        std::fs::create_dir_all(OUT)?;
        let stopped = || interrupt::requested();
        write_sample_lake(Path::new(&lake), &SampleSpec::small(), &mut |_| {}, &stopped).map_err(|e| {
            Failure::new(ExitStatus::Failed, format!("cannot make the sample lake: {}", with_causes(&e)))
        })?;
    }
    Ok(lake)
}
