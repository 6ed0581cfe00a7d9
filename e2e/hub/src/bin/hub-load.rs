//! The load of `cargo xtask bench hub`: makes an assessment of many findings, hands it to a hub, and asks for pages and for the
//! API at a steady rate, each request at its own time, whether or not those before were answered. Says what came of it as JSON.

#![allow(clippy::disallowed_methods)] // a load measures time

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cloister_e2e_hub::hub::Hub;
use serde_json::{Value, json};

const TOKEN: &str = "load-0123456789abcdef0123456789";
const CONNECTIONS: usize = 32;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let findings: usize = arguments.next().context("how many findings?")?.parse()?;
    let a_second: usize = arguments.next().context("how many requests a second?")?.parse()?;
    let seconds: usize = arguments.next().context("for how many seconds?")?.parse()?;
    let home = tempfile::tempdir()?;
    let tokens = home.path().join("tokens");
    std::fs::write(&tokens, format!("load admin {TOKEN}\n"))?;
    let clinic = home.path().join("empty.yaml");
    std::fs::write(&clinic, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: empty\n")?;
    let watch = clinic.to_str().context("no text")?;
    let hub =
        Hub::start(home.path(), &["--watch", watch, "--name", "own", "--tokens", tokens.to_str().context("no text")?])?;
    let host = hub.address.trim_start_matches("http://").to_owned();
    let report = report(findings).to_string();
    let begun = Instant::now();
    let mut stream = TcpStream::connect(&host)?;
    let (status, _) = ask(&mut stream, &host, "POST", "/api/v1/sources/load/assessments", report.as_bytes())?;
    ensure!(status == 201, "the report is not taken: {status}");
    let taken = begun.elapsed();
    let mut rows = Vec::new();
    for (name, paths) in loads() {
        let first = first(&host, paths)?;
        let (mut times, failed) = load(&host, paths, (a_second, seconds))?;
        times.sort();
        let at = |share: f64| {
            #[allow(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a list"
            )]
            let place = (times.len() as f64 * share) as usize;
            times.get(place.min(times.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        rows.push(json!({
            "what": name, "first": first.as_secs_f64() * 1000.0, "requests": times.len(), "failed": failed,
            "p50": at(0.5), "p99": at(0.99), "most": at(1.0),
        }));
    }
    let events = events(&host)?;
    let status = std::fs::read_to_string(format!("/proc/{}/status", hub.id()))?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map_or(0, |text| text.trim().trim_end_matches(" kB").parse().unwrap_or(0));
    println!(
        "{}",
        json!({
            "findings": findings, "aSecond": a_second, "seconds": seconds, "bytes": report.len(),
            "taken": taken.as_secs_f64() * 1000.0, "peakKiB": peak, "rows": rows, "events": events,
        })
    );
    Ok(())
}

type Load = (&'static str, &'static [&'static str]);

fn loads() -> [Load; 2] {
    [
        (
            "pages",
            &[
                "/sources/load",
                "/sources/load/findings",
                "/sources/load/findings?severity=high",
                "/sources/load/frameworks/gdpr",
                "/sources/load/namespaces",
                "/sources/load/search?q=workload-77",
                "/sources/load/findings/0000000000000042",
            ],
        ),
        (
            "API",
            &[
                "/api/v1/sources",
                "/api/v1/sources/load",
                "/api/v1/sources/load/findings",
                "/api/v1/sources/load/findings?severity=high&limit=50",
                "/api/v1/sources/load/findings/0000000000000042",
                "/api/v1/sources/load/requirements?framework=gdpr",
                "/api/v1/sources/load/namespaces",
            ],
        ),
    ]
}

/// Senders, batches of each, and events of each batch: an API server sends 400 at once.
const EVENTS: (usize, usize, usize) = (4, 25, 400);

/// Audit events as an API server sends them: how many a second are acknowledged, and how many are judged.
fn events(host: &str) -> Result<Value> {
    let (senders, batches, size) = EVENTS;
    let (begun, all) = (Instant::now(), senders * batches * size);
    let threads: Vec<_> = (0..senders)
        .map(|sender| {
            let host = host.to_owned();
            std::thread::spawn(move || -> Result<()> {
                let mut stream = TcpStream::connect(&host)?;
                for batch in 0..batches {
                    let items: Vec<Value> = (0..size).map(|at| event((sender * batches + batch) * size + at)).collect();
                    let body =
                        json!({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": items}).to_string();
                    let path = "/api/v1/sources/load/audit-webhook";
                    let (status, _) = ask(&mut stream, &host, "POST", path, body.as_bytes())?;
                    ensure!(status == 200, "events are not taken: {status}");
                }
                Ok(())
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| anyhow::anyhow!("a sender ended by a fault"))??;
    }
    let acknowledged = begun.elapsed();
    let mut stream = TcpStream::connect(host)?;
    while waiting(&mut stream, host)? {
        ensure!(begun.elapsed() < Duration::from_secs(600), "events wait for ever");
        std::thread::sleep(Duration::from_millis(50));
    }
    let judged = begun.elapsed();
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    let rate = |time: Duration| all as f64 / time.as_secs_f64();
    Ok(json!({"count": all, "acknowledged": rate(acknowledged), "judged": rate(judged)}))
}

/// Whether events wait to be judged, or for what the judge remembers of them to be saved.
fn waiting(stream: &mut TcpStream, host: &str) -> Result<bool> {
    let (status, numbers) = asked(stream, host, "GET", "/metrics", b"")?;
    ensure!(status == 200, "numbers are not told: {status}");
    let line = "cloister_hub_queued{queue=\"events\"} ";
    let waits = numbers.lines().find_map(|one| one.strip_prefix(line)?.parse::<f64>().ok());
    Ok(waits.context("the queue is not told")? > 0.0)
}

/// Mostly what goes on in a cluster all the time, and now and then what somebody should know of.
fn event(number: usize) -> Value {
    let (verb, resource, below) = match number % 1000 {
        0 => ("create", "pods", "exec"),
        1 => ("get", "secrets", ""),
        at if at % 2 == 0 => ("update", "leases", ""),
        _ => ("get", "pods", ""),
    };
    let (namespace, time) = (
        format!("ns-{}", number % 40),
        format!("2026-11-26T12:{:02}:{:02}.{:06}Z", number / 60 % 60, number % 60, number),
    );
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": format!("load-{number}"),
        "stage": "ResponseComplete", "verb": verb, "requestURI": format!("/api/v1/namespaces/{namespace}/{resource}/one-{number}"),
        "user": {"username": format!("user-{}", number % 50), "groups": ["system:authenticated"]},
        "sourceIPs": ["192.0.2.7"], "userAgent": "kubectl/v1.37.0", "requestReceivedTimestamp": time, "stageTimestamp": time,
        "objectRef": {"resource": resource, "subresource": below, "namespace": namespace, "name": format!("one-{number}"), "apiVersion": "v1"},
        "responseStatus": {"code": 200}, "annotations": {"authorization.k8s.io/decision": "allow"},
    })
}

/// How long the slowest of the first answers takes.
fn first(host: &str, paths: &[&str]) -> Result<Duration> {
    let mut stream = TcpStream::connect(host)?;
    let mut most = Duration::ZERO;
    for path in paths {
        let begun = Instant::now();
        let (status, _) = ask(&mut stream, host, "GET", path, b"")?;
        ensure!(status == 200, "{path}: {status}");
        most = most.max(begun.elapsed());
    }
    Ok(most)
}

/// Every request has its time; who comes late to it counts the waiting, too.
fn load(
    host: &str,
    paths: &'static [&'static str],
    (a_second, seconds): (usize, usize),
) -> Result<(Vec<Duration>, usize)> {
    let (next, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let times = Arc::new(Mutex::new(Vec::new()));
    let (begun, all) = (Instant::now() + Duration::from_millis(100), a_second * seconds);
    let mut threads = Vec::new();
    for _ in 0..CONNECTIONS {
        let (next, failed, times, host) = (next.clone(), failed.clone(), times.clone(), host.to_owned());
        threads.push(std::thread::spawn(move || -> Result<()> {
            let mut stream = TcpStream::connect(&host)?;
            let mut own = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= all {
                    break;
                }
                let due = begun + Duration::from_micros((number as u64) * 1_000_000 / (a_second as u64));
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let path = paths.get(number % paths.len()).copied().unwrap_or("/");
                match ask(&mut stream, &host, "GET", path, b"") {
                    Ok((200, _)) => own.push(due.elapsed()),
                    _ => {
                        failed.fetch_add(1, Ordering::Relaxed);
                        stream = TcpStream::connect(&host)?;
                    }
                }
            }
            if let Ok(mut times) = times.lock() {
                times.extend(own);
            }
            Ok(())
        }));
    }
    for thread in threads {
        thread.join().map_err(|_| anyhow::anyhow!("a connection ended by a fault"))??;
    }
    let times = times.lock().map(|times| times.clone()).unwrap_or_default();
    Ok((times, failed.load(Ordering::Relaxed)))
}

/// Asks, and reads the whole answer; its status and length.
fn ask(stream: &mut TcpStream, host: &str, method: &str, path: &str, body: &[u8]) -> Result<(u16, usize)> {
    asked(stream, host, method, path, body).map(|(status, text)| (status, text.len()))
}

/// The same with what was answered.
fn asked(stream: &mut TcpStream, host: &str, method: &str, path: &str, body: &[u8]) -> Result<(u16, String)> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut bytes = Vec::new();
    let mut part = [0; 65536];
    loop {
        let read = stream.read(&mut part)?;
        ensure!(read > 0, "hung up on");
        bytes.extend_from_slice(part.get(..read).unwrap_or(&[]));
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(bytes.get(..end).unwrap_or(&[])).to_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|text| text.trim().parse().ok());
        let length: usize = length.unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
            let answered = bytes.get(end + 4..).unwrap_or(&[]);
            return Ok((status, String::from_utf8_lossy(answered).into_owned()));
        }
    }
}

/// An assessment of so many findings on a fifth as many workloads.
fn report(findings: usize) -> Value {
    let severities = ["critical", "high", "medium", "low", "info"];
    let ids: Vec<String> = (0..40).map(|at| format!("{}(1)", at + 5)).collect();
    let finding = |at: usize| {
        let (workload, namespace) = (at / 5, at / 500);
        let severity = severities.get(at % 5).copied().unwrap_or("low");
        let requirements: Vec<Value> = (0..6)
            .filter_map(|of| ids.get((at % 17 + of) % ids.len()))
            .map(|id| json!({"framework": "gdpr", "id": id}))
            .collect();
        json!({
            "id": format!("{at:016}"), "check": format!("check-{}", at % 17), "severity": severity,
            "resource": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": format!("team-{namespace}"), "name": format!("workload-{workload}")},
            "container": "main", "location": {"file": format!("k8s/team-{namespace}.yaml"), "line": at % 900 + 1, "column": 9},
            "pointer": "/spec/template/spec/containers/0/securityContext", "message": format!("container \"main\" of workload {workload} lacks what check {} looks for", at % 17),
            "fix": "securityContext:\n  allowPrivilegeEscalation: false", "remediation": "Write `allowPrivilegeEscalation: false`.",
            "exposure": {"level": "special", "reason": "holds health data of patients"}, "rank": 240 - at % 200, "requirements": requirements, "accepted": null,
        })
    };
    let all: Vec<Value> = (0..findings).map(finding).collect();
    let requirement = |(at, id): (usize, &String)| {
        let of: Vec<String> = (0..findings).filter(|one| one % 40 == at).map(|one| format!("{one:016}")).collect();
        json!({"framework": "gdpr", "id": id, "title": format!("Requirement {id}"), "section": "Chapter", "status": "not-satisfied", "open": 3, "held": 1,
            "accepted": 0, "notApplicable": 0, "notEvaluated": [], "coverage": 90, "passes": 10, "findings": of, "attested": null, "question": null})
    };
    let requirements: Vec<Value> = ids.iter().enumerate().map(requirement).collect();
    let checks: Vec<Value> = (0..17).map(|at| json!({"name": format!("check-{at}"), "title": "a check", "family": "pod_security", "severity": "high", "examined": findings, "failed": findings / 17, "notEvaluated": null})).collect();
    json!({
        "generator": "cloister", "version": "0.1.0", "assessedAt": "2026-11-26T12:00:00Z",
        "subject": {"targets": ["load"], "title": "load", "files": 100, "rendered": 0, "otherDocuments": 0, "resources": findings / 5, "workloads": findings / 5,
            "workloadsWithPersonalData": 10, "workloadsWithSpecialData": 5, "register": true},
        "summary": {"open": {"critical": findings / 5, "high": findings / 5, "medium": findings / 5, "low": findings / 5, "info": findings / 5},
            "openTotal": findings, "openPlaces": findings, "accepted": 0, "unreadable": 0, "failOn": "high", "overThreshold": 1},
        "advice": [], "findings": all, "frameworks": [{"name": "gdpr", "title": "GDPR", "version": "2016/679", "satisfied": 0, "notSatisfied": 40, "notEvaluated": 0, "attested": 0}],
        "requirements": requirements, "checks": checks, "diagnostics": [],
    })
}
