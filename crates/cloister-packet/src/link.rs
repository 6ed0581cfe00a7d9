//! The head of a frame: what it carries, and in which VLAN.

use etherparse::{Ethernet2HeaderSlice, SingleVlanHeaderSlice};

use crate::fault::Fault;

/// How frames begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// Ethernet (IEEE 802.3).
    Ethernet,
    /// With the packet itself.
    Raw,
    /// With what Linux says of packets from devices of several kinds.
    LinuxCooked,
    /// The same, its second version.
    LinuxCooked2,
    /// With the family of addresses, in the order of bytes of whoever captured, or of the network.
    Loopback,
}

impl Link {
    /// The link by its number in a capture file (<https://www.tcpdump.org/linktypes.html>), or by what `libpcap` calls
    /// it on this machine.
    pub fn of_number(number: u32) -> Option<Link> {
        match number {
            0 | 108 => Some(Link::Loopback),
            1 => Some(Link::Ethernet),
            12 | 14 | 101 | 228 | 229 => Some(Link::Raw),
            113 => Some(Link::LinuxCooked),
            276 => Some(Link::LinuxCooked2),
            _ => None,
        }
    }
}

/// What a frame carries.
pub(crate) struct Carried<'a> {
    pub(crate) packet: &'a [u8],
    /// The VLAN; two in one another are `outer << 12 | inner`.
    pub(crate) segment: u32,
}

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
/// 802.1Q, 802.1ad, and what came before it.
const VLANS: [u16; 3] = [0x8100, 0x88a8, 0x9100];
const MOST_VLANS: usize = 4;
/// Families of addresses in loopback heads: IPv4, and IPv6 on Linux, the BSDs, and macOS.
const FAMILIES: [u32; 5] = [2, 10, 24, 28, 30];

/// The packet in a frame.
pub(crate) fn carried(link: Link, frame: &[u8]) -> Result<Carried<'_>, Fault> {
    match link {
        Link::Ethernet => {
            let head = Ethernet2HeaderSlice::from_slice(frame).map_err(|_| Fault::Link)?;
            tagged(head.ether_type().0, after(frame, 14)?)
        }
        Link::Raw => Ok(Carried { packet: frame, segment: 0 }),
        Link::LinuxCooked => tagged(word(frame, 14)?, after(frame, 16)?),
        Link::LinuxCooked2 => tagged(word(frame, 0)?, after(frame, 20)?),
        Link::Loopback => {
            let family = *frame.first_chunk::<4>().ok_or(Fault::Link)?;
            let known = [u32::from_le_bytes(family), u32::from_be_bytes(family)];
            if !known.iter().any(|family| FAMILIES.contains(family)) {
                return Err(Fault::NotIp);
            }
            Ok(Carried { packet: after(frame, 4)?, segment: 0 })
        }
    }
}

/// What stands after VLAN tags, if there are any.
pub(crate) fn tagged(ether_type: u16, rest: &[u8]) -> Result<Carried<'_>, Fault> {
    let (mut kind, mut rest, mut segment) = (ether_type, rest, 0);
    for _ in 0..MOST_VLANS {
        if !VLANS.contains(&kind) {
            break;
        }
        let tag = SingleVlanHeaderSlice::from_slice(rest).map_err(|_| Fault::Link)?;
        segment = (segment << 12) | u32::from(tag.vlan_identifier().value());
        kind = tag.ether_type().0;
        rest = after(rest, 4)?;
    }
    match kind {
        IPV4 | IPV6 => Ok(Carried { packet: rest, segment }),
        _ => Err(Fault::NotIp),
    }
}

fn word(frame: &[u8], at: usize) -> Result<u16, Fault> {
    let bytes = frame.get(at..).and_then(<[u8]>::first_chunk::<2>).ok_or(Fault::Link)?;
    Ok(u16::from_be_bytes(*bytes))
}

fn after(frame: &[u8], head: usize) -> Result<&[u8], Fault> {
    frame.get(head..).ok_or(Fault::Link)
}
