//! `cloister network map`.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cloister_graph::{Drawing, Options, dot, list, mermaid, svg};
use cloister_inventory::Inventory;
use cloister_network::Endpoint;
use cloister_pictures::network::{Wish, map, stores};
use cloister_register::Register;

use super::args::From;
use super::{Asked, words};
use crate::output::print;
use crate::rbac::graph::{Theme, of};
use crate::way_out::failure;

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 drawn, 2 some input could not be read or is refused by its API.")]
pub struct Map {
    #[command(flatten)]
    pub from: From,

    /// Only connections of this namespace, in to it and out of it.
    #[arg(short, long, value_name = "NAME", help_heading = "What is drawn")]
    pub namespace: Option<String>,

    /// Only what reaches this store of personal data: its name in the register, or its workload's.
    #[arg(long, value_name = "NAME", help_heading = "What is drawn")]
    pub store: Option<String>,

    /// Only what reaches this workload: NAMESPACE/NAME, NAMESPACE/NAME[KIND], or a name that only one workload has.
    #[arg(long, value_name = "WORKLOAD", conflicts_with = "store", help_heading = "What is drawn")]
    pub to: Option<String>,

    /// Above so many workloads, what is alike is drawn as one, and then each namespace.
    #[arg(long, value_name = "N", default_value_t = 60, help_heading = "What is drawn")]
    pub max_nodes: usize,

    /// How to draw [default: svg, or words on a terminal].
    #[arg(short, long, value_enum, value_name = "FORMAT", help_heading = "Result")]
    pub output: Option<Format>,

    /// The colours of the SVG; auto follows the reader's system.
    #[arg(long, value_enum, default_value_t = Theme::Auto, value_name = "THEME", help_heading = "Result")]
    pub theme: Theme,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A picture for browsers, pages and paper.
    Svg,
    /// For Graphviz.
    Dot,
    /// For Mermaid, which code hosts draw.
    Mermaid,
    /// Nodes, edges, bands and their places.
    Json,
    /// The same in words.
    #[value(alias = "text")]
    Words,
}

/// Draws.
pub fn run(question: &Map, asked: &Asked<'_>, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let (register, _) = Register::from_inventory(inventory);
    let network = asked.network;
    known("store of personal data", question.store.as_deref(), &stores(network, &register))?;
    let workloads = network.endpoints().iter().filter_map(Endpoint::workload);
    let mut namespaces: Vec<String> = workloads.map(|it| it.namespace.to_owned()).collect();
    namespaces.dedup();
    known("namespace with workloads", question.namespace.as_deref(), &namespaces)?;
    let to = question.to.as_deref().map(|word| words::endpoints(word, network)).transpose()?;
    let of = of(&question.from.source);
    let wish = Wish {
        of: &of,
        namespace: question.namespace.as_deref(),
        store: question.store.as_deref(),
        to: to.as_deref(),
        most: question.max_nodes,
    };
    let mut picture = map(network, inventory, &register, &wish);
    if asked.lost {
        picture.notes.insert(0, "Some of the input could not be read: there may be more, or less.".to_owned());
    }
    let usual = if std::io::stdout().is_terminal() { Format::Words } else { Format::Svg };
    print(&match question.output.unwrap_or(usual) {
        Format::Dot => dot(&picture),
        Format::Mermaid => mermaid(&picture),
        Format::Words => list(&picture),
        Format::Json => format!("{:#}\n", serde_json::to_value(Drawing::new(picture))?),
        Format::Svg => svg(&Drawing::new(picture), &Options { theme: question.theme.into(), ..Options::default() }),
    })?;
    Ok(asked.exit(0))
}

/// What is nowhere would give an empty picture, which looks like good news.
fn known(what: &str, name: Option<&str>, names: &[String]) -> anyhow::Result<()> {
    let Some(name) = name.filter(|name| !names.iter().any(|known| known == name)) else { return Ok(()) };
    let help = if names.is_empty() {
        "there is none in the input".to_owned()
    } else {
        format!("there are: {}", names.join(", "))
    };
    Err(failure(format!("no {what} is called \"{name}\""), help))
}
