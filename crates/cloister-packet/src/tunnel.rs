//! Tunnels: VXLAN (RFC 7348), Geneve (RFC 8926), GRE (RFC 2784, RFC 2890), and IP in IP (RFC 2003, RFC 4213).

use crate::fault::Fault;
use crate::link::{Carried, Link, carried, tagged};

/// VXLAN's port, and the one that Linux took before it had one; Geneve's.
const VXLAN_PORTS: [u16; 2] = [4789, 8472];
const GENEVE_PORT: u16 = 6081;
/// What Geneve and GRE call an Ethernet frame.
const BRIDGED: u16 = 0x6558;
const HEAD: usize = 8;
/// Networks of tunnels are told from VLANs by this bit of a segment.
const NETWORK: u32 = 1 << 30;

/// The packet in a datagram that is a tunnel's, by its port and shape, or by its shape alone where that is plain.
pub(crate) fn in_datagram(destination: u16, content: &[u8]) -> Option<Carried<'_>> {
    let (head, rest) = content.split_first_chunk::<HEAD>()?;
    if destination == GENEVE_PORT {
        return geneve(head, rest);
    }
    let known = VXLAN_PORTS.contains(&destination);
    // The flag that a network is named, and nothing in what is reserved; extensions use some of that.
    let shaped = if known { head[0] & 0x08 != 0 } else { matches!(head, [0x08, 0, 0, 0, _, _, _, 0]) };
    if !shaped {
        return None;
    }
    let inner = carried(Link::Ethernet, rest).ok()?;
    (known || fills(inner.packet)).then(|| Carried { segment: network(head), ..inner })
}

fn geneve<'a>(head: &[u8; HEAD], rest: &'a [u8]) -> Option<Carried<'a>> {
    let options = usize::from(head[0] & 0x3f) * 4;
    if head[0] >> 6 != 0 {
        return None;
    }
    let inner = framed(u16::from_be_bytes([head[2], head[3]]), rest.get(options..)?).ok()?;
    Some(Carried { segment: network(head), ..inner })
}

fn network(head: &[u8; HEAD]) -> u32 {
    NETWORK | u32::from_be_bytes([0, head[4], head[5], head[6]])
}

/// Whether a packet is as long as it says, so that it is hardly anything else.
fn fills(packet: &[u8]) -> bool {
    let stated = match packet {
        [first, _, high, low, ..] if first >> 4 == 4 => usize::from(u16::from_be_bytes([*high, *low])),
        [first, _, _, _, high, low, ..] if first >> 4 == 6 => 40 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => return false,
    };
    // Frames of Ethernet may be padded up to 60 bytes.
    stated <= packet.len() && packet.len() - stated <= 46
}

/// The packet in GRE, as network cards and clusters use it: version 0.
pub(crate) fn in_gre(content: &[u8]) -> Result<Carried<'_>, Fault> {
    let (head, rest) = content.split_first_chunk::<4>().ok_or(Fault::Malformed)?;
    // A version that is not 0, or a route of the sender's choice (RFC 1701).
    if head[1] & 0x07 != 0 || head[0] & 0x40 != 0 {
        return Err(Fault::OtherTransport);
    }
    let fields = [0x80, 0x20, 0x10].iter().filter(|flag| head[0] & **flag != 0).count();
    framed(u16::from_be_bytes([head[2], head[3]]), rest.get(fields * 4..).ok_or(Fault::Malformed)?)
}

fn framed(kind: u16, rest: &[u8]) -> Result<Carried<'_>, Fault> {
    if kind == BRIDGED { carried(Link::Ethernet, rest) } else { tagged(kind, rest) }
}

#[cfg(test)]
mod tests {
    use super::{fills, in_datagram};

    #[test]
    fn text_is_no_tunnel_even_at_its_port() {
        assert!(in_datagram(4789, b"\x08GET / HTTP/1.1 and so on").is_none());
        assert!(in_datagram(6081, b"GET / HTTP/1.1 and so on").is_none());
        assert!(in_datagram(8472, b"short").is_none());
        assert!(!fills(b"E\x00\x00\x40 too short"));
    }
}
