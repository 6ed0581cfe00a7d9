//! Policies before a real Envoy: what a DlpPolicy says happens, and the finding names no value.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use cloister_dlp::Knowledge;
use cloister_e2e_envoy::{Backend, Bodies, Proxy, send, serve};
use cloister_extproc::{ExternalProcessor, Office};
use cloister_inventory::{Inputs, Inventory};
use cloister_source::{Request, read};

/// Invented.
const BODY: &str =
    r#"{"patient": "Jana Novotná", "email": "jana.novotna@klinika-brno.cz", "iban": "DE67200411330739214587"}"#;
const VALUES: [&str; 3] = ["jana.novotna", "DE672004113307", "Novotn"];

fn knowledge(folder: &Path, policy: &str) -> Knowledge {
    let text =
        format!("apiVersion: cloister.dev/v1alpha1\nkind: DlpPolicy\nmetadata: {{name: gate}}\nspec:\n{policy}\n");
    std::fs::write(folder.join("policy.yaml"), text).unwrap();
    let read = read(&Request { targets: vec![folder.to_owned()], ..Request::default() }, &|_| ());
    assert_eq!(read.diagnostics, []);
    let (knowledge, diagnostics) =
        Knowledge::of(&Inventory::new(read.resources, Inputs { files: true, ..Inputs::default() }));
    assert_eq!(diagnostics, []);
    knowledge
}

fn post() -> Vec<u8> {
    format!(
        "POST /visits HTTP/1.1\r\nHost: collector.example.com\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    )
    .into_bytes()
}

#[test]
fn a_policy_redacts_then_blocks_and_the_findings_name_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let redact = "  action: redact\n  categories:\n    - {category: email-address}\n    - {category: bank-details}\n";
    let clock = || 1_764_000_000_000_000;
    let office = Arc::new(Office::new(knowledge(folder.path(), redact), clock, false));
    let backend =
        Backend::start(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok".to_vec()).unwrap();
    let guards = Arc::clone(&office);
    let (_runtime, processor) = serve(ExternalProcessor::new(move || guards.guard())).unwrap();
    let proxy = Proxy::start(backend.address, Some(processor), Bodies::FullDuplex).unwrap();

    assert_eq!(send(proxy.address, &[&post()]).unwrap().status, 200);
    let heard = backend.take();
    let text = String::from_utf8_lossy(&heard[0].body).into_owned();
    assert!(!text.contains("jana") && !text.contains("DE6720"), "{text}");
    let findings = office.changed();
    assert!(!findings.is_empty());
    let told = serde_json::to_string(&findings).unwrap();
    assert!(VALUES.iter().all(|value| !told.contains(value)), "a finding names a value");
    assert!(told.contains("\"action\":\"redact\"") && told.contains("email-address"), "{told}");

    // A policy that changes holds for the next exchange.
    office.learn(knowledge(folder.path(), "  action: block\n  categories:\n    - {category: bank-details}\n"));
    assert_eq!(send(proxy.address, &[&post()]).unwrap().status, 403);
    assert_eq!(backend.take(), []);

    // What is encrypted on its way, and goes to nobody it should not, may pass.
    let allowed = "  action: block\n  categories:\n    - {category: genetic}\n";
    office.learn(knowledge(folder.path(), allowed));
    assert_eq!(send(proxy.address, &[&post()]).unwrap().status, 200);
    assert_eq!(backend.take()[0].body, BODY.as_bytes());
    assert_eq!(office.undone().map(|(_, count)| count).sum::<u64>(), 0);
}
