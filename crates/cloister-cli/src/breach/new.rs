//! `cloister breach new`.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use cloister_breach::{Breach, Facts, Target, decide, propose};
use cloister_register::Register;
use jiff::Timestamp;

use super::args::New;
use super::document::refused;
use crate::input::read;
use crate::output::print;
use crate::terminal::Terminal;
use crate::way_out::failure;

/// Begins a record.
pub fn run(asked: &New, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    // Told before anything is read.
    if let Some(file) = asked.output.as_deref().filter(|file| file.symlink_metadata().is_ok()) {
        return Err(failure(format!("{} is there already", file.display()), "name a file that is not there yet"));
    }
    let (facts, lost) = facts(asked, terminal)?;
    let now = asked.now.unwrap_or_else(Timestamp::now);
    let breach = Breach::suspected(&asked.number, facts, &asked.reason, now, &asked.who).map_err(refused)?;
    let yaml = breach.to_yaml().map_err(|fault| failure(fault.cause, fault.help))?;
    let text = head(&breach.spec) + &yaml;
    match &asked.output {
        None => print(&text)?,
        Some(file) => {
            let target = OpenOptions::new().write(true).create_new(true).open(file);
            let written = target.and_then(|mut target| target.write_all(text.as_bytes()));
            written.with_context(|| format!("{} cannot be written", file.display()))?;
            let next = "once it is certain that there was a breach: cloister breach step become-aware";
            eprintln!("wrote {}: fill in what its head asks for; {next}", file.display());
        }
    }
    Ok(if lost { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// What the register says of what is affected; nothing where nothing is named.
fn facts(asked: &New, terminal: &Terminal) -> anyhow::Result<(Facts, bool)> {
    let named = !asked.source.from.is_empty() || asked.source.live.is_named();
    if !named && asked.store.is_empty() && asked.namespace.is_empty() {
        return Ok((Facts { title: asked.title.clone(), ..Facts::default() }, false));
    }
    let (inventory, lost) = read(asked.source.sources(), terminal)?;
    let (register, _) = Register::from_inventory(&inventory);
    let stores = asked.store.iter().map(|name| Target::Store(name));
    let targets: Vec<Target<'_>> = stores.chain(asked.namespace.iter().map(|name| Target::Namespace(name))).collect();
    let facts = propose(&register, &targets).map_err(refused)?;
    Ok((Facts { title: asked.title.clone(), ..facts }, lost))
}

/// What is not known yet, as comments.
fn head(facts: &Facts) -> String {
    let questions = decide(facts).open;
    let mut lines = vec!["# A suspected personal data breach. docs/breach.md says what each field means.".to_owned()];
    lines.extend(questions.iter().map(|(field, question)| format!("# ? {field}: {question}")));
    let asked = |field: &str| questions.iter().any(|(other, _)| *other == field);
    let missing = facts.missing().into_iter().filter(|(field, _)| !asked(field) && !field.contains(" or "));
    lines.extend(missing.map(|(field, why)| format!("# ? {field}: {why}")));
    lines.join("\n") + "\n"
}
