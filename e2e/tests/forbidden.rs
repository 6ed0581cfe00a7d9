//! A cluster that does not show everything: what may not be listed is named with the right that is missing, and
//! the rest is read.

#![allow(clippy::disallowed_methods)] // tests of programs read and write files

use std::time::Duration;

use cloister_e2e::{ControlPlane, wait_for};
use cloister_source::cluster::{ClusterRead, ClusterRequest, read};

fn scan(kubeconfig: &std::path::Path, namespaces: &[&str]) -> ClusterRead {
    let request = ClusterRequest {
        kubeconfig: Some(kubeconfig.to_owned()),
        context: None,
        namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
    };
    read(&request, &|_| {})
}

#[test]
fn a_forbidden_list_names_the_missing_right() {
    let plane = ControlPlane::start().unwrap();
    plane.create_namespace("clinic", &[]).unwrap();
    let kubectl = plane.kubectl().unwrap();
    kubectl.run(&["create", "configmap", "settings", "--namespace=clinic", "--from-literal=generation=3"]).unwrap();
    kubectl.run(&["create", "clusterrole", "reader", "--verb=list", "--resource=configmaps,namespaces"]).unwrap();
    kubectl.run(&["create", "clusterrolebinding", "readers", "--clusterrole=reader", "--group=readers"]).unwrap();
    let reader = plane.api_as("reader", &["readers"]).unwrap();
    let allowed = || (reader.get("/api/v1/configmaps").unwrap().status == 200).then_some(());
    wait_for("the right to list", Duration::from_secs(30), allowed).unwrap();

    let kubeconfig = plane.kubeconfig_as("reader", &["readers"]).unwrap();
    let cluster = scan(&kubeconfig, &[]);
    assert!(cluster.diagnostics.is_empty(), "{:?}", cluster.diagnostics);
    let settings = cluster.resources.iter().find(|resource| &*resource.name == "settings").unwrap();
    assert_eq!(settings.root.str_at("data/generation"), Some("3"), "only what the API adds is left out");
    assert!(settings.root.at("metadata/resourceVersion").is_none());
    let secrets = cluster.unread.iter().find(|unread| &*unread.kind == "Secret").unwrap();
    assert_eq!(secrets.reason, "forbidden: grant the verb list on secrets");
    let roles = cluster.unread.iter().find(|unread| &*unread.kind == "Role").unwrap();
    assert_eq!(roles.reason, "forbidden: grant the verb list on roles.rbac.authorization.k8s.io");
    assert!(!cluster.unread.iter().any(|unread| &*unread.kind == "ConfigMap"));

    let narrow = scan(&kubeconfig, &["clinic"]);
    assert!(narrow.resources.iter().all(|resource| resource.namespace.as_deref().is_none_or(|name| name == "clinic")));
    let roles = narrow.unread.iter().find(|unread| &*unread.kind == "ClusterRole").unwrap();
    assert!(roles.reason.contains("--namespace"), "{}", roles.reason);
}

#[test]
fn credentials_that_have_expired_are_told() {
    let plane = ControlPlane::start().unwrap();
    let written = std::fs::read_to_string(plane.kubeconfig()).unwrap();
    let with_token = |line: &str| match line.trim_start() {
        key if key.starts_with("client-certificate:") => Some("    token: expired".to_owned()),
        key if key.starts_with("client-key:") => None,
        _ => Some(line.to_owned()),
    };
    let expired = plane.folder().join("expired");
    std::fs::write(&expired, written.lines().filter_map(with_token).collect::<Vec<_>>().join("\n")).unwrap();
    let cluster = scan(&expired, &[]);
    let diagnostic = cluster.diagnostics.first().unwrap_or_else(|| panic!("nothing was told: {:?}", cluster.unread));
    assert!(diagnostic.message.contains("401"), "{diagnostic:?}");
    assert!(diagnostic.help.as_ref().is_some_and(|help| help.contains("expired")), "{diagnostic:?}");
}
