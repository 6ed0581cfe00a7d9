use proptest::prelude::*;

use super::*;
use crate::keyed::{Key, Keys};

fn spec(json: &str) -> Spec {
    serde_json::from_str(json).unwrap()
}

fn profile(json: &str) -> Profile {
    Profile::new(&spec(json)).unwrap()
}

const MEMBERS: &str = r#"{"detectors": [{"name": "member-number", "category": "health", "pattern": "\\bM-(\\d{8})\\b",
    "checksum": "luhn", "context": ["member", "Mitglied"], "neighbours": ["email-address"],
    "examples": {"matches": ["M-12345674"], "noMatches": ["M-12345678", "XM-12345674"]}}]}"#;

fn all(profile: &Profile, text: &str, piece: usize) -> Vec<Hit> {
    let mut search = Search::new(profile, "");
    let mut hits: Vec<Hit> = text.as_bytes().chunks(piece).flat_map(|bytes| search.push(bytes)).collect();
    hits.extend(search.finish());
    hits
}

fn judged(profile: &Profile, text: &str, record: Option<u64>) -> Vec<Judged<()>> {
    let (mut records, mut out) = (Records::new(profile), Vec::new());
    for hit in all(profile, text, 4096) {
        let line = text.bytes().take(hit.detection.offset).filter(|byte| *byte == b'\n').count() as u64 + 1;
        let Some(placed) = profile.in_field(hit, "") else { continue };
        records.push(placed.at(record, line, ()), &mut out);
    }
    records.finish(&mut out);
    out
}

fn confidences(profile: &Profile, text: &str) -> Vec<(&'static str, Confidence)> {
    let value = |one| match one {
        Judged::Value(detection, ()) => Some((detection.kind, detection.confidence)),
        Judged::Together(_) => None,
    };
    judged(profile, text, None).into_iter().filter_map(value).collect()
}

#[test]
fn pattern_checksum_words_and_neighbours_are_weighed() {
    let profile = profile(MEMBERS);
    let of = |text: &str| confidences(&profile, text).into_iter().find(|(kind, _)| *kind == "member-number");
    assert_eq!(of("M-12345674"), Some(("member-number", Confidence::Likely)));
    assert_eq!(of("Mitgliedsnummer: M-12345674"), Some(("member-number", Confidence::Certain)));
    assert_eq!(of("M-12345678"), None);
    assert_eq!(of("M-12345674 jana.nova@clinic.eu"), Some(("member-number", Confidence::Certain)));
    assert_eq!(of("jana.nova@clinic.eu\n M-12345674"), Some(("member-number", Confidence::Certain)));
    assert_eq!(of("jana.nova@clinic.eu\n\n\n\n\n\n\n\n M-12345674"), Some(("member-number", Confidence::Likely)));
}

#[test]
fn a_detector_is_held_against_its_examples() {
    let spec = spec(MEMBERS);
    let proven = Profile::new(&spec).unwrap().prove(&spec.detectors);
    assert_eq!(proven[0].examples.len(), 3);
    assert!(proven[0].examples.iter().all(Example::holds), "{proven:?}");
    let mut wrong = spec;
    wrong.detectors[0].checksum = None;
    let proven = Profile::new(&wrong).unwrap().prove(&wrong.detectors);
    assert_eq!(proven[0].examples.iter().filter(|example| !example.holds()).count(), 1, "{proven:?}");
}

#[test]
fn a_word_may_stand_in_the_name_of_the_field() {
    let profile = profile(
        r#"{"detectors": [{"name": "locker", "category": "name", "pattern": "L\\d{4}", "context": ["locker"],
            "contextRequired": true}]}"#,
    );
    let hits = all(&profile, "L1234", 100);
    assert!(profile.in_field(hits[0].clone(), "size").is_none());
    let found = profile.in_field(hits[0].clone(), "lockerNo").unwrap();
    assert_eq!(found.detection.confidence, Confidence::Likely);
    assert!(profile.in_field(all(&profile, "locker: L1234", 3)[0].clone(), "").is_some());
}

#[test]
fn what_is_allowed_is_told_with_its_reason() {
    let keys = Keys::new(vec![Key::new("new", &[1; 32]).unwrap(), Key::new("old", &[2; 32]).unwrap()]);
    let old = Key::new("old", &[2; 32]).unwrap().hash(b"DE02 1203 0000 0000 2020 51");
    let profile = profile(&format!(
        r#"{{"allow": [
            {{"reason": "ours", "domains": ["clinic.eu"], "files": ["docs/**"]}},
            {{"reason": "the account of the manual", "hashes": ["{old}"], "of": ["bank-details"]}},
            {{"reason": "press", "patterns": ["press\\.[a-z]+@.*"], "paths": ["/contacts/*"]}}
        ]}}"#
    ));
    let reason = |text: &str, file: &str, path: &str| {
        let hit = all(&profile, text, 100).remove(0);
        let value = &text.as_bytes()[hit.detection.offset..hit.detection.end()];
        let seen = Seen { value, file, path, keys: Some(&keys) };
        profile.allows(&hit.detection, &seen).map(str::to_owned)
    };
    assert_eq!(reason("jana.nova@mail.clinic.eu", "docs/a/b.md", "").as_deref(), Some("ours"));
    assert_eq!(reason("jana.nova@notclinic.eu", "docs/a/b.md", ""), None);
    assert_eq!(reason("jana.nova@clinic.eu", "src/b.md", ""), None);
    assert_eq!(reason("DE02120300000000202051", "x", "").as_deref(), Some("the account of the manual"));
    assert_eq!(reason("DE89370400440532013000", "x", ""), None);
    assert_eq!(reason("press.nova@paper.eu", "x", "/contacts/1").as_deref(), Some("press"));
    assert_eq!(reason("press.nova@paper.eu", "x", "/contacts/1/mail"), None);
}

