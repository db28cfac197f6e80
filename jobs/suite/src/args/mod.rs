//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::registry;

mod explain;
mod learn;
mod options;
mod plan;
mod tools;

pub use explain::{ExplainArgs, ExplainListing, ExplainWhat, MartsArgs};
pub use learn::{EvalArgs, EvalComments, EvalReappearance, EvalWhat, TrainArgs, TrainComments, TrainWhat};
pub use options::{CheckArgs, JobArgs, LakeArgs};
pub use plan::PlanArgs;
pub use tools::{ContractArgs, ContractFormat, SampleArgs, SqlAction, SqlArgs};

const EXAMPLES: &str = "\
Examples:
  mirrorlake demo                                          everything on the sample lake, into ./mirrorlake-demo
  mirrorlake takedown-sla --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake takedown-sla --lake s3://lake --marts s3://marts --as-of latest --format json
  mirrorlake daily --lake /data/lake --marts /data/marts --as-of 2026-11-16 --log json
  mirrorlake check --lake /data/lake --as-of latest        is the lake sound?

Exit codes: 0 ok, 1 failed, 2 usage, 3 input refused, 4 check failed, 75 try again later, 130/143 stopped by a signal";

/// Batch analytics against counterfeits on a marketplace: from lake snapshots to reports for brand owners.
#[derive(Debug, Parser)]
#[command(name = "mirrorlake", version, max_term_width = 110, after_help = EXAMPLES)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Configuration file (TOML); its keys are listed in the README
    #[arg(long, global = true, value_name = "FILE.toml", env = "MIRRORLAKE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Worker threads; results are the same at any number [default: all cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// How logs are written to standard error [default: text at a terminal, json elsewhere]
    #[arg(long, global = true, value_enum)]
    pub log: Option<LogFormat>,
    /// What goes to standard output; set from the command's own option.
    #[arg(skip)]
    pub format: Format,
    /// Say more (twice: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say only errors
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub quiet: u8,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Sentences.
    Text,
    /// One JSON object a line.
    Json,
}

