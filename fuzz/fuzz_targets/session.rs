//! Any talk of two sides, with gaps: no panic, each message and value ends, memory is bounded.
#![no_main]

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Session, Side, Transport};
use libfuzzer_sys::fuzz_target;

/// Ports that readers are known by.
const PORTS: [u16; 16] = [80, 443, 25, 53, 50051, 5432, 3306, 6379, 27017, 9092, 5672, 1, 8080, 587, 853, 9000];

fuzz_target!(|bytes: &[u8]| {
    let Some(([first, second], mut rest)) = bytes.split_first_chunk::<2>() else { return };
    let transport = if first & 1 == 0 { Transport::Tcp } else { Transport::Udp };
    let port = PORTS[usize::from(second & 15)];
    let limits = Limits { decompressed: 1 << 20, head: 4 << 10, open: 16, ..Limits::default() };
    let mut session = Session::new(Circumstances { transport, port, whole: first & 2 == 0 }, limits);
    let mut transcript = Transcript::default();
    // Each step: whose it is, whether it is lost, and how long.
    while let Some(([step, length], after)) = rest.split_first_chunk::<2>() {
        let side = if step & 1 == 0 { Side::Client } else { Side::Server };
        let length = usize::from(*length) + if step & 2 == 0 { 0 } else { 256 };
        let (said, after) = after.split_at(length.min(after.len()));
        rest = after;
        match step >> 4 {
            15 => session.lost(side, u64::from(*step), &mut transcript),
            14 => session.finish(side, &mut transcript),
            _ => session.push(side, said, &mut transcript),
        }
        assert!(session.held() < 20 << 20, "it holds {}", session.held());
    }
    session.close(&mut transcript);
    assert!(transcript.is_closed(), "something stays open");
});
