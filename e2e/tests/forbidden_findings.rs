//! What may not be listed makes no finding: somebody who lacks the right to list one kind is told nothing that somebody with
//! every right is not told.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use cloister_e2e::clinic::examples;
use cloister_e2e::{ControlPlane, wait_for};
use serde_json::{Value, json};
use support::{PATIENCE, program};

/// Group and plural of what each user but one may list.
const KINDS: [(&str, &str); 25] = [
    ("", "configmaps"),
    ("", "limitranges"),
    ("", "namespaces"),
    ("", "persistentvolumeclaims"),
    ("", "pods"),
    ("", "resourcequotas"),
    ("", "secrets"),
    ("", "serviceaccounts"),
    ("", "services"),
    ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ("apps", "daemonsets"),
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "cronjobs"),
    ("batch", "jobs"),
    ("networking.k8s.io", "ingresses"),
    ("networking.k8s.io", "networkpolicies"),
    ("policy", "poddisruptionbudgets"),
    ("rbac.authorization.k8s.io", "clusterrolebindings"),
    ("rbac.authorization.k8s.io", "clusterroles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("rbac.authorization.k8s.io", "roles"),
    ("storage.k8s.io", "storageclasses"),
];

/// Rules for all but one of the kinds, for a user who is named after it.
fn grant(without: &str) -> Vec<Value> {
    let kinds = KINDS.iter().filter(|(_, plural)| *plural != without);
    let rules: Vec<Value> =
        kinds.map(|(group, plural)| json!({"apiGroups": [group], "resources": [plural], "verbs": ["list"]})).collect();
    let head =
        |kind: &str| json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": without}});
    let (mut role, mut binding) = (head("ClusterRole"), head("ClusterRoleBinding"));
    role["rules"] = rules.into();
    binding["roleRef"] = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": without});
    binding["subjects"] = json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": without}]);
    vec![role, binding]
}

/// Which checks find what, and at which object.
fn found(kubeconfig: &Path) -> BTreeSet<(String, String)> {
    let output = Command::new(program("cloister"))
        .args(["scan", "--output=json", "--fail-on=never", "--today=2026-11-26", "--kubeconfig"])
        .arg(kubeconfig)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| (it["check"].as_str().unwrap().to_owned(), it["resource"].to_string())).collect()
}

#[test]
fn what_is_unseen_is_not_missing() {
    let plane = ControlPlane::start().unwrap();
    let kubectl = plane.kubectl().unwrap();
    kubectl.apply(&examples().join("clinic/k8s")).unwrap();
    let objects: Vec<Value> = KINDS.iter().flat_map(|(_, plural)| grant(plural)).collect();
    let file = plane.folder().join("grants.json");
    std::fs::write(&file, json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string()).unwrap();
    kubectl.apply(&file).unwrap();
    let all = found(&plane.kubeconfig());
    assert!(all.len() > 100);
    for (_, plural) in KINDS {
        let user = plane.api_as(plural, &[]).unwrap();
        let other = if plural == "services" { "/api/v1/pods" } else { "/api/v1/services" };
        let allowed = || (user.get(other).unwrap().status == 200).then_some(());
        wait_for("the right to list", PATIENCE, allowed).unwrap();
        let some = found(&plane.kubeconfig_as(plural, &[]).unwrap());
        let more: Vec<_> = some.difference(&all).collect();
        assert!(more.is_empty(), "without {plural}: {more:?}");
        assert!(some.len() > 50, "without {plural}: {}", some.len());
    }
}
