//! The sensor beside a real API server: policies are accepted or refused, followed live, and their status written back.
//! Traffic passes over the loopback interface, between addresses that pods of the API server claim.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::BTreeSet;
use std::time::Instant;

use cloister_e2e::ControlPlane;
use serde_json::{Value, json};
use support::{
    CLIENT, POLICIES, SERVER, Sensor, Talk, add_pod, get, iban, in_force, plane, policy, proc_status, status,
};

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

#[test]
fn policies_are_followed_live_and_no_value_leaves() {
    let plane = plane();
    plane.kubectl().unwrap().apply(&support::deploy().join("sensor.yaml")).unwrap();
    plane.create_namespace("clinic", &[]).unwrap();
    add_pod(&plane, "web", CLIENT);
    add_pod(&plane, "api", SERVER);
    let sensor = Sensor::start(&plane, "here", plane.url(), &[]);

    let spec = json!({ "selector": { "namespaces": ["clinic"] }, "findings": ["personal-data-in-the-clear"] });
    plane.api().post(POLICIES, &policy("accounts", &spec)).unwrap().success().unwrap();
    let told = in_force(&plane, &sensor, "accounts", 1, 1);
    assert_eq!(told["conditions"][0]["status"], "True");

    let mut talk = Talk::new();
    let found = talk.until(&sensor, "a finding", |it| it["finding"] == "personal-data-in-the-clear");
    assert_eq!(
        (&found["sender"]["name"], &found["recipient"]["name"]),
        (&json!("clinic/api[Pod]"), &json!("clinic/web[Pod]"))
    );
    assert_eq!((&found["category"], &found["action"]), (&json!("bank-details"), &json!("alert")));

    // The policy is changed with kubectl.
    let changed = json!({ "spec": { "findings": ["credentials-in-the-clear"], "action": "record" } }).to_string();
    let since = Instant::now();
    plane.kubectl().unwrap().run(&["patch", "dlppolicy", "accounts", "--type=merge", "-p", &changed]).unwrap();
    in_force(&plane, &sensor, "accounts", 2, 1);
    println!("a policy changed by kubectl was in force, and said so, after {:?}", since.elapsed());
    let found =
        talk.until(&sensor, "a finding of the changed policy", |it| it["finding"] == "credentials-in-the-clear");
    assert_eq!(found["action"], "record");

    // No right is left.
    let id = sensor.id();
    assert_eq!(proc_status(id, "CapEff"), "0000000000000000");
    assert_eq!((proc_status(id, "NoNewPrivs"), proc_status(id, "Seccomp")), ("1".to_owned(), "2".to_owned()));

    // What its role gives is what it used, no more and no less.
    assert_eq!(used(&plane), granted(&plane));

    // Its rights suffice, and no value is anywhere.
    let status =
        sensor.wait("findings in the status", || Some(status(&plane, "accounts")).filter(|it| it["findings"] == 1));
    let numbers = sensor.numbers();
    assert!(numbers.contains("cloister_sensor_messages_total{protocol=\"http1\"}"), "{numbers}");
    assert!(get(sensor.metrics, "/healthz").unwrap().starts_with("HTTP/1.1 200"));
    let said = sensor.told("errors");
    assert!(!said.contains("not followed") && !said.contains("cannot be written"), "{said}");
    let all = [sensor.told("findings"), said, numbers, status.to_string(), sensor.told("flows")].concat();
    for account in 1_000..=talk.number {
        assert!(!all.contains(&iban(account)), "{all}");
    }
    assert!(!all.contains("hunter2"), "{all}");
}

/// What the role of `deploy/` gives: verb, group and resource.
fn granted(plane: &ControlPlane) -> BTreeSet<[String; 3]> {
    let role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/cloister-sensor";
    let role = plane.api().get(role).unwrap().json().unwrap();
    let list = |rule: &Value, key: &str| -> Vec<String> {
        rule[key].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let mut all = BTreeSet::new();
    for rule in role["rules"].as_array().unwrap() {
        for verb in list(rule, "verbs") {
            for group in list(rule, "apiGroups") {
                all.extend(list(rule, "resources").into_iter().map(|it| [verb.clone(), group.clone(), it]));
            }
        }
    }
    all
}

/// What the sensor's account has asked for, by the API server's log.
fn used(plane: &ControlPlane) -> BTreeSet<[String; 3]> {
    let log = std::fs::read_to_string(plane.audit_log()).unwrap();
    let events = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let own = events.filter(|it| it["user"]["username"] == "system:serviceaccount:cloister:cloister-sensor");
    own.map(|it| {
        let text = |key: &str| it["objectRef"][key].as_str().unwrap_or_default().to_owned();
        let parts = [text("resource"), text("subresource")];
        let resource = parts.iter().filter(|it| !it.is_empty()).cloned().collect::<Vec<_>>().join("/");
        [it["verb"].as_str().unwrap().to_owned(), text("apiGroup"), resource]
    })
    .collect()
}
