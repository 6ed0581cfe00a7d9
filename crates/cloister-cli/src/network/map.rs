//! `cloister network map`.

use std::process::ExitCode;

use clap::Args;
use cloister_inventory::Inventory;
use cloister_network::Endpoint;
use cloister_pictures::network::{Wish, map, stores};
use cloister_register::Register;

use super::args::From;
use super::{Asked, words};
use crate::output::print;
use crate::picture::{Picture, known};

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

    #[command(flatten)]
    pub picture: Picture,
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
    let of = question.from.source.title();
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
    print(&question.picture.draw(picture, asked.width)?)?;
    Ok(asked.exit(0))
}
