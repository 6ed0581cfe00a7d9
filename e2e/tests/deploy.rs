//! The manifests of `deploy/`, as strict judges see them: Cloister's own scan, and Pod Security in a real API server. What
//! they may not do is written down as an exception with its reason, and nothing else is left.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that runs programs"
)]

mod support;

use std::process::Command;

use serde_json::{Value, json};
use support::{plane, program, root};

#[test]
fn cloister_finds_nothing_but_what_is_excepted() {
    let folder = root().join("deploy");
    let output = Command::new(program("cloister"))
        .args(["scan", "--output", "json", "--fail-on", "never", "--today", "2026-11-26"])
        .arg(&folder)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    // An exception that nothing needs any more would be a finding, too.
    let open: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(|it| it["accepted"].is_null()).collect();
    assert!(open.is_empty(), "{open:#?}");
    assert!(report["findings"].as_array().unwrap().len() > 10, "the manifests were read");
    // Of the hub's, that its record has one writer, and nothing else.
    let hub = |it: &&Value| it["resource"]["namespace"] == "cloister-hub";
    let of_hub: Vec<&Value> =
        report["findings"].as_array().unwrap().iter().filter(hub).map(|it| &it["check"]).collect();
    assert_eq!(of_hub, ["single-replica"]);
    assert_eq!((&report["summary"]["unreadable"], &report["diagnostics"]), (&json!(0), &json!([])));
}

/// What Pod Security says of the DaemonSets' pods in a namespace of this level: each violation by itself.
fn refused(plane: &cloister_e2e::ControlPlane, name: &str, level: &str) -> Vec<String> {
    let set = plane.api().get(&format!("/apis/apps/v1/namespaces/cloister/daemonsets/{name}")).unwrap().json().unwrap();
    refused_pod(plane, &set["spec"]["template"]["spec"], level)
}

fn refused_pod(plane: &cloister_e2e::ControlPlane, spec: &Value, level: &str) -> Vec<String> {
    let mut spec = spec.clone();
    spec["serviceAccountName"] = json!("default");
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "one" }, "spec": spec });
    let answer = plane.api().post(&format!("/api/v1/namespaces/{level}/pods?dryRun=All"), &pod.to_string()).unwrap();
    if answer.status == 201 {
        return Vec::new();
    }
    let message = answer.json().unwrap()["message"].as_str().unwrap().to_owned();
    let (_, violations) = message.split_once(":latest\": ").unwrap_or_else(|| panic!("{message}"));
    // Each is a name, and what is wrong in brackets.
    violations.split("), ").map(|it| it.split(" (").next().unwrap().to_owned()).collect()
}

#[test]
fn pod_security_refuses_only_what_is_meant() {
    let plane = plane();
    let kubectl = plane.kubectl().unwrap();
    kubectl.apply(&root().join("deploy/sensor/sensor.yaml")).unwrap();
    kubectl.apply(&root().join("deploy/node-collector.yaml")).unwrap();
    kubectl.apply(&root().join("deploy/scan.yaml")).unwrap();
    kubectl.apply(&root().join("deploy/hub/hub.yaml")).unwrap();
    for level in ["baseline", "restricted"] {
        plane.create_namespace(level, &[("pod-security.kubernetes.io/enforce", level)]).unwrap();
    }
    assert_eq!(refused(&plane, "cloister-sensor", "baseline"), ["non-default capabilities", "host namespaces"]);
    assert_eq!(refused(&plane, "cloister-node", "baseline"), ["hostPath volumes"]);
    let scan = plane.api().get("/apis/batch/v1/namespaces/cloister-scan/cronjobs/cloister-scan").unwrap();
    let spec = &scan.json().unwrap()["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!(refused_pod(&plane, spec, "restricted"), [""; 0]);
    let hub = plane.api().get("/apis/apps/v1/namespaces/cloister-hub/deployments/cloister-hub").unwrap();
    assert_eq!(refused_pod(&plane, &hub.json().unwrap()["spec"]["template"]["spec"], "restricted"), [""; 0]);
    let strict = refused(&plane, "cloister-sensor", "restricted");
    assert_eq!(strict, ["host namespaces", "unrestricted capabilities", "runAsNonRoot != true", "runAsUser=0"]);
}
