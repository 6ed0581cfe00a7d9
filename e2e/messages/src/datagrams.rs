//! A proxy for datagrams that writes down what both sides say, on the same port as one for streams.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use cloister_protocol::Side;

use crate::proxy::{Proxy, Recording};

/// Both proxies.
pub(crate) struct Both {
    streams: Proxy,
    recordings: Arc<Mutex<HashMap<SocketAddr, Recording>>>,
    stop: Arc<AtomicBool>,
    pump: JoinHandle<Result<()>>,
}

/// How long a socket is waited for before it is looked whether to stop.
const TURN: Duration = Duration::from_millis(5);

impl Both {
    /// Between those who ask and a port of this machine.
    pub(crate) fn start(target: u16) -> Result<Both> {
        let (listener, socket) = (0..100).find_map(|_| pair().ok()).context("failed to find a free port for both")?;
        let streams = Proxy::on(listener, target)?;
        let recordings: Arc<Mutex<HashMap<SocketAddr, Recording>>> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (kept, stopped) = (Arc::clone(&recordings), Arc::clone(&stop));
        let pump = thread::spawn(move || pump(&socket, target, &kept, &stopped));
        Ok(Both { streams, recordings, stop, pump })
    }

    /// Where they listen.
    pub(crate) fn port(&self) -> u16 {
        self.streams.port()
    }

    /// What was said: by connection, and by who asked in datagrams.
    pub(crate) fn finish(self) -> Result<(Vec<Recording>, Vec<Recording>)> {
        let streams = self.streams.finish()?;
        self.stop.store(true, Ordering::SeqCst);
        self.pump.join().map_err(|_| anyhow!("the proxy of datagrams panicked"))??;
        let mut all = self.recordings.lock().map_err(|_| anyhow!("the proxy of datagrams panicked"))?;
        let mut datagrams: Vec<_> = all.drain().collect();
        datagrams.sort_by_key(|(client, _)| *client);
        Ok((streams, datagrams.into_iter().map(|(_, recording)| recording).collect()))
    }
}

fn pair() -> Result<(TcpListener, UdpSocket)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to listen")?;
    let port = listener.local_addr().context("a listener has no address")?.port();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).context("the port is taken")?;
    Ok((listener, socket))
}

/// Hands datagrams on, those of each client by a socket of its own.
fn pump(
    socket: &UdpSocket,
    target: u16,
    recordings: &Mutex<HashMap<SocketAddr, Recording>>,
    stop: &AtomicBool,
) -> Result<()> {
    let mut servers: HashMap<SocketAddr, UdpSocket> = HashMap::new();
    let mut room = vec![0; 64 << 10];
    let record = |client: SocketAddr, side: Side, bytes: &[u8]| {
        if let Ok(mut recordings) = recordings.lock() {
            recordings.entry(client).or_default().push((side, bytes.to_vec()));
        }
    };
    socket.set_read_timeout(Some(TURN)).context("failed to set a limit of time")?;
    while !stop.load(Ordering::SeqCst) {
        if let Ok((count, client)) = socket.recv_from(&mut room) {
            let asked = room.get(..count).unwrap_or_default();
            record(client, Side::Client, asked);
            let server = match servers.entry(client) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(towards(target)?),
            };
            server.send(asked).context("failed to hand a datagram on")?;
        }
        for (client, server) in &servers {
            while let Ok(count) = server.recv(&mut room) {
                let answer = room.get(..count).unwrap_or_default();
                record(*client, Side::Server, answer);
                socket.send_to(answer, client).context("failed to hand a datagram back")?;
            }
        }
    }
    Ok(())
}

fn towards(target: u16) -> Result<UdpSocket> {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to open a socket")?;
    server.connect((Ipv4Addr::LOCALHOST, target)).context("failed to connect a socket")?;
    server.set_nonblocking(true).context("failed to set a socket")?;
    Ok(server)
}
