//! TLS of the hub's own: certificate and key by file, renewed when the files change; and agents that show a certificate.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig, version};
use sha2::{Digest, Sha256};

/// The files, in PEM.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate, then those that lead to its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Authorities of agents' certificates; agents show none without it.
    pub agents: Option<PathBuf>,
}

/// What is in force, and what it was made of.
pub struct Tls {
    files: Files,
    now: RwLock<Arc<InForce>>,
    /// What was looked at last: files that are being written are looked at twice before anybody is told that they are broken.
    seen: Mutex<Seen>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Tls({:?})", self.files)
    }
}

/// A configuration that connections are begun with.
pub struct InForce {
    /// Its certificate and key, and whom it trusts.
    pub config: Arc<ServerConfig>,
    /// Which authorities of agents it trusts: certificates that were shown to others count no longer.
    pub agents: Digested,
    /// What to call its certificate.
    pub fingerprint: String,
}

/// What files hold, in short.
pub type Digested = [u8; 32];

#[derive(Default)]
struct Seen {
    files: Digested,
    times: u8,
}

/// Why files cannot be used: cause and way out. It quotes nothing that is in them.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}: {way_out}")]
pub struct BadTls {
    /// What is wrong.
    pub cause: String,
    /// What to do.
    pub way_out: &'static str,
}

/// What looking at the files came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Looked {
    /// They are as they were, or are being written.
    Same,
    /// They changed, and are in force.
    Renewed(String),
    /// They changed, and cannot be used: what was in force stays.
    Broken(BadTls),
}

/// Longer files are no certificates.
const LONGEST: u64 = 4 * 1024 * 1024;

struct Read {
    certificate: Vec<u8>,
    key: Vec<u8>,
    agents: Option<Vec<u8>>,
}

impl Read {
    fn digest(&self) -> Digested {
        let mut hash = Sha256::new();
        for part in [&self.certificate, &self.key, self.agents.as_ref().unwrap_or(&Vec::new())] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

impl Tls {
    /// Reads the files.
    pub fn open(files: Files) -> Result<Tls, BadTls> {
        let read = read(&files)?;
        let seen = Seen { files: read.digest(), times: 0 };
        let now = in_force(&files, &read)?;
        Ok(Tls { files, now: RwLock::new(Arc::new(now)), seen: Mutex::new(seen) })
    }

    /// What new connections are begun with.
    pub fn now(&self) -> Arc<InForce> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks whether the files changed.
    pub fn look(&self) -> Looked {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let read = read(&self.files);
        let digest = read.as_ref().map_or([0; 32], Read::digest);
        if digest == seen.files && seen.times != 1 {
            return Looked::Same;
        }
        let again = digest == seen.files;
        *seen = Seen { files: digest, times: if again { 2 } else { 1 } };
        match read.and_then(|read| in_force(&self.files, &read)) {
            Ok(now) => {
                seen.times = 2;
                let fingerprint = now.fingerprint.clone();
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
                Looked::Renewed(fingerprint)
            }
            Err(bad) if again => Looked::Broken(bad),
            Err(_) => Looked::Same,
        }
    }
}

fn bad(path: &Path, what: &str, way_out: &'static str) -> BadTls {
    BadTls { cause: format!("{}: {what}", path.display()), way_out }
}

fn read(files: &Files) -> Result<Read, BadTls> {
    let one = |path: &Path, way_out| {
        let read = std::fs::metadata(path).and_then(|about| {
            if about.len() > LONGEST {
                return Err(std::io::Error::other("it is longer than 4 MiB"));
            }
            std::fs::read(path)
        });
        read.map_err(|error| {
            let why = error.to_string();
            bad(path, why.split(" (os error").next().unwrap_or("it cannot be read"), way_out)
        })
    };
    Ok(Read {
        certificate: one(&files.certificate, "name the file of the certificate: --tls-cert FILE")?,
        key: one(&files.key, "name the file of its key: --tls-key FILE")?,
        agents: files
            .agents
            .as_deref()
            .map(|path| one(path, "name the file of the authorities: --agents-ca FILE"))
            .transpose()?,
    })
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, BadTls> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let way_out = "give certificates in PEM, as openssl writes them";
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        Ok(_) => Err(bad(path, "there is no certificate in it", way_out)),
        Err(_) => Err(bad(path, "it is no PEM", way_out)),
    }
}

fn in_force(files: &Files, read: &Read) -> Result<InForce, BadTls> {
    let chain = certificates(&files.certificate, &read.certificate)?;
    let fingerprint = chain.first().map(|first| hex(&Sha256::digest(first))).unwrap_or_default();
    let key = PrivateKeyDer::from_pem_slice(&read.key).map_err(|_| {
        bad(&files.key, "there is no private key in it", "give the certificate's key in PEM, without a password")
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let unusable = |error: rustls::Error| {
        bad(&files.key, &error.to_string(), "give the key that the certificate was made for, of RSA, ECDSA or Ed25519")
    };
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(unusable)?;
    let builder = match (&files.agents, &read.agents) {
        (Some(path), Some(pem)) => builder.with_client_cert_verifier(agents(path, pem, provider)?),
        _ => builder.with_no_client_auth(),
    };
    let mut config = builder.with_single_cert(chain, key).map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let agents = Sha256::digest(read.agents.as_deref().unwrap_or_default()).into();
    Ok(InForce { config: Arc::new(config), agents, fingerprint })
}

/// People come without a certificate, agents may come with one.
fn agents(
    path: &Path,
    pem: &[u8],
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, BadTls> {
    let way_out = "give the authorities' own certificates";
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path, pem)? {
        roots.add(certificate).map_err(|error| bad(path, &error.to_string(), way_out))?;
    }
    let built = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).allow_unauthenticated().build();
    built.map_err(|error| bad(path, &error.to_string(), way_out))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
