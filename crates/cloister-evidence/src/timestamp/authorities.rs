//! Whom to believe what time it was.

use jiff::Timestamp;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::{NoTimestamp, objects};

/// Certificates that a timestamp's must lead to.
#[derive(Clone, Debug)]
pub struct Authorities(Vec<CertificateDer<'static>>);

/// Bytes without a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no certificate of an authority can be read from it: it takes PEM, one certificate after the other")]
pub struct NoAuthorities;

impl Authorities {
    /// Of PEM, one or more.
    pub fn read(pem: &[u8]) -> Result<Authorities, NoAuthorities> {
        let all = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(|_| NoAuthorities)?;
        let are_read = !all.is_empty() && all.iter().all(|one| anchor_from_trusted_cert(one).is_ok());
        if are_read { Ok(Authorities(all)) } else { Err(NoAuthorities) }
    }

    /// Their certificates, as DER.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// Whether a certificate leads to one of them, was valid then, and may be one for stamping times.
    pub(super) fn trust(
        &self,
        signer: &EndEntityCert<'_>,
        others: &[CertificateDer<'_>],
        time: Timestamp,
    ) -> Result<(), NoTimestamp> {
        let anchors: Vec<TrustAnchor<'_>> =
            self.0.iter().filter_map(|one| anchor_from_trusted_cert(one).ok()).collect();
        let seconds = u64::try_from(time.as_second()).map_err(|_| NoTimestamp::Form("its time is before 1970"))?;
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        // Of those between, which need not say so; the signer's own was looked at before.
        let usage = KeyUsage::required_if_present(objects::TIME_STAMPING);
        let path = signer.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &anchors, others, at, usage, None, None);
        path.map(|_| ()).map_err(|error| refused(&error))
    }
}

fn refused(error: &webpki::Error) -> NoTimestamp {
    use webpki::Error;
    match error {
        // One of the same name has another key.
        Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => NoTimestamp::Stranger,
        Error::CertExpired { .. } => NoTimestamp::Chain("had expired when it signed".to_owned()),
        Error::CertNotValidYet { .. } => NoTimestamp::Chain("was not valid yet when it signed".to_owned()),
        Error::RequiredEkuNotFoundContext(_) => NoTimestamp::Usage,
        other => NoTimestamp::Chain(format!("does not lead to the authority: {other:?}")),
    }
}
