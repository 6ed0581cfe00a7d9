//! A proxy that writes down what both sides say.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow};
use cloister_protocol::Side;

/// What was said on one connection, turn by turn.
pub(crate) type Recording = Vec<(Side, Vec<u8>)>;

/// Listens on a port of its own.
pub(crate) struct Proxy {
    port: u16,
    recordings: Arc<Mutex<Vec<Arc<Mutex<Recording>>>>>,
    stop: Arc<std::sync::atomic::AtomicBool>,
    accepts: JoinHandle<()>,
}

impl Proxy {
    /// Between those who connect and a port of this machine.
    pub(crate) fn start(target: u16) -> Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to listen")?;
        Proxy::on(listener, target)
    }

    /// The same on a listener that is there.
    pub(crate) fn on(listener: TcpListener, target: u16) -> Result<Proxy> {
        let port = listener.local_addr().context("the listener has no address")?.port();
        let recordings: Arc<Mutex<Vec<Arc<Mutex<Recording>>>>> = Arc::default();
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let (kept, stopped) = (Arc::clone(&recordings), Arc::clone(&stop));
        let accepts = thread::spawn(move || {
            let mut pumps = Vec::new();
            for client in listener.incoming() {
                if stopped.load(std::sync::atomic::Ordering::SeqCst) {
                    break;
                }
                let Ok(client) = client else { continue };
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)) else { continue };
                let recording: Arc<Mutex<Recording>> = Arc::default();
                if let Ok(mut all) = kept.lock() {
                    all.push(Arc::clone(&recording));
                }
                for (side, from, to) in [(Side::Client, &client, &server), (Side::Server, &server, &client)] {
                    let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else { continue };
                    let recording = Arc::clone(&recording);
                    pumps.push(thread::spawn(move || pump(side, from, to, &recording)));
                }
            }
            for pump in pumps {
                let _ = pump.join();
            }
        });
        Ok(Proxy { port, recordings, stop, accepts })
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What was said, by connection; all of them must be closed.
    pub(crate) fn finish(self) -> Result<Vec<Recording>> {
        self.stop.store(true, std::sync::atomic::Ordering::SeqCst);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        self.accepts.join().map_err(|_| anyhow!("the proxy panicked"))?;
        let all = self.recordings.lock().map_err(|_| anyhow!("a pump panicked"))?;
        all.iter().map(|one| Ok(one.lock().map_err(|_| anyhow!("a pump panicked"))?.clone())).collect()
    }
}

/// Writes down before it hands on, so that an answer never stands before its question.
fn pump(side: Side, mut from: TcpStream, mut to: TcpStream, recording: &Mutex<Recording>) {
    let mut room = vec![0; 64 << 10];
    while let Ok(count) = from.read(&mut room) {
        let bytes = room.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        if let Ok(mut recording) = recording.lock() {
            recording.push((side, bytes.to_vec()));
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
