//! Roles to start from, where no log tells yet what is needed.

mod break_glass;
mod operators;
mod programs;
mod view;
mod workloads;

use cloister_inventory::Inventory;
use cloister_register::Register;

use crate::manifest::{head, write_rule};
use crate::rules::Rule;

/// A file of roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Starter {
    /// The file's name.
    pub file: &'static str,
    /// Its YAML, with the reasons as comments.
    pub text: String,
}

/// All of them, for what an inventory holds.
pub fn starter(inventory: &Inventory, register: &Register<'_>) -> Vec<Starter> {
    vec![
        Starter { file: "view.yaml", text: view::write() },
        Starter { file: "operators.yaml", text: operators::write(register) },
        Starter { file: "workloads.yaml", text: workloads::write(inventory, register) },
        Starter { file: "break-glass.yaml", text: break_glass::write() },
    ]
}

/// A rule of these words, each list separated by spaces; `-` is the core group.
fn rule(groups: &str, resources: &str, verbs: &str) -> Rule {
    let words = |list: &str| list.split_whitespace().map(|word| word.trim_matches('-').to_owned()).collect();
    Rule { groups: words(groups), resources: words(resources), verbs: words(verbs), ..Rule::default() }
}

/// The same, for these names.
fn named_rule(groups: &str, resources: &str, verbs: &str, names: &str) -> Rule {
    Rule { names: names.split_whitespace().map(str::to_owned).collect(), ..rule(groups, resources, verbs) }
}

/// A role with its rules.
fn write_role(text: &mut String, kind: &str, name: &str, namespace: &str, rules: &[Rule]) {
    head(text, kind, name, namespace);
    text.push_str("rules:\n");
    rules.iter().for_each(|rule| write_rule(text, rule));
}

/// A binding of one of these roles to a group.
fn write_group(text: &mut String, name: &str, namespace: &str, role: (&str, &str), group: &str) {
    head(text, if namespace.is_empty() { "ClusterRoleBinding" } else { "RoleBinding" }, name, namespace);
    let api = "rbac.authorization.k8s.io";
    let (kind, role) = (role.0, crate::scalar(role.1));
    text.push_str(&format!("roleRef:\n  apiGroup: {api}\n  kind: {kind}\n  name: {role}\nsubjects:\n"));
    text.push_str(&format!("  - apiGroup: {api}\n    kind: Group\n    name: {}\n", crate::scalar(group)));
}
