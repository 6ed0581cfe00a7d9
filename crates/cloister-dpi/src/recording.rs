//! Recordings: pcap and pcapng files, read as they come.

use std::io::Read;

use cloister_packet::{Flows, Limits, Link};
use pcap_parser::traits::{PcapNGPacketBlock, PcapReaderIterator};
use pcap_parser::{Block, PcapBlockOwned, PcapError, create_reader};
use thiserror::Error;

use crate::inspector::Inspector;

/// Larger packets are not believed: libpcap's own limit is 256 KB.
const BUFFER: usize = 1 << 20;

/// Why a recording cannot be read.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// It is neither pcap nor pcapng.
    #[error("this is neither a pcap nor a pcapng file")]
    NoRecording,
    /// Its packets are of a kind that is not read.
    #[error("its packets are of link type {0}, which is not read")]
    Link(u32),
    /// The file cannot be read.
    #[error("failed to read it")]
    Read,
}

/// What became of a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Packets.
    pub packets: u64,
    /// It ends within a packet.
    pub cut: bool,
    /// A block breaks the rules: what follows was not read.
    pub broken: bool,
    /// Packets of links that are not read.
    pub skipped: u64,
    /// The time of the first packet, in microseconds since 1970.
    pub first: u64,
    /// The time of the last.
    pub last: u64,
}

/// A recording that is read.
pub struct Recording<R: Read> {
    reader: Box<dyn PcapReaderIterator + Send>,
    flows: Flows,
    interfaces: Vec<Interface>,
    source: std::marker::PhantomData<R>,
}

/// How an interface's packets are to be read.
#[derive(Clone, Copy)]
struct Interface {
    link: Option<Link>,
    /// Parts of a second.
    resolution: u64,
    /// Seconds.
    offset: u64,
}

impl<R: Read + Send + 'static> Recording<R> {
    /// Opens it.
    ///
    /// # Errors
    /// It is no recording.
    pub fn open(source: R) -> Result<Recording<R>, RecordingError> {
        let reader = create_reader(BUFFER, source).map_err(|error| match error {
            PcapError::ReadError => RecordingError::Read,
            _ => RecordingError::NoRecording,
        })?;
        let flows = Flows::new(Limits::default());
        Ok(Recording { reader, flows, interfaces: Vec::new(), source: std::marker::PhantomData })
    }

    /// Plays it to the end.
    ///
    /// # Errors
    /// Nothing of it can be read.
    pub fn replay(mut self, inspector: &mut Inspector) -> Result<Replayed, RecordingError> {
        let mut replayed = Replayed::default();
        let mut empty_refills = 0;
        loop {
            match self.reader.next() {
                Ok((length, block)) => {
                    empty_refills = 0;
                    take(&block, &mut self.interfaces, &mut self.flows, inspector, &mut replayed);
                    self.reader.consume(length);
                }
                Err(PcapError::Eof) => break,
                Err(PcapError::UnexpectedEof) => {
                    replayed.cut = true;
                    break;
                }
                Err(PcapError::Incomplete(_)) => {
                    empty_refills += 1;
                    if self.reader.reader_exhausted() || empty_refills > 2 {
                        replayed.cut = self.reader.reader_exhausted();
                        replayed.broken = !replayed.cut;
                        break;
                    }
                    if self.reader.refill().is_err() {
                        replayed.broken = true;
                        break;
                    }
                }
                Err(PcapError::ReadError) => return Err(RecordingError::Read),
                Err(_) => {
                    replayed.broken = true;
                    break;
                }
            }
        }
        self.flows.finish(inspector);
        match (replayed.packets, replayed.skipped) {
            (0, skipped) if skipped > 0 => Err(RecordingError::Link(0)),
            _ => Ok(replayed),
        }
    }
}

fn take(
    block: &PcapBlockOwned<'_>,
    interfaces: &mut Vec<Interface>,
    flows: &mut Flows,
    inspector: &mut Inspector,
    replayed: &mut Replayed,
) {
    let mut packet = |interface: Option<&Interface>, time: u64, frame: &[u8]| {
        let Some(link) = interface.and_then(|it| it.link) else {
            replayed.skipped += 1;
            return;
        };
        if replayed.packets == 0 {
            replayed.first = time;
        }
        replayed.packets += 1;
        replayed.last = replayed.last.max(time);
        flows.push(link, time, frame, inspector);
    };
    match block {
        PcapBlockOwned::LegacyHeader(header) => {
            let resolution = if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
            interfaces.push(Interface { link: of_number(header.network.0), resolution, offset: 0 });
        }
        PcapBlockOwned::Legacy(block) => {
            let interface = interfaces.first();
            let parts = u64::from(block.ts_usec);
            let micro = interface.map_or(parts, |it| parts * 1_000_000 / it.resolution.max(1));
            packet(interface, u64::from(block.ts_sec) * 1_000_000 + micro, block.data);
        }
        PcapBlockOwned::NG(Block::SectionHeader(_)) => interfaces.clear(),
        PcapBlockOwned::NG(Block::InterfaceDescription(described)) => interfaces.push(Interface {
            link: of_number(described.linktype.0),
            resolution: described.ts_resolution().unwrap_or(1_000_000),
            offset: u64::try_from(described.ts_offset()).unwrap_or(0),
        }),
        PcapBlockOwned::NG(Block::EnhancedPacket(block)) => {
            let interface = usize::try_from(block.if_id).ok().and_then(|number| interfaces.get(number));
            let ticks = (u128::from(block.ts_high) << 32) | u128::from(block.ts_low);
            let time = interface.map_or(0, |it| {
                let micro = ticks * 1_000_000 / u128::from(it.resolution.max(1));
                u64::try_from(micro).unwrap_or(0).saturating_add(it.offset.saturating_mul(1_000_000))
            });
            packet(interface, time, block.packet_data());
        }
        PcapBlockOwned::NG(Block::SimplePacket(block)) => packet(interfaces.first(), 0, block.packet_data()),
        PcapBlockOwned::NG(_) => {}
    }
}

fn of_number(number: i32) -> Option<Link> {
    u32::try_from(number).ok().and_then(Link::of_number)
}
