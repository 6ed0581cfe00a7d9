//! The sensor beside a real API server: policies are accepted or refused, followed live, and their status written back.
//! Traffic passes over the loopback interface, between addresses that pods of the API server claim.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs programs"
)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cloister_e2e::{ControlPlane, wait_for};
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

/// How long anything may take on a busy small machine.
const PATIENCE: Duration = Duration::from_secs(60);
const POLICIES: &str = "/apis/cloister.dev/v1alpha1/dlppolicies";
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 77, 0, 1);
const SERVER: Ipv4Addr = Ipv4Addr::new(127, 77, 0, 2);

/// A program that was built beside this test.
fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.is_file()).unwrap()
}

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/sensor")
}

fn policy(name: &str, spec: &Value) -> String {
    json!({ "apiVersion": "cloister.dev/v1alpha1", "kind": "DlpPolicy", "metadata": { "name": name }, "spec": spec })
        .to_string()
}

/// An API server that knows policies.
fn plane() -> ControlPlane {
    let plane = ControlPlane::start().unwrap();
    plane.kubectl().unwrap().apply(&deploy().join("dlppolicies.json")).unwrap();
    let served = || (plane.api().get(POLICIES).unwrap().status == 200).then_some(());
    wait_for("the custom resource", PATIENCE, served).unwrap();
    plane
}

#[test]
fn the_api_server_accepts_what_is_meant_and_refuses_what_is_not() {
    let plane = plane();
    let good = [
        json!({}),
        json!({ "selector": { "namespaces": ["clinic"], "matchLabels": { "app": "api" } }, "directions": ["egress"] }),
        json!({ "categories": [{ "category": "health", "confidence": "certain", "count": 2 }], "action": "block" }),
        json!({ "allowedRecipients": [], "allowedThirdCountries": [], "allowedPurposes": ["appointments"] }),
        json!({ "bulk": { "records": 1000, "within": "PT1M" }, "protocols": ["http", "postgresql"], "encrypted": false }),
        json!({ "exceptions": [{ "reason": "agreed", "category": "name", "to": { "names": ["a"] }, "expires": "2027-01-31" }] }),
        json!({ "namespaceSelector": { "matchExpressions": [{ "key": "a", "operator": "Exists" }] } }),
        json!({ "detection": { "profile": "clinic" }, "action": "redact", "unsearchable": "allow" }),
        json!({
            "categories": [{ "category": "name", "confidence": "never" }],
            "detection": {
                "allow": [
                    { "reason": "ours", "domains": ["clinic.example"], "of": ["email-address"] },
                    { "reason": "the account on our website", "hashes": [format!("2026-11-26:{}", "0f".repeat(16))] },
                    { "reason": "tests", "patterns": ["test\\+\\d+@.*"], "paths": ["/tests/**"] },
                ],
                "rules": [{ "name": "known-patient", "of": ["name", "health"], "atLeast": 2, "within": { "lines": 3 },
                    "category": "health", "from": "likely", "title": "a patient who is known by name" }],
                "detectors": [{ "name": "member-number", "title": "a member number", "category": "health",
                    "pattern": "\\bM-(\\d{8})\\b", "checksum": "luhn", "context": ["member"], "contextRequired": true,
                    "neighbours": ["name"], "confidence": "likely",
                    "examples": { "matches": ["member M-12345674"], "noMatches": ["M-12345678"] } }],
            },
            "action": "block",
        }),
        json!({ "bulk": { "records": 500, "within": "PT10M", "learnt": { "warmUp": "P14D", "times": 3, "atLeast": 100 } } }),
        json!({ "unsearchable": "block", "findings": ["unsearched-content"] }),
    ];
    for (number, spec) in good.iter().enumerate() {
        let answer = plane.api().post(POLICIES, &policy(&format!("good-{number}"), spec)).unwrap();
        assert_eq!(answer.status, 201, "{spec}: {}", answer.body);
    }
    let bad = [
        (json!({ "action": "blok" }), "Unsupported value"),
        (json!({ "action": "block" }), "redact and block name the categories"),
        (json!({ "selector": {} }), "an empty selector selects nothing"),
        (json!({ "namespaceSelector": {} }), "an empty selector selects nothing"),
        (json!({ "directions": ["egress", "egress"] }), "directions names each direction once"),
        (json!({ "categories": [{ "confidence": "likely" }] }), "a threshold names its category"),
        (json!({ "categories": [{ "category": "health", "count": 0 }] }), "greater than or equal to 1"),
        (json!({ "categories": [{ "category": "name" }, { "category": "name" }] }), "each category stands once"),
        (json!({ "allowedRecipients": [], "allowedThirdCountries": ["CH"] }), "no third country can be"),
        (json!({ "allowedThirdCountries": ["Switzerland"] }), "should match"),
        (json!({ "bulk": { "within": "PT1M" } }), "a baseline says how many records"),
        (json!({ "bulk": { "records": 5, "within": "1m" } }), "should match"),
        (json!({ "exceptions": [{ "reason": "agreed" }] }), "an exception says what it lets through"),
        (json!({ "exceptions": [{ "host": "a.example" }] }), "an exception says why"),
        (json!({ "exceptions": [{ "reason": "a", "host": "a", "expires": "soon" }] }), "date"),
        (json!({ "protocols": ["telnet"] }), "Unsupported value"),
        (json!({ "encrypted": "no" }), "boolean"),
        (json!({ "unsearchable": "maybe" }), "Unsupported value"),
        (json!({ "categories": [{ "category": "name", "confidence": "never", "count": 2 }] }), "has no count"),
        (json!({ "detection": {} }), "detection says something"),
        (json!({ "detection": { "allow": [{ "domains": ["a.example"] }] } }), "what is allowed says why"),
        (json!({ "detection": { "allow": [{ "reason": "a" }] } }), "else it would be everything"),
        (json!({ "detection": { "allow": [{ "reason": "a", "hashes": ["86095742719"] }] } }), "a hash is KEY:HEX"),
        (json!({ "detection": { "rules": [{ "of": ["name", "health"] }] } }), "a rule has a name"),
        (json!({ "detection": { "rules": [{ "name": "a", "of": ["name"] }] } }), "joins two kinds of data"),
        (
            json!({ "detection": { "rules": [{ "name": "a", "of": ["name", "health"], "atLeast": 3 }] } }),
            "joins two kinds",
        ),
        (
            json!({ "detection": { "detectors": [{ "name": "A b", "category": "health", "pattern": "a" }] } }),
            "a detector has a name",
        ),
        (
            json!({ "detection": { "detectors": [{ "name": "a", "category": "health" }] } }),
            "its category and its pattern",
        ),
        (
            json!({ "detection": { "detectors": [{ "name": "a", "category": "helth", "pattern": "a" }] } }),
            "Unsupported value",
        ),
        (
            json!({ "detection": { "detectors": [{ "name": "a", "category": "health", "pattern": "a", "contextRequired": true }] } }),
            "names its words",
        ),
        (
            json!({ "detection": { "detectors": [
                { "name": "a", "category": "health", "pattern": "a" }, { "name": "a", "category": "name", "pattern": "b" },
            ] } }),
            "a name of its own",
        ),
        (json!({ "bulk": { "records": 5, "learnt": { "warmUp": "soon" } } }), "should match"),
        (json!({ "bulk": { "records": 5, "learnt": { "times": 0 } } }), "greater than or equal to 1"),
        (json!({ "bulk": { "records": 5, "learnt": { "times": 5000 } } }), "is no bound"),
    ];
    for (spec, why) in bad {
        let answer = plane.api().post(POLICIES, &policy("bad", &spec)).unwrap();
        assert_eq!(answer.status, 422, "{spec}: {}", answer.body);
        assert!(answer.body.contains(why), "{spec}: {}", answer.body);
    }
    let misspelt = plane
        .api()
        .post(&format!("{POLICIES}?fieldValidation=Strict"), &policy("bad", &json!({ "actoin": "alert" })))
        .unwrap();
    assert_eq!(misspelt.status, 400, "{}", misspelt.body);
    let listed = plane.kubectl().unwrap().run(&["get", "dlp"]).unwrap();
    assert!(
        listed.lines().next().unwrap().contains("ACTION") && listed.contains("good-2") && listed.contains("block"),
        "{listed}"
    );
}

