//! `cloister probe`: what it answers keeps to the published schema, and its exit status to its help.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;

use cloister_probe::Document;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::cloister;
use support::schema::{keeps_to, plain, published};

fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Document>();
    schema.insert("title".into(), "What endpoints serve".into());
    plain(schema.to_value())
}

/// A server that answers each connection with this, whatever it says, and where it listens.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    published("probe.json", &schema(), std::env::var_os("CLOISTER_GENERATE").is_some());
}

#[test]
fn plain_http_is_found_and_nothing_is_kept_of_it() {
    let address = answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret");
    let output = cloister().args(["probe", "-o", "json", &address]).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    keeps_to(&found, &schema());
    assert_eq!(found["endpoints"][0]["tls"], Value::Null);
    assert_eq!(found["endpoints"][0]["findings"][0]["name"], "plaintext-http");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("secret"));
    assert_eq!(output.status.code(), Some(1));
    let never = cloister().args(["probe", "--fail-on", "never", &address]).output().unwrap();
    assert_eq!(never.status.code(), Some(0));
}

#[test]
fn a_redirect_is_no_finding() {
    let address = answering("HTTP/1.1 308 x\r\nLocation: https://shop.example/\r\nConnection: close\r\n\r\n");
    let output = cloister().args(["probe", &address]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("only sends on to https") && text.contains("findings    none"), "{text}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_etcd_without_tls_is_open_where_it_counts_its_keys() {
    let address = answering("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"etcdserver\":\"3.6.1\",\"count\":\"7\"}");
    let output = cloister().args(["probe", "-o", "json", &address]).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    keeps_to(&found, &schema());
    let one = &found["endpoints"][0];
    assert_eq!((&one["kind"], &one["version"], &one["keys"]), (&"etcd".into(), &"3.6.1".into(), &7.into()));
    assert_eq!(one["findings"][0]["name"], "etcd-anonymous-access");
}

#[test]
fn a_server_that_speaks_slowly_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // It takes connections and says nothing, ever.
    std::thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    let output = cloister().args(["probe", "--wait", "1", "--total", "1", &address]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("not everything was asked: the limit is 1 s"), "{text}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_is_not_reached_is_told() {
    // Bound and given back: nothing listens there.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let output = cloister().args(["probe", &address]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("not reached: the connection is refused"));
    assert_eq!(output.status.code(), Some(2));
    let limited =
        cloister().args(["probe", "--connections", "2", &answering("HTTP/1.1 200 OK\r\n\r\n")]).output().unwrap();
    assert!(String::from_utf8_lossy(&limited.stdout).contains("the limit is 2"));
    assert_eq!(limited.status.code(), Some(2));
    let none = cloister().args(["probe", "nowhere"]).output().unwrap();
    assert_eq!(none.status.code(), Some(2));
}
