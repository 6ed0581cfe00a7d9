//! What is malformed costs itself alone, what is too much is refused, and nothing panics.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use cloister_scanners::{Limits, NoReport, read};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One document of each format, with three results each.
fn documents() -> Vec<Value> {
    let weak = |id: &str| json!({"VulnerabilityID": id, "PkgName": "p", "Severity": "HIGH", "FixedVersion": "2", "InstalledVersion": "1", "Title": "t", "PkgPath": "f"});
    let matched = |id: &str| json!({"vulnerability": {"id": id, "severity": "High", "fix": {"versions": ["2"]}}, "artifact": {"name": "p", "version": "1", "locations": [{"path": "f"}]}});
    let told = |id: &str| json!({"ruleId": id, "level": "error", "message": {"text": "t"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "f"}, "region": {"startLine": 1}}}]});
    let failed = |id: &str| json!({"policy": id, "rule": "r", "result": "fail", "message": "m", "severity": "high", "resources": [{"kind": "Pod", "namespace": "shop", "name": "a"}]});
    vec![
        json!({"SchemaVersion": 2, "ArtifactName": "i", "ArtifactType": "container_image", "Metadata": {"RepoTags": ["i:1"]}, "Results": [
            {"Target": "i", "Vulnerabilities": [weak("A"), weak("B"), weak("C")]}]}),
        json!({"matches": [matched("A"), matched("B"), matched("C")], "source": {"type": "image", "target": {"userInput": "i"}}, "descriptor": {"name": "grype"}}),
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "j", "rules": []}}, "results": [told("A"), told("B"), told("C")]}]}),
        json!({"apiVersion": "openreports.io/v1alpha1", "kind": "Report", "metadata": {"name": "r"}, "source": "s", "results": [failed("A"), failed("B"), failed("C")]}),
    ]
}

/// The places of the results in those.
const RESULTS: [&str; 4] = ["/Results/0/Vulnerabilities", "/matches", "/runs/0/results", "/results"];

fn ids(bytes: &[u8]) -> Vec<String> {
    let report = read(bytes, Limits::default()).unwrap();
    report.parts.iter().flat_map(|part| &part.results).map(|one| one.id.split('/').next().unwrap().to_owned()).collect()
}

#[test]
fn a_result_that_is_none_is_named_with_its_place_and_the_others_stay() {
    for (document, place) in documents().iter().zip(RESULTS) {
        assert_eq!(ids(document.to_string().as_bytes()), ["A", "B", "C"]);
        for broken in [json!(null), json!(7), json!([]), json!("x")] {
            let mut document = document.clone();
            document.pointer_mut(place).unwrap()[1] = broken;
            assert_eq!(ids(document.to_string().as_bytes()), ["A", "C"], "{document}");
            let report = read(document.to_string().as_bytes(), Limits::default()).unwrap();
            let places: Vec<_> = report.faults.iter().map(|fault| &*fault.place).collect();
            assert_eq!(places, [format!("{place}/1")]);
        }
    }
}

#[test]
fn what_is_too_much_is_refused_with_a_way_out() {
    let few = Limits { results: 2, ..Limits::default() };
    let cause = |bytes: &[u8], limits| read(bytes, limits).unwrap_err();
    for document in documents() {
        assert_eq!(cause(document.to_string().as_bytes(), few), NoReport::TooManyResults(2));
    }
    let values = Limits { values: 1000, ..Limits::default() };
    let many = json!({"version": "2.1.0", "runs": vec![1; 2000]}).to_string();
    assert_eq!(cause(many.as_bytes(), values), NoReport::TooManyValues(1000));
    let most = json!({"version": "2.1.0", "runs": vec![json!(1); 900]}).to_string();
    let report = read(most.as_bytes(), values).unwrap();
    assert_eq!((report.faults.len(), report.more_faults), (50, 850), "faults are bounded, and counted");
    // What is of no use is passed over, and does not count.
    let mut long = documents().remove(0);
    long["Results"][0]["Vulnerabilities"][0]["References"] = vec![1; 5000].into();
    assert_eq!(read(long.to_string().as_bytes(), values).unwrap().parts[0].results.len(), 3);
    assert!(read(br#"{"version":"2.0.0","version":"2.1.0","runs":[]}"#, values).is_ok(), "the last of a name counts");
    assert_eq!(cause(b"{}", Limits { bytes: 1, ..Limits::default() }), NoReport::TooLong(1));
}

#[test]
fn long_texts_are_cut_between_characters() {
    let mut document = documents().remove(2);
    for length in 290..310 {
        document["runs"][0]["results"][0]["message"]["text"] = json!("é".repeat(length));
        document["runs"][0]["results"][0]["ruleId"] = json!("ü".repeat(length));
        let report = read(document.to_string().as_bytes(), Limits::default()).unwrap();
        let one = &report.parts[0].results[0];
        assert!((395..=405).contains(&one.title.len()) && (295..=305).contains(&one.id.len()), "{one:?}");
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-zA-Z]{1,9}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// All places in a value.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Array(all) => all.iter().enumerate().for_each(|(nth, one)| places(one, &format!("{at}/{nth}"), into)),
        Value::Object(all) => all.iter().for_each(|(name, one)| places(one, &format!("{at}/{name}"), into)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever stands in place of anything: no panic; and of a result only the one in which it stands can be lost.
    #[test]
    fn a_broken_part_costs_itself_alone(of in 0..4_usize, which in any::<prop::sample::Index>(), broken in anything()) {
        let mut document = documents().remove(of);
        let mut all = Vec::new();
        places(&document, "", &mut all);
        let place = which.get(&all).clone();
        *document.pointer_mut(&place).unwrap() = broken;
        let read = read(document.to_string().as_bytes(), Limits::default());
        let list = RESULTS[of];
        if let Some(inside) = place.strip_prefix(&format!("{list}/")) {
            let own = inside.chars().next().unwrap().to_digit(10).unwrap() as usize;
            let report = read.unwrap();
            let ids: Vec<&str> = report.parts.iter().flat_map(|part| &part.results).map(|one| one.id.split('/').next().unwrap()).collect();
            for (at, id) in ["A", "B", "C"].into_iter().enumerate().filter(|(at, _)| *at != own) {
                prop_assert!(ids.contains(&id), "{id} at {at} is lost by {place}");
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, Limits::default());
    }
}
