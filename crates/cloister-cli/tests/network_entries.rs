//! `cloister network entries`, `exits` and `mesh`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use serde_json::{Value, json};
use support::{cloister, folder};

const CLUSTER: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: clinic, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: clinic}
spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: clinic}
spec: {selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: clinic, annotations: {nginx.ingress.kubernetes.io/auth-url: 'https://sso.example.com'}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [www.example.com]}]
  rules:
    - host: www.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
          - {path: /old, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}
";

fn run(arguments: &[&str]) -> (String, i32) {
    let dir = folder(&[("k8s.yaml", CLUSTER)]);
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
    assert_eq!(found["exits"][0]["workloads"], json!(["clinic/api[Deployment]"]));
    assert_eq!(found["exits"][0]["unrestricted"], true);
    let (out, _) = run(&["mesh", "-o", "json"]);
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["workloads"][0]["membership"], "sidecar");
    assert_eq!(found["workloads"][0]["mode"], "PERMISSIVE");
}
