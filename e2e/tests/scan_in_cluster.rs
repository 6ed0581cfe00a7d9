//! The scan of `deploy/` in a pod on a real node, by its service account: it finds what a scan from outside with the same
//! rights finds, and says which right it lacks.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cloister_e2e::{Cluster, Image, wait_for};
use serde_json::{Value, json};
use support::{program, root};

const NAMESPACE: &str = "cloister-scan";
const ACCOUNT: &str = "system:serviceaccount:cloister-scan:cloister-scan";
const JOBS: &str = "/apis/batch/v1/namespaces/cloister-scan/jobs";
/// A scan, and a slow machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What there is to find: nothing that starts a pod.
const SHOP: &str = r"
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: customers-db, namespace: shop}
spec:
  replicas: 0
  selector: {matchLabels: {app: customers-db}}
  template:
    metadata: {labels: {app: customers-db}}
    spec:
      hostNetwork: true
      containers:
      - name: postgres
        image: postgres:16
        securityContext: {privileged: true}
        env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: customers-db, key: password}}}]
---
apiVersion: v1
kind: Secret
metadata: {name: unused, namespace: shop}
stringData: {password: planted-in-a-secret}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {DATABASE_URL: 'postgres://shop:planted-in-a-map@customers-db/shop?sslmode=disable'}
---
apiVersion: v1
kind: Service
metadata: {name: customers-db, namespace: shop}
spec: {type: NodePort, selector: {app: customers-db}, ports: [{port: 5432}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: shop-everything}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
";

/// What is the user's own, from the ConfigMap.
const REGISTER: &str = r"
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: customers}
spec: {selector: {namespaces: [shop], names: [Deployment/customers-db]}, dataSubjects: [customers], dataCategories: [name]}
---
apiVersion: cloister.dev/v1alpha1
kind: Exception
metadata: {name: host-network}
spec:
  check: host-network
  resource: {kind: Deployment, namespace: shop, name: customers-db}
  reason: a test
  owner: tests
  expires: 2028-12-31
";

/// A Job of the CronJob, with more arguments. Its report, as its log has it: of a container that ends at once, containerd may lose
/// the end of what it wrote, and then another Job is asked.
fn job(cluster: &Cluster, name: &str, more: &[&str]) -> String {
    let is_whole = |report: &str| !more.contains(&"--output=json") || serde_json::from_str::<Value>(report).is_ok();
    let mut reports = (0..4).map(|time| one_job(cluster, &format!("{name}-{time}"), more));
    let whole = reports.find(|report| is_whole(report));
    assert!(whole.is_some(), "{name}: no whole report in four");
    whole.unwrap_or_default()
}

fn one_job(cluster: &Cluster, name: &str, more: &[&str]) -> String {
    let cron = cluster.api().get("/apis/batch/v1/namespaces/cloister-scan/cronjobs/cloister-scan").unwrap();
    let mut spec = cron.json().unwrap()["spec"]["jobTemplate"]["spec"].clone();
    let command = spec["template"]["spec"]["containers"][0]["command"].as_array_mut().unwrap();
    command.extend(more.iter().map(|&word| json!(word)));
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec});
    cluster.api().post(JOBS, &job.to_string()).unwrap().success().unwrap();
    let kubectl = cluster.kubectl().unwrap();
    let logs = || {
        let pod = ["--namespace", NAMESPACE, "--selector", &format!("job-name={name}")];
        let logs = kubectl.run(&[&["logs", "--tail=-1"][..], &pod].concat()).unwrap_or_default();
        let seen = kubectl.run(&[&["describe", "pods"][..], &pod].concat()).unwrap_or_default();
        (logs, seen)
    };
    let ended = wait_for(&format!("the end of job {name}"), PATIENCE, || {
        let status = cluster.api().get(&format!("{JOBS}/{name}")).ok()?.json().ok()?["status"].clone();
        let count = |key: &str| status[key].as_u64().unwrap_or(0);
        (count("succeeded") + count("failed") > 0).then(|| count("succeeded") == 1)
    });
    let (report, seen) = logs();
    assert!(matches!(ended, Ok(true)), "{name}: {ended:?}\n{report}\n{seen}");
    report
}

