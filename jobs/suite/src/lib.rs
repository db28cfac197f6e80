//! The suite: jobs, the runner that reads, checks, writes and times for them, and the command line.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the edge: it reads files, clocks or the environment for the rest"
)]

mod args;
mod catalogue;
mod commands;
mod comments;
mod failure;
mod interrupt;
mod job;
mod jobs;
mod output;
mod pilot;
mod prevalence;
mod reappearance;
mod registry;
mod risk;
mod runner;
mod sales;
mod settings;
mod supplied;
mod telemetry;
mod vetting;

use std::process::ExitCode;

use clap::Parser;
use mirrorlake_model::ExitStatus;

/// Parses the command line, runs the command, and ends with one of the exit codes of [`ExitStatus`].
#[must_use]
pub fn main() -> ExitCode {
    let words = args::with_program_name_as_job(std::env::args_os().collect());
    let parsed = match args::Cli::try_parse_from(&words) {
        Ok(parsed) => parsed.settled(),
        Err(error) => {
            let _ = error.print();
            let status = if error.use_stderr() { ExitStatus::Usage } else { ExitStatus::Ok };
            return ExitCode::from(status.code());
        }
    };
    if let Err(failure) = runner::threads::settle(&parsed.common) {
        telemetry::start(&parsed.common);
        return finish(Err(failure));
    }
    telemetry::start(&parsed.common);
    interrupt::listen();
    finish(commands::run(&parsed))
}

fn finish(result: Result<ExitStatus, failure::Failure>) -> ExitCode {
    let status = match result {
        Ok(status) => status,
        Err(failure) => {
            if !failure.is_reported() {
                tracing::error!(exit_code = failure.status().code(), "{failure}");
            }
            // What fails after a signal fails because of it.
            interrupt::status().unwrap_or(failure.status())
        }
    };
    ExitCode::from(status.code())
}
