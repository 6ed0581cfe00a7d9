//! A way from pods to the API server, which listens on loopback only: plain HTTP on the node's own bridge, from which no
//! route leads out. It passes on GETs with the token that they carry, and nothing of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::{Api, Cluster};

/// The longest that a pod is waited for.
const LIMIT: Duration = Duration::from_secs(5);

/// A running relay; dropping it ends it.
pub struct Relay {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Starts it.
    pub fn start(cluster: &Cluster) -> Result<Self> {
        let nobody = Api::anonymous(cluster.url(), cluster.authority())?;
        let listener = TcpListener::bind((cluster.node_address(), 0)).context("failed to listen on the bridge")?;
        let address = listener.local_addr().context("failed to read a port")?;
        let ended = Arc::new(AtomicBool::new(false));
        let (seen, stop) = (nobody, Arc::clone(&ended));
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                // A pod that hangs up is its own affair.
                let _ = pass_on(&stream, &seen);
            }
        });
        Ok(Self { address, ended, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect_timeout(&self.address, LIMIT);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn pass_on(mut stream: &TcpStream, api: &Api) -> Result<()> {
    stream.set_read_timeout(Some(LIMIT))?;
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().context("no request")??;
    let path = first.split(' ').nth(1).context("no path")?.to_owned();
    let mut token = String::new();
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("authorization")
        {
            value.trim().clone_into(&mut token);
        }
    }
    let answer = api.with_header("Authorization", &token).get(&path)?;
    let length = answer.body.len();
    write!(
        stream,
        "HTTP/1.0 {} x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{}",
        answer.status, answer.body
    )?;
    Ok(())
}
