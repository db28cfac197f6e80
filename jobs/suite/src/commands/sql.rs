//! `mirrorlake sql`: what is counted.

use mirrorlake_engine::Input;
use mirrorlake_lake::contract::Table;
use mirrorlake_model::ExitStatus;
use mirrorlake_sql::{Reduction, Severity, reductions};

use crate::args::{Common, Format, FormatArgs, JobArgs, LakeArgs, SqlAction, SqlArgs};
use crate::failure::{Failure, did_you_mean};
use crate::output;
use crate::runner::{Session, check_tables, select_tables};
use crate::supplied;

/// Lists, shows or explains reductions.
pub fn run(common: &Common, args: &SqlArgs) -> Result<ExitStatus, Failure> {
    super::supported(common.format, "sql")?;
    match &args.action {
        SqlAction::List(_) => list(common),
        SqlAction::Show { name, .. } => show(common, find(name)?),
        SqlAction::Explain { name, lake, as_of, engine } => {
            explain(common, find(name)?, lake.as_deref(), as_of, engine)
        }
    }?;
    Ok(ExitStatus::Ok)
}

fn find(name: &str) -> Result<&'static Reduction, Failure> {
    mirrorlake_sql::find(name).ok_or_else(|| {
        let near = did_you_mean(name, reductions().iter().map(|r| r.name));
        let all: Vec<&str> = reductions().iter().map(|r| r.name).collect();
        Failure::usage(format!("unknown reduction {name}{near}; the reductions are: {}", all.join(", ")))
    })
}

fn list(common: &Common) -> Result<(), Failure> {
    let tables = |r: &Reduction| r.meta.inputs.iter().map(|i| i.table.clone()).collect::<Vec<_>>();
    if common.format == Format::Json {
        for r in reductions() {
            let line = serde_json::json!({
                "name": r.name, "grain": r.meta.grain, "inputs": tables(r), "owner": r.meta.owner,
                "description": r.meta.description.trim(),
            });
            output::say(&format!("{line}\n"))?;
        }
        return Ok(());
    }
    let rows: Vec<Vec<String>> = reductions()
        .iter()
        .map(|r| {
            let grain = if r.meta.grain.is_empty() { "–".to_owned() } else { r.meta.grain.join(", ") };
            vec![r.name.to_owned(), grain, tables(r).join(", "), r.checks.len().to_string()]
        })
        .collect();
    output::listing(&["reduction", "grain", "reads", "checks"], &rows, common.format)
}

fn show(common: &Common, reduction: &Reduction) -> Result<(), Failure> {
    if common.format == Format::Json {
        let text = serde_json::to_string(reduction).map_err(|e| Failure::new(ExitStatus::Failed, e.to_string()))?;
        return output::say(&format!("{text}\n"));
    }
    let rows: Vec<Vec<String>> = reduction
        .meta
        .columns
        .iter()
        .map(|c| {
            let nullable = if c.nullable { "*" } else { "" };
            vec![format!("{}{nullable}", c.name), c.column_type.word().to_owned(), c.description.trim().to_owned()]
        })
        .collect();
    let mut text = format!("{}\n{}\n\n{}\n", reduction.name, reduction.meta.description.trim(), reduction.query.trim());
    text.push_str(&format!("\n{}", output::aligned(&["column (* nullable)", "type", "meaning"], &rows)));
    for check in &reduction.checks {
        let severity = if check.severity == Severity::Fail { "fail" } else { "warn" };
        text.push_str(&format!("\n-- {severity}: {}\n{};\n", check.name, check.query.trim()));
    }
    output::say(&text)
}

fn explain(
    common: &Common,
    reduction: &'static Reduction,
    lake: Option<&str>,
    as_of: &str,
    engine: &str,
) -> Result<(), Failure> {
    let tables: Vec<&'static Table> = reduction.meta.inputs.iter().filter_map(|i| Table::find(&i.table)).collect();
    let (_made, lake) = match lake {
        Some(lake) => (None, lake.to_owned()),
        None => {
            let made = empty_lake(&tables)?;
            let path = made.path().display().to_string();
            (Some(made), path)
        }
    };
    let args = JobArgs {
        lake: LakeArgs {
            lake: Some(lake),
            as_of: as_of.to_owned(),
            days: None,
            allow_missing_days: true,
            store_options: Vec::new(),
        },
        marts: Some(".".to_owned()),
        brand: None,
        output: FormatArgs { format: common.format },
        engine: engine.to_owned(),
        force: false,
    };
    let session = Session::open_for_tables(common, &args, &tables)?;
    let checked = check_tables(&session, &select_tables(&session, &tables)?)?;
    let mut inputs: Vec<Input<'_>> = checked.iter().map(Input::Checked).collect();
    let mut supplied = Vec::new();
    for input in &reduction.meta.inputs {
        supplied.extend(supplied::example(&input.table, session.as_of)?.map(|batch| (input.table.as_str(), batch)));
    }
    inputs.extend(supplied.iter().map(|(name, batch)| Input::Batch(name, batch)));
    let plan = session.engine.explain(reduction, &inputs)?;
    output::say(&format!("engine {}\n{}\n", session.engine.name(), plan.trim_end()))
}

/// A lake of empty tables: a plan needs types, not rows.
fn empty_lake(tables: &[&'static Table]) -> Result<tempfile::TempDir, Failure> {
    use mirrorlake_lake::{parquet_write::parquet_writer, schema::canonical_schema};
    let folder = tempfile::tempdir()?;
    let fail = |e: mirrorlake_lake::parquet_write::ParquetError| Failure::new(ExitStatus::Failed, e.to_string());
    for table in tables {
        let partition = folder.path().join(table.name).join("dt=2026-01-01");
        std::fs::create_dir_all(&partition)?;
        let file = std::fs::File::create(partition.join("empty.parquet"))?;
        parquet_writer(file, canonical_schema(table)).and_then(|w| w.close()).map_err(fail)?;
        std::fs::File::create(partition.join("_SUCCESS"))?;
    }
    Ok(folder)
}
