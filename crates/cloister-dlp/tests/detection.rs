//! What policies say of recognition: rules, allow-lists, detectors and profiles, each for its own policy alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod support;

use std::sync::Arc;

use cloister_detect::keyed::{Key as HashKey, Keys};
use cloister_dlp::document::Finding;
use cloister_dlp::{At, Findings, Knowledge, Limits, Passage, Reading, Recognised, Tallies, Where, whole};
use cloister_register::documents::{DlpAction, WireProtocol};
use proptest::prelude::*;
use support::{NOON, clinic, clinic_with, party, policy};

const KEY: cloister_dlp::Key = [7; 16];
const BODY: At<'static> = At { place: Where::Body, field: "", media: "application/json", raw: false };

/// Of the wire: a record by a pattern of its own.
const MEMBERS: &str = "detection:\n  detectors:\n  - name: member-number\n    category: health\n    pattern: '\\bM-(\\d{8})\\b'\n    \
                       checksum: luhn\n    context: [member]\n    examples: {matches: ['M-12345674'], noMatches: ['M-12345678']}";

/// What is recognised in a body, whole or in pieces.
fn seen(knowledge: &Knowledge, at: &At<'_>, text: &str, size: usize) -> Vec<Recognised> {
    let mut found = Vec::new();
    if size >= text.len() {
        whole(&knowledge.lens, at, text.as_bytes(), &KEY, &mut found);
        return found;
    }
    let mut reading = Reading::new(&knowledge.lens, at);
    text.as_bytes().chunks(size).for_each(|bytes| reading.push(bytes, &KEY, &mut found));
    reading.finish(&[], &KEY, &mut found);
    found
}

/// The same where many wait at once; and the most bytes that were held between pieces.
fn crowded(knowledge: &Knowledge, at: &At<'_>, text: &str, size: usize) -> (Vec<Recognised>, usize) {
    let (mut found, mut most) = (Vec::new(), 0);
    let mut reading = Reading::new(&knowledge.lens, at);
    for bytes in text.as_bytes().chunks(size) {
        reading.push(bytes, &KEY, &mut found);
        reading.let_go();
        most = most.max(reading.held());
    }
    reading.finish(&[], &KEY, &mut found);
    (found, most)
}

/// The findings of one body, and what is done at most.
fn findings(knowledge: &Knowledge, text: &str) -> (Vec<Finding>, Option<DlpAction>) {
    findings_in(knowledge, &BODY, text, usize::MAX)
}

fn findings_in(knowledge: &Knowledge, at: &At<'_>, text: &str, size: usize) -> (Vec<Finding>, Option<DlpAction>) {
    let mut tallies = Tallies::default();
    for mut recognised in seen(knowledge, at, text, size) {
        tallies.take(&knowledge.lens, &mut recognised, 0);
    }
    let (sender, recipient) = (party(knowledge, "10.244.0.5", ""), party(knowledge, "10.244.0.8", ""));
    let passage = Passage {
        sender: &sender,
        recipient: &recipient,
        protocol: WireProtocol::Http,
        encrypted: false,
        host: "",
        target: "/v1/patients",
    };
    let mut findings = Findings::new(Limits::default());
    findings.explain();
    let records = tallies.drain_records();
    let action = findings.add(knowledge, &passage, (80, NOON), tallies.all(), records);
    findings.allowed(knowledge, &tallies.drain_allowed());
    for passed in findings.passed() {
        assert!(!passed.why.is_empty() && passed.values > 0, "{passed:?}");
    }
    (findings.all(), action)
}

fn told(diagnostics: &[cloister_model::Diagnostic]) -> Vec<String> {
    let of_policy = diagnostics.iter().filter(|it| &*it.file == "policy.yaml");
    of_policy.map(|it| format!("{}: {}", it.line.unwrap_or(0), it.message)).collect()
}

fn known(more: &str) -> Knowledge {
    let (knowledge, diagnostics) = clinic(more);
    assert_eq!(told(&diagnostics), [] as [String; 0]);
    knowledge
}

