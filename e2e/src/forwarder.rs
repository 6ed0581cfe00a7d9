//! Carries connections from one address to another, as kube-proxy does for the address of a Service; and can be cut.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

/// Where nobody is any more, the kernel would try for two minutes.
const REACHED: Duration = Duration::from_secs(5);

/// A listener, and the connections that it carries. Dropping it ends all of them.
pub struct Forwarder {
    address: SocketAddr,
    line: Arc<Line>,
    thread: Option<JoinHandle<()>>,
}

/// What the threads share.
#[derive(Default)]
struct Line {
    cut: AtomicBool,
    over: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Forwarder {
    /// Carries connections to `listen` on to `target`.
    ///
    /// # Errors
    /// Nobody may listen there.
    pub fn start(listen: SocketAddr, target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(listen).with_context(|| format!("failed to listen on {listen}"))?;
        let address = listener.local_addr().context("failed to read an address")?;
        let line = Arc::new(Line::default());
        let shared = Arc::clone(&line);
        let thread = thread::spawn(move || accept(&listener, target, &shared));
        Ok(Self { address, line, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection, and takes no other until [`Forwarder::heal`].
    pub fn cut(&self) {
        self.line.cut.store(true, Ordering::SeqCst);
        self.line.end_all();
    }

    /// Carries connections again.
    pub fn heal(&self) {
        self.line.cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.line.over.store(true, Ordering::SeqCst);
        self.cut();
        // Wakes the one that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Line {
    fn end_all(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Remembers both ends, to end them.
    fn keep(&self, ends: [&TcpStream; 2]) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for end in ends {
            open.push(end.try_clone()?);
        }
        Ok(())
    }
}

fn accept(listener: &TcpListener, target: SocketAddr, line: &Arc<Line>) {
    for stream in listener.incoming().flatten() {
        if line.over.load(Ordering::SeqCst) {
            return;
        }
        if !line.cut.load(Ordering::SeqCst) {
            // Who cannot be carried sees the end of the connection.
            let _ = carry(stream, target, line);
        }
    }
}

fn carry(near: TcpStream, target: SocketAddr, line: &Arc<Line>) -> io::Result<()> {
    let far = TcpStream::connect_timeout(&target, REACHED)?;
    line.keep([&near, &far])?;
    let (near_again, far_again) = (near.try_clone()?, far.try_clone()?);
    thread::spawn(move || copy(near, far));
    thread::spawn(move || copy(far_again, near_again));
    // It may have been cut while this connection was made.
    if line.cut.load(Ordering::SeqCst) {
        line.end_all();
    }
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut piece = vec![0; 64 << 10];
    while let Ok(read) = from.read(&mut piece) {
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}
