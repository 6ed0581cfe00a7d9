//! `cloister breach`: what it says, what it changes, and what it refuses.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs the program"
)]

mod support;

use std::fs;
use std::path::Path;

use cloister_breach::Breach;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::schema::{keeps_to, plain, published};
use support::{Ended, cloister, ended, folder};

const CLINIC: &str = include_str!("../../../examples/breach/2026-001.yaml");
const NOW: &str = "2026-11-21T12:00:00Z";

fn breach(home: &Path, arguments: &[&str]) -> Ended {
    ended(cloister().current_dir(home).arg("breach").args(arguments))
}

fn clinic() -> tempfile::TempDir {
    folder(&[("b.yaml", CLINIC)])
}

fn step(home: &Path, arguments: &[&str]) -> Ended {
    breach(home, &[&["step"], arguments, &["--who", "officer", "--now", NOW]].concat())
}

fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Breach>();
    schema.insert("$id".into(), "https://cloister.dev/schema/breach.v1alpha1.json".into());
    schema.insert("title".into(), "A personal data breach".into());
    plain(schema.to_value())
}

fn narrow(text: &str) {
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn the_published_schema_is_that_of_the_type() {
    published("breach.v1alpha1.json", &schema(), std::env::var_os("CLOISTER_GENERATE").is_some());
    let example: Breach = Breach::read(CLINIC).unwrap();
    keeps_to(&serde_json::to_value(example).unwrap(), &schema());
}

#[test]
fn a_breach_from_suspicion_to_erasure() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    let home = folder(&[]);
    let from = examples.to_str().unwrap();
    let new = ["new", "2026-007", "--reason", "odd traffic", "--who", "desk", "--store", "patients-db", "--from", from];
    let made = breach(home.path(), &[&new[..], &["-o", "b.yaml", "--now", "2026-11-21T08:00:00Z"]].concat());
    assert_eq!(made.exit, 0, "{}", made.errors);
    let text = fs::read_to_string(home.path().join("b.yaml")).unwrap();
    insta::assert_snapshot!("new", text);
    keeps_to(&serde_json::to_value(Breach::read(&text).unwrap()).unwrap(), &schema());
    assert!(breach(home.path(), &[&new[..], &["-o", "b.yaml"]].concat()).errors.contains("is there already"));
    // What is known now.
    let known = "    people: 3\n    records: 3\n";
    let facts = "  description: A dump left.\n  cause: attack\n  confidentiality: {access: certain}\n  measures:\n    - {what: the token was revoked, status: taken}\n";
    let text = text
        .replace("  affected:\n", &format!("  affected:\n{known}"))
        .replace("  affected:\n", &format!("{facts}  affected:\n"));
    fs::write(home.path().join("b.yaml"), &text).unwrap();
    for arguments in [
        &["become-aware", "b.yaml", "--at", "2026-11-21T11:00:00Z", "--reason", "the flows show it"][..],
        &["assess", "b.yaml"],
        &["notify", "b.yaml", "--extent", "complete", "--authority", "Berlin"],
        &["communicate", "b.yaml", "--channel", "letter"],
        &["close", "b.yaml"],
    ] {
        let taken = step(home.path(), arguments);
        assert_eq!(taken.exit, 0, "{arguments:?}: {}", taken.errors);
        narrow(&taken.out);
    }
    let after = fs::read_to_string(home.path().join("b.yaml")).unwrap();
    assert!(after.starts_with(text.split("history:").next().unwrap()), "what people wrote stays: {after}");
    let early = step(home.path(), &["erase", "b.yaml"]);
    assert_eq!(early.exit, 2);
    assert!(early.errors.contains("kept until 2031-11-21"), "{}", early.errors);
    let listed = breach(home.path(), &["register", ".", "--now", "2032-01-01T00:00:00Z"]);
    assert!(listed.out.contains("Kept long enough: 2026-007"), "{}", listed.out);
    let gone = breach(home.path(), &["step", "erase", "b.yaml", "--who", "officer", "--now", "2032-01-01T00:00:00Z"]);
    assert_eq!(gone.exit, 0, "{}", gone.errors);
    let listed = breach(home.path(), &["register", "-o", "csv"]);
    assert!(listed.out.contains("erased") && !listed.out.contains("token"), "{}", listed.out);
}

#[test]
fn an_assessment_is_explained() {
    let home = clinic();
    let said = breach(home.path(), &["assess", "b.yaml"]);
    assert_eq!(said.exit, 0, "{}", said.errors);
    narrow(&said.out);
    insta::assert_snapshot!("assess", said.out);
    let json: Value = serde_json::from_str(&breach(home.path(), &["assess", "b.yaml", "-o", "json"]).out).unwrap();
    assert_eq!((&json["severity"]["score"], &json["decisions"]["risk"]), (&Value::from(5.0), &Value::from("high")));
}

