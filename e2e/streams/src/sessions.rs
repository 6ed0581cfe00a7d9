//! Sessions: what both sides say is made of a seed, so that each side, and the judge, knows all of it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use cloister_dice::Dice;
use cloister_packet::Side;

use crate::lab::{Lab, Network, inside};
use crate::ours::Ends;

/// What was sent: by the client and by the server.
pub type Sent = BTreeMap<Ends, [Vec<u8>; 2]>;
/// Datagrams by who sent them to whom.
pub type Datagrams = BTreeMap<(SocketAddr, SocketAddr), Vec<Vec<u8>>>;

/// The server's ports.
const STREAM_PORT: u16 = 7_000;
const DATAGRAM_PORT: u16 = 7_001;
/// Sessions at once.
const AT_ONCE: usize = 24;
/// Loss costs time, but no session takes so long.
const PATIENCE: Duration = Duration::from_secs(90);

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The one that speaks last closes first, the other reads to the end.
    ClientFirst,
    ServerFirst,
    /// The client resets the connection once it has everything.
    Reset,
}

/// What is said in a session: for each step, how much by whom. Both may speak at once.
struct Plan {
    number: u64,
    steps: Vec<[usize; 2]>,
    ending: Ending,
}

impl Plan {
    fn of(number: u64) -> Plan {
        let mut dice = Dice::new(number);
        let size = |dice: &mut Dice| match dice.below(10) {
            0..3 => 0,
            3..7 => 1 + dice.below(400),
            7..9 => 1 + dice.below(20_000),
            _ => 1 + dice.below(150_000),
        };
        let mut steps: Vec<[usize; 2]> = (0..=dice.below(6)).map(|_| [size(&mut dice), size(&mut dice)]).collect();
        let ending = match dice.below(8) {
            0 => Ending::Reset,
            1..4 => Ending::ServerFirst,
            _ => Ending::ClientFirst,
        };
        if ending == Ending::Reset {
            // What the server has not read by then would be thrown away: it says a last byte when it has.
            steps.push([0, 1]);
        }
        Plan { number, steps, ending }
    }

    /// All that a side says; the client tells its number first.
    fn said(&self, side: Side) -> Vec<u8> {
        let which = usize::from(side == Side::Server);
        let length = self.steps.iter().filter_map(|step| step.get(which)).sum();
        let mut said = if side == Side::Client { self.number.to_le_bytes().to_vec() } else { Vec::new() };
        said.extend(bytes(self.number * 2 + which as u64, length));
        said
    }

    /// Plays one side, after the number was told.
    fn play(&self, side: Side, stream: &TcpStream) -> Result<()> {
        let told = if side == Side::Client { 8 } else { 0 };
        let (own, other) = (self.said(side), self.said(side.other()));
        let (mut own, mut other) = (own.get(told..).unwrap_or_default(), other.get(8 - told..).unwrap_or_default());
        let mut dice = Dice::new(self.number + 7);
        for [client, server] in &self.steps {
            let (says, hears) = if side == Side::Client { (*client, *server) } else { (*server, *client) };
            let (now, later) = own.split_at_checked(says).context("a plan has ended")?;
            let (expected, after) = other.split_at_checked(hears).context("a plan has ended")?;
            (own, other) = (later, after);
            let piece = 1 + dice.below(3_000);
            thread::scope(|scope| {
                let speaks = scope.spawn(move || now.chunks(piece).try_for_each(|piece| (&*stream).write_all(piece)));
                let mut heard = vec![0; hears];
                (&*stream).read_exact(&mut heard).context("failed to read")?;
                ensure!(heard == expected, "the network changed what was said");
                speaks.join().map_err(|_| anyhow!("a thread panicked"))?.context("failed to write")
            })?;
        }
        self.end(side, stream)
    }

    fn end(&self, side: Side, stream: &TcpStream) -> Result<()> {
        let first = match self.ending {
            Ending::ClientFirst => Side::Client,
            Ending::ServerFirst => Side::Server,
            Ending::Reset if side == Side::Client => {
                return socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).context("no reset");
            }
            // Whether the reset arrives, or anything, is the network's business.
            Ending::Reset => return Ok(()),
        };
        if side == first {
            stream.shutdown(std::net::Shutdown::Write).context("failed to end")?;
        }
        let mut rest = Vec::new();
        (&*stream).read_to_end(&mut rest).context("failed to read to the end")?;
        ensure!(rest.is_empty(), "something is said that was not planned");
        Ok(())
    }
}

/// Bytes that a seed repeats.
fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut dice = Dice::new(seed ^ 0x5eed);
    let mut all = Vec::with_capacity(length + 8);
    while all.len() < length {
        all.extend(dice.number().to_le_bytes());
    }
    all.truncate(length);
    all
}

fn prepared(stream: &TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(())
}

