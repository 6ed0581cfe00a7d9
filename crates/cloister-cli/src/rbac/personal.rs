//! `cloister rbac who-can read-personal-data STORE`: the data protection officer's question.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::process::ExitCode;

use cloister_inventory::Inventory;
use cloister_model::PersonalData;
use cloister_rbac::escalation::Closure;
use cloister_rbac::personal_data::{Access, Count, Indirect, Kept, Way, climbers, count, kept, kept_by, readers};
use cloister_rbac::{Class, ServerRules, Subject, SubjectKind};
use cloister_register::exposure::DataAtRisk;
use cloister_register::{PersonalDataStore, Register, Workload};
use serde_json::{Value, json};

use super::args::WhoCan;
use super::escalate::{evidence_line, json::way, kinds, text::steps};
use super::proof::{grant_json, grant_line};
use super::{Asked, note_rules};
use crate::output::print;
use crate::table::Format;
use crate::table::{Table, indented};
use crate::way_out::{did_you_mean, failure};

/// What stands in the place of a verb.
pub const QUESTION: &str = "read-personal-data";

/// A store and who reaches it.
struct Answered<'q> {
    store: &'q str,
    /// `health data of patients`.
    data: String,
    level: &'static str,
    namespaces: Vec<String>,
    count: Count,
    found: Vec<Access<'q, 'q>>,
    /// Those who climb first.
    climbing: Vec<Indirect<'q, 'q>>,
    closure: &'q Closure<'q, 'q>,
    inventory: &'q Inventory,
}

/// Answers for one store.
pub fn run(question: &WhoCan, inventory: &Inventory, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let (register, _) = Register::from_inventory(inventory);
    let meant = meant(question.resource.as_deref(), &register)?;
    let (data, level) = meant.data(&register);
    let kept = meant.kept(&register, inventory);
    if !kept.iter().any(|kept| !kept.uses) {
        let cause =
            format!("the store \"{}\" selects no workload of the input: what leads to it is not known", meant.name());
        return Err(failure(cause, "read the manifests or the cluster that it runs in, or mend its selector"));
    }
    let rules = ServerRules::of(inventory);
    let found = readers(asked.policy, &kept, rules);
    let closure = ManuallyDrop::new(Closure::new(asked.policy, asked.inventory, rules, &[]));
    let namespaces: BTreeSet<String> =
        kept.iter().filter(|kept| !kept.uses).map(|Kept { namespace, .. }| namespace.clone()).collect();
    let answered = Answered {
        store: meant.name(),
        data,
        level,
        namespaces: namespaces.into_iter().collect(),
        count: count(&found),
        climbing: climbers(asked.policy, &closure, &kept, &found),
        closure: &closure,
        found,
        inventory,
    };
    asked.note_other_authorizers();
    note_rules(rules);
    print(&match question.from.output {
        Format::Json => format!("{:#}\n", answered.json()),
        Format::Text => answered.text(asked.width),
        format => answered.table().show(format, asked.width),
    })?;
    Ok(asked.exit(0))
}

/// What was asked about.
#[derive(Clone, Copy)]
enum Meant<'r, 'a> {
    /// A store of the register.
    Declared(&'r PersonalDataStore<'a>),
    /// A workload that no register names, and that looks like one.
    Recognised(&'r Workload<'a>),
}

impl<'r> Meant<'r, '_> {
    fn name(self) -> &'r str {
        match self {
            Meant::Declared(store) => store.name(),
            Meant::Recognised(workload) => &workload.resource.name,
        }
    }

    /// What it holds, in words, and how bad its loss is.
    fn data(self, register: &Register<'_>) -> (String, &'static str) {
        match self {
            Meant::Declared(store) => {
                let data = DataAtRisk::of_store(store, register);
                (data.phrase(), data.level().as_str())
            }
            Meant::Recognised(workload) => {
                let engine = register.recognised(workload.resource).map(|it| it.engine.meaning()).unwrap_or_default();
                (format!("what no register describes ({engine})"), PersonalData::Ordinary.as_str())
            }
        }
    }

    fn kept(self, register: &Register<'_>, inventory: &Inventory) -> Vec<Kept> {
        match self {
            Meant::Declared(store) => kept(store, register, inventory),
            Meant::Recognised(workload) => kept_by(&[workload], inventory),
        }
    }
}

