//! What checks over roles and bindings say of what is had in effect: fixtures show where, not what.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use cloister_checks::{Context, entries, run};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Severity};
use cloister_register::Register;

const ROLES: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: wide, labels: {collect: me}}
rules:
- {apiGroups: [''], resources: [pods], verbs: [get]}
- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: collected}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {collect: me}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [''], resources: [secrets], verbs: [get, list]}
";

fn binding(namespace: &str, name: &str, role: &str, subject: &str) -> String {
    let (kind, place) = match namespace {
        "" => ("ClusterRoleBinding", String::new()),
        namespace => ("RoleBinding", format!(", namespace: {namespace}")),
    };
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{place}}}\n\
         roleRef: {{kind: ClusterRole, name: {role}}}\nsubjects: [{{{subject}}}]\n"
    )
}

/// What a check says, and how bad.
fn said(check: &str, cluster: bool, bindings: &str) -> Vec<(String, Severity)> {
    let text = format!("{ROLES}{bindings}");
    let parsed = parse(&text, &Origin::File("roles.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let inventory = Inventory::new(parsed.resources, Inputs { files: !cluster, cluster, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    let context =
        Context { inventory: &inventory, register: &register, today: jiff::civil::date(2026, 6, 1), profile: None };
    let entry = entries().find(|entry| entry.check.name == check).unwrap_or_else(|| panic!("no {check}"));
    let found = run(&[entry], &context).remove(0).findings;
    found.into_iter().map(|finding| (finding.message, finding.severity)).collect()
}

const ANN: &str = "kind: User, name: ann";
const BOT: &str = "kind: ServiceAccount, name: bot, namespace: ci";

#[test]
fn a_wildcard_is_told_with_who_holds_it() {
    let says = |cluster, bindings: &str| {
        let found = said("wildcard-resource", cluster, bindings);
        let [(message, severity)] = found.as_slice() else { panic!("{found:?}") };
        let held = message.strip_prefix("ClusterRole \"wide\" has a rule for every resource; ").unwrap();
        (held.to_owned(), *severity)
    };
    let nobody = "nobody in the input is bound to it".to_owned();
    assert_eq!(says(false, ""), (nobody.clone(), Severity::High), "who applies it may bind it");
    assert_eq!(says(true, ""), (nobody, Severity::Low));
    let one = binding("", "b", "wide", ANN);
    assert_eq!(
        says(true, &one),
        ("user \"ann\" has it everywhere (ClusterRoleBinding \"b\")".to_owned(), Severity::High)
    );
    let collected = binding("dev", "c", "collected", BOT);
    let by = "service account \"bot\" of namespace \"ci\" has it in namespace \"dev\" (RoleBinding \"c\", by ClusterRole \
              \"collected\")";
    assert_eq!(says(false, &collected).0, by);
    assert!(says(false, &(one.clone() + &collected)).0.ends_with(", as does 1 more"));
    assert!(!says(false, &(one.clone() + &one.replace("name: b", "name: d"))).0.contains("more"), "the same again");
    let many: String =
        (0..200).map(|at| binding("", &format!("b{at}"), "wide", &format!("kind: User, name: u{at}"))).collect();
    assert!(says(false, &many).0.ends_with(", as do many more"));
    let verbs = said("wildcard-verb", true, "");
    assert_eq!(verbs.first().map(|(_, severity)| *severity), Some(Severity::Low), "{verbs:?}");
}

#[test]
fn bindings_are_told_with_what_they_give() {
    let of = |check: &str, bindings: &str| -> String {
        said(check, false, bindings).into_iter().map(|(message, _)| message).collect::<Vec<_>>().join("|")
    };
    let default = "kind: ServiceAccount, name: default, namespace: dev";
    assert_eq!(
        of("default-service-account-bound", &binding("dev", "b", "reader", default)),
        "RoleBinding \"b\" gives rights to the default service account of namespace \"dev\": get and list secrets in \
         namespace \"dev\" (rule 1 of ClusterRole \"reader\")"
    );
    assert_eq!(
        of(
            "default-service-account-bound",
            &binding("", "b", "wide", "kind: Group, name: 'system:serviceaccounts:dev'")
        ),
        "ClusterRoleBinding \"b\" gives rights to the default service account of namespace \"dev\", by the group of all \
         there: every verb on every resource everywhere (rule 2 of ClusterRole \"wide\"), and 1 more rule"
    );
    assert_eq!(
        of("cross-namespace-binding", &binding("dev", "b", "gone", BOT)),
        "RoleBinding \"b\" lets service account \"bot\" of namespace \"ci\" into namespace \"dev\": ClusterRole \"gone\", \
         which is not in the input"
    );
}
