//! The real executable, its exit and its words.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The executable under test: `MIRRORLAKE_BIN`, else the one that Cargo has built for the tests.
pub fn executable() -> PathBuf {
    let path = std::env::var_os("MIRRORLAKE_BIN")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_mirrorlake")), PathBuf::from);
    path.canonicalize().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A command line on its way.
#[derive(Clone, Debug)]
pub struct Call {
    program: PathBuf,
    words: Vec<OsString>,
    folder: Option<PathBuf>,
}

impl Call {
    /// `mirrorlake` with a subcommand (or several words of one).
    pub fn new(words: &str) -> Self {
        Self { program: executable(), words: words.split_whitespace().map(OsString::from).collect(), folder: None }
    }

    /// The same with another program in front, such as a link.
    pub fn program(mut self, program: &Path) -> Self {
        program.clone_into(&mut self.program);
        self
    }

    /// One more word.
    pub fn arg(mut self, word: impl Into<OsString>) -> Self {
        self.words.push(word.into());
        self
    }

    /// More words, split at blanks.
    pub fn args(mut self, words: &str) -> Self {
        self.words.extend(words.split_whitespace().map(OsString::from));
        self
    }

    /// An option with its value.
    pub fn with(self, option: &str, value: impl Into<OsString>) -> Self {
        self.arg(option).arg(value)
    }

    /// The folder to run in.
    pub fn inside(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.words).stdin(Stdio::null());
        // The machine's own settings must not decide a test.
        for name in ["MIRRORLAKE_LAKE", "MIRRORLAKE_MARTS", "MIRRORLAKE_CONFIG"] {
            command.env_remove(name);
        }
        command.env("NO_COLOR", "1");
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    /// Runs to the end.
    pub fn run(&self) -> Output {
        let output = self.command().output().expect("the program starts");
        self.output(output)
    }

    /// Runs under a limit of address space in KiB, so that memory that grows without bound is seen as a failure.
    pub fn run_within(&self, kibibytes: u64) -> Output {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -v {kibibytes}; exec \"$@\""), "sh"]).arg(&self.program).args(&self.words);
        let output = command.env("NO_COLOR", "1").stdin(Stdio::null()).output().expect("sh starts");
        self.output(output)
    }

    /// Starts, and leaves it running.
    pub fn start(&self) -> Child {
        self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    /// What a started run came to.
    pub fn finish(&self, child: Child) -> Output {
        let output = child.wait_with_output().expect("the program ends");
        self.output(output)
    }

    fn output(&self, output: std::process::Output) -> Output {
        let words: Vec<String> = self.words.iter().map(|w| w.to_string_lossy().into_owned()).collect();
        Output {
            line: format!("{} {}", self.program.display(), words.join(" ")),
            code: output.status.code(),
            signal: output.status.signal(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Output {
    /// The command line, for messages.
    pub line: String,
    /// Exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Results.
    pub stdout: Vec<u8>,
    /// Logs and errors.
    pub stderr: String,
}

impl Output {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Everything there is to know, for a failed assertion.
    pub fn told(&self) -> String {
        let shown: String = self.text().chars().take(2_000).collect();
        let (line, code, signal, stderr) = (&self.line, self.code, self.signal, &self.stderr);
        format!("{line}\nexit code {code:?}, signal {signal:?}\n--- stderr\n{stderr}\n--- stdout\n{shown}")
    }

    /// Asserts the exit code, and that nobody panicked.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.told());
        assert!(!self.stderr.contains("panicked at"), "{}", self.told());
        self
    }

    /// Asserts success.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exits(0)
    }

    /// Asserts that the error message holds all of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "the message lacks {part:?}\n{}", self.told());
        }
        self
    }

    /// Asserts a refusal of the input that names all of these, in one line that begins with "error".
    #[track_caller]
    pub fn refused(self, parts: &[&str]) -> Self {
        self.fails(3, parts)
    }

    /// Asserts a failure with one error line that holds all of these.
    #[track_caller]
    pub fn fails(self, code: i32, parts: &[&str]) -> Self {
        let this = self.exits(code).says(parts);
        let errors =
            this.stderr.lines().filter(|l| l.contains("error")).filter(|l| parts.iter().all(|p| l.contains(p)));
        assert_eq!(errors.count(), 1, "one error line must say {parts:?}\n{}", this.told());
        this
    }

    /// The summary: the last line of standard output.
    #[track_caller]
    pub fn summary(&self) -> Value {
        let text = self.text();
        let last = text.lines().last().unwrap_or_else(|| panic!("no summary\n{}", self.told()));
        serde_json::from_str(last).unwrap_or_else(|e| panic!("the last line is not JSON ({e})\n{}", self.told()))
    }
}
