//! What runs in the network namespace of each pod: it answers on every port that is tried, and tries what it is told to.
//!
//! Orders come as lines of JSON on standard input, outcomes go as lines of letters to standard output; it ends when its
//! input does. One thread and one `poll` do everything, so that it answers others while it waits for its own answers.

use std::io::{ErrorKind, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol as Number, Socket, Type};

use super::sctp::{self, Packet, Sent};
use super::trial::{Ends, Trial};

/// Connections that are tried at once.
const AT_ONCE: usize = 128;
/// So many parts have ports of their own before the first come again.
const ROUNDS: usize = 320;
/// How long one may go without an outcome. Every packet is answered, by its receiver or by the rule that refuses it, so
/// this much is needed only where something is broken.
const LONGEST: Duration = Duration::from_secs(8);
/// How soon what can get lost is sent again.
const AGAIN_MS: u16 = 250;

/// Who an agent is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Identity {
    /// Its own addresses.
    pub addresses: Vec<IpAddr>,
    /// The ports that it answers on, of each protocol.
    pub ports: Vec<u16>,
}

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Connected,
    /// A rule refused it.
    Refused,
    /// Neither: the laboratory is at fault.
    Broken,
}

impl Outcome {
    /// How it is written in an answer.
    pub fn letter(self) -> char {
        match self {
            Outcome::Connected => 'y',
            Outcome::Refused => 'n',
            Outcome::Broken => '?',
        }
    }

    /// Reads what `letter` wrote.
    pub fn read(letter: char) -> Outcome {
        match letter {
            'y' => Outcome::Connected,
            'n' => Outcome::Refused,
            _ => Outcome::Broken,
        }
    }

    /// What an error of a socket means: rules refuse as "administratively prohibited", which nothing else says.
    pub fn of_error(error: &std::io::Error) -> Outcome {
        match error.raw_os_error().map(Errno::from_raw) {
            Some(Errno::EHOSTUNREACH | Errno::EACCES) => Outcome::Refused,
            _ => Outcome::Broken,
        }
    }
}

/// One socket that answers, or hears of refusals.
enum Seat {
    Tcp(TcpListener),
    Udp(UdpSocket),
    Sctp(IpAddr, UdpSocket),
    /// Whether it is of IPv4.
    Icmp(bool, UdpSocket),
}

impl AsFd for Seat {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Seat::Tcp(socket) => socket.as_fd(),
            Seat::Udp(socket) | Seat::Sctp(_, socket) | Seat::Icmp(_, socket) => socket.as_fd(),
        }
    }
}

struct Agent {
    identity: Identity,
    seats: Vec<Seat>,
    /// Read and not yet a whole line.
    input: Vec<u8>,
}

