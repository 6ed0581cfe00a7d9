//! Listens for Fluentd and Fluent Bit by the forward protocol: on this machine alone, for it is neither encrypted nor says
//! who sends. A chunk is acknowledged when its events are on the disk; a sender that is not acknowledged sends again.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use cloister_audit::ingest::{acknowledgement, message};

use super::{NotTaken, Wants, Way, take_in};
use crate::Hub;

/// Senders at a time.
const MOST: usize = 32;
/// So much may wait for the end of its message, of all senders together; beyond it, whoever holds more than their share is hung
/// up on, and sends again.
const TOGETHER: usize = 64 << 20;
/// A sender that says nothing for so long is hung up on; it comes again.
const PATIENCE: Duration = Duration::from_secs(120);
/// So long a sender waits for room, before it is hung up on and keeps what it has.
const FULL: Duration = Duration::from_millis(500);

/// Takes what comes for a source, until the hub is gone.
///
/// # Errors
/// The address cannot be listened on, or is reached from other machines.
pub fn listen(hub: &Arc<Hub>, address: SocketAddr, source: &str) -> std::io::Result<SocketAddr> {
    if !address.ip().is_loopback() {
        let why = "the forward protocol is not encrypted, so that it is taken on this machine alone: 127.0.0.1:24224";
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, why));
    }
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let (hub, source, senders) = (Arc::downgrade(hub), Arc::<str>::from(source), Arc::new(AtomicUsize::new(0)));
    let held = Arc::new(AtomicUsize::new(0));
    std::thread::Builder::new().name("forward".to_owned()).spawn(move || {
        for stream in listener.incoming() {
            if hub.strong_count() == 0 {
                return;
            }
            let Ok(stream) = stream else { continue };
            if senders.fetch_add(1, Ordering::AcqRel) >= MOST {
                senders.fetch_sub(1, Ordering::AcqRel);
                continue;
            }
            let (hub, source, left) = (hub.clone(), source.clone(), Leaves(senders.clone()));
            let room = Room { all: held.clone(), own: 0 };
            let sender = std::thread::Builder::new().name("forward sender".to_owned());
            // Where no thread can be had, the sender is hung up on, and comes again.
            let _ = sender.spawn(move || {
                let _left = left;
                let _ = Sender { stream, bytes: Vec::new(), seen: 0, room }.serve(&hub, &source);
            });
        }
    })?;
    Ok(address)
}

struct Leaves(Arc<AtomicUsize>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What a sender holds, of what all hold.
struct Room {
    all: Arc<AtomicUsize>,
    own: usize,
}

impl Room {
    /// Holds so much from now on; false where that is too much.
    fn hold(&mut self, bytes: usize) -> bool {
        let before = std::mem::replace(&mut self.own, bytes);
        let all = self.all.fetch_add(bytes, Ordering::AcqRel) + bytes - before;
        self.all.fetch_sub(before, Ordering::AcqRel);
        all <= TOGETHER || bytes <= TOGETHER / MOST
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.all.fetch_sub(self.own, Ordering::AcqRel);
    }
}

struct Sender {
    stream: TcpStream,
    bytes: Vec<u8>,
    /// How many bytes there were at the last look.
    seen: usize,
    room: Room,
}

impl Sender {
    fn serve(mut self, hub: &Weak<Hub>, source: &str) -> std::io::Result<()> {
        self.stream.set_read_timeout(Some(PATIENCE))?;
        self.stream.set_write_timeout(Some(PATIENCE))?;
        let mut piece = vec![0; 64 << 10];
        loop {
            let read = self.stream.read(&mut piece)?;
            let Some(hub) = hub.upgrade().filter(|_| read > 0) else { return Ok(()) };
            self.bytes.extend_from_slice(piece.get(..read).unwrap_or_default());
            // A long message is looked at again when there is much more of it, or when nothing more is on its way.
            if (read < piece.len() || self.bytes.len() >= self.seen + self.seen / 4) && !self.messages(&hub, source)? {
                return Ok(());
            }
            self.seen = self.bytes.len();
            if !self.room.hold(self.seen) {
                return Ok(());
            }
        }
    }

    /// Takes all whole messages; false where the sender is to be hung up on.
    fn messages(&mut self, hub: &Hub, source: &str) -> std::io::Result<bool> {
        let wants = Wants { events: true, findings: true };
        loop {
            let mut whole = None;
            let taken = take_in(hub, (source, Way::Forward, wants), |limits, each| {
                let told = message(&self.bytes, limits, each)?;
                let taken = told.as_ref().map(|told| told.taken).unwrap_or_default();
                whole = told;
                Ok(taken)
            });
            match taken {
                Ok(_) | Err(NotTaken::Nothing(_)) => {}
                Err(NotTaken::Full(_) | NotTaken::Store(_)) => {
                    std::thread::sleep(FULL);
                    return Ok(false);
                }
                Err(NotTaken::Bad(_)) => return Ok(false),
            }
            let Some(whole) = whole else { return Ok(true) };
            if let Some(chunk) = &whole.chunk {
                self.stream.write_all(&acknowledgement(chunk))?;
            }
            self.bytes.drain(..whole.length.min(self.bytes.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_they_hold_no_more_than_there_is_room_for_and_the_small_are_let_be() {
        let all = Arc::new(AtomicUsize::new(0));
        let room = || Room { all: all.clone(), own: 0 };
        let (mut large, mut other, mut small) = (room(), room(), room());
        assert!(large.hold(40 << 20) && large.hold(30 << 20) && other.hold(30 << 20));
        assert!(!other.hold(40 << 20) && small.hold(1 << 20));
        drop(other);
        assert!(large.hold(60 << 20));
        drop((large, small));
        assert_eq!(all.load(Ordering::Acquire), 0);
    }
}
