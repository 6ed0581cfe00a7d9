//! What `cloister audit detect` tells of the audit log of a real API server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// Bodies of everything but what is secret.
pub const AUDIT_POLICY: &str = r#"
apiVersion: audit.k8s.io/v1
kind: Policy
omitManagedFields: true
rules:
- level: Metadata
  resources: [{group: "", resources: [secrets, serviceaccounts/token]}]
- level: Request
"#;

/// Who did what, by the names of rules.
pub type Told = BTreeMap<String, BTreeSet<String>>;

/// What the program tells of a log, and how many requests it judged.
pub fn told(log: &Path, inside: &[&str]) -> (Told, u64) {
    let mut command = Command::new(super::program("cloister"));
    command.args(["audit", "detect", "--output", "json", "--fail-on", "never", "--personal", "clinic-data"]);
    for network in inside {
        command.args(["--inside", network]);
    }
    let output = command.args(["--break-glass", "rescue"]).arg(log).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["gaps"]["failed"], json!({}), "conditions work on real bodies");
    assert_eq!((&report["unreadable"], &report["foreign"]), (&json!(0), &json!(0)));
    let mut told = Told::new();
    for found in report["detections"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        told.entry(text(&found["who"]["user"])).or_default().insert(text(&found["rule"]));
    }
    (told, report["gaps"]["judged"].as_u64().unwrap())
}
