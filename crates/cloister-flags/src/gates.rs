//! Feature gates: the table, and what the flag makes of them.
//! Sources: component-base 0.37, `featuregate/feature_gate.go` and `compatibility/registry.go`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::diagnostic::{Diagnostic, Fault};
use crate::go::number;
use crate::program::Program;
use crate::table::{lines, versions};
use crate::version::{Version, Versions};
use crate::words::known;

/// How far a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Off by default, and may go without notice.
    Alpha,
    /// Complete enough to be tried; mostly on by default.
    Beta,
    /// Part of the program for good.
    Stable,
    /// On its way out.
    Deprecated,
}

/// A feature gate in versions in which it stays the same.
#[derive(Debug)]
pub struct Gate {
    /// Its name.
    pub name: &'static str,
    /// Which versions.
    pub versions: Versions,
    /// Whether it is on by default.
    pub default: bool,
    /// How far its feature is.
    pub stage: Stage,
    /// Whether it can no longer be set otherwise.
    pub locked: bool,
    /// The gates without which it cannot be on.
    pub needs: Vec<&'static str>,
    /// The programs that do not know it.
    pub without: Vec<Program>,
}

/// The gates of a program, by name, and then by version.
pub fn gates(program: Program) -> impl Iterator<Item = &'static Gate> {
    table(program).iter().filter(move |gate| !gate.without.contains(&program))
}

/// The rows of one gate.
pub(crate) fn named(program: Program, name: &str) -> impl Iterator<Item = &'static Gate> {
    let all = table(program);
    let rows = all.get(all.partition_point(|gate| gate.name < name)..all.partition_point(|gate| gate.name <= name));
    rows.unwrap_or_default().iter().filter(move |gate| !gate.without.contains(&program))
}

fn table(program: Program) -> &'static [Gate] {
    static KUBERNETES: OnceLock<Vec<Gate>> = OnceLock::new();
    static ETCD: OnceLock<Vec<Gate>> = OnceLock::new();
    match program {
        Program::Etcd => ETCD.get_or_init(|| parse(program, include_str!("../data/etcd-feature-gates.tsv"))),
        _ => KUBERNETES.get_or_init(|| parse(program, include_str!("../data/feature-gates.tsv"))),
    }
}

fn parse(program: Program, text: &'static str) -> Vec<Gate> {
    lines(text).filter_map(|line| row(program, line)).collect()
}

fn row(program: Program, line: &'static str) -> Option<Gate> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let versions = versions(program, columns.next()?)?;
    let default = number::boolean(columns.next()?)?;
    let stage = match columns.next()? {
        "alpha" => Stage::Alpha,
        "beta" => Stage::Beta,
        "stable" => Stage::Stable,
        "deprecated" => Stage::Deprecated,
        _ => return None,
    };
    let mut gate = Gate { name, versions, default, stage, locked: false, needs: Vec::new(), without: Vec::new() };
    for remark in columns {
        match remark.split_once('=').unwrap_or((remark, "")) {
            ("locked", _) => gate.locked = true,
            ("needs", names) => gate.needs = names.split(',').collect(),
            ("without", names) => gate.without = names.split(',').filter_map(Program::named).collect(),
            _ => return None,
        }
    }
    Some(gate)
}

/// What the words say of gates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// What each gate is set to, and by which words; the last of them counts.
    pub(crate) set: BTreeMap<String, (bool, Vec<usize>)>,
    /// Whether the version that is emulated decides on the rest.
    pub(crate) emulates: bool,
}

impl Told {
    /// Reads the values of the flag. What is wrong goes to `diagnostics`.
    pub(crate) fn read(
        program: Program,
        version: Option<Version>,
        values: &[(usize, String)],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Told {
        let mut told = Told::default();
        let mut components: Vec<(&str, usize)> = Vec::new();
        for (word, value) in values {
            for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                let (component, pair) = component(program, part);
                components.push((component, *word));
                match (component, assignment(pair)) {
                    ("" | "kube", Ok((name, on))) => {
                        let entry = told.set.entry(name.to_owned()).or_insert((on, Vec::new()));
                        entry.0 = on;
                        entry.1.push(*word);
                    }
                    (_, Err(why)) if matches!(component, "" | "kube") => diagnostics.push(invalid(*word, why)),
                    _ => diagnostics.push(invalid(*word, "no component but kube has gates here")),
                }
            }
        }
        let mixed = components.iter().find(|(component, _)| components.iter().any(|(other, _)| other != component));
        if let Some((_, word)) = mixed {
            diagnostics.push(invalid(*word, "gates are written all with kube: before them, or all without"));
        }
        told.check(program, version, diagnostics);
        told
    }

