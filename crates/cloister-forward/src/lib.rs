//! Fluentd's forward protocol, version 1, in its forward mode: a tag, entries of time and record, and an answer that
//! says that they were taken. Fluentd and Fluent Bit listen for it.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is tried.
const TRIES: u32 = 5;
/// The longest answer.
const ANSWER: usize = 1024;

/// A Fluentd or Fluent Bit.
#[derive(Debug)]
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
    /// Connects when there is something to send.
    pub fn new(address: SocketAddr, tag: &str) -> Forward {
        Forward { address, tag: tag.to_owned(), stream: None, sent: 0 }
    }

    /// Sends entries, each with its time in seconds, until somebody says that they were taken, for a while.
    ///
    /// # Errors
    /// Nobody took them.
    pub fn send<T: Serialize>(&mut self, entries: &[(i64, T)]) -> io::Result<()> {
        self.sent += 1;
        let chunk = format!("{:x}-{:x}", std::process::id(), self.sent);
        for tried in 0..TRIES {
            match self.once(&chunk, entries) {
                Ok(()) => return Ok(()),
                Err(_) => std::thread::sleep(Duration::from_millis(100 << tried)),
            }
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("{} takes nothing", self.address)))
    }

    /// Sends entries once, under this name: who has got them already under it may leave them.
    ///
    /// # Errors
    /// Nobody said that they were taken.
    pub fn once<T: Serialize>(&mut self, chunk: &str, entries: &[(i64, T)]) -> io::Result<()> {
        let message = message(&self.tag, entries, chunk)?;
        let answer = self.attempt(&message, chunk);
        if answer.is_err() {
            self.stream = None;
        }
        answer
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
        Err(io::Error::new(io::ErrorKind::InvalidData, "it does not say that it took what was sent"))
    }
}

/// `[tag, [[time, record], …], {chunk, size}]`, with times in seconds.
fn message<T: Serialize>(tag: &str, entries: &[(i64, T)], chunk: &str) -> io::Result<Vec<u8>> {
    let packed = rmp_serde::to_vec_named(&(tag, entries, Options { chunk, size: entries.len() }));
    packed.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use serde_json::{Value, json};

    use super::Forward;

    /// A tag, entries, and what is said of them.
    type Message = (String, Vec<(i64, Value)>, Value);

    /// Answers each connection: with a wrong word first, then with the right one.
    fn server(listener: TcpListener) -> Vec<Message> {
        let mut got = Vec::new();
        for word in [Some("another"), None] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut piece = [0; 64];
            let message: Message = loop {
                let read = stream.read(&mut piece).unwrap();
                bytes.extend_from_slice(&piece[..read]);
                if let Ok(message) = rmp_serde::from_slice(&bytes) {
                    break message;
                }
            };
            let ack = word.map_or_else(|| message.2["chunk"].clone(), |word| json!(word));
            stream.write_all(&rmp_serde::to_vec_named(&json!({ "ack": ack })).unwrap()).unwrap();
            got.push(message);
        }
        got
    }

    #[test]
    fn what_was_not_acknowledged_by_its_own_word_is_sent_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || server(listener));
        Forward::new(address, "here").send(&[(1_790_000_000, json!({ "a": 1 }))]).unwrap();
        let got = server.join().unwrap();
        assert_eq!(got.len(), 2);
        assert_eq!(got[0], got[1]);
        assert_eq!((got[0].0.as_str(), got[0].1[0].0, &got[0].2["size"]), ("here", 1_790_000_000, &json!(1)));
    }
}
