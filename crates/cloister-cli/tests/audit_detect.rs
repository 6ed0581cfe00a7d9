//! What users rely on of `cloister audit detect` and `cloister audit rules`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use cloister_rules::{Detection, Report, rule};
use flate2::Compression;
use flate2::write::GzEncoder;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::schema::{keeps_to, plain, published};
use support::{Ended, cloister, ended, folder};

const EXEC: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a1","stage":"ResponseStarted","requestURI":"/api/v1/namespaces/clinic-data/pods/patients-db-0/exec?command=sh","verb":"create","user":{"username":"ann","groups":["doctors"]},"sourceIPs":["198.51.100.7"],"userAgent":"kubectl/v1.37.2 (linux/amd64) kubernetes/abc","objectRef":{"resource":"pods","subresource":"exec","namespace":"clinic-data","name":"patients-db-0"},"responseStatus":{"code":101},"requestReceivedTimestamp":"2026-01-02T08:00:01.000000Z","annotations":{"authorization.k8s.io/decision":"allow"}}"#;
const SECRET: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a2","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/clinic-data/secrets/db","verb":"get","user":{"username":"ann"},"sourceIPs":["198.51.100.7"],"userAgent":"kubectl/v1.37.2","objectRef":{"resource":"secrets","namespace":"clinic-data","name":"db"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-01-01T07:00:00.000000Z"}"#;
const STOLEN: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a3","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods","verb":"list","user":{"username":"system:serviceaccount:shop:web"},"sourceIPs":["203.0.113.9"],"userAgent":"web/1.0","objectRef":{"resource":"pods","namespace":"shop"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-01-02T09:00:00.000000Z"}"#;

fn detect(dir: &Path, arguments: &[&str]) -> Ended {
    ended(cloister().current_dir(dir).args(["audit", "detect"]).args(arguments))
}

fn rules_found(answer: &Ended) -> Vec<String> {
    let report: Value = serde_json::from_str(&answer.out).unwrap();
    report["detections"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
}

fn schema<T: JsonSchema>(is_read: bool) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let settings = if is_read { settings } else { settings.for_serialize() };
    plain(settings.into_generator().into_root_schema_for::<T>().to_value())
}

#[test]
fn people_are_told_who_did_what_in_eighty_columns() {
    let dir = folder(&[("audit.log", &format!("{EXEC}\n{SECRET}\n{STOLEN}\n"))]);
    let all = ["audit.log", "--personal", "clinic-data", "--inside", "10.0.0.0/8"];
    let answer = detect(dir.path(), &all);
    assert_eq!((answer.exit, answer.errors.as_str()), (1, ""));
    insta::assert_snapshot!("audit_detect", answer.out);
    assert!(answer.out.lines().all(|line| line.chars().count() <= 80), "{}", answer.out);
    assert_eq!(detect(dir.path(), &[&all[..], &["--fail-on", "critical"]].concat()).exit, 0);
    let less = detect(dir.path(), &["audit.log", "--fail-on", "never"]);
    assert_eq!(less.exit, 0);
    assert!(less.out.contains("nothing found"), "{}", less.out);
    assert!(less.out.contains("to know which namespaces hold personal data"), "{}", less.out);
}

#[test]
fn namespaces_come_from_the_register_and_from_what_is_recognised() {
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    let dir = folder(&[("audit.log", EXEC)]);
    let from = detect(dir.path(), &["audit.log", "-o", "json", "--from", clinic.to_str().unwrap()]);
    assert_eq!(rules_found(&from), ["pod-entered"], "{}", from.errors);
    assert!(from.out.contains("\"personalData\": \"store"), "{}", from.out);
}

