//! A client that sends bytes as they stand.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::backend;

const LONGEST: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Such as 200.
    pub status: u16,
    /// The fields, in small letters.
    pub head: Vec<String>,
    /// The body, without chunks.
    pub body: Vec<u8>,
}

/// Sends one request in `pieces` over a connection of its own, and reads the answer.
///
/// # Errors
/// The connection breaks, or the answer is none.
pub fn send(to: SocketAddr, pieces: &[&[u8]]) -> Result<Reply> {
    let mut stream = TcpStream::connect(to).context("the proxy does not take connections")?;
    stream.set_read_timeout(Some(LONGEST))?;
    stream.set_nodelay(true)?;
    for piece in pieces {
        // A proxy that refuses may close before all was sent; what it answered is read below.
        if stream.write_all(piece).is_err() {
            break;
        }
        stream.flush()?;
    }
    let mut reader = BufReader::new(stream);
    let message = backend::read(&mut reader)?.context("the proxy closed without an answer")?;
    let status = message.head.first().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    Ok(Reply { status: status.context("the answer has no status")?, head: message.head, body: message.body })
}
