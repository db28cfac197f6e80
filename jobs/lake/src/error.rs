//! What can go wrong between the lake and the marts, as a caller may match it.

use std::path::PathBuf;

use mirrorlake_model::ExitStatus;
use mirrorlake_model::text::printable;

/// Where in the lake a fault lies. Empty parts are unknown or do not apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Table.
    pub table: String,
    /// Partition, as `dt=YYYY-MM-DD`.
    pub partition: String,
    /// File, relative to its partition.
    pub file: String,
    /// Column.
    pub column: String,
    /// Row in the file, from 0.
    pub row: Option<u64>,
}

impl Place {
    /// A whole table.
    #[must_use]
    pub fn table(table: &str) -> Self {
        Self { table: table.to_owned(), ..Self::default() }
    }

    /// A file, given relative to the lake (`table/dt=…/name.parquet`).
    #[must_use]
    pub fn file(path: &str) -> Self {
        let mut parts = path.splitn(3, '/');
        Self {
            table: parts.next().unwrap_or_default().to_owned(),
            partition: parts.next().unwrap_or_default().to_owned(),
            file: parts.next().unwrap_or_default().to_owned(),
            ..Self::default()
        }
    }

    /// The same place, narrowed to a column.
    #[must_use]
    pub fn column(mut self, column: &str) -> Self {
        column.clone_into(&mut self.column);
        self
    }

    /// The same place, narrowed to a row of the file.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// The same place, in a partition.
    #[must_use]
    pub fn partition(mut self, partition: &str) -> Self {
        partition.clone_into(&mut self.partition);
        self
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "table {}", printable(&self.table, 200))?;
        for (name, value) in [("partition", &self.partition), ("file", &self.file), ("column", &self.column)] {
            if !value.is_empty() {
                write!(f, ", {name} {}", printable(value, 200))?;
            }
        }
        self.row.map_or(Ok(()), |row| write!(f, ", row {row}"))
    }
}

/// An error of the data path.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The lake, or a part of it, breaks the contract as a whole.
    #[error("{place}: {problem} [rule {rule}]; {advice}")]
    Refused {
        /// Where.
        place: Box<Place>,
        /// The rule's name.
        rule: &'static str,
        /// What was found.
        problem: String,
        /// What to do.
        advice: String,
    },
    /// There is no lake at the location.
    #[error("no lake at {location}: {problem}; pass the folder or prefix that holds the tables with --lake")]
    NoLake {
        /// The location given.
        location: String,
        /// What was found instead.
        problem: String,
    },
    /// A location that cannot be used at all.
    #[error("cannot use {location}: {problem}")]
    Location {
        /// The location given.
        location: String,
        /// Why not.
        problem: String,
    },
    /// Input changed under the run.
    #[error("{place}: changed while it was being read ({problem}); run again when its writer has finished")]
    Changed {
        /// Where.
        place: Box<Place>,
        /// What differs.
        problem: String,
    },
    /// Another run has, or took, the partition.
    #[error("{mart} {partition}: {problem}; try again later")]
    Contended {
        /// Mart or job.
        mart: String,
        /// Partition.
        partition: String,
        /// Who has it, as far as is known.
        problem: String,
    },
    /// A mart that is needed is missing or damaged.
    #[error("mart {mart} {partition}: {problem}; {advice}")]
    Mart {
        /// Mart.
        mart: String,
        /// Partition.
        partition: String,
        /// What was found.
        problem: String,
        /// What to do.
        advice: String,
    },
    /// A store that did not answer.
    #[error("{location}: {problem}; try again later")]
    Unavailable {
        /// What was asked for.
        location: String,
        /// The store's words, without credentials.
        problem: String,
    },
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The run was told to stop.
    #[error("stopped by a signal; nothing was published")]
    Cancelled,
    /// A defect of the suite.
    #[error("internal: {0}")]
    Internal(String),
}

impl LakeError {
    /// The exit code this error ends a run with.
    #[must_use]
    pub fn exit_status(&self) -> ExitStatus {
        match self {
            Self::Refused { .. } | Self::NoLake { .. } | Self::Mart { .. } => ExitStatus::InputRefused,
            Self::Location { .. } => ExitStatus::Usage,
            Self::Changed { .. } | Self::Contended { .. } | Self::Unavailable { .. } => ExitStatus::TryAgain,
            Self::Io { .. } | Self::Internal(_) | Self::Cancelled => ExitStatus::Failed,
        }
    }

    /// A refusal.
    pub(crate) fn refused(
        place: Place,
        rule: &'static str,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::Refused { place: Box::new(place), rule, problem: problem.into(), advice: advice.into() }
    }

    /// An I/O error with what was tried.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