/// Runs an agent until its input ends.
///
/// # Errors
/// A socket cannot be made, or the other end of a pipe is gone.
pub fn serve() -> Result<ExitCode> {
    let mut agent =
        Agent { identity: Identity { addresses: Vec::new(), ports: Vec::new() }, seats: Vec::new(), input: Vec::new() };
    let Some(line) = agent.next_line()? else { return Ok(ExitCode::FAILURE) };
    agent.identity = serde_json::from_str(&line).context("the identity cannot be read")?;
    agent.seats = seats(&agent.identity)?;
    say("ready")?;
    let mut parts = 0;
    while let Some(line) = agent.next_line()? {
        let ends: Vec<Ends> = serde_json::from_str(&line).context("an order cannot be read")?;
        let mut letters = String::new();
        for part in ends.chunks(AT_ONCE) {
            // Parts use ports of their own, those of later orders too: a late answer to one is none to another, and what
            // the node still takes for an established connection was tried under earlier rules.
            let first = 20_000 + u16::try_from(parts % ROUNDS * AT_ONCE).unwrap_or(0);
            parts += 1;
            letters.extend(agent.try_all(part, first)?.into_iter().map(Outcome::letter));
        }
        say(&letters)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn say(line: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}").and_then(|()| output.flush()).context("nobody reads the outcomes")
}

fn seats(identity: &Identity) -> Result<Vec<Seat>> {
    let mut seats = Vec::new();
    for port in &identity.ports {
        for address in &identity.addresses {
            let at = SocketAddr::new(*address, *port);
            let listener = TcpListener::bind(at).with_context(|| format!("TCP {at}"))?;
            listener.set_nonblocking(true)?;
            seats.push(Seat::Tcp(listener));
            let socket = UdpSocket::bind(at).with_context(|| format!("UDP {at}"))?;
            socket.set_nonblocking(true)?;
            seats.push(Seat::Udp(socket));
        }
    }
    for address in &identity.addresses {
        seats.push(Seat::Sctp(*address, raw(*address, sctp::PROTOCOL, true)?));
    }
    for is_v4 in [true, false] {
        if let Some(address) = identity.addresses.iter().find(|it| it.is_ipv4() == is_v4) {
            // IANA's numbers of ICMP and ICMPv6.
            seats.push(Seat::Icmp(is_v4, raw(*address, if is_v4 { 1 } else { 58 }, false)?));
        }
    }
    Ok(seats)
}

/// A raw socket of one protocol. As a `UdpSocket` it sends and receives whole packets, which needs no unsafe code.
fn raw(address: IpAddr, protocol: u8, bound: bool) -> Result<UdpSocket> {
    let domain = if address.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::RAW, Some(Number::from(i32::from(protocol))))
        .with_context(|| format!("this kernel gives no raw socket of protocol {protocol}"))?;
    if bound {
        socket.bind(&SocketAddr::new(address, 0).into())?;
    }
    socket.set_recv_buffer_size(1 << 20)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

impl Agent {
    /// The next line of the input, or `None` at its end. Others are answered meanwhile.
    fn next_line(&mut self) -> Result<Option<String>> {
        loop {
            if let Some(end) = self.input.iter().position(|byte| *byte == b'\n') {
                let line = self.input.drain(..=end).collect::<Vec<u8>>();
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
            let input = std::io::stdin();
            let (ready, more) = self.wait(&[(input.as_fd(), PollFlags::POLLIN)], PollTimeout::NONE)?;
            self.answer(&ready);
            if more.contains(&0) {
                let mut buffer = [0; 1 << 16];
                let read = nix::unistd::read(input.as_fd(), &mut buffer).context("the input cannot be read")?;
                if read == 0 {
                    return Ok(None);
                }
                self.input.extend(buffer.iter().take(read));
            }
        }
    }

    /// Waits until something can be done: at which seats, and at which of the others.
    fn wait(&self, others: &[(BorrowedFd<'_>, PollFlags)], timeout: PollTimeout) -> Result<(Vec<usize>, Vec<usize>)> {
        let seats = self.seats.iter().map(|seat| PollFd::new(seat.as_fd(), PollFlags::POLLIN));
        let mut all: Vec<PollFd<'_>> = seats.chain(others.iter().map(|(fd, on)| PollFd::new(*fd, *on))).collect();
        match poll(&mut all, timeout) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error).context("poll"),
        }
        let (seats, others) = all.split_at(self.seats.len());
        let ready = |list: &[PollFd<'_>]| {
            let found = list.iter().enumerate().filter(|(_, fd)| fd.any().unwrap_or(false));
            found.map(|(number, _)| number).collect()
        };
        Ok((ready(seats), ready(others)))
    }

    /// Answers what came to these seats; says what it heard of its own packets.
    fn answer(&self, ready: &[usize]) -> Vec<(Sent, Outcome)> {
        let mut heard = Vec::new();
        for seat in ready.iter().filter_map(|number| self.seats.get(*number)) {
            match seat {
                // An accepted connection is closed by dropping it.
                Seat::Tcp(listener) => while listener.accept().is_ok() {},
                Seat::Udp(socket) => each_packet(socket, |bytes, from| drop(socket.send_to(bytes, from))),
                Seat::Sctp(own, socket) => each_packet(socket, |bytes, from| {
                    let bytes = if own.is_ipv4() { sctp::behind_ipv4(bytes) } else { Some(bytes) };
                    match bytes.and_then(Packet::read) {
                        Some(packet) if packet.is_answer => {
                            let to = SocketAddr::new(from.ip(), packet.source);
                            let from = SocketAddr::new(*own, packet.destination);
                            heard.push((Sent { protocol: sctp::PROTOCOL, from, to }, Outcome::Connected));
                        }
                        Some(packet) if self.identity.ports.contains(&packet.destination) => {
                            let _ = socket.send_to(&packet.answer().bytes(), SocketAddr::new(from.ip(), 0));
                        }
                        _ => {}
                    }
                }),
                Seat::Icmp(is_v4, socket) => each_packet(socket, |bytes, _| {
                    heard.extend(sctp::refused(bytes, *is_v4).map(|sent| (sent, Outcome::Refused)));
                }),
            }
        }
        heard
    }

    /// Tries these connections at once. `first` is the port that the first one comes from, where we choose it.
    fn try_all(&self, ends: &[Ends], first: u16) -> Result<Vec<Outcome>> {
        let ports = (0..).map(|number| first.saturating_add(number));
        let mut trials: Vec<Trial> = ends.iter().zip(ports).map(|(ends, port)| Trial::start(*ends, port)).collect();
        trials.iter().for_each(|trial| self.send_sctp(trial));
        let start = Instant::now();
        let mut sent = start;
        while start.elapsed() < LONGEST && trials.iter().any(|trial| trial.outcome().is_none()) {
            let open: Vec<(usize, (BorrowedFd<'_>, PollFlags))> =
                trials.iter().enumerate().filter_map(|(number, trial)| Some((number, trial.waits_for()?))).collect();
            let fds: Vec<(BorrowedFd<'_>, PollFlags)> = open.iter().map(|(_, fd)| *fd).collect();
            let (seats, others) = self.wait(&fds, AGAIN_MS.into())?;
            let others: Vec<usize> = others.iter().filter_map(|other| open.get(*other)).map(|(at, _)| *at).collect();
            for (sent, outcome) in self.answer(&seats) {
                trials.iter_mut().for_each(|trial| trial.heard(&sent, outcome));
            }
            for number in others {
                trials.get_mut(number).into_iter().for_each(Trial::go_on);
            }
            if sent.elapsed() > Duration::from_millis(AGAIN_MS.into()) {
                sent = Instant::now();
                trials.iter_mut().for_each(Trial::again);
                trials.iter().for_each(|trial| self.send_sctp(trial));
            }
        }
        Ok(trials.iter().map(|trial| trial.outcome().unwrap_or(Outcome::Broken)).collect())
    }

    /// Sends the INIT of a trial that waits for its answer.
    fn send_sctp(&self, trial: &Trial) {
        let Trial::Sctp(ends, source) = trial else { return };
        let init = Packet { source: *source, destination: ends.port, is_answer: false };
        for seat in &self.seats {
            if let Seat::Sctp(own, socket) = seat
                && *own == ends.from
            {
                let _ = socket.send_to(&init.bytes(), SocketAddr::new(ends.to, 0));
            }
        }
    }
}

/// Each packet that waits at a socket.
fn each_packet(socket: &UdpSocket, mut act: impl FnMut(&[u8], SocketAddr)) {
    let mut buffer = [0; 2048];
    loop {
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => act(buffer.get(..length).unwrap_or_default(), from),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            // Somebody refused an answer of ours: its own trial says so.
            Err(_) => {}
        }
    }
}
