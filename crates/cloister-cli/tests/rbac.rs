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
use support::{Ended, cloister, ended, folder};

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

fn rbac(from: &Path, arguments: &[&str]) -> Ended {
    ended(cloister().arg("rbac").args(arguments).arg("--from").arg(from))
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

const CLIMBS: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: binder}
rules:
  - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}
  - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: binders}
roleRef: {kind: ClusterRole, name: binder}
subjects:
  - {kind: User, name: ann}
";

#[test]
fn who_climbs_is_told_with_each_step_and_its_lines() {
    let dir = folder(&[("climbs.yaml", CLIMBS)]);
    let all = rbac(dir.path(), &["escalate"]);
    assert_eq!(all.exit, 1);
    assert!(all.out.starts_with("cluster-admin is reached by 1\n  1  user ann\n     bind\n"), "{}", all.out);
    assert!(
        all.out.contains("\n  bind: Who may create a binding") && all.out.contains("--explain"),
        "each step is said in words: {}",
        all.out
    );
    let one = rbac(dir.path(), &["escalate", "ann"]);
    assert_eq!(one.exit, 1);
    assert!(one.out.starts_with("user ann reaches cluster-admin in 1 step\n  1 bind → cluster-admin\n"), "{}", one.out);
    assert!(one.out.lines().all(|line| line.chars().count() <= 80), "{}", one.out);
    assert!(one.out.contains("climbs.yaml:13:") && one.out.contains("climbs.yaml:6:"), "{}", one.out);
    let rows = rbac(dir.path(), &["escalate", "-o", "csv"]);
    assert!(rows.out.contains("user ann,cluster-admin,1,bind,,no\r\n"), "{}", rows.out);
    let json = rbac(dir.path(), &["escalate", "ann", "-o", "json"]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["paths"][0]["way"][0]["edge"], "bind");
    assert_eq!(json["paths"][0]["way"][0]["proof"].as_array().unwrap().len(), 2);
}

#[test]
fn other_beginnings_are_told_behind_the_shortest_way() {
    let more = "
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: speaker}
rules:
  - {apiGroups: [''], resources: [users, groups], verbs: [impersonate]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: speakers}
roleRef: {kind: ClusterRole, name: speaker}
subjects:
  - {kind: User, name: ann}
";
    let dir = folder(&[("climbs.yaml", &format!("{CLIMBS}{more}"))]);
    let text = rbac(dir.path(), &["escalate", "ann"]).out;
    let (_, others) = text.split_once("1 way begins otherwise").unwrap_or_else(|| panic!("{text}"));
    let first = text.starts_with("user ann reaches cluster-admin in 1 step\n  1 bind");
    assert!(first == others.contains("impersonate") && first != others.contains("bind"), "{text}");
    assert_eq!(rbac(dir.path(), &["escalate", "ann", "--to", "cluster-admin"]).out, text);
    let whole = rbac(dir.path(), &["escalate", "ann", "--explain"]).out;
    assert_eq!(whole.matches("user ann reaches cluster-admin").count(), 2, "{whole}");
    let json: Value = serde_json::from_str(&rbac(dir.path(), &["escalate", "ann", "-o", "json"]).out).unwrap();
    assert_eq!(json["paths"].as_array().unwrap().len(), 2);
}

/// By kind and name, Kubernetes' own last, whatever the order in which roles and files come.
#[test]
fn who_can_is_told_in_one_order() {
    let role = |name: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {name}}}\nrules: [{{apiGroups: [''], resources: [secrets], verbs: [get]}}]\n---\n"
        )
    };
    let binding = |name: &str, role: &str, kind: &str, who: &str, labels: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: {name}{labels}}}\nroleRef: {{kind: ClusterRole, name: {role}}}\nsubjects: [{{kind: {kind}, name: {who}}}]\n---\n"
        )
    };
    let one = role("z") + &binding("b2", "z", "User", "zoe", "") + &binding("b1", "a", "User", "ann", "");
    let own = ", labels: {kubernetes.io/bootstrapping: rbac-defaults}";
    let two = role("a") + &binding("b3", "a", "Group", "ops", "") + &binding("a0", "a", "Group", "able", own);
    let two = two + &binding("b0", "z", "User", "ann", "");
    let dir = folder(&[("one.yaml", &one), ("two.yaml", &two)]);
    let paths = ["one.yaml", "two.yaml"].map(|name| dir.path().join(name).to_string_lossy().into_owned());
    let ask = |paths: [&String; 2], form: &str| {
        let from = ["rbac", "who-can", "get", "secrets", "-o", form, "--from", paths[0], paths[1]];
        String::from_utf8(support::cloister().args(from).output().unwrap().stdout).unwrap()
    };
    let text = ask([&paths[0], &paths[1]], "text");
    let places: Vec<Option<usize>> = ["User ann", "User zoe", "Group ops", "Kubernetes' own", "Group able"]
        .iter()
        .map(|who| text.find(who))
        .collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {text}");
    for form in ["text", "json", "csv", "markdown"] {
        assert_eq!(ask([&paths[0], &paths[1]], form), ask([&paths[1], &paths[0]], form), "{form}");
    }
}

#[test]
fn who_does_not_climb_is_told_by_zero_and_lost_input_by_two() {
    let dir = folder(&[("climbs.yaml", CLIMBS)]);
    let bob = rbac(dir.path(), &["escalate", "bob"]);
    assert_eq!((bob.exit, &*bob.out), (0, "bob climbs nowhere\n"));
    let to = rbac(dir.path(), &["escalate", "--to", "node:n"]);
    assert_eq!((to.exit, &*to.out), (0, "nobody reaches node:n\n"));
    let wrong = rbac(dir.path(), &["escalate", "--server-version", "new"]);
    assert_eq!(wrong.exit, 2);
    let broken = folder(&[("climbs.yaml", CLIMBS), ("broken.yaml", "a: [")]);
    assert_eq!(rbac(broken.path(), &["escalate"]).exit, 2);
}