/// The store of that name: of the register, or else one that is recognised, by its name or with its namespace before it.
fn meant<'r, 'a>(name: Option<&str>, register: &'r Register<'a>) -> anyhow::Result<Meant<'r, 'a>> {
    if let Some(store) = name.and_then(|name| register.store(name)) {
        return Ok(Meant::Declared(store));
    }
    let is_one =
        |it: &&Workload<'_>| register.recognised(it.resource).is_some() && register.stores_of(it.resource).is_empty();
    let recognised: Vec<&Workload<'_>> = register.workloads().iter().filter(is_one).collect();
    let full = |it: &Workload<'_>| format!("{}/{}", it.namespace(), it.resource.name);
    let named = |it: &&Workload<'_>| name.is_some_and(|name| *it.resource.name == *name || full(it) == name);
    match recognised.iter().copied().filter(named).collect::<Vec<_>>().as_slice() {
        [one] => return Ok(Meant::Recognised(one)),
        [_, _, ..] => {
            let all: BTreeSet<String> = recognised.iter().copied().filter(named).map(full).collect();
            let all = all.into_iter().collect::<Vec<_>>().join(", ");
            return Err(failure("several workloads are called so", format!("name one with its namespace: {all}")));
        }
        [] => {}
    }
    let declared: Vec<&str> = register.stores().iter().map(|store| store.name()).collect();
    let others: Vec<String> = recognised.into_iter().map(full).collect();
    Err(no_such_store(name, &declared, &others))
}

fn no_such_store(name: Option<&str>, declared: &[&str], recognised: &[String]) -> anyhow::Error {
    if declared.is_empty() && recognised.is_empty() {
        let cause = "no register names a store of personal data in the input, and none is recognised";
        return failure(cause, "read the register as well; \"cloister register init\" drafts one");
    }
    let mut all: Vec<String> = Vec::new();
    if !declared.is_empty() {
        all.push(format!("the register has {}", declared.join(", ")));
    }
    if !recognised.is_empty() {
        all.push(format!("recognised is {}", recognised.join(", ")));
    }
    let all = all.join("; ");
    let Some(name) = name else { return failure("name a store", all) };
    let near = did_you_mean(name, declared.iter().copied().chain(recognised.iter().map(String::as_str)));
    failure(format!("no store is called \"{name}\""), near.map_or(all.clone(), |near| format!("{near} ({all})")))
}

/// `2 people`, `1 group`.
fn of(number: usize, one: &str, many: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    }
}

