//! `cloister node collect`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use cloister_node::format::{NodeFacts, Unread};
use cloister_source::node::{NodeRequest, collect};
use jiff::Timestamp;

use super::args::Collect;
use crate::output::print;
use crate::way_out::failure;

/// Rounds are at least this far apart.
const SHORTEST: Duration = Duration::from_secs(10);

/// As other commands end where input was lost.
const LOST: u8 = 2;

/// Collects, writes, and says what could not be read; once, or again and again.
pub fn run(arguments: &Collect) -> anyhow::Result<ExitCode> {
    let Some(pause) = arguments.every else { return once(arguments) };
    let pause = pause.unsigned_abs().max(SHORTEST);
    loop {
        // The marks let whoever reads a log tell where a round begins and that it is whole.
        // A pod's log mixes both outputs: what could not be read stands in the facts, too.
        let (_, text) = facts(arguments)?;
        print(&format!("---\n{text}...\n"))?;
        std::thread::sleep(pause);
    }
}

fn once(arguments: &Collect) -> anyhow::Result<ExitCode> {
    let (facts, text) = facts(arguments)?;
    match &arguments.output {
        None => print(&text)?,
        Some(file) => std::fs::write(file, &text).map_err(|error| {
            failure(format!("{} cannot be written: {error}", file.display()), "name a file that you may write")
        })?,
    }
    tell(&facts);
    // A pod without rights sees no variables of processes: `scan` tells that, and goes on.
    let is_lost = |unread: &Unread| !unread.doubted && !unread.is_environment();
    Ok(if !facts.unread.iter().any(is_lost) { ExitCode::SUCCESS } else { ExitCode::from(LOST) })
}

/// The facts, and the same as YAML that ends in a line feed.
fn facts(arguments: &Collect) -> anyhow::Result<(NodeFacts, String)> {
    let root = arguments.root.clone();
    let request = NodeRequest {
        root: root.clone(),
        name: arguments.name.clone(),
        folders: arguments.folder.clone(),
        at: arguments.at.unwrap_or_else(Timestamp::now).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        by: format!("cloister {}", env!("CARGO_PKG_VERSION")),
    };
    let facts = collect(&request).map_err(|error| {
        let cause = format!("{} cannot be opened: {error}", root.display());
        failure(cause, "name the folder at which the host's files are seen: --root /host")
    })?;
    let mut text = serde_saphyr::to_string(&facts).context("the facts cannot be written as YAML")?;
    text.push_str(if text.ends_with('\n') { "" } else { "\n" });
    Ok((facts, text))
}

fn tell(facts: &NodeFacts) {
    let provider = facts.layout.provider.as_ref().map_or_else(String::new, |it| format!(", control plane by {it}"));
    let (name, layout) = (&facts.metadata.name, &facts.layout.kind);
    let (processes, files) = (facts.processes.len(), facts.files.len());
    let said = format!("{name}: layout {layout}{provider}; {processes} programs, {files} files");
    eprintln!("{}", cloister_report::clean(&said));
    for unread in &facts.unread {
        let what = if unread.doubted { "not believed" } else { "not read" };
        eprintln!("{}", cloister_report::clean(&format!("{what}: {}: {}", unread.path, unread.why)));
    }
    if facts.processes.is_empty() {
        eprintln!("no program of Kubernetes was seen: is this a node, and does --root lead to its /proc?");
    }
}