/// A sensor that runs; it is stopped when this is dropped.
struct Sensor(Child);

impl Drop for Sensor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An IBAN that nobody has: made up, with its check digits (ISO 13616).
fn iban(account: u64) -> String {
    let bban = format!("37040044{account:010}");
    let rest = format!("{bban}131400").bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{bban}", 98 - rest)
}

/// A pod of this name that claims an address.
fn add_pod(plane: &ControlPlane, name: &str, address: Ipv4Addr) {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name, "labels": { "app": name } },
        "spec": { "containers": [{ "name": name, "image": name }] },
    });
    plane.api().post("/api/v1/namespaces/clinic/pods", &pod.to_string()).unwrap().success().unwrap();
    let status = json!({ "status": { "phase": "Running", "podIP": address, "podIPs": [{ "ip": address }] } });
    let path = format!("/api/v1/namespaces/clinic/pods/{name}/status");
    plane.api().send("PATCH", &path, "application/merge-patch+json", &status.to_string()).unwrap().success().unwrap();
}

/// The client asks for a patient, and the server answers with an account.
fn talk(listener: &TcpListener, number: u64) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((CLIENT, 0)).into()).unwrap();
    socket.connect(&listener.local_addr().unwrap().into()).unwrap();
    let mut client = TcpStream::from(socket);
    let (mut server, _) = listener.accept().unwrap();
    client.write_all(b"GET /v1/accounts HTTP/1.1\r\nHost: api.clinic.svc\r\n\r\n").unwrap();
    let _ = server.read(&mut [0; 4096]).unwrap();
    let body = format!("{{\"iban\": \"{}\", \"password\": \"hunter2hunter2\"}}", iban(number));
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    server.write_all((head + &body).as_bytes()).unwrap();
    drop(server);
    let _ = client.read_to_end(&mut Vec::new());
}

