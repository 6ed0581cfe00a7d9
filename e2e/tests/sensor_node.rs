//! The sensor of `deploy/` on a real node: the clinic's pods talk, it names them and the purpose that was crossed, and follows
//! policies that `kubectl` changes.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that runs programs"
)]

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cloister_e2e::clinic::{Clinic, examples};
use cloister_e2e::{Cluster, Image, Kubectl, wait_for};
use serde_json::{Value, json};
use support::{deploy, proc_status, program, serve_policies, status};

/// A mounted ConfigMap comes when kubelet looks again.
const PATIENCE: Duration = Duration::from_secs(180);
const SENSOR: &str = "app.kubernetes.io/name=cloister-sensor";
/// What the clinic's pages tell of a patient.
const PLANTED: [&str; 4] = ["DE68370400440077001122", "0077001122", "hunter2", "Quendelmoor"];

/// The image that `deploy/` names.
fn image() -> Image {
    let mut image = Image::new("docker.io/library/cloister:0.1.0", &["/bin/cloister-sensor"]);
    for name in ["cloister-sensor", "cloister-capture"] {
        image = image.with_program(&format!("bin/{name}"), &program(name)).unwrap();
    }
    image
}

fn install(cluster: &Cluster, kubectl: &Kubectl) {
    serve_policies(cluster);
    kubectl.apply(&deploy().join("sensor.yaml")).unwrap();
    let register = format!("--from-file=register.yaml={}", examples().join("clinic/register.yaml").display());
    kubectl.run(&["create", "configmap", "cloister-register", "--namespace=cloister", &register]).unwrap();
    cluster.wait_for_pods("cloister", SENSOR, PATIENCE).unwrap();
}

fn logs(kubectl: &Kubectl) -> String {
    kubectl.run(&["logs", "--namespace=cloister", "--tail=-1", &format!("--selector={SENSOR}")]).unwrap_or_default()
}

fn findings(kubectl: &Kubectl) -> Vec<Value> {
    logs(kubectl).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The collector asks the clinic's pages for a patient: the address of a pod, as a Service would give it.
fn ask(kubectl: &Kubectl, cluster: &Cluster) -> String {
    let pods = cluster.api().get("/api/v1/namespaces/clinic/pods?labelSelector=app.kubernetes.io/name=api").unwrap();
    let address = pods.json().unwrap()["items"][0]["status"]["podIP"].as_str().unwrap().to_owned();
    let url = format!("http://{address}:8080/cgi-bin/patient");
    kubectl
        .run(&["exec", "--namespace=analytics", "deployment/collector", "--", "wget", "-q", "-O", "-", &url])
        .unwrap()
}

/// Asks until a finding is told.
fn until(kubectl: &Kubectl, cluster: &Cluster, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let found = wait_for(what, PATIENCE, || {
        assert!(ask(kubectl, cluster).contains(PLANTED[0]), "the patient is not told");
        findings(kubectl).into_iter().find(&is)
    });
    found.unwrap_or_else(|error| panic!("{error:#}: {}", logs(kubectl)))
}

fn apply(cluster: &Cluster, kubectl: &Kubectl, spec: &Value) {
    let file = cluster.folder().join("policy.json");
    fs::write(&file, support::policy("patients-stay", spec)).unwrap();
    kubectl.apply(&file).unwrap();
}

/// How long it takes until a policy that kubectl has changed says that it is in force.
fn change(cluster: &Cluster, kubectl: &Kubectl, spec: &Value) -> Duration {
    apply(cluster, kubectl, spec);
    let since = Instant::now();
    let read = cluster.api().get(&format!("{}/patients-stay", support::POLICIES)).unwrap().json().unwrap();
    let generation = read["metadata"]["generation"].clone();
    let told = wait_for("the changed policy", PATIENCE, || {
        let status = status(cluster, "patients-stay");
        (status["observedGeneration"] == generation && status["sensors"] == 1).then_some(())
    });
    told.unwrap_or_else(|error| panic!("{error:#}: {}", logs(kubectl)));
    since.elapsed()
}

/// The processes of a program in pods.
fn in_pods(name: &str) -> Vec<u32> {
    let ids = fs::read_dir("/proc").unwrap().flatten().filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok());
    let read = |id: u32, file: &str| {
        fs::read_to_string(Path::new("/proc").join(id.to_string()).join(file)).unwrap_or_default()
    };
    // The kernel keeps 15 letters of a name.
    let short: String = name.chars().take(15).collect();
    ids.filter(|id| read(*id, "comm").trim() == short && read(*id, "cgroup").contains("kubepods")).collect()
}

