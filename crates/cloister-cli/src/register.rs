//! `cloister register init`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use cloister_inventory::{Inputs, Inventory};
use cloister_model::DiagnosticLevel;
use cloister_register::Register;
use cloister_source::Request;

use crate::args::{self, RegisterCommand};
use crate::output::print;
use crate::way_out::failure;

/// Drafts a register.
pub fn run(register: &args::Register) -> anyhow::Result<ExitCode> {
    let RegisterCommand::Init(init) = &register.command;
    let targets = if init.paths.is_empty() { vec![PathBuf::from(".")] } else { init.paths.clone() };
    let read = cloister_source::read(&Request { targets, ..Request::default() }, &|_| {});
    let mut lost = false;
    for diagnostic in read.diagnostics.iter().filter(|diagnostic| diagnostic.level == DiagnosticLevel::Error) {
        lost = true;
        let help = diagnostic.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
        let line = diagnostic.line.map(|line| format!(":{line}")).unwrap_or_default();
        let said = format!("{}{line}: {}{help}", diagnostic.file, diagnostic.message);
        eprintln!("error: {}", cloister_report::clean(&said));
    }
    let inventory = Inventory::new(read.resources, Inputs { files: true, ..Inputs::default() });
    let (existing, _) = Register::from_inventory(&inventory);
    let draft = cloister_register::draft(&existing, &inventory).text;
    match &init.output {
        None => print(&draft)?,
        Some(file) => {
            // Never over a register that people have worked on.
            let mut target =
                OpenOptions::new().write(true).create_new(true).open(file).map_err(|error| unwritable(file, &error))?;
            target.write_all(draft.as_bytes()).with_context(|| format!("{} cannot be written", file.display()))?;
            eprintln!("wrote {}: confirm or correct every value that is marked as a guess", file.display());
        }
    }
    Ok(if lost { ExitCode::from(2) } else { ExitCode::SUCCESS })
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
