//! `cloister register init`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cloister_inventory::Inventory;
use cloister_register::Register;

use crate::args::{self, RegisterCommand, RegisterInit};
use crate::input::{Sources, read};
use crate::output::print;
use crate::terminal::Terminal;
use crate::way_out::failure;

/// What a draft looks at: workloads, their settings, the names of stores, and what is offered to the outside.
const ASKED: [&str; 9] =
    ["ConfigMap", "CronJob", "DaemonSet", "Deployment", "Ingress", "Job", "Pod", "Service", "StatefulSet"];

/// Drafts a register.
pub fn run(register: &args::Register, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let RegisterCommand::Init(init) = &register.command;
    // Told before anything is read.
    if let Some(file) = init.output.as_deref().filter(|file| file.symlink_metadata().is_ok()) {
        return Err(unwritable(file, &std::io::ErrorKind::AlreadyExists.into()));
    }
    let (inventory, lost) = read(sources(init), terminal)?;
    let lost = lost | tell_unread(&inventory);
    let (existing, _) = Register::from_inventory(&inventory);
    let draft = cloister_register::draft(&existing, &inventory).text;
    match &init.output {
        _ if draft.is_empty() => {
            eprintln!(
                "nothing to draft: no store, processor or activity was seen that a register does not hold already"
            );
        }
        None => print(&draft)?,
        Some(file) => write(file, &draft)?,
    }
    Ok(if lost { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// Where to read from, as `scan` does.
fn sources(init: &RegisterInit) -> Sources {
    let mut sources = init.live.sources(&init.paths);
    sources.request.namespaces.clone_from(&init.namespace);
    sources.helm.namespace = init.namespace.first().cloned();
    sources
}

/// Whether a list was refused that the draft would look at: then it may lack what stands there.
fn tell_unread(inventory: &Inventory) -> bool {
    let unread = inventory.inputs().unread.iter().filter(|unread| ASKED.contains(&&*unread.kind));
    unread.inspect(|unread| eprintln!("error: {}: {}", unread.kind, cloister_report::clean(&unread.reason))).count() > 0
}

fn write(file: &Path, draft: &str) -> anyhow::Result<()> {
    // Never over a register that people have worked on.
    let target = OpenOptions::new().write(true).create_new(true).open(file);
    let mut target = target.map_err(|error| unwritable(file, &error))?;
    target.write_all(draft.as_bytes()).with_context(|| format!("{} cannot be written", file.display()))?;
    eprintln!("wrote {}: confirm or correct every value that is marked as a guess", file.display());
    Ok(())
}

fn unwritable(file: &Path, error: &std::io::Error) -> anyhow::Error {
    let help = match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            "a register is never overwritten: name another file, and take over what you need"
        }
        std::io::ErrorKind::NotFound => "its folder is not there: make it first",
        _ => "name a file that you may write",
    };
    failure(format!("{} cannot be written: {error}", file.display()), help)
}