#[test]
fn the_sensor_of_a_node_names_pods_and_purposes_and_follows_kubectl() {
    let cluster = Cluster::start().unwrap();
    cluster.import(image()).unwrap();
    let kubectl = cluster.kubectl().unwrap();
    let _clinic = Clinic::start(&cluster).unwrap();
    install(&cluster, &kubectl);
    let first = change(&cluster, &kubectl, &json!({ "findings": ["purpose-crossed"] }));
    let told = status(&cluster, "patients-stay");
    assert_eq!((&told["nodes"][0]["name"], &told["conditions"][0]["status"]), (&json!(cluster.node()), &json!("True")));

    let crossed = until(&kubectl, &cluster, "the purpose that was crossed", |it| it["finding"] == "purpose-crossed");
    assert_eq!(crossed["sender"]["name"], "clinic/api[Deployment]");
    assert_eq!(crossed["recipient"]["name"], "analytics/collector[Deployment]");
    assert_eq!((&crossed["policy"], &crossed["category"]), (&json!("patients-stay"), &json!("bank-details")));
    assert!(crossed["sender"]["activities"].as_array().unwrap().contains(&json!("appointments")), "{crossed}");

    // What kubectl changes is in force at once; each time the other kind is looked for, and the last one is found.
    let kinds =
        ["personal-data-in-the-clear", "purpose-crossed", "bulk-read", "purpose-crossed", "credentials-in-the-clear"];
    let times: Vec<Duration> = kinds
        .iter()
        .map(|kind| change(&cluster, &kubectl, &json!({ "findings": [kind], "action": "record" })))
        .collect();
    println!("a policy was in force, and said so, after {first:?}, {times:?}");
    let soon = times.iter().filter(|time| **time < Duration::from_secs(2)).count();
    assert!(soon >= 3, "a policy that is changed is in force within 2 s: {times:?}");
    let found =
        until(&kubectl, &cluster, "a finding of the changed policy", |it| it["finding"] == "credentials-in-the-clear");
    assert_eq!(found["action"], "record");
    assert!(findings(&kubectl).iter().all(|it| it["finding"] != "bulk-read"));

    // On the node: no capability is left, NET_RAW was all that could be had, and nothing would be dumped.
    let (sensors, captures) = (in_pods("cloister-sensor"), in_pods("cloister-capture"));
    assert_eq!((sensors.len(), captures.len()), (1, 1));
    for id in sensors.into_iter().chain(captures) {
        for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
            assert_eq!(proc_status(id, set), "0".repeat(16), "{set}");
        }
        assert_eq!(proc_status(id, "CapBnd"), "0000000000002000");
        assert_eq!((proc_status(id, "NoNewPrivs"), proc_status(id, "Seccomp")), ("1".to_owned(), "2".to_owned()));
        let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    }

    // Nothing that was planted is in logs or statuses.
    let all = logs(&kubectl) + &cluster.api().get(support::POLICIES).unwrap().body;
    for planted in PLANTED {
        assert!(!all.contains(planted), "{planted}: {all}");
    }

    // Asked to end, it does, sooner than it would be killed; the next one goes on.
    kubectl.run(&["delete", "pod", "--namespace=cloister", &format!("--selector={SENSOR}"), "--timeout=20s"]).unwrap();
    cluster.wait_for_pods("cloister", SENSOR, PATIENCE).unwrap();
    change(&cluster, &kubectl, &json!({ "findings": ["purpose-crossed"] }));
    until(&kubectl, &cluster, "what the next sensor finds", |it| it["finding"] == "purpose-crossed");
}
