//! The subcommands. Each one is short: what is long lives in a job or the runner.

mod check;
mod contract;
mod daily;
mod demo;
mod eval;
mod explain;
mod jobs;
mod link;
mod rows;
mod sample;
mod sql;
mod train;

use chrono::NaiveDate;
use mirrorlake_lake::Location;
use mirrorlake_lake::marts::mart_days;
use mirrorlake_model::ExitStatus;

use crate::args::{Cli, Command, Common, Format, JobArgs, MartsArgs, PlanArgs};
use crate::failure::Failure;
use crate::job::Job;
use crate::output;
use crate::registry;
use crate::runner::{self, Session, Summary};
use crate::settings::Settings;

/// Runs the command.
pub fn run(cli: &Cli) -> Result<ExitStatus, Failure> {
    let common = &cli.common;
    match &cli.command {
        Command::TakedownSla(args) => job(common, args, "takedown-sla"),
        Command::Reappearance(args) => job(common, args, "reappearance"),
        Command::SellerVetting(args) => job(common, args, "seller-vetting"),
        Command::BrandReport(args) => job(common, args, "brand-report"),
        Command::BrandPrevalence(args) => job(common, args, "brand-prevalence"),
        Command::PilotPlan(args) => plan(common, args),
        Command::CommentSignals(args) => job(common, args, "comment-signals"),
        Command::EventSums(args) => job(common, args, "event-sums"),
        Command::MerchantRisk(args) => job(common, args, "merchant-risk"),
        Command::Daily(args) => or_summary(common, "daily", &args.lake.as_of, daily::run(common, args)),
        Command::Check(args) => or_summary(common, "check", &args.lake.as_of, check::run(common, args)),
        Command::Contract(args) => contract::run(args),
        Command::Eval(args) => eval::run(common, args),
        Command::Explain(args) => explain::run(common, args),
        Command::Train(args) => train::run(common, args),
        Command::Sql(args) => sql::run(common, args),
        Command::Jobs(_) => jobs::run(common),
        Command::SampleLake(args) => or_summary(common, "sample-lake", "", sample::run(common, args)),
        Command::Demo(_) => demo::run(common),
        Command::Link { dir } => link::run(dir),
    }
}

fn job(common: &Common, args: &JobArgs, name: &str) -> Result<ExitStatus, Failure> {
    job_with(common, args, name, |_| Ok(()))
}

/// Runs `pilot-plan`: its options win over the configuration file's.
fn plan(common: &Common, args: &PlanArgs) -> Result<ExitStatus, Failure> {
    job_with(common, &args.job, "pilot-plan", |settings| {
        let plan = &mut settings.pilot_plan;
        plan.budget = args.budget.or(plan.budget);
        plan.seed = args.seed.or(plan.seed);
        plan.per_brand_floor = args.per_brand_floor.unwrap_or(plan.per_brand_floor);
        plan.targeted_share = args.targeted_share.unwrap_or(plan.targeted_share);
        plan.cooling_off_days = args.cooling_off_days.unwrap_or(plan.cooling_off_days);
        plan.validate().map_err(Failure::usage)
    })
}

fn job_with(
    common: &Common,
    args: &JobArgs,
    name: &str,
    adjust: impl FnOnce(&mut Settings) -> Result<(), Failure>,
) -> Result<ExitStatus, Failure> {
    let job = registry::find(name).ok_or_else(|| Failure::usage(format!("unknown job {name}")))?;
    supported(common.format, name)?;
    let opened = Session::open(common, args, &[job]).and_then(|mut session| {
        adjust(&mut session.settings)?;
        if let Some(missing) = job.missing(&session.settings) {
            return Err(Failure::usage(missing));
        }
        whole_day_stays_whole(&mut session, job)?;
        Ok(session)
    });
    let mut session = match opened {
        Ok(session) => session,
        Err(failure) => return or_summary(common, name, &args.lake.as_of, Err(failure)),
    };
    // A job that adds up sums of days makes those that are missing: it works on its own. Days that are done stay as they are,
    // even where the job itself is to be done again.
    let force = std::mem::take(&mut session.force);
    for before in registry::summed_by(job).into_iter().filter_map(registry::find) {
        if let (summary, Some(failure)) = runner::run(&session, before) {
            print_summary(common, &summary)?;
            return Err(failure);
        }
    }
    session.force = force;
    let (summary, failure) = runner::run(&session, job);
    let printed = if failure.is_none() { rows::print(&session, job) } else { Ok(()) };
    print_summary(common, &summary)?;
    printed?;
    failure.map_or(Ok(ExitStatus::Ok), Err)
}

/// The marts that a command reads without a lake, and the day that it asks for: given, or the newest of a mart.
///
/// # Errors
///
/// Usage failures, and that the mart has not been made.
pub fn marts_of(common: &Common, args: &MartsArgs, mart: &str) -> Result<(Location, NaiveDate), Failure> {
    let settings = runner::marts_settings(common, args)?;
    let marts = runner::location(settings.marts.as_deref(), "--marts", &settings)?;
    if args.as_of == "latest" {
        let newest = mart_days(&marts, mart)?.pop().ok_or_else(|| {
            let message =
                format!("{} holds no finished partition of the mart {mart}; run its job first", marts.display());
            Failure::new(ExitStatus::InputRefused, message)
        })?;
        return Ok((marts, newest));
    }
    Ok((marts, runner::day(&args.as_of)?))
}

/// Refuses formats that a command has no rows for.
pub fn supported(format: Format, command: &str) -> Result<(), Failure> {
    let fits = match command {
        "takedown-sla" | "comment-signals" | "event-sums" | "merchant-risk" | "brand-prevalence" | "pilot-plan"
        | "seller-vetting" | "reappearance" => true,
        "brand-report" | "explain" => matches!(format, Format::Table | Format::Json),
        _ => format != Format::Parquet,
    };
    if fits { Ok(()) } else { Err(Failure::usage(format!("{command} has no rows to print in this --format"))) }
}

/// Where the day's reports are published as a whole, one brand's are not put in their place: the manifest and the
/// index would no longer tell the truth. The whole day is made again, if anything has changed.
pub fn whole_day_stays_whole(session: &mut Session, job: &dyn Job) -> Result<(), Failure> {
    let day = session.as_of.day;
    if session.brand.is_some() && job.outputs() == ["reports"] && mart_days(&session.marts, "reports")?.contains(&day) {
        tracing::info!("the reports of {day} are published as a whole, so --brand does not limit this run");
        session.brand = None;
    }
    Ok(())
}

/// A run that could not begin still ends with the summary line that a scheduler expects.
fn or_summary(
    common: &Common,
    command: &str,
    as_of: &str,
    result: Result<ExitStatus, Failure>,
) -> Result<ExitStatus, Failure> {
    let Err(failure) = result else { return result };
    if common.format == Format::Json {
        let line = serde_json::json!({
            "job": command,
            "status": failure.status().word(),
            "exit_code": failure.status().code(),
            "as_of": as_of,
            "error": failure.to_string(),
        });
        output::say(&format!("{line}\n"))?;
    }
    Err(failure)
}

/// The one-line summary, last on standard output with `--format json`.
fn print_summary(common: &Common, summary: &Summary) -> Result<(), Failure> {
    if common.format != Format::Json {
        return Ok(());
    }
    let line = serde_json::to_string(summary).map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?;
    output::say(&format!("{line}\n"))
}
