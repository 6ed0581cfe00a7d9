//! Stores of personal data, and by which rights one gets at what is in them.

use std::collections::{BTreeMap, BTreeSet};

use cloister_inventory::Inventory;
use cloister_model::PersonalData;
use cloister_rbac::personal_data::{MAKERS, Volumes, kept_by};
use cloister_rbac::{Action, Policy, ResourceAction, Rule, ServerRules};
use cloister_register::exposure::DataAtRisk;
use cloister_register::{Register, Workload};

/// A store, as the register declares it or as it was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its name in the register, or its workload's.
    pub name: String,
    /// What it holds.
    pub holds: String,
    /// How bad its loss is.
    pub level: PersonalData,
    /// Where it runs.
    pub parts: Vec<Part>,
    /// The rules with which somebody who can make a pod as well gets at its volumes, and where they are bound.
    volumes: BTreeSet<Bound>,
}

/// The namespace of a binding, and a rule of what it gives: the kind, namespace and name of its role, and its index.
type Bound = (String, String, String, String, usize);

fn bound(namespace: &str, rule: &Rule<'_>) -> Bound {
    let role = rule.role;
    let own = role.namespace.as_deref().unwrap_or_default();
    (namespace.to_owned(), role.kind.to_string(), own.to_owned(), role.name.to_string(), rule.index)
}

/// A workload of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its namespace.
    pub namespace: String,
    /// Its name, with which the names of its pods begin.
    pub workload: String,
    /// The Secrets that it uses.
    pub secrets: Vec<String>,
    /// The verbs by which connections into its pods are opened.
    opening: &'static [&'static str],
}

impl Part {
    fn of(workload: &Workload<'_>, rules: ServerRules) -> Part {
        let mut secrets: Vec<String> =
            workload.uses().into_iter().filter(|(kind, _)| *kind == "Secret").map(|(_, name)| name).collect();
        secrets.sort();
        secrets.dedup();
        let (namespace, name) = (workload.namespace().to_owned(), workload.resource.name.to_string());
        let opening: &[&str] = if rules.get_opens { &["create", "get"] } else { &["create"] };
        Part { namespace, workload: name, secrets, opening }
    }
}

/// Every store: the declared ones, then those that were only recognised.
pub(super) fn all(policy: &Policy<'_>, register: &Register<'_>, inventory: &Inventory) -> Vec<Store> {
    let (rules, volumes) = (ServerRules::of(inventory), Volumes::of(policy));
    let reached = |workloads: &[&Workload<'_>]| {
        let ways = volumes.ways(&kept_by(workloads, inventory)).into_iter();
        ways.map(|access| bound(access.grant.binding.namespace, access.grant.rule)).collect()
    };
    let declared = register.stores().iter().map(|store| {
        let data = DataAtRisk::of_store(store, register);
        let workloads = register.workloads_of_store(store);
        let parts = workloads.iter().map(|workload| Part::of(workload, rules)).collect();
        let (name, level) = (store.name().to_owned(), data.level());
        Store { name, holds: data.phrase(), level, parts, volumes: reached(&workloads) }
    });
    let undeclared = register.workloads().iter().filter_map(|workload| {
        let recognised = register.recognised(workload.resource)?;
        register.stores_of(workload.resource).is_empty().then(|| Store {
            name: workload.resource.name.to_string(),
            holds: format!("{}, in no register", recognised.engine.meaning()),
            level: PersonalData::Ordinary,
            parts: vec![Part::of(workload, rules)],
            volumes: reached(&[workload]),
        })
    });
    let mut stores: Vec<Store> = declared.chain(undeclared).collect();
    stores.sort_by(|one, other| other.level.cmp(&one.level).then_with(|| one.key().cmp(&other.key())));
    stores
}

impl Store {
    fn key(&self) -> (&str, Option<&str>) {
        (&self.name, self.parts.first().map(|part| part.namespace.as_str()))
    }

    /// The namespaces that it runs in.
    pub fn namespaces(&self) -> Vec<&str> {
        let mut namespaces: Vec<&str> = self.parts.iter().map(|part| part.namespace.as_str()).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        namespaces
    }
}

/// Ways to data: a set of [`WAYS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ways(u8);

/// What each way is called.
const WAYS: [&str; 6] = ["secrets", "shell", "new pods", "ports", "kubelet", "volumes"];

impl Ways {
    pub fn add(&mut self, other: Ways) {
        self.0 |= other.0;
    }

    pub fn and(self, other: Ways) -> Ways {
        Ways(self.0 | other.0)
    }

    /// A few words for an edge.
    pub fn summary(self) -> String {
        match self.words().as_slice() {
            [_, _, _, _, _, ..] => "every way".to_owned(),
            [first, second, _, ..] => format!("{first}, {second}…"),
            few => few.join(", "),
        }
    }

