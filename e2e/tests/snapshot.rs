//! A snapshot of a real cluster: what it holds, and that it answers as the cluster does.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that runs programs")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cloister_e2e::ControlPlane;

/// The `cloister` that was built beside this test.
fn cloister() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().skip(1).take(2).map(|folder| folder.join("cloister")).find(|path| path.is_file()).unwrap()
}

fn rbac(arguments: &[&str], plane: &ControlPlane) -> Output {
    let kubeconfig = plane.kubeconfig();
    let connects = arguments.contains(&"--kubeconfig");
    let rest = connects.then_some(kubeconfig.as_path());
    Command::new(cloister()).arg("rbac").args(arguments).args(rest).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_snapshot_is_stable_and_answers_as_the_cluster_does() {
    let plane = ControlPlane::start().unwrap();
    plane.create_namespace("clinic", &[]).unwrap();
    let secret = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},"stringData":{"password":"hunter2"}}"#;
    plane.api().post("/api/v1/namespaces/clinic/secrets", secret).unwrap().success().unwrap();
    let pod = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"db"},"spec":{"containers":[{"name":"db","image":"a",
        "env":[{"name":"PLAIN","value":"hunter2"},{"name":"P","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}]}]}}"#;
    plane.api().post("/api/v1/namespaces/clinic/pods", pod).unwrap().success().unwrap();
    let (first, second) = (plane.folder().join("first.json"), plane.folder().join("second.json"));
    for file in [&first, &second] {
        let output = rbac(&["snapshot", "-o", text(file), "--kubeconfig"], &plane);
        assert!(output.status.success(), "{}", said(&output));
    }
    let written = std::fs::read_to_string(&first).unwrap();
    assert_eq!(written, std::fs::read_to_string(&second).unwrap());
    assert!(written.contains("secretKeyRef") && !written.contains("hunter2") && !written.contains("managedFields"));

    let same = rbac(&["diff", text(&first), "--kubeconfig"], &plane);
    assert_eq!(same.status.code(), Some(0), "{}", said(&same));
    let can = |from: &[&str]| {
        rbac(&[&["can", "get", "secrets", "--as", "ann", "-n", "clinic"], from].concat(), &plane).status.code()
    };
    assert_eq!(can(&["--from", text(&first)]), Some(1));

    let kubectl = plane.kubectl().unwrap();
    kubectl
        .run(&["create", "rolebinding", "ann", "--clusterrole=cluster-admin", "--user=ann", "--namespace=clinic"])
        .unwrap();
    // What is born with every cluster and taken away here must stay away.
    kubectl.run(&["delete", "clusterrolebinding", "system:discovery"]).unwrap();
    let differs = rbac(&["diff", text(&first), "--kubeconfig"], &plane);
    assert_eq!(differs.status.code(), Some(1), "{}", said(&differs));
    assert!(said(&differs).contains("User ann"), "{}", said(&differs));
    assert!(rbac(&["snapshot", "-o", text(&second), "--kubeconfig"], &plane).status.success());
    assert_eq!(can(&["--kubeconfig"]), can(&["--from", text(&second)]));
    let path = |from: &str| rbac(&["can", "get", "/api", "--as", "ann", "--from", from], &plane).status.code();
    assert_eq!((path(text(&first)), path(text(&second))), (Some(0), Some(1)));
}
