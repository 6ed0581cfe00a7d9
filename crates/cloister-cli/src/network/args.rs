//! The command line of `cloister network`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::input::args::{Cluster, Source};
use crate::table::Format;

#[derive(Debug, Args)]
pub struct Network {
    #[command(subcommand)]
    pub command: NetworkCommand,
}

#[derive(Debug, Subcommand)]
pub enum NetworkCommand {
    /// Every connection that policies let through.
    List(List),
    /// May one end reach the other on a port?
    Can(Can),
    /// Why a connection passes or not: each rule that has a part in it, with its place.
    Explain(Can),
    /// What pods and namespaces that are not there yet could reach.
    Exposure(Exposure),
    /// Every way in from outside: by what, from where, on which host and path, how encrypted, and whom it asks.
    Entries(Entries),
    /// Every way out: which addresses workloads reach, and names of places outside.
    Exits(Exits),
    /// Who is in Istio's mesh, and which mutual TLS is in force, workload by workload.
    Mesh(MeshOf),
    /// A picture of who reaches whom: namespaces, workloads, ways in and out, ports, and stores of personal data.
    Map(super::map::Map),
    /// Workloads of one purpose that reach personal data of another.
    Purposes(super::purposes::Purposes),
    /// Who talks plaintext to whom, by store of personal data.
    Plaintext(super::plaintext::Plaintext),
    /// Connections gained and lost by a change.
    Diff(Diff),
    /// Write the policies that allow what is needed and nothing else, and prove them.
    Generate(Generate),
}

/// Where policies and workloads are read from, and what the input does not say.
#[derive(Debug, Args)]
pub struct From {
    #[command(flatten)]
    pub source: Source,

    #[command(flatten)]
    pub known: Known,
}

/// What the input does not say.
#[derive(Debug, Args)]
pub struct Known {
    /// The addresses that pods are given: where a pod's own are not in the input, an ipBlock that holds all of these
    /// matches it. Repeatable.
    #[arg(long = "pod-cidr", value_name = "CIDR", help_heading = "Input")]
    pub pod_cidrs: Vec<String>,
}

/// Whether a mesh takes part.
#[derive(Debug, Args)]
pub struct WithMesh {
    /// Only what policies of the network say: leave out what Istio's PeerAuthentications and AuthorizationPolicies close.
    #[arg(long, help_heading = "Result")]
    pub without_mesh: bool,
}

/// How a list is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Text,
    Json,
    Csv,
    Markdown,
    /// For Graphviz.
    Dot,
    /// The picture that `cloister network map` draws, which can show less and more.
    Svg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// Where there would be more than 2000 connections otherwise.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 listed, 2 some input could not be read or is refused by its API.")]
pub struct List {
    #[command(flatten)]
    pub from: From,

    #[command(flatten)]
    pub mesh: WithMesh,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = ListFormat::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: ListFormat,

    /// Whether endpoints that no rule tells apart stand together; text always groups them.
    #[arg(long, value_enum, default_value_t = Group::Auto, value_name = "WHEN", help_heading = "Result")]
    pub group: Group,
}

/// Two ends and a port.
#[derive(Debug, Args)]
pub struct Question {
    /// Where from: NAMESPACE/NAME, NAMESPACE/NAME[KIND], a name that only one workload has, an address, or internet.
    pub source: String,

    /// Where to, likewise.
    pub destination: String,

    /// PORT, FIRST-LAST, udp/PORT, the name of a port of the destination, or all.
    pub port: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 yes, 1 no, 2 the input does not tell or could not be read.")]
pub struct Can {
    #[command(flatten)]
    pub question: Question,

    #[command(flatten)]
    pub from: From,

    #[command(flatten)]
    pub mesh: WithMesh,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = TextOrJson::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: TextOrJson,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 answered, 2 some input could not be read or is refused by its API.")]
pub struct Exposure {
    #[command(flatten)]
    pub from: From,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 answered, 2 some input could not be read or is refused by its API.")]
pub struct Entries {
    #[command(flatten)]
    pub from: From,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 answered, 2 some input could not be read or is refused by its API.")]
pub struct Exits {
    #[command(flatten)]
    pub from: From,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 answered, 2 some input could not be read or is refused by its API.")]
pub struct MeshOf {
    #[command(flatten)]
    pub from: From,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 the same connections, 1 others, 2 something could not be read.")]
pub struct Diff {
    /// Two files or folders, the older one first; with --cluster the newer one alone, which is what would be applied.
    #[arg(required = true, num_args = 1..=2, value_name = "PATH")]
    pub sides: Vec<PathBuf>,

    #[command(flatten)]
    pub live: Cluster,

    #[command(flatten)]
    pub known: Known,

    #[command(flatten)]
    pub mesh: WithMesh,

    /// How to answer.
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT", help_heading = "Result")]
    pub output: Format,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 written and proven, 1 the proof failed and nothing is written, 2 some input could not be read."
)]
pub struct Generate {
    #[command(flatten)]
    pub from: From,

    /// Observed flows: JSON lines (docs/schema/flow.json) or what Hubble exports; - for standard input. Repeatable.
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "What is needed")]
    pub flows: Vec<PathBuf>,

    /// Whether what variables, arguments, ConfigMaps, Ingresses and Services declare is needed.
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set, help_heading = "What is needed")]
    pub declared: bool,

    /// Where the controller of Ingresses runs, if the input does not show it [default: its usual namespace].
    #[arg(long, value_name = "NAMESPACE", help_heading = "What is needed")]
    pub ingress_from: Option<String>,

    /// Only for these namespaces [default: all with workloads, but kube-system and its like]. Repeatable.
    #[arg(long = "for", value_name = "NAMESPACE", help_heading = "Result")]
    pub namespaces: Vec<String>,

    /// ClusterNetworkPolicies of the admin tier, and NetworkPolicies for what comes from outside.
    #[arg(long, help_heading = "Result")]
    pub admin: bool,

    /// A folder for the files, one for each namespace, which must not hold any yet [default: standard output].
    #[arg(short, long, value_name = "FOLDER", help_heading = "Result")]
    pub output: Option<PathBuf>,
}
