//! What the terminal can show, and messages that are no results.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use clap::ValueEnum;
use cloister_source::without_number;
use indicatif::{ProgressBar, ProgressStyle};

use crate::way_out::HELP;

/// Wider lines are hard to read, whatever the window.
const WIDEST: usize = 120;
/// Where there is no window.
const USUAL: usize = 80;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal only; never where NO_COLOR is set.
    Auto,
    Always,
    Never,
}

/// Standard output and standard error, as they are.
#[derive(Debug)]
pub struct Terminal {
    color: Color,
}

impl Terminal {
    pub fn new(color: Color) -> Terminal {
        Terminal { color }
    }

    /// Columns of standard output.
    pub fn width(&self) -> usize {
        let size = terminal_size::terminal_size_of(std::io::stdout());
        size.map_or(USUAL, |(width, _)| usize::from(width.0)).clamp(40, WIDEST)
    }

    /// Columns of the window where a person reads; `None` where another program does.
    pub fn window(&self) -> Option<usize> {
        std::io::stdout().is_terminal().then(|| self.width())
    }

    /// Whether standard output gets colour.
    pub fn colour(&self) -> bool {
        self.allows(std::io::stdout().is_terminal())
    }

    fn allows(&self, is_terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// A message that ends the program.
    pub fn error(&self, message: &str) {
        let colour = self.allows(std::io::stderr().is_terminal());
        let (bad, good, off) = if colour { ("\x1b[1;31m", "\x1b[32m", "\x1b[0m") } else { ("", "", "") };
        let (cause, help) = message.split_once(HELP).unwrap_or((message, ""));
        // The message may quote a file or a server.
        let clean = |text: &str| text.lines().map(cloister_report::clean).collect::<Vec<_>>().join("\n");
        let mut text = format!("{bad}error:{off} {}\n", clean(without_number(cause)));
        if !help.is_empty() {
            text.push_str(&format!("  {good}help:{off} {}\n", clean(help)));
        }
        // Nobody may be there to read it.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    /// A line that says what is going on, gone when it is done. Nothing where
    /// nobody watches.
    pub fn progress(&self) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}
