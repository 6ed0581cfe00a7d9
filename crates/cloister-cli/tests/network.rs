//! `cloister network`: what users rely on, and the published schema.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use cloister_network::document::Document;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use support::network::{API, DB, IN_MESH, NAMESPACE, POLICY, cluster, line_of};
use support::schema::{keeps_to, plain, published};
use support::{cloister, folder};

/// What most questions are about.
fn clinic() -> String {
    cluster(&[NAMESPACE, API, DB, POLICY])
}

fn run(arguments: &[&str]) -> (String, String, i32) {
    let output = cloister().arg("network").args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Document>();
    schema.insert("title".into(), "Cloister's list of connections".into());
    plain(schema.to_value())
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    published("network.json", &schema(), std::env::var_os("CLOISTER_GENERATE").is_some());
}

#[test]
fn lists_keep_to_the_schema_grouped_or_not() {
    let dir = folder(&[("k8s.yaml", &clinic())]);
    let path = dir.path().to_str().unwrap();
    for group in ["never", "always", "auto"] {
        let (out, _, exit) = run(&["list", "--from", path, "-o", "json", "--group", group]);
        let list: Value = serde_json::from_str(&out).unwrap();
        keeps_to(&list, &schema());
        assert_eq!(exit, 0);
    }
}

#[test]
fn a_list_is_drawn_as_the_map_is() {
    let dir = folder(&[("k8s.yaml", &clinic())]);
    let path = dir.path().to_str().unwrap();
    let (list, _, exit) = run(&["list", "--from", path, "-o", "svg"]);
    assert_eq!(exit, 0);
    assert!(list.starts_with("<svg"), "{list}");
    assert_eq!(list, run(&["map", "--from", path, "-o", "svg"]).0);
}

#[test]
fn a_graph_calls_addresses_as_people_do() {
    let dir = folder(&[("k8s.yaml", &clinic())]);
    for group in ["always", "never"] {
        let (graph, ..) = run(&["list", "--from", dir.path().to_str().unwrap(), "-o", "dot", "--group", group]);
        assert!(graph.contains("label=\"every IPv4 address") || graph.contains("\\nevery IPv4 address"), "{graph}");
        assert!(!graph.contains("label=\"0.0.0.0-"), "{graph}");
    }
}

#[test]
fn settings_that_turn_encryption_on_count() {
    let store = "---\napiVersion: cloister.dev/v1alpha1\nkind: PersonalDataStore\nmetadata: {name: patients}\n\
        spec: {selector: {names: [db]}}\n";
    let told = |variables: &str, arguments: &str| {
        let api = API.replace("image: i,", &format!("image: i, env: [{variables}],"));
        let db = DB.replace("image: i,", &format!("image: postgres, args: [{arguments}],"));
        let dir = folder(&[("k8s.yaml", &format!("{}{store}", cluster(&[NAMESPACE, &api, &db, POLICY])))]);
        let (out, _, exit) = run(&["plaintext", "--from", dir.path().to_str().unwrap(), "-o", "json"]);
        let matrix: Value = serde_json::from_str(&out).unwrap();
        let flow = &matrix["stores"][0]["flows"][0];
        (flow["transit"].as_str().unwrap().to_owned(), flow["why"].as_str().unwrap().to_owned(), exit)
    };
    let (transit, why, exit) = told("{name: PGSSLMODE, value: verify-full}", "");
    assert_eq!((transit.as_str(), exit), ("encrypted", 0), "{why}");
    assert!(why.contains("PGSSLMODE=verify-full"), "{why}");
    let url = |host: &str, mode: &str| format!("{{name: DATABASE_URL, value: 'postgres://u@{host}/x?sslmode={mode}'}}");
    assert_eq!(told(&url("db:5432", "require"), "").0, "encrypted");
    assert_eq!(told(&url("bank.example.com", "require"), "").0, "unknown");
    assert_eq!(told(&url("db", "disable"), "-c, ssl=on").0, "plaintext");
    let (transit, why, _) = told("", "-c, ssl=on");
    assert_eq!(transit, "unknown");
    assert!(why.contains("offers TLS (ssl=on)"), "{why}");
}

