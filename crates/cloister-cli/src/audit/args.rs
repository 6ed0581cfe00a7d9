//! The command line of `cloister audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use cloister_model::Severity;
use cloister_rules::Network;

use crate::input::args::Cluster;
use crate::question::What;
use crate::table;

#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    pub command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Find in audit logs what somebody should know of: who read, entered, widened, removed.
    Detect(Box<Detect>),
    /// The rules by which it is found, and those of your own.
    Rules(RulesOf),
    /// Ask an audit policy.
    Policy(Policy),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nothing at or over the threshold, 1 something, 2 some log or input could not be read (the rest is told all the same), or a rule cannot be."
)]
pub struct Detect {
    /// Audit logs: files, packed by gzip or not, folders of rotated ones, or - for standard input.
    #[arg(required = true, value_name = "LOG", num_args = 1..)]
    pub logs: Vec<PathBuf>,

    /// Files with rules of your own, beside those of the program. Repeatable.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Rules")]
    pub rules: Vec<PathBuf>,

    /// Where the register and the workloads are: which namespaces hold personal data. Files, folders, charts. Repeatable.
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Input")]
    pub from: Vec<PathBuf>,

    #[command(flatten)]
    pub live: Cluster,

    /// A namespace that holds personal data. Repeatable.
    #[arg(long, value_name = "NAMESPACE", help_heading = "What is known")]
    pub personal: Vec<String>,

    /// A network of the cluster's pods or nodes, such as 10.244.0.0/16: what comes from elsewhere is from outside. Repeatable.
    #[arg(long, value_name = "NETWORK", help_heading = "What is known")]
    pub inside: Vec<Network>,

    /// An account for emergencies, beside whoever is in system:masters. Repeatable.
    #[arg(long, value_name = "USER", help_heading = "What is known")]
    pub break_glass: Vec<String>,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,

    /// Exit with 1 from this severity on (info, low, medium, high, critical); or never.
    #[arg(long, value_name = "SEVERITY", default_value = "high", help_heading = "Result")]
    pub fail_on: Least,
}

/// A severity, or `never`.
#[derive(Clone, Copy, Debug)]
pub struct Least(pub Option<Severity>);

impl std::str::FromStr for Least {
    type Err = String;

    fn from_str(word: &str) -> Result<Least, String> {
        if word == "never" {
            return Ok(Least(None));
        }
        let severity = word.parse().map_err(|()| "write info, low, medium, high, critical, or never".to_owned())?;
        Ok(Least(Some(severity)))
    }
}

#[derive(Debug, Args)]
pub struct RulesOf {
    #[command(subcommand)]
    pub command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Every rule, with its articles and techniques.
    List(RulesList),
    /// Try rules of your own on the events beside them (NAME.jsonl beside NAME.yaml).
    Test(RulesTest),
}

#[derive(Debug, Args)]
pub struct RulesList {
    /// Files with rules of your own, beside those of the program. Repeatable.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub rules: Vec<PathBuf>,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = table::Format::Text, value_name = "FORMAT")]
    pub output: table::Format,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 every event fires what it must, 1 some does not, 2 a file cannot be read.")]
pub struct RulesTest {
    /// Files with rules.
    #[arg(required = true, value_name = "FILE", num_args = 1..)]
    pub rules: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Policy {
    #[command(subcommand)]
    pub command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// What is written of a request, by which rule, and why not by the rules before it.
    Explain(Box<Explain>),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 something is written, 1 nothing is, 2 the API server would refuse the policy, or it could not be read."
)]
pub struct Explain {
    /// The file with the Policy of audit.k8s.io, or - for standard input.
    pub policy: PathBuf,

    /// get, list, watch, create, update, patch, delete, deletecollection; for a path the method in small letters.
    pub verb: String,

    /// RESOURCE[.GROUP][/SUBRESOURCE], short names too (po, deploy), or a path such as /healthz.
    pub resource: String,

    /// The object's name.
    pub name: Option<String>,

    /// The user who really asks, before impersonation; a service account is system:serviceaccount:NAMESPACE:NAME.
    #[arg(long = "as", value_name = "USER", required_unless_present = "unauthenticated")]
    pub user: Option<String>,

    /// A group of the user, beside those that authentication adds. Repeatable.
    #[arg(long = "as-group", value_name = "GROUP")]
    pub groups: Vec<String>,

    /// By somebody whose authentication fails. (Who presents nothing is --as system:anonymous.)
    #[arg(long, conflicts_with_all = ["user", "groups"])]
    pub unauthenticated: bool,

    #[command(flatten)]
    pub what: What,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}
