//! A policy means the same to the sensor, which reads packets, and to the external processor, which Envoy asks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "../../cloister-dlp/tests/support/mod.rs"]
mod clinic;
#[path = "../../cloister-dpi/tests/support/mod.rs"]
mod packets;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use cloister_dlp::document::Finding;
use cloister_dpi::{Inspector, Recording, Settings};
use cloister_extproc::wire::{
    BodySendMode, HeaderMap, HeaderValue, HttpBody, HttpHeaders, ProcessingRequest, ProtocolConfiguration, Told,
};
use cloister_extproc::{Exchange, Office};
use packets::{NOON, Says, connection, end, pcap};
use prost_types::value::Kind;

const API: (&str, u16) = ("10.244.0.5", 40_000);
const COLLECTOR: (&str, u16) = ("10.244.0.9", 8080);

/// A request, as both see it.
struct Asked<'a> {
    target: &'a str,
    fields: &'a [(&'a str, &'a str)],
    body: &'a [u8],
}

/// What of a finding both must say.
fn told(findings: &[Finding]) -> BTreeSet<String> {
    let one = |it: &Finding| {
        let places: BTreeSet<String> =
            it.places.iter().map(|place| format!("{} {} {}", place.within, place.name, place.count)).collect();
        format!(
            "{} {} {} {:?} {:?} {} {:?} {} {} {} {:?} {:?}",
            it.finding,
            it.policy,
            it.category,
            it.rule,
            it.confidence,
            it.values,
            places,
            it.sender.name,
            it.recipient.name,
            it.action,
            it.targets,
            it.why,
        )
    };
    findings.iter().map(one).collect()
}

fn by_sensor(policy: &str, asked: &Asked<'_>) -> BTreeSet<String> {
    let mut request = format!("POST {} HTTP/1.1\r\nHost: collector\r\n", asked.target);
    asked.fields.iter().for_each(|(name, value)| request += &format!("{name}: {value}\r\n"));
    request += &format!("Content-Length: {}\r\n\r\n", asked.body.len());
    let request = [request.as_bytes(), asked.body].concat();
    let answer = b"HTTP/1.1 204 No Content\r\n\r\n".as_slice();
    let said = [(Says::Client, &request[..]), (Says::Server, answer)];
    let frames = connection(end(API.0, API.1), end(COLLECTOR.0, COLLECTOR.1), &said);
    let mut inspector = Inspector::new(Arc::new(clinic::clinic(policy).0), &Settings::default());
    Recording::open(Cursor::new(pcap(&frames))).unwrap().replay(&mut inspector).unwrap();
    told(&inspector.findings().all())
}

fn by_processor(policy: &str, asked: &Asked<'_>, size: usize) -> BTreeSet<String> {
    let office = Arc::new(Office::new(clinic::clinic(policy).0, || u64::from(NOON) * 1_000_000, false));
    let mut exchange = Exchange::new(office.guard());
    let mut out = VecDeque::new();
    let field = |(name, value): (&str, &str)| HeaderValue {
        key: name.to_owned(),
        value: String::new(),
        raw_value: Bytes::copy_from_slice(value.as_bytes()),
    };
    let own = [(":method", "POST"), (":path", asked.target), (":authority", "collector")];
    let headers = own.into_iter().chain(asked.fields.iter().copied()).map(field).collect();
    let text = |text: String| prost_types::Value { kind: Some(Kind::StringValue(text)) };
    let attributes = prost_types::Struct {
        fields: [("source.address", API), ("destination.address", COLLECTOR)]
            .map(|(name, (address, port))| (name.to_owned(), text(format!("{address}:{port}"))))
            .into(),
    };
    let mode = BodySendMode::FullDuplexStreamed as i32;
    let head = ProcessingRequest {
        told: Some(Told::RequestHeaders(HttpHeaders { headers: Some(HeaderMap { headers }), end_of_stream: false })),
        attributes: HashMap::from([("filter".to_owned(), attributes)]),
        protocol_config: Some(ProtocolConfiguration { request_body_mode: mode, response_body_mode: mode }),
        ..ProcessingRequest::default()
    };
    exchange.on(head, &mut out);
    let pieces = asked.body.chunks(size);
    let last = pieces.len();
    for (number, bytes) in pieces.enumerate() {
        let piece = HttpBody { body: Bytes::copy_from_slice(bytes), end_of_stream: number + 1 == last };
        exchange.on(ProcessingRequest { told: Some(Told::RequestBody(piece)), ..Default::default() }, &mut out);
    }
    drop(exchange);
    told(&office.findings())
}

