//! What users rely on of `cloister rbac matrix` and `diff`, and of answers about what could not be read.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Ended, cloister, ended, folder};

const ROLES: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: clinic}
rules:
  - {apiGroups: [''], resources: [secrets], verbs: ['*']}
  - {apiGroups: [''], resources: [configmaps], verbs: [get, create], resourceNames: [a]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: clinic}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
  - {kind: User, name: ann}
  - {kind: ServiceAccount, name: bot, namespace: ci}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: lost, namespace: clinic}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone}
subjects: []
";

fn rbac(arguments: &[&str]) -> Ended {
    ended(cloister().arg("rbac").args(arguments))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn where_nothing_was_read_there_is_no_answer() {
    for question in [
        vec!["who-can", "get", "secrets"],
        vec!["what-can", "ann"],
        vec!["matrix"],
        vec!["can", "get", "/version", "--as", "ann"],
    ] {
        let ended = rbac(&[&question[..], &["--from", "/nowhere/at/all"]].concat());
        assert_eq!((ended.exit, &*ended.out), (2, ""), "{question:?}");
        assert!(ended.errors.contains("nothing was read"), "{}", ended.errors);
    }
    let dir = folder(&[("a.yaml", ROLES)]);
    assert_eq!(rbac(&["diff", text(dir.path()), "/nowhere/at/all"]).exit, 2);
}

#[test]
fn what_cannot_be_right_is_told_beside_the_answer() {
    let dir = folder(&[("a.yaml", ROLES)]);
    let ended = rbac(&["who-can", "get", "secrets", "-n", "clinic", "--from", text(dir.path())]);
    assert!(ended.errors.contains("names Role \"gone\", which is not in the input"), "{}", ended.errors);
    assert!(ended.errors.contains("has no subjects"), "{}", ended.errors);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
}

#[test]
fn one_bad_line_of_a_batch_costs_only_itself() {
    let lines: Vec<u8> = [
        &br#"{"user":"ann","verb":"get","resource":"secrets","namespace":"clinic"}"#[..],
        b"{\"user\":\"\xff\"}",
        br#"{"user":"ann","verb":"get","resources":"secrets"}"#,
        br#"{"user":"ann","verb":"get"}"#,
        br#"{"user":"bob","verb":"get","resource":"secrets","namespace":"clinic"}"#,
    ]
    .join(&b"\n"[..]);
    let dir = folder(&[("a.yaml", ROLES)]);
    let file = dir.path().join("questions.jsonl");
    std::fs::write(&file, lines).unwrap();
    let ended = rbac(&["can", "--batch", text(&file), "--from", text(&dir.path().join("a.yaml"))]);
    let answers: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ended.exit, 2);
    assert_eq!((&answers[0]["answer"], &answers[4]["answer"]), (&"yes".into(), &"no".into()));
    for (number, cause) in [(2, "UTF-8"), (3, "unknown field `resources`"), (4, "neither")] {
        let answer = &answers[number - 1];
        assert_eq!(answer["line"], number);
        assert!(answer["error"].as_str().unwrap().contains(cause) && answer["help"].is_string(), "{answer}");
    }
}

#[test]
fn each_question_shows_its_proof() {
    let dir = folder(&[("a.yaml", ROLES)]);
    let from = ["--from", text(dir.path()), "--explain"];
    let told = |question: &[&str]| {
        let out = rbac(&[question, &from[..]].concat()).out;
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let place = format!("{}/a.yaml:", text(dir.path()));
    // A long path is broken anywhere.
    let squeezed = |text: String| text.replace(' ', "");
    for question in [vec!["who-can", "get", "secrets", "-n", "clinic"], vec!["what-can", "ann"], vec!["matrix"]] {
        let plain = rbac(&[&question[..], &["--from", text(dir.path())]].concat()).out;
        let shown = squeezed(told(&question));
        assert!(shown.contains(&place), "{question:?}: {shown}");
        assert!(shown.len() > squeezed(plain).len(), "{question:?}");
    }
    assert!(told(&["matrix", "--subject", "ann"]).contains("secrets: get"), "{}", told(&["matrix"]));
}

#[test]
fn the_matrix_marks_what_names_limit() {
    let dir = folder(&[("a.yaml", ROLES)]);
    let from = ["--from", text(dir.path())];
    let shown = rbac(&[&["matrix"][..], &from].concat());
    assert!(shown.out.contains("People") && shown.out.contains("Workloads"), "{}", shown.out);
    assert!(shown.out.lines().all(|line| line.chars().count() <= 80), "{}", shown.out);
    // Where the letters leave no room for names, these stand above them, whole.
    let wide = rbac(&[&["matrix", "--built-in"][..], &from].concat());
    assert!(wide.out.lines().all(|line| line.chars().count() <= 80), "{}", wide.out);
    assert!(wide.out.contains("\nsystem:kube-controller-manager, everywhere\n"), "{}", wide.out);
    let csv = rbac(
        &[&["matrix", "--resource", "secrets", "--resource", "cm", "-n", "clinic", "-o", "csv"][..], &from].concat(),
    );
    let all = "\"get, list, watch, create, update, patch, delete, deletecollection\"";
    assert!(csv.out.contains(&format!("person,User,ann,clinic,{all},get (names)")), "{}", csv.out);
    let elsewhere = rbac(&[&["matrix", "--resource", "secrets", "-n", "other", "-o", "csv"][..], &from].concat());
    assert!(!elsewhere.out.contains("ann"), "{}", elsewhere.out);
    let json = rbac(&[&["matrix", "--subject", "bot", "--verb", "get,use", "-o", "json"][..], &from].concat());
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 1);
    assert_eq!(json["rows"][0]["cells"]["secrets"]["all"], serde_json::json!(["get", "use"]));
    assert_eq!(json["rows"][0]["cells"]["configmaps"]["byName"], serde_json::json!(["get"]));
}

#[test]
fn a_difference_is_one_of_rights_and_not_of_names() {
    let renamed = ROLES.replace("reader", "other");
    let narrowed = ROLES.replace("['*']", "[list]");
    let dir = folder(&[("a.yaml", ROLES), ("b.yaml", &renamed), ("c.yaml", &narrowed)]);
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let same = rbac(&["diff", &file("a.yaml"), &file("b.yaml")]);
    assert_eq!((same.exit, same.out.contains("The same rights")), (0, true), "{}", same.out);
    let less = rbac(&["diff", &file("a.yaml"), &file("c.yaml"), "-o", "json"]);
    let json: Value = serde_json::from_str(&less.out).unwrap();
    assert_eq!((less.exit, &json["same"], json["gained"].as_array().unwrap().len()), (1, &false.into(), 0));
    let lost: Vec<&str> =
        json["lost"].as_array().unwrap().iter().map(|it| it["right"]["verb"].as_str().unwrap()).collect();
    assert!(lost.contains(&"get") && !lost.contains(&"list"), "{lost:?}");
    assert!(json["lost"][0]["proof"]["ruleAt"].as_str().unwrap().ends_with("a.yaml:5:5"), "{}", json["lost"][0]);
    let text = rbac(&["diff", &file("c.yaml"), &file("a.yaml")]);
    assert!(text.out.starts_with("Gained\n") && text.out.contains("other verbs on secrets"), "{}", text.out);
    assert!(text.out.lines().all(|line| line.chars().count() <= 80 || line.contains("/")), "{}", text.out);
}
