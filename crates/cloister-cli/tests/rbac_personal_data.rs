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
fn an_older_server_opens_shells_by_get() {
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus: {nodeInfo: {kubeletVersion: v1.33.1}}\n";
    let shell = granted("get", "pods/exec", "", "");
    for (more, expected) in [(node, vec!["shell"]), ("", vec![])] {
        let dir = folder(&[("a.yaml", &(STORE.to_owned() + &shell + more))]);
        let arguments = ["rbac", "who-can", "read-personal-data", "records", "-o", "json", "--from"];
        let output = cloister().args(arguments).arg(dir.path()).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let access = json["access"].as_array().unwrap().iter().filter(|it| it["name"] == "ann");
        let ways: Vec<&str> = access.map(|it| it["way"].as_str().unwrap()).collect();
        assert_eq!(ways, expected, "{json}");
        let noted = String::from_utf8_lossy(&output.stderr).contains("Kubernetes 1.33 (by its newest kubelet)");
        assert_eq!(noted, !more.is_empty());
    }
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

/// Roles of ann: verb, resource, and the namespace they are bound in; each by itself.
fn ways_by(rights: &[(&str, &str, &str)], subject: &str) -> Vec<(String, String)> {
    let one = |(number, (verb, resource, namespace)): (usize, &(&str, &str, &str))| {
        let granted = granted(verb, resource, "", namespace).replace("name: some", &format!("name: some-{number}"));
        granted.replace("{name: b", &format!("{{name: b-{number}")).replace("kind: User, name: ann", subject)
    };
    let all: String = rights.iter().enumerate().map(one).collect();
    let dir = folder(&[("a.yaml", &(STORE.to_owned() + &all))]);
    let arguments = ["rbac", "who-can", "read-personal-data", "records", "-o", "json", "--from"];
    let output = cloister().args(arguments).arg(dir.path()).output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    let access = json["access"].as_array().unwrap().iter().filter(|it| it["class"] != "built-in");
    access.map(|it| (text(it, "way"), text(it, "what"))).collect()
}

#[test]
fn volumes_take_a_pod_that_mounts_them() {
    const ANN: &str = "kind: User, name: ann";
    let ways = |rights: &[(&str, &str, &str)]| -> Vec<String> {
        ways_by(rights, ANN).into_iter().map(|(way, _)| way).collect()
    };
    assert!(ways(&[("create", "persistentvolumes", "")]).is_empty());
    assert_eq!(ways(&[("create", "persistentvolumes", ""), ("create", "pods", "dev")]), ["volume"]);
    assert_eq!(ways(&[("patch", "persistentvolumes", ""), ("patch", "deployments", "dev")]), ["volume"]);
    assert!(ways(&[("get", "persistentvolumes", ""), ("create", "pods", "dev")]).is_empty());
    assert!(
        ways(&[("create", "persistentvolumes", "dev"), ("create", "pods", "dev")]).is_empty(),
        "not in a namespace"
    );
    let content = ("create", "volumesnapshotcontents", "");
    let (copy, elsewhere) = (("create", "volumesnapshots", "dev"), ("create", "volumesnapshots", "test"));
    assert_eq!(ways(&[content, copy, ("create", "jobs", "dev")]), ["snapshot"]);
    assert!(ways(&[content, elsewhere, ("create", "jobs", "dev")]).is_empty(), "in different namespaces");
    assert!(ways(&[content, ("create", "jobs", "dev")]).is_empty());
    assert_eq!(ways(&[("create", "volumesnapshots", "data"), ("create", "jobs", "data")]), ["workload", "snapshot"]);
    assert!(ways(&[("create", "volumesnapshots", "data"), ("create", "jobs", "dev")]).is_empty());
    let text = ways_by(&[("create", "persistentvolumes", ""), ("create", "pods", "dev")], ANN);
    assert_eq!(text[0].1, "makes a PersistentVolume of its handle or path, mounted in dev");
}

#[test]
fn what_a_service_account_has_by_its_groups_counts_with_its_own() {
    let account = "kind: ServiceAccount, name: backup, namespace: dev";
    let group = "kind: Group, name: 'system:serviceaccounts:dev'";
    let pods = granted("create", "pods", "", "dev").replace("kind: User, name: ann", group);
    let volumes = granted("create", "persistentvolumes", "", "").replace("name: some", "name: more");
    let volumes = volumes.replace("{name: b", "{name: c").replace("kind: User, name: ann", account);
    let dir = folder(&[("a.yaml", &(STORE.to_owned() + &pods + &volumes))]);
    let arguments = ["rbac", "who-can", "read-personal-data", "records", "--from", "a.yaml"];
    let output = cloister().args(arguments).current_dir(dir.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("1 service account can read"), "{text}");
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(", and RoleBinding b (a.yaml"), "{text}");
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

#[test]
fn a_store_that_no_register_names_is_asked_about_by_its_workload() {
    let workload = STORE.split_once("---\n").unwrap().1.to_owned();
    let twin = format!("---\n{}", workload.replace("namespace: data", "namespace: other"));
    let ask = |text: &str, store: &str| {
        let dir = folder(&[("a.yaml", text)]);
        let arguments = ["rbac", "who-can", "read-personal-data", store, "--from", "a.yaml"];
        let output = cloister().args(arguments).current_dir(dir.path()).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let granted = granted("get", "secrets", "", "data");
    let answer = ask(&(workload.clone() + &granted), "db");
    assert!(answer.starts_with("1 person can read what no register describes ("), "{answer}");
    let two = workload.clone() + &twin + &granted;
    assert!(ask(&two, "db").contains("name one with its namespace: data/db, other/db"), "{}", ask(&two, "db"));
    assert!(ask(&two, "data/db").starts_with("1 person can read"), "{}", ask(&two, "data/db"));
    assert!(ask(&two, "other/db").starts_with("Nobody whom roles name"), "{}", ask(&two, "other/db"));
    assert!(ask(&workload, "dbs").contains("recognised is data/db"), "{}", ask(&workload, "dbs"));
}

/// Ben may enter a pod whose account reads the Secret; Cleo may bind any role; Dan may enter a pod that reads nothing.
const CLIMBS: &str = "---
apiVersion: v1
kind: Pod
metadata: {name: copier, namespace: tools}
spec: {serviceAccountName: copier, containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: idle, namespace: other}
spec: {serviceAccountName: idle, containers: [{name: c, image: x}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: copier, namespace: data}
roleRef: {kind: Role, name: copier}
subjects: [{kind: ServiceAccount, name: copier, namespace: tools}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: copier, namespace: data}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [db-password]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: enter}
rules: [{apiGroups: [''], resources: [pods/exec], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: enter, namespace: tools}
roleRef: {kind: ClusterRole, name: enter}
subjects: [{kind: User, name: ben}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: enter, namespace: other}
roleRef: {kind: ClusterRole, name: enter}
subjects: [{kind: User, name: dan}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: bind}
rules:
  - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}
  - {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bind, namespace: data}
roleRef: {kind: ClusterRole, name: bind}
subjects: [{kind: User, name: cleo}]
";

fn climbing(format: &str) -> String {
    let dir = folder(&[("a.yaml", &(STORE.to_owned() + CLIMBS))]);
    let arguments = ["rbac", "who-can", "read-personal-data", "records", "--from", "a.yaml", "-o", format];
    let output = cloister().args(arguments).current_dir(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn who_must_climb_first_is_told_apart_with_the_way() {
    let text = climbing("text");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!("climbing_text", text);
    for format in ["csv", "markdown"] {
        let rows = climbing(format);
        let others = rows.lines().filter(|row| !row.contains("built-in,") && !row.contains("| built-in |"));
        insta::assert_snapshot!(format!("climbing_{format}"), others.collect::<Vec<_>>().join("\n"));
    }
    let json: Value = serde_json::from_str(&climbing("json")).unwrap();
    let names = |list: &str| -> Vec<String> {
        let others = json[list].as_array().unwrap().iter().filter(|it| it["class"] != "built-in");
        others.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    assert!(names("access").contains(&"system:serviceaccount:tools:copier".to_owned()));
    assert_eq!(names("climbing"), ["ben", "cleo"]);
    assert_eq!(json["climbing"][0]["path"]["way"][0]["edge"], "exec");
    assert_eq!(json["climbing"][0]["path"]["to"], "service account tools/copier");
}