/// What goes to standard output. (No global option, since `contract` has formats of its own.)
#[derive(Clone, Copy, Debug, Args)]
pub struct FormatArgs {
    /// What goes to standard output
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// What goes to standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// An aligned table of the most important rows.
    #[default]
    Table,
    /// All rows as CSV.
    Csv,
    /// All rows as JSON lines; the last line is the run's summary.
    Json,
    /// All rows as a Parquet file.
    Parquet,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// How fast claimed listings were taken down, against the limit
    #[command(after_help = "Examples:
  mirrorlake takedown-sla --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake takedown-sla --lake /data/lake --marts /data/marts --as-of latest --days 30 --format csv > sla.csv
  mirrorlake takedown-sla --lake /data/lake --marts /data/marts --as-of latest --brand 'Nordkamm'

Writes the marts takedown_outcomes and takedown_sla.")]
    TakedownSla(JobArgs),
    /// Which removed listings came back, as what, and how many of them by when
    #[command(after_help = "Examples:
  mirrorlake reappearance --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake reappearance --lake /data/lake --marts /data/marts --as-of latest --brand 'Nordkamm' --format csv > pairs.csv

Writes the marts reappearances (a row a removed listing and what it came back as), reappearance_rates and reappearance_curves
(the share that came back within some days, by brand), reappearance_removals (what was looked for), and what the next day's run
carries over. `mirrorlake explain listing ID` tells why a listing is among them.")]
    Reappearance(JobArgs),
    /// Which merchants lack licences and authorisations, and what they sold without them
    #[command(after_help = "Examples:
  mirrorlake seller-vetting --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake seller-vetting --lake /data/lake --marts /data/marts --as-of latest --days 30 --format csv > vetting.csv
  mirrorlake seller-vetting --lake /data/lake --marts /data/marts --as-of latest --brand 'Nordkamm'

Writes the marts seller_vetting (a row a merchant and issue), seller_vetting_exempted (rows that [[seller_vetting.exemption]] in
the configuration takes out, each with its reason) and seller_vetting_brands (sums by brand).")]
    SellerVetting(JobArgs),
    /// Counterfeit allegations in customers' comments, Chinese and English, day by day
    #[command(after_help = "Examples:
  mirrorlake comment-signals --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake comment-signals --lake /data/lake --marts /data/marts --as-of latest --days 7 --format csv > signals.csv

Writes the marts comment_signals (one row a comment) and comment_sums (one row a listing and day), a
partition for each day of comments in the window. Days that are done are not done again. table prints a line
a day; csv, json and parquet print the rows of comment_signals of all days in the window.")]
    CommentSignals(JobArgs),
    /// What each day's sales and refunds come to by listing: windows are sums of days
    #[command(after_help = "Examples:
  mirrorlake event-sums --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake event-sums --lake /data/lake --marts /data/marts --as-of latest --days 7 --format csv > sums.csv

Writes the marts sales_sums (a row a merchant, listing, brand, product and price) and refund_sums (a row a merchant, listing,
brand and reason), a partition for each event day in the window. Days that are done are not done again. merchant-risk adds
them up, and runs this job first where it is called by itself.")]
    EventSums(JobArgs),
    /// Which merchants to look at first, and why
    #[command(after_help = "Examples:
  mirrorlake merchant-risk --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake merchant-risk --lake /data/lake --marts /data/marts --as-of latest --brand 'Nordkamm'
  mirrorlake explain merchant 10017 --marts /data/marts --as-of 2026-11-16

Writes the marts merchant_risk (a row a merchant), merchant_brand_risk (a row a merchant and brand, ranked within the brand),
risk_evaluation (how well what was known before has foretold what was found since) and risk_labels (what train risk learns
from). Comment signals and reappearances count where comment-signals and reappearance have made them; what is missing is
said. table prints the first merchants; with --brand, those of the brand.")]
    MerchantRisk(JobArgs),
    /// How much of each brand's goods is counterfeit, by pilot purchases, with what else speaks of it
    #[command(after_help = "Examples:
  mirrorlake brand-prevalence --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake brand-prevalence --lake /data/lake --marts /data/marts --as-of latest --brand 'Nordkamm' --format json

Writes the marts brand_prevalence (a row a brand and weighting: listings, units, gmv) and pilot_progress
(how far the purchases have come). Figures that are not publishable stay in the mart with the reason;
reports do not print them. Comment signals are used where comment-signals has made them.")]
    BrandPrevalence(JobArgs),
    /// Which listings to buy from next: a probability sample with exact probabilities, and suspects beside it
    #[command(after_help = "Examples:
  mirrorlake pilot-plan --lake /data/lake --marts /data/marts --as-of 2026-11-16 --budget 500 --seed 20261116
  mirrorlake pilot-plan --lake /data/lake --marts /data/marts --as-of latest --budget 2000 --per-brand-floor 10 \\
      --targeted-share 0.3 --seed 7 --format csv > plan.csv

Writes the marts pilot_plan (a row a purchase), pilot_plan_strata (the design) and pilot_plan_brands (each
brand's part, and the interval's width before and after), and for the purchasing desk
purchase_desk/dt=<day>/pilot-plan.csv. Run brand-prevalence of the same day and --days first: purchases go
where its figures are least certain. The same seed on the same inputs draws the same plan.")]
    PilotPlan(PlanArgs),
    /// Reports for brand owners: an HTML page and report.json a brand, and an index over all brands
    #[command(after_help = "Examples:
  mirrorlake brand-report --lake /data/lake --marts /data/marts --as-of 2026-11-16
  mirrorlake brand-report --lake /data/lake --marts /data/marts --as-of 2026-11-16 --brand 7

Reads the marts of the same day and writes <marts>/reports/dt=<day>/.")]
    BrandReport(JobArgs),
    /// Run every job of a day in order, and end with a summary
    #[command(after_help = "Example:
  mirrorlake daily --lake /data/lake --marts /data/marts --as-of 2026-11-16 --log json

A failed job stops only the jobs that need its marts.")]
    Daily(JobArgs),
    /// Measure a job on labelled examples or on the truth of a sample lake
    Eval(EvalArgs),
    /// Tell why something is in a mart, with the evidence
    Explain(ExplainArgs),
    /// Train a detector's parameters on labelled examples
    Train(TrainArgs),
    /// Check the lake against its contract
    #[command(after_help = "Examples:
  mirrorlake check --lake /data/lake --as-of latest
  mirrorlake check --lake /data/lake --as-of 2026-11-16 --table claims --table takedowns
  mirrorlake check --lake /data/lake --as-of latest --marts /data/marts    and keep the quarantine")]
    Check(CheckArgs),
    /// Print the lake contract
    #[command(after_help = "Examples:
  mirrorlake contract --table takedowns
  mirrorlake contract --format odcs > contract.yaml    (Open Data Contract Standard 3.1)")]
    Contract(ContractArgs),
    /// The reductions: list them, show one, or explain how the engine would run it
    Sql(SqlArgs),
    /// List the jobs, what they read and write, and in which order they run
    Jobs(FormatArgs),
    /// Write a whole invented lake, with the truth beside it
    #[command(after_help = "Examples:
  mirrorlake sample-lake ./lake --sales 20000 --days 35 --seed 1
  mirrorlake sample-lake ./big --sales 100000000 --days 90 --seed 7")]
    SampleLake(SampleArgs),
    /// Run everything on the sample lake, into ./mirrorlake-demo
    Demo(FormatArgs),
    /// Make links, so that each job is a program of its own name
    #[command(after_help = "Example:
  mirrorlake link ~/bin && takedown-sla --lake /data/lake --marts /data/marts --as-of latest")]
    Link {
        /// Folder for the links
        dir: PathBuf,
    },
}