    fn one(way: &str) -> Ways {
        Ways(WAYS.iter().zip(0_u32..).filter(|(name, _)| **name == way).map(|(_, bit)| 1 << bit).sum())
    }

    /// In words, the most direct first.
    pub fn words(self) -> Vec<&'static str> {
        WAYS.iter().zip(0_u32..).filter(|(_, bit)| self.0 >> bit & 1 == 1).map(|(name, _)| *name).collect()
    }
}

/// The ways that a rule about one kind of objects opens, by the store's number. Each is a request that it allows.
pub(super) fn ways(atom: &Rule<'_>, scope: &str, stores: &[Store]) -> Vec<(usize, Ways)> {
    let mut found: BTreeMap<usize, Ways> = BTreeMap::new();
    let mut by_namespace: BTreeMap<&str, Ways> = BTreeMap::new();
    let opens_volumes = is_of_storage(atom);
    for (number, store) in stores.iter().enumerate() {
        if opens_volumes && !store.volumes.is_empty() && store.volumes.contains(&bound(scope, atom)) {
            found.entry(number).or_default().add(Ways::one("volumes"));
        }
        for part in store.parts.iter().filter(|part| scope.is_empty() || part.namespace == scope) {
            let general = by_namespace.entry(&part.namespace).or_insert_with(|| of_namespace(atom, &part.namespace));
            let mut ways = *general;
            ways.add(of_part(atom, part));
            if ways != Ways::default() {
                found.entry(number).or_default().add(ways);
            }
        }
    }
    found.into_iter().collect()
}

fn allows(atom: &Rule<'_>, verb: &str, (group, resource): (&str, &str), namespace: &str, name: &str) -> bool {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    atom.allows(&Action::Resource(ResourceAction {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        node: String::new(),
    }))
}

/// Objects with which volumes are made, copied or given away.
const STORAGE: [(&str, &str); 3] = [
    ("", "persistentvolumes"),
    ("snapshot.storage.k8s.io", "volumesnapshots"),
    ("snapshot.storage.k8s.io", "volumesnapshotcontents"),
];

/// Whether a rule about one kind of objects is about these; for which names, whoever found the way has looked.
fn is_of_storage(atom: &Rule<'_>) -> bool {
    let named = atom.names.iter().copied().chain([""]);
    let mut names = named.flat_map(|name| STORAGE.map(|storage| (storage, name)));
    names.any(|(storage, name)| ["create", "update", "patch"].iter().any(|verb| allows(atom, verb, storage, "", name)))
}

/// Ways that lead to every store of a namespace.
fn of_namespace(atom: &Rule<'_>, namespace: &str) -> Ways {
    let mut ways = Ways::default();
    let makes = |group: &str, resource: &str| {
        let verbs = ["create", "update", "patch"];
        verbs.iter().any(|verb| allows(atom, verb, (group, resource), namespace, ""))
    };
    if allows(atom, "create", ("", "pods"), namespace, "") || MAKERS.iter().any(|(group, kind, _)| makes(group, kind)) {
        ways.add(Ways::one("new pods"));
    }
    if ["get", "create"].iter().any(|verb| allows(atom, verb, ("", "nodes/proxy"), "", "")) {
        ways.add(Ways::one("kubelet"));
    }
    ways
}

/// Ways to one workload: its Secrets, and into its pods.
fn of_part(atom: &Rule<'_>, part: &Part) -> Ways {
    let mut ways = Ways::default();
    let at = |verb: &str, resource: &str, name: &str| allows(atom, verb, ("", resource), &part.namespace, name);
    let lists = ["list", "watch"].iter().any(|verb| at(verb, "secrets", ""));
    if !part.secrets.is_empty() && (lists || part.secrets.iter().any(|name| at("get", "secrets", name))) {
        ways.add(Ways::one("secrets"));
    }
    // Pods are called after their workload.
    let named = atom.names.iter().copied().filter(|name| name.starts_with(&part.workload));
    let pods: Vec<&str> = if atom.names.is_empty() { vec![part.workload.as_str()] } else { named.collect() };
    let into = |verbs: &[&str], resource: &str| pods.iter().any(|pod| verbs.iter().any(|verb| at(verb, resource, pod)));
    let enters = ["pods/exec", "pods/attach"].iter().any(|resource| into(part.opening, resource));
    if enters || into(&["update", "patch"], "pods/ephemeralcontainers") {
        ways.add(Ways::one("shell"));
    }
    if into(part.opening, "pods/portforward") || into(&["get", "create"], "pods/proxy") {
        ways.add(Ways::one("ports"));
    }
    ways
}