    fn check(&self, program: Program, version: Option<Version>, diagnostics: &mut Vec<Diagnostic>) {
        for (name, (on, words)) in &self.set {
            let word = words.last().copied().unwrap_or_default();
            let all: Vec<&Gate> = named(program, name).collect();
            let here: Vec<&&Gate> =
                all.iter().filter(|gate| version.is_none_or(|version| gate.versions.contain(version))).collect();
            let versions = || known(all.iter().map(|gate| gate.versions));
            let fault = match here.as_slice() {
                [] => Fault::UnknownGate { name: name.clone(), known: versions() },
                here if here.iter().all(|gate| gate.locked && gate.default != *on) => {
                    Fault::LockedGate { name: name.clone(), to: !on }
                }
                [.., last] if matches!(last.stage, Stage::Stable | Stage::Deprecated) => {
                    Fault::SettledGate { name: name.clone() }
                }
                _ => continue,
            };
            diagnostics.push(Diagnostic { word, fault });
        }
        if let Some(version) = version.filter(|_| !self.set.is_empty()) {
            diagnostics.extend(self.unmet(program, version));
        }
    }

    /// Gates that are on without those that they need.
    fn unmet(&self, program: Program, version: Version) -> impl Iterator<Item = Diagnostic> {
        let here = move || gates(program).filter(move |gate| gate.versions.contain(version));
        let is_on = move |name: &str| {
            named(program, name).find(|gate| gate.versions.contain(version)).is_some_and(|gate| self.of(gate).0)
        };
        here().filter(move |gate| self.of(gate).0).filter_map(move |gate| {
            let needs: Vec<String> =
                gate.needs.iter().filter(|need| !is_on(need)).map(|need| (*need).to_owned()).collect();
            let word = self.of(gate).1.last().copied();
            let any = self.set.values().flat_map(|(_, words)| words.last()).copied().next();
            let fault = Fault::UnmetGate { name: gate.name.to_owned(), needs: needs.clone() };
            (!needs.is_empty()).then_some(Diagnostic { word: word.or(any)?, fault })
        })
    }

    /// What a gate is, and the words that make it so.
    pub(crate) fn of(&self, gate: &Gate) -> (bool, &[usize]) {
        let all = match gate.stage {
            Stage::Alpha => "AllAlpha",
            Stage::Beta => "AllBeta",
            Stage::Stable | Stage::Deprecated => "",
        };
        let told = self.set.get(gate.name).or_else(|| self.set.get(all));
        told.map_or((gate.default, &[]), |(on, words)| (*on, words))
    }
}

/// The component in front of a pair; etcd, the kubelet and kube-proxy know none.
fn component(program: Program, part: &str) -> (&str, &str) {
    let has_components = matches!(program, Program::ApiServer | Program::ControllerManager | Program::Scheduler);
    match part.split_once(':').filter(|_| has_components) {
        Some((component, pair)) => (component.trim(), pair.trim()),
        None => ("", part),
    }
}

fn assignment(pair: &str) -> Result<(&str, bool), &'static str> {
    let (name, value) = pair.split_once('=').ok_or("a gate is written name=true or name=false")?;
    let on = number::boolean(value.trim()).ok_or("a gate is true or false")?;
    Ok((name.trim(), on))
}

fn invalid(word: usize, why: &'static str) -> Diagnostic {
    Diagnostic { word, fault: Fault::InvalidGates { why } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_gate_in_order() {
        for (program, text) in [
            (Program::ApiServer, include_str!("../data/feature-gates.tsv")),
            (Program::Etcd, include_str!("../data/etcd-feature-gates.tsv")),
        ] {
            let mut before = ("", 0);
            for line in lines(text) {
                let gate = row(program, line).unwrap_or_else(|| panic!("{line}"));
                // The same row may come again for other programs.
                assert!((gate.name, gate.versions.first) >= before, "{line}");
                before = (gate.name, gate.versions.first);
            }
        }
    }

    #[test]
    fn what_a_gate_needs_is_a_gate() {
        for gate in gates(Program::ApiServer) {
            for need in &gate.needs {
                assert!(gates(Program::ApiServer).any(|other| other.name == *need), "{need} for {}", gate.name);
            }
        }
    }
}
