//! Fluentd's forward protocol, version 1, in its forward mode: a tag, entries of time and record, and an answer that
//! says that they were taken.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cloister_dlp::document::Finding;
use serde::{Deserialize, Serialize};

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is tried.
const TRIES: u32 = 5;
/// The longest answer.
const ANSWER: usize = 1024;

/// A Fluentd or Fluent Bit.
pub struct Forward {
    address: SocketAddr,
    tag: String,
    stream: Option<TcpStream>,
    sent: u64,
}

#[derive(Serialize)]
struct Options<'a> {
    chunk: &'a str,
    size: usize,
}

#[derive(Deserialize)]
struct Answer {
    ack: String,
}

impl Forward {
    pub fn new(address: SocketAddr, tag: &str) -> Forward {
        Forward { address, tag: tag.to_owned(), stream: None, sent: 0 }
    }

    /// Sends them until somebody says that they were taken, for a while.
    ///
    /// # Errors
    /// Nobody took them.
    pub fn send(&mut self, findings: &[Finding]) -> io::Result<()> {
        self.sent += 1;
        let chunk = format!("{:x}-{:x}", std::process::id(), self.sent);
        let Some(message) = message(&self.tag, findings, &chunk) else { return Ok(()) };
        for tried in 0..TRIES {
            match self.attempt(&message, &chunk) {
                Ok(()) => return Ok(()),
                Err(_) => {
                    self.stream = None;
                    std::thread::sleep(Duration::from_millis(100 << tried));
                }
            }
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("{} takes nothing", self.address)))
    }

    fn attempt(&mut self, message: &[u8], chunk: &str) -> io::Result<()> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                self.stream.insert(stream)
            }
        };
        stream.write_all(message)?;
        let mut answer = Vec::new();
        let mut piece = [0; 256];
        while answer.len() < ANSWER {
            let read = stream.read(&mut piece)?;
            answer.extend_from_slice(piece.get(..read).unwrap_or_default());
            match rmp_serde::from_slice::<Answer>(&answer) {
                Ok(answer) if answer.ack == chunk => return Ok(()),
                _ if read == 0 => break,
                _ => {}
            }
        }
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// `[tag, [[time, record], …], {chunk, size}]`, with times in seconds.
fn message(tag: &str, findings: &[Finding], chunk: &str) -> Option<Vec<u8>> {
    let seconds = |finding: &Finding| finding.last.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
    let entries: Vec<(i64, &Finding)> = findings.iter().map(|finding| (seconds(finding), finding)).collect();
    rmp_serde::to_vec_named(&(tag, entries, Options { chunk, size: findings.len() })).ok()
}
