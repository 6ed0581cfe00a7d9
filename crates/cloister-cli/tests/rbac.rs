//! What users rely on of `cloister rbac`: the words, the exit status, the proof.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{cloister, folder};

const ROLES: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: clinic}
rules:
  - {apiGroups: [''], resources: [secrets, pods/exec], verbs: [get, create]}
  - {apiGroups: [care.example], resources: [visits], verbs: [list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: clinic}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
  - {kind: User, name: ann}
  - {kind: ServiceAccount, name: bot, namespace: ci}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: visits.care.example}
spec:
  group: care.example
  scope: Namespaced
  names: {plural: visits, singular: visit, kind: Visit, shortNames: [vi]}
";

struct Ended {
    exit: i32,
    out: String,
    errors: String,
}

fn rbac(from: &Path, arguments: &[&str]) -> Ended {
    let output = cloister().arg("rbac").args(arguments).arg("--from").arg(from).output().unwrap();
    Ended {
        exit: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn yes_is_zero_no_is_one_and_names_are_understood() {
    let dir = folder(&[("roles.yaml", ROLES)]);
    let exit = |arguments: &[&str]| rbac(dir.path(), &[&["can"], arguments].concat()).exit;
    assert_eq!(exit(&["get", "secrets", "--as", "ann", "-n", "clinic"]), 0);
    assert_eq!(exit(&["get", "Secret", "db", "--as", "system:serviceaccount:ci:bot", "-n", "clinic"]), 0);
    assert_eq!(exit(&["create", "po/exec", "web", "--as", "ann", "-n", "clinic"]), 0);
    assert_eq!(exit(&["create", "pods/web", "--subresource", "exec", "--as", "ann", "-n", "clinic"]), 0);
    assert_eq!(exit(&["list", "vi", "--as", "ann", "-n", "clinic"]), 0);
    assert_eq!(exit(&["list", "visits.care.example", "--as", "ann", "-n", "clinic"]), 0);
    assert_eq!(exit(&["get", "/version", "--as", "ann"]), 0);
    assert_eq!(exit(&["get", "secrets", "--as", "ann"]), 1, "in the namespace default");
    assert_eq!(exit(&["get", "secrets", "--as", "ann", "-A"]), 1);
    assert_eq!(exit(&["get", "pods", "--as", "ann", "-n", "clinic"]), 1);
    assert_eq!(exit(&["get", "/metrics", "--as", "ann"]), 1);
    assert_eq!(exit(&["get", "/metrics", "--as", "ann", "--as-group", "system:masters"]), 0);
    assert_eq!(exit(&["get"]), 2, "no resource");
}

#[test]
fn the_proof_stands_where_it_was_written() {
    let dir = folder(&[("roles.yaml", ROLES)]);
    let arguments = ["can", "get", "secrets", "--as", "ann", "-n", "clinic"];
    let text = rbac(dir.path(), &[&arguments[..], &["--explain"]].concat()).out;
    assert!(text.contains("roles.yaml:13:5") && text.contains("roles.yaml:5:5"), "{text}");
    let json: Value = serde_json::from_str(&rbac(dir.path(), &[&arguments[..], &["-o", "json"]].concat()).out).unwrap();
    assert_eq!((&json["answer"], &json["by"]), (&"yes".into(), &"rbac".into()));
    assert_eq!(json["proof"]["role"]["name"], "reader");
}

#[test]
fn where_input_is_lost_only_yes_is_certain() {
    let dir = folder(&[("roles.yaml", ROLES), ("broken.yaml", "kind: [")]);
    let yes = rbac(dir.path(), &["can", "get", "secrets", "--as", "ann", "-n", "clinic"]);
    assert_eq!((yes.exit, &*yes.out), (0, "yes\n"));
    let no = rbac(dir.path(), &["can", "get", "pods", "--as", "ann", "-n", "clinic"]);
    assert_eq!(no.exit, 2);
    assert!(no.out.starts_with("unknown") && no.errors.contains("broken.yaml"), "{} {}", no.out, no.errors);
}

#[test]
fn lines_of_questions_get_lines_of_answers() {
    let questions = r#"{"user":"ann","verb":"get","resource":"secret","namespace":"clinic"}
{"user":"ann","verb":"get","group":"","resource":"secrets"}
{"user":"ann","verb":"get","path":"/version"}
{"user":"system:node:n","groups":["system:nodes"],"verb":"get","resource":"secrets","name":"db","namespace":"clinic"}
"#;
    let dir = folder(&[("roles.yaml", ROLES), ("good.jsonl", questions), ("bad.jsonl", "{\"user\":\"ann\"}\nno")]);
    let file = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let roles = dir.path().join("roles.yaml");
    let good = rbac(&roles, &["can", "--batch", &file("good.jsonl")]);
    let answers: Vec<Value> = good.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let words: Vec<&str> = answers.iter().map(|answer| answer["answer"].as_str().unwrap()).collect();
    assert_eq!((good.exit, words), (0, vec!["yes", "no", "yes", "unknown"]));
    let bad = rbac(&roles, &["can", "--batch", &file("bad.jsonl")]);
    assert_eq!((bad.exit, bad.out.lines().filter(|line| line.contains("error")).count()), (2, 2));
}

#[test]
fn who_and_what_show_the_same_grant_from_both_sides() {
    let dir = folder(&[("roles.yaml", ROLES)]);
    let who = rbac(dir.path(), &["who-can", "get", "secrets", "-n", "clinic", "-o", "csv"]);
    assert!(who.out.starts_with("kind,name,where,binding,role,at\r\n"), "{}", who.out);
    assert!(who.out.contains("ServiceAccount,system:serviceaccount:ci:bot,clinic,readers,Role reader,"), "{}", who.out);
    let elsewhere = rbac(dir.path(), &["who-can", "get", "secrets", "-n", "other", "-o", "csv"]);
    assert!(!elsewhere.out.contains("readers") && elsewhere.out.contains("system:masters"));
    let what = rbac(dir.path(), &["what-can", "serviceaccount:ci:bot", "-o", "markdown"]);
    assert!(
        what.out.contains("| clinic | get, create on secrets, pods/exec | readers | Role reader |"),
        "{}",
        what.out
    );
}

#[test]
fn a_picture_is_drawn_in_every_form_and_narrowed() {
    let dir = folder(&[("roles.yaml", ROLES)]);
    let graph = |arguments: &[&str]| rbac(dir.path(), &[&["graph"], arguments].concat());
    let svg = graph(&[]);
    assert!(svg.exit == 0 && svg.out.starts_with("<svg ") && svg.out.contains("User ann"), "{}", svg.errors);
    assert!(graph(&["-o", "dot"]).out.starts_with("digraph "));
    assert!(graph(&["-o", "mermaid"]).out.starts_with("flowchart LR\n"));
    let json: Value = serde_json::from_str(&graph(&["-o", "json"]).out).unwrap();
    assert_eq!(json["crossings"], 0);
    let asked = |question: &str| graph(&["--question", question, "-o", "text"]).out;
    assert!(asked("get secrets").contains("ServiceAccount ci/bot") && asked("delete secrets").contains("Nobody holds"));
    assert_eq!(graph(&["--question", "secrets"]).exit, 2);
    let store = graph(&["--store", "nowhere"]);
    assert!(store.exit == 2 && store.errors.contains("help:"), "{}", store.errors);
}
