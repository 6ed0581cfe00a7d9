//! `DetectionProfile` as a custom resource: the real API server accepts or refuses it, and a sensor follows it live.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

mod support;

use std::time::Instant;

use serde_json::{Value, json};
use support::{
    CLIENT, POLICIES, PROFILES, SERVER, Sensor, Talk, add_pod, iban, in_force, plane, policy, profile, status,
};

#[test]
fn the_api_server_accepts_profiles_that_are_meant_and_refuses_others() {
    let plane = plane();
    let detector = |more: Value| {
        let mut detector = json!({ "name": "member", "category": "health", "pattern": "\\bM-(\\d{8})\\b" });
        detector.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "detectors": [detector] })
    };
    let good = [
        json!({ "thresholds": { "default": "certain", "name": "never", "religious-or-philosophical-beliefs": "possible" } }),
        json!({ "allow": [{ "reason": "ours", "domains": ["clinic.example"], "files": ["tests/**"] }] }),
        json!({ "allow": [{ "reason": "fixtures", "files": ["tests/**"] }] }),
        json!({ "rules": [{ "name": "known-patient", "of": ["name", "health"], "within": { "lines": 3 } }] }),
        detector(json!({ "checksum": "luhn", "context": ["member"], "contextRequired": true, "confidence": "likely",
            "examples": { "matches": ["member M-12345674"], "noMatches": ["M-12345678"] } })),
    ];
    for (number, spec) in good.iter().enumerate() {
        let answer = plane.api().post(PROFILES, &profile(&format!("good-{number}"), spec)).unwrap();
        assert_eq!(answer.status, 201, "{spec}: {}", answer.body);
        let stored = plane.api().get(&format!("{PROFILES}/good-{number}")).unwrap().json().unwrap();
        assert_eq!(stored["spec"], *spec, "a field was dropped");
    }
    let bad = [
        (json!({}), "a profile says something"),
        (json!({ "thresholds": { "nmae": "likely" } }), "a threshold is for a category"),
        (json!({ "thresholds": { "name": "sure" } }), "Unsupported value"),
        (json!({ "allow": [{ "domains": ["a.example"] }] }), "what is allowed says why"),
        (json!({ "allow": [{ "reason": "a" }] }), "else it would be everything"),
        (json!({ "allow": [{ "reason": "a", "hashes": ["86095742719"] }] }), "a hash is KEY:HEX"),
        (json!({ "rules": [{ "of": ["name", "health"] }] }), "a rule has a name"),
        (json!({ "rules": [{ "name": "a", "of": ["name"] }] }), "joins two kinds of data"),
        (detector(json!({ "name": "A b" })), "a detector has a name"),
        (detector(json!({ "category": "helth" })), "Unsupported value"),
        (detector(json!({ "contextRequired": true })), "names its words"),
        (json!({ "detectors": [{ "name": "a", "category": "health" }] }), "its category and its pattern"),
        (
            json!({ "detectors": [
                { "name": "a", "category": "health", "pattern": "a" }, { "name": "a", "category": "name", "pattern": "b" },
            ] }),
            "a name of its own",
        ),
    ];
    for (spec, why) in bad {
        let answer = plane.api().post(PROFILES, &profile("bad", &spec)).unwrap();
        assert_eq!(answer.status, 422, "{spec}: {}", answer.body);
        assert!(answer.body.contains(why), "{spec}: {}", answer.body);
    }
    // A profile is no policy.
    let misspelt = profile("bad", &json!({ "profile": "other", "thresholds": { "name": "likely" } }));
    let answer = plane.api().post(&format!("{PROFILES}?fieldValidation=Strict"), &misspelt).unwrap();
    assert_eq!(answer.status, 400, "{}", answer.body);
}

#[test]
fn a_profile_is_followed_live() {
    let plane = plane();
    plane.kubectl().unwrap().apply(&support::deploy().join("sensor.yaml")).unwrap();
    plane.create_namespace("clinic", &[]).unwrap();
    add_pod(&plane, "web", CLIENT);
    add_pod(&plane, "api", SERVER);
    let sensor = Sensor::start(&plane, "here", plane.url(), &[]);
    let spec = json!({ "findings": ["personal-data-in-the-clear", "credentials-in-the-clear"], "detection": { "profile": "clinic" } });
    plane.api().post(POLICIES, &policy("accounts", &spec)).unwrap().success().unwrap();
    let told = in_force(&plane, &sensor, "accounts", 1, 1);
    assert_eq!(told["conditions"][0]["status"], "False", "{told}");
    assert!(told["conditions"][0]["message"].as_str().unwrap().contains("no DetectionProfile is called"), "{told}");

    // It comes: the policy is understood, and accounts count as it says.
    let known = json!({ "allow": [{ "reason": "all of them", "patterns": ["DE\\d{20}"] }] });
    plane.api().post(PROFILES, &profile("clinic", &known)).unwrap().success().unwrap();
    let accepted = |is: &'static str| {
        sensor.wait(&format!("Accepted to be {is}"), || {
            Some(status(&plane, "accounts")).filter(|it| it["conditions"][0]["status"] == is)
        })
    };
    accepted("True");
    let mut talk = Talk::new();
    talk.until(&sensor, "a finding of what is not allowed", |it| it["category"] == "credentials");
    assert!(sensor.findings().iter().all(|it| it["category"] != "bank-details"), "{:?}", sensor.findings());

    // It is changed with kubectl, and they are found.
    let changed =
        json!({ "spec": { "allow": [{ "reason": "one of them", "patterns": ["DE00\\d{18}"] }] } }).to_string();
    let since = Instant::now();
    plane.kubectl().unwrap().run(&["patch", "detectionprofile", "clinic", "--type=merge", "-p", &changed]).unwrap();
    talk.until(&sensor, "a finding of the changed profile", |it| it["category"] == "bank-details");
    println!("a profile changed by kubectl made a finding after {:?}", since.elapsed());

    // It goes, and that is told; no value is anywhere.
    plane.api().delete(&format!("{PROFILES}/clinic")).unwrap().success().unwrap();
    accepted("False");
    let all = [sensor.told("findings"), sensor.told("errors"), status(&plane, "accounts").to_string()].concat();
    assert!((1_000..=talk.number).all(|account| !all.contains(&iban(account))), "{all}");
    assert!(!sensor.told("errors").contains("not followed"), "{}", sensor.told("errors"));
}
