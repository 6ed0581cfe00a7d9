//! `cloister`, also `kubectl cloister`: reads arguments, calls the crates, prints.
#![allow(clippy::disallowed_methods, reason = "below the I/O line: the program reads files, environment and clock")]

mod args;
mod audit;
mod baseline;
mod columns;
mod detect;
mod dlp;
mod explain;
mod harden;
mod input;
mod list;
mod network;
mod node;
mod output;
mod picture;
mod probe;
mod rbac;
mod register;
mod scan;
mod terminal;
mod way_out;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};

/// The system's allocator makes the threads of a scan wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = terminal::Terminal::new(arguments.color);
    let ended = match &arguments.command {
        Command::Scan(scan) => scan::run(scan, &terminal),
        Command::List(list) => list::run(list, &terminal),
        Command::Explain(explain) => explain::run(explain, &terminal),
        Command::Register(register) => register::run(register),
        Command::Rbac(rbac) => rbac::run(rbac, &terminal),
        Command::Audit(audit) => audit::run(audit, &terminal),
        Command::Dlp(dlp) => dlp::run(dlp, &terminal),
        Command::Harden(harden) => harden::run(harden, &terminal),
        Command::Network(network) => network::run(network, &terminal),
        Command::Node(node) => node::run(node),
        Command::Detect(detect) => detect::run(detect, &terminal),
        Command::Probe(probe) => probe::run(probe, &terminal),
    };
    ended.unwrap_or_else(|error| {
        terminal.error(&format!("{error:#}"));
        ExitCode::from(2)
    })
}