impl Cli {
    /// The same, with the command's output format among the common options.
    pub fn settled(mut self) -> Self {
        self.common.format = match &self.command {
            Command::TakedownSla(args)
            | Command::CommentSignals(args)
            | Command::EventSums(args)
            | Command::MerchantRisk(args)
            | Command::BrandPrevalence(args)
            | Command::Reappearance(args)
            | Command::SellerVetting(args)
            | Command::BrandReport(args)
            | Command::Daily(args) => args.output.format,
            Command::PilotPlan(args) => args.job.output.format,
            Command::Eval(EvalArgs { what: EvalWhat::Comments(args) }) => args.output.format,
            Command::Eval(EvalArgs { what: EvalWhat::Reappearance(args) }) => args.output.format,
            Command::Explain(ExplainArgs { what: ExplainWhat::Listing(args) }) => args.output.format,
            Command::Check(args) => args.output.format,
            Command::SampleLake(args) => args.output.format,
            Command::Jobs(output) | Command::Demo(output) => output.format,
            Command::Sql(SqlArgs { action: SqlAction::List(output) | SqlAction::Show { output, .. } }) => output.format,
            Command::Sql(_) | Command::Contract(_) | Command::Train(_) | Command::Link { .. } => Format::Table,
        };
        self
    }
}

/// Inserts the job's name where the program was called by it (`takedown-sla --as-of …` through a link).
pub fn with_program_name_as_job(mut words: Vec<OsString>) -> Vec<OsString> {
    let program = words.first().map(Path::new).and_then(Path::file_stem).and_then(|s| s.to_str());
    if let Some(job) = program.and_then(registry::find).map(|job| job.name()) {
        // The name is taken out of the first place, so that a usage line does not say it twice.
        words[0] = "mirrorlake".into();
        words.insert(1, job.into());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_link_runs_its_job() {
        let words = with_program_name_as_job(vec!["/bin/takedown-sla".into(), "--days".into()]);
        assert_eq!(words[1], "takedown-sla");
        let words = with_program_name_as_job(vec!["mirrorlake".into(), "jobs".into()]);
        assert_eq!(words.len(), 2);
    }
}
