//! Bodies that are packed by gzip, as shippers and agents send them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::ingest::{list, shell};
use super::{Trial, report, token};
use crate::Limits;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const GZIP: (&str, &str) = ("Content-Encoding", "gzip");

fn packed(text: &[u8]) -> Vec<u8> {
    let mut to = GzEncoder::new(Vec::new(), Compression::default());
    to.write_all(text).unwrap();
    to.finish().unwrap()
}

/// As Fluent Bit's output `http` sends it with `compress gzip` and `format json`.
#[test]
fn a_shipper_packs_its_events() {
    let trial = Trial::new();
    let bearer = format!("Bearer {}", token("shop"));
    let agent = ("User-Agent", "Fluent-Bit");
    let events = Value::from(vec![shell("one", "mila", 1), shell("two", "mila", 2)]).to_string();
    let send =
        |path: &str, body: &[u8], coding| trial.send(path, &[("Authorization", &bearer), agent, JSON, coding], body);
    let path = "/api/v1/sources/shop/audit-events";
    let reply = send(path, &packed(events.as_bytes()), GZIP);
    assert_eq!(reply.status, 200, "{reply:?}");
    let took: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(took["taken"], 2, "{took}");
    let lines = format!("{}\n{}\n", shell("three", "mila", 3), shell("four", "mila", 4));
    assert_eq!(send(path, &packed(lines.as_bytes()), GZIP).status, 200);
    let webhook = list(&[shell("five", "mila", 5)]);
    assert_eq!(send("/api/v1/sources/shop/audit-webhook", &packed(webhook.as_bytes()), GZIP).status, 200);
    send(path, events.as_bytes(), GZIP).problem(400);
    let told = send(path, events.as_bytes(), ("Content-Encoding", "zstd")).problem(415);
    assert!(told["detail"].as_str().unwrap().contains("gzip"), "{told}");
}

#[test]
fn an_agent_packs_its_assessment_and_limits_count_after_unpacking() {
    let text = report::json();
    let limits = Limits { report: text.len(), events: 5000, ..Limits::default() };
    let trial = Trial::with(limits);
    let bearer = format!("Bearer {}", token("agent"));
    let send = |path: &str, body: &[u8]| trial.send(path, &[("Authorization", &bearer), JSON, GZIP], body);
    let path = "/api/v1/sources/agent/assessments";
    assert_eq!(send(path, &packed(text.as_bytes())).status, 201);
    send(path, &packed(format!("{text} ").as_bytes())).problem(413);
    // A bomb of a hundred million bytes, in a hundred thousand.
    let bomb = packed(&vec![b' '; 100_000_000]);
    send("/api/v1/sources/agent/audit-events", &bomb).problem(413);
    send(path, &bomb).problem(413);
    assert_eq!(trial.ask("GET", "/health", &[], "").status, 200);
}
