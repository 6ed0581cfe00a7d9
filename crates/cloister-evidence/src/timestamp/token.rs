//! A token: what it says, signed (RFC 3161 section 2.4.2, in `SignedData` of RFC 5652).

use ring::digest;
use rustls_pki_types::CertificateDer;
use webpki::EndEntityCert;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::algorithm::{self, Digest};
use super::der::{self, Values};
use super::info::Info;
use super::{Authorities, NoTimestamp, Stamp, objects};

/// More certificates than these are not looked at.
const MOST_CERTIFICATES: usize = 16;

/// The parts of a token.
struct Token<'a> {
    /// The digest that all signatures are said to be by.
    digest: &'a [u8],
    /// `TSTInfo`.
    info: &'a [u8],
    certificates: Vec<&'a [u8]>,
    signer: Signer<'a>,
}

/// `SignerInfo`.
struct Signer<'a> {
    issuer: &'a [u8],
    serial: &'a [u8],
    digest: &'a [u8],
    /// What is signed, without its tag and length.
    attributes: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

/// Checks that a token is a timestamp of these data by one of these authorities.
pub fn check(token: &[u8], data: &[u8], authorities: &Authorities) -> Result<Stamp, NoTimestamp> {
    let token = read(token).ok_or(NoTimestamp::Form("it is no token of RFC 3161"))?;
    let info = Info::read(token.info).ok_or(NoTimestamp::Form("what it says (TSTInfo) cannot be read"))?;
    if info.imprint != digest::digest(&digest::SHA256, data).as_ref() {
        return Err(NoTimestamp::Imprint);
    }
    let digest = Digest::read(token.signer.digest)?;
    if token.digest != token.signer.digest {
        return Err(NoTimestamp::Form("its digests differ"));
    }
    let named = attributes(&token.signer, token.info, digest)?;
    let certificate = named.find(&token.certificates).ok_or(NoTimestamp::Signer)?;
    let by = about(certificate, &token.signer)?;
    let der = CertificateDer::from(certificate);
    let signer = EndEntityCert::try_from(&der).map_err(|_| NoTimestamp::Form("its certificate cannot be read"))?;
    signed(&signer, &token.signer, digest)?;
    let others: Vec<CertificateDer<'_>> = token.certificates.iter().map(|one| CertificateDer::from(*one)).collect();
    authorities.trust(&signer, &others, info.time)?;
    Ok(Stamp {
        by,
        time: info.time,
        accuracy: info.accuracy,
        policy: info.policy,
        serial: info.serial,
        nonce: info.nonce.map(<[u8]>::to_vec),
    })
}

fn read(token: &[u8]) -> Option<Token<'_>> {
    let mut outer = der::only(token, der::SEQUENCE)?;
    if outer.take(der::OBJECT)?.content != objects::SIGNED_DATA {
        return None;
    }
    let mut data = der::only(outer.take(der::field(0))?.content, der::SEQUENCE)?;
    outer.end()?;
    // Version 3, since what is signed is no plain data.
    if data.take(der::INTEGER)?.content != [3] {
        return None;
    }
    let digest = one(data.inside(der::SET)?)?;
    let info = content(data.inside(der::SEQUENCE)?)?;
    let certificates = certificates(data.inside(der::field(0))?)?;
    let signer = signer(Values::new(one(data.inside(der::SET)?)?))?;
    data.end()?;
    Some(Token { digest, info, certificates, signer })
}

/// What is in the only SEQUENCE of a SET.
fn one(mut set: Values<'_>) -> Option<&[u8]> {
    let value = set.take(der::SEQUENCE)?;
    set.end()?;
    Some(value.content)
}

/// `EncapsulatedContentInfo`.
fn content(mut content: Values<'_>) -> Option<&[u8]> {
    if content.take(der::OBJECT)?.content != objects::TST_INFO {
        return None;
    }
    let mut wrapped = content.inside(der::field(0))?;
    content.end()?;
    let info = wrapped.take(der::OCTETS)?;
    wrapped.end()?;
    Some(info.content)
}

fn certificates(mut set: Values<'_>) -> Option<Vec<&[u8]>> {
    let mut all = Vec::new();
    while !set.is_empty() {
        let one = set.take(der::SEQUENCE)?.whole;
        let (rest, _) = X509Certificate::from_der(one).ok()?;
        if !rest.is_empty() || all.len() == MOST_CERTIFICATES {
            return None;
        }
        all.push(one);
    }
    Some(all)
}

fn signer(mut info: Values<'_>) -> Option<Signer<'_>> {
    // Version 1: named by its issuer and number.
    if info.take(der::INTEGER)?.content != [1] {
        return None;
    }
    let mut sid = info.inside(der::SEQUENCE)?;
    let (issuer, serial) = (sid.take(der::SEQUENCE)?.whole, sid.take(der::INTEGER)?.content);
    sid.end()?;
    let digest = info.take(der::SEQUENCE)?.content;
    let attributes = info.take(der::field(0))?.content;
    let algorithm = info.take(der::SEQUENCE)?.content;
    let signature = info.take(der::OCTETS)?.content;
    // What nobody has signed says nothing.
    info.maybe(der::field(1))?;
    info.end()?;
    Some(Signer { issuer, serial, digest, attributes, algorithm, signature })
}

/// By what the signed attributes name the certificate.
#[derive(Clone, Copy)]
struct Named<'a> {
    digest: Option<Digest>,
    hash: &'a [u8],
}

