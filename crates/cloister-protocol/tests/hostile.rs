//! Whatever is said and lost: nothing panics, everything ends, little is held.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Session, Side, Transport};
use proptest::prelude::*;

/// Beginnings of each protocol, from which others follow.
const SEEDS: [(Side, &[u8]); 12] = [
    (Side::Client, b"POST /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello"),
    (
        Side::Client,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n",
    ),
    (Side::Client, b"9\r\n--b\r\nA: b\r\n0\r\nX: y\r\n\r\n"),
    (
        Side::Server,
        b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n\xc1\x05hello",
    ),
    (Side::Client, b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\x85\x01\x02\x03\x04hello"),
    (Side::Client, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x03\x01\x04\0\0\0\x01\x82\x84\xbe"),
    (Side::Client, b"\0\0\x09\0\x08\0\0\0\x01\x02hello\0\0\0\0\x04\x09\x04\0\0\0\x01\x40\x01a\x01b"),
    (Side::Client, b"\x16\x03\x01\x00\x10\x01\0\0\x0c\x03\x03hello\x17\x03\x03\0\x05hello"),
    (Side::Server, b"220 ESMTP\r\n354 go\r\n334 x\r\n220 tls\r\n"),
    (
        Side::Client,
        b"EHLO b\r\nMAIL FROM:<a@b>\r\nDATA\r\nContent-Type: multipart/x; boundary=b\r\n\r\n--b\r\n\r\n.\r\n",
    ),
    (Side::Client, b"\0\x11\0\x07\x01\0\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01"),
    (Side::Client, b"AUTH PLAIN AGE\r\nSTARTTLS\r\nBDAT 5\r\nhello--b--\r\n"),
];

#[derive(Clone, Debug)]
enum Step {
    Seed(usize, Vec<(usize, u8)>),
    Noise(Side, Vec<u8>),
    Lost(Side, u64),
    Finish(Side),
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Client), Just(Side::Server)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..SEEDS.len(), prop::collection::vec((0_usize..100, any::<u8>()), 0..3)).prop_map(|(seed, edits)| Step::Seed(seed, edits)),
        2 => (side(), prop::collection::vec(any::<u8>(), 1..60)).prop_map(|(side, bytes)| Step::Noise(side, bytes)),
        1 => (side(), 0_u64..3000).prop_map(|(side, bytes)| Step::Lost(side, bytes)),
        1 => side().prop_map(Step::Finish),
    ]
}

fn run(circumstances: Circumstances, steps: &[Step], piece: usize) {
    let mut session = Session::new(circumstances, Limits::default());
    let mut transcript = Transcript::default();
    for step in steps {
        match step {
            Step::Seed(seed, edits) => {
                let (side, bytes) = SEEDS[*seed];
                let mut bytes = bytes.to_vec();
                for (at, byte) in edits {
                    let at = at % bytes.len();
                    bytes[at] = *byte;
                }
                bytes.chunks(piece).for_each(|part| session.push(side, part, &mut transcript));
            }
            Step::Noise(side, bytes) => bytes.chunks(piece).for_each(|part| session.push(*side, part, &mut transcript)),
            Step::Lost(side, bytes) => session.lost(*side, *bytes, &mut transcript),
            Step::Finish(side) => session.finish(*side, &mut transcript),
        }
        assert!(session.held() < 1 << 20, "it holds {}", session.held());
    }
    session.close(&mut transcript);
    assert!(transcript.is_closed(), "something stays open: {transcript:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_everything_ends(
        steps in prop::collection::vec(step(), 1..10),
        piece in 1_usize..50,
        whole in any::<bool>(),
        port in prop_oneof![Just(80_u16), Just(25), Just(50051), Just(53), Just(5432), Just(1)],
        datagrams in any::<bool>(),
    ) {
        let transport = if datagrams { Transport::Udp } else { Transport::Tcp };
        run(Circumstances { port, whole, transport }, &steps, piece);
    }
}
