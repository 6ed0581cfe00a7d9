//! One connection as frames, with a place for who calls: so that one prepared conversation can be many.

use anyhow::{Context, Result};
use cloister_dice::Dice;
use etherparse::PacketBuilder;

use crate::bodies::{Coding, exchange};

/// What a segment carries at most, beside its timestamps, at an MTU of 1500.
const SEGMENT: usize = 1_448;
/// Where the headers of a frame have what differs: Ethernet 14, IPv4 20.
const IP_CHECKSUM: usize = 24;
const TCP_CHECKSUM: usize = 50;
/// Services that are called.
const SERVERS: [[u8; 4]; 3] = [[10, 244, 0, 5], [10, 244, 0, 6], [10, 244, 0, 7]];

/// A conversation: the frames of one connection, from SYN to the last FIN.
pub struct Template {
    bytes: Vec<u8>,
    frames: Vec<Frame>,
}

/// A frame of it.
struct Frame {
    start: usize,
    end: usize,
    from_server: bool,
    /// Heads of messages that begin here.
    messages: u32,
    /// Bank accounts in the message that begins here.
    accounts: u32,
}

/// Who calls: everything that makes one flow another than the next.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    pub address: [u8; 4],
    pub port: u16,
}

/// Pods that call, each from many ports.
const PODS: u64 = 200;

impl Caller {
    /// The caller of the flow with this number.
    pub fn of(flow: u64) -> Caller {
        let pod = u8::try_from(flow % PODS).unwrap_or_default();
        let port = u16::try_from(flow / PODS % 40_000).unwrap_or_default();
        Caller { address: [10, 244, 1, pod + 10], port: 20_000 + port }
    }

    /// All addresses that call.
    pub fn addresses() -> impl Iterator<Item = [u8; 4]> {
        (0..PODS).map(|pod| Caller::of(pod).address)
    }

    fn words(self) -> [u16; 3] {
        let [one, two, three, four] = self.address;
        [u16::from_be_bytes([one, two]), u16::from_be_bytes([three, four]), self.port]
    }
}

/// The addresses that are called.
pub fn servers() -> [[u8; 4]; 3] {
    SERVERS
}

impl Template {
    /// So many requests and answers on one connection.
    pub fn new(dice: &mut Dice, exchanges: usize, coding: Coding) -> Result<Template> {
        let mut writer = Writer::new(dice);
        for _ in 0..exchanges {
            let exchange = exchange(dice, coding);
            writer.say(false, &exchange.request, 0)?;
            writer.say(true, &exchange.answer, exchange.accounts)?;
        }
        writer.close()
    }

    /// How many frames it has.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Adds a frame to `out` as this caller has it; gives the messages that begin in it, and their accounts.
    pub fn put(&self, number: usize, caller: Caller, out: &mut Vec<u8>) -> Option<(u32, u32)> {
        let frame = self.frames.get(number)?;
        let from = out.len();
        out.extend_from_slice(self.bytes.get(frame.start..frame.end)?);
        let bytes = out.get_mut(from..)?;
        let (address, port) = if frame.from_server { (30, 36) } else { (26, 34) };
        let words = caller.words();
        for (at, word) in [address, address + 2, port].into_iter().zip(words) {
            bytes.get_mut(at..at + 2)?.copy_from_slice(&word.to_be_bytes());
        }
        // Until here, the caller was all zeros: the sums change by what it is now (RFC 1624).
        let [high, low, port] = words;
        add(bytes, IP_CHECKSUM, &[high, low])?;
        add(bytes, TCP_CHECKSUM, &[high, low, port])?;
        Some((frame.messages, frame.accounts))
    }
}

fn add(bytes: &mut [u8], at: usize, words: &[u16]) -> Option<()> {
    let place = bytes.get_mut(at..at + 2)?;
    let old = !u16::from_be_bytes([*place.first()?, *place.get(1)?]);
    let mut sum = words.iter().fold(u32::from(old), |sum, word| sum + u32::from(*word));
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    place.copy_from_slice(&(!u16::try_from(sum).ok()?).to_be_bytes());
    Some(())
}

/// Writes the frames of a connection.
struct Writer {
    template: Template,
    server: [u8; 4],
    /// The next numbers of client and server.
    next: [u32; 2],
    clock: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Syn,
    Data,
    Fin,
}

impl Writer {
    fn new(dice: &mut Dice) -> Writer {
        let number = |dice: &mut Dice| u32::try_from(dice.number() >> 33).unwrap_or_default();
        let next = [number(dice), number(dice)];
        let server = dice.pick(&SERVERS);
        Writer { template: Template { bytes: Vec::new(), frames: Vec::new() }, server, next, clock: 1 }
    }

    /// One side says this; the other acknowledges every second segment, as hosts do.
    fn say(&mut self, from_server: bool, text: &[u8], accounts: u64) -> Result<()> {
        if self.template.frames.is_empty() {
            self.frame(false, Kind::Syn, b"")?;
            self.frame(true, Kind::Syn, b"")?;
            self.frame(false, Kind::Data, b"")?;
        }
        let first = self.template.frames.len();
        for (number, piece) in text.chunks(SEGMENT).enumerate() {
            self.frame(from_server, Kind::Data, piece)?;
            if number % 2 == 1 {
                self.frame(!from_server, Kind::Data, b"")?;
            }
        }
        let begins = self.template.frames.get_mut(first).context("nothing was said")?;
        (begins.messages, begins.accounts) = (1, u32::try_from(accounts)?);
        Ok(())
    }

    fn close(mut self) -> Result<Template> {
        self.frame(false, Kind::Fin, b"")?;
        self.frame(true, Kind::Fin, b"")?;
        self.frame(false, Kind::Data, b"")?;
        Ok(self.template)
    }

    fn frame(&mut self, from_server: bool, kind: Kind, bytes: &[u8]) -> Result<()> {
        let [client, server] = self.next;
        let ([from, to], [number, acknowledged]) = match from_server {
            true => ([(self.server, 8080), ([0; 4], 0)], [server, client]),
            false => ([([0; 4], 0), (self.server, 8080)], [client, server]),
        };
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]).ipv4(from.0, to.0, 64);
        let mut builder = builder.tcp(from.1, to.1, number, 501);
        let opens = kind == Kind::Syn && !from_server;
        if !opens {
            builder = builder.ack(acknowledged);
        }
        builder = match kind {
            Kind::Syn => builder.syn(),
            Kind::Fin => builder.fin(),
            Kind::Data if bytes.is_empty() => builder,
            Kind::Data => builder.psh(),
        };
        self.clock += 1;
        let [one, two, three, four] = self.clock.to_be_bytes();
        let builder = builder.options_raw(&[1, 1, 8, 10, one, two, three, four, 0, 0, 0, 1])?;
        let start = self.template.bytes.len();
        builder.write(&mut self.template.bytes, bytes)?;
        let end = self.template.bytes.len();
        self.template.frames.push(Frame { start, end, from_server, messages: 0, accounts: 0 });
        let counts = u32::try_from(bytes.len())? + u32::from(kind != Kind::Data);
        let [client, server] = &mut self.next;
        let own = if from_server { server } else { client };
        *own = own.wrapping_add(counts);
        Ok(())
    }
}