#[test]
fn the_clock_alarms() {
    let home = clinic();
    let at = |now: &str| breach(home.path(), &["clock", "--now", now]);
    insta::assert_snapshot!("clock", at("2026-11-21T11:00:00Z").out);
    let exits = ["2026-11-20T11:00:00Z", "2026-11-23T04:19:00Z", "2026-11-23T04:20:00Z", "2026-11-24T00:00:00Z"]
        .map(|now| at(now).exit);
    assert_eq!(exits, [0, 0, 1, 1]);
    assert!(at("2026-11-24T00:00:00Z").out.contains("late"), "{}", at("2026-11-24T00:00:00Z").out);
    let json: Value = serde_json::from_str(&breach(home.path(), &["clock", "--now", NOW, "-o", "json"]).out).unwrap();
    assert_eq!((&json[0]["alarm"], &json[0]["due"]), (&Value::from(24), &Value::from("2026-11-23T10:20:00Z")));
    step(home.path(), &["notify", "b.yaml", "--extent", "initial"]);
    assert_eq!(at("2026-11-24T00:00:00Z").exit, 0, "an authority that was told is told");
}

#[test]
fn drafts_go_where_they_are_asked_to() {
    let home = clinic();
    let drafted =
        breach(home.path(), &["draft", "b.yaml", "notification", "-o", "md=n.md", "-o", "json", "--now", NOW]);
    assert_eq!((drafted.exit, drafted.errors.as_str()), (0, ""));
    let json: Value = serde_json::from_str(&drafted.out).unwrap();
    assert_eq!(json["people"], 12_400);
    assert!(fs::read_to_string(home.path().join("n.md")).unwrap().starts_with("# Notification"));
    fs::write(home.path().join("b.yaml"), CLINIC.replace("    records: 31000\n", "")).unwrap();
    let blank = breach(home.path(), &["draft", "b.yaml", "notification"]);
    assert!(blank.errors.contains("to be completed: spec.affected.records"), "{}", blank.errors);
    assert!(breach(home.path(), &["draft", "b.yaml", "message", "-o", "pdf"]).errors.contains("pdf=FILE"));
}

#[cfg(feature = "pdf")]
#[test]
fn drafts_are_pages_too() {
    let home = clinic();
    for kind in ["notification", "message", "record"] {
        let drafted = breach(home.path(), &["draft", "b.yaml", kind, "-o", "pdf=d.pdf", "--now", NOW]);
        assert_eq!(drafted.exit, 0, "{}", drafted.errors);
        let once = fs::read(home.path().join("d.pdf")).unwrap();
        assert!(once.starts_with(b"%PDF-"));
        breach(home.path(), &["draft", "b.yaml", kind, "-o", "pdf=d.pdf", "--now", NOW]);
        assert_eq!(fs::read(home.path().join("d.pdf")).unwrap(), once, "the same bytes");
    }
}

#[cfg(not(feature = "pdf"))]
#[test]
fn a_program_without_pdf_says_so() {
    let home = clinic();
    let refused = breach(home.path(), &["draft", "b.yaml", "record", "-o", "pdf=d.pdf"]);
    assert_eq!(refused.exit, 2);
    assert!(
        refused.errors.contains("built without PDF") && refused.errors.contains("--features pdf"),
        "{}",
        refused.errors
    );
    assert!(!home.path().join("d.pdf").exists());
}

#[test]
fn what_it_refuses_it_refuses_with_place_cause_and_way_out() {
    let home = folder(&[
        ("b.yaml", CLINIC),
        ("word.yaml", &CLINIC.replace("cause: attack", "cause: Erika Mustermann")),
        (
            "points.yaml",
            &CLINIC.replace("  keepFor: P5Y\n", "  severity: {overrides: [{factor: context, points: 9, reason: x}]}\n"),
        ),
        ("text.yaml", "kind: Breach\n"),
    ]);
    let cases: [(&[&str], &str, &str); 7] = [
        (&["assess", "word.yaml"], "word.yaml:32:", "breach.v1alpha1.json"),
        (
            &["assess", "points.yaml"],
            "spec.severity.overrides[0].points: the method knows no such points",
            "one of 1, 2, 3, 4",
        ),
        (&["assess", "text.yaml"], "text.yaml", "breach.v1alpha1.json"),
        (&["assess", "none.yaml"], "none.yaml", "docs/breach.md"),
        (&["step", "close", "b.yaml", "--who", "x", "--now", NOW], "it cannot be closed", "do what is left first"),
        (&["step", "note", "b.yaml", "--who", "x", "--now", NOW], "note without a reason", "say what is noted"),
        (
            &["new", "1", "--reason", "x", "--who", "y", "--store", "patients-bd", "--from", "."],
            "no PersonalDataStore is called",
            "names no store",
        ),
    ];
    for (arguments, cause, help) in cases {
        let refused = breach(home.path(), arguments);
        assert_eq!(refused.exit, 2, "{arguments:?}");
        assert!(refused.errors.contains(cause) && refused.errors.contains(help), "{arguments:?}: {}", refused.errors);
        assert!(!refused.errors.contains("Erika"), "{}", refused.errors);
    }
    // A list tells what it could not read, and lists the rest.
    let listed = breach(home.path(), &["register"]);
    assert_eq!(listed.exit, 2);
    assert!(
        listed.out.contains("2026-001") && listed.errors.contains("points.yaml"),
        "{}{}",
        listed.out,
        listed.errors
    );
    narrow(&listed.out);
}