#[test]
fn a_value_of_a_field_is_judged_by_the_profile() {
    let profile = profile(&MEMBERS.replacen('{', r#"{"allow": [{"reason": "ours", "domains": ["clinic.eu"]}], "#, 1));
    let kinds = |field: &str, value: &str| {
        profile.scan_field(field, value).into_iter().map(|one| (one.kind, one.confidence)).collect::<Vec<_>>()
    };
    assert_eq!(kinds("MEMBER_NO", "M-12345674"), [("member-number", Confidence::Certain)]);
    assert_eq!(kinds("dbPassword", "M-12345674x"), [("password", Confidence::Likely)]);
    assert!(kinds("MAIL", "jana.nova@clinic.eu").is_empty());
    assert_eq!(kinds("MAIL", "jana.nova@other.eu").len(), 1);
}

#[test]
fn thresholds_are_those_of_the_category() {
    let profile = profile(r#"{"thresholds": {"default": "certain", "phone-number": "likely", "name": "never"}}"#);
    assert_eq!(profile.threshold(Category::Health), Some(Confidence::Certain));
    assert_eq!(profile.threshold(Category::PhoneNumber), Some(Confidence::Likely));
    assert_eq!(profile.threshold(Category::Name), None);
}

#[test]
fn a_rule_is_met_within_a_record_and_once() {
    let profile = profile(
        r#"{"thresholds": {"name": "never"}, "rules": [{"name": "known-patient", "of": ["name", "health", "email-address"], "atLeast": 2}]}"#,
    );
    let met = |text: &str, record| {
        let together = |one| match one {
            Judged::Together(together) => Some(together),
            Judged::Value(..) => None,
        };
        judged(&profile, text, record).into_iter().filter_map(together).collect::<Vec<_>>()
    };
    let text = "surname: Reuter\ndiagnosis: E11.9\nmail: jana.nova@clinic.eu\n";
    let whole = met(text, Some(1));
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].members.iter().map(|member| member.kind).collect::<Vec<_>>(), ["name", "health"]);
    assert_eq!((whole[0].kind, whole[0].category), ("known-patient", Category::Health));
    assert_eq!(met(text, None).len(), 1);
    assert!(met("surname: Reuter\n\n\n\n\n\n\ndiagnosis: E11.9\n", None).is_empty());
    assert!(met("surname: Reuter\nname: Jonas Reuter\n", Some(1)).is_empty());
}

#[test]
fn everything_that_is_wrong_is_told() {
    let faults = Profile::new(&spec(
        r#"{"thresholds": {"names": "likely"},
            "allow": [{"reason": "x"}, {"reason": "", "patterns": ["("], "hashes": ["86095742719"]}],
            "rules": [{"name": "One", "of": ["nothing", "name"], "atLeast": 3}],
            "detectors": [
                {"name": "a", "category": "x", "pattern": "a"}, {"name": "a", "category": "name", "pattern": "a*"},
                {"name": "iban", "category": "name", "pattern": "\\Aa"},
                {"name": "big", "category": "name", "pattern": "\\w{500}\\w{500}\\w{500}", "checksum": "sum"},
                {"name": "words", "category": "name", "pattern": "b", "contextRequired": true}]}"#,
    ))
    .unwrap_err();
    let told: Vec<String> = faults.iter().map(|fault| format!("{fault} → {}", fault.help)).collect();
    for path in [
        "thresholds.names:",
        "allow[0]:",
        "allow[1].reason:",
        "allow[1].patterns:",
        "allow[1].hashes:",
        "rules[0].name:",
        "rules[0].of:",
        "rules[0]:",
        "detectors[0].category:",
        "detectors[1].name:",
        "detectors[1].pattern:",
        "detectors[2].name:",
        "detectors[2].pattern:",
        "detectors[3].checksum:",
        "detectors[3].pattern:",
        "detectors[4].contextRequired:",
    ] {
        assert!(told.iter().any(|told| told.starts_with(path)), "{path} {told:#?}");
    }
    // Who wrote a value instead of a hash does not see it again.
    assert!(!told.concat().contains("86095742719"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn cuts_change_nothing(
        parts in prop::collection::vec(prop_oneof![
            Just("member M-12345674 ".to_owned()), Just("M-12345674".to_owned()), Just("\n".to_owned()),
            Just("jana.nova@clinic.eu".to_owned()), Just("a".repeat(700)), Just("word ".repeat(900)),
            Just("DE02 1203 0000 0000 2020 51".to_owned()), Just("x1".repeat(300)), "[a-z0-9M ä-]{0,9}",
        ], 0..24),
        piece in prop_oneof![Just(1usize), 2usize..9000],
    ) {
        let profile = Profile::new(&spec(r#"{"detectors": [
            {"name": "member-number", "category": "health", "pattern": "\\bM-(\\d{8})\\b", "checksum": "luhn", "context": ["member"]},
            {"name": "account", "category": "name", "pattern": "^.*DE\\d\\d( \\d{4}){2}"},
            {"name": "long", "category": "name", "pattern": "(x1)+$", "confidence": "certain"}]}"#)).unwrap();
        let text = parts.concat();
        prop_assert_eq!(all(&profile, &text, piece), all(&profile, &text, usize::MAX));
    }
}
