//! `cloister network generate`: policies on standard output or in a folder, what is to be told on standard error.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cloister_model::clean;
use cloister_model::{Location, ResourceRef};
use cloister_network::Network;
use cloister_network::flows::Flows;
use cloister_network::generate::{GenerateOptions, Generated, Impossible, generate, without_policies};
use cloister_network::needs::{NeedOptions, Needs, Question, declared};

use super::args::Generate;
use super::{options, tell_of_foreign};
use crate::folder::Folder;
use crate::input::read;
use crate::output::print;
use crate::table::indented;
use crate::terminal::Terminal;
use crate::way_out::failure;

/// More of a kind than these are only counted.
const MOST: usize = 12;
/// More of what a line is about than these are only counted.
const ABOUT: usize = 4;

/// Reads, writes and proves.
pub fn run(asked: &Generate, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let known = options(&asked.from.known)?;
    let (inventory, lost) = read(asked.from.source.sources(), terminal)?;
    let bare = without_policies(&inventory);
    let network = Network::new(&bare, &known);
    if !network.endpoints().iter().any(|it| it.workload().is_some()) {
        return Err(failure(
            "no workload is in the input",
            "name files or a cluster with Deployments, Pods and the like",
        ));
    }
    tell_of_foreign(network.not_evaluated());
    // What was not listed may be needed.
    let mut lost = lost | !inventory.inputs().unread.is_empty();
    let need_options = NeedOptions { ingress_from: asked.ingress_from.clone() };
    let mut needs = if asked.declared { declared(&network, &bare, &need_options) } else { Needs::default() };
    if !asked.flows.is_empty() {
        let (seen, broken) = flows(asked, &network)?;
        needs.extend(seen);
        lost |= broken;
    }
    let how = GenerateOptions {
        admin: asked.admin,
        namespaces: asked.namespaces.clone(),
        pod_cidrs: asked.from.known.pod_cidrs.clone(),
    };
    let generated = generate(&network, &bare, &inventory, needs, &how);
    if generated.files.is_empty() {
        return Err(failure("no namespace is left to write policies for", "name one with workloads by --for"));
    }
    if generated.proof.holds() {
        write(&generated, asked)?;
    }
    summary(&generated, terminal.width());
    Ok(ExitCode::from(match (generated.proof.holds(), lost) {
        (false, _) => 1,
        (true, true) => 2,
        (true, false) => 0,
    }))
}

fn write(generated: &Generated, asked: &Generate) -> anyhow::Result<()> {
    match &asked.output {
        None => print(&generated.files.iter().map(|file| file.text.as_str()).collect::<String>()),
        Some(folder) => {
            let mut folder = Folder::new(folder)?;
            generated.files.iter().try_for_each(|file| folder.add(&file.namespace, &file.text))
        }
    }
}

/// Streams the flows; whether some line was broken.
fn flows(asked: &Generate, network: &Network<'_>) -> anyhow::Result<(Needs, bool)> {
    let mut flows = Flows::of(network);
    for path in &asked.flows {
        let name = path.to_string_lossy();
        let reader: Box<dyn BufRead> = if path.as_path() == Path::new("-") {
            Box::new(stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(path).with_context(|| format!("{name} cannot be read"))?))
        };
        for (number, line) in reader.split(b'\n').enumerate() {
            let line = line.with_context(|| format!("{name} cannot be read to its end"))?;
            flows.line(&name, number + 1, &String::from_utf8_lossy(&line));
        }
    }
    let told = [(&flows.broken, flows.broken_count, "error"), (&flows.unknown, flows.unknown_count, "warning")];
    for (lines, count, level) in told {
        lines.iter().for_each(|line| eprintln!("{level}: {}", clean(line)));
        if count > lines.len() {
            eprintln!("{level}: {} more lines like these", count - lines.len());
        }
    }
    eprintln!("flows: {} used, {} replies or not forwarded", flows.used, flows.skipped);
    let broken = flows.broken_count > 0;
    Ok((flows.into_needs(), broken))
}

fn summary(generated: &Generated, width: usize) {
    let say = |text: &str| eprint!("{}", indented(text, 0, 2, width));
    let proof = &generated.proof;
    if proof.holds() {
        say(&format!(
            "{} in {}",
            count(generated.policies, "policy", "policies"),
            count(generated.files.len(), "namespace", "namespaces")
        ));
        let works = count(proof.working, "wanted connection works", "wanted connections work");
        let nothing = if proof.unknown.is_empty() { "nothing else does" } else { "nothing else does, except:" };
        say(&format!("proven: {works}, {nothing}"));
    } else {
        say("error: the proof failed, so that nothing is written:");
        proof.failures.iter().for_each(|failure| say(&format!("- {failure}")));
    }
    for unknown in &proof.unknown {
        say(&format!("- {}: {}", count(unknown.count, "pair", "pairs"), unknown.reason));
    }
    impossible(&proof.impossible, &say);
    for names in &generated.joined {
        say(&format!(
            "joined: no label tells these apart, so that each is allowed what any needs: {}",
            names.join(", ")
        ));
    }
    if !generated.left_alone.is_empty() {
        say(&format!("left alone: {}", generated.left_alone.join(", ")));
    }
    obsolete(generated, &say);
    generated.notes.iter().for_each(|note| say(&format!("note: {note}")));
    questions(&generated.questions, &say);
}

/// What no policy can open, by what is in the way.
fn impossible(all: &[Impossible], say: &impl Fn(&str)) {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    all.iter().for_each(|it| by_reason.entry(it.why).or_default().push(&it.what));
    for (why, about) in by_reason {
        say(&format!("impossible, whatever policies say, since {why}: {}", some(&about)));
    }
}

/// The first few of a list, and how many more there are.
fn some(list: &[&str]) -> String {
    let more = list.len().saturating_sub(ABOUT);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{more}", list.iter().take(ABOUT).copied().collect::<Vec<_>>().join(", "))
}

fn obsolete(generated: &Generated, say: &impl Fn(&str)) {
    let name = |it: &ResourceRef| format!("{}/{}", it.namespace.as_deref().unwrap_or("default"), it.name);
    if !generated.obsolete.is_empty() {
        let names = generated.obsolete.iter().map(name).collect::<Vec<_>>().join(", ");
        say(&format!("delete: policies add up, so that these would still allow what they allow now: {names}"));
    }
    if !generated.cluster_wide.is_empty() {
        let names = generated.cluster_wide.iter().map(|it| format!("{} {}", it.kind, it.name));
        let names = names.collect::<Vec<_>>().join(", ");
        say(&format!("not in the proof: policies of the cluster, which stay in force: {names}"));
    }
}

fn questions(questions: &[Question], say: &impl Fn(&str)) {
    if questions.is_empty() {
        return;
    }
    // What is asked of several is asked once.
    let mut grouped: Vec<(&str, Vec<String>)> = Vec::new();
    for question in questions {
        let place = question.location.as_ref().map(place).unwrap_or_default();
        let about = format!("{}{place}", question.about);
        match grouped.iter_mut().find(|(words, _)| *words == question.words) {
            Some((_, all)) => all.push(about),
            None => grouped.push((&question.words, vec![about])),
        }
    }
    say(&format!("{} that only you can answer:", count(grouped.len(), "question", "questions")));
    for (words, about) in grouped.iter().take(MOST) {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        say(&format!("- {words}: {}", some(&about)));
    }
    if grouped.len() > MOST {
        say(&format!("- and {} more", grouped.len() - MOST));
    }
}

fn place(location: &Location) -> String {
    let line = location.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!(" ({}{line})", location.file)
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
