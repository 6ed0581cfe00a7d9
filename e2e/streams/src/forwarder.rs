//! Carries frames between the two interfaces of a namespace, with faults on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use pcap::{Active, Capture, Direction, Error};

use crate::faults::{Faults, Way};
use crate::lab::inside;

/// Runs until it is dropped.
pub struct Forwarder {
    ends: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Forwarder {
    /// Begins to carry frames between `left` and `right`, interfaces of a namespace.
    ///
    /// # Errors
    /// An interface cannot be opened.
    pub fn start(namespace: &str, left: &str, right: &str, faults: Faults, seed: u64) -> Result<Forwarder> {
        let ends = Arc::new(AtomicBool::new(false));
        let namespace = namespace.to_owned();
        let (left, right) = (left.to_owned(), right.to_owned());
        // Interfaces are opened where they are, and used from anywhere.
        let open = move || -> Result<[(Capture<Active>, Capture<Active>); 2]> {
            inside(&namespace)?;
            Ok([(taps(&left)?, taps(&right)?), (taps(&right)?, taps(&left)?)])
        };
        let opened = thread::spawn(open).join().map_err(|_| anyhow!("a thread panicked"))??;
        let threads = opened.into_iter().zip([seed, seed.wrapping_add(1)]).map(|((from, to), seed)| {
            let ends = Arc::clone(&ends);
            thread::spawn(move || carry(from, to, Way::new(faults, seed), &ends))
        });
        let threads = threads.collect();
        Ok(Forwarder { ends, threads })
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn taps(interface: &str) -> Result<Capture<Active>> {
    let opened = Capture::from_device(interface)
        .map(|capture| capture.promisc(true).immediate_mode(true).timeout(1).snaplen(65_535).buffer_size(16 << 20))
        .and_then(pcap::Capture::open);
    let capture = opened.with_context(|| format!("failed to open {interface}"))?;
    // What we send ourselves does not come back.
    capture.direction(Direction::In).with_context(|| format!("failed to listen on {interface}"))?;
    Ok(capture)
}

fn carry(mut from: Capture<Active>, mut to: Capture<Active>, mut way: Way, ends: &AtomicBool) {
    let start = Instant::now();
    while !ends.load(Ordering::Relaxed) {
        let now = || u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let out = match from.next_packet() {
            Ok(packet) => way.pass(now(), packet.data),
            Err(Error::TimeoutExpired) => way.due(now()),
            Err(error) => return println!("streams: the forwarder ended: {error}"),
        };
        for frame in out {
            // One that is too long is lost, as others are.
            let _ = to.sendpacket(frame);
        }
    }
}
