//! Captures: taken by `cloister-capture`, written as files that tshark reads too, and read again.

use std::fs;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, bail, ensure};
use cloister_capture::{Capture, Reader, Record, Source, What};

use crate::lab::{Lab, Network, inside};

/// A frame with its time.
pub type Frame = (u64, Vec<u8>);

/// The link of all files here: Ethernet.
const ETHERNET: u32 = 1;
/// What the last datagram of a capture says, and to which port it goes.
const LAST: &[u8] = b"the capture ends with this datagram";
const LAST_PORT: u16 = 9;

/// The program, beside the one that runs.
///
/// # Errors
/// It was not built.
pub fn program() -> Result<PathBuf> {
    let own = std::env::current_exe().context("failed to find this program")?;
    // Tests run one folder below.
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("cloister-capture")).find(|path| path.is_file());
    found.context("cloister-capture was not built: cargo build --release -p cloister-capture")
}

/// A capture of host `b`, while it lasts.
pub struct Live {
    child: Child,
    thread: JoinHandle<Result<Vec<Frame>>>,
    network: Network,
}

impl Live {
    /// Begins.
    ///
    /// # Errors
    /// The program cannot be run, or cannot capture.
    pub fn start(lab: &Lab, network: Network) -> Result<Live> {
        let mut source = Source::new(What::Interface(network.interface().to_owned()));
        source.buffer = 64 << 20;
        let mut command = lab.command("b", &program()?.to_string_lossy());
        command.args(source.to_arguments()).stdout(Stdio::piped());
        let mut child = command.spawn().context("failed to start the capture")?;
        let output = child.stdout.take().context("no output")?;
        let reader = Reader::new(output)?;
        ensure!(reader.link() == ETHERNET, "the capture did not begin");
        Ok(Live { child, thread: thread::spawn(move || read_live(reader)), network })
    }

    /// Ends, once all was seen that was sent before.
    ///
    /// # Errors
    /// The capture dropped something.
    pub fn end(mut self, lab: &Lab) -> Result<Vec<Frame>> {
        let (host, network) = (lab.name("b"), self.network);
        let say = move || -> Result<()> {
            inside(&host)?;
            // Not into the tunnel: it is captured outside.
            let network = if network == Network::Vxlan { Network::Direct } else { network };
            let socket = UdpSocket::bind((network.address(2, false), 0))?;
            // Nobody listens there; a refusal is no failure.
            let _ = socket.send_to(LAST, (network.address(1, false), LAST_PORT));
            Ok(())
        };
        thread::spawn(say).join().map_err(|_| anyhow!("a thread panicked"))??;
        let frames = self.thread.join().map_err(|_| anyhow!("a thread panicked"))?;
        let _ = self.child.wait();
        frames
    }
}

fn read_live(mut reader: Reader<ChildStdout>) -> Result<Vec<Frame>> {
    let mut frames = Vec::new();
    loop {
        match reader.read()? {
            Some(Record::Frame { time, bytes, .. }) if bytes.ends_with(LAST) => {
                let _ = time;
                return Ok(frames);
            }
            Some(Record::Frame { time, bytes, .. }) => frames.push((time, bytes.to_vec())),
            Some(Record::Statistics(counted)) => {
                ensure!(counted.dropped == 0, "the capture dropped {}", counted.dropped)
            }
            Some(Record::End { text, .. }) => bail!("the capture ended: {text}"),
            None => bail!("the capture ended"),
        }
    }
}

/// Writes a file of pcap (<https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html>).
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, link: u32, frames: &[Frame]) -> Result<()> {
    let mut file = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 1 << 18, link].map(u32::to_le_bytes).concat();
    for (time, frame) in frames {
        let length = u32::try_from(frame.len())?;
        let (seconds, micros) = (u32::try_from(time / 1_000_000)?, u32::try_from(time % 1_000_000)?);
        file.extend([seconds, micros, length, length].map(u32::to_le_bytes).concat());
        file.extend(frame);
    }
    fs::write(path, file).with_context(|| format!("failed to write {}", path.display()))
}

/// Reads a file by the program, as the sensor does: the link, and its frames one by one.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path, mut each: impl FnMut(u32, u64, &[u8])) -> Result<()> {
    let mut capture = Capture::start(&program()?, &Source::new(What::File(path.to_owned())))?;
    let link = capture.link();
    loop {
        match capture.read()? {
            Some(Record::Frame { time, bytes, .. }) => each(link, time, bytes),
            Some(Record::End { text, .. }) => {
                ensure!(text.is_empty(), "{text}");
                return Ok(());
            }
            Some(Record::Statistics(_)) => {}
            None => bail!("the capture ended"),
        }
    }
}
