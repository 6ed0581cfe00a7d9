//! A server that keeps what it hears and answers what it was told to: byte by byte, so that nothing between is assumed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result};

/// A request that was heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Its first line and its fields, in small letters.
    pub head: Vec<String>,
    /// Its body, without chunks.
    pub body: Vec<u8>,
}

/// A server on a thread of its own; it ends with the process.
pub struct Backend {
    /// Where it listens.
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Backend {
    /// One that answers every request with `answer`, as it stands.
    ///
    /// # Errors
    /// No port can be had.
    pub fn start(answer: Vec<u8>) -> Result<Backend> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port for the backend")?;
        let address = listener.local_addr()?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let books = Arc::clone(&heard);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (books, answer) = (Arc::clone(&books), Arc::clone(&answer));
                // A connection that breaks ends its thread: the client sees it.
                thread::spawn(move || talk(stream, &books, &answer));
            }
        });
        Ok(Backend { address, heard })
    }

    /// What was heard since the last time.
    pub fn take(&self) -> Vec<Heard> {
        self.heard.lock().map(|mut heard| std::mem::take(&mut *heard)).unwrap_or_default()
    }
}

fn talk(stream: TcpStream, books: &Mutex<Vec<Heard>>, answer: &[u8]) -> Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader)? {
        if let Ok(mut books) = books.lock() {
            books.push(request);
        }
        writer.write_all(answer)?;
    }
    Ok(())
}

/// The next message; nothing where the peer says no more.
pub fn read(reader: &mut impl BufRead) -> Result<Option<Heard>> {
    let mut message = Heard::default();
    loop {
        let line = line(reader)?;
        if line.is_empty() {
            break;
        }
        message.head.push(line.to_ascii_lowercase());
    }
    if message.head.is_empty() {
        return Ok(None);
    }
    let field = |name: &str| message.head.iter().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if field("transfer-encoding:") == Some("chunked") {
        loop {
            let size = usize::from_str_radix(line(reader)?.split(';').next().unwrap_or_default().trim(), 16)?;
            if size == 0 {
                break;
            }
            reader.take(size as u64).read_to_end(&mut message.body)?;
            line(reader)?;
        }
        // What follows the last chunk, and the empty line behind it.
        while !line(reader)?.is_empty() {}
    } else if let Some(length) = field("content-length:") {
        reader.take(length.parse()?).read_to_end(&mut message.body)?;
    }
    Ok(Some(message))
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
