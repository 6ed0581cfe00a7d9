//! Requests at a fixed rate, whatever the answers take: each is timed from the moment at which it was due.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Requests in a second, over all connections.
    pub rate: u32,
    /// How many connections take turns.
    pub connections: u32,
    /// How many requests each sends.
    pub each: u32,
}

/// Sends `request` at the rate of `load`; returns how long each took, in order of length.
///
/// # Errors
/// A connection breaks, or an answer is not 200.
pub async fn run(to: SocketAddr, request: Vec<u8>, load: Load) -> Result<Vec<Duration>> {
    let request: &'static [u8] = request.leak();
    let start = Instant::now() + Duration::from_millis(100);
    let gap = Duration::from_secs(1) / load.rate;
    let mut tasks = JoinSet::new();
    for number in 0..load.connections {
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(to).await.context("the proxy does not take connections")?;
            stream.set_nodelay(true)?;
            let mut times = Vec::new();
            let mut buffer = vec![0; 64 << 10];
            for turn in 0..load.each {
                let due = start + gap * (turn * load.connections + number);
                tokio::time::sleep_until(due.into()).await;
                stream.write_all(request).await?;
                answer(&mut stream, &mut buffer).await?;
                times.push(due.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut all = Vec::new();
    while let Some(times) = tasks.join_next().await {
        all.extend(times??);
    }
    all.sort_unstable();
    Ok(all)
}

/// Reads one answer with a length, or in chunks.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<()> {
    let mut filled = 0;
    loop {
        let room = buffer.get_mut(filled..).unwrap_or_default();
        let count = stream.read(room).await?;
        if count == 0 {
            bail!("the proxy closed the connection");
        }
        filled += count;
        let came = buffer.get(..filled).unwrap_or_default();
        if is_whole(came)? {
            return Ok(());
        }
    }
}

fn is_whole(came: &[u8]) -> Result<bool> {
    let Some(end) = came.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(false) };
    let head = String::from_utf8_lossy(came.get(..end).unwrap_or_default()).to_ascii_lowercase();
    if !head.starts_with("http/1.1 200") {
        bail!("the answer is not 200: {}", head.lines().next().unwrap_or_default());
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    Ok(match length {
        Some(length) => came.len() >= end + 4 + length,
        None => came.ends_with(b"\r\n0\r\n\r\n"),
    })
}

/// What so many in a thousand of `times` stay under.
pub fn quantile(times: &[Duration], per_mille: usize) -> Duration {
    let place = (times.len() * per_mille / 1000).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default()
}
