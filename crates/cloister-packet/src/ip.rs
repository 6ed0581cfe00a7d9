//! Packets of IPv4 (RFC 791) and IPv6 (RFC 8200).

use std::net::IpAddr;

use etherparse::{IpAuthHeaderSlice, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice, Ipv6HeaderSlice, Ipv6RawExtHeaderSlice};

use crate::checksum::head_is_whole;
use crate::fault::Fault;

/// Heads that may stand between that of IPv6 and what it carries.
const MOST_EXTENSIONS: usize = 12;

/// What an IP packet says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet<'a> {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    /// The protocol of `content` (IANA's "Assigned Internet Protocol Numbers").
    pub(crate) protocol: u8,
    pub(crate) content: &'a [u8],
    /// Bytes of the content that were not captured.
    pub(crate) cut: usize,
    /// Where it is only a part of a packet.
    pub(crate) part: Option<Part>,
}

/// A fragment's place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) number: u32,
    /// In bytes.
    pub(crate) start: usize,
    pub(crate) last: bool,
}

/// Takes a packet apart; `checked`: whether a wrong checksum is a fault.
pub(crate) fn read(bytes: &[u8], checked: bool) -> Result<Packet<'_>, Fault> {
    match bytes.first().map(|first| first >> 4) {
        Some(4) => read_v4(bytes, checked),
        Some(6) => read_v6(bytes),
        _ => Err(Fault::Malformed),
    }
}

fn read_v4(bytes: &[u8], checked: bool) -> Result<Packet<'_>, Fault> {
    let head = Ipv4HeaderSlice::from_slice(bytes).map_err(|_| Fault::Malformed)?;
    if checked && !head_is_whole(head.slice(), head.header_checksum()) {
        return Err(Fault::Checksum);
    }
    let length = head.slice().len();
    let stated = match usize::from(head.total_len()) {
        // Packets over 64 KiB that a machine has joined.
        0 => bytes.len(),
        stated => stated,
    };
    let (content, cut) = within(bytes, length, stated.checked_sub(length).ok_or(Fault::Malformed)?);
    let part = head.is_fragmenting_payload().then(|| Part {
        number: u32::from(head.identification()),
        start: usize::from(head.fragments_offset().value()) * 8,
        last: !head.more_fragments(),
    });
    Ok(Packet {
        source: IpAddr::V4(head.source_addr()),
        destination: IpAddr::V4(head.destination_addr()),
        protocol: head.protocol().0,
        content,
        cut,
        part,
    })
}

fn read_v6(bytes: &[u8]) -> Result<Packet<'_>, Fault> {
    let head = Ipv6HeaderSlice::from_slice(bytes).map_err(|_| Fault::Malformed)?;
    let length = head.slice().len();
    let stated = match usize::from(head.payload_length()) {
        // A jumbogram (RFC 2675), or one that a machine has joined.
        0 => bytes.len().saturating_sub(length),
        stated => stated,
    };
    let (content, cut) = within(bytes, length, stated);
    let packet = Packet {
        source: IpAddr::V6(head.source_addr()),
        destination: IpAddr::V6(head.destination_addr()),
        protocol: head.next_header().0,
        content,
        cut,
        part: None,
    };
    after_extensions(packet)
}

/// The content between the head and the stated length, and how much of it is missing. What follows is padding.
fn within(bytes: &[u8], head: usize, stated: usize) -> (&[u8], usize) {
    let rest = bytes.get(head..).unwrap_or_default();
    let content = rest.get(..stated).unwrap_or(rest);
    (content, stated - content.len())
}

/// The packet without its extension heads (RFC 8200, section 4), up to a fragment's.
pub(crate) fn after_extensions(mut packet: Packet<'_>) -> Result<Packet<'_>, Fault> {
    for _ in 0..MOST_EXTENSIONS {
        let content = packet.content;
        let (next, length) = match packet.protocol {
            // Options for each hop and for the destination, routing, mobility, HIP and Shim6.
            0 | 43 | 60 | 135 | 139 | 140 => {
                let head = Ipv6RawExtHeaderSlice::from_slice(content).map_err(|_| Fault::Malformed)?;
                (head.next_header().0, head.slice().len())
            }
            51 => {
                let head = IpAuthHeaderSlice::from_slice(content).map_err(|_| Fault::Malformed)?;
                (head.next_header().0, head.slice().len())
            }
            44 => {
                let head = Ipv6FragmentHeaderSlice::from_slice(content).map_err(|_| Fault::Malformed)?;
                packet.part = head.is_fragmenting_payload().then(|| Part {
                    number: head.identification(),
                    start: usize::from(head.fragment_offset().value()) * 8,
                    last: !head.more_fragments(),
                });
                (head.next_header().0, head.slice().len())
            }
            _ => return Ok(packet),
        };
        packet.protocol = next;
        packet.content = content.get(length..).unwrap_or_default();
        if packet.part.is_some() {
            return Ok(packet);
        }
    }
    Err(Fault::Malformed)
}
