//! The command line of `cloister rbac`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
    /// What somebody can become by using what they may do, and who reaches cluster-admin.
    Escalate(Escalate),
    /// Draw who may do what: subjects, bindings, roles, what they reach, stores of personal data.
    Graph(super::graph::Graph),
}

/// Where roles and bindings are read from.
#[derive(Debug, Args)]
pub struct Source {
    /// Files, folders, globs, charts, or - for standard input [default: this folder].
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Input")]
    pub from: Vec<PathBuf>,

    /// A live cluster, through the kubeconfig or a pod's own account.
    #[arg(long, help_heading = "Input")]
    pub cluster: bool,

    /// The kubeconfig's context; implies --cluster.
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub context: Option<String>,

    /// The kubeconfig file; implies --cluster.
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub kubeconfig: Option<PathBuf>,
}

/// Where from, and how to answer.
#[derive(Debug, Args)]
pub struct From {
    #[command(flatten)]
    pub source: Source,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Csv,
    Markdown,
}

/// What is asked for, in the words of `kubectl auth can-i`.
#[derive(Debug, Args)]
pub struct What {
    /// The namespace [default: default].
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,

    /// In all namespaces at once, as a list of everything asks for.
    #[arg(short = 'A', long, conflicts_with = "namespace")]
    pub all_namespaces: bool,

    /// The subresource; with it, RESOURCE/NAME names the object.
    #[arg(long, value_name = "NAME")]
    pub subresource: Option<String>,

    /// A list or watch by metadata.name=NAME asks for that name alone.
    #[arg(long, value_name = "SELECTOR")]
    pub field_selector: Option<String>,
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
pub struct WhoCan {
    /// get, list, watch, create, …
    pub verb: String,

    /// RESOURCE[.GROUP][/SUBRESOURCE], or a path such as /healthz.
    pub resource: String,

    /// The object's name.
    pub name: Option<String>,

    #[command(flatten)]
    pub what: What,

    #[command(flatten)]
    pub from: From,
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

    /// The API server's version: its rules differ.
    #[arg(long, value_name = "VERSION", default_value = "1.37", value_parser = version)]
    pub server_version: (u32, u32),

    #[command(flatten)]
    pub from: From,

    /// Show each step's binding, role and rule, with their places; a subject's steps are always shown so.
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
