//! Who can read the data of a store: the data protection officer's question.

use std::collections::BTreeSet;

use cloister_inventory::Inventory;
use cloister_model::PersonalData;
use cloister_rbac::escalation::Closure;
use cloister_rbac::personal_data::{Access, Count, Indirect, Kept, climbers, count, kept, kept_by, readers};
use cloister_rbac::{Class, Policy, ServerRules, Subject, SubjectKind};
use cloister_register::exposure::DataAtRisk;
use cloister_register::{PersonalDataStore, Register, Workload};
use serde_json::{Value, json};

use crate::climb::{kinds, way};
use crate::proof::{evidence_line, grant_json, grant_line};
use crate::{Wrong, did_you_mean};

/// A store and who reaches it.
#[derive(Debug)]
pub struct Answered<'q> {
    /// What it is called.
    pub store: String,
    /// `health data of patients`.
    pub data: String,
    /// How bad its loss is.
    pub level: &'static str,
    /// Where it is kept.
    pub namespaces: Vec<String>,
    /// How many can read it.
    pub count: Count,
    /// Who can.
    pub found: Vec<Access<'q, 'q>>,
    /// Those who climb first.
    pub climbing: Vec<Indirect<'q, 'q>>,
    closure: &'q Closure<'q, 'q>,
    inventory: &'q Inventory,
}

/// What it is answered from.
#[derive(Clone, Copy, Debug)]
pub struct From<'q> {
    /// Who may do what.
    pub policy: &'q Policy<'q>,
    /// The input.
    pub inventory: &'q Inventory,
    /// By these rules of a server.
    pub rules: ServerRules,
    /// Who becomes whom.
    pub closure: &'q Closure<'q, 'q>,
}

/// Answers for one store.
pub fn answered<'q>(meant: Meant<'_, '_>, register: &Register<'_>, from: From<'q>) -> Result<Answered<'q>, Wrong> {
    let (data, level) = meant.data(register);
    let kept = meant.kept(register, from.inventory);
    if !kept.iter().any(|kept| !kept.uses) {
        let cause =
            format!("the store \"{}\" selects no workload of the input: what leads to it is not known", meant.name());
        return Err(Wrong::new(cause, "read the manifests or the cluster that it runs in, or mend its selector"));
    }
    let found = readers(from.policy, &kept, from.rules);
    let namespaces: BTreeSet<String> =
        kept.iter().filter(|kept| !kept.uses).map(|Kept { namespace, .. }| namespace.clone()).collect();
    Ok(Answered {
        store: meant.name().to_owned(),
        data,
        level,
        namespaces: namespaces.into_iter().collect(),
        count: count(&found),
        climbing: climbers(from.policy, from.closure, &kept, &found),
        closure: from.closure,
        found,
        inventory: from.inventory,
    })
}

/// What was asked about.
#[derive(Clone, Copy, Debug)]
pub enum Meant<'r, 'a> {
    /// A store of the register.
    Declared(&'r PersonalDataStore<'a>),
    /// A workload that no register names, and that looks like one.
    Recognised(&'r Workload<'a>),
}

impl<'r> Meant<'r, '_> {
    /// What it is called.
    pub fn name(self) -> &'r str {
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
pub fn meant<'r, 'a>(name: Option<&str>, register: &'r Register<'a>) -> Result<Meant<'r, 'a>, Wrong> {
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
            return Err(Wrong::new("several workloads are called so", format!("name one with its namespace: {all}")));
        }
        [] => {}
    }
    let declared: Vec<&str> = register.stores().iter().map(|store| store.name()).collect();
    let others: Vec<String> = recognised.into_iter().map(full).collect();
    Err(no_such_store(name, &declared, &others))
}

fn no_such_store(name: Option<&str>, declared: &[&str], recognised: &[String]) -> Wrong {
    if declared.is_empty() && recognised.is_empty() {
        let cause = "no register names a store of personal data in the input, and none is recognised";
        return Wrong::new(cause, "read the register as well; \"cloister register init\" drafts one");
    }
    let mut all: Vec<String> = Vec::new();
    if !declared.is_empty() {
        all.push(format!("the register has {}", declared.join(", ")));
    }
    if !recognised.is_empty() {
        all.push(format!("recognised is {}", recognised.join(", ")));
    }
    let all = all.join("; ");
    let Some(name) = name else { return Wrong::new("name a store", all) };
    let near = did_you_mean(name, declared.iter().copied().chain(recognised.iter().map(String::as_str)));
    Wrong::new(format!("no store is called \"{name}\""), near.map_or(all.clone(), |near| format!("{near} ({all})")))
}

/// `2 people`, `1 group`; nothing of none.
pub fn of(number: usize, one: &str, many: &str) -> Option<String> {
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

/// Every grant that a way takes, each once.
pub fn proof(access: &Access<'_, '_>) -> String {
    let mut lines: Vec<String> = std::iter::once(&access.grant).chain(&access.also).map(grant_line).collect();
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    lines.join(", and ")
}

impl Answered<'_> {
    /// In plain words, for whoever answers for the data.
    pub fn sentence(&self) -> String {
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

    /// `reaches service account ci/bot in 2 steps`.
    pub fn reaches(&self, climber: &Indirect<'_, '_>) -> String {
        let steps = of(climber.path.length(), "step", "steps").unwrap_or_default();
        format!("reaches {} in {steps}", self.closure.name(&climber.path.to))
    }

    /// A subject in words.
    pub fn whom(&self, subject: &Subject<'_>) -> String {
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
    pub fn runs(&self, subject: &Subject<'_>) -> Vec<String> {
        if subject.kind != SubjectKind::ServiceAccount {
            return Vec::new();
        }
        let pods = self.inventory.pods_in(subject.namespace).filter(|pod| pod.service_account() == subject.name);
        let names: BTreeSet<String> = pods.map(|pod| format!("{} {}", pod.resource.kind, pod.resource.name)).collect();
        names.into_iter().collect()
    }

    /// Rows of class, kind, name, way, what, what runs as it, proof.
    pub fn rows(&self) -> Vec<[String; 7]> {
        let direct = self.found.iter().map(|access| {
            let subject = access.subject;
            [
                subject.class().as_str().to_owned(),
                subject.kind.as_str().to_owned(),
                subject.full_name(),
                access.way.as_str().to_owned(),
                access.what.clone(),
                self.runs(access.subject).join(", "),
                proof(access),
            ]
        });
        let climbing = self.climbing.iter().map(|climber| {
            let subject = climber.subject;
            let proof = climber.path.steps.iter().flat_map(|step| &step.proof).map(evidence_line);
            let mut proof: Vec<String> = proof.collect();
            proof.dedup();
            [
                subject.class().as_str().to_owned(),
                subject.kind.as_str().to_owned(),
                subject.full_name(),
                "climb".to_owned(),
                format!("{}: {}", self.reaches(climber), kinds(&climber.path)),
                self.runs(subject).join(", "),
                proof.join("; "),
            ]
        });
        direct.chain(climbing).collect()
    }

    /// For machines.
    pub fn json(&self) -> Value {
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
