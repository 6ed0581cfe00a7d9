//! Heads of TCP (RFC 9293) and UDP (RFC 768).

use std::net::SocketAddr;

use etherparse::{TcpHeaderSlice, UdpHeaderSlice};

use crate::checksum::is_whole;
use crate::fault::Fault;
use crate::ip::Packet;

/// A segment of TCP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    pub(crate) segment: u32,
    pub(crate) number: u32,
    pub(crate) acknowledges: Option<u32>,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
    pub(crate) bytes: &'a [u8],
    /// Bytes after those that were not captured.
    pub(crate) cut: u32,
}

/// A datagram of UDP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datagram<'a> {
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    pub(crate) segment: u32,
    pub(crate) bytes: &'a [u8],
    /// Bytes after those that were not captured.
    pub(crate) cut: u32,
    /// 0 where there is none.
    checksum: u16,
}

pub(crate) fn segment<'a>(packet: &Packet<'a>, segment: u32, checked: bool) -> Result<Segment<'a>, Fault> {
    let head = TcpHeaderSlice::from_slice(packet.content).map_err(|_| Fault::Malformed)?;
    check(packet, checked, head.checksum())?;
    Ok(Segment {
        source: SocketAddr::new(packet.source, head.source_port()),
        destination: SocketAddr::new(packet.destination, head.destination_port()),
        segment,
        number: head.sequence_number(),
        acknowledges: head.ack().then(|| head.acknowledgment_number()),
        syn: head.syn(),
        fin: head.fin(),
        rst: head.rst(),
        bytes: packet.content.get(head.slice().len()..).unwrap_or_default(),
        cut: u32::try_from(packet.cut).unwrap_or(u32::MAX),
    })
}

/// Its checksum is not looked at: [`check_datagram`] does, where it carries no tunnel.
pub(crate) fn datagram<'a>(packet: &Packet<'a>, segment: u32) -> Result<Datagram<'a>, Fault> {
    let head = UdpHeaderSlice::from_slice(packet.content).map_err(|_| Fault::Malformed)?;
    let rest = packet.content.get(8..).unwrap_or_default();
    let there = rest.len() + packet.cut;
    let stated = match usize::from(head.length()) {
        // Longer than the field can say (RFC 2675), or joined by a machine.
        0 => there,
        stated => stated.checked_sub(8).filter(|stated| *stated <= there).ok_or(Fault::Malformed)?,
    };
    let bytes = rest.get(..stated).unwrap_or(rest);
    Ok(Datagram {
        source: SocketAddr::new(packet.source, head.source_port()),
        destination: SocketAddr::new(packet.destination, head.destination_port()),
        segment,
        bytes,
        cut: u32::try_from(stated - bytes.len()).unwrap_or(u32::MAX),
        checksum: head.checksum(),
    })
}

/// Of a tunnel, that of the packet inside counts: where a network card fills that in, Linux has made the one outside for what
/// the card will make of it.
pub(crate) fn check_datagram(packet: &Packet<'_>, udp: &Datagram<'_>, checked: bool) -> Result<(), Fault> {
    if udp.checksum == 0 { Ok(()) } else { check(packet, checked, udp.checksum) }
}

fn check(packet: &Packet<'_>, checked: bool, stated: u16) -> Result<(), Fault> {
    // What was not captured cannot be added up.
    let whole = !checked
        || packet.cut > 0
        || is_whole(packet.source, packet.destination, packet.protocol, packet.content, stated);
    if whole { Ok(()) } else { Err(Fault::Checksum) }
}
