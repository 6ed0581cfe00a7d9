//! From packets to policies: a recording becomes the sensor's list of flows, the list becomes policies, and the network part
//! says that these let just those flows through.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that runs programs"
)]

#[path = "../../crates/cloister-dpi/tests/support/mod.rs"]
mod packets;
#[path = "../../crates/cloister-dlp/tests/support/manifests.rs"]
mod pods;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use packets::{End, Says, connection, end, json_response, pcap};
use serde_json::{Value, json};
use support::{program, root};

const FRONTEND: &str = "10.244.0.6";
const API: &str = "10.244.0.5";
const DATABASE: &str = "10.244.0.8";
const WORKER: &str = "10.244.0.7";
const COLLECTOR: &str = "10.244.0.9";
/// Somebody at home; the address is one for documentation.
const PERSON: &str = "198.51.100.77";

/// Who talks to whom: client, server, and how often.
const TALKS: [(&str, &str, u16, usize); 6] = [
    (FRONTEND, API, 8080, 3),
    (API, DATABASE, 5432, 2),
    (WORKER, DATABASE, 5432, 1),
    (WORKER, "203.0.113.25", 587, 1),
    (PERSON, FRONTEND, 8080, 2),
    (COLLECTOR, API, 8080, 1),
];

fn recording() -> Vec<u8> {
    let answer = json_response("{\"status\": \"ok\"}");
    let said: [(Says, &[u8]); 2] = [(Says::Client, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), (Says::Server, &answer)];
    let mut frames = Vec::new();
    for (number, (client, server, port, times)) in TALKS.into_iter().enumerate() {
        for time in 0..times {
            let from: End = end(client, u16::try_from(40_000 + number * 100 + time).unwrap());
            frames.extend(connection(from, end(server, port), &said));
        }
    }
    // Asked and never answered: no connection, so no need. Of a connection, the first frame is the question.
    for port in [9999, 22] {
        frames.extend(connection(end(COLLECTOR, 50_000 + port), end(DATABASE, port), &[]).into_iter().take(1));
    }
    pcap(&frames)
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).current_dir(folder).output().unwrap()
}

/// The clinic without the policies that it has.
fn copy_of_the_clinic(folder: &Path) {
    fs::create_dir(folder.join("k8s")).unwrap();
    for file in fs::read_dir(root().join("examples/clinic/k8s")).unwrap().flatten() {
        if file.file_name() != "network-policies.yaml" {
            fs::copy(file.path(), folder.join("k8s").join(file.file_name())).unwrap();
        }
    }
    fs::write(folder.join("pods.yaml"), pods::pods()).unwrap();
    fs::write(folder.join("recording.pcap"), recording()).unwrap();
}

#[test]
fn a_recording_becomes_policies_that_allow_just_what_was_seen() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copy_of_the_clinic(folder);
    let register = root().join("examples/clinic/register.yaml");
    let register = register.to_str().unwrap();
    let sensor =
        ["--recording", "recording.pcap", "--inventory", "k8s", "pods.yaml", register, "--flows", "flows.jsonl"];
    let output = run(&program("cloister-sensor"), folder, &sensor);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let list = fs::read_to_string(folder.join("flows.jsonl")).unwrap();
    let flows: Vec<Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: BTreeSet<(&str, &str, u64, u64)> = flows
        .iter()
        .map(|it| {
            let text = |key: &str| it[key].as_str().unwrap();
            (text("source"), text("destination"), it["port"].as_u64().unwrap(), it["count"].as_u64().unwrap())
        })
        .collect();
    let (api, database) = ("clinic/api[Deployment]", "clinic-data/patients-db[StatefulSet]");
    let (frontend, worker) = ("clinic/frontend[Deployment]", "clinic/worker[Deployment]");
    let collector = "analytics/collector[Deployment]";
    let expected = BTreeSet::from([
        (frontend, api, 8080, 3),
        (api, database, 5432, 2),
        (worker, database, 5432, 1),
        (worker, "203.0.113.25", 587, 1),
        ("198.51.100.0/24", frontend, 8080, 2),
        (collector, api, 8080, 1),
    ]);
    assert_eq!(told, expected);
    assert!(!list.contains(PERSON), "who calls is a person: {list}");

    let cloister = program("cloister");
    let generate = [
        "network",
        "generate",
        "--from",
        "k8s",
        "--flows",
        "flows.jsonl",
        "--declared=false",
        "--pod-cidr",
        "10.244.0.0/16",
        "--output",
        "policies",
    ];
    let output = run(&cloister, folder, &generate);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("flows: 6 used") && said.contains("proven: "), "{said}");

    // The judge: the network part, over what would be applied. Nothing but those flows is let through.
    let list = [
        "network",
        "list",
        "--from",
        "k8s",
        "policies",
        "--pod-cidr",
        "10.244.0.0/16",
        "--output",
        "json",
        "--group",
        "never",
    ];
    let output = run(&cloister, folder, &list);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let connections = report["connections"].as_array().unwrap();
    // Of a pod in its node's network the input does not tell; the clinic has one.
    let unknown = connections.iter().filter(|it| it["unknown"].is_array());
    assert!(unknown.into_iter().all(|it| it.to_string().contains("clinic-ops/node-debugger")), "{report}");
    let passes: BTreeSet<(String, String, String)> = connections
        .iter()
        .filter(|it| it["allowed"] != json!([]))
        .map(|it| {
            (
                it["source"].as_str().unwrap().to_owned(),
                it["destination"].as_str().unwrap().to_owned(),
                it["allowed"].to_string(),
            )
        })
        .collect();
    let one = |port: u64| json!([{ "protocol": "TCP", "ports": [{ "first": port, "last": port }] }]).to_string();
    let expected: BTreeSet<(String, String, String)> = expected
        .iter()
        .map(|(from, to, port, _)| {
            let words = |end: &str| match end {
                "198.51.100.0/24" => "198.51.100.0-198.51.100.255".to_owned(),
                "203.0.113.25" => "203.0.113.25-203.0.113.25".to_owned(),
                workload => workload.to_owned(),
            };
            (words(from), words(to), one(*port))
        })
        .collect();
    assert_eq!(passes, expected);
}
