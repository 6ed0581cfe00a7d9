//! Several sensors beside one real API server: one status that all of them write, and a watch that is cut, starts anew, and
//! is told that what it waits for is gone.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cloister_e2e::{ControlPlane, Forwarder, Kubectl, wait_for};
use serde_json::{Value, json};
use support::{CLIENT, PATIENCE, POLICIES, SERVER, Sensor, Talk, add_pod, in_force, plane, policy, status};

/// Both tests talk over one loopback interface, and count what is heard there.
static LOOPBACK: Mutex<()> = Mutex::new(());

/// Everything in the clear.
fn clear() -> Value {
    json!({ "selector": { "namespaces": ["clinic"] }, "findings": ["personal-data-in-the-clear"] })
}

/// An API server with policies, the sensor's rights, two pods, and these nodes.
fn clinic(nodes: &[&str]) -> ControlPlane {
    let plane = plane();
    plane.kubectl().unwrap().apply(&support::deploy().join("sensor.yaml")).unwrap();
    plane.create_namespace("clinic", &[]).unwrap();
    add_pod(&plane, "web", CLIENT);
    add_pod(&plane, "api", SERVER);
    for node in nodes {
        let node = json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": node } });
        plane.api().post("/api/v1/nodes", &node.to_string()).unwrap().success().unwrap();
    }
    plane
}

fn patch(kubectl: &Kubectl, spec: &Value) {
    let change = json!({ "spec": spec }).to_string();
    kubectl.run(&["patch", "dlppolicy", "accounts", "--type=merge", "-p", &change]).unwrap();
}

/// Who owns which words of a status, by the API server's own books.
fn owners(plane: &ControlPlane, policy: &str) -> BTreeMap<String, Vec<String>> {
    let read = plane.api().get(&format!("{POLICIES}/{policy}")).unwrap().json().unwrap();
    let fields = read["metadata"]["managedFields"].as_array().unwrap();
    let of_status = fields.iter().filter(|it| it["subresource"] == "status");
    let words = |it: &Value| {
        let nodes = it.pointer("/fieldsV1/f:status/f:nodes").and_then(Value::as_object).cloned().unwrap_or_default();
        nodes.keys().cloned().collect()
    };
    of_status.map(|it| (it["manager"].as_str().unwrap().to_owned(), words(it))).collect()
}

/// How often anybody has written a status, by the API server's log.
fn writes(plane: &ControlPlane) -> usize {
    let log = std::fs::read_to_string(plane.audit_log()).unwrap();
    let events = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let written = events.filter(|it| it["stage"] == "ResponseComplete" && it["objectRef"]["subresource"] == "status");
    written.filter(|it| it["objectRef"]["resource"] == "dlppolicies").count()
}

