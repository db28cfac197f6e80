//! How a command fails: a message for a person, and the exit code for the scheduler.

use std::fmt;

use mirrorlake_engine::EngineError;
use mirrorlake_lake::LakeError;
use mirrorlake_model::ExitStatus;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    status: ExitStatus,
    message: String,
    reported: bool,
}

impl Failure {
    /// A failure with its exit code and message (lower case, no full stop).
    pub fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), reported: false }
    }

    /// A wrong command line or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Usage, message)
    }

    /// The exit code.
    pub const fn status(&self) -> ExitStatus {
        self.status
    }

    /// Whether the message has been logged: errors are logged once.
    pub const fn is_reported(&self) -> bool {
        self.reported
    }

    /// The same failure, with its message logged.
    pub const fn reported(mut self) -> Self {
        self.reported = true;
        self
    }

    /// The same failure, with words in front.
    pub fn context(mut self, words: &str) -> Self {
        self.message = format!("{words}: {}", self.message);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Self {
        Self::new(error.exit_status(), error.to_string())
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let status = match error {
            EngineError::Check { .. } => ExitStatus::CheckFailed,
            EngineError::Unknown(_) => ExitStatus::Usage,
            EngineError::Input { .. } => ExitStatus::InputRefused,
            EngineError::Failed { .. } | EngineError::Result { .. } => ExitStatus::Failed,
        };
        Self::new(status, error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(ExitStatus::Failed, error.to_string())
    }
}

/// The name in `known` nearest to `given`, if any is near.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&given.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// " (did you mean x?)", or nothing.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, known).map_or_else(String::new, |name| format!(" (did you mean {name}?)"))
}