impl Named<'_> {
    /// The certificate that is meant.
    fn find<'c>(&self, certificates: &[&'c [u8]]) -> Option<&'c [u8]> {
        let hash = |bytes: &[u8]| match self.digest {
            Some(digest) => digest.of(bytes),
            // ESSCertID knows SHA-1 alone: it would take a second preimage to name another certificate.
            None => digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes),
        };
        certificates.iter().copied().find(|one| hash(one).as_ref() == self.hash)
    }
}

/// Checks that the signed attributes are those of this content, each there once: how they name the certificate.
fn attributes<'a>(signer: &Signer<'a>, info: &[u8], digest: Digest) -> Result<Named<'a>, NoTimestamp> {
    let form = NoTimestamp::Form("its signed attributes cannot be read");
    let (mut kind, mut hash, mut first, mut second) = (None, None, None, None);
    let mut values = Values::new(signer.attributes);
    while !values.is_empty() {
        let read = |values: &mut Values<'a>| {
            let mut attribute = values.inside(der::SEQUENCE)?;
            let object = attribute.take(der::OBJECT)?.content;
            let mut set = attribute.inside(der::SET)?;
            let value = set.any()?;
            attribute.end()?;
            Some((object, value, set.is_empty()))
        };
        let (object, value, is_one) = read(&mut values).ok_or(form.clone())?;
        let place = match object {
            objects::CONTENT_TYPE => &mut kind,
            objects::MESSAGE_DIGEST => &mut hash,
            objects::SIGNING_CERTIFICATE => &mut first,
            objects::SIGNING_CERTIFICATE_2 => &mut second,
            _ => continue,
        };
        if !is_one || place.replace(value).is_some() {
            return Err(form);
        }
    }
    if kind.is_none_or(|kind| kind.tag != der::OBJECT || kind.content != objects::TST_INFO) {
        return Err(form);
    }
    if hash.is_none_or(|hash| hash.tag != der::OCTETS || hash.content != digest.of(info).as_ref()) {
        return Err(NoTimestamp::Content);
    }
    // Where both are there, the one that does not rest on SHA-1 decides.
    let named = match (second, first) {
        (Some(value), _) => named(value.whole, true),
        (None, Some(value)) => named(value.whole, false),
        (None, None) => return Err(NoTimestamp::Signer),
    };
    named.ok_or(form)
}

/// The first of `SigningCertificate` or `SigningCertificateV2`, which is the signer's own.
fn named(value: &[u8], second: bool) -> Option<Named<'_>> {
    let mut outer = der::only(value, der::SEQUENCE)?;
    let mut first = outer.inside(der::SEQUENCE)?.inside(der::SEQUENCE)?;
    let digest = match (second, if second { first.maybe(der::SEQUENCE)? } else { None }) {
        (false, _) => None,
        (true, None) => Some(Digest::Sha256),
        (true, Some(algorithm)) => Some(Digest::read(algorithm.content).ok()?),
    };
    Some(Named { digest, hash: first.take(der::OCTETS)?.content })
}

/// Whose certificate it is, if it is the one that the signer names, and for stamping times alone.
fn about(certificate: &[u8], signer: &Signer<'_>) -> Result<String, NoTimestamp> {
    let unread = NoTimestamp::Form("its certificate cannot be read");
    let (_, read) = X509Certificate::from_der(certificate).map_err(|_| unread.clone())?;
    if read.issuer().as_raw() != signer.issuer || read.raw_serial() != signer.serial {
        return Err(NoTimestamp::Signer);
    }
    let usage = read.extended_key_usage().map_err(|_| unread.clone())?.ok_or(NoTimestamp::Usage)?;
    let bytes = usage.value;
    let is_alone = bytes.time_stamping
        && bytes.other.is_empty()
        && ![
            bytes.any,
            bytes.server_auth,
            bytes.client_auth,
            bytes.code_signing,
            bytes.email_protection,
            bytes.ocsp_signing,
        ]
        .contains(&true);
    if !usage.critical || !is_alone {
        return Err(NoTimestamp::Usage);
    }
    let about = cloister_certificate::read(certificate).certificates.pop().ok_or(unread)?;
    Ok(about.subject)
}

/// Checks the signature over the attributes, which are signed as the SET that they are (RFC 5652 section 5.4).
fn signed(certificate: &EndEntityCert<'_>, signer: &Signer<'_>, digest: Digest) -> Result<(), NoTimestamp> {
    let text = der::write(der::SET, &[signer.attributes]);
    let algorithms = algorithm::signature(signer.algorithm, digest)?;
    let fits = algorithms.iter().any(|one| certificate.verify_signature(*one, &text, signer.signature).is_ok());
    if fits { Ok(()) } else { Err(NoTimestamp::Signature) }
}