#[test]
fn logs_are_read_in_the_order_of_their_times_packed_or_not_and_each_once() {
    let dir = folder(&[("logs/b.log", SECRET), ("logs/.hidden", "no log")]);
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(format!("{EXEC}\n{STOLEN}\n").as_bytes()).unwrap();
    std::fs::write(dir.path().join("logs/a.log.gz"), packer.finish().unwrap()).unwrap();
    let arguments = ["logs", "logs/b.log", "--personal", "clinic-data", "-o", "json"];
    let answer = detect(dir.path(), &arguments);
    let report: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(
        (&report["logs"], &report["gaps"]["judged"], &report["gaps"]["repeated"]),
        (&2.into(), &3.into(), &0.into())
    );
    keeps_to(&report, &schema::<Report>(false));
    assert_eq!(rules_found(&answer), ["secret-read-by-person", "pod-entered"], "the earlier first");
    assert_eq!(detect(dir.path(), &arguments).out, answer.out);
    let mut child = cloister()
        .args(["audit", "detect", "-", "--personal", "clinic-data", "-o", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(EXEC.as_bytes()).unwrap();
    assert!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().contains("pod-entered"));
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_the_rest_is_judged() {
    let dir = folder(&[("audit.log", &format!("{SECRET}\n{{\"broken\n{EXEC}\n"))]);
    let answer = detect(dir.path(), &["audit.log", "--personal", "clinic-data", "-o", "json"]);
    assert_eq!((answer.exit, rules_found(&answer).len()), (2, 2));
    assert!(answer.errors.contains("error: audit.log:2:1: cannot be read"), "{}", answer.errors);
    let none = detect(dir.path(), &["none.log"]);
    assert_eq!(none.exit, 2);
    assert!(none.errors.contains("none.log") && none.errors.contains("no audit event was read"), "{}", none.errors);
    let network = detect(dir.path(), &["audit.log", "--inside", "10.0.0/8"]);
    assert!(network.errors.contains("is no network: write it as 10.244.0.0/16"), "{}", network.errors);
}

const OWN: &str = "apiVersion: cloister.dev/v1alpha1
kind: DetectionRule
metadata:
  name: anybody-lists
spec:
  title: Somebody listed pods
  description: An example.
  severity: info
  articles: [\"32(4)\"]
  match: {verbs: [list], resources: [pods]}
  condition: object.namespace != \"\"
  tells: \"{user} listed pods in {namespace}.\"
";

#[test]
fn rules_of_ones_own_are_judged_listed_and_tried() {
    let fires = "# fires: anybody-lists\n{\"verb\":\"list\",\"user\":{\"username\":\"ann\"},\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"a\"}}\n";
    let quiet = "# quiet: everywhere\n{\"verb\":\"list\",\"user\":{\"username\":\"ann\"},\"objectRef\":{\"resource\":\"pods\"}}\n";
    let wrong = fires.replace("\"namespace\":\"a\"", "\"namespace\":\"\"");
    let dir = folder(&[
        ("own.yaml", OWN),
        ("own.jsonl", &format!("{fires}{quiet}")),
        ("wrong.yaml", OWN),
        ("wrong.jsonl", &wrong),
        ("bad.yaml", &OWN.replace("object.namespace", "object.nmspace")),
        ("alone.yaml", OWN),
        ("audit.log", STOLEN),
    ]);
    let rules = |arguments: &[&str]| ended(cloister().current_dir(dir.path()).args(["audit", "rules"]).args(arguments));
    let detected = detect(dir.path(), &["audit.log", "--rules", "own.yaml", "-o", "json"]);
    assert_eq!((detected.exit, rules_found(&detected)), (0, vec!["anybody-lists".to_owned()]));
    let tried = rules(&["test", "own.yaml"]);
    assert_eq!(tried.exit, 0, "{}", tried.errors);
    assert!(tried.out.contains("✓ line 4: nothing (everywhere)") && tried.out.contains("2 events: all as they must"));
    let failed = rules(&["test", "wrong.yaml"]);
    assert_eq!(failed.exit, 1);
    assert!(failed.out.contains("✗ line 2: anybody-lists; fired nothing"), "{}", failed.out);
    let bad = rules(&["test", "bad.yaml"]);
    assert_eq!(bad.exit, 2);
    assert!(
        bad.errors.contains("bad.yaml:11:") && bad.errors.contains("no \"object.nmspace\"; there are group"),
        "{}",
        bad.errors
    );
    let alone = rules(&["test", "alone.yaml"]);
    assert!(alone.errors.contains("alone.jsonl") && alone.errors.contains("docs/detections.md"), "{}", alone.errors);
    let listed = rules(&["list", "--rules", "own.yaml"]);
    assert!(listed.out.contains("anybody-lists") && listed.out.contains("pod-entered"), "{}", listed.out);
    assert!(listed.out.lines().all(|line| line.chars().count() <= 80));
    let json: Value = serde_json::from_str(&rules(&["list", "-o", "json"]).out).unwrap();
    assert!(json.as_array().unwrap().len() > 40);
}

#[test]
fn the_published_schemas_are_those_of_the_types() {
    let write = std::env::var_os("CLOISTER_GENERATE").is_some();
    published("audit-detect.json", &schema::<Report>(false), write);
    published("detection.json", &schema::<Detection>(false), write);
    let rules = schema::<rule::Document>(true);
    published("detection-rule.v1alpha1.json", &rules, write);
    keeps_to(&serde_saphyr::from_str::<Value>(OWN).unwrap(), &rules);
}
