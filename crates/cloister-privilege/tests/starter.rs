//! The roles to start from, put to the authoriser.
#![allow(clippy::unwrap_used, reason = "tests")]

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_privilege::starter;
use cloister_rbac::{Action, Identity, Policy, Request, ResourceAction, Verdict};
use cloister_register::Register;

const CLINIC: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: clinic}
spec: {template: {spec: {containers: [{name: api, image: 'registry.example/api:1'}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: patients-db, namespace: clinic}
spec: {template: {spec: {containers: [{name: db, image: 'postgres:16'}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: logs, namespace: tools}
spec: {template: {spec: {containers: [{name: a, image: 'fluent/fluent-bit:3'}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: own, namespace: tools}
spec: {template: {spec: {serviceAccountName: own, containers: [{name: a, image: 'a.example/own:3'}]}}}
";

fn inventory(yaml: &str) -> Inventory {
    let parsed = parse(yaml, &Origin::File("a.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

fn written() -> String {
    let inventory = inventory(CLINIC);
    let (register, _) = Register::from_inventory(&inventory);
    starter(&inventory, &register).into_iter().map(|file| file.text).collect()
}

fn may(policy: &Policy<'_>, who: (&str, &str), verb: &str, path: &str, namespace: &str) -> bool {
    let (path, group) = path.split_once('.').unwrap_or((path, ""));
    let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
    let action = ResourceAction {
        verb: verb.into(),
        group: group.into(),
        resource: resource.into(),
        subresource: subresource.into(),
        namespace: namespace.into(),
        ..ResourceAction::default()
    };
    let identity = Identity::authenticated(who.0, [who.1.to_owned()]);
    policy.decide(&Request { identity, action: Action::Resource(action) }).verdict() == Verdict::Allowed
}

#[test]
fn viewers_look_and_see_no_data_of_people() {
    let inventory = inventory(&written());
    let policy = Policy::new(&inventory);
    let can = |verb: &str, path: &str| may(&policy, ("ann", "cloister:viewers"), verb, path, "clinic");
    assert!(can("list", "pods") && can("watch", "deployments.apps") && can("get", "networkpolicies.networking.k8s.io"));
    for (verb, path) in [
        ("get", "secrets"),
        ("get", "configmaps"),
        ("get", "pods/log"),
        ("get", "pods/exec"),
        ("create", "pods/exec"),
        ("get", "pods/proxy"),
        ("get", "nodes/proxy"),
        ("update", "pods"),
        ("create", "serviceaccounts/token"),
    ] {
        assert!(!can(verb, path), "{verb} {path}");
    }
}

#[test]
fn operators_keep_their_namespace_running_and_read_logs_only_where_no_personal_data_is_known() {
    let inventory = inventory(&written());
    let policy = Policy::new(&inventory);
    let can = |of: &str, verb: &str, path: &str, namespace: &str| {
        may(&policy, ("ann", &format!("cloister:operators:{of}")), verb, path, namespace)
    };
    assert!(
        can("clinic", "create", "pods/eviction", "clinic")
            && can("clinic", "patch", "deployments/scale.apps", "clinic")
    );
    assert!(!can("clinic", "create", "pods/eviction", "tools"));
    assert!(!can("clinic", "get", "pods/log", "clinic"), "a database stands there");
    assert!(can("tools", "get", "pods/log", "tools"));
    assert!(!can("tools", "create", "pods", "tools") && !can("tools", "get", "secrets", "tools"));
}

#[test]
fn workloads_get_accounts_and_known_programs_what_they_ask_for() {
    let text = written();
    let inventory = inventory(&text);
    let policy = Policy::new(&inventory);
    let can = |user: &str, verb: &str, path: &str| may(&policy, (user, "x"), verb, path, "clinic");
    assert!(can("system:serviceaccount:tools:logs", "watch", "pods"));
    assert!(!can("system:serviceaccount:tools:logs", "get", "secrets"));
    assert!(!can("system:serviceaccount:clinic:api", "get", "pods"));
    let mounts: Vec<(String, Option<bool>)> = inventory
        .of_kind("ServiceAccount")
        .map(|it| (it.name.to_string(), it.root.bool_at("automountServiceAccountToken")))
        .collect();
    let expected = [("api", false), ("logs", true), ("patients-db", false)];
    let mut mounts = mounts;
    mounts.sort();
    assert_eq!(mounts, expected.map(|(name, mounts)| (name.to_owned(), Some(mounts))));
    assert!(!can("ann", "get", "secrets"), "nobody is named for emergencies");
    assert_eq!(text, written(), "the same bytes again");
}
