//! `cloister network entries`, `exits` and `mesh`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use serde_json::{Value, json};
use support::network::{AMBIENT, API, IN_MESH, WAY_IN, cluster};
use support::{cloister, folder};

fn run(arguments: &[&str]) -> (String, i32) {
    let dir = folder(&[("k8s.yaml", &cluster(&[IN_MESH, API, WAY_IN, AMBIENT]))]);
    let output = cloister().arg("network").args(arguments).arg("--from").arg(dir.path()).output().unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap())
}

#[test]
fn entries_tell_who_comes_and_what_leads_nowhere() {
    let (out, exit) = run(&["entries", "-o", "json"]);
    let found: Value = serde_json::from_str(&out).unwrap();
    let entry = &found["entries"][0];
    assert_eq!(entry["host"], "www.example.com");
    assert_eq!((&entry["tls"], &entry["public"]), (&json!("terminated"), &json!(true)));
    assert_eq!(entry["asks"], json!(["external service"]));
    assert_eq!(entry["workload"], "clinic/api[Deployment]");
    assert_eq!(entry["ports"], json!([{"protocol": "TCP", "ports": [{"first": 8080, "last": 8080}]}]));
    assert_eq!(found["deadEnds"][0]["reason"], "no-service");
    assert_eq!(exit, 0);
}

#[test]
fn every_format_names_the_entry_and_text_keeps_to_eighty_columns() {
    for format in ["text", "csv", "markdown"] {
        let (out, _) = run(&["entries", "-o", format]);
        assert!(out.contains("https://www.example.com/") && out.contains("external service"), "{out}");
        assert!(out.contains("Service gone is not there"), "{out}");
    }
    let (text, _) = run(&["entries"]);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn exits_and_the_mesh_are_told_by_workload() {
    let (out, _) = run(&["exits", "-o", "json"]);
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["exits"][0]["workloads"], json!(["clinic/api[Deployment]", "lab/tests[Deployment]"]));
    assert_eq!(found["exits"][0]["unrestricted"], true);
    let (out, _) = run(&["mesh", "-o", "json"]);
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["workloads"][0]["membership"], "sidecar");
    assert_eq!(found["workloads"][0]["mode"], "PERMISSIVE");
}

#[test]
fn waypoints_are_told_with_what_they_take() {
    let (out, _) = run(&["mesh", "-o", "json"]);
    let found: Value = serde_json::from_str(&out).unwrap();
    let lab = &found["workloads"][1];
    assert_eq!((&lab["workload"], &lab["membership"]), (&json!("lab/tests[Deployment]"), &json!("ambient")));
    let gate = json!({"namespace": "lab", "name": "gate"});
    let told =
        |service: Value, covers: bool| json!({"gateway": gate, "found": true, "service": service, "covers": covers});
    assert_eq!(lab["waypoints"], json!([told(Value::Null, false), told("results".into(), true)]));
    assert_eq!(found["workloads"][0]["waypoints"], json!([]), "a sidecar comes by none");
    let (text, _) = run(&["mesh"]);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("lab/gate for Service results"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}
