//! A service account for each workload, and the rights that its program is known to need.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use cloister_inventory::{Inventory, Pod};
use cloister_model::Resource;
use cloister_register::Register;

use super::programs::{self, Program};
use super::write_role;
use crate::manifest::head;
use crate::rules::Rule;
use crate::scalar;

pub fn write(inventory: &Inventory, register: &Register<'_>) -> String {
    let mut text = String::from(
        "# A service account for each workload that shares one by default, or has none. Write its name into the pod\n\
         # template as serviceAccountName. Its token is not mounted, unless the program is known to ask the API server.\n\
         # Workloads with an account of their own are left alone: what that account uses is told by the audit log, see\n\
         # `cloister rbac minimize`.\n",
    );
    let taken: BTreeSet<(&str, &str)> =
        inventory.of_kind("ServiceAccount").map(|it| (it.namespace_or_default(), &*it.name)).collect();
    let mut written = BTreeSet::new();
    for workload in register.workloads() {
        let resource = workload.resource;
        for pod in Inventory::pods_of(resource) {
            let named = !matches!(pod.service_account(), "" | "default");
            let account = account(resource, &taken);
            if named || !written.insert((pod.namespace().to_owned(), account.clone())) {
                continue;
            }
            write_account(&mut text, resource, &pod, &account);
        }
    }
    if written.is_empty() {
        text.push_str("#\n# No workload needs one.\n");
    }
    text
}

/// The workload's own name, unless an account with other work has it.
fn account(workload: &Resource, taken: &BTreeSet<(&str, &str)>) -> String {
    let free = |name: &String| name != "default" && !taken.contains(&(workload.namespace_or_default(), &**name));
    let names = [workload.name.to_string(), format!("{}-{}", workload.name, workload.kind.to_lowercase())];
    names.iter().find(|name| free(name)).or(names.last()).cloned().unwrap_or_default()
}

fn write_account(text: &mut String, workload: &Resource, pod: &Pod<'_>, account: &str) {
    // A helper beside a program that is known is part of it: each gets what it needs.
    let mut known: Vec<&Program> = Vec::new();
    for program in pod.containers().filter_map(|container| programs::of(&container)) {
        if !known.iter().any(|other| std::ptr::eq(*other, program)) {
            known.push(program);
        }
    }
    let (kind, name, namespace) = (&workload.kind, &workload.name, workload.namespace_or_default());
    if known.is_empty() {
        known_for_nothing(text, workload);
    }
    for program in &known {
        let _ = writeln!(text, "# {kind} {name} {}. Source: {}.", program.why, program.source);
        if !program.note.is_empty() {
            let _ = writeln!(text, "# Take care: {}.", program.note);
        }
    }
    let needs: Vec<&(&str, Rule)> = known.iter().flat_map(|program| &program.needs).collect();
    let _ = write!(
        text,
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {}\n  namespace: {}\n\
         automountServiceAccountToken: {}\n",
        scalar(account),
        scalar(namespace),
        !needs.is_empty()
    );
    let places: BTreeSet<&str> = needs.iter().map(|(place, _)| *place).collect();
    for place in places {
        let rules: Vec<Rule> =
            needs.iter().filter(|(other, _)| *other == place).map(|(_, rule)| rule.clone()).collect();
        let place = match place {
            "cluster" => "",
            "own" => namespace,
            other => other,
        };
        write_needs(text, (namespace, account), place, &rules);
    }
}

fn known_for_nothing(text: &mut String, workload: &Resource) {
    let (kind, name) = (&workload.kind, &workload.name);
    let _ = writeln!(text, "# {kind} {name} is not known to ask the API server for anything: no token, no role.");
}

/// A role with rules for a service account, and its binding; in no namespace for the whole cluster.
fn write_needs(text: &mut String, (namespace, account): (&str, &str), place: &str, rules: &[Rule]) {
    let (role_kind, binding_kind) =
        if place.is_empty() { ("ClusterRole", "ClusterRoleBinding") } else { ("Role", "RoleBinding") };
    let role = format!("cloister:workload:{namespace}:{account}");
    write_role(text, role_kind, &role, place, rules);
    head(text, binding_kind, &role, place);
    let _ = write!(
        text,
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {role_kind}\n  name: {}\nsubjects:\n  \
         - kind: ServiceAccount\n    name: {}\n    namespace: {}\n",
        scalar(&role),
        scalar(account),
        scalar(namespace)
    );
}
