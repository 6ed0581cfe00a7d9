//! The hub answers about the clinic what the command line answers, by the same program.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests run programs"
)]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use cloister_e2e_hub::hub::{Hub, program, project};
use serde_json::Value;

const TOKEN: &str = "viewer-0123456789abcdef012345";

fn start() -> (tempfile::TempDir, Hub) {
    let home = tempfile::tempdir().unwrap();
    let tokens = home.path().join("tokens");
    std::fs::write(&tokens, format!("mila viewer {TOKEN}\n")).unwrap();
    let hub = Hub::start(home.path(), &["--watch", "examples/clinic", "--tokens", tokens.to_str().unwrap()]).unwrap();
    let begun = Instant::now();
    while get(&hub, "answers/who-can?verb=get&resource=secrets").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the clinic is not assessed");
        std::thread::sleep(Duration::from_millis(100));
    }
    (home, hub)
}

fn get(hub: &Hub, what: &str) -> Option<Value> {
    let host = hub.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "GET /api/v1/sources/clinic/{what} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 200").then(|| serde_json::from_str(body).unwrap())
}

/// What the command line says, as JSON.
fn cli(arguments: &[&str]) -> Value {
    let mut command = Command::new(program());
    command.args(arguments).args(["--from", "examples/clinic", "-o", "json"]).current_dir(project());
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{arguments:?}: {why}: {output:?}"))
}

fn items(answer: &Value) -> &[Value] {
    assert!(answer["next"].is_null(), "{answer}");
    answer["items"].as_array().unwrap()
}

fn texts<const N: usize>(one: &Value, names: [&str; N]) -> [String; N] {
    names.map(|name| one.pointer(name).and_then(Value::as_str).unwrap_or("").to_owned())
}

#[test]
fn who_can_do_what() {
    let (_home, hub) = start();
    for (verb, resource, namespace) in [
        ("get", "secrets", "clinic"),
        ("get", "secrets", "clinic-data"),
        ("create", "pods/exec", "clinic-data"),
        ("list", "pods", "clinic"),
    ] {
        let said = cli(&["rbac", "who-can", verb, resource, "--namespace", namespace]);
        let subjects = said["subjects"].as_array().unwrap();
        let grants = |subject: &Value| -> Vec<Value> {
            let of = |grant: &Value| {
                let mut grant = grant.clone();
                grant["name"] = subject["name"].clone();
                grant
            };
            subject["grants"].as_array().unwrap().iter().map(of).collect()
        };
        let expected: BTreeSet<[String; 4]> = subjects
            .iter()
            .flat_map(grants)
            .map(|grant| {
                let [name, kind, binding, bound, written] =
                    texts(&grant, ["/name", "/binding/kind", "/binding/name", "/bindingAt", "/ruleAt"]);
                [name, format!("{kind} {binding}"), bound, written]
            })
            .collect();
        let answer =
            get(&hub, &format!("answers/who-can?verb={verb}&resource={resource}&namespace={namespace}&limit=1000"))
                .unwrap();
        let told =
            items(&answer).iter().map(|one| texts(one, ["/name", "/binding", "/bindingAt", "/ruleAt"])).collect();
        assert!(expected.len() > 3, "{said}");
        assert_eq!(expected, told, "{verb} {resource} in {namespace}");
    }
}

#[test]
fn who_reads_personal_data() {
    let (_home, hub) = start();
    for store in ["patients-db", "sessions", "invoices-db"] {
        let said = cli(&["rbac", "who-can", "read-personal-data", store]);
        let direct = said["access"].as_array().unwrap().iter().map(|one| texts(one, ["/name", "/way", "/what"]));
        let mut expected: BTreeSet<[String; 3]> = direct.collect();
        let climbing = said["climbing"].as_array().unwrap();
        let names: BTreeSet<String> = climbing.iter().map(|one| texts(one, ["/name"])[0].clone()).collect();
        let answer = get(&hub, &format!("answers/who-reads?store={store}&limit=1000")).unwrap();
        let (climbs, told): (Vec<&Value>, Vec<&Value>) = items(&answer).iter().partition(|one| one["way"] == "climb");
        let told: BTreeSet<[String; 3]> = told.into_iter().map(|one| texts(one, ["/name", "/way", "/what"])).collect();
        assert_eq!(std::mem::take(&mut expected), told, "{store}");
        assert_eq!(
            climbs.into_iter().map(|one| texts(one, ["/name"])[0].clone()).collect::<BTreeSet<_>>(),
            names,
            "{store}"
        );
        let sentence = said["answer"].as_str().unwrap().trim_end_matches('.');
        assert_eq!(answer["answer"].as_str().unwrap().trim_end_matches('.'), sentence);
    }
}

#[test]
fn who_climbs() {
    let (_home, hub) = start();
    let subject = "serviceaccount:clinic-ops:deployer";
    for subject in [subject, "max.mustermann@example.org", "group:clinic-support", "serviceaccount:analytics:default"] {
        let said = cli(&["rbac", "escalate", subject]);
        let paths = said["paths"].as_array().unwrap();
        let steps = |(at, path): (usize, &Value)| -> Vec<[String; 4]> {
            let way = path["way"].as_array().unwrap().iter();
            way.map(|step| {
                let [actor, does, reaches] = texts(step, ["/actor", "/does", "/reaches"]);
                [(at + 1).to_string(), actor, does, reaches]
            })
            .collect()
        };
        let expected: Vec<[String; 4]> = paths.iter().enumerate().flat_map(steps).collect();
        let answer = get(&hub, &format!("answers/climb?subject={subject}&limit=1000")).unwrap();
        let told = items(&answer).iter().map(|one| {
            let [actor, does, reaches] = texts(one, ["/actor", "/does", "/reaches"]);
            [one["way"].to_string(), actor, does, reaches]
        });
        assert_eq!(expected, told.collect::<Vec<_>>(), "{subject}");
    }
}

#[test]
fn who_reaches_whom() {
    let (_home, hub) = start();
    let said = cli(&["network", "list", "--group", "never"]);
    let ports = |one: &Value| {
        let all = one["allowed"].as_array().unwrap().iter();
        all.map(|one| one["protocol"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(",")
    };
    let all: BTreeSet<[String; 2]> =
        said["connections"].as_array().unwrap().iter().map(|one| texts(one, ["/source", "/destination"])).collect();
    assert!(said["connections"].as_array().unwrap().iter().any(|one| ports(one) == "TCP"), "the clinic narrows some");
    let database = "clinic-data/patients-db[StatefulSet]";
    for (question, expected) in [
        (
            "who-reaches?to=store:patients-db",
            all.iter().filter(|[_, to]| to == database).cloned().collect::<BTreeSet<_>>(),
        ),
        ("who-reaches?to=clinic-data/patients-db", all.iter().filter(|[_, to]| to == database).cloned().collect()),
        ("who-reaches?to=namespace:clinic", all.iter().filter(|[_, to]| to.starts_with("clinic/")).cloned().collect()),
        (
            "reaches?from=clinic/frontend",
            all.iter().filter(|[from, _]| from == "clinic/frontend[Deployment]").cloned().collect(),
        ),
    ] {
        let answer = get(&hub, &format!("answers/{question}&limit=1000")).unwrap();
        let told: BTreeSet<[String; 2]> = items(&answer)
            .iter()
            .filter(|one| one["kind"] == "connection")
            .map(|one| texts(one, ["/source", "/destination"]))
            .collect();
        assert!(!expected.is_empty(), "{question}");
        assert_eq!(expected, told, "{question}");
    }
}
