//! Any frames: no panic, nothing is told of a flow before it opens or after it closes, all that is told is counted, and in
//! the end nothing is held. The first byte chooses the link; each frame has two bytes of length before it.
#![no_main]

use std::collections::HashMap;

use cloister_packet::{Event, FlowId, Flows, Limits, Link, Listener};
use libfuzzer_sys::fuzz_target;

/// Whether each flow is open, and how much was told.
#[derive(Default)]
struct Told(HashMap<FlowId, bool>, u64);

impl Listener for Told {
    fn on(&mut self, id: FlowId, _: u64, event: Event<'_>) {
        match event {
            Event::Opened { .. } => assert!(self.0.insert(id, true).is_none(), "a flow opens twice"),
            Event::Closed => assert_eq!(self.0.insert(id, false), Some(true), "a flow closes that was not open"),
            Event::Bytes { bytes, .. } => {
                assert!(self.0[&id] && !bytes.is_empty());
                self.1 += bytes.len() as u64;
            }
            Event::Lost { bytes, .. } => assert!(self.0[&id] && bytes > 0),
            Event::Finished { .. } => assert!(self.0[&id]),
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((first, mut rest)) = input.split_first() else { return };
    let links = [Link::Ethernet, Link::Raw, Link::LinuxCooked, Link::LinuxCooked2, Link::Loopback];
    let link = links[usize::from(*first) % links.len()];
    let limits =
        Limits { checksums: first & 0x80 != 0, flows: 8, waiting: 4_096, fragments: 4_096, ..Limits::default() };
    let (mut flows, mut told) = (Flows::new(limits), Told::default());
    let mut time = 0;
    while let Some((head, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*head) & 0x0fff).min(after.len());
        let (frame, next) = after.split_at(length);
        // Now and then, long after.
        time += 1 << (u64::from(head[0] >> 4) * 2);
        flows.push(link, time, frame, &mut told);
        assert!(flows.open() <= 8 && flows.held() <= 16_384);
        rest = next;
    }
    flows.finish(&mut told);
    assert_eq!((flows.open(), flows.held(), flows.counters().bytes), (0, 0, told.1));
    assert!(told.0.values().all(|open| !open));
});