/// A form with a field, a JSON, a table and a picture.
const FORM: &[u8] = b"--x y\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\njana.novotna@klinika-brno.cz\r\n--x y\r\n\
    Content-Disposition: form-data; name=data\r\nContent-Type: application/json\r\n\r\n\
    {\"payers\": [{\"iban\": \"DE67200411330739214587\"}, {\"email\": \"jana.novotna@klinika.cz\"}]}\r\n--x y\r\n\
    Content-Disposition: form-data; name=list; filename=\"petr.dvorak@klinika-brno.cz.csv\"\r\nContent-Type: text/csv\r\n\r\n\
    number,iban,mail\n1,DE67200411330739214587,jana.novotna@klinika-brno.cz\n2,,petr@klinika-brno.cz\n\r\n--x y\r\n\
    Content-Disposition: form-data; name=photo; filename=a.png\r\nContent-Type: image/png\r\n\r\n\
    \x89PNG\r\n\x1a\n\0\0\0\rIHDR and more\r\n--x y--\r\n";

#[test]
fn sensor_and_processor_find_the_same_by_the_same_policy() {
    let everything = "action: record";
    let detection = "categories: [{category: name, confidence: never}, {category: health, count: 2}]\ndetection:\n  allow:\n  - \
                     {reason: ours, domains: [klinika.cz]}\n  rules:\n  - {name: known-payer, of: [email-address, bank-details]}\n  \
                     detectors:\n  - {name: member-number, category: health, pattern: '\\bM-(\\d{8})\\b', checksum: luhn}";
    let strict = "action: block\ncategories: [{category: financial}]";
    let json = br#"{"payers": [{"email": "jana.novotna@klinika-brno.cz", "iban": "DE67200411330739214587", "member": "M-12345674"},
        {"email": "jana.novotna@klinika.cz", "iban": "DE67200411330739214587", "member": "M-12345674"}]}"#;
    let requests = [
        Asked { target: "/pay/now", fields: &[("content-type", "application/json")], body: json },
        Asked {
            target: "/find?email=jana.novotna%40klinika-brno.cz&page=2",
            fields: &[("content-type", "text/plain"), ("x-iban", "DE67200411330739214587")],
            body: b"nothing of anybody",
        },
        Asked {
            target: "/table",
            fields: &[("content-type", "text/csv")],
            body: b"number,iban,mail\n1,DE67200411330739214587,jana.novotna@klinika-brno.cz\n2,,petr@klinika-brno.cz\n",
        },
        Asked { target: "/form", fields: &[("content-type", "multipart/form-data; boundary=\"x y\"")], body: FORM },
        Asked {
            target: "/picture",
            fields: &[("content-type", "image/png")],
            body: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and more",
        },
    ];
    for (number, spec) in [everything, detection, strict].into_iter().enumerate() {
        let policy = clinic::policy(spec);
        let mut found = 0;
        for asked in &requests {
            let sensor = by_sensor(&policy, asked);
            found += sensor.len();
            // What is blocked is not read on, and the sensor cannot block.
            let sizes = if number == 2 && asked.target == "/form" { &[usize::MAX][..] } else { &[usize::MAX, 40] };
            for &size in sizes {
                let processor = by_processor(&policy, asked, size.min(asked.body.len()));
                assert_eq!(sensor, processor, "policy {number}, {} in pieces of {size}", asked.target);
            }
        }
        assert!(found > 1, "policy {number} finds something");
    }
}
