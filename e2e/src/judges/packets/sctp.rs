//! Just enough of SCTP (RFC 9260) to open an association: INIT and the INIT ACK that answers it. Agents write them
//! themselves, through raw sockets, so that the kernel need not have SCTP.

use std::net::{IpAddr, SocketAddr};

/// IANA's number of the protocol.
pub const PROTOCOL: u8 = 132;
const INIT: u8 = 1;
const INIT_ACK: u8 = 2;
/// What both sides call the association; a real end would draw it by lot.
const TAG: u32 = 0x00c1_0157;

/// A chunk that begins an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// The port that it comes from.
    pub source: u16,
    /// The port that it goes to.
    pub destination: u16,
    /// Whether it answers an INIT.
    pub is_answer: bool,
}

impl Packet {
    /// The packet as it goes over the wire.
    pub fn bytes(self) -> Vec<u8> {
        let (kind, tag) = if self.is_answer { (INIT_ACK, TAG) } else { (INIT, 0) };
        let mut bytes = Vec::new();
        bytes.extend(self.source.to_be_bytes());
        bytes.extend(self.destination.to_be_bytes());
        bytes.extend(tag.to_be_bytes());
        // The checksum, counted as zero.
        bytes.extend([0; 4]);
        // An answer carries a state cookie.
        let cookie: &[u8] = if self.is_answer { &[0, 7, 0, 8, 1, 2, 3, 4] } else { &[] };
        let length = u16::try_from(20 + cookie.len()).unwrap_or(20);
        bytes.extend([kind, 0]);
        bytes.extend(length.to_be_bytes());
        bytes.extend(TAG.to_be_bytes());
        // The window, streams out and in, and the first sequence number.
        bytes.extend(65_536_u32.to_be_bytes());
        bytes.extend([0, 1, 0, 1]);
        bytes.extend(1_u32.to_be_bytes());
        bytes.extend(cookie);
        let sum = crc32c(&bytes).to_le_bytes();
        if let Some(place) = bytes.get_mut(8..12) {
            place.copy_from_slice(&sum);
        }
        bytes
    }

    /// Reads a packet, unless its first chunk is another one.
    pub fn read(bytes: &[u8]) -> Option<Packet> {
        let (source, destination) = ports(bytes)?;
        let is_answer = match *bytes.get(12)? {
            INIT => false,
            INIT_ACK => true,
            _ => return None,
        };
        Some(Packet { source, destination, is_answer })
    }

    /// The answer to an INIT.
    pub fn answer(self) -> Packet {
        Packet { source: self.destination, destination: self.source, is_answer: true }
    }
}

/// Source and destination port, with which each transport's header begins.
pub fn ports(bytes: &[u8]) -> Option<(u16, u16)> {
    let [a, b, c, d] = *bytes.first_chunk::<4>()?;
    Some((u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])))
}

/// What stands behind the header of an IPv4 packet.
pub fn behind_ipv4(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(usize::from(bytes.first()? & 0x0f) * 4..)
}

/// A packet of ours that somebody tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// IANA's number of its protocol.
    pub protocol: u8,
    /// Where it came from.
    pub from: SocketAddr,
    /// Where it went.
    pub to: SocketAddr,
}

/// The packet that was refused for policy, as an ICMP message quotes it. `bytes` begins with the IPv4 header, or with
/// the ICMPv6 header.
pub fn refused(bytes: &[u8], is_v4: bool) -> Option<Sent> {
    let icmp = if is_v4 { behind_ipv4(bytes)? } else { bytes };
    // Type and code of "administratively prohibited" (RFC 1812, 5.2.7.1; RFC 4443, 3.1).
    let wanted = if is_v4 { [3, 13] } else { [1, 1] };
    if *icmp.first_chunk::<2>()? != wanted {
        return None;
    }
    let quoted = icmp.get(8..)?;
    let (protocol, transport) =
        if is_v4 { (quoted.get(9)?, behind_ipv4(quoted)?) } else { (quoted.get(6)?, quoted.get(40..)?) };
    let address = |at: usize| -> Option<IpAddr> {
        Some(if is_v4 {
            (*quoted.get(12 + at * 4..)?.first_chunk::<4>()?).into()
        } else {
            (*quoted.get(8 + at * 16..)?.first_chunk::<16>()?).into()
        })
    };
    let (source, destination) = ports(transport)?;
    let (from, to) = (SocketAddr::new(address(0)?, source), SocketAddr::new(address(1)?, destination));
    Some(Sent { protocol: *protocol, from, to })
}

/// The checksum of RFC 9260, appendix A.
fn crc32c(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { sum >> 1 ^ 0x82f6_3b78 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_and_answered() {
        let init = Packet { source: 20_000, destination: 80, is_answer: false };
        assert_eq!(Packet::read(&init.bytes()), Some(init));
        let answer = Packet { source: 80, destination: 20_000, is_answer: true };
        assert_eq!(Packet::read(&init.answer().bytes()), Some(answer));
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The check value of CRC-32C (RFC 3720, B.4, and every catalogue of CRCs).
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn a_refusal_names_the_packet_that_was_refused() {
        let init = Packet { source: 20_007, destination: 80, is_answer: false }.bytes();
        let mut quoted = vec![0x45, 0, 0, 52, 0, 0, 0, 0, 64, PROTOCOL, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        let header = quoted.clone();
        quoted.extend(&init);
        let message = [header, vec![3, 13, 0, 0, 0, 0, 0, 0], quoted].concat();
        let [from, to] = ["10.0.0.1:20007", "10.0.0.2:80"].map(|it| it.parse().unwrap());
        assert_eq!(refused(&message, true), Some(Sent { protocol: PROTOCOL, from, to }));
        assert_eq!(refused(&[&message[..20], &[3, 3], &message[22..]].concat(), true), None);
    }
}
