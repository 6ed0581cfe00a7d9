//! Real servers and clients of the web: messages and bodies are those of tshark, or those that were sent.

#![allow(clippy::panic)] // a test

use cloister_messages::play_web;

fn agrees(name: &str) {
    let verdict = match play_web(name) {
        Ok(verdict) => verdict,
        Err(error) => panic!("{name}: {error:#}"),
    };
    println!("{name}: {} messages, {} values, {} bytes", verdict.messages, verdict.values, verdict.bytes);
    println!("{:#?}", verdict.compared);
    assert_eq!(verdict.differences, [] as [String; 0]);
    assert!(verdict.values > 0);
}

#[test]
fn http1() {
    agrees("http1");
}

#[test]
fn http2() {
    agrees("http2");
}

#[test]
fn websocket() {
    agrees("websocket");
}

#[test]
fn grpc() {
    agrees("grpc");
}

#[test]
fn tls() {
    agrees("tls");
}

#[test]
fn smtp() {
    agrees("smtp");
}

#[test]
fn coded() {
    agrees("coded");
}

#[test]
fn mail() {
    agrees("mail");
}

#[test]
fn dns() {
    agrees("dns");
}

#[test]
fn relay() {
    agrees("relay");
}
