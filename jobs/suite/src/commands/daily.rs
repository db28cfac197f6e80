//! `mirrorlake daily`: every job of a day, in order.

use chrono::NaiveDate;
use mirrorlake_lake::marts::mart_days;
use mirrorlake_model::ExitStatus;

use super::{print_summary, whole_day_stays_whole};
use crate::args::{Common, Format, JobArgs};
use crate::failure::Failure;
use crate::interrupt;
use crate::job::Job;
use crate::output;
use crate::registry::{JOBS, required};
use crate::runner::{self, Session, Summary};

/// Runs the jobs; a failed one stops only those that need its marts.
pub fn run(common: &Common, args: &JobArgs) -> Result<ExitStatus, Failure> {
    super::supported(common.format, "daily")?;
    let mut session = Session::open(common, args, JOBS)?;
    for job in JOBS {
        whole_day_stays_whole(&mut session, *job)?;
    }
    let (summaries, status) = run_all(&session);
    print(common, &session, &summaries, status)?;
    Ok(status)
}

/// Runs the jobs of a session.
pub fn run_all(session: &Session) -> (Vec<Summary>, ExitStatus) {
    let mut summaries: Vec<Summary> = Vec::new();
    let mut failed: Vec<&'static str> = Vec::new();
    let mut statuses = Vec::new();
    for job in JOBS {
        if let Some(missing) = job.missing(&session.settings) {
            tracing::info!(job = job.name(), "{} is left out: {missing}", job.name());
            continue;
        }
        if let Some(recent) = recent_plan(session, *job) {
            tracing::info!(job = job.name(), "{} is left out: the plan of {recent} is what is bought now", job.name());
            continue;
        }
        let blocking = required(*job).into_iter().find(|name| failed.contains(name));
        if interrupt::requested() {
            break;
        }
        if let Some(blocking) = blocking {
            let mut summary = Summary::empty(job.name(), session.as_of);
            summary.error = Some(format!("needs the marts of {blocking}, which failed"));
            // It has not done its work either; the failed job's code says whether trying again helps.
            summary.exit_code = summaries.iter().find(|s| s.job == blocking).map_or(1, |s| s.exit_code);
            tracing::warn!(job = job.name(), "{}: skipped, since it needs the marts of {blocking}", job.name());
            failed.push(job.name());
            summaries.push(summary);
            continue;
        }
        let (summary, failure) = runner::run(session, *job);
        if let Some(failure) = failure {
            failed.push(job.name());
            statuses.push(failure.status());
        }
        summaries.push(summary);
    }
    (summaries, interrupt::status().unwrap_or(overall(&statuses)))
}

/// The day of an earlier plan that is younger than the configured cadence: to plan every day would spend the budget every
/// day. A plan of the day itself is made, or found unchanged.
fn recent_plan(session: &Session, job: &dyn Job) -> Option<NaiveDate> {
    if job.name() != "pilot-plan" {
        return None;
    }
    let first = session.as_of.window_start(session.settings.pilot_plan.every_days);
    let days = mart_days(&session.marts, "pilot_plan").unwrap_or_default();
    days.into_iter().rfind(|day| (first..session.as_of.day).contains(day))
}

/// The exit code of a day: a failure that a person must look at wins over one that passes by itself.
fn overall(statuses: &[ExitStatus]) -> ExitStatus {
    let lasting = statuses.iter().find(|s| **s != ExitStatus::TryAgain);
    lasting.or(statuses.first()).copied().unwrap_or(ExitStatus::Ok)
}

pub fn print(common: &Common, session: &Session, summaries: &[Summary], status: ExitStatus) -> Result<(), Failure> {
    if common.format == Format::Json {
        for summary in summaries {
            print_summary(common, summary)?;
        }
        let mut total = Summary::empty("daily", session.as_of);
        status.word().clone_into(&mut total.status);
        total.exit_code = status.code();
        total.rows_in = summaries.iter().map(|s| s.rows_in).sum();
        total.rows_quarantined = summaries.iter().map(|s| s.rows_quarantined).sum();
        total.rows_out = summaries.iter().map(|s| s.rows_out).sum();
        total.outputs = summaries.iter().flat_map(|s| s.outputs.clone()).collect();
        total.seconds = summaries.iter().map(|s| s.seconds).sum();
        return print_summary(common, &total);
    }
    let rows: Vec<Vec<String>> = summaries
        .iter()
        .map(|s| {
            vec![
                s.job.clone(),
                s.status.clone(),
                s.rows_in.to_string(),
                s.rows_quarantined.to_string(),
                s.rows_out.to_string(),
                format!("{:.1}", s.seconds),
            ]
        })
        .collect();
    let header = ["job", "status", "rows_in", "quarantined", "rows_out", "seconds"];
    output::listing(&header, &rows, common.format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_failure_wins_over_a_passing_one() {
        assert_eq!(overall(&[]), ExitStatus::Ok);
        assert_eq!(overall(&[ExitStatus::TryAgain]), ExitStatus::TryAgain);
        assert_eq!(overall(&[ExitStatus::TryAgain, ExitStatus::InputRefused]), ExitStatus::InputRefused);
    }
}
