//! `cloister`, also `kubectl cloister`: reads arguments, calls the crates, prints.
#![allow(clippy::disallowed_methods, reason = "below the I/O line: the program reads files, environment and clock")]

#[cfg(feature = "alert")]
mod alert;
mod args;
mod audit;
mod baseline;
mod breach;
mod columns;
mod detect;
mod dlp;
mod evidence;
mod explain;
mod folder;
mod harden;
mod input;
mod list;
mod logs;
mod memory;
mod network;
mod node;
mod output;
mod picture;
mod probe;
mod question;
mod rbac;
mod register;
mod scan;
#[cfg(feature = "hub")]
mod serve;
mod table;
mod terminal;
mod threshold;
mod warn;
mod way_out;
mod words;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    memory::give_back_soon();
    std::panic::set_hook(Box::new(|info| eprintln!("error: {}", cloister_model::place_of_panic(info))));
    let arguments = Arguments::parse();
    let terminal = terminal::Terminal::new(arguments.color);
    let ended = match &arguments.command {
        Command::Scan(scan) => scan::run(scan, &terminal),
        #[cfg(feature = "hub")]
        Command::Serve(serve) => serve::run(serve),
        Command::List(list) => list::run(list, &terminal),
        Command::Explain(explain) => explain::run(explain, &terminal),
        Command::Register(register) => register::run(register, &terminal),
        Command::Rbac(rbac) => rbac::run(rbac, &terminal),
        Command::Audit(audit) => audit::run(audit, &terminal),
        Command::Dlp(dlp) => dlp::run(dlp, &terminal),
        Command::Harden(harden) => harden::run(harden, &terminal),
        Command::Network(network) => network::run(network, &terminal),
        Command::Node(node) => node::run(node),
        Command::Detect(detect) => detect::run(detect, &terminal),
        Command::Probe(probe) => probe::run(probe, &terminal),
        Command::Breach(breach) => breach::run(breach, &terminal),
        Command::Evidence(evidence) => evidence::run(evidence, &terminal),
        #[cfg(feature = "alert")]
        Command::Alert(alert) => alert::run(alert, &terminal),
    };
    ended.unwrap_or_else(|error| {
        terminal.error(&format!("{error:#}"));
        ExitCode::from(2)
    })
}
