//! The command line of `cloister rbac`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::input::args::{Cluster, Source};
use crate::question::What;
use crate::table::Format;

#[derive(Debug, Args)]
pub struct Rbac {
    #[command(subcommand)]
    pub command: RbacCommand,
}

#[derive(Debug, Subcommand)]
pub enum RbacCommand {
    /// May somebody do something? Answered as the API server's authorisers do.
    Can(Can),
    /// Who may do something, and by which binding and role.
    WhoCan(WhoCan),
    /// What somebody may do, and by which binding and role.
    WhatCan(WhatCan),
    /// Who may do what: subjects by resources.
    Matrix(Matrix),
    /// Who has gained and lost which rights, from one snapshot to another.
    Diff(Diff),
    /// Write what a cluster's questions are answered from, to ask and to compare later.
    Snapshot(Snapshot),
    /// The least roles for what an audit log shows to be used, and what they would take away.
    Minimize(super::least::args::Minimize),
    /// Roles to start from: looking, operating, emergencies, and an account for each workload.
    Roles(super::least::args::Roles),
    /// What somebody can become by using what they may do, and who reaches cluster-admin.
    Escalate(Escalate),
    /// Draw who may do what: subjects, bindings, roles, what they reach, stores of personal data.
    Graph(super::graph::Graph),
}

/// Where from, and how to answer.
#[derive(Debug, Args)]
pub struct From {
    #[command(flatten)]
    pub source: Source,

    /// The API server's AuthorizationConfiguration, where there is more than one or it is not under --from.
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub authorization_config: Option<PathBuf>,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

impl From {
    /// Where from, and the file that says which authorisers are asked.
    pub fn parts(&self) -> (&Source, Option<&Path>) {
        (&self.source, self.authorization_config.as_deref())
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 yes, 1 no, 2 the input does not tell or could not be read.")]
pub struct Can {
    /// get, list, watch, create, update, patch, delete, deletecollection, impersonate, …
    #[arg(required_unless_present = "batch")]
    pub verb: Option<String>,

    /// RESOURCE[.GROUP][/SUBRESOURCE], short names too (po, deploy), or a path such as /healthz.
    #[arg(required_unless_present = "batch")]
    pub resource: Option<String>,

    /// The object's name.
    pub name: Option<String>,

    /// The user; a service account is system:serviceaccount:NAMESPACE:NAME.
    #[arg(long = "as", value_name = "USER", required_unless_present = "batch")]
    pub user: Option<String>,

    /// A group of the user, beside those that authentication adds. Repeatable.
    #[arg(long = "as-group", value_name = "GROUP")]
    pub groups: Vec<String>,

    #[command(flatten)]
    pub what: What,

    #[command(flatten)]
    pub from: From,

    /// Show the binding, the role and the rule, with their places.
    #[arg(long, help_heading = "Result")]
    pub explain: bool,

    /// Answer questions in JSON lines: user, groups, verb, and resource, group, subresource, name, namespace, or path.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["verb", "user", "groups"], help_heading = "Input")]
    pub batch: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "who-can read-personal-data STORE: every way to the data of a store that the register names or that is recognised."
)]
pub struct WhoCan {
    /// get, list, watch, create, …; or read-personal-data.
    pub verb: String,

    /// RESOURCE[.GROUP][/SUBRESOURCE], or a path such as /healthz; a store for read-personal-data.
    pub resource: Option<String>,

    /// The object's name.
    pub name: Option<String>,

    #[command(flatten)]
    pub what: What,

    #[command(flatten)]
    pub from: From,

    /// Show every rule that allows it, as it is written, and not one for each binding.
    #[arg(long, help_heading = "Result")]
    pub explain: bool,
}

#[derive(Debug, Args)]
pub struct WhatCan {
    /// A user, group:NAME or serviceaccount:NAMESPACE:NAME.
    pub subject: String,

    /// A group of the user, beside those that authentication adds. Repeatable.
    #[arg(long = "as-group", value_name = "GROUP")]
    pub groups: Vec<String>,

    #[command(flatten)]
    pub from: From,

    /// Show where each binding and rule is written.
    #[arg(long, help_heading = "Result")]
    pub explain: bool,
}

#[derive(Debug, Args)]
pub struct Matrix {
    /// RESOURCE[.GROUP][/SUBRESOURCE]: a column each. Repeatable [default: what leads to data].
    #[arg(long = "resource", value_name = "RESOURCE")]
    pub resources: Vec<String>,

    /// Only these verbs. Repeatable [default: the eight of requests for objects].
    #[arg(long = "verb", value_name = "VERB", value_delimiter = ',')]
    pub verbs: Vec<String>,

    /// What counts in this namespace [default: a row for each place].
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,

    /// Only subjects with this in their name. Repeatable.
    #[arg(long = "subject", value_name = "TEXT")]
    pub subjects: Vec<String>,

    /// Kubernetes' own identities, too.
    #[arg(long)]
    pub built_in: bool,

    #[command(flatten)]
    pub from: From,

    /// Show the binding, the role and the rule of each cell below.
    #[arg(long, help_heading = "Result")]
    pub explain: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 the same rights, 1 others, 2 something could not be read.")]
pub struct Diff {
    /// Two snapshots, files or folders, the older one first; with --cluster the older one alone.
    #[arg(required = true, num_args = 1..=2, value_name = "PATH")]
    pub sides: Vec<PathBuf>,

    #[command(flatten)]
    pub newer: Cluster,

    /// Kubernetes' own identities, too.
    #[arg(long)]
    pub built_in: bool,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Debug, Args)]
pub struct Snapshot {
    #[command(flatten)]
    pub live: Cluster,

    /// Where to [default: standard output].
    #[arg(short, long, value_name = "FILE", help_heading = "Result")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nobody climbs, or the subject does not; 1 somebody does; 2 some input could not be read."
)]
pub struct Escalate {
    /// A user, group:NAME or serviceaccount:NAMESPACE:NAME [default: everybody who climbs].
    pub subject: Option<String>,

    /// A group of the user, beside those that authentication adds. Repeatable.
    #[arg(long = "as-group", value_name = "GROUP", requires = "subject")]
    pub groups: Vec<String>,

    /// Only ways to this: cluster-admin, node, node:NAME, secret:NAMESPACE:NAME, or a subject.
    #[arg(long, value_name = "TARGET")]
    pub to: Option<String>,

    /// The API server's version, whose rules are followed [default: what the input tells of it, or 1.37].
    #[arg(long, value_name = "VERSION", value_parser = version)]
    pub server_version: Option<(u32, u32)>,

    #[command(flatten)]
    pub from: From,

    /// Show each step's binding, role and rule, with their places; a subject's shortest way is always shown so.
    #[arg(long, help_heading = "Result")]
    pub explain: bool,
}

/// `1.37`, `v1.37.2`.
fn version(text: &str) -> Result<(u32, u32), String> {
    let mut parts = text.trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => Err("write it as MAJOR.MINOR, such as 1.37".to_owned()),
    }
}
