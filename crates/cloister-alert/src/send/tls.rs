//! Whom to trust.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::failure::Failure;

/// The certificates to trust: those of a file, or those of the system.
pub fn roots(file: Option<&str>) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let Some(file) = file else { return Ok(system().clone()) };
    let help = "name a file with certificates in PEM, or leave caFile out to trust what the system trusts";
    let wrong = || Failure::lasting(format!("no certificate can be read from {file}"), help);
    let found: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_file_iter(file).map_err(|_| wrong())?.collect();
    found.ok().filter(|found| !found.is_empty()).ok_or_else(wrong)
}

/// Read once: there are hundreds.
fn system() -> &'static Vec<CertificateDer<'static>> {
    static SYSTEM: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    SYSTEM.get_or_init(|| rustls_native_certs::load_native_certs().certs)
}

/// How a server of mail is spoken to.
pub fn client(file: Option<&str>) -> Result<Arc<ClientConfig>, Failure> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots(file)?);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|_| Failure::lasting("TLS cannot be set up", "this is a fault of Cloister"))?;
    Ok(Arc::new(builder.with_root_certificates(store).with_no_client_auth()))
}
