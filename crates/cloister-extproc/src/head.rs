//! The head of a message: what it says of the exchange, and what stands in it.

use std::collections::HashMap;

use bytes::Bytes;
use prost_types::Struct;
use prost_types::value::Kind;

use crate::body::{Body, Fate, Onward};
use crate::guard::{Direction, Guard, Passage, Spot};
use crate::wire::{HeaderMutation, HeaderValue, HeaderValueOption, OVERWRITE};

/// Fields that say how the message is sent, with nothing of a person in them.
const TECHNICAL: &[&str] = &[
    ":authority",
    ":method",
    ":scheme",
    ":status",
    "accept",
    "accept-encoding",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "host",
    "server",
    "transfer-encoding",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-upstream-service-time",
    "x-forwarded-proto",
    "x-request-id",
];

/// Media whose bytes are no text: searching them would find what is not there.
pub fn is_no_text(media: &str) -> bool {
    ["image/", "audio/", "video/", "font/"].iter().any(|kind| media.starts_with(kind)) && media != "image/svg+xml"
}

/// Takes what a head says of the exchange.
pub fn passage(direction: Direction, fields: &[HeaderValue], passage: &mut Passage) {
    (passage.media, passage.coding) = Default::default();
    for field in fields {
        let text = || String::from_utf8_lossy(value(field)).into_owned();
        match field.key.as_str() {
            ":authority" if direction == Direction::Request => passage.host = text(),
            ":method" if direction == Direction::Request => passage.method = text(),
            ":path" if direction == Direction::Request => {
                passage.path = text().split('?').next().unwrap_or_default().to_owned();
            }
            "content-type" => {
                passage.media = text().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            }
            "content-encoding" => {
                let coding = text().trim().to_ascii_lowercase();
                passage.coding = if coding == "identity" { String::new() } else { coding };
            }
            _ => {}
        }
    }
}

/// Takes what Envoy tells of the connection.
pub fn attributes(told: &HashMap<String, Struct>, passage: &mut Passage) {
    for (name, value) in told.values().flat_map(|of_filter| &of_filter.fields) {
        let Some(Kind::StringValue(text)) = &value.kind else { continue };
        match name.as_str() {
            "source.address" => passage.source.clone_from(text),
            "connection.tls_version" => passage.encrypted = !text.is_empty(),
            "destination.address" => passage.destination.clone_from(text),
            _ => {}
        }
    }
}

/// Judges what stands in the fields; says how they change.
pub fn judge(
    direction: Direction,
    passage: &Passage,
    fields: &[HeaderValue],
    guard: &mut dyn Guard,
) -> (Option<HeaderMutation>, Onward) {
    let mut changes = HeaderMutation::default();
    let mut onward = Onward::Yes;
    for field in fields.iter().filter(|field| !TECHNICAL.contains(&field.key.as_str())) {
        let (name, spot) =
            if field.key == ":path" { ("", Spot::Url) } else { (field.key.as_str(), Spot::Header(&field.key)) };
        let mut judge = |detection: &_, value: &[u8]| guard.judge(direction, passage, spot, detection, value);
        let (changed, way) = search(name, value(field), &mut judge);
        if way == Onward::No {
            onward = way;
        }
        changes.set_headers.extend(changed.map(|raw| replaced(&field.key, raw)));
    }
    ((!changes.set_headers.is_empty()).then_some(changes), onward)
}

fn search(
    name: &str,
    value: &[u8],
    judge: &mut dyn FnMut(&cloister_detect::Detection, &[u8]) -> Fate,
) -> (Option<Vec<u8>>, Onward) {
    let mut field = Body::new(name);
    let mut out = Vec::new();
    let first = field.push(value, judge, &mut out);
    let last = field.finish(judge, &mut out);
    ((out != value).then_some(out), if first == Onward::No { first } else { last })
}

fn replaced(name: &str, raw: Vec<u8>) -> HeaderValueOption {
    let header = HeaderValue { key: name.to_owned(), value: String::new(), raw_value: Bytes::from(raw) };
    HeaderValueOption { header: Some(header), append_action: OVERWRITE }
}

fn value(field: &HeaderValue) -> &[u8] {
    if field.raw_value.is_empty() { field.value.as_bytes() } else { &field.raw_value }
}
