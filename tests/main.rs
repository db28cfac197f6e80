//! The executable as its users see it: command lines in; exit codes, messages and files out.
//!
//! Each module is one question, and each test in it is one sentence that answers a part of it. No test looks into the
//! suite's code: `support` makes small lakes by hand, breaks them in one place, runs the program and reads the marts
//! with a Parquet reader of its own.
//!
//! They run the program that Cargo built for them; `MIRRORLAKE_BIN` names another one.

// Tests make files, start processes and read the environment: they are the edge.
#![allow(clippy::disallowed_methods)]

mod support;

// -- What if the lake is not what it should be? ----------------------------------------------------------------------

/// No lake, no table, no finished partition, or one that is too old.
mod presence;

/// Columns that are missing or of another type, and every layout that the contract accepts.
mod schema;

/// Rows that break a rule: counted, quarantined, and too many of them refused.
mod rows;

/// Repeated keys within and across row groups and files, and references to rows that are not there.
mod keys;

/// Files that are truncated, bent or not what they say: refused by name, and never a crash.
mod damage;

/// Small files that decode to very large ones.
mod bombs;

/// What careful readers of the first version found: sound tables that were refused, and faults that slipped through.
mod found;

/// Event tables: business days, missing days, repeats between days.
mod events;

// -- Are the figures right? ------------------------------------------------------------------------------------------

/// Sixteen takedowns that cover every line of the definitions, and the marts that follow by hand.
mod golden;

/// Violations, the cap on listings and the limit, as configured.
mod configured;

/// Figures that must add up in any lake.
mod property;

/// What customers say: comment by comment, day by day, in reports, and how the detector is trained and measured.
mod comments;

/// How much of a brand's goods is counterfeit: estimates, bounds, suppression, indicators, progress, and their reports.
mod prevalence;

/// Where to buy next: the draw and its probabilities, cooling-off, the desk's list, and the way back to the estimates.
mod plan;

/// Whom to look at first: sums of days, signals by hand, the ranking, what explains, trains and measures it.
mod risk;

/// Removed listings that come back: each line of the definitions, days that carry over, rates, explained and measured.
mod reappearance;

/// Which merchants lack licences and authorisations: rows by hand, exemptions, and their reports.
mod vetting;

// -- What is published, and when? ------------------------------------------------------------------------------------

/// Unchanged, forced and changed runs; threads; locks.
mod publishing;

/// Ctrl-C and SIGTERM publish nothing.
mod signals;

/// Marts that cannot be written, and disks that are full.
mod storage;

/// Several jobs of a day.
mod daily;

/// Reports hold one brand's rows, and what its marts say.
mod reports;

// -- Is the program pleasant to use? ---------------------------------------------------------------------------------

/// Wrong options, unknown names, configuration.
mod usage;

/// Tables, CSV, JSON lines and Parquet on standard output.
mod formats;

/// `contract`, `sql`, `jobs`, `check`, `sample-lake`, `link` and `demo`.
mod commands;

// -- Is the house in order? ------------------------------------------------------------------------------------------

/// The invariants of ARCHITECTURE.md.
mod invariants;
