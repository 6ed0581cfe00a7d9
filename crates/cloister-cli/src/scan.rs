//! `cloister scan`.

use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use cloister_assessment::{FailOn, Scan, assess};
use cloister_frameworks::Framework;
use cloister_inventory::Inventory;
use cloister_register::Register;
use jiff::{Timestamp, Zoned};

use crate::args;
use crate::baseline;
use crate::input::Sources;
use crate::terminal::Terminal;

/// Reads, assesses, reports.
pub fn run(arguments: &args::Scan, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    // What can be wrong with the arguments is told before any work is done.
    let frameworks = frameworks(&arguments.framework)?;
    let fail_on = fail_on(&arguments.fail_on, &frameworks)?;
    let baseline = arguments.baseline.as_deref().map(baseline::read).transpose()?;
    let progress = terminal.progress();
    // The catalogues are data too: read while the input is.
    let (mut input, frameworks) = std::thread::scope(|scope| {
        let catalogues = scope.spawn(|| load(&frameworks));
        let mut input = Sources::of(arguments).read(&|what| progress.set_message(what.to_owned()));
        input.subject.title = title(&input.subject.targets);
        (input, catalogues.join().unwrap_or_default())
    });
    progress.set_message("assessing");
    // The process ends with the scan: giving back each of a million values would only cost time.
    let inventory = ManuallyDrop::new(Inventory::new(std::mem::take(&mut input.resources), input.inputs));
    let (register, unread) = Register::from_inventory(&inventory);
    let register = ManuallyDrop::new(register);
    input.diagnostics.extend(unread);
    input.diagnostics.extend(inventory.mistyped());
    let assessment = ManuallyDrop::new(assess(Scan {
        inventory: &inventory,
        register: &register,
        frameworks: &frameworks,
        subject: input.subject,
        diagnostics: input.diagnostics,
        baseline,
        fail_on,
        today: arguments.today.unwrap_or_else(|| Zoned::now().date()),
        now: arguments.today.map_or_else(now, |day| format!("{day}T00:00:00Z")),
        version: env!("CARGO_PKG_VERSION"),
    }));
    progress.finish_and_clear();
    for output in &arguments.output {
        output.write(&assessment, arguments.verbose, terminal)?;
    }
    Ok(ExitCode::from(assessment.summary.exit_code()))
}

fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The last part of the last target that has one: `clinic` of `examples/clinic/`.
fn title(targets: &[String]) -> String {
    let last = |target: &String| {
        let path = std::path::absolute(target).unwrap_or_else(|_| PathBuf::from(target));
        path.file_name().map(|name| name.to_string_lossy().into_owned())
    };
    match targets {
        [target] if target == "-" => "standard input".to_owned(),
        [target] => last(target).unwrap_or_else(|| target.clone()),
        targets => targets.iter().filter_map(last).collect::<Vec<_>>().join(" + "),
    }
}

/// The names of the frameworks to assess: those asked for, else all.
fn frameworks(names: &[String]) -> anyhow::Result<Vec<&'static str>> {
    if names.is_empty() {
        return Ok(cloister_frameworks::names().collect());
    }
    let known = || cloister_frameworks::names().collect::<Vec<_>>().join(", ");
    let by_name = |name: &String| {
        cloister_frameworks::names()
            .find(|known| known == name)
            .with_context(|| format!("no framework is called \"{name}\"; there are {}", known()))
    };
    names.iter().map(by_name).collect()
}

fn load(names: &[&'static str]) -> Vec<&'static Framework> {
    names.iter().filter_map(|name| cloister_frameworks::by_name(name)).collect()
}

fn fail_on(word: &str, frameworks: &[&'static str]) -> anyhow::Result<FailOn> {
    if word == "never" {
        return Ok(FailOn::Never);
    }
    if let Ok(severity) = word.parse() {
        return Ok(FailOn::Severity(severity));
    }
    if frameworks.contains(&word) {
        return Ok(FailOn::Framework(word.to_owned()));
    }
    if cloister_frameworks::names().any(|name| name == word) {
        bail!("--fail-on {word} needs that framework assessed: add it to --framework");
    }
    bail!("--fail-on takes info, low, medium, high, critical, a framework, or never; not \"{word}\"")
}
