//! The command line of `cloister detect`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cloister_detect::Confidence;
use cloister_detect::locate;

/// Find personal data and credentials in files: exports, dumps, logs, archives.
///
/// Reads text, CSV, JSON, JSON lines, XML, YAML, SQL dumps and logs, in UTF-8 or UTF-16, packed as
/// gz, zst, zip or tar too, of any length and in bounded memory. Values are never shown: a
/// detection says where, what, how sure, and a keyed hash where there is a key for it.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Exit status: 0 nothing at or over --fail-on, 1 something, 2 some input could not be read (the rest was) or there was none."
)]
pub struct Detect {
    #[command(subcommand)]
    pub command: Option<DetectCommand>,

    #[command(flatten)]
    pub search: Search,
}

#[derive(Debug, Subcommand)]
pub enum DetectCommand {
    /// Hold the detectors of a profile against their examples.
    Test(Test),
    /// List everything that can be recognised, by category.
    Kinds(Kinds),
    /// Make and change the keys of keyed hashes.
    Key(Key),
}

#[derive(Debug, Args)]
pub struct Search {
    /// Files, folders, globs, or - for standard input [default: this folder].
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// A DetectionProfile: thresholds, allow-lists, rules, own detectors.
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,

    /// How sure a detection must be, where the profile does not say.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub threshold: Option<Level>,

    /// How the input is built, where neither name nor beginning tell.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// The most that may come out of what is packed, such as 500M or 100G.
    #[arg(long, value_name = "SIZE", default_value = "64G", value_parser = size)]
    pub expanded: u64,

    /// The file of keys for keyed hashes [default: that of `cloister detect key create`, if there is one].
    #[arg(long, value_name = "FILE", help_heading = "Hashes")]
    pub hash_key: Option<PathBuf>,

    /// Hash with the earlier keys too, to compare with what was said before a rotation.
    #[arg(long, help_heading = "Hashes")]
    pub all_keys: bool,

    /// No hashes, though there is a key.
    #[arg(long, conflicts_with_all = ["hash_key", "all_keys"], help_heading = "Hashes")]
    pub no_hash: bool,

    /// text, or json: a line for each detection.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Output::Text, help_heading = "Result")]
    pub output: Output,

    /// Exit with 1 where a detection is at least so sure; `special`: where one is of a special category
    /// (Art. 9) or of convictions (Art. 10). Test data does not count.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Likely, help_heading = "Result")]
    pub fail_on: FailOn,

    /// Every file, and what was not looked into.
    #[arg(short, long, help_heading = "Result")]
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    Possible,
    Likely,
    Certain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Possible,
    Likely,
    Certain,
    Special,
    Never,
}

impl FailOn {
    /// The confidence that is too much.
    pub fn confidence(self) -> Option<Confidence> {
        match self {
            FailOn::Possible => Some(Confidence::Possible),
            FailOn::Likely => Some(Confidence::Likely),
            FailOn::Certain => Some(Confidence::Certain),
            FailOn::Special | FailOn::Never => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Jsonl,
    Csv,
    Tsv,
    Xml,
    Yaml,
    Sql,
    Mail,
}

impl Format {
    /// The same, to the locator.
    pub fn locate(self) -> locate::Format {
        match self {
            Format::Text => locate::Format::Text,
            Format::Json => locate::Format::Json,
            Format::Jsonl => locate::Format::JsonLines,
            Format::Csv => locate::Format::Csv(b','),
            Format::Tsv => locate::Format::Csv(b'\t'),
            Format::Xml => locate::Format::Xml,
            Format::Yaml => locate::Format::Yaml,
            Format::Sql => locate::Format::Sql,
            Format::Mail => locate::Format::Mail,
        }
    }
}

/// `500M`: in powers of 1024.
fn size(word: &str) -> Result<u64, String> {
    let units = [('K', 10), ('M', 20), ('G', 30), ('T', 40)];
    let last = word.chars().last().map_or(' ', |last| last.to_ascii_uppercase());
    let shift = units.iter().find(|(unit, _)| *unit == last).map(|(_, shift)| *shift);
    let digits = if shift.is_some() { word.get(..word.len() - 1).unwrap_or("") } else { word };
    let number: Option<u64> = digits.parse().ok();
    let size = number.and_then(|number| number.checked_mul(1 << shift.unwrap_or(0))).filter(|size| *size > 0);
    size.ok_or_else(|| "it takes bytes, or K, M, G, T behind a number: 500M".to_owned())
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 every example came out as it must, 1 one did not, 2 the profile cannot be used."
)]
pub struct Test {
    /// The DetectionProfile.
    #[arg(value_name = "FILE")]
    pub profile: PathBuf,
}

#[derive(Debug, Args)]
pub struct Kinds {
    /// For machines: one JSON document.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Key {
    #[command(subcommand)]
    pub command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make the first key, in a file that only you can read.
    Create(KeyMade),
    /// Make a new key; earlier ones stay for comparing, and those whose day is over are destroyed.
    Rotate(KeyMade),
    /// Names and days of the keys.
    List(KeyFile),
    /// Hash values of standard input, a line each, for an allow-list.
    Hash(KeyFile),
}

#[derive(Debug, Args)]
pub struct KeyFile {
    /// The file of keys [default: in your state folder].
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct KeyMade {
    #[command(flatten)]
    pub file: KeyFile,

    /// Days after which the key must be destroyed.
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub retain: u32,
}
