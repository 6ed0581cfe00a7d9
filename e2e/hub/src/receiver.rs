//! A receiver of alerts: a program of one's own that a webhook tells.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use serde_json::Value;

/// What it was told, in order.
#[derive(Debug)]
pub struct Receiver {
    told: Arc<Mutex<Vec<Value>>>,
    /// `http://127.0.0.1:PORT/`.
    pub address: String,
}

impl Receiver {
    /// Takes whatever is sent, until the process ends.
    ///
    /// # Errors
    /// There is no port.
    pub fn start() -> Result<Receiver> {
        let socket = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}/", socket.local_addr()?);
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = told.clone();
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                // Who hangs up in the middle has told nothing.
                if let Ok(event) = hear(stream) {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(event);
                }
            }
        });
        Ok(Receiver { told, address })
    }

    /// The events so far.
    pub fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn hear(stream: TcpStream) -> Result<Value> {
    let (mut from, mut length) = (BufReader::new(&stream), 0);
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        if let Some((name, value)) =
            line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        {
            length = value.trim().parse().map_err(|_| anyhow::anyhow!("{name}"))?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    (&stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    Ok(serde_json::from_slice(&body)?)
}