#[test]
fn sensors_write_one_status_and_do_not_fight() {
    let _alone = LOOPBACK.lock().unwrap_or_else(PoisonError::into_inner);
    let plane = clinic(&["node-a", "node-b"]);
    let one = Sensor::start(&plane, "node-a", plane.url(), &[]);
    let other = Sensor::start(&plane, "node-b", plane.url(), &[]);
    plane.api().post(POLICIES, &policy("accounts", &clear())).unwrap().success().unwrap();
    let told = in_force(&plane, &one, "accounts", 1, 2);
    let names: Vec<&Value> = told["nodes"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert!(names.contains(&&json!("node-a")) && names.contains(&&json!("node-b")), "{told}");
    assert_eq!(
        (&told["conditions"][0]["status"], &told["conditions"][0]["observedGeneration"]),
        (&json!("True"), &json!(1))
    );
    let since = told["conditions"][0]["lastTransitionTime"].clone();

    // Each owns its own word, and nobody another's.
    let owners = owners(&plane, "accounts");
    assert_eq!(owners["cloister-sensor-node-a"], ["k:{\"name\":\"node-a\"}"], "{owners:?}");
    assert_eq!(owners["cloister-sensor-node-b"], ["k:{\"name\":\"node-b\"}"], "{owners:?}");
    assert!(owners["cloister-sensors"].is_empty() && owners.len() == 3, "{owners:?}");

    // Ten changes: a word of each, and sums a few times; who fights writes without end.
    let before = writes(&plane);
    let kubectl = plane.kubectl().unwrap();
    for change in 2..12 {
        patch(&kubectl, &json!({ "description": format!("change {change}") }));
        in_force(&plane, &one, "accounts", change, 2);
    }
    let after = writes(&plane) - before;
    assert!((20..=60).contains(&after), "{after} writes for 10 changes");

    // Both see what passes; the sum is that of both, and when all is said they rest.
    let mut talk = Talk::new();
    talk.until(&one, "a finding of one", |it| it["finding"] == "personal-data-in-the-clear");
    talk.until(&other, "a finding of the other", |it| it["finding"] == "personal-data-in-the-clear");
    let summed = one.wait("the sum of findings", || Some(status(&plane, "accounts")).filter(|it| it["findings"] == 2));
    let of_both = summed["nodes"].as_array().unwrap().iter().filter(|it| it["findings"] == 1).count();
    assert_eq!(of_both, 2, "{summed}");
    assert_eq!(summed["conditions"][0]["lastTransitionTime"], since);

    // A sensor that is gone holds a generation back, and its word goes with its node.
    drop(one);
    patch(&kubectl, &json!({ "description": "alone" }));
    let held = other.wait("one of two", || {
        Some(status(&plane, "accounts")).filter(|it| it["sensors"] == 1 && it["observedGeneration"] == 11)
    });
    assert_eq!(held["nodes"].as_array().unwrap().len(), 2, "{held}");
    plane.api().delete("/api/v1/nodes/node-a").unwrap().success().unwrap();
    patch(&kubectl, &json!({ "description": "alone for good" }));
    let left = in_force(&plane, &other, "accounts", 13, 1);
    assert_eq!(left["nodes"].as_array().unwrap().len(), 1, "{left}");
}

#[test]
fn policies_stay_in_force_without_the_api_server_and_are_followed_again() {
    let _alone = LOOPBACK.lock().unwrap_or_else(PoisonError::into_inner);
    let mut plane = clinic(&[]);
    let address = plane.url().trim_start_matches("https://").parse().unwrap();
    let line = Forwarder::start(([127, 0, 0, 1], 0).into(), address).unwrap();
    let sensor = Sensor::start(&plane, "here", &format!("https://{}", line.address()), &[]);
    plane.api().post(POLICIES, &policy("accounts", &clear())).unwrap().success().unwrap();
    in_force(&plane, &sensor, "accounts", 1, 1);
    let mut talk = Talk::new();
    let clear = talk.until(&sensor, "a finding", |it| it["policy"] == "accounts");

    // The API server stops: what was known is in force, and pods have names.
    plane.stop_api_server();
    sensor.wait("a word about it", || sensor.told("errors").contains("dlppolicies are not followed").then_some(()));
    let before = clear["values"].as_u64().unwrap();
    let grown = talk.until(&sensor, "a finding that grows", |it| it["values"].as_u64() > Some(before + 2));
    assert_eq!((&grown["policy"], &grown["sender"]["name"]), (&json!("accounts"), &json!("clinic/api[Pod]")));
    plane.start_api_server().unwrap();
    let kubectl = plane.kubectl().unwrap();
    patch(&kubectl, &json!({ "findings": ["credentials-in-the-clear"] }));
    in_force(&plane, &sensor, "accounts", 2, 1);
    talk.until(&sensor, "a finding of the second", |it| it["finding"] == "credentials-in-the-clear");

    // The network is cut, and what the watch waits for is forgotten meanwhile: 410 Gone.
    line.cut();
    for change in 0..5 {
        patch(&kubectl, &json!({ "description": format!("unseen {change}") }));
    }
    patch(&kubectl, &json!({ "action": "record" }));
    plane.api().post(POLICIES, &policy("unseen", &json!({}))).unwrap().success().unwrap();
    plane.compact().unwrap();
    plane.stop_api_server();
    plane.start_api_server().unwrap();
    line.heal();
    in_force(&plane, &sensor, "accounts", 8, 1);
    in_force(&plane, &sensor, "unseen", 1, 1);
    talk.until(&sensor, "a finding of the one that was not seen", |it| it["policy"] == "unseen");

    // A policy that goes is in force no more, and nothing of all this was a crash.
    plane.api().delete(&format!("{POLICIES}/unseen")).unwrap().success().unwrap();
    patch(&kubectl, &json!({ "description": "the end" }));
    in_force(&plane, &sensor, "accounts", 9, 1);
    // A kind that failed in both outages pauses for up to half a minute before it learns that what it waits for is forgotten,
    // and once more before it lists anew.
    let all = || sensor.numbers().contains("\ncloister_sensor_unwatched_kinds 0\n").then_some(());
    wait_for("every kind to be followed again", 3 * PATIENCE, all).unwrap();
    assert!(sensor.told("errors").contains("dlppolicies are followed again"), "{}", sensor.told("errors"));
    assert!(!sensor.told("errors").contains("fault"), "{}", sensor.told("errors"));
}

/// A word of a node, and the entry that the API server keeps for its owner.
fn word(number: usize) -> (Value, Value) {
    let name = format!("{number:032}.example");
    let fields = json!({
        ".": {}, "f:fault": {}, "f:findings": {}, "f:lastFinding": {}, "f:name": {}, "f:observedGeneration": {},
    });
    let entry = json!({
        "manager": format!("cloister-sensor-{name}"), "operation": "Apply", "apiVersion": "cloister.dev/v1alpha1",
        "time": "2026-11-26T10:00:00Z", "fieldsType": "FieldsV1", "subresource": "status",
        "fieldsV1": { "f:status": { "f:nodes": { format!("k:{{\"name\":\"{name}\"}}"): fields } } },
    });
    let word = json!({
        "name": name, "observedGeneration": 1, "findings": 4_000_000, "lastFinding": "2026-11-26T10:00:00Z",
        "fault": "w".repeat(64),
    });
    (word, entry)
}

/// As many words as sensors leave room for (`status/room.rs`): the API server and etcd must take them, and one more change.
#[test]
fn a_status_with_all_the_words_that_there_is_room_for_is_taken() {
    const NODES: usize = 1_690;
    let plane = plane();
    plane.api().post(POLICIES, &policy("crowded", &clear())).unwrap().success().unwrap();
    let path = format!("{POLICIES}/crowded/status");
    let stored = || plane.api().get(&format!("{POLICIES}/crowded")).unwrap().json().unwrap();
    let put = |path: &str, object: &Value| {
        plane.api().send("PUT", path, "application/json", &object.to_string()).unwrap().success().unwrap();
    };
    let mut object = stored();
    let (words, entries): (Vec<Value>, Vec<Value>) = (0..NODES).map(word).unzip();
    object["status"] = json!({ "nodes": words });
    put(&path, &object);
    // Who writes words owns them; then they are given to those who would have written them, which a status cannot say.
    let mut object = stored();
    let owners_of = object["metadata"]["managedFields"].as_array_mut().unwrap();
    owners_of.retain(|entry| entry["subresource"] != "status");
    owners_of.extend(entries);
    put(&format!("{POLICIES}/crowded"), &object);
    println!("{NODES} words, {} bytes", stored().to_string().len());
    let (changed, _) = word(7);
    let apply = json!({
        "apiVersion": "cloister.dev/v1alpha1", "kind": "DlpPolicy", "metadata": { "name": "crowded" },
        "status": { "nodes": [{ "name": changed["name"], "observedGeneration": 2 }] },
    });
    let manager = format!("cloister-sensor-{}", changed["name"].as_str().unwrap());
    let path = format!("{path}?fieldManager={manager}&force=true");
    plane.api().send("PATCH", &path, "application/apply-patch+yaml", &apply.to_string()).unwrap().success().unwrap();
    let status = status(&plane, "crowded");
    assert_eq!(status["nodes"].as_array().unwrap().len(), NODES);
    assert_eq!(status["nodes"][7]["observedGeneration"], 2);
    assert_eq!(owners(&plane, "crowded").len(), NODES);
}
