//! How long the server waits for a request that never ends.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::observe::See;
use super::server::Running;

/// The default of a minute, and time for a busy machine to say that it is over.
const LONGEST: Duration = Duration::from_secs(65);

/// Begins an object of which the rest never comes, and waits for the server to have enough of it.
pub fn observe(running: &Running, see: &mut See<'_>) -> Result<()> {
    let mut stream = connect(running)?;
    // Where more requests could follow, Go reads what is left of a body before it answers.
    write!(
        stream,
        "POST /api/v1/namespaces/default/configmaps?dryRun=All HTTP/1.1\r\nHost: judge\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"kind\""
    )?;
    stream.flush()?;
    stream.sock.set_read_timeout(Some(LONGEST))?;
    let mut first = [0; 64];
    let lasts = match stream.read(&mut first) {
        Ok(count) => {
            let line = String::from_utf8_lossy(first.get(..count).unwrap_or_default()).into_owned();
            if !line.starts_with("HTTP/1.1 504") {
                bail!("a request without an end is answered otherwise than by a timeout: {line}");
            }
            false
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => true,
        Err(error) => return Err(error).context("a request without an end"),
    };
    see("a request lasts longer than a minute", &["api-server-long-request-timeout"], lasts);
    Ok(())
}

/// As somebody who may make objects.
fn connect(running: &Running) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let identity = running.authority.identity("slow", "slow", &["system:masters"], &[])?;
    let pem = |text: &str| CertificateDer::from_pem_slice(text.as_bytes()).context("not a certificate");
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).context("not a key")?;
    let mut roots = RootCertStore::empty();
    roots.add(pem(&running.authority.certificate())?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![pem(&identity.certificate)?], key)?;
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?;
    let address = running.url.trim_start_matches("https://");
    Ok(StreamOwned::new(connection, TcpStream::connect(address).context("the server cannot be reached")?))
}
