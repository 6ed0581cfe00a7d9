//! `cloister dlp try`: what it says of a recording, and what it never says.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

#[path = "../../cloister-dpi/tests/support/mod.rs"]
mod packets;
#[path = "../../cloister-dlp/tests/support/manifests.rs"]
mod pods;
mod support;

use std::fs;
use std::path::Path;

use cloister_dlp::document::Finding;
use packets::{Says, connection, end, iban, json_response, pcap};
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::cloister;
use support::schema::{keeps_to, plain};

const POLICY: &str = "selector: {namespaces: [clinic]}\ndirections: [egress]\naction: block\n\
                      categories: [{category: financial}]\nfindings: [purpose-crossed]";

/// A folder with a recording, a policy, and the addresses of pods.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let answer = json_response(&format!("{{\"name\": \"Jana Nova\", \"iban\": \"{}\"}}", iban(5_501)));
    let frames = connection(
        end("10.244.0.9", 40_000),
        end("10.244.0.5", 8080),
        &[(Says::Client, b"GET /v1/accounts HTTP/1.1\r\nHost: api\r\n\r\n"), (Says::Server, &answer)],
    );
    fs::write(folder.path().join("leak.pcap"), pcap(&frames)).unwrap();
    fs::write(folder.path().join("policy.yaml"), pods::policy(POLICY)).unwrap();
    fs::write(folder.path().join("pods.yaml"), pods::pods()).unwrap();
    folder
}

fn tried(folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let clinic = pods::root().join("examples/clinic");
    let mut command = cloister();
    command.current_dir(folder).args([
        "dlp",
        "try",
        "leak.pcap",
        "--policy",
        "policy.yaml",
        "--inventory",
        "pods.yaml",
    ]);
    let output = command.arg("--inventory").arg(clinic).args(more).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_person_reads_what_would_happen() {
    let folder = folder();
    let (code, text, errors) = tried(folder.path(), &[]);
    assert_eq!(code, Some(1), "{text}{errors}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!(text);
    assert!(!text.contains(&iban(5_501)) && !text.contains("Jana"));
}

#[test]
fn what_passes_is_told_with_its_reason() {
    let folder = folder();
    let known = "action: block\ncategories: [{category: financial}]\ndetection:\n  allow: [{reason: our own account, patterns: ['DE.*']}]";
    fs::write(folder.path().join("policy.yaml"), pods::policy(known)).unwrap();
    let (code, text, errors) = tried(folder.path(), &[]);
    assert_eq!(code, Some(0), "{text}{errors}");
    assert!(text.contains("bank details, 1 value: known to it: our own account"), "{text}");
    assert!(text.contains("name, 1 value: it names other data"), "{text}");
    assert!(!text.contains(&iban(5_501)));
    fs::write(folder.path().join("learnt"), "something else\n").unwrap();
    let (code, _, errors) = tried(folder.path(), &["--baselines", "learnt"]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("learnt: this is no file of baselines"), "{errors}");
}

#[test]
fn a_program_reads_lines_of_the_published_schema() {
    let folder = folder();
    let (code, text, errors) = tried(folder.path(), &["-o", "json"]);
    assert_eq!(code, Some(1), "{errors}");
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Finding>();
    let schema = plain(schema.to_value());
    for line in text.lines() {
        keeps_to(&serde_json::from_str::<Value>(line).unwrap(), &schema);
    }
    assert_eq!(text.lines().count(), 1, "{text}");
    assert_eq!(tried(folder.path(), &["--fail-on", "never"]).0, Some(0));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let folder = folder();
    fs::write(folder.path().join("policy.yaml"), pods::policy("action: blok")).unwrap();
    let (code, _, errors) = tried(folder.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("policy.yaml:5:11: DlpPolicy test: spec.action is \"blok\""), "{errors}");
    assert!(errors.contains("did you mean block?"), "{errors}");
    fs::write(folder.path().join("policy.yaml"), "kind: Pod\napiVersion: v1\nmetadata: {name: a}\n").unwrap();
    let (code, _, errors) = tried(folder.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("no DlpPolicy is in what --policy names"), "{errors}");
}

#[test]
fn recordings_that_are_none_or_end_early_are_told() {
    let folder = folder();
    let whole = fs::read(folder.path().join("leak.pcap")).unwrap();
    fs::write(folder.path().join("leak.pcap"), &whole[..whole.len() - 7]).unwrap();
    let (code, text, errors) = tried(folder.path(), &[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("leak.pcap: it ends within a packet") && text.contains("purpose-crossed"), "{errors}");
    for broken in [&b""[..], b"GIF89a and no recording"] {
        fs::write(folder.path().join("leak.pcap"), broken).unwrap();
        let (code, _, errors) = tried(folder.path(), &[]);
        assert_eq!(code, Some(2));
        assert!(errors.contains("leak.pcap cannot be read: this is neither a pcap nor a pcapng file"), "{errors}");
    }
}
