//! Real clients with certificates of their own: kubectl, and one who acts as others.

use anyhow::Result;
use serde_json::{Value, json};

use crate::judges::rbac::objects::object;
use crate::{ControlPlane, Kubectl};

/// The namespace that they work in.
pub const NAMESPACE: &str = "people";

/// Roles and bindings of these people, as somebody in a hurry gives them: too wide.
pub fn objects() -> Vec<Value> {
    let bound = |name: &str, role: &str, kind: &str, user: &str, namespace: Option<&str>| {
        let mut binding =
            object(if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" }, name, namespace);
        binding["roleRef"] = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role});
        binding["subjects"] = json!([{"kind": kind, "apiGroup": "rbac.authorization.k8s.io", "name": user}]);
        binding
    };
    let mut actor = object("ClusterRole", "people-actor", None);
    actor["rules"] = json!([
        {"apiGroups": [""], "resources": ["users", "groups", "serviceaccounts"], "verbs": ["impersonate"]},
        {"apiGroups": ["authentication.k8s.io"], "resources": ["userextras/reason", "uids"], "verbs": ["impersonate"]}
    ]);
    let mut constrained = object("ClusterRole", "people-constrained", None);
    constrained["rules"] = json!([
        {"apiGroups": ["authentication.k8s.io"], "resources": ["users", "groups"], "verbs": ["impersonate:user-info"]},
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["impersonate-on:user-info:list", "impersonate-on:user-info:get"]}
    ]);
    vec![
        actor,
        constrained,
        bound("people-operator", "admin", "User", "operator", Some(NAMESPACE)),
        bound("people-reader", "view", "Group", "readers", None),
        bound("people-actor", "people-actor", "User", "actor", None),
        bound("people-constrained", "people-constrained", "User", "constrained", None),
    ]
}

/// Works. What is refused, and what fails since no pod runs, is part of it.
pub fn work(plane: &ControlPlane) -> Result<()> {
    let operator = Kubectl::new(&plane.kubeconfig_as("operator", &["staff"])?)?;
    let deployment = "create deployment web --image=example.com/web --replicas=1";
    for line in [
        deployment,
        "create configmap settings --from-literal=a=b",
        "create secret generic token --from-literal=a=b",
        "get pods,deployments,configmaps",
        "get configmap settings -o yaml",
        "get secret token -o yaml",
        "scale deployment web --replicas=2",
        "annotate deployment web note=1",
        "rollout restart deployment web",
        "get pods --watch --request-timeout=1s",
        "run one --image=example.com/one",
        "logs one",
        "exec one -- true",
        "port-forward one 1:1",
        "auth can-i create pods",
        "create token default",
        "delete configmap settings",
        "get nodes",
        "get secrets --all-namespaces",
        "apply --server-side -f -",
    ] {
        if line.ends_with('-') {
            let path = plane.folder().join("applied.yaml");
            std::fs::write(&path, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: b}\n")?;
            let path = path.to_string_lossy().into_owned();
            let _ = operator.run(&["--namespace", NAMESPACE, "apply", "--server-side", "-f", &path]);
            continue;
        }
        let words: Vec<&str> = ["--namespace", NAMESPACE].into_iter().chain(line.split(' ')).collect();
        let _ = operator.run(&words);
    }
    let reader = Kubectl::new(&plane.kubeconfig_as("reader", &["readers"])?)?;
    for line in ["get pods -A", "describe deployment web -n people", "get secrets -n people", "get --raw /metrics"] {
        let _ = reader.run(&line.split(' ').collect::<Vec<_>>());
    }
    act(plane)
}

/// Acts as others: by users, groups, accounts, uid and extra; by the older verb and by the constrained ones.
fn act(plane: &ControlPlane) -> Result<()> {
    let path = format!("/api/v1/namespaces/{NAMESPACE}/configmaps");
    let header = |name: &'static str, value: &str| (name, value.to_owned());
    let user = header("Impersonate-User", "operator");
    let actor = plane.api_as("actor", &[])?;
    for headers in [
        vec![user.clone()],
        vec![user.clone(), header("Impersonate-Group", "readers"), header("Impersonate-Group", "staff")],
        vec![user.clone(), header("Impersonate-Uid", "7"), header("Impersonate-Extra-Reason", "ticket-1")],
        vec![header("Impersonate-User", "system:serviceaccount:people:default")],
        vec![user.clone(), header("Impersonate-Extra-Other", "refused")],
    ] {
        actor.call("GET", &path, &headers, None)?;
    }
    let constrained = plane.api_as("constrained", &[])?;
    constrained.call("GET", &path, &[user.clone(), header("Impersonate-Group", "staff")], None)?;
    constrained.call("GET", &format!("/api/v1/namespaces/{NAMESPACE}/secrets"), &[user], None)?;
    Ok(())
}
