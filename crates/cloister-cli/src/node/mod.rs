//! `cloister node`.

pub mod args;
mod collect;
mod gather;

use std::process::ExitCode;

use args::{Node, NodeCommand};

/// Runs one of the commands.
pub fn run(node: &Node) -> anyhow::Result<ExitCode> {
    match &node.command {
        NodeCommand::Collect(collect) => collect::run(collect),
        NodeCommand::Gather(gather) => gather::run(gather),
    }
}
