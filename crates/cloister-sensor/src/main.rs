//! `cloister-sensor`: looks into what passes, and tells what may not.
//!
//! ```text
//!  cloister-capture ──pipe──▶ main loop: Flows → Inspector ──▶ findings ──▶ writers (a thread each)
//!  (the one capability)            ▲                   └─▶ numbers ──▶ metrics
//!                                  │ Knowledge, swapped as a whole
//!                         files, or a watch of the API server ──▶ status of policies
//! ```
//!
//! The capture is started first; then this process gives up every right, and only then reads the first byte.
#![allow(clippy::disallowed_methods, reason = "below the I/O line: the program reads files, environment and clock")]

mod args;
mod baselines;
mod known;
mod live;
mod lock;
mod output;
mod prune;
mod run;
mod say;
mod shared;
mod status;
mod stop;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use cloister_capture::{Capture, Source, What};
use cloister_model::place_of_panic;

use crate::args::Arguments;
use crate::run::Input;
use crate::shared::Shared;
use crate::stop::Stop;

/// Many small values come and go.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Memory that is free for so many milliseconds goes back to the system, not after mimalloc's own second: when many
/// connections go on to another kind of message at once, what they have left would add up to what they need.
const GIVEN_BACK_AFTER: std::ffi::c_long = 50;
/// `mi_option_purge_delay` of mimalloc 3, for which its crate has no name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

#[allow(unsafe_code, reason = "an option of the allocator: two numbers, stored before any thread is started")]
fn give_back_soon() {
    // SAFETY: the function stores the number for an option that is known to this version.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, GIVEN_BACK_AFTER) };
}

/// What a panic ends with: half of a program would go on with policies that nobody renews any more.
const FAULT: i32 = 70;

fn main() -> ExitCode {
    give_back_soon();
    std::panic::set_hook(Box::new(|info| {
        say::error(&place_of_panic(info));
        std::process::exit(FAULT);
    }));
    match start(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            say::error(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

fn start(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(address) = arguments.ask {
        return Ok(ExitCode::from(u8::from(!output::is_well(address))));
    }
    cloister_confine::keep_nothing()?;
    // A recording ends by itself.
    let stop = if arguments.recording.is_none() { Stop::listen()? } else { Stop::default() };
    // What needs a right is opened before rights are given up.
    let input = open(arguments)?;
    let files = known::Files::read(&arguments.inventory, &arguments.policy, arguments.hash_key.as_deref())?;
    let baselines = arguments.baselines.as_deref().map(baselines::File::open).transpose()?;
    let writers = output::Writers::open(arguments)?;
    lock::give_up_rights()?;

    let shared = Arc::new(Shared::new(files.knowledge()));
    let outputs = writers.start(&shared)?;
    if arguments.watch {
        live::start(arguments, files, shared.clone())?;
    }
    run::run(input, baselines, arguments, &shared, &outputs, &stop)
}

fn open(arguments: &Arguments) -> anyhow::Result<Input> {
    let source = match (&arguments.interface, &arguments.recording) {
        (_, Some(file)) => {
            let opened = std::fs::File::open(file).with_context(|| format!("failed to open {}", file.display()))?;
            return Ok(Input::Recording(opened));
        }
        (Some(name), None) => What::Interface(name.clone()),
        (None, None) => What::Interface("any".to_owned()),
    };
    let source = Source { filter: arguments.filter.clone(), ..Source::new(source) };
    let beside = || std::env::current_exe().map(|program| program.with_file_name("cloister-capture"));
    let program = arguments.capture.clone().map_or_else(beside, Ok).context("failed to find cloister-capture")?;
    Ok(Input::Capture(Box::new(Capture::start(&program, &source)?)))
}
