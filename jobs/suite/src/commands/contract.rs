//! `mirrorlake contract`: the lake contract, for reading or as data.

use mirrorlake_lake::contract::{self, TABLES, Table};
use mirrorlake_model::ExitStatus;

use crate::args::{ContractArgs, ContractFormat};
use crate::failure::{Failure, did_you_mean};
use crate::output;

/// The table of a name, or a usage failure with the nearest name.
pub fn table(name: &str) -> Result<&'static Table, Failure> {
    Table::find(name).ok_or_else(|| {
        let near = did_you_mean(name, TABLES.iter().map(|t| t.name));
        let all: Vec<&str> = TABLES.iter().map(|t| t.name).collect();
        Failure::usage(format!("unknown table {name}{near}; the tables are: {}", all.join(", ")))
    })
}

/// Prints the contract.
pub fn run(args: &ContractArgs) -> Result<ExitStatus, Failure> {
    let tables: Vec<&Table> = match &args.table {
        Some(name) => vec![table(name)?],
        None => TABLES.iter().collect(),
    };
    let text = match args.contract_format {
        ContractFormat::Text => contract::text(&tables),
        ContractFormat::Json => format!("{:#}\n", contract::json(&tables)),
        ContractFormat::Odcs => contract::odcs(&tables),
    };
    output::say(&text)?;
    Ok(ExitStatus::Ok)
}
