//! Logs and progress: words and bars for a person at a terminal, JSON lines for everything else.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing::Level;
use tracing_subscriber::fmt;

use crate::args::{Common, LogFormat};

/// Starts logging to standard error.
pub fn start(common: &Common) {
    let level = match i16::from(common.verbose) - i16::from(common.quiet) {
        ..=-1 => Level::ERROR,
        0 => Level::INFO,
        1 => Level::DEBUG,
        _ => Level::TRACE,
    };
    let terminal = std::io::stderr().is_terminal();
    let format = common.log.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json });
    let colour = terminal && std::env::var_os("NO_COLOR").is_none();
    match format {
        LogFormat::Text => {
            let builder = fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(colour);
            let _ = tracing::subscriber::set_global_default(builder.event_format(Plain { colour }).finish());
        }
        LogFormat::Json => {
            let builder = fmt().json().flatten_event(true).with_max_level(level).with_writer(std::io::stderr);
            let _ = tracing::subscriber::set_global_default(builder.with_current_span(false).finish());
        }
    }
}

/// Text lines as a person reads them: `error: …`, `warning: …`, and plain sentences for the rest.
struct Plain {
    colour: bool,
}

impl<S, N> fmt::FormatEvent<S, N> for Plain
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    N: for<'a> fmt::FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &fmt::FmtContext<'_, S, N>,
        mut writer: fmt::format::Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> std::fmt::Result {
        let (colour, word) = match *event.metadata().level() {
            Level::ERROR => ("\u{1b}[1;31m", "error: "),
            Level::WARN => ("\u{1b}[1;33m", "warning: "),
            Level::INFO => ("", ""),
            _ => ("\u{1b}[2m", "debug: "),
        };
        if self.colour && !colour.is_empty() {
            write!(writer, "{colour}{word}\u{1b}[0m")?;
        } else {
            writer.write_str(word)?;
        }
        let mut message = MessageOnly(String::new());
        event.record(&mut message);
        writeln!(writer, "{}", message.0)
    }
}

struct MessageOnly(String);

impl tracing::field::Visit for MessageOnly {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// A progress bar over `total` units on a terminal; nothing elsewhere, or with `-q`.
pub fn progress(what: &str, total: u64, quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if quiet || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        return bar;
    }
    let style = "{msg:24} {bar:32} {human_pos}/{human_len} {percent:>3}% {per_sec} {eta}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
