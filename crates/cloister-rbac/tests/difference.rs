//! Two policies compared: what only one of them gives, whoever gives it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use cloister_rbac::{Class, Object, Policy, only_in};
use support::inventory;

fn role(name: &str, rules: &str) -> String {
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {name}}}\nrules: {rules}\n"
    )
}

fn bound(name: &str, role: &str, namespace: &str, subject: &str) -> String {
    let (kind, place) = if namespace.is_empty() {
        ("ClusterRoleBinding", String::new())
    } else {
        ("RoleBinding", format!(", namespace: {namespace}"))
    };
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{place}}}\n\
         roleRef: {{kind: ClusterRole, name: {role}}}\nsubjects: [{subject}]\n"
    )
}

const ANN: &str = "{kind: User, name: ann}";

fn reader(verbs: &str) -> String {
    role("r", &format!("[{{apiGroups: [''], resources: [secrets], verbs: [{verbs}]}}]")) + &bound("b", "r", "", ANN)
}

/// What the first gives and the second does not, as `verb resource@namespace`; others than the ordinary verbs as `+*`.
fn only(one: &str, other: &str) -> Vec<String> {
    let (one, other) = (inventory(one), inventory(other));
    let (one, other) = (Policy::new(&one), Policy::new(&other));
    let changes = only_in(&one, &other);
    let words = changes.iter().map(|change| {
        let what = match change.right.object {
            Object::Resource(_, resource, name) => {
                format!("{resource}{}", name.map(|name| format!(":{name}")).unwrap_or_default())
            }
            Object::Url(url) => url.to_owned(),
        };
        let stays = if change.stays.is_empty() { "" } else { " less" };
        let plus = if change.others { "+" } else { "" };
        format!("{plus}{} {what}@{}{stays}", change.right.verb, change.right.namespace)
    });
    words.collect()
}

#[test]
fn another_name_another_binding_or_another_group_is_no_change() {
    let before = reader("get, list");
    let renamed = role(
        "other",
        "[{apiGroups: [''], resources: [secrets], verbs: [list]}, {apiGroups: [''], resources: [secrets], verbs: [get]}]",
    ) + &bound("c", "other", "", ANN);
    assert_eq!(only(&before, &renamed), Vec::<String>::new());
    assert_eq!(only(&renamed, &before), Vec::<String>::new());
    // What a service account had by itself, it has by its namespace's group now.
    let own = role("r", "[{apiGroups: [''], resources: [secrets], verbs: [get]}]");
    let by_itself = own.clone() + &bound("b", "r", "", "{kind: ServiceAccount, name: bot, namespace: ci}");
    let by_name = own.clone() + &bound("b", "r", "", "{kind: User, name: 'system:serviceaccount:ci:bot'}");
    let by_group = own + &bound("b", "r", "", "{kind: Group, name: 'system:serviceaccounts:ci'}");
    assert_eq!(only(&by_itself, &by_group), Vec::<String>::new());
    assert_eq!(only(&by_itself, &by_name), Vec::<String>::new());
    assert_eq!(only(&by_group, &by_itself), ["get secrets@"], "the others of the group have lost it");
    // A role that nobody holds gives nothing.
    assert_eq!(
        only(&(before.clone() + &role("free", "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]")), &before),
        Vec::<String>::new()
    );
}

#[test]
fn wildcards_are_broken_down() {
    let all = reader("'*'");
    let list = reader("list");
    assert_eq!(
        only(&all, &list),
        [
            "get secrets@",
            "watch secrets@",
            "create secrets@",
            "update secrets@",
            "patch secrets@",
            "delete secrets@",
            "deletecollection secrets@",
            "+* secrets@ less"
        ]
    );
    assert_eq!(only(&list, &all), Vec::<String>::new());
    let every = role("r", "[{apiGroups: ['*'], resources: ['*'], verbs: [get]}]") + &bound("b", "r", "", ANN);
    assert_eq!(only(&every, &reader("get")), ["get *@ less"]);
    let named = role("r", "[{apiGroups: [''], resources: [secrets], verbs: [get, create], resourceNames: [db]}]")
        + &bound("b", "r", "", ANN);
    assert_eq!(only(&reader("get"), &named), ["get secrets@ less"]);
    assert_eq!(
        only(&named, &reader("list")),
        ["get secrets:db@"],
        "no name limits a plain creation, so that it is none"
    );
}

#[test]
fn places_count() {
    let rules = role(
        "r",
        "[{apiGroups: [''], resources: [secrets, '*/exec'], verbs: [get]}, {nonResourceURLs: ['/a/*'], verbs: [get]}]",
    );
    let everywhere = rules.clone() + &bound("b", "r", "", ANN);
    let here = rules + &bound("b", "r", "clinic", ANN);
    assert_eq!(only(&everywhere, &here), ["get */exec@ less", "get secrets@ less", "get /a/*@"]);
    assert_eq!(only(&here, &everywhere), Vec::<String>::new(), "paths in a namespace are void");
}

#[test]
fn subjects_are_people_workloads_or_kubernetes_own() {
    let yaml = bound(
        "b",
        "view",
        "",
        "{kind: User, name: ann}, {kind: Group, name: 'system:authenticated'}, {kind: User, name: 'system:kube-scheduler'},
        {kind: Group, name: 'system:masters'}, {kind: ServiceAccount, name: bot, namespace: ci},
        {kind: Group, name: 'system:serviceaccounts:ci'}, {kind: User, name: 'system:serviceaccount:ci:bot'},
        {kind: ServiceAccount, name: job-controller, namespace: kube-system}",
    );
    let inventory = inventory(&yaml);
    let policy = Policy::new(&inventory);
    let binding = policy.bindings().iter().find(|binding| &*binding.resource.name == "b").unwrap();
    let classes: Vec<Class> = binding.subjects.iter().map(cloister_rbac::Subject::class).collect();
    use Class::{BuiltIn, Person, Workload};
    assert_eq!(classes, [Person, Person, BuiltIn, BuiltIn, Workload, Workload, Workload, BuiltIn]);
}
