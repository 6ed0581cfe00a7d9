//! The head of a message: what it says of the exchange, and what stands in it.

use std::collections::HashMap;

use bytes::Bytes;
use cloister_dlp::{At, Recognised, Where, unescaped};
use prost_types::Struct;
use prost_types::value::Kind;

use crate::body::{self, Judge, Onward};
use crate::guard::{Direction, Guard, Passage, Setting};
use crate::parts;
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

/// Takes what a head says of the exchange.
pub fn passage(direction: Direction, fields: &[HeaderValue], passage: &mut Passage) {
    (passage.media, passage.boundary, passage.coding) = Default::default();
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
                passage.boundary = parts::boundary(value(field));
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
    let setting = guard.setting();
    for field in fields.iter().filter(|field| !TECHNICAL.contains(&field.key.as_str())) {
        let mut judge = |recognised: &mut Recognised| guard.judge(direction, passage, recognised);
        let (changed, way) = match field.key.as_str() {
            ":path" => url(&setting, value(field), &mut judge),
            name => body::field(&setting, &at(Where::Header, name), value(field), &mut judge),
        };
        if way == Onward::No {
            onward = way;
        }
        changes.set_headers.extend(changed.map(|raw| replaced(&field.key, raw)));
    }
    ((!changes.set_headers.is_empty()).then_some(changes), onward)
}

fn at(place: Where, field: &str) -> At<'_> {
    At { place, field, media: "", raw: true }
}

/// The path, and each parameter of the query by its name.
fn url(setting: &Setting, target: &[u8], judge: &mut Judge<'_>) -> (Option<Vec<u8>>, Onward) {
    let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let (path, query) = target.split_at(end);
    let (changed, mut onward) = body::field(setting, &at(Where::Path, ""), path, judge);
    let mut url = changed.unwrap_or_else(|| path.to_vec());
    for (number, parameter) in
        query.strip_prefix(b"?").into_iter().flat_map(|it| it.split(|byte| *byte == b'&')).enumerate()
    {
        url.push(if number == 0 { b'?' } else { b'&' });
        let name_end = parameter.iter().position(|byte| *byte == b'=').map_or(0, |at| at + 1);
        let (name, raw) = parameter.split_at(name_end);
        url.extend_from_slice(name);
        let (changed, way) = parameter_value(setting, name.strip_suffix(b"=").unwrap_or_default(), raw, judge);
        url.extend_from_slice(changed.as_deref().unwrap_or(raw));
        if way == Onward::No {
            onward = way;
        }
    }
    ((url != target).then_some(url), onward)
}

/// What was escaped is read without, and overwritten as a whole.
fn parameter_value(setting: &Setting, name: &[u8], raw: &[u8], judge: &mut Judge<'_>) -> (Option<Vec<u8>>, Onward) {
    let (name, plain) = (unescaped(name), unescaped(raw));
    let (changed, onward) = body::field(setting, &at(Where::Query, &name), plain.as_bytes(), judge);
    let changed = changed.map(|changed| if plain.as_bytes() == raw { changed } else { vec![b'*'; raw.len()] });
    (changed, onward)
}

fn replaced(name: &str, raw: Vec<u8>) -> HeaderValueOption {
    let header = HeaderValue { key: name.to_owned(), value: String::new(), raw_value: Bytes::from(raw) };
    HeaderValueOption { header: Some(header), append_action: OVERWRITE }
}

fn value(field: &HeaderValue) -> &[u8] {
    if field.raw_value.is_empty() { field.value.as_bytes() } else { &field.raw_value }
}