fn joined(parts: &[String]) -> String {
    match parts {
        [] => "Nobody whom roles name".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The ways of one subject, those with one proof together; in whose name they act is folded.
fn by_proof(all: &[&Access<'_, '_>]) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for way in [None, Some(Way::Impersonate), Some(Way::Token)] {
        let is_asked = |it: &&&Access<'_, '_>| match way {
            None => !matches!(it.way, Way::Impersonate | Way::Token),
            Some(way) => it.way == way,
        };
        let of_way: Vec<&&Access<'_, '_>> = all.iter().filter(is_asked).collect();
        let said = match (way, of_way.as_slice()) {
            (_, []) => continue,
            (Some(Way::Token), [_, _, ..]) => {
                vec![format!("gets tokens of {} service accounts that can", of_way.len())]
            }
            (Some(_), [_, _, ..]) => vec![format!("acts in the name of {} others who can", of_way.len())],
            (Some(_), [one]) => vec![one.what.clone()],
            (None, _) => Vec::new(),
        };
        if said.is_empty() {
            of_way.iter().for_each(|it| add(&mut groups, proof(it), it.what.clone()));
        } else if let Some(first) = of_way.first() {
            said.into_iter().for_each(|said| add(&mut groups, proof(first), said));
        }
    }
    groups
}

/// Every grant that a way takes, each once.
fn proof(access: &Access<'_, '_>) -> String {
    let mut lines: Vec<String> = std::iter::once(&access.grant).chain(&access.also).map(grant_line).collect();
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    lines.join(", and ")
}

fn add(groups: &mut Vec<(String, Vec<String>)>, proof: String, said: String) {
    match groups.iter_mut().find(|(known, _)| *known == proof) {
        Some((_, all)) => all.push(said),
        None => groups.push((proof, vec![said])),
    }
}

impl Answered<'_> {
    /// In plain words, for whoever answers for the data.
    fn sentence(&self) -> String {
        let count = self.count;
        let parts = [
            of(count.people, "person", "people"),
            of(count.groups, "group of people", "groups of people"),
            of(count.workloads, "service account", "service accounts"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let special = if self.level == "special" { ", a special category (Art. 9)" } else { "" };
        let climbing = self.climbing.iter().filter(|it| it.subject.class() != Class::BuiltIn).count();
        let more = match climbing {
            0 => String::new(),
            1 => " 1 more can by climbing first.".to_owned(),
            more => format!(" {more} more can by climbing first."),
        };
        format!(
            "{} can read {}{special}: the store {} in {}.{more}",
            joined(&parts),
            self.data,
            self.store,
            self.namespaces.join(", ")
        )
    }

    fn text(&self, width: usize) -> String {
        let mut text = indented(&self.sentence(), 0, 0, width);
        for (class, head) in [(Class::Person, "People"), (Class::Workload, "Workloads")] {
            let of_class: Vec<&Access<'_, '_>> = self.found.iter().filter(|it| it.subject.class() == class).collect();
            if of_class.is_empty() {
                continue;
            }
            text += &format!("\n{head}\n");
            let mut subjects: Vec<(String, Vec<&Access<'_, '_>>)> = Vec::new();
            for access in of_class {
                let whom = self.whom(access.subject);
                match subjects.last_mut().filter(|(last, _)| *last == whom) {
                    Some((_, all)) => all.push(access),
                    None => subjects.push((whom, vec![access])),
                }
            }
            for (whom, all) in subjects {
                text += &indented(&whom, 1, 2, width);
                for (proof, ways) in by_proof(&all) {
                    ways.iter().for_each(|way| text += &indented(way, 3, 2, width));
                    text += &indented(&format!("by {proof}"), 5, 2, width);
                }
            }
        }
        text += &self.climbing_text(width);
        text.push('\n');
        let built_in = of(self.count.built_in, "identity", "identities").unwrap_or_else(|| "no identity".to_owned());
        let rest = format!(
            "Besides, {built_in} of Kubernetes' own can, whoever holds a certificate of the group system:masters, and \
             whoever administers the nodes or the storage."
        );
        text + &indented(&rest, 0, 0, width)
    }

    /// Who has no direct way, and how they come to one.
    fn climbing_text(&self, width: usize) -> String {
        let mut text = String::new();
        for (class, head) in
            [(Class::Person, "People who must climb first"), (Class::Workload, "Workloads that must climb first")]
        {
            let of_class: Vec<&Indirect<'_, '_>> =
                self.climbing.iter().filter(|it| it.subject.class() == class).collect();
            if of_class.is_empty() {
                continue;
            }
            text += &format!("\n{head}\n");
            for climber in of_class {
                text += &indented(&self.whom(climber.subject), 1, 2, width);
                text += &indented(&self.reaches(climber), 3, 2, width);
                text += &steps(self.closure, &climber.path, 5, width);
            }
        }
        text
    }

    /// `reaches service account ci/bot in 2 steps`.
    fn reaches(&self, climber: &Indirect<'_, '_>) -> String {
        let steps = of(climber.path.length(), "step", "steps").unwrap_or_default();
        format!("reaches {} in {steps}", self.closure.name(&climber.path.to))
    }

    fn whom(&self, subject: &Subject<'_>) -> String {
        let name = subject.full_name();
        match (subject.kind, subject.class()) {
            (SubjectKind::Group, Class::Person) if name == "system:authenticated" => {
                "everybody who can sign in".to_owned()
            }
            (SubjectKind::Group, Class::Person) if name == "system:unauthenticated" => {
                "everybody, without signing in".to_owned()
            }
            (SubjectKind::Group, _) => format!("group {name} (members unknown)"),
            (SubjectKind::User, _) => name,
            (SubjectKind::ServiceAccount, _) => {
                let runs = self.runs(subject);
                let used = if runs.is_empty() {
                    "which nothing in the input runs as".to_owned()
                } else {
                    format!("which {} runs as", runs.join(", "))
                };
                format!("service account {}/{}, {used}", subject.namespace, subject.name)
            }
        }
    }

    /// The workloads that run as a service account.
    fn runs(&self, subject: &Subject<'_>) -> Vec<String> {
        if subject.kind != SubjectKind::ServiceAccount {
            return Vec::new();
        }
        let pods = self.inventory.pods_in(subject.namespace).filter(|pod| pod.service_account() == subject.name);
        let names: BTreeSet<String> = pods.map(|pod| format!("{} {}", pod.resource.kind, pod.resource.name)).collect();
        names.into_iter().collect()
    }

    fn table(&self) -> Table {
        let mut table = Table::new(&["class", "kind", "name", "way", "what", "runs", "proof"]);
        for access in &self.found {
            let subject = access.subject;
            table.row([
                subject.class().as_str().to_owned(),
                subject.kind.as_str().to_owned(),
                subject.full_name(),
                access.way.as_str().to_owned(),
                access.what.clone(),
                self.runs(access.subject).join(", "),
                proof(access),
            ]);
        }
        for climber in &self.climbing {
            let subject = climber.subject;
            let proof = climber.path.steps.iter().flat_map(|step| &step.proof).map(evidence_line);
            let mut proof: Vec<String> = proof.collect();
            proof.dedup();
            table.row([
                subject.class().as_str().to_owned(),
                subject.kind.as_str().to_owned(),
                subject.full_name(),
                "climb".to_owned(),
                format!("{}: {}", self.reaches(climber), kinds(&climber.path)),
                self.runs(subject).join(", "),
                proof.join("; "),
            ]);
        }
        table
    }

    fn json(&self) -> Value {
        let count = self.count;
        let one = |access: &Access<'_, '_>| {
            json!({
                "class": access.subject.class().as_str(),
                "kind": access.subject.kind.as_str(),
                "name": access.subject.full_name(),
                "way": access.way.as_str(),
                "what": access.what,
                "runs": self.runs(access.subject),
                "proof": grant_json(&access.grant),
                "also": access.also.iter().map(grant_json).collect::<Vec<_>>(),
            })
        };
        let climbing = |climber: &Indirect<'_, '_>| {
            json!({
                "class": climber.subject.class().as_str(),
                "kind": climber.subject.kind.as_str(),
                "name": climber.subject.full_name(),
                "runs": self.runs(climber.subject),
                "path": way(self.closure, &climber.path),
            })
        };
        json!({
            "store": self.store,
            "namespaces": self.namespaces,
            "data": self.data,
            "level": self.level,
            "answer": self.sentence(),
            "counts": {
                "people": count.people, "groups": count.groups,
                "serviceAccounts": count.workloads, "builtIn": count.built_in,
            },
            "access": self.found.iter().map(one).collect::<Vec<_>>(),
            "climbing": self.climbing.iter().map(climbing).collect::<Vec<_>>(),
        })
    }
}