#[test]
fn a_list_names_both_ends_and_the_intervals_of_ports() {
    let dir = folder(&[("k8s.yaml", &clinic())]);
    let (out, _, _) = run(&["list", "--from", dir.path().to_str().unwrap(), "-o", "json"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    let connections = list["connections"].as_array().unwrap();
    let to_db: Vec<&Value> = connections.iter().filter(|it| it["destination"] == "clinic/db[StatefulSet]").collect();
    assert_eq!(to_db.len(), 1, "{connections:#?}");
    assert_eq!(to_db[0]["source"], "clinic/api[Deployment]");
    assert_eq!(to_db[0]["allowed"], json!([{"protocol": "TCP", "ports": [{"first": 5432, "last": 5432}]}]));
    assert!(connections.iter().all(|it| it["source"] != "clinic/db[StatefulSet]"), "its egress is closed");
    assert!(connections.iter().any(|it| it["destination"] == "0.0.0.0-255.255.255.255"));
}

#[test]
fn a_question_is_answered_with_its_exit_status() {
    let dir = folder(&[("k8s.yaml", &clinic())]);
    let path = dir.path().to_str().unwrap();
    for (question, word, exit) in [
        (["clinic/api", "db", "sql"], "yes", 0),
        (["clinic/api", "clinic/db[StatefulSet]", "80"], "no", 1),
        (["db", "api", "all"], "no", 1),
        (["192.0.2.1", "db", "5432"], "no", 1),
        (["192.0.2.1", "api", "udp/53"], "yes", 0),
    ] {
        let (out, errors, status) = run(&[&["can"], &question[..], &["--from", path]].concat());
        assert_eq!((out.trim(), status), (word, exit), "{question:?} {errors}");
    }
    let (_, errors, status) = run(&["can", "apo", "db", "80", "--from", path]);
    assert!(errors.contains("did you mean") && status == 2, "{errors}");
}

#[test]
fn an_explanation_has_the_line_of_the_rule() {
    let dir = folder(&[("k8s.yaml", &clinic())]);
    let path = dir.path().join("k8s.yaml");
    let (out, _, exit) = run(&["explain", "api", "db", "5432", "--from", path.to_str().unwrap()]);
    let line = line_of(&clinic(), "- from:");
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("NetworkPolicy clinic/db ingress[0]") && flat.contains(&format!("k8s.yaml:{line})")),
        "{out}"
    );
    assert_eq!(exit, 0);
}

#[test]
fn a_change_is_told_by_what_it_opens_and_closes() {
    let changed = clinic().replace("port: sql", "port: 80");
    let dir = folder(&[("a/k8s.yaml", &clinic()), ("b/k8s.yaml", &changed)]);
    let [a, b] = ["a", "b"].map(|side| dir.path().join(side).to_str().unwrap().to_owned());
    let (out, _, exit) = run(&["diff", &a, &b, "-o", "json"]);
    let diff: Value = serde_json::from_str(&out).unwrap();
    let [change] = diff["changes"].as_array().unwrap().as_slice() else { panic!("{diff:#}") };
    assert_eq!(change["sources"], json!(["clinic/api[Deployment]"]));
    assert_eq!(change["gained"][0]["ports"], json!([{"first": 80, "last": 80}]));
    assert_eq!(change["lost"][0]["ports"], json!([{"first": 5432, "last": 5432}]));
    assert_eq!(exit, 1);
    let (_, _, same) = run(&["diff", &a, &a]);
    assert_eq!(same, 0);
}

#[test]
fn what_is_not_evaluated_is_named() {
    let cilium =
        "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: clinic}\nspec: {}\n";
    let dir = folder(&[("k8s.yaml", &(clinic() + cilium))]);
    let (out, errors, _) = run(&["list", "--from", dir.path().to_str().unwrap(), "-o", "json"]);
    assert!(errors.contains("not evaluated: CiliumNetworkPolicy"), "{errors}");
    let list: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(list["notEvaluated"][0]["of"], "Cilium");
}

#[test]
fn a_refused_policy_is_named_and_ends_with_two() {
    let dir = folder(&[("k8s.yaml", &clinic().replace("port: sql", "port: 99999"))]);
    let (_, errors, exit) = run(&["can", "api", "db", "5432", "--from", dir.path().to_str().unwrap()]);
    assert!(errors.contains("\"99999\" is no port from 1 to 65535") && errors.contains("k8s.yaml:"), "{errors}");
    assert_eq!(exit, 2);
}

const MESH: &str = "apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: db, namespace: clinic}
spec:
  selector: {matchLabels: {app: db}}
  rules: [{from: [{source: {namespaces: [lab]}}], to: [{operation: {ports: ['5432']}}]}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: api, namespace: clinic}
spec:
  selector: {matchLabels: {app: api}}
  rules: [{to: [{operation: {methods: [GET]}}]}]
";

#[test]
fn a_mesh_narrows_answers_and_can_be_left_out() {
    let text = cluster(&[IN_MESH, API, DB, POLICY, MESH]);
    let input = folder(&[("k8s.yaml", &text)]);
    let path = input.path().to_str().unwrap();
    let (out, _, code) = run(&["can", "clinic/api", "clinic/db", "5432", "--from", path]);
    assert_eq!((out.as_str(), code), ("no\n", 1));
    let (out, _, code) = run(&["can", "clinic/api", "clinic/db", "5432", "--without-mesh", "--from", path]);
    assert_eq!((out.as_str(), code), ("yes\n", 0));
    let (out, _, code) = run(&["explain", "198.51.100.1", "clinic/api", "80", "--from", path]);
    assert_eq!(code, 2, "a method is no matter of ports");
    assert!(out.contains("unknown: TCP 80, only methods GET"), "{out}");
    assert!(out.contains("left to the mesh: TCP 80; no policy of the network decides"), "{out}");
    let (out, _, _) = run(&["explain", "clinic/api", "clinic/db", "5432", "--from", path]);
    let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("denied: TCP 5432, AuthorizationPolicy clinic/db ("), "{out}");
    assert!(told.contains(&format!("k8s.yaml:{})", line_of(&text, "security.istio.io"))), "{out}");
    let (out, _, _) = run(&["explain", "clinic/api", "clinic/db", "5432", "-o", "json", "--from", path]);
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["explanations"][0]["mesh"][0]["does"], "closes");
    let list = |more: &[&str]| {
        let (out, _, _) = run(&[&["list", "-o", "json", "--from", path], more].concat());
        let found: Value = serde_json::from_str(&out).unwrap();
        let listed = found["connections"].as_array().unwrap().iter();
        let is_it =
            |it: &&Value| it["source"] == "clinic/api[Deployment]" && it["destination"] == "clinic/db[StatefulSet]";
        (found["narrowedByMesh"].clone(), listed.filter(is_it).count())
    };
    assert_eq!(list(&[]), (json!(true), 0));
    assert_eq!(list(&["--without-mesh"]), (json!(false), 1));
}
