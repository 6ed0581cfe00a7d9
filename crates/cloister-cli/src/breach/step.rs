//! `cloister breach step`.

use std::process::ExitCode;

use cloister_breach::{Breach, State, Step};
use jiff::Timestamp;

use super::args::{self, StepCommand, Taken};
use super::clock::left;
use super::document::{read, refused};
use crate::output::{print, write_file};
use crate::table::indented;
use crate::terminal::Terminal;
use crate::way_out::failure;

/// Takes it.
pub fn run(asked: &args::Step, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (taken, step) = step(&asked.step);
    let before = read(&taken.file)?;
    let now = taken.now.unwrap_or_else(Timestamp::now);
    let after = before.breach.apply(step, now, &taken.who).map_err(refused)?;
    let fault = |fault: cloister_breach::Fault| failure(fault.cause, fault.help);
    let text = if taken.file.extension().is_some_and(|kind| kind == "json") {
        serde_json::to_string_pretty(&after)? + "\n"
    } else {
        after.to_yaml_after(&before.text).map_err(fault)?
    };
    write_file(&taken.file, text)?;
    print(&said(&after, &after.state().map_err(fault)?, now, terminal.width()))?;
    Ok(ExitCode::SUCCESS)
}

/// What was done, and what comes next.
fn said(breach: &Breach, state: &State, now: Timestamp, width: usize) -> String {
    let last = breach.history.last().map(|entry| entry.did.phrase()).unwrap_or_default();
    let mut text = indented(&format!("{}: {last}", breach.metadata.name), 0, 2, width);
    if let Some(clock) = state.running() {
        let due = cloister_breach::moment(clock.due);
        text += &indented(&format!("Notify the authority by {due}: {}.", left(&clock, now)), 0, 0, width);
    }
    for what in state.left_to_do() {
        text += &indented(&format!("- {what}"), 2, 2, width);
    }
    text
}

fn step(command: &StepCommand) -> (&Taken, Step) {
    match command {
        StepCommand::Dismiss { taken, why } => (taken, Step::Dismiss { reason: why.reason.clone() }),
        StepCommand::BecomeAware { taken, at, why } => {
            (taken, Step::BecomeAware { at: *at, reason: why.reason.clone() })
        }
        StepCommand::Assess { taken } => (taken, Step::Assess { outcome: None }),
        StepCommand::DecideNotification { taken, no, why } => {
            (taken, Step::DecideNotification { notify: !no, reason: why.reason.clone() })
        }
        StepCommand::Notify { taken, extent, authority, reference, delay } => {
            let (authority, reference, delay) = (authority.clone(), reference.clone(), delay.clone());
            (taken, Step::Notify { extent: *extent, authority, reference, delay })
        }
        StepCommand::InformController { taken, reference } => {
            (taken, Step::InformController { reference: reference.clone() })
        }
        StepCommand::DecideCommunication { taken, no, exemption, why } => {
            (taken, Step::DecideCommunication { communicate: !no, exemption: *exemption, reason: why.reason.clone() })
        }
        StepCommand::Communicate { taken, channel, people } => {
            (taken, Step::Communicate { channel: channel.clone(), people: *people })
        }
        StepCommand::Note { taken, why } => (taken, Step::Note { reason: why.reason.clone() }),
        StepCommand::Close { taken, why } => (taken, Step::Close { reason: why.reason.clone() }),
        StepCommand::Reopen { taken, why } => (taken, Step::Reopen { reason: why.reason.clone() }),
        StepCommand::Erase { taken, why } => (taken, Step::Erase { reason: why.reason.clone() }),
    }
}
