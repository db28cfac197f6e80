//! The one enumeration of exit codes.

/// How a run of any command ends, as the scheduler sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// Everything asked for is published, or was published before and is unchanged.
    Ok = 0,
    /// The program or the machine failed (disk full, no permission, a defect): look at the log.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// The input breaks the lake contract: the owner of the table has to act; a retry does not help.
    InputRefused = 3,
    /// A data check on the results failed: nothing was published.
    CheckFailed = 4,
    /// Another run holds the partition, or a store did not answer: try again later (sysexits' `EX_TEMPFAIL`).
    TryAgain = 75,
    /// Ended by Ctrl-C (128 + SIGINT); nothing was published.
    Interrupted = 130,
    /// Ended by SIGTERM (128 + SIGTERM); nothing was published.
    Terminated = 143,
}

impl ExitStatus {
    /// The number that the process ends with.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The word used in summaries and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::InputRefused => "input_refused",
            Self::CheckFailed => "check_failed",
            Self::TryAgain => "try_again",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }
}
