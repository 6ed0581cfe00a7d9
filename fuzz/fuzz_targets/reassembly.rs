//! Segments of a connection with any numbers, lengths, flags and pauses, in any order. Each byte says its own number, so
//! what is told must go on where it was, and what is lost must be as long as it is said to be.
#![no_main]

use std::collections::HashMap;

use cloister_packet::{Event, FlowId, Flows, Limits, Link, Listener, Side};
use libfuzzer_sys::fuzz_target;

/// The number of the next byte of each side of a flow, as far as one byte tells it.
#[derive(Default)]
struct Told(HashMap<(FlowId, Side), u8>);

impl Listener for Told {
    fn on(&mut self, id: FlowId, _: u64, event: Event<'_>) {
        match event {
            Event::Bytes { side, bytes } => {
                let next = self.0.entry((id, side)).or_insert(bytes[0]);
                for byte in bytes {
                    assert_eq!(byte, next, "a byte stands elsewhere");
                    *next = next.wrapping_add(1);
                }
            }
            Event::Lost { side, bytes } => {
                if let Some(next) = self.0.get_mut(&(id, side)) {
                    *next = next.wrapping_add(bytes as u8);
                }
            }
            _ => {}
        }
    }
}

/// A segment, as a packet of IPv4 without checksums.
fn packet(by_client: bool, number: u32, acknowledges: u32, flags: u8, length: usize) -> Vec<u8> {
    let total = u16::try_from(40 + length).unwrap_or(u16::MAX).to_be_bytes();
    let ports = if by_client { [0x9c, 0x40, 0, 80] } else { [0, 80, 0x9c, 0x40] };
    let hosts = if by_client { [10, 0, 0, 1, 10, 0, 0, 2] } else { [10, 0, 0, 2, 10, 0, 0, 1] };
    let mut packet = vec![0x45, 0, total[0], total[1], 0, 0, 0, 0, 64, 6, 0, 0];
    packet.extend(hosts);
    packet.extend(ports);
    packet.extend(number.to_be_bytes());
    packet.extend(acknowledges.to_be_bytes());
    packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    let first = number.wrapping_add(u32::from(flags & 2 != 0));
    packet.extend((0..length).map(|at| first.wrapping_add(at as u32) as u8));
    packet
}

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first_chunk::<4>() else { return };
    let limits =
        Limits { checksums: false, waiting: 8_192, waiting_of_side: 4_096, ahead: 1 << 20, ..Limits::default() };
    let (mut flows, mut told) = (Flows::new(limits), Told::default());
    let base = [u32::from_be_bytes(*first), u32::from_le_bytes(*first)];
    let mut time = 1_000_000;
    for step in rest.as_chunks::<8>().0 {
        let by_client = step[0] & 1 == 0;
        let (own, other) = if by_client { (base[0], base[1]) } else { (base[1], base[0]) };
        let (number, acknowledged) = (u16::from_be_bytes([step[1], step[2]]), u16::from_be_bytes([step[3], step[4]]));
        // FIN, SYN, RST and ACK, the first three rarely.
        let flags = 0x10 * u8::from(step[0] & 2 == 0) | if step[5] & 0xe0 == 0xe0 { step[5] & 7 } else { 0 };
        let far = if step[0] & 0xfc == 0xfc { 3_000_000 } else { 0 };
        let length = usize::from(step[6]) * if step[7] & 0x80 != 0 { 8 } else { 1 };
        time += 1 << (step[7] & 0x1f).min(26);
        let own = own.wrapping_add(u32::from(number) + far);
        let packet = packet(by_client, own, other.wrapping_add(u32::from(acknowledged)), flags, length);
        flows.push(Link::Raw, time, &packet, &mut told);
        assert!(flows.held() < 32_768);
    }
    flows.finish(&mut told);
    assert_eq!((flows.open(), flows.held()), (0, 0));
});
