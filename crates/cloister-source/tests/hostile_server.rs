//! An API server whose answers have no end: each list is cut off, the rest is read.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that serves on loopback")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use cloister_source::cluster::{ClusterRequest, read};
use flate2::Compression;
use flate2::write::GzEncoder;

const KINDS: [&str; 4] = ["Bomb", "Endless", "Heavy", "Plain"];
/// Longer than any answer may be.
const TOO_LONG: usize = 70 << 20;

fn discovery() -> String {
    let kind = |kind: &&str| {
        format!(
            r#"{{"resource":"{}s","responseKind":{{"kind":"{kind}"}},"scope":"Namespaced","verbs":["list"]}}"#,
            kind.to_lowercase()
        )
    };
    let kinds: Vec<String> = KINDS.iter().map(kind).collect();
    format!(r#"{{"items":[{{"metadata":{{}},"versions":[{{"version":"v1","resources":[{}]}}]}}]}}"#, kinds.join(","))
}

fn zipped(length: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = [b' '; 1 << 16];
    for _ in 0..length / blanks.len() {
        encoder.write_all(&blanks).unwrap();
    }
    encoder.finish().unwrap()
}

/// One request, one answer; who is cut off by the client ends quietly.
fn answer(mut stream: TcpStream, bomb: &[u8]) -> std::io::Result<()> {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        asked.push(byte[0]);
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    let path = asked.split(' ').nth(1).unwrap_or_default();
    let list = r#"{"metadata":{},"items":[{"metadata":{"name":"one","namespace":"a"}}]}"#;
    let mut head = |more: &str| write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n{more}\r\n");
    let few = path.contains("limit=5&") || path.ends_with("limit=5");
    match path {
        "/api" => head("").and_then(|()| stream.write_all(discovery().as_bytes())),
        "/apis" => head("").and_then(|()| stream.write_all(b"{\"items\":[]}")),
        _ if path.contains("/bombs") || (path.contains("/heavys") && !few) => {
            head("Content-Encoding: gzip\r\n").and_then(|()| stream.write_all(bomb))
        }
        _ if path.contains("/endlesss") => {
            head("")?;
            loop {
                stream.write_all(&[b' '; 1 << 16])?;
            }
        }
        _ => head("").and_then(|()| stream.write_all(list.as_bytes())),
    }
}

#[test]
fn answers_are_cut_off_where_they_are_too_long() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let bomb: &'static [u8] = zipped(TOO_LONG).leak();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream, bomb));
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let kubeconfig = dir.path().join("config");
    let text = format!(
        "{{apiVersion: v1, kind: Config, current-context: c, clusters: [{{name: c, cluster: {{server: 'http://{address}'}}}}],
          contexts: [{{name: c, context: {{cluster: c, user: u}}}}], users: [{{name: u, user: {{}}}}]}}"
    );
    std::fs::write(&kubeconfig, text).unwrap();
    let read = read(&ClusterRequest { kubeconfig: Some(kubeconfig), ..ClusterRequest::default() }, &|_| {});
    let unread: Vec<(&str, &str)> = read.unread.iter().map(|one| (&*one.kind, &*one.reason)).collect();
    assert_eq!(unread, [("Bomb", "bombs: their list was cut off"), ("Endless", "endlesss: their list was cut off")]);
    let told: Vec<&str> = read.diagnostics.iter().map(|one| &*one.message).collect();
    let cut = "the API server's answer is longer than 64 MiB, and was cut off";
    assert_eq!(told, [format!("bombs: {cut}"), format!("endlesss: {cut}")]);
    let kinds: Vec<&str> = read.resources.iter().map(|one| &*one.kind).collect();
    assert!(kinds.contains(&"Plain") && kinds.contains(&"Heavy"), "smaller pages are read: {kinds:?}");
}
