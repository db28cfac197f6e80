//! Keeps `sql/` to what every engine understands alike, and `meta.toml` to what the queries do.
//!
//! - [`rules`]: the portable subset, as [`rules::lint`]; `sql/README.md` lists the rules and their reasons.
//! - [`broken`]: one query per rule that breaks it.
//! - [`names`]: which columns of which tables a query names, and what it calls its own.
//! - [`reductions`]: every folder against both.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod broken;
mod names;
mod reductions;
mod rules;
