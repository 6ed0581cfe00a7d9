//! `--help` of the real binaries beside the tables: every flag, whether it is deprecated, and its default.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result};
use cloister_flags::{CommandLine, Program, Stage, gates};

use super::generate::here;
use super::{Tally, shown, version};

/// Those of which a binary is built.
const BINARIES: &[Program] = &[Program::ApiServer, Program::ControllerManager, Program::Scheduler, Program::Kubelet];

/// Asks each binary.
pub(super) fn compare(tally: &mut Tally) -> Result<()> {
    for program in BINARIES {
        let mut command = Command::new(cloister_tools::path(program.name())?);
        let output = command.arg("--help").output().with_context(|| format!("failed to run {}", program.name()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        flags(*program, &text, tally);
        feature_gates(*program, &text, tally);
    }
    Ok(())
}

fn flags(program: Program, text: &str, tally: &mut Tally) {
    let told = blocks(text);
    let line = CommandLine::parse(program, version(program), &[]);
    let mut say = |what: String| tally.differences.push(format!("{} --help: {what}", program.name()));
    for (flag, span) in here(program) {
        let Some(block) = told.get(flag.name) else {
            if !span.hidden {
                say(format!("--{} is not there", flag.name));
            }
            continue;
        };
        let default = shown(&line.effective(flag.name)).unwrap_or_default();
        if !tells(block, &default) {
            say(format!("--{} is not {default:?} by default", flag.name));
        }
        if block.contains("(DEPRECATED: ") != span.deprecated.is_some() || span.hidden {
            say(format!("--{} is deprecated or hidden otherwise", flag.name));
        }
    }
    for name in told.keys().filter(|name| !here(program).any(|(flag, _)| flag.name == **name)) {
        say(format!("--{name} is not in our table"));
    }
    tally.help.0 += told.len();
}

/// What is said of each flag, by its name.
fn blocks(text: &str) -> BTreeMap<&str, String> {
    let mut blocks: BTreeMap<&str, String> = BTreeMap::new();
    let mut name = "";
    for line in text.lines() {
        let start = line.trim_start();
        let indented = (2..=8).contains(&(line.len() - start.len()));
        let long = start.split_once(", --").filter(|(short, _)| short.len() == 2).map(|(_, long)| long);
        if let Some(long) = long.or_else(|| start.strip_prefix("--")).filter(|_| indented) {
            name = long.split([' ', '[', '=']).next().unwrap_or_default();
            blocks.insert(name, String::new());
        }
        if let Some(block) = blocks.get_mut(name) {
            block.push_str(line);
            block.push('\n');
        }
    }
    blocks
}

/// pflag leaves out what is nothing, and quotes texts.
fn tells(block: &str, default: &str) -> bool {
    let nothing = matches!(default, "" | "0" | "0s" | "false" | "<nil>" | "[]");
    let written = [format!("(default {default})"), format!("(default {default:?})")];
    written.iter().any(|written| block.contains(written.as_str())) || (nothing && !ends_with_default(block))
}

/// Whether the last sentence, before what is said of deprecation, is a default.
fn ends_with_default(block: &str) -> bool {
    let text = block.split("(DEPRECATED: ").next().unwrap_or_default().trim_end();
    let last = text.rsplit_once("(default ").map(|(_, last)| last);
    last.is_some_and(|last| last.ends_with(')') && !last.trim_end_matches(')').contains(')'))
}

/// Gates that are not settled are listed: `Name=true|false (ALPHA - default=false)`.
fn feature_gates(program: Program, text: &str, tally: &mut Tally) {
    let mut told: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
    for line in text.lines() {
        let Some((name, rest)) = line.trim_start().split_once("=true|false (") else { continue };
        let Some((stage, default)) = rest.split_once(" - default=") else { continue };
        told.insert(name.rsplit(':').next().unwrap_or(name), (stage, default.starts_with("true")));
    }
    tally.help.1 += told.len();
    let version = version(program);
    let here = |gate: &&cloister_flags::Gate| version.is_some_and(|version| gate.versions.contain(version));
    for gate in gates(program).filter(here) {
        let stage = match gate.stage {
            Stage::Alpha => "ALPHA",
            Stage::Beta => "BETA",
            Stage::Stable | Stage::Deprecated => continue,
        };
        if told.remove(gate.name) != Some((stage, gate.default)) {
            tally.differences.push(format!("{} --help: the gate {} is another", program.name(), gate.name));
        }
    }
    tally
        .differences
        .extend(told.keys().map(|name| format!("{} --help: the gate {name} is not in our table", program.name())));
}
