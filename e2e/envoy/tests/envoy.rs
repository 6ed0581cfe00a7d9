//! Exchanges through a real Envoy: what the server hears, what the client gets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::{Arc, Mutex};

use cloister_detect::Category;
use cloister_dlp::{Recognised, Where};
use cloister_e2e_envoy::{Backend, Bodies, Proxy, Reply, send, serve};
use cloister_extproc::{Direction, ExternalProcessor, Fate, Guard, Passage, Undone};

/// Invented people.
const BODY: &str = r#"{"patient": {"email": "jana.novotna@klinika-brno.cz", "card": 4539578763621486}, "iban": "DE89370400440532013000"}"#;
const VALUES: [&str; 3] = ["jana.novotna", "4539578763621486", "DE8937040044"];

/// Which way, what, and from where.
type Sight = (Direction, &'static str, String);

#[derive(Clone)]
struct Rules {
    request: Fate,
    response: Fate,
    seen: Arc<Mutex<Vec<Sight>>>,
}

impl Guard for Rules {
    fn judge(&mut self, direction: Direction, passage: &Passage, recognised: &mut Recognised) -> Fate {
        assert!(recognised.place != Where::Header, "nothing of anybody stands in the heads of these tests");
        let detection = recognised.detection();
        if detection.category == Category::DeviceData {
            return Fate::Pass;
        }
        self.seen.lock().unwrap().push((direction, detection.kind, passage.source.clone()));
        self.worst(direction, passage)
    }

    fn worst(&self, direction: Direction, _: &Passage) -> Fate {
        match direction {
            Direction::Request => self.request,
            Direction::Response => self.response,
        }
    }

    fn undone(&mut self, _: Direction, _: &Passage, why: Undone) {
        // One test lets Envoy send no bodies.
        assert_eq!(why, Undone::Unseen);
    }

    fn ended(&mut self, _: Direction, _: &Passage) {}
}

fn rules(request: Fate, response: Fate) -> Rules {
    Rules { request, response, seen: Arc::default() }
}

fn guarding(rules: &Rules) -> ExternalProcessor {
    let rules = rules.clone();
    ExternalProcessor::new(move || Box::new(rules.clone()) as Box<dyn Guard>)
}

fn post(body: &[u8], fields: &str) -> Vec<u8> {
    let head = format!(
        "POST /visits HTTP/1.1\r\nHost: clinic.test\r\nContent-Type: application/json\r\n{fields}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn answer(body: &[u8], fields: &str) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// One request through Envoy; what the server heard of it.
fn exchange(rules: &Rules, bodies: Bodies, pieces: &[&[u8]], answer: Vec<u8>) -> (Reply, Vec<Vec<u8>>) {
    let backend = Backend::start(answer).unwrap();
    let (_runtime, processor) = serve(guarding(rules)).unwrap();
    let proxy = Proxy::start(backend.address, Some(processor), bodies).unwrap();
    let reply = send(proxy.address, pieces).unwrap();
    for value in VALUES {
        assert!(!proxy.log().contains(value), "Envoy's log names a value");
    }
    (reply, backend.take().into_iter().map(|request| request.body).collect())
}

fn assert_clean(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    assert_eq!(body.len(), BODY.len(), "{text}");
    assert!(VALUES.iter().all(|value| !text.contains(value)), "a value went on");
    serde_json::from_slice::<serde_json::Value>(body).unwrap();
}

#[test]
fn both_ways_are_overwritten() {
    for bodies in [Bodies::Buffered, Bodies::FullDuplex] {
        let rules = rules(Fate::Redact, Fate::Redact);
        let request = post(BODY.as_bytes(), "");
        let (first, last) = request.split_at(request.len() - 40);
        let (reply, heard) = exchange(&rules, bodies, &[first, last], answer(BODY.as_bytes(), ""));
        assert_eq!(reply.status, 200, "{bodies:?}: {}", String::from_utf8_lossy(&reply.body));
        assert_eq!(heard.len(), 1);
        assert_clean(&heard[0]);
        assert_clean(&reply.body);
        let seen = rules.seen.lock().unwrap();
        assert!(seen.iter().all(|(_, _, source)| source.starts_with("127.0.0.1:")), "{seen:?}");
        assert_eq!(seen.iter().filter(|(direction, ..)| *direction == Direction::Request).count(), 3, "{seen:?}");
    }
}

#[test]
fn what_may_pass_passes_untouched() {
    for bodies in [Bodies::None, Bodies::Buffered, Bodies::Streamed, Bodies::FullDuplex] {
        let rules = rules(Fate::Pass, Fate::Pass);
        let (reply, heard) = exchange(&rules, bodies, &[&post(BODY.as_bytes(), "")], answer(BODY.as_bytes(), ""));
        assert_eq!((reply.status, reply.body.as_slice()), (200, BODY.as_bytes()), "{bodies:?}");
        assert_eq!(heard, [BODY.as_bytes()], "{bodies:?}");
        assert_eq!(rules.seen.lock().unwrap().is_empty(), bodies == Bodies::None);
    }
}

#[test]
fn a_blocked_request_never_reaches_the_server() {
    for bodies in [Bodies::Buffered, Bodies::FullDuplex] {
        let rules = rules(Fate::Block, Fate::Pass);
        let request = post(BODY.as_bytes(), "");
        let (first, last) = request.split_at(request.len() - 40);
        let (reply, heard) = exchange(&rules, bodies, &[first, last], answer(b"{}", ""));
        assert_eq!(reply.status, 403, "{bodies:?}");
        assert!(heard.is_empty(), "{bodies:?}: the server heard {} requests", heard.len());
    }
}

#[test]
fn a_blocked_answer_never_reaches_the_client() {
    for bodies in [Bodies::Buffered, Bodies::FullDuplex] {
        let rules = rules(Fate::Pass, Fate::Block);
        let (reply, heard) = exchange(&rules, bodies, &[&post(b"{}", "")], answer(BODY.as_bytes(), ""));
        assert_eq!((reply.status, heard.len()), (502, 1), "{bodies:?}");
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(VALUES.iter().all(|value| !text.contains(value)));
    }
}

#[test]
fn a_body_with_trailers_keeps_them() {
    let chunked = |head: &str| {
        format!(
            "{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n{:x}\r\n{BODY}\r\n0\r\nx-sum: 1\r\n\r\n",
            BODY.len()
        )
    };
    let rules = rules(Fate::Redact, Fate::Redact);
    let request = chunked("POST /visits HTTP/1.1\r\nHost: clinic.test\r\nTE: trailers\r\n");
    let (reply, heard) =
        exchange(&rules, Bodies::FullDuplex, &[request.as_bytes()], chunked("HTTP/1.1 200 OK\r\n").into_bytes());
    assert_eq!(reply.status, 200);
    assert_clean(&heard[0]);
    assert_clean(&reply.body);
}

#[test]
fn a_large_body_passes_in_bounded_memory() {
    let rules = rules(Fate::Redact, Fate::Redact);
    let line = "{\"visit\": 12, \"text\": \"nothing of anybody\"}\n".repeat(100_000);
    let body = format!("{line}{BODY}\n{line}");
    let (reply, heard) =
        exchange(&rules, Bodies::FullDuplex, &[&post(body.as_bytes(), "")], answer(body.as_bytes(), ""));
    assert_eq!(reply.status, 200);
    for came in [&heard[0], &reply.body] {
        assert_eq!(came.len(), body.len());
        assert!(came.starts_with(line.as_bytes()) && came.ends_with(line.as_bytes()));
        assert_clean(came[line.len()..came.len() - line.len()].trim_ascii_end());
    }
}
