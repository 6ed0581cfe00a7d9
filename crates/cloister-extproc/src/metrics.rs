//! Numbers for Prometheus, at `/metrics`. No name in them was chosen by a peer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use cloister_extproc::Office;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long a reader may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest head of a request.
const HEAD: usize = 8 << 10;

type Labels = Vec<(&'static str, String)>;

/// Answers at this address, beside everything else.
///
/// # Errors
/// It cannot be listened on.
pub async fn serve(address: SocketAddr, office: Arc<Office>) -> Result<()> {
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("metrics cannot be served at {address}"))?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who does not read or write in time is left.
            let _ = tokio::time::timeout(PATIENCE, answer(stream, &office)).await;
        }
    });
    Ok(())
}

async fn answer(mut stream: TcpStream, office: &Office) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while head.len() < HEAD && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece).await? {
            0 => break,
            read => head.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let (status, body) = match line {
        b"GET /metrics HTTP/1.1" | b"GET /metrics HTTP/1.0" => ("200 OK", text(office)),
        b"GET /healthz HTTP/1.1" | b"GET /healthz HTTP/1.0" => ("200 OK", "ok\n".to_owned()),
        _ => ("404 Not Found", "there is /metrics and /healthz\n".to_owned()),
    };
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}

/// All of them.
pub fn text(office: &Office) -> String {
    let mut registry = Registry::with_prefix("cloister_extproc");
    let exchanges = Counter::<u64>::default();
    exchanges.inc_by(office.exchanges());
    registry.register("exchanges", "Exchanges that were seen", exchanges);
    let undone = Family::<Labels, Counter>::default();
    for (why, count) in office.undone() {
        undone.get_or_create(&vec![("why", why.as_str().replace(' ', "-"))]).inc_by(count);
    }
    registry.register("undone", "What could not be searched, changed or stopped", undone);
    let mut by: BTreeMap<Labels, i64> = BTreeMap::new();
    for finding in office.findings() {
        let labels = vec![
            ("finding", finding.finding.to_owned()),
            ("category", finding.category.to_owned()),
            ("severity", finding.severity.as_str().to_owned()),
            ("action", finding.action.to_owned()),
        ];
        *by.entry(labels).or_default() += 1;
    }
    let findings = Family::<Labels, Gauge>::default();
    for (labels, count) in by {
        findings.get_or_create(&labels).set(count);
    }
    registry.register("findings", "Leaks that are known", findings);
    let mut text = String::new();
    let _ = encode(&mut text, &registry);
    text
}
