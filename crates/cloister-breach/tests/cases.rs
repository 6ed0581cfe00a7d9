//! The eighteen examples of EDPB Guidelines 01/2021, version 2.0, in our own words: the rule comes to their decisions, and
//! changes its mind where the facts change.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;

use cloister_breach::{Decisions, Facts, decide};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: u32,
    notify: bool,
    communicate: bool,
    facts: Value,
    variations: Vec<Variation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variation {
    name: String,
    facts: Value,
    notify: bool,
    communicate: bool,
    because: String,
}

fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let case = serde_saphyr::from_str(&fs::read_to_string(file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, case)
    };
    files.iter().map(read).collect()
}

/// As RFC 7396: what is null goes, mappings are changed field by field.
fn changed(facts: &Value, change: &Value) -> Value {
    let Some(change) = change.as_object() else { return change.clone() };
    let mut facts = facts.as_object().cloned().unwrap_or_default();
    for (key, value) in change {
        if value.is_null() {
            facts.remove(key);
        } else {
            let before = facts.get(key).cloned().unwrap_or(Value::Null);
            facts.insert(key.clone(), changed(&before, value));
        }
    }
    Value::Object(facts)
}

fn told(decisions: &Decisions) -> String {
    let all = decisions.reasoning.iter().chain(&decisions.notify.why).chain(&decisions.communicate.why);
    all.map(|reason| reason.text.clone()).collect::<Vec<_>>().join("\n")
}

fn judged(name: &str, facts: &Value) -> Decisions {
    let facts: Facts = serde_json::from_value(facts.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let decisions = decide(&facts);
    for reason in decisions.reasoning.iter().chain(&decisions.notify.why).chain(&decisions.communicate.why) {
        assert!(!reason.sources.is_empty(), "{name}: nothing is cited for: {}", reason.text);
    }
    decisions
}

#[test]
fn every_case_is_decided_as_the_guidelines_do() {
    let cases = cases();
    assert_eq!(cases.iter().map(|(_, case)| case.case).collect::<Vec<_>>(), (1..=18).collect::<Vec<_>>());
    for (name, case) in cases {
        let decisions = judged(&name, &case.facts);
        assert_eq!(
            (decisions.notify.yes, decisions.communicate.yes),
            (case.notify, case.communicate),
            "{name}\n{}",
            told(&decisions)
        );
        assert!(decisions.record.yes);
    }
}

#[test]
fn other_facts_are_decided_otherwise() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for (name, case) in cases() {
        assert!(case.variations.len() >= 3, "{name}");
        for variation in &case.variations {
            let name = format!("{name}, {}", variation.name);
            let decisions = judged(&name, &changed(&case.facts, &variation.facts));
            let told = told(&decisions);
            let decided = (decisions.notify.yes, decisions.communicate.yes);
            if decided != (variation.notify, variation.communicate) || !told.contains(&variation.because) {
                wrong.push(format!("{name}: {decided:?}, because \"{}\"?\n{told}", variation.because));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(tried >= 60, "{tried}");
}
