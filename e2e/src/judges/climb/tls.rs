//! TLS without a library of HTTP: a server for a webhook, and a WebSocket to the API server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::pki::{Authority, Identity};

const LIMIT: Duration = Duration::from_secs(30);

fn chain(identity: &Identity) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).context("not a certificate")?;
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).context("not a key")?;
    Ok((vec![certificate], key))
}

/// A webhook that allows everything, makes the first container of each pod run a shell line, and keeps what it sees. Its
/// thread ends with the judge.
pub struct Webhook {
    url: String,
    seen: Arc<Mutex<String>>,
}

impl Webhook {
    /// Serves it; without a line nothing is changed.
    pub fn serve(authority: &Authority, line: &str) -> Result<Self> {
        let (chain, key) = chain(&authority.identity("webhook", "webhook", &[], &["127.0.0.1"])?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let config = Arc::new(config);
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("failed to listen")?;
        let url = format!("https://{}/", listener.local_addr()?);
        let command = json!([{"op": "add", "path": "/spec/containers/0/command", "value": ["sh", "-c", line]}]);
        let patch = (!line.is_empty()).then_some(command);
        let seen = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
                // A caller that hangs up asks again.
                if let Ok(review) = review(StreamOwned::new(connection, stream), patch.as_ref()) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&review);
                }
            }
        });
        Ok(Self { url, seen })
    }

    /// Where it is asked.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// All that it was asked.
    pub fn seen(&self) -> String {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers one review, and gives it.
fn review(stream: StreamOwned<ServerConnection, TcpStream>, patch: Option<&Value>) -> Result<String> {
    stream.sock.set_read_timeout(Some(LIMIT))?;
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let review: Value = serde_json::from_slice(&body)?;
    let mut response = json!({"uid": review["request"]["uid"], "allowed": true});
    if let Some(patch) = patch {
        response["patchType"] = json!("JSONPatch");
        response["patch"] = json!(STANDARD.encode(patch.to_string()));
    }
    let answer =
        json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}).to_string();
    let stream = reader.get_mut();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    )?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(review.to_string())
}

/// What a WebSocket GET came to: the status of the handshake, and all that then came from the output of a command.
pub struct Streamed {
    /// 101 where it was opened.
    pub status: u16,
    /// The output, or the body of the refusal.
    pub text: String,
}

/// Opens a WebSocket by GET, as an attacker would whose rights say `get`, and reads it to its end.
pub fn websocket(url: &str, path: &str, authority: &Authority, identity: &Identity) -> Result<Streamed> {
    let host = url.strip_prefix("https://").context("not a URL")?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.certificate().as_bytes()).context("not a certificate")?)?;
    let (chain, key) = chain(identity)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)?;
    let name = host.split(':').next().unwrap_or_default().to_owned();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(name)?)?;
    let socket = TcpStream::connect(host).context("failed to connect")?;
    socket.set_read_timeout(Some(LIMIT))?;
    let mut stream = StreamOwned::new(connection, socket);
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n"
    )?;
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let status: u16 = first.split(' ').nth(1).context("no status")?.parse()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
    }
    if status != 101 {
        let mut body = [0; 4096];
        let count = reader.read(&mut body)?;
        let text = String::from_utf8_lossy(body.get(..count).unwrap_or_default()).into_owned();
        return Ok(Streamed { status, text });
    }
    let mut text = String::new();
    while let Some((channel, data)) = frame(&mut reader)? {
        if matches!(channel, 1 | 2) {
            text.push_str(&String::from_utf8_lossy(&data));
        }
        // The outcome of the command comes last.
        if channel == 3 {
            break;
        }
    }
    Ok(Streamed { status, text })
}

/// One message of a server: channel and data; nothing at the end (RFC 6455, 5.2; a server's frames are not masked).
fn frame(reader: &mut impl Read) -> Result<Option<(u8, Vec<u8>)>> {
    let mut head = [0; 2];
    reader.read_exact(&mut head)?;
    let [kind, short] = head;
    let length = match short & 0x7f {
        126 => {
            let mut long = [0; 2];
            reader.read_exact(&mut long)?;
            usize::from(u16::from_be_bytes(long))
        }
        127 => bail!("a message of that length was not asked for"),
        short => usize::from(short),
    };
    let mut data = vec![0; length];
    reader.read_exact(&mut data)?;
    if kind & 0x0f == 8 {
        return Ok(None);
    }
    if data.is_empty() {
        return Ok(Some((u8::MAX, data)));
    }
    let channel = data.remove(0);
    Ok(Some((channel, data)))
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn messages_of_both_lengths_are_read_until_the_end() {
        let long = vec![b'x'; 200];
        let mut stream = vec![0x82, 3, 1, b'h', b'i', 0x82, 126, 0, 201, 2];
        stream.extend(&long);
        stream.extend([0x88, 0]);
        let mut reader = stream.as_slice();
        assert_eq!(frame(&mut reader).unwrap(), Some((1, b"hi".to_vec())));
        assert_eq!(frame(&mut reader).unwrap(), Some((2, long)));
        assert_eq!(frame(&mut reader).unwrap(), None);
    }
}