/// What a report finds, without where a file of the register lies.
fn findings(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let told = findings.map(|it| {
        json!([
            it["check"],
            it["severity"],
            it["resource"],
            it["container"],
            it["pointer"],
            it["message"],
            it["location"]["line"],
            it["accepted"]["reason"]
        ])
    });
    told.map(|it| it.to_string()).collect()
}

/// Which rights are said to lack, over all requirements.
fn lacking(report: &Value) -> BTreeSet<&str> {
    let gaps = report["requirements"].as_array().unwrap().iter().flat_map(|it| it["notEvaluated"].as_array().unwrap());
    gaps.filter(|gap| gap["needs"] == "permission").filter_map(|gap| gap["answer"].as_str()).collect()
}

/// From outside, with the rights of the account.
fn outside(cluster: &Cluster, register: &Path) -> Value {
    let kubeconfig = cluster.kubeconfig_as(ACCOUNT, &["system:serviceaccounts"]).unwrap();
    let output = Command::new(program("cloister"))
        .args(["scan", "--output=json", "--today=2026-11-26", "--fail-on=never", "--kubeconfig"])
        .arg(&kubeconfig)
        .arg(register)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_pod_finds_what_is_found_from_outside() {
    let cluster = Cluster::start().unwrap();
    let image = Image::new("docker.io/library/cloister:0.1.0", &["/bin/cloister"]);
    cluster.import(image.with_program("bin/cloister", &program("cloister")).unwrap()).unwrap();
    let (kubectl, folder) = (cluster.kubectl().unwrap(), cluster.folder().join("register"));
    fs::create_dir(&folder).unwrap();
    let (shop, register) = (cluster.folder().join("shop.yaml"), folder.join("register.yaml"));
    fs::write(&shop, SHOP).unwrap();
    fs::write(&register, REGISTER).unwrap();
    kubectl.apply(&shop).unwrap();
    kubectl.apply(&root().join("deploy/scan.yaml")).unwrap();
    // As it is deployed, without anything of the user's own.
    let text = job(&cluster, "first", &[]);
    assert!(text.contains("in-cluster") && text.contains("GDPR") && text.contains("shop/customers-db"), "{text}");

    let file = format!("--from-file={}", register.display());
    kubectl.run(&["create", "configmap", "cloister-register", "--namespace", NAMESPACE, &file]).unwrap();
    let inside: Value =
        serde_json::from_str(&job(&cluster, "second", &["--output=json", "--today=2026-11-26"])).unwrap();
    let (ours, theirs) = (findings(&inside), findings(&outside(&cluster, &folder)));
    assert!(ours.len() > 30, "{ours:#?}");
    let apart: Vec<_> = ours.symmetric_difference(&theirs).collect();
    assert!(apart.is_empty(), "{apart:#?}");
    let accepted = |it: &&Value| it["check"] == "host-network" && !it["accepted"].is_null();
    assert_eq!(inside["findings"].as_array().unwrap().iter().filter(accepted).count(), 1);
    assert_eq!(inside["diagnostics"], json!([]));

    // Of all that a new cluster serves, Secrets alone are lacking; and nothing of one was seen.
    assert_eq!(lacking(&inside), BTreeSet::from(["forbidden: grant the verb list on secrets"]));
    assert!(!inside.to_string().contains("planted-in") && !text.contains("planted-in"));

    // The account loses what it has: nothing of the cluster is judged, and each right is named.
    kubectl.run(&["delete", "clusterrolebinding", "cloister-scan"]).unwrap();
    let reader = cluster.api_as(ACCOUNT, &["system:serviceaccounts"]).unwrap();
    let lost = || (reader.get("/api/v1/pods").unwrap().status == 403).then_some(());
    wait_for("the loss of the right", PATIENCE, lost).unwrap();
    let blind: Value = serde_json::from_str(&job(&cluster, "third", &["--output=json", "--today=2026-11-26"])).unwrap();
    let names = lacking(&blind);
    for right in
        ["pods", "deployments.apps", "networkpolicies.networking.k8s.io", "clusterroles.rbac.authorization.k8s.io"]
    {
        let named = names.iter().any(|it| it.starts_with("forbidden: grant the verb list on ") && it.contains(right));
        assert!(named, "{right} in {names:#?}");
    }
    assert!(!findings(&blind).iter().any(|it| it.contains("privileged-container")));
}
