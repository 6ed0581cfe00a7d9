//! A conversation on a port of each protocol in turn: turns of either side, cut and lost. Seeds are the samples of
//! `cloister-protocol`, which have no first byte for the port; any byte does.
#![no_main]

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Session, Side, Transport};
use libfuzzer_sys::fuzz_target;

/// Of a turn's first byte: who speaks, and whether it was lost.
const SERVER: u8 = 1;
const LOST: u8 = 2;

fuzz_target!(|data: &[u8]| {
    for (port, whole) in
        [(0, true), (5432, false), (3306, false), (6379, false), (27017, false), (5672, false), (9092, false)]
    {
        let circumstances = Circumstances { transport: Transport::Tcp, port, whole };
        let limits = Limits { held: 4 << 20, decompressed: 1 << 20, ..Limits::default() };
        let mut session = Session::new(circumstances, limits);
        let mut transcript = Transcript::default();
        let mut rest = data;
        while let [flags, high, low, after @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
            let (said, after) = after.split_at(length);
            rest = after;
            let side = if flags & SERVER == 0 { Side::Client } else { Side::Server };
            if flags & LOST == 0 {
                session.push(side, said, &mut transcript);
            } else {
                session.lost(side, said.len() as u64, &mut transcript);
            }
            assert!(session.held() <= 5 << 20, "{} bytes are held", session.held());
        }
        session.close(&mut transcript);
        assert!(transcript.is_closed(), "something stays open on port {port}");
    }
});
