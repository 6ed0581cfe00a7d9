//! How fast frames become streams on one core, and what an open flow costs: `cargo run --release -p cloister-packet
//! --example speed`. Frames are made before, in batches that no cache holds; only `push` is timed. `Bytes` are looked at
//! (their first and last byte), not read.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement, which asks the clock and the system"
)]

use std::time::{Duration, Instant};

use cloister_packet::{Event, FlowId, Flows, Limits, Link, Listener};
use etherparse::PacketBuilder;

/// Frames of one batch: 30 MB.
const BATCH: u32 = 20_000;
const BATCHES: u32 = 40;

#[derive(Default)]
struct Tally {
    bytes: u64,
    looked: u64,
    lost: u64,
}

impl Listener for Tally {
    fn on(&mut self, _: FlowId, _: u64, event: Event<'_>) {
        match event {
            Event::Bytes { bytes, .. } => {
                self.bytes += bytes.len() as u64;
                self.looked += u64::from(bytes[0]) + u64::from(bytes[bytes.len() - 1]);
            }
            Event::Lost { bytes, .. } => self.lost += bytes,
            _ => {}
        }
    }
}

/// How segments reach us.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    InOrder,
    /// Each pair of segments of a flow comes in the wrong order.
    Swapped,
    /// Every hundredth segment is missing, and acknowledged.
    Lossy,
}

struct Sender {
    flows: u32,
    payload: usize,
    way: Way,
    /// Frames that were made.
    made: u32,
}

impl Sender {
    fn ends(&self, flow: u32) -> ([u8; 4], u16) {
        let [_, b, c, d] = (flow / 16).to_be_bytes();
        ([10, b, c, d], 32_768 + u16::try_from(flow % 16).unwrap())
    }

    fn frame(
        &self,
        flow: u32,
        number: u32,
        from_server: bool,
        syn: bool,
        acknowledges: Option<u32>,
        bytes: &[u8],
    ) -> Vec<u8> {
        let (address, port) = self.ends(flow);
        let service = ([192, 0, 2, 2], 8080);
        let ((source, from), (destination, to)) =
            if from_server { (service, (address, port)) } else { ((address, port), service) };
        let builder = PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4(source, destination, 64);
        let mut builder = builder.tcp(from, to, number, 65_000);
        if syn {
            builder = builder.syn();
        }
        if let Some(number) = acknowledges {
            builder = builder.ack(number);
        }
        let mut frame = Vec::with_capacity(bytes.len() + 54);
        builder.write(&mut frame, bytes).unwrap();
        frame
    }

    fn opening(&self, flow: u32) -> [Vec<u8>; 2] {
        [self.frame(flow, 100, false, true, None, b""), self.frame(flow, 500, true, true, Some(101), b"")]
    }

    /// The next frame, of the next flow: no two neighbours belong together.
    fn next(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        let (flow, turn) = (self.made % self.flows, self.made / self.flows);
        self.made += 1;
        let length = u32::try_from(self.payload).unwrap();
        let place = match self.way {
            Way::Swapped => turn ^ 1,
            Way::Lossy => turn / 2,
            Way::InOrder => turn,
        };
        if self.way == Way::Lossy && turn % 2 == 0 && (flow + place).is_multiple_of(100) {
            return None;
        }
        let number = 101_u32.wrapping_add(place.wrapping_mul(length));
        // Half of the answers: every second frame of a flow is an acknowledgement.
        if self.way == Way::Lossy && turn % 2 == 1 {
            return Some(self.frame(flow, 501, true, false, Some(number.wrapping_add(length)), b""));
        }
        Some(self.frame(flow, number, false, false, Some(501), &text[..self.payload]))
    }
}

fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

fn run(flows: u32, payload: usize, way: Way, checksums: bool) {
    let text: Vec<u8> = (0..payload).map(|at| b"{\"key\":\"value\"},"[at % 16]).collect();
    let mut sender = Sender { flows, payload, way, made: 0 };
    let limits = Limits { flows: 1 << 20, checksums, ..Limits::default() };
    let (mut known, mut tally) = (Flows::new(limits), Tally::default());
    let before = resident();
    for flow in 0..flows {
        for frame in sender.opening(flow) {
            known.push(Link::Ethernet, 1_000_000, &frame, &mut tally);
        }
    }
    let of_flow = (resident() - before) / u64::from(flows);
    let (mut spent, mut frames, mut bytes, mut held) = (Duration::ZERO, 0_u64, 0_u64, 0);
    for batch in 0..BATCHES {
        let made: Vec<Vec<u8>> = (0..BATCH).filter_map(|_| sender.next(&text)).collect();
        let start = Instant::now();
        for (at, frame) in made.iter().enumerate() {
            // 1.5 Gbit/s.
            let time = 1_000_000 + (u64::from(batch) * u64::from(BATCH) + at as u64) * 8;
            known.push(Link::Ethernet, time, frame, &mut tally);
        }
        spent += start.elapsed();
        frames += made.len() as u64;
        bytes += made.iter().map(|frame| frame.len() as u64).sum::<u64>();
        held = held.max(known.held());
    }
    let seconds = spent.as_secs_f64();
    let name = match way {
        Way::InOrder => "in order",
        Way::Swapped => "swapped",
        Way::Lossy => "lossy",
    };
    println!(
        "| {flows} | {payload} | {name} | {} | {:.0} | {:.1} | {of_flow} | {:.1} | {} |",
        if checksums { "yes" } else { "no" },
        seconds * 1e9 / frames as f64,
        bytes as f64 * 8.0 / seconds / 1e9,
        held as f64 / 1e6,
        tally.lost,
    );
    assert!(tally.bytes > 0 && tally.looked > 0);
}

fn main() {
    println!(
        "| open flows | payload | segments | checksums | ns a frame | Gbit/s | bytes a flow | MB waiting | lost |"
    );
    println!("| ---: | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: |");
    for flows in [500, 5_000, 50_000, 500_000] {
        run(flows, 1_460, Way::InOrder, true);
    }
    run(50_000, 1_460, Way::InOrder, false);
    run(50_000, 100, Way::InOrder, true);
    run(5_000, 1_460, Way::Swapped, true);
    run(5_000, 1_460, Way::Lossy, true);
}