#[test]
fn a_detector_of_ones_own_finds_for_its_policy_alone() {
    let clear = "findings: [personal-data-in-the-clear]\ncategories: [{category: health}]\n";
    let other = policy(clear).replace("name: test", "name: other");
    let knowledge = known(&format!("{}---\n{other}", policy(&format!("{clear}{MEMBERS}"))));
    let (all, _) = findings(&knowledge, r#"{"member": "M-12345674"}"#);
    let of: Vec<_> = all.iter().map(|it| (&*it.policy, &it.detectors[..], it.values)).collect();
    assert_eq!(of, [("test", &["member-number"][..], 1)]);
    assert_eq!((&*all[0].places[0].name, all[0].confidence), ("/member", "certain"));
    // Without its check digit, it is none.
    assert_eq!(findings(&knowledge, r#"{"member": "M-12345678"}"#).0, []);
}

#[test]
fn a_rule_counts_records_in_which_all_stands_together() {
    let knowledge = known(&policy(
        "findings: [personal-data-in-the-clear]\ncategories: [{category: name, confidence: never}]\ndetection:\n  rules:\n  \
         - {name: known-patient, of: [email-address, bank-details]}",
    ));
    let iban = "DE67200411330739214587";
    let together = format!(r#"{{"email": "jana.novotna@klinika-brno.cz", "account": {{"iban": "{iban}"}}}}"#);
    let apart = format!(r#"{{"email": "jana.novotna@klinika-brno.cz"}}, {{"iban": "{iban}"}}"#);
    let body = format!("[{together}, {apart}, {together}]");
    for size in [usize::MAX, 1, 7, 64] {
        let (all, action) = findings_in(&knowledge, &BODY, &body, size);
        let of: Vec<_> = all.iter().map(|it| (it.rule, it.values, it.category)).collect();
        assert_eq!(of, [(Some("known-patient"), 2, "bank-details")], "{size}");
        assert_eq!(all[0].places[0].name, "/*/account", "{size}");
        assert!(all[0].why.contains("the rule known-patient is met"), "{}", all[0].why);
        assert_eq!(action, Some(DlpAction::Alert));
    }
    assert_eq!(findings(&knowledge, &format!("[{apart}]")).0, []);
}

#[test]
fn rows_and_forms_are_records() {
    let knowledge = known(&policy(
        "findings: [personal-data-in-the-clear]\ncategories: [{category: name, confidence: never}]\ndetection:\n  rules:\n  \
         - {name: known-patient, of: [email-address, bank-details]}",
    ));
    let columns = [("mail", "jana.novotna@klinika-brno.cz"), ("iban", "DE67200411330739214587")];
    let met = |rows: [u64; 2]| {
        let mut tallies = Tallies::default();
        for ((name, value), row) in columns.iter().zip(rows) {
            let at = At { place: Where::Column, field: name, media: "", raw: false };
            tallies.next_value();
            for mut recognised in seen(&knowledge, &at, value, usize::MAX) {
                assert!(tallies.take(&knowledge.lens, &mut recognised, row));
            }
        }
        tallies.all().iter().filter(|tally| tally.is_rule).count()
    };
    assert_eq!((met([3, 3]), met([3, 4])), (1, 0));
    let form = At { place: Where::Body, field: "", media: "application/x-www-form-urlencoded", raw: true };
    let text = "contact=jana.novotna%40klinika-brno.cz&iban=DE67200411330739214587";
    let (all, _) = findings_in(&knowledge, &form, text, 5);
    assert_eq!(all.iter().map(|it| it.rule).collect::<Vec<_>>(), [Some("known-patient")], "{all:?}");
}

#[test]
fn what_is_allowed_is_allowed_for_its_policy_alone() {
    let clear = "findings: [personal-data-in-the-clear]\n";
    let lists = "detection:\n  allow:\n  - {reason: ours, domains: [klinika-brno.cz]}\n  - {reason: tests, patterns: ['DE67.*'], \
                 paths: ['/tests/**']}";
    let other = policy(clear).replace("name: test", "name: other");
    let knowledge = known(&format!("{}---\n{other}", policy(&format!("{clear}{lists}"))));
    let of = |text: &str| -> Vec<(String, &'static str)> {
        findings(&knowledge, text).0.iter().map(|it| (it.policy.to_string(), it.category)).collect()
    };
    let other = |category| vec![("other".to_owned(), category)];
    assert_eq!(of(r#"{"email": "jana.novotna@klinika-brno.cz"}"#), other("email-address"));
    assert_eq!(of(r#"{"tests": [{"iban": "DE67200411330739214587"}]}"#), other("bank-details"));
    // Alone, it minds what its lists do not know.
    let knowledge = known(&policy(&format!("{clear}{lists}")));
    let of = |text: &str| findings(&knowledge, text).0.len();
    assert_eq!(of(r#"{"tests": [{"iban": "DE67200411330739214587"}]}"#), 0);
    assert_eq!(of(r#"{"accounts": [{"iban": "DE67200411330739214587"}]}"#), 1);
    assert_eq!(of(r#"{"email": "jana.novotna@klinika.cz"}"#), 1);
}

#[test]
fn values_are_allowed_by_keyed_hash_where_there_is_the_key() {
    let key = HashKey::new("k1", &[7; 32]).unwrap();
    let hash = key.hash(b"DE67 2004 1133 0739 2145 87");
    let spec = format!(
        "findings: [personal-data-in-the-clear]\ndetection:\n  allow:\n  - {{reason: on our website, hashes: ['{hash}']}}"
    );
    let body = r#"{"iban": "DE67200411330739214587"}"#;
    let (knowledge, diagnostics) = clinic_with(&policy(&spec), Some(Arc::new(Keys::new(vec![key]))));
    assert_eq!(told(&diagnostics), [] as [String; 0]);
    assert_eq!(findings(&knowledge, body).0, []);
    let (knowledge, diagnostics) = clinic(&policy(&spec));
    assert_eq!(findings(&knowledge, body).0.len(), 1);
    assert!(told(&diagnostics)[0].contains("there is no key"), "{:?}", told(&diagnostics));
}

#[test]
fn a_profile_is_used_by_its_name_with_its_thresholds() {
    let profile = "apiVersion: cloister.dev/v1alpha1\nkind: DetectionProfile\nmetadata: {name: clinic}\nspec:\n  thresholds: \
                   {email-address: never}\n  allow:\n  - {reason: docs, files: ['docs/**']}\n---\n";
    let named = policy("findings: [personal-data-in-the-clear]\ndetection: {profile: clinic}");
    let knowledge = known(&format!("{profile}{named}"));
    let (all, _) =
        findings(&knowledge, r#"{"email": "jana.novotna@klinika-brno.cz", "iban": "DE67200411330739214587"}"#);
    assert_eq!(all.iter().map(|it| it.category).collect::<Vec<_>>(), ["bank-details"]);
    let (_, diagnostics) = clinic(&policy("detection: {profile: clinik}"));
    assert!(told(&diagnostics)[0].contains("no DetectionProfile is called \"clinik\""), "{diagnostics:?}");
}

#[test]
fn mistakes_are_told_with_their_lines_and_the_rest_counts() {
    let spec = "findings: [personal-data-in-the-clear]\ndetection:\n  allow:\n  - {reason: a, domains: [klinika-brno.cz]}\n  detectors:\n  \
                - {name: a, category: health, pattern: '('}\n  - {name: b, category: health, pattern: 'B\\d', \
                examples: {matches: ['C1']}}";
    let (knowledge, diagnostics) = clinic(&policy(spec));
    let all = told(&diagnostics);
    assert!(all[0].starts_with("10: DlpPolicy test: spec.detection.detectors[0].pattern: "), "{all:?}");
    assert_eq!(findings(&knowledge, r#"{"email": "jana.novotna@klinika-brno.cz"}"#).0, []);
    let (_, diagnostics) = clinic(&policy(&spec.replace("pattern: '('", "pattern: 'A'")));
    let all = told(&diagnostics);
    assert!(all[0].contains("detectors[1].examples.matches[0] is not found"), "{all:?}");
    assert!(!all[0].contains("C1"), "an example may look like somebody: {all:?}");
}

#[test]
fn places_are_told_without_indexes() {
    let knowledge = known(&policy("findings: [personal-data-in-the-clear]\ncategories: [{category: email-address}]"));
    let rows: Vec<String> =
        (0..500).map(|number| format!(r#"{{"visits": [{{"contact": "a{number}@klinika-brno.cz"}}]}}"#)).collect();
    let body = format!(r#"{{"patients": [{}]}}"#, rows.join(","));
    for size in [usize::MAX, 1, 100, 4096] {
        let (all, _) = findings_in(&knowledge, &BODY, &body, size);
        assert_eq!(all.len(), 1);
        let places: Vec<_> = all[0].places.iter().map(|it| (it.within, it.name.as_str(), it.count)).collect();
        assert_eq!(places, [("body", "/patients/*/visits/*/contact", 500)], "{size}");
    }
    let csv = At { media: "text/csv", ..BODY };
    let table = "number,contact\n1,a@klinika-brno.cz\n2,b@klinika-brno.cz\n3,c@klinika-brno.cz\n";
    let (all, _) = findings_in(&knowledge, &csv, table, 3);
    assert_eq!((all[0].places[0].name.as_str(), all[0].values), ("contact", 3));
    let sql = At { place: Where::Statement, ..BODY };
    let (all, _) = findings_in(
        &knowledge,
        &sql,
        "INSERT INTO patients (id, contact) VALUES (1, 'a@klinika-brno.cz');",
        usize::MAX,
    );
    assert_eq!(all[0].places[0].name, "patients.contact");
    let column = At { place: Where::Column, field: "data", ..BODY };
    let (all, _) = findings_in(&knowledge, &column, r#"{"mails": ["a@klinika-brno.cz"]}"#, usize::MAX);
    assert_eq!((all[0].places[0].within, all[0].places[0].name.as_str()), ("column", "data/mails/*"));
}

#[test]
fn where_many_wait_each_holds_little() {
    let knowledge = known(&policy("categories: [{category: email-address}]"));
    let record = r#"{"mail": "jana.novotna@klinika-brno.cz", "visits": [12, 7, 31], "room": "east wing"},"#;
    let body = format!("[{}{{}}]", record.repeat(60));
    let (found, most) = crowded(&knowledge, &BODY, &body, 1448);
    assert_eq!(found.len(), 60);
    // Some hundred bytes before and behind the line that is decided, and what a reading is.
    assert!(most < 2000, "{most} bytes of {}", body.len());
}

proptest! {
    #[test]
    fn pieces_change_nothing(size in 1..200_usize, gap in 0..3_000_usize) {
        let spec = format!("{MEMBERS}\n  rules:\n  - {{name: both, of: [health, email-address]}}");
        let other = policy("categories: [{category: email-address}]").replace("name: test", "name: other");
        let knowledge = known(&format!("{}---\n{other}", policy(&spec)));
        let record = r#"{"member": "M-12345674", "mail": "jana.novotna@klinika-brno.cz", "text": "#;
        let body = format!("[{record}\"{}\"}},\n {record}1}}]", "so it goes on ".repeat(gap / 14));
        let show = |all: Vec<Recognised>| -> Vec<String> {
            all.iter().map(|it| format!("{:?} {} {:?} {:?}", it.sight, it.field, it.record, it.hash)).collect()
        };
        let cut = show(seen(&knowledge, &BODY, &body, size));
        prop_assert_eq!(&cut, &show(seen(&knowledge, &BODY, &body, body.len() - 1)));
        for at in [BODY, At { media: "", ..BODY }, At { place: Where::Field, field: "data", ..BODY }] {
            prop_assert_eq!(
                show(crowded(&knowledge, &at, &body, size).0),
                show(seen(&knowledge, &at, &body, size.min(body.len() - 1)))
            );
        }
        let whole = findings_in(&knowledge, &BODY, &body, usize::MAX).0;
        prop_assert_eq!(findings_in(&knowledge, &BODY, &body, size).0, whole);
    }
}
