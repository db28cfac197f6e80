//! The jobs, in an order in which each one's marts exist before it runs.

use crate::job::{Job, Need};
use crate::jobs::{
    BrandPrevalence, BrandReport, CommentSignals, EventSums, MerchantRisk, PilotPlan, Reappearance, SellerVetting,
    TakedownSla,
};

/// Every job, dependencies first.
pub const JOBS: &[&dyn Job] = &[
    &TakedownSla,
    &Reappearance,
    &SellerVetting,
    &CommentSignals,
    &EventSums,
    &MerchantRisk,
    &BrandPrevalence,
    &PilotPlan,
    &BrandReport,
];

/// The job of a name.
pub fn find(name: &str) -> Option<&'static dyn Job> {
    JOBS.iter().copied().find(|job| job.name() == name)
}

/// The job that writes a mart.
pub fn writer_of(mart: &str) -> Option<&'static dyn Job> {
    JOBS.iter().copied().find(|job| job.outputs().contains(&mart))
}

/// The jobs that run before a job, since it reads their marts.
pub fn upstream(job: &dyn Job) -> Vec<&'static str> {
    writers(job, |need| match need {
        Need::Mart(mart) | Need::Sums(mart) | Need::Window(mart) | Need::Earlier(mart) => Some(mart),
        Need::Table(_) => None,
    })
}

/// The jobs without whose marts a job cannot run.
pub fn required(job: &dyn Job) -> Vec<&'static str> {
    writers(job, |need| match need {
        Need::Mart(mart) | Need::Sums(mart) => Some(mart),
        Need::Table(_) | Need::Window(_) | Need::Earlier(_) => None,
    })
}

/// The jobs that make the sums of days that a job adds up: they run before it, wherever it is called.
pub fn summed_by(job: &dyn Job) -> Vec<&'static str> {
    writers(job, |need| match need {
        Need::Sums(mart) => Some(mart),
        Need::Table(_) | Need::Mart(_) | Need::Window(_) | Need::Earlier(_) => None,
    })
}

fn writers(job: &dyn Job, mart_of: fn(&Need) -> Option<&'static str>) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for need in job.needs() {
        if let Some(mart) = mart_of(need)
            && let Some(writer) = writer_of(mart)
            && writer.name() != job.name()
            && !names.contains(&writer.name())
        {
            names.push(writer.name());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supplied::SUPPLIED;

    #[test]
    fn every_mart_is_written_before_it_is_needed() {
        for (position, job) in JOBS.iter().enumerate() {
            for name in upstream(*job) {
                let written = JOBS.iter().position(|j| j.name() == name).expect("a registered job");
                assert!(written < position, "{} needs {name}, which runs later", job.name());
            }
            for need in job.needs() {
                match need {
                    Need::Table(table) => assert!(mirrorlake_lake::contract::Table::find(table).is_some(), "{table}"),
                    Need::Mart(mart) | Need::Sums(mart) | Need::Window(mart) | Need::Earlier(mart) => {
                        assert!(writer_of(mart).is_some(), "nobody writes {mart}")
                    }
                }
            }
        }
    }

    #[test]
    fn reductions_name_tables_and_columns_of_the_contract() {
        for reduction in mirrorlake_sql::reductions() {
            for input in &reduction.meta.inputs {
                if let Some((_, columns)) = SUPPLIED.iter().find(|(name, _)| *name == input.table) {
                    assert!(input.columns.iter().all(|c| columns.contains(&c.as_str())), "{}", reduction.name);
                    continue;
                }
                let table = mirrorlake_lake::contract::Table::find(&input.table).expect("a table of the contract");
                for column in &input.columns {
                    assert!(table.column(column).is_some(), "{}: {}.{column}", reduction.name, input.table);
                }
            }
        }
    }
}
