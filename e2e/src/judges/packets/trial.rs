//! One connection that is tried.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::PollFlags;
use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol as Number, Socket, Type};

use super::agent::Outcome;
use super::sctp::{self, Sent};

/// IANA's number of the protocol.
const TCP: u8 = 6;

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

/// The ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// By which protocol.
    pub protocol: Protocol,
    /// From which address; its port is of no meaning.
    pub from: IpAddr,
    /// To which address.
    pub to: IpAddr,
    /// To which port.
    pub port: u16,
}

/// A connection on its way.
pub enum Trial {
    /// A SYN was sent, from this port.
    Tcp(TcpStream, Ends, u16),
    /// A datagram was sent.
    Udp(UdpSocket),
    /// An INIT is to be sent from this port, and again until it is answered.
    Sctp(Ends, u16),
    /// It is over.
    Over(Outcome),
}

impl Trial {
    /// Begins it. `port` is the port that SCTP and UDP come from; the kernel chooses those of TCP.
    pub fn start(ends: Ends, port: u16) -> Trial {
        let started = match ends.protocol {
            Protocol::Tcp => tcp(ends)
                .and_then(|stream| Ok((stream.local_addr()?.port(), stream)))
                .map(|(port, stream)| Trial::Tcp(stream, ends, port)),
            Protocol::Udp => udp(ends, port).map(Trial::Udp),
            Protocol::Sctp => Ok(Trial::Sctp(ends, port)),
        };
        started.unwrap_or_else(|error| Trial::Over(Outcome::of_error(&error)))
    }

    /// What became of it, when it is over.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Trial::Over(outcome) => Some(*outcome),
            _ => None,
        }
    }

    /// What will be ready when it can go on.
    pub fn waits_for(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        match self {
            Trial::Tcp(stream, ..) => Some((stream.as_fd(), PollFlags::POLLOUT)),
            Trial::Udp(socket) => Some((socket.as_fd(), PollFlags::POLLIN)),
            Trial::Sctp(..) | Trial::Over(_) => None,
        }
    }

    /// Takes what is ready.
    pub fn go_on(&mut self) {
        let outcome = match self {
            Trial::Tcp(stream, ..) => match stream.take_error() {
                Ok(None) => Outcome::Connected,
                Ok(Some(error)) | Err(error) => Outcome::of_error(&error),
            },
            Trial::Udp(socket) => match socket.recv(&mut [0; 16]) {
                Ok(_) => Outcome::Connected,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => Outcome::of_error(&error),
            },
            Trial::Sctp(..) | Trial::Over(_) => return,
        };
        *self = Trial::Over(outcome);
    }

    /// Takes what was heard of a packet, if it is this one's. TCP needs this, too: a refusal that comes while the kernel
    /// is still in `connect` reaches the socket only with the next SYN.
    pub fn heard(&mut self, sent: &Sent, outcome: Outcome) {
        let (protocol, ends, port) = match self {
            Trial::Tcp(_, ends, port) => (TCP, ends, *port),
            Trial::Sctp(ends, port) => (sctp::PROTOCOL, ends, *port),
            Trial::Udp(_) | Trial::Over(_) => return,
        };
        // One port may be had once for each address.
        let (from, to) = (SocketAddr::new(ends.from, port), SocketAddr::new(ends.to, ends.port));
        if *sent == (Sent { protocol, from, to }) {
            *self = Trial::Over(outcome);
        }
    }

    /// Sends a datagram once more: it may have been lost. TCP does so by itself.
    pub fn again(&mut self) {
        if let Trial::Udp(socket) = self
            && let Err(error) = socket.send(b"?")
            && error.kind() != ErrorKind::WouldBlock
        {
            *self = Trial::Over(Outcome::of_error(&error));
        }
    }
}

fn socket(ends: Ends, port: u16, kind: Type, number: Number) -> std::io::Result<Socket> {
    let socket = Socket::new(if ends.to.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 }, kind, Some(number))?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::new(ends.from, port).into())?;
    Ok(socket)
}

fn tcp(ends: Ends) -> std::io::Result<TcpStream> {
    let socket = socket(ends, 0, Type::STREAM, Number::TCP)?;
    // Closing resets, so that no port stays taken.
    socket.set_linger(Some(Duration::ZERO))?;
    match socket.connect(&SocketAddr::new(ends.to, ends.port).into()) {
        Err(error) if error.raw_os_error() != Some(Errno::EINPROGRESS as i32) => Err(error),
        _ => Ok(socket.into()),
    }
}

/// From a port that was not used for long: an answer to an earlier datagram that comes late would open the way for one
/// from the same port. Where somebody answers on it, the kernel chooses another.
fn udp(ends: Ends, port: u16) -> std::io::Result<UdpSocket> {
    let from = |port| socket(ends, port, Type::DGRAM, Number::UDP);
    let socket = from(port).or_else(|error| if error.kind() == ErrorKind::AddrInUse { from(0) } else { Err(error) })?;
    socket.connect(&SocketAddr::new(ends.to, ends.port).into())?;
    socket.send(b"?")?;
    Ok(socket.into())
}
