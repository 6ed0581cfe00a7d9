//! The arguments of `cloister evidence`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cloister_evidence::Kind;
use jiff::civil::Date;

use crate::table;

/// Keep, show and check the record that nobody changes unseen.
#[derive(Debug, Args)]
pub struct Evidence {
    #[command(subcommand)]
    pub command: EvidenceCommand,
}

#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Check that nothing of a log or a bundle was changed, cut or forked.
    Verify(Verify),
    /// List what was recorded, and when.
    List(List),
    /// Show what an entry says.
    Show(Show),
    /// Write what an auditor needs of a period: reports, entries, proofs, and how to check them.
    Export(Export),
    /// Erase what entries say, and record that it was done.
    Erase(Erase),
    /// Say how long what entries say is kept, or show it.
    Retain(Retain),
    /// Sign the head of somebody else's log, as one who has seen it.
    Witness(Witness),
    /// Ask an authority to stamp the head of a log with the time.
    #[cfg(feature = "timestamp")]
    Timestamp(Timestamp),
}

/// Check that nothing of a log or a bundle was changed, cut or forked.
///
/// Needs no network and no secret, only the log's public key: one that you got
/// by another way than the log. Everything is checked, and each fault is told
/// with its place.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 everything is as it was recorded, 1 something is not, 2 it could not be checked."
)]
pub struct Verify {
    /// The folder of a log, or of a bundle that was exported.
    pub path: PathBuf,

    /// The log's public key: a file with NAME+ID+KEY on one line.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,

    /// The public key of a witness that must have seen the log. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub witness: Vec<PathBuf>,

    /// A head of the log that was kept (a copy of its file "checkpoint"): the log must go on from it. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub since: Vec<PathBuf>,

    /// Certificates of authorities for time, in PEM: an authority that leads to one of them must have stamped a head of the
    /// log, and says by when it was there.
    #[arg(long, value_name = "FILE")]
    pub timestamp_ca: Option<PathBuf>,

    /// text, or json: one document.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub struct List {
    /// The folder of a log, or of a bundle that was exported.
    pub path: PathBuf,

    /// Only entries of this kind. Repeatable.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Vec<Kind>,

    /// text, json, csv or markdown.
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t = table::Format::Text)]
    pub output: table::Format,
}

#[derive(Debug, Args)]
pub struct Show {
    /// The folder of a log, or of a bundle that was exported.
    pub path: PathBuf,

    /// The entry's number.
    pub entry: u64,

    #[command(flatten)]
    pub keys: PrivateKey,
}

/// What the holder of a log needs.
#[derive(Debug, Args)]
pub struct PrivateKey {
    /// The log's private keys [default: where `cloister scan --record` has put them].
    #[arg(long, value_name = "FILE")]
    pub private_key: Option<PathBuf>,
}

/// Write what an auditor needs of a period: reports, entries, proofs, and how to check them.
///
/// The folder holds what the entries of the period say, which may name people: hand it to
/// whom it concerns, and to nobody else. A hub may be writing the log meanwhile.
#[derive(Debug, Args)]
pub struct Export {
    /// The folder of the log.
    #[arg(required_unless_present = "hub")]
    pub log: Option<PathBuf>,

    /// Take it from a running hub, such as https://hub.example.org, in place of a folder.
    #[arg(long, value_name = "URL", conflicts_with_all = ["log", "since", "private_key"], requires = "token")]
    pub hub: Option<String>,

    /// A file with the token by which one comes in there, of the role dpo or admin.
    #[arg(long, value_name = "FILE", requires = "hub")]
    pub token: Option<PathBuf>,

    /// Certificates that the hub's TLS may lead to beside those that the system trusts, in PEM.
    #[arg(long, value_name = "FILE", requires = "hub")]
    pub hub_ca: Option<PathBuf>,

    /// For which framework the reports are.
    #[arg(short, long, value_name = "NAME", default_value = "gdpr")]
    pub framework: String,

    /// From the beginning of this day, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Date,

    /// To the end of this day, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Date,

