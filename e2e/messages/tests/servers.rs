//! Real servers and clients: what was planted is read.

#![allow(clippy::panic)] // a test

use cloister_messages::play;

fn agrees(name: &str) {
    let verdict = match play(name, 7, 6) {
        Ok(verdict) => verdict,
        Err(error) => panic!("{name}: {error:#}"),
    };
    println!("{name}: {} messages, {} values, {} bytes", verdict.messages, verdict.values, verdict.bytes);
    println!("{:#?}", verdict.compared);
    assert_eq!(verdict.differences, [] as [String; 0]);
}

#[test]
fn postgres() {
    agrees("postgres");
}

#[test]
fn redis() {
    agrees("redis");
}

#[test]
fn mysql() {
    agrees("mysql");
}

#[test]
fn mongodb() {
    agrees("mongodb");
}

#[test]
fn amqp() {
    agrees("amqp");
}

#[test]
fn kafka() {
    agrees("kafka");
}
