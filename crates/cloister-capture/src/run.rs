//! Hands frames over, until there are no more or nobody wants them.

use std::io::{self, Stdout, Write, stdout};
use std::time::{Duration, Instant};

use cloister_capture::format::{beginning, put_end, put_frame, put_statistics};
use cloister_capture::{Reason, Statistics};
use pcap::{Activated, Active, Capture, Error, Offline, Packet, State};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::End;
use crate::open::{Opened, plain};

/// Frames are written once they make up so much, or none is left.
const ENOUGH: usize = 256 << 10;
/// What the pipe holds, where we may say so.
const PIPE: usize = 1 << 20;
/// Frames of a file that are read at once.
const AT_ONCE: usize = 1_024;
/// How long it is waited where there is no frame. The kernel's buffer holds what comes meanwhile.
const PAUSE: Duration = Duration::from_millis(4);
/// How often it is said what was counted.
const EVERY: Duration = Duration::from_millis(250);

pub(crate) fn run(opened: Opened) -> End {
    let link = match &opened {
        Opened::Interface { capture, .. } => capture.get_datalink(),
        Opened::File(capture) => capture.get_datalink(),
    };
    // Another pipe, a socket or a file is as good.
    let _ = rustix::pipe::fcntl_setpipe_size(stdout(), PIPE);
    let mut out = Out { output: stdout(), waits: beginning(u32::try_from(link.0).unwrap_or_default()), failed: None };
    let end = match opened {
        Opened::Interface { name, capture } => live(&name, capture, &mut out),
        Opened::File(capture) => file(capture, &mut out),
    };
    if out.failed.is_some() {
        // Nobody reads: that is how a capture is ended.
        return (Reason::Done, String::new());
    }
    put_end(&mut out.waits, end.0, &end.1);
    out.write();
    end
}

/// What is to be written.
struct Out {
    output: Stdout,
    waits: Vec<u8>,
    failed: Option<io::Error>,
}

impl Out {
    fn frame(&mut self, packet: &Packet<'_>) {
        let part = |value: i64| u64::try_from(value).unwrap_or_default();
        let time = part(packet.header.ts.tv_sec).saturating_mul(1_000_000) + part(packet.header.ts.tv_usec);
        put_frame(&mut self.waits, time, packet.header.len, packet.data);
        if self.waits.len() >= ENOUGH {
            self.write();
        }
    }

    fn write(&mut self) {
        if self.failed.is_none() {
            self.failed = self.output.write_all(&self.waits).and_then(|()| self.output.flush()).err();
        }
        self.waits.clear();
    }

    /// Waits a little, and sees whether somebody still reads.
    fn pause(&mut self) {
        let time = Timespec { tv_sec: 0, tv_nsec: i64::from(PAUSE.subsec_nanos()) };
        let mut waited = [PollFd::new(&self.output, PollFlags::empty())];
        let gone = poll(&mut waited, Some(&time)).is_ok_and(|ready| ready > 0);
        if gone {
            self.failed = Some(io::ErrorKind::BrokenPipe.into());
        }
    }
}

fn live(name: &str, mut capture: Capture<Active>, out: &mut Out) -> End {
    let mut told = Instant::now();
    let mut last = [0_u32; 3];
    let mut counted = Statistics::default();
    while out.failed.is_none() {
        let seen = match batch(&mut capture, None, out) {
            Ok(seen) => seen,
            Err(error) => return (Reason::Broken, format!("interface {name}: {}", plain(&error))),
        };
        if told.elapsed() >= EVERY {
            told = Instant::now();
            count(&mut capture, &mut last, &mut counted);
            put_statistics(&mut out.waits, counted);
        }
        out.write();
        if seen == 0 {
            out.pause();
        }
    }
    (Reason::Done, String::new())
}

fn file(mut capture: Capture<Offline>, out: &mut Out) -> End {
    while out.failed.is_none() {
        match batch(&mut capture, Some(AT_ONCE), out) {
            Ok(0) => return (Reason::Done, String::new()),
            Ok(_) => {}
            Err(error) => return (Reason::Broken, format!("the file is broken: {}", plain(&error))),
        }
    }
    (Reason::Done, String::new())
}

fn batch<T: Activated + State>(capture: &mut Capture<T>, most: Option<usize>, out: &mut Out) -> Result<usize, Error> {
    match capture.dispatch(most, |packet| out.frame(&packet)) {
        Err(Error::TimeoutExpired | Error::NoMorePackets) => Ok(0),
        other => other,
    }
}

/// Adds what was counted since the last time: libpcap's counters are of 32 bits, and wrap.
fn count(capture: &mut Capture<Active>, last: &mut [u32; 3], counted: &mut Statistics) {
    let Ok(now) = capture.stats() else { return };
    let now = [now.received, now.dropped, now.if_dropped];
    let [received, dropped, by_interface] = [0, 1, 2].map(|at| {
        let (now, last) = (now.get(at).copied().unwrap_or_default(), last.get(at).copied().unwrap_or_default());
        u64::from(now.wrapping_sub(last))
    });
    counted.received += received;
    counted.dropped += dropped;
    counted.dropped_by_interface += by_interface;
    *last = now;
}
