//! Numbers for Prometheus, at `/metrics`, in the text format of OpenMetrics. No name in them was chosen by a peer.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::shared::{Numbers, Shared};

/// How long a reader may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Who has looked for no frame for so long hangs.
const STILL: Duration = Duration::from_secs(20);
/// The longest head of a request.
const HEAD: usize = 8 << 10;

type Labels = Vec<(&'static str, String)>;

/// Answers one after the other.
pub fn serve(listener: &TcpListener, shared: &Shared) {
    for stream in listener.incoming().flatten() {
        // Who does not read or write in time is left.
        let _ = answer(stream, shared);
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while head.len() < HEAD && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece)? {
            0 => break,
            read => head.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let (status, body) = match line {
        b"GET /metrics HTTP/1.1" | b"GET /metrics HTTP/1.0" => ("200 OK", text(&shared.numbers())),
        b"GET /healthz HTTP/1.1" | b"GET /healthz HTTP/1.0" => health(&shared.numbers()),
        _ => ("404 Not Found", "there is /metrics and /healthz\n".to_owned()),
    };
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

/// Whether the sensor that serves its metrics here says that it is well.
pub fn is_well(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: sensor\r\n\r\n")?;
        let mut line = [0; 12];
        stream.read_exact(&mut line)?;
        Ok(&line == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// Whether frames are looked for: the capture says something several times a second, also when nothing passes.
fn health(numbers: &Numbers) -> (&'static str, String) {
    match numbers.alive {
        Some(last) if last.elapsed() > STILL => {
            ("503 Service Unavailable", "the capture has said nothing for a while\n".to_owned())
        }
        _ => ("200 OK", "ok\n".to_owned()),
    }
}

/// All of them.
pub fn text(numbers: &Numbers) -> String {
    let mut registry = Registry::with_prefix("cloister_sensor");
    let statistics = &numbers.statistics;
    counters(
        &mut registry,
        "packets",
        "What was seen of packets, and dropped for which reason",
        "what",
        numbers.packets.each(),
    );
    let capture = numbers.capture;
    let dropped = [
        ("captured", capture.received),
        ("dropped", capture.dropped),
        ("dropped_by_interface", capture.dropped_by_interface),
    ];
    counters(&mut registry, "capture_frames", "Frames by what became of them in the capture", "outcome", dropped);
    let streams = [("read", statistics.bytes), ("lost", statistics.lost)];
    counters(&mut registry, "stream_bytes", "Bytes of streams, and those that were not seen", "outcome", streams);
    counters(&mut registry, "messages", "Messages", "protocol", statistics.messages_by_name());
    let values = statistics.values.iter().map(|(category, count)| (category.as_str(), *count));
    counters(&mut registry, "values", "Values that were recognised", "category", values);
    let specimens = [("specimen", statistics.specimens)];
    counters(&mut registry, "left_out", "Values that are no finding", "why", specimens);
    let unsearched = statistics.unsearched.iter().map(|(why, count)| (why.as_str(), *count));
    counters(&mut registry, "unsearched_bodies", "Bodies that could not be searched", "why", unsearched);
    let unwritten = numbers.unwritten.iter().copied();
    counters(&mut registry, "unwritten_findings", "Findings that a writer did not take in time", "writer", unwritten);
    let forgotten = [("room", numbers.forgotten)];
    counters(&mut registry, "forgotten_findings", "Findings that had to make room", "why", forgotten);
    troubles(&mut registry, numbers);
    findings(&mut registry, numbers);
    let gauges = [
        ("open_flows", "Flows that are open", statistics.open),
        ("held_bytes", "Bytes that are held for what is missing or open", numbers.held as u64),
        ("policies", "Policies in force", numbers.policies as u64),
        ("unwatched_kinds", "Kinds of the API server that are not followed now", numbers.unwatched),
    ];
    for (name, help, value) in gauges {
        let gauge = Gauge::<i64>::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    }
    let mut text = String::new();
    let _ = encode(&mut text, &registry);
    text
}

fn counters<'a>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    label: &'static str,
    numbers: impl IntoIterator<Item = (&'a str, u64)>,
) {
    let family = Family::<Labels, Counter>::default();
    for (value, count) in numbers {
        family.get_or_create(&vec![(label, value.to_owned())]).inc_by(count);
    }
    registry.register(name, help, family);
}

fn troubles(registry: &mut Registry, numbers: &Numbers) {
    let family = Family::<Labels, Counter>::default();
    for (protocol, trouble, count) in numbers.statistics.troubles_by_name() {
        let labels = vec![("protocol", protocol.to_owned()), ("trouble", trouble.to_owned())];
        family.get_or_create(&labels).inc_by(count);
    }
    registry.register("troubles", "What went wrong in messages", family);
}

fn findings(registry: &mut Registry, numbers: &Numbers) {
    let mut by: BTreeMap<Labels, i64> = BTreeMap::new();
    for finding in &numbers.findings {
        let labels = vec![
            ("finding", finding.finding.to_owned()),
            ("category", finding.category.to_owned()),
            ("severity", finding.severity.as_str().to_owned()),
            ("action", finding.action.to_owned()),
        ];
        *by.entry(labels).or_default() += 1;
    }
    let family = Family::<Labels, Gauge>::default();
    for (labels, count) in by {
        family.get_or_create(&labels).set(count);
    }
    registry.register("findings", "Leaks that are known", family);
}
