//! The audit policy that is written: no check finds anything in it, and it does what its comments promise.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use cloister_audit::policy::{Asked, AuditPolicy, Level};
use cloister_checks::{Context, Entry, entries, run};
use cloister_harden::audit_policy::write;
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_rbac::{Action, Identity, ResourceAction};
use cloister_register::Register;

const CLINIC: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: clinic-data}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: postgres}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: '0123'}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: patients}
spec: {dataCategories: [health], selector: {namespaces: [clinic-data]}}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: visits}
spec: {purposes: [care], selector: {names: [web]}}
";

fn read(text: &str) -> Vec<Resource> {
    let parsed = parse(text, &Origin::File("test.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.resources
}

fn written_for(input: &str) -> String {
    let inventory = Inventory::new(read(input), Inputs { files: true, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    write(&register)
}

#[test]
fn no_check_finds_anything_in_it() {
    for input in [CLINIC, ""] {
        let mut resources = read(input);
        resources.extend(read(&written_for(input)));
        let inventory = Inventory::new(resources, Inputs { files: true, ..Inputs::default() });
        let (register, _) = Register::from_inventory(&inventory);
        let context =
            Context { inventory: &inventory, register: &register, today: jiff::civil::date(2026, 6, 1), profile: None };
        let about: Vec<&'static Entry> =
            entries().filter(|entry| entry.check.name.starts_with("audit-policy-")).collect();
        assert!(about.len() >= 12, "{}", about.len());
        let found: Vec<_> = run(&about, &context).into_iter().flat_map(|outcome| outcome.findings).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn it_is_quiet_about_the_clusters_own_parts_and_loud_about_people() {
    let text = written_for(CLINIC);
    let resources = read(&text);
    let policy = AuditPolicy::new(&resources[0]);
    assert!(policy.faults().is_empty() && policy.ignored().is_empty() && policy.unreachable().is_empty());
    let level = |identity: &Identity, verb: &str, group: &str, resource: &str, namespace: &str| {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let action = Action::Resource(ResourceAction {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.to_owned(),
            namespace: namespace.to_owned(),
            ..ResourceAction::default()
        });
        policy.decide(&Asked { identity: Some(identity), action: &action }).level
    };
    let ann = Identity::authenticated("ann", []);
    let proxy = Identity::authenticated("system:kube-proxy", []);
    let node = Identity::authenticated("system:node:a", ["system:nodes".to_owned()]);
    assert_eq!(level(&proxy, "watch", "discovery.k8s.io", "endpointslices", ""), Level::None);
    assert_eq!(level(&node, "update", "coordination.k8s.io", "leases", "kube-node-lease"), Level::None);
    assert_eq!(level(&node, "get", "", "secrets", "shop"), Level::Metadata);
    assert_eq!(level(&ann, "update", "coordination.k8s.io", "leases", "kube-node-lease"), Level::Metadata);
    assert_eq!(level(&ann, "get", "", "pods/exec", "shop"), Level::Metadata);
    assert_eq!(level(&proxy, "list", "", "services", "clinic-data"), Level::Metadata, "where personal data is");
    assert_eq!(level(&ann, "delete", "", "events", "shop"), Level::Metadata);
    assert!(text.contains("      - \"0123\"\n"), "a name of digits is quoted");
}
