//! Sends frames at a rate, as they are, past the network stack of the sender.

use std::io::IoSlice;
use std::os::fd::{AsRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use cloister_streams::inside;
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{
    AddressFamily, ControlMessage, LinkAddr, MsgFlags, MultiHeaders, SockFlag, SockType, bind, sendmmsg, socket,
};

use crate::lab::{INTERFACE, Lab};
use crate::load::{Load, Sent};

/// Frames that are handed to the kernel at once: at 1.5 Gbit/s, what is due within 0.2 ms.
const BATCH: usize = 32;

/// A socket for frames on the interface of namespace `a`.
pub struct Sender {
    socket: OwnedFd,
}

/// What was sent, and in which time.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub sent: Sent,
    pub time: Duration,
}

impl Pace {
    /// Bits a second, in millions.
    pub fn megabits(self) -> u64 {
        let micros = self.time.as_micros().max(1);
        u64::try_from(u128::from(self.sent.bytes) * 8 / micros).unwrap_or(u64::MAX)
    }
}

impl Sender {
    /// Opens it. A socket stays in the namespace in which it was made.
    pub fn open(lab: &Lab) -> Result<Sender> {
        let namespace = lab.name("a");
        let open = move || -> Result<OwnedFd> {
            inside(&namespace)?;
            let interfaces = getifaddrs().context("failed to list interfaces")?;
            let own = |it: nix::ifaddrs::InterfaceAddress| {
                (it.interface_name == INTERFACE).then(|| it.address?.as_link_addr().copied()).flatten()
            };
            let address: LinkAddr = interfaces.filter_map(own).next().context("the interface is not there")?;
            let made = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None);
            let made = made.context("failed to open a socket for frames")?;
            bind(made.as_raw_fd(), &address).context("failed to bind a socket to the interface")?;
            Ok(made)
        };
        let socket = thread::spawn(open).join().map_err(|_| anyhow!("a thread panicked"))??;
        Ok(Sender { socket })
    }

    /// Sends at so many millions of bits a second for a while, and then what is open to its end.
    pub fn send(&self, load: &mut Load, megabits: u64, time: Duration) -> Result<Pace> {
        let mut headers = MultiHeaders::preallocate(BATCH, None);
        let mut batch = Batch::default();
        let start = Instant::now();
        let mut ends = false;
        loop {
            let past = start.elapsed();
            if past >= time && !ends {
                ends = true;
                load.run_out();
            }
            let due = u64::try_from(past.as_micros()).unwrap_or(u64::MAX).saturating_mul(megabits) / 8;
            if load.sent().bytes >= due {
                std::hint::spin_loop();
                continue;
            }
            batch.fill(load);
            if batch.lengths.is_empty() {
                return Ok(Pace { sent: load.sent(), time: start.elapsed() });
            }
            self.write(&batch, &mut headers)?;
        }
    }

    fn write(&self, batch: &Batch, headers: &mut MultiHeaders<LinkAddr>) -> Result<()> {
        let mut rest = batch.bytes.as_slice();
        let mut slices = Vec::with_capacity(BATCH);
        for length in &batch.lengths {
            let (frame, after) = rest.split_at_checked(*length).context("a frame is missing")?;
            slices.push([IoSlice::new(frame)]);
            rest = after;
        }
        let mut done = 0;
        while let Some(waits) = slices.get(done..).filter(|waits| !waits.is_empty()) {
            let nowhere = vec![None; waits.len()];
            let none: [ControlMessage<'_>; 0] = [];
            let sent = sendmmsg(self.socket.as_raw_fd(), headers, waits, nowhere, none, MsgFlags::empty());
            let count = sent.context("the kernel takes no frames")?.count();
            ensure!(count > 0, "the kernel takes no frames");
            done += count;
        }
        Ok(())
    }
}

/// Frames, one behind the other.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    lengths: Vec<usize>,
}

impl Batch {
    fn fill(&mut self, load: &mut Load) {
        self.bytes.clear();
        self.lengths.clear();
        for _ in 0..BATCH {
            let before = self.bytes.len();
            if !load.put(&mut self.bytes) {
                return;
            }
            self.lengths.push(self.bytes.len() - before);
        }
    }
}