/// What a program's process may do, from its `/proc/ID/status`.
fn proc_status(id: u32, key: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    status.lines().find_map(|line| line.strip_prefix(&format!("{key}:"))).unwrap().trim().to_owned()
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn policies_are_followed_live_and_no_value_leaves() {
    let plane = plane();
    plane.kubectl().unwrap().apply(&deploy().join("sensor.yaml")).unwrap();
    plane.create_namespace("clinic", &[]).unwrap();
    add_pod(&plane, "web", CLIENT);
    add_pod(&plane, "api", SERVER);
    let kubeconfig =
        plane.kubeconfig_as("system:serviceaccount:cloister:cloister-sensor", &["system:serviceaccounts"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [findings, errors, flows] = ["findings", "errors", "flows"].map(|name| folder.path().join(name));
    let metrics = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut command = Command::new(program("cloister-sensor"));
    command.args(["--interface", "lo", "--filter", "net 127.77.0.0/16", "--watch", "--node", "here", "--every", "1"]);
    command.arg("--kubeconfig").arg(&kubeconfig).arg("--findings").arg(&findings).arg("--flows").arg(&flows);
    command.arg("--metrics").arg(metrics.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(std::fs::File::create(&errors).unwrap());
    std::fs::set_permissions(&kubeconfig, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let sensor = Sensor(command.spawn().unwrap());

    let spec = json!({ "selector": { "namespaces": ["clinic"] }, "findings": ["personal-data-in-the-clear"] });
    plane.api().post(POLICIES, &policy("accounts", &spec)).unwrap().success().unwrap();
    let in_force = |generation: i64| {
        let read = plane.api().get(&format!("{POLICIES}/accounts")).unwrap().json().unwrap();
        let status = &read["status"];
        (status["observedGeneration"] == generation && status["sensors"] == 1).then(|| status.clone())
    };
    let said = || std::fs::read_to_string(&errors).unwrap();
    let status =
        wait_for("the first policy", PATIENCE, || in_force(1)).unwrap_or_else(|error| panic!("{error:#}: {}", said()));
    assert_eq!(status["conditions"][0]["status"], "True");

    let listener = TcpListener::bind((SERVER, 0)).unwrap();
    let told = || std::fs::read_to_string(&findings).unwrap();
    let lines = || told().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    let mut number = 1_000;
    let mut talk_until = |what: &str, is: &dyn Fn(&Value) -> bool| {
        wait_for(what, PATIENCE, || {
            number += 1;
            talk(&listener, number);
            lines().into_iter().find(is)
        })
        .unwrap_or_else(|error| panic!("{error:#}: {} {}", said(), told()))
    };
    let found = talk_until("a finding", &|it| it["finding"] == "personal-data-in-the-clear");
    assert_eq!(
        (&found["sender"]["name"], &found["recipient"]["name"]),
        (&json!("clinic/api[Pod]"), &json!("clinic/web[Pod]"))
    );
    assert_eq!((&found["category"], &found["action"]), (&json!("bank-details"), &json!("alert")));

    // The policy is changed with kubectl.
    let changed = json!({ "spec": { "findings": ["credentials-in-the-clear"], "action": "record" } }).to_string();
    let since = Instant::now();
    plane.kubectl().unwrap().run(&["patch", "dlppolicy", "accounts", "--type=merge", "-p", &changed]).unwrap();
    wait_for("the changed policy", PATIENCE, || in_force(2)).unwrap();
    println!("a policy changed by kubectl was in force, and said so, after {:?}", since.elapsed());
    let found = talk_until("a finding of the changed policy", &|it| it["finding"] == "credentials-in-the-clear");
    assert_eq!(found["action"], "record");

    // No right is left, and nothing would be dumped.
    let id = sensor.0.id();
    assert_eq!(proc_status(id, "CapEff"), "0000000000000000");
    assert_eq!((proc_status(id, "NoNewPrivs"), proc_status(id, "Seccomp")), ("1".to_owned(), "2".to_owned()));
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert!(core.split_whitespace().nth(4) == Some("0"), "{core}");

    // Its rights suffice, and no value is anywhere.
    let status = wait_for("findings in the status", PATIENCE, || in_force(2).filter(|it| it["findings"] == 1)).unwrap();
    let numbers = get(metrics, "/metrics");
    assert!(numbers.contains("cloister_sensor_messages_total{protocol=\"http1\"}"), "{numbers}");
    assert!(get(metrics, "/healthz").starts_with("HTTP/1.1 200"));
    assert!(!said().contains("not followed") && !said().contains("cannot be written"), "{}", said());
    let all = [told(), said(), numbers, status.to_string(), std::fs::read_to_string(&flows).unwrap()].concat();
    for account in 1_000..=number {
        assert!(!all.contains(&iban(account)), "{all}");
    }
    assert!(!all.contains("hunter2"), "{all}");
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
