//! Which workloads a selector selects.
#![allow(clippy::expect_used, reason = "a test may fail")]

mod support;

use cloister_register::Register;
use support::inventory;

/// `NAMESPACE/NAME` of what is selected of five workloads by an activity in `namespace` (empty for none).
fn selected(namespace: &str, selector: &str) -> Vec<String> {
    let workloads = [
        ("Deployment", "clinic", "api", "{app: api}"),
        ("CronJob", "clinic", "export", "{app: export, tier: batch}"),
        ("Deployment", "clinic-data", "api", "{app: api, tier: web}"),
        ("StatefulSet", "clinical", "db", "{app: db}"),
        ("Deployment", "other", "db", "{app: db}"),
    ];
    let mut text = String::new();
    for (kind, namespace, name, labels) in workloads {
        let template =
            format!("template: {{metadata: {{labels: {labels}}}, spec: {{containers: [{{name: c, image: i}}]}}}}");
        let spec = if kind == "CronJob" { format!("jobTemplate: {{spec: {{{template}}}}}") } else { template };
        text += &format!(
            "---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}, \
             labels: {{own: {name}}}}}\nspec: {{{spec}}}\n"
        );
    }
    let namespace = if namespace.is_empty() { String::new() } else { format!(", namespace: {namespace}") };
    text += &format!(
        "---\napiVersion: cloister.dev/v1alpha1\nkind: ProcessingActivity\nmetadata: {{name: a{namespace}}}\n\
         spec: {{title: t, selector: {selector}}}\n"
    );
    let inventory = inventory(&text);
    let (register, _) = Register::from_inventory(&inventory);
    let activity = register.activity("a").expect("the activity");
    let workloads = register.workloads_of_activity(activity);
    let mut names: Vec<_> = workloads.iter().map(|it| format!("{}/{}", it.namespace(), it.resource.name)).collect();
    names.sort();
    for workload in register.workloads() {
        let claimed = !register.activities_of(workload.resource).is_empty();
        let name = format!("{}/{}", workload.namespace(), workload.resource.name);
        assert_eq!(claimed, names.contains(&name), "both ways say the same of {name}");
    }
    names
}

#[test]
fn an_empty_selector_selects_nothing() {
    for selector in ["{}", "{namespaces: []}", "{matchLabels: {}}", "{names: [], matchExpressions: []}", "null", "text"]
    {
        assert!(selected("", selector).is_empty(), "{selector}");
        assert!(selected("clinic", selector).is_empty(), "{selector}");
    }
}

#[test]
fn by_namespace() {
    assert_eq!(selected("", "{namespaces: [clinic]}"), ["clinic/api", "clinic/export"]);
    assert_eq!(selected("", "{namespaces: ['clinic-*', other]}"), ["clinic-data/api", "other/db"]);
    assert_eq!(selected("", "{namespaces: ['*']}").len(), 5);
}

#[test]
fn by_name() {
    assert_eq!(selected("", "{names: [api]}"), ["clinic-data/api", "clinic/api"]);
    assert_eq!(selected("", "{names: [StatefulSet/db, CronJob/export]}"), ["clinic/export", "clinical/db"]);
    assert_eq!(selected("", "{names: [Deployment/export]}"), [""; 0]);
}

#[test]
fn by_labels_of_the_pods_or_of_the_workload() {
    assert_eq!(selected("", "{matchLabels: {app: db}}"), ["clinical/db", "other/db"]);
    assert_eq!(selected("", "{matchLabels: {own: export}}"), ["clinic/export"]);
    assert_eq!(selected("", "{matchLabels: {app: export, own: export}}"), [""; 0], "one of the two must have them all");
    assert_eq!(selected("", "{matchExpressions: [{key: tier, operator: In, values: [batch]}]}"), ["clinic/export"]);
    assert_eq!(
        selected("", "{matchLabels: {app: api}, matchExpressions: [{key: tier, operator: Exists}]}"),
        ["clinic-data/api"]
    );
}

#[test]
fn the_parts_are_joined_by_and() {
    assert_eq!(selected("", "{namespaces: [clinic], matchLabels: {app: api}}"), ["clinic/api"]);
    assert_eq!(selected("", "{namespaces: [clinic, other], names: [db]}"), ["other/db"]);
}

#[test]
fn the_documents_own_namespace_is_the_default() {
    assert_eq!(selected("clinic", "{names: [api]}"), ["clinic/api"]);
    assert_eq!(selected("clinic", "{names: [db], namespaces: [other]}"), ["other/db"]);
}

#[test]
fn what_cannot_be_read_does_not_widen_the_selection() {
    assert_eq!(selected("", "{namespaces: [clinic], names: [7]}"), [""; 0]);
    assert_eq!(selected("", "{namespaces: [7], names: [api]}"), [""; 0]);
    assert_eq!(selected("", "{namespaces: clinic, names: [api]}"), [""; 0]);
    assert_eq!(selected("", "{namespaces: [clinic], names: api}"), [""; 0]);
    assert_eq!(selected("", "{namespaces: [clinic], matchLabels: text}"), [""; 0]);
    assert_eq!(
        selected("", "{namespaces: [clinic], matchExpressions: [{key: tier, operator: Like, values: [x]}]}"),
        [""; 0]
    );
}