/// Runs so many connections from `a` to `b`.
///
/// # Errors
/// One of them fails.
pub fn streams(lab: &Lab, network: Network, ipv6: bool, seed: u64, count: usize) -> Result<Sent> {
    let server = SocketAddr::new(network.address(2, ipv6), STREAM_PORT);
    let (ready, is_ready) = mpsc::channel();
    let host = lab.name("b");
    let serving = thread::spawn(move || -> Result<()> {
        inside(&host)?;
        let listener = TcpListener::bind(server).with_context(|| format!("failed to listen on {server}"))?;
        ready.send(())?;
        let handlers: Vec<_> = (0..count)
            .map(|_| -> Result<_> {
                let (stream, _) = listener.accept()?;
                Ok(thread::spawn(move || serve(&stream)))
            })
            .collect::<Result<_>>()?;
        handlers.into_iter().try_for_each(|handler| handler.join().map_err(|_| anyhow!("a thread panicked"))?)
    });
    is_ready.recv().context("the server did not begin")?;
    let host = lab.name("a");
    let calling = thread::spawn(move || call(&host, server, seed, count));
    let sent = calling.join().map_err(|_| anyhow!("a thread panicked"))??;
    serving.join().map_err(|_| anyhow!("a thread panicked"))?.context("a server failed")?;
    Ok(sent)
}

fn serve(stream: &TcpStream) -> Result<()> {
    prepared(stream)?;
    let mut number = [0; 8];
    (&*stream).read_exact(&mut number).context("no number was told")?;
    Plan::of(u64::from_le_bytes(number)).play(Side::Server, stream)
}

fn call(host: &str, server: SocketAddr, seed: u64, count: usize) -> Result<Sent> {
    inside(host)?;
    let mut sent = Sent::new();
    let numbers: Vec<u64> = (0..count as u64).map(|number| seed.wrapping_mul(1_000_000) + number).collect();
    for numbers in numbers.chunks(AT_ONCE) {
        let callers: Vec<_> = numbers
            .iter()
            .map(|number| {
                let plan = Plan::of(*number);
                thread::spawn(move || -> Result<(Ends, [Vec<u8>; 2])> {
                    let stream = TcpStream::connect(server).context("failed to connect")?;
                    prepared(&stream)?;
                    let ends = (stream.local_addr()?, server);
                    (&stream).write_all(&plan.number.to_le_bytes())?;
                    plan.play(Side::Client, &stream)?;
                    Ok((ends, [plan.said(Side::Client), plan.said(Side::Server)]))
                })
            })
            .collect();
        for caller in callers {
            let (ends, said) = caller.join().map_err(|_| anyhow!("a thread panicked"))?.context("a client failed")?;
            sent.insert(ends, said);
        }
    }
    Ok(sent)
}

/// Sends so many datagrams of up to 6,000 bytes from `a` to `b`, each of which is answered, if it arrives.
///
/// # Errors
/// A socket fails.
pub fn datagrams(lab: &Lab, network: Network, ipv6: bool, seed: u64, count: usize) -> Result<Datagrams> {
    let server = SocketAddr::new(network.address(2, ipv6), DATAGRAM_PORT);
    let (ready, is_ready) = mpsc::channel();
    let host = lab.name("b");
    let answering = thread::spawn(move || -> Result<Datagrams> {
        inside(&host)?;
        let socket = UdpSocket::bind(server)?;
        socket.set_read_timeout(Some(Duration::from_secs(2)))?;
        ready.send(())?;
        let mut sent = Datagrams::new();
        let mut buffer = vec![0; 65_536];
        // It ends when nothing comes any more.
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let answer: Vec<u8> = buffer.iter().take(length).rev().copied().collect();
            socket.send_to(&answer, from)?;
            sent.entry((server, from)).or_default().push(answer);
        }
        Ok(sent)
    });
    is_ready.recv().context("the server did not begin")?;
    let host = lab.name("a");
    let asking = thread::spawn(move || -> Result<Datagrams> {
        inside(&host)?;
        let mut dice = Dice::new(seed);
        let mut sent = Datagrams::new();
        let mut buffer = vec![0; 65_536];
        for number in 0..count as u64 {
            let socket = UdpSocket::bind((network.address(1, ipv6), 0))?;
            socket.set_read_timeout(Some(Duration::from_millis(200)))?;
            let ends = (socket.local_addr()?, server);
            for turn in 0..=dice.below(3) as u64 {
                let length = if dice.chance(60) { 1 + dice.below(1_000) } else { 1 + dice.below(6_000) };
                let datagram = bytes(seed ^ (number << 20) ^ turn, length);
                socket.send_to(&datagram, server)?;
                sent.entry(ends).or_default().push(datagram);
                // It may be lost, or its answer.
                let _ = socket.recv(&mut buffer);
            }
        }
        Ok(sent)
    });
    let mut sent = asking.join().map_err(|_| anyhow!("a thread panicked"))??;
    sent.extend(answering.join().map_err(|_| anyhow!("a thread panicked"))??);
    Ok(sent)
}
