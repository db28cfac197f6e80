//! `mirrorlake jobs`: the jobs, what they read and write, and their order.

use mirrorlake_model::ExitStatus;
use serde_json::json;

use crate::args::{Common, Format};
use crate::failure::Failure;
use crate::job::Need;
use crate::output;
use crate::registry::{JOBS, upstream};

/// Prints the registry.
pub fn run(common: &Common) -> Result<ExitStatus, Failure> {
    super::supported(common.format, "jobs")?;
    let mut lines = Vec::new();
    for (position, job) in JOBS.iter().enumerate() {
        let names = |marts: bool| -> Vec<&str> {
            job.needs()
                .iter()
                .filter_map(|need| match need {
                    Need::Table(table) if !marts => Some(*table),
                    Need::Mart(mart) | Need::Sums(mart) | Need::Window(mart) | Need::Earlier(mart) if marts => {
                        Some(*mart)
                    }
                    _ => None,
                })
                .collect()
        };
        lines.push((position + 1, *job, names(false), names(true), upstream(*job)));
    }
    if common.format == Format::Json {
        for (order, job, tables, marts, after) in &lines {
            let line = json!({
                "order": order, "job": job.name(), "about": job.about(), "tables": tables, "marts": marts,
                "after": after, "outputs": job.outputs(),
            });
            output::say(&format!("{line}\n"))?;
        }
        return Ok(ExitStatus::Ok);
    }
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|(order, job, tables, marts, after)| {
            let mut inputs: Vec<String> = tables.iter().map(|t| (*t).to_owned()).collect();
            inputs.extend(marts.iter().map(|m| format!("marts.{m}")));
            let after = if after.is_empty() { "–".to_owned() } else { after.join(", ") };
            vec![order.to_string(), job.name().to_owned(), inputs.join(", "), job.outputs().join(", "), after]
        })
        .collect();
    output::listing(&["order", "job", "reads", "writes", "after"], &rows, common.format)?;
    if common.format == Format::Csv {
        return Ok(ExitStatus::Ok);
    }
    output::say("\n")?;
    for (_, job, ..) in &lines {
        output::say(&format!("  {:14} {}\n", job.name(), job.about()))?;
    }
    Ok(ExitStatus::Ok)
}
