//! `cloister harden kubelet`.

use std::process::ExitCode;

use clap::Args;
use cloister_harden::Version;
use cloister_node::Facts;

use crate::input::args::Source;
use crate::input::read;
use crate::output::print;
use crate::terminal::Terminal;

#[derive(Debug, Args)]
#[command(after_help = "With facts of nodes (--from FILE) it also says what of each node stands in the way.")]
pub struct Kubelet {
    #[command(flatten)]
    pub source: Source,

    /// The kubelets' version.
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST, help_heading = "Configuration")]
    pub kubernetes: Version,
}

/// Writes the drop-in, with what is to be done as comments.
pub fn run(asked: &Kubelet, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let nothing_named = asked.source.from.is_empty() && !asked.source.live.is_named();
    let (inventory, lost) = if nothing_named { Default::default() } else { read(asked.source.sources(), terminal)? };
    let facts: Vec<Facts<'_>> = inventory.node_facts().collect();
    print(&cloister_harden::kubelet::kubelet(asked.kubernetes, &facts).annotated())?;
    Ok(ExitCode::from(if lost { 2 } else { 0 }))
}
