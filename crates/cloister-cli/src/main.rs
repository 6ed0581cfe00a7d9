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

/// The system's allocator makes the threads of a scan wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Memory that is free for so many milliseconds goes back to the system: a scan is over before mimalloc's own second is,
/// and what its phases have left would add up. Measured: 2 MiB of a small scan's peak for 3 % of its time.
const GIVEN_BACK_AFTER: std::ffi::c_long = 1;
/// `mi_option_purge_delay` of mimalloc 3, for which its crate has no name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

#[allow(unsafe_code, reason = "an option of the allocator: two numbers, stored before any thread is started")]
fn give_back_soon() {
    // SAFETY: the function stores the number for an option that is known to this version.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, GIVEN_BACK_AFTER) };
}

fn main() -> ExitCode {
    give_back_soon();
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
