//! A whole handshake by rustls, with a server that need not be trusted: what it shows is judged afterwards, and nothing
//! secret is said to it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};

use crate::wire::{Timed, Wire, words};

/// What a handshake showed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Session {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) protocol: Option<String>,
    pub(crate) asks_client: bool,
    pub(crate) unfinished: Option<String>,
}

/// What the handshake told on its way, even if it came to nothing.
#[derive(Debug, Default)]
struct Seen(Mutex<Session>);

impl Seen {
    fn note(&self, change: impl FnOnce(&mut Session)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Makes one handshake that offers HTTP/2 and HTTP/1.1.
pub(crate) fn open(wire: &mut Wire<'_>) -> Session {
    let seen = Arc::new(Seen::default());
    let ended = handshake(wire, &seen, &[b"h2", b"http/1.1"]);
    let mut session = seen.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match ended {
        Ok(stream) => {
            session.protocol = stream.conn.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
        }
        Err(why) => session.unfinished = Some(why),
    }
    session
}

/// A connection for HTTP/1.1.
pub(crate) fn http(wire: &mut Wire<'_>) -> Result<impl Read + Write + use<>, String> {
    handshake(wire, &Arc::default(), &[b"http/1.1"])
}

fn handshake(
    wire: &mut Wire<'_>,
    seen: &Arc<Seen>,
    protocols: &[&[u8]],
) -> Result<StreamOwned<ClientConnection, Timed>, String> {
    let name =
        ServerName::try_from(wire.endpoint().host.clone()).map_err(|_| "the host has no valid name".to_owned())?;
    let mut connection =
        ClientConnection::new(Arc::new(configuration(seen, protocols)?), name).map_err(|error| told(&error))?;
    let mut stream = wire.connect()?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).map_err(|error| failure(&error))?;
    }
    Ok(StreamOwned::new(connection, stream))
}

fn configuration(seen: &Arc<Seen>, protocols: &[&[u8]]) -> Result<ClientConfig, String> {
    let mut configuration = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| told(&error))?
        .dangerous()
        .with_custom_certificate_verifier(seen.clone())
        .with_client_cert_resolver(seen.clone());
    configuration.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(configuration)
}

/// What went wrong, from inside an error of input and output.
pub(crate) fn failure(error: &std::io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    inner.map_or_else(|| words(error), told)
}

fn told(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => format!("alert {}", crate::tls::answer::alert(u8::from(*alert))),
        Error::PeerIncompatible(_) => "no version or suite in common with rustls".to_owned(),
        other => other.to_string(),
    }
}

impl ServerCertVerifier for Seen {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _stapled: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(own).chain(others).map(|der| der.to_vec()).collect();
        self.note(|session| session.chain = chain);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _own: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _own: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        use SignatureScheme as S;
        vec![
            S::ECDSA_NISTP256_SHA256,
            S::ECDSA_NISTP384_SHA384,
            S::ECDSA_NISTP521_SHA512,
            S::ED25519,
            S::ED448,
            S::RSA_PSS_SHA256,
            S::RSA_PSS_SHA384,
            S::RSA_PSS_SHA512,
            S::RSA_PKCS1_SHA256,
            S::RSA_PKCS1_SHA384,
            S::RSA_PKCS1_SHA512,
            S::RSA_PKCS1_SHA1,
            S::ECDSA_SHA1_Legacy,
        ]
    }
}

impl ResolvesClientCert for Seen {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.note(|session| session.asks_client = true);
        None
    }

    fn has_certs(&self) -> bool {
        // Otherwise the server's question is not passed on.
        true
    }
}
