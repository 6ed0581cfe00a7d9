//! The command line of least privilege.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::input::args::Cluster;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 done, 2 some log or input could not be read (the rest counts all the same), or nothing was there to count."
)]
pub struct Minimize {
    /// Audit logs: files, packed by gzip or not, folders of rotated ones, or - for standard input. Repeatable.
    #[arg(long, value_name = "PATH", num_args = 1.., required = true, help_heading = "Input")]
    pub audit_log: Vec<PathBuf>,

    /// The present roles and bindings: shows what would be taken away, and what nobody uses.
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Input")]
    pub from: Vec<PathBuf>,

    #[command(flatten)]
    pub present: Cluster,

    /// Count from then on: a day, a moment (RFC 3339), or a time ago (30d, 12h).
    #[arg(long, value_name = "TIME", help_heading = "What counts")]
    pub since: Option<String>,

    /// Count until then.
    #[arg(long, value_name = "TIME", help_heading = "What counts")]
    pub until: Option<String>,

    /// Only this user, or serviceaccount:NAMESPACE:NAME. Repeatable.
    #[arg(long, value_name = "SUBJECT", help_heading = "What counts")]
    pub subject: Vec<String>,

    /// More names than this become any name; or never. Names of Secrets, of token requests and of whom one may
    /// impersonate always stay.
    #[arg(long, value_name = "N", default_value = "20", help_heading = "What is generalised")]
    pub generalise_names: Limit,

    /// More namespaces than this become everywhere; or never.
    #[arg(long, value_name = "N", default_value = "never", help_heading = "What is generalised")]
    pub generalise_namespaces: Limit,

    /// text, json or yaml; =PATH writes to a file, or for yaml into a folder, a file for each subject. Repeatable.
    #[arg(short, long, value_name = "FORMAT[=PATH]", default_value = "text", help_heading = "Result")]
    pub output: Vec<Output>,
}

#[derive(Debug, Args)]
pub struct Roles {
    /// Files, folders, globs, charts, or - for standard input: the workloads [default: this folder].
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub present: Cluster,

    /// A folder for the files, which must not hold any yet [default: standard output].
    #[arg(short, long, value_name = "FOLDER", help_heading = "Result")]
    pub output: Option<PathBuf>,
}

/// A number, or `never`.
#[derive(Clone, Copy, Debug)]
pub struct Limit(pub Option<usize>);

impl std::str::FromStr for Limit {
    type Err = String;

    fn from_str(word: &str) -> Result<Limit, String> {
        if word == "never" {
            return Ok(Limit(None));
        }
        word.parse().map(|limit| Limit(Some(limit))).map_err(|_| "write a number, or never".to_owned())
    }
}

/// One `--output`.
#[derive(Clone, Debug)]
pub struct Output {
    pub format: Format,
    /// `None` is standard output.
    pub path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Yaml,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(argument: &str) -> Result<Output, String> {
        let (word, path) = match argument.split_once('=') {
            Some((_, "")) => return Err("the path after \"=\" has no name".to_owned()),
            Some((word, path)) => (word, Some(PathBuf::from(path))),
            None => (argument, None),
        };
        let format = Format::from_str(word, false).map_err(|_| "the formats are text, json and yaml".to_owned())?;
        Ok(Output { format, path })
    }
}
