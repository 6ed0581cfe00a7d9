//! `cloister-capture`: the one process with a capability. It opens, locks itself in, and hands frames over; it looks into
//! none of them.

#![allow(clippy::disallowed_methods, reason = "a program: arguments, files and the clock are its business")]

mod lock;
mod open;
mod run;

use std::io::Write;
use std::process::ExitCode;

use cloister_capture::format::{NO_LINK, beginning, put_end};
use cloister_capture::{Reason, Source};

/// An end with what there is to say.
pub(crate) type End = (Reason, String);

/// What a panic ends with.
const FAULT: i32 = 70;

fn main() -> ExitCode {
    // Its place alone: a message could quote what was captured.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "cloister-capture: this program has a fault, at {place}");
        std::process::exit(FAULT);
    }));
    let (reason, text) = match Source::of_arguments(std::env::args_os().skip(1)) {
        Ok(source) => captured(&source),
        Err(usage) => refused((Reason::Usage, usage.to_string())),
    };
    if !text.is_empty() {
        let _ = writeln!(std::io::stderr(), "cloister-capture: {text}");
    }
    ExitCode::from(reason.number())
}

fn captured(source: &Source) -> End {
    // Before anything foreign is read.
    let opened = lock::keep_nothing().and_then(|()| open::open(source));
    let opened = opened.and_then(|opened| lock::give_up_rights().map(|()| opened));
    match opened {
        Ok(opened) => run::run(opened),
        Err(end) => refused(end),
    }
}

/// Tells the reader, too, why nothing comes.
fn refused(end: End) -> End {
    let mut out = beginning(NO_LINK);
    put_end(&mut out, end.0, &end.1);
    // Who does not read sees the exit status.
    let _ = std::io::stdout().write_all(&out).and_then(|()| std::io::stdout().flush());
    end
}
