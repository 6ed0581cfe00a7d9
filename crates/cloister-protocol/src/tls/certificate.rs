//! The certificate that a server shows before TLS 1.3.

use x509_parser::prelude::{FromDer, X509Certificate};

/// What is told of it.
pub(super) struct Shown {
    pub(super) subject: String,
    pub(super) issuer: String,
    /// Its number in hexadecimal digits, two by two.
    pub(super) serial: String,
    /// When it expires, in seconds since 1970.
    pub(super) not_after: String,
}

/// The first of the message's certificates, which is the server's own.
pub(super) fn read(body: &[u8]) -> Option<Shown> {
    let (first, list) = body.get(3..)?.split_first_chunk::<3>()?;
    let [l2, l1, l0] = *first;
    let length = usize::try_from(u32::from_be_bytes([0, l2, l1, l0])).ok()?;
    let (_, certificate) = X509Certificate::from_der(list.get(..length)?).ok()?;
    Some(Shown {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial: certificate.raw_serial_as_string(),
        not_after: certificate.validity().not_after.timestamp().to_string(),
    })
}
