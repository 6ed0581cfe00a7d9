//! What a data protection officer relies on of `cloister rbac who-can read-personal-data`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use serde_json::Value;
use support::{cloister, folder};

const STORE: &str = "apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: records}
spec:
  title: Records
  engine: postgresql
  selector: {namespaces: [data], names: [StatefulSet/db]}
  dataSubjects: [patients]
  dataCategories: [health]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
        - name: db
          image: postgres:17
          envFrom: [{secretRef: {name: db-password}}]
  volumeClaimTemplates: [{metadata: {name: files}}]
";

fn granted(verb: &str, resource: &str, more: &str, namespace: &str) -> String {
    let (kind, place) = if namespace.is_empty() {
        ("ClusterRoleBinding", String::new())
    } else {
        ("RoleBinding", format!(", namespace: {namespace}"))
    };
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: some}}\nrules: [{{apiGroups: ['*'], \
         resources: [{resource}], verbs: [{verb}]{more}}}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n\
         metadata: {{name: b{place}}}\nroleRef: {{kind: ClusterRole, name: some}}\nsubjects: [{{kind: User, name: ann}}]\n"
    )
}

/// The ways that ann has by one rule, and the exit status.
fn ways(verb: &str, resource: &str, more: &str, namespace: &str) -> Vec<String> {
    let dir = folder(&[("a.yaml", &(STORE.to_owned() + &granted(verb, resource, more, namespace)))]);
    let arguments = ["rbac", "who-can", "read-personal-data", "records", "-o", "json", "--from"];
    let output = cloister().args(arguments).arg(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let access = json["access"].as_array().unwrap().iter().filter(|it| it["name"] == "ann");
    let mut ways: Vec<String> = access.map(|it| it["way"].as_str().unwrap().to_owned()).collect();
    ways.dedup();
    ways
}

#[test]
fn each_way_counts_where_it_leads_to_the_data() {
    assert_eq!(ways("get", "secrets", "", "data"), ["secret"]);
    assert_eq!(ways("list", "secrets", "", ""), ["secret"]);
    assert_eq!(ways("get", "secrets", ", resourceNames: [db-password]", "data"), ["secret"]);
    assert_eq!(ways("create", "pods/exec", ", resourceNames: [db-0]", "data"), ["shell"]);
    assert_eq!(ways("create", "pods/attach", "", "data"), ["shell"]);
    assert_eq!(ways("patch", "pods/ephemeralcontainers", "", "data"), ["ephemeral-container"]);
    assert_eq!(ways("create", "pods/portforward", "", "data"), ["port"]);
    assert_eq!(ways("create", "pods", "", "data"), ["pod"]);
    assert_eq!(ways("update", "statefulsets", ", resourceNames: [db]", "data"), ["workload"]);
    assert_eq!(ways("create", "cronjobs", "", "data"), ["workload"]);
    assert_eq!(ways("get", "nodes/proxy", "", ""), ["node"]);
    assert_eq!(ways("create", "'pods', volumesnapshots", "", "data"), ["pod", "snapshot"]);
    assert_eq!(ways("impersonate", "groups", ", resourceNames: ['system:masters']", ""), ["impersonate"]);
}

#[test]
fn what_leads_elsewhere_does_not_count() {
    for (verb, resource, more, namespace) in [
        ("get", "secrets", "", "other"),
        ("get", "secrets", ", resourceNames: [other]", "data"),
        ("create", "secrets", "", "data"),
        ("get", "pods/exec", "", "data"),
        ("create", "pods/exec", ", resourceNames: [web-0]", "data"),
        ("get", "pods", "", ""),
        ("create", "volumesnapshots", "", "data"),
        ("get", "nodes/proxy", "", "data"),
        ("impersonate", "users", ", resourceNames: [bob]", ""),
        ("create", "pods", ", resourceNames: [db-0]", "data"),
    ] {
        assert_eq!(
            ways(verb, resource, more, namespace),
            Vec::<String>::new(),
            "{verb} {resource}{more} in {namespace}"
        );
    }
}

#[test]
fn the_answer_is_a_sentence_and_names_are_near() {
    let dir = folder(&[("a.yaml", &(STORE.to_owned() + &granted("get", "secrets", "", "data")))]);
    let ask = |store: &[&str]| {
        cloister()
            .args(["rbac", "who-can", "read-personal-data"])
            .args(store)
            .arg("--from")
            .arg(dir.path())
            .output()
            .unwrap()
    };
    let answer = String::from_utf8(ask(&["records"]).stdout).unwrap();
    assert!(answer.starts_with("1 person can read health data of patients, a special category (Art. 9)"), "{answer}");
    assert!(answer.lines().all(|line| line.chars().count() <= 80), "{answer}");
    for (store, part) in [(&["record"][..], "did you mean records?"), (&[][..], "the register has records")] {
        let output = ask(store);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(errors.contains(part), "{errors}");
    }
}
