//! The arguments of `cloister alert`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Tell people: who can be told, and whether it arrives.
#[derive(Debug, Args)]
pub struct Alert {
    #[command(subcommand)]
    pub command: AlertCommand,
}

#[derive(Debug, Subcommand)]
pub enum AlertCommand {
    /// Send a test to receivers, and say what each answered.
    Test(Test),
}

/// Send a test to receivers, and say what each answered.
///
/// Connects to the receivers of the configuration, and to nothing else. The message
/// says that it is a test and that nothing happened.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 every receiver took it, 1 one did not, 2 the configuration could not be read.")]
pub struct Test {
    /// The AlertConfiguration (docs/alerts.md).
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,

    /// Only this receiver [default: all]. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub receiver: Vec<String>,

    /// Who tries it: stands in the message and in the result.
    #[arg(long, value_name = "TEXT")]
    pub by: Option<String>,

    /// text, or json: one document.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}
