//! The command line of `cloister audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::question::What;

#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    pub command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Ask an audit policy.
    Policy(Policy),
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