    /// The folder to write, which must not be there yet.
    #[arg(short, long, value_name = "FOLDER")]
    pub output: PathBuf,

    /// A head that the auditor has kept: the bundle proves that the log goes on from it. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub since: Vec<PathBuf>,

    #[command(flatten)]
    pub keys: PrivateKey,
}

/// Erase what entries say, and record that it was done.
///
/// The entry itself stays: that something of its kind was recorded then. What it
/// said, and the salt without which nobody can guess it, are overwritten. Copies
/// of the log and bundles that were exported are not reached by it.
#[derive(Debug, Args)]
pub struct Erase {
    /// The folder of the log.
    pub log: PathBuf,

    /// Numbers of entries.
    #[arg(value_name = "ENTRY", required_unless_present = "due", conflicts_with = "due")]
    pub entries: Vec<u64>,

    /// All that was kept as long as `cloister evidence retain` says.
    #[arg(long)]
    pub due: bool,

    /// Why, such as the number of a case. It stays in the log for good: name nobody.
    #[arg(long, value_name = "TEXT", required_unless_present = "due")]
    pub reason: Option<String>,

    #[command(flatten)]
    pub keys: PrivateKey,
}

/// Say how long what entries say is kept, or show it.
///
/// What is said here is recorded in the log, and holds instead of what was said
/// before. `cloister evidence erase LOG --due` does it: run it daily.
#[derive(Debug, Args)]
pub struct Retain {
    /// The folder of the log.
    pub log: PathBuf,

    /// Kinds of entries and how many days what they say is kept, such as assessment=1095. Without any, the policy is shown.
    #[arg(value_name = "KIND=DAYS", value_parser = kept)]
    pub policy: Vec<(Kind, u32)>,

    #[command(flatten)]
    pub keys: PrivateKey,
}

/// Sign the head of somebody else's log, as one who has seen it.
///
/// A witness remembers the last head of each log, and signs a new one only when the log
/// goes on from it: a log that two people are shown in two ways cannot have the same
/// witness. The signature is written into the log's folder "witness".
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 signed, 1 the log does not go on from what was seen, 2 it could not be read.")]
pub struct Witness {
    /// The folder of the log.
    pub log: PathBuf,

    /// The log's public key.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,

    /// The witness's private key; made there where there is none yet. What it has seen is kept beside it.
    #[arg(long, value_name = "FILE")]
    pub private_key: PathBuf,

    /// The witness's name, for a key that is made, such as auditor.example/witness.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// Ask an authority to stamp the head of a log with the time.
///
/// The authority (RFC 3161) gets the SHA-256 of the head and nothing else, and its answer is
/// checked before it is kept, in the log's folder "timestamp". It shows by when all that the
/// log had then was there, whatever the clocks of this machine say. Takes no private key, and
/// no lock: a hub may be writing the log.
#[cfg(feature = "timestamp")]
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 kept, 1 the authority cannot be asked, or what it says cannot be relied on, 2 the log could not be read."
)]
pub struct Timestamp {
    /// The folder of the log.
    pub log: PathBuf,

    /// Where the authority is asked, http:// or https://.
    #[arg(long, value_name = "URL")]
    pub url: String,

    /// Certificates that the authority's must lead to, in PEM.
    #[arg(long, value_name = "FILE")]
    pub timestamp_ca: PathBuf,

    /// By which policy it is to stamp, such as 1.2.3.4 [default: the authority's own].
    #[arg(long, value_name = "NUMBERS")]
    pub policy: Option<String>,
}

fn kind(word: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(Kind::as_str).join(", ");
    Kind::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| format!("there are {}", known()))
}

fn kept(word: &str) -> Result<(Kind, u32), String> {
    let (name, days) = word.split_once('=').ok_or("it takes a kind and a number of days: assessment=1095")?;
    let kind = kind(name)?;
    if !kind.can_be_erased() {
        return Err(format!(
            "what entries of the kind {name} say is never erased: it names nobody, and others need it"
        ));
    }
    let days = days.parse().map_err(|_| format!("\"{days}\" is no number of days"))?;
    Ok((kind, days))
}
