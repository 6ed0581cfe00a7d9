//! Flags: what generated command lines mean, as the programs' own packages read them, beside what `cloister-flags` says;
//! the tables beside `--help` of the binaries, and `/flagz` of started API servers.

mod binaries;
mod bugs;
mod flagz;
mod generate;
mod help;
mod kubelet;
mod page;
mod reader;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::Result;
use cloister_flags::{CommandLine, Effective, Fault, Outcome, Program, Version, gates};

use super::{Dice, report};
use bugs::BUGS;
use generate::{Case, Class};

/// Command lines of each program in a full run.
pub const FULL_COUNT: usize = 3_000;
/// Command lines of each program from which on every bug must be noticed.
const ENOUGH: usize = 1_000;
/// How many differences are shown.
const SHOWN: usize = 20;

/// What a program makes of its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Answer {
    /// Where it ends: words, arguments, gates, help, version; nothing where it goes on.
    stage: String,
    /// Where it goes on, every flag as it prints it.
    flags: BTreeMap<String, String>,
    /// The feature gates that are on.
    gates: BTreeSet<String>,
}

/// What a run came to.
#[derive(Debug, Default)]
struct Tally {
    seed: u64,
    /// By program: lines, and how many of them it takes.
    programs: BTreeMap<Program, (usize, usize)>,
    /// By what a line tries: lines, and how many of them are refused.
    classes: BTreeMap<Class, (usize, usize)>,
    /// Values compared.
    values: usize,
    differences: Vec<String>,
    /// Bugs, and how many lines each changes.
    bugs: Vec<(&'static str, usize)>,
    /// Flags in `--help`, gates in it.
    help: (usize, usize),
    /// Lines that real binaries were started with.
    starts: usize,
    /// API servers, and their flags in `/flagz`.
    servers: (usize, usize),
    /// Kubelets with files, and the settings of theirs that were compared.
    kubelets: (usize, usize),
}

/// Compares `count` command lines of each program, and says what it found.
///
/// # Errors
/// A program is missing or fails, or the page cannot be written.
pub fn run(seed: u64, count: usize, write: bool) -> Result<ExitCode> {
    println!("flags: {count} command lines of each program, seed {seed}");
    let mut dice = Dice::new(seed);
    let mut tally = Tally { seed, bugs: BUGS.iter().map(|bug| (bug.name, 0)).collect(), ..Tally::default() };
    help::compare(&mut tally)?;
    for program in Program::ALL {
        tally.compare(*program, count, &mut dice)?;
    }
    kubelet::compare(&mut tally, 10 + count / 10, &mut dice)?;
    tally.show();
    let before = tally.differences.len();
    flagz::compare(&mut tally, 1 + count / 500, &mut dice)?;
    tally.differences.iter().skip(before).take(SHOWN).for_each(|difference| println!("{difference}"));
    let mut complaints: Vec<String> = Vec::new();
    if !tally.differences.is_empty() {
        complaints.push(format!("{} differences", tally.differences.len()));
    }
    // A sample is too small to meet every bug.
    let missed = tally.bugs.iter().filter(|(_, changed)| *changed == 0 && count >= ENOUGH);
    complaints.extend(missed.map(|(bug, _)| format!("nothing notices that {bug}")));
    println!("{}", page::summary(&tally));
    if write {
        report::write_section(
            &report::project().join("docs/conformance.md"),
            report::TITLE,
            "flags",
            &page::page(&tally),
        )?;
    }
    for complaint in &complaints {
        println!("flags: {complaint}");
    }
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Tally {
    /// Generates lines of one program, and asks both sides.
    fn compare(&mut self, program: Program, count: usize, dice: &mut Dice) -> Result<()> {
        let cases: Vec<Case> = (0..count).map(|_| generate::case(program, dice)).collect();
        let answers = reader::read(program, &cases.iter().map(Case::words).collect::<Vec<_>>())?;
        for (case, (real, error)) in cases.iter().zip(&answers) {
            let words = case.words();
            let ours = answer(program, &words);
            self.count(program, case, real);
            if let Some(difference) = difference(real, &ours).or_else(|| wrong_culprit(program, &words, error)) {
                self.differences.push(format!("{} {words:?}: {difference} ({error})", program.name()));
                continue;
            }
            for (index, bug) in BUGS.iter().enumerate() {
                let changed = (bug.change)(program, &case.items).is_some_and(|words| answer(program, &words) != *real);
                if let Some((_, found)) = self.bugs.get_mut(index).filter(|_| changed) {
                    *found += 1;
                }
            }
        }
        binaries::start(self, program, &cases)?;
        println!("flags: {} is done, {} differences so far", program.name(), self.differences.len());
        Ok(())
    }

    /// Differences so far, the first of each program.
    fn show(&self) {
        for program in Program::ALL {
            let of = self.differences.iter().filter(|difference| difference.starts_with(program.name()));
            of.take(SHOWN).for_each(|difference| println!("{difference}"));
        }
    }

    fn count(&mut self, program: Program, case: &Case, real: &Answer) {
        let taken = usize::from(real.stage.is_empty());
        let of = self.programs.entry(program).or_default();
        *of = (of.0 + 1, of.1 + taken);
        for class in case.classes() {
            let of = self.classes.entry(class).or_default();
            *of = (of.0 + 1, of.1 + 1 - taken);
        }
        self.values += real.flags.len() + real.gates.len();
    }
}

/// The release that is judged.
fn version(program: Program) -> Option<Version> {
    Version::parse(if program == Program::Etcd { "3.7.3" } else { cloister_tools::KUBERNETES_VERSION })
}

fn parse(program: Program, words: &[String]) -> CommandLine {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    CommandLine::parse(program, version(program), &words)
}

/// What we say.
fn answer(program: Program, words: &[String]) -> Answer {
    answer_of(&parse(program, words))
}

fn answer_of(line: &CommandLine) -> Answer {
    let stage = stage(line);
    if !stage.is_empty() {
        return Answer { stage: stage.to_owned(), ..Answer::default() };
    }
    let flags = line.names().filter_map(|name| Some((name.to_owned(), line.shown(name)?))).collect();
    // etcd's gates are compared as its flag prints them.
    let names = gates(line.program()).map(|gate| gate.name).filter(|_| line.program() != Program::Etcd);
    let on = names.filter(|name| line.gate(name).boolean() == Some(true)).map(str::to_owned);
    Answer { stage: String::new(), flags, gates: on.collect() }
}

fn stage(line: &CommandLine) -> &'static str {
    match line.outcome() {
        Outcome::Starts => "",
        Outcome::PrintsHelp => "help",
        Outcome::PrintsVersion => "version",
        Outcome::Depends(_) => "depends",
        Outcome::OtherCommand => "other",
        Outcome::Fails(diagnostic) => match diagnostic.fault {
            Fault::Argument => "arguments",
            // They are set while etcd reads its words.
            _ if line.program() == Program::Etcd => "words",
            Fault::InvalidGates { .. }
            | Fault::UnknownGate { .. }
            | Fault::LockedGate { .. }
            | Fault::UnmetGate { .. } => "gates",
            _ => "words",
        },
    }
}

/// The first thing that is not the same.
fn difference(real: &Answer, ours: &Answer) -> Option<String> {
    let ended = |stage: &str| if stage.is_empty() { "goes on".to_owned() } else { format!("ends at {stage}") };
    if real.stage != ours.stage {
        return Some(format!("it {}, we say it {}", ended(&real.stage), ended(&ours.stage)));
    }
    let names: BTreeSet<&String> = real.flags.keys().chain(ours.flags.keys()).collect();
    let differs = names.into_iter().find(|name| real.flags.get(*name) != ours.flags.get(*name));
    if let Some(name) = differs {
        return Some(format!("--{name} is {:?}, we say {:?}", real.flags.get(name), ours.flags.get(name)));
    }
    let gate = real.gates.symmetric_difference(&ours.gates).next();
    gate.map(|gate| format!("the gate {gate} is {}, we say otherwise", real.gates.contains(gate)))
}

/// Where both refuse a word, both must mean the same flag.
fn wrong_culprit(program: Program, words: &[String], error: &str) -> Option<String> {
    let line = parse(program, words);
    let Outcome::Fails(diagnostic) = line.outcome() else { return None };
    let culprit = match &diagnostic.fault {
        Fault::InvalidValue { flag, .. } | Fault::MissingValue { flag } => (*flag).to_owned(),
        Fault::UnknownFlag { name, .. } => name.clone(),
        _ => return None,
    };
    // The program names the flag as it is written, or as it is defined.
    let named = error.starts_with("crash") || error.replace('_', "-").contains(&culprit);
    (!named).then(|| format!("we say that --{culprit} is wrong"))
}

/// What an effective value is for, where it is certain.
fn shown(effective: &Effective) -> Option<String> {
    effective.shown()
}
