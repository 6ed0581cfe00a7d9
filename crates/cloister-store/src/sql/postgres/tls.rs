//! TLS by rustls with ring. Certificates are always verified.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use postgres::Config;
use postgres::config::SslMode;
use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as Stream;

use crate::{Error, Result};

/// Makes protected connections.
#[derive(Clone)]
pub(crate) struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Trusts these authorities, or the system's.
    pub(crate) fn new(roots: Option<&[u8]>, to: &Config, place: &str) -> Result<Tls> {
        let fault = |cause: String| Error::Tls { place: place.to_owned(), cause };
        let mut store = RootCertStore::empty();
        if to.get_ssl_mode() != SslMode::Disable {
            for certificate in authorities(roots).map_err(fault)? {
                // One that cannot be read vouches for nobody; the others may.
                let _ = store.add(certificate);
            }
            if store.is_empty() {
                let cause = "no authority is known that certificates may be from: name a file of them".to_owned();
                return Err(fault(cause));
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| fault(error.to_string()))?;
        Ok(Tls { config: Arc::new(config.with_root_certificates(store).with_no_client_auth()) })
    }
}

fn authorities(pem: Option<&[u8]>) -> std::result::Result<Vec<CertificateDer<'static>>, String> {
    match pem {
        Some(pem) => {
            let read: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
            read.map_err(|_| "the file of authorities is no PEM: give certificates as openssl writes them".to_owned())
        }
        None => Ok(rustls_native_certs::load_native_certs().certs),
    }
}

impl<S> MakeTlsConnect<S> for Tls
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Protected<S>;
    type TlsConnect = Connecting;
    type Error = io::Error;

    fn make_tls_connect(&mut self, domain: &str) -> io::Result<Connecting> {
        let name = ServerName::try_from(domain.trim_matches(['[', ']']).to_owned());
        let name = name.map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "the host has no name to verify"))?;
        Ok(Connecting { config: Arc::clone(&self.config), name })
    }
}

/// A connection that is about to be protected.
pub(crate) struct Connecting {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl<S> TlsConnect<S> for Connecting
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Protected<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Protected<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let connecting = TlsConnector::from(self.config).connect(self.name, stream);
        Box::pin(async { connecting.await.map(|stream| Protected(Box::new(stream))) })
    }
}

/// A protected connection.
pub(crate) struct Protected<S>(Box<Stream<S>>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Protected<S> {
    fn channel_binding(&self) -> ChannelBinding {
        // The certificate is verified, which binds as much.
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Protected<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Protected<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(context)
    }
}
