//! What an external processor adds to the time of a request: none, one that does nothing, and ours, in turns.
//!
//! `extproc-latency [ROUNDS]` prints a line of JSON for each round and kind: p50 and p99 in microseconds.

use std::time::Duration;

use anyhow::{Context, Result};
use cloister_dlp::Recognised;
use cloister_e2e_envoy::load::{self, Load};
use cloister_e2e_envoy::nothing::Nothing;
use cloister_e2e_envoy::{Backend, Bodies, Proxy, serve};
use cloister_extproc::{Direction, ExternalProcessor, Fate, Guard, Passage, Talk, Undone};

/// The rate that is asked for, and a size.
const RATE: u32 = 2_000;
const BYTES: usize = 4 << 10;
const CONNECTIONS: u32 = 40;
const SECONDS: u32 = 5;

/// Overwrites everything that it is asked about.
struct Redact;

impl Guard for Redact {
    fn judge(&mut self, _: Direction, _: &Passage, _: &mut Recognised) -> Fate {
        Fate::Redact
    }

    fn worst(&self, _: Direction, _: &Passage) -> Fate {
        Fate::Redact
    }

    fn undone(&mut self, _: Direction, _: &Passage, _: Undone) {}

    fn ended(&mut self, _: Direction, _: &Passage) {}
}

fn main() -> Result<()> {
    let rounds: u32 = std::env::args().nth(1).map_or(Ok(3), |text| text.parse()).context("ROUNDS is no number")?;
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";
    let backend = Backend::start(answer.to_vec())?;
    let (_nothing, nothing) = serve(ExternalProcessor::of(|| Box::new(Nothing) as Box<dyn Talk>))?;
    let (_ours, ours) = serve(ExternalProcessor::new(|| Box::new(Redact) as Box<dyn Guard>))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let load = Load { rate: RATE, connections: CONNECTIONS, each: RATE * SECONDS / CONNECTIONS };
    for round in 0..rounds {
        for (name, processor) in [("none", None), ("nothing", Some(nothing)), ("cloister", Some(ours))] {
            let proxy = Proxy::start(backend.address, processor, Bodies::FullDuplex)?;
            // What is first used is made then: connections, pages.
            let warm = Load { each: 20, ..load };
            runtime.block_on(load::run(proxy.address, request(), warm))?;
            let times = runtime.block_on(load::run(proxy.address, request(), load))?;
            backend.take();
            let micros = |time: Duration| time.as_micros();
            println!(
                "{{\"round\":{round},\"processor\":\"{name}\",\"requests\":{},\"p50\":{},\"p99\":{}}}",
                times.len(),
                micros(load::quantile(&times, 500)),
                micros(load::quantile(&times, 990)),
            );
        }
    }
    Ok(())
}

/// A visit of an invented patient, and what else a service sends, up to the size.
fn request() -> Vec<u8> {
    let mut body = String::from(
        "{\"patient\":{\"name\":\"Jana Novotna\",\"email\":\"jana.novotna@klinika-brno.cz\",\"iban\":\"DE89370400440532013000\"},\"slots\":[",
    );
    let mut number = 0;
    while body.len() < BYTES - 80 {
        number += 1;
        body.push_str(&format!(
            "{{\"id\":{},\"room\":\"B{}\",\"free\":true,\"note\":\"by the window\"}},",
            1000 + number * 7,
            number % 9
        ));
    }
    body.pop();
    body.push_str("]}");
    let head = format!(
        "POST /visits HTTP/1.1\r\nHost: clinic.test\r\nContent-Type: application/json\r\nAccept: application/json\r\nUser-Agent: load/1\r\nX-Request-Id: 7f3a1c52-91d0-4d57-8e0c-2f6f3c1b9a10\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    format!("{head}{body}").into_bytes()
}
