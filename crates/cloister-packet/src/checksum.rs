//! The checksum of the internet (RFC 1071), and what machines leave for their network cards to fill in.

use std::net::IpAddr;

/// Segments over this were joined by the machine or its card (GRO, TSO): nobody filled in their checksums anew.
const JOINED: usize = 1_500;

/// Whether the head of an IPv4 packet is as it was sent, or not filled in yet.
pub(crate) fn head_is_whole(head: &[u8], stated: u16) -> bool {
    stated == 0 || folded(sum(head)) == u16::MAX
}

/// Whether a segment or a datagram is as it was sent, or not filled in yet. `stated` is the checksum in it.
pub(crate) fn is_whole(source: IpAddr, destination: IpAddr, protocol: u8, content: &[u8], stated: u16) -> bool {
    if content.len() > JOINED {
        return true;
    }
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let head = octets(source) + octets(destination) + word(u16::from(protocol));
    let with_length = head + word(length);
    // What is left to the card holds the sum of the addresses, with the length or without it.
    folded(with_length + sum(content)) == u16::MAX
        || folded(with_length) == stated.to_be()
        || folded(head) == stated.to_be()
}

/// A word as it stands in memory: the sum is the same in every order of bytes.
fn word(value: u16) -> u64 {
    u64::from(value.to_be())
}

fn octets(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => sum(&address.octets()),
        IpAddr::V6(address) => sum(&address.octets()),
    }
}

/// By words of four bytes, which the compiler adds many at a time: a plain chain of carries takes three times as long, and
/// so does a look at each sum for an overflow, which no packet is long enough for.
fn sum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<4>();
    let whole = words.iter().fold(0_u64, |sum, word| sum.wrapping_add(u64::from(u32::from_ne_bytes(*word))));
    let mut last = [0; 4];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    whole + u64::from(u32::from_ne_bytes(last))
}

fn folded(mut sum: u64) -> u16 {
    while sum > u64::from(u16::MAX) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::{head_is_whole, is_whole};
    use etherparse::PacketBuilder;
    use std::net::IpAddr;

    fn datagram(content: &[u8]) -> (IpAddr, IpAddr, Vec<u8>) {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4([192, 0, 2, 1], [192, 0, 2, 200], 9).udp(40_000, 53);
        builder.write(&mut packet, content).unwrap();
        (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 200]), packet)
    }

    fn stated(packet: &[u8], at: usize) -> u16 {
        u16::from_be_bytes([packet[at], packet[at + 1]])
    }

    #[test]
    fn what_was_sent_is_whole_and_one_changed_bit_is_not() {
        for content in [&b"some text of even length"[..], b"odd", b""] {
            let (source, destination, mut packet) = datagram(content);
            assert!(head_is_whole(&packet[..20], stated(&packet, 10)));
            assert!(is_whole(source, destination, 17, &packet[20..], stated(&packet, 26)));
            packet[8] ^= 1;
            assert!(!head_is_whole(&packet[..20], stated(&packet, 10)));
            let last = packet.len() - 1;
            packet[last] ^= 0x40;
            assert!(!is_whole(source, destination, 17, &packet[20..], stated(&packet, 26)));
        }
    }

    #[test]
    fn what_the_card_would_fill_in_is_whole() {
        let (source, destination, mut packet) = datagram(b"left to the card");
        // 192+0+2+1 and 192+0+2+200 as words, the protocol, and the length of 24.
        let head: u32 = 0xc000 + 0x0201 + 0xc000 + 0x02c8 + 17;
        for sum in [head, head + 24] {
            let folded = u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
            packet[26..28].copy_from_slice(&folded.to_be_bytes());
            assert!(is_whole(source, destination, 17, &packet[20..], folded));
        }
    }
}
