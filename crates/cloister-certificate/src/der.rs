//! One certificate of DER into its facts, refusing what Go's crypto/x509 refuses.

use std::fmt::Write;
use std::net::IpAddr;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, KeyUsage};
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use crate::{Certificate, Key, Name, name, signature};

/// The certificate at the beginning of the bytes, and what follows it.
pub(crate) fn certificate(bytes: &[u8]) -> Result<(Certificate, &[u8]), String> {
    let length = outer_length(bytes)?;
    let (whole, rest) = bytes
        .split_at_checked(length)
        .ok_or_else(|| format!("it says that it has {length} bytes, and {} are there", bytes.len()))?;
    let (left, read) = X509Certificate::from_der(whole).map_err(|error| reason(error.into()))?;
    if !left.is_empty() {
        return Err("bytes follow its signature".to_owned());
    }
    Ok((facts(&read, whole)?, rest))
}

/// How many bytes the outer SEQUENCE takes, its head included (X.690 section 8.1.3).
fn outer_length(bytes: &[u8]) -> Result<usize, String> {
    match bytes {
        [] => Err("it is empty".to_owned()),
        [0x30, length @ 0..=0x7f, ..] => Ok(usize::from(*length) + 2),
        [0x30, 0x81, length, ..] => Ok(usize::from(*length) + 3),
        [0x30, 0x82, high, low, ..] => Ok(usize::from(u16::from_be_bytes([*high, *low])) + 4),
        [0x30, 0x83, high, middle, low, ..] => usize::try_from(u32::from_be_bytes([0, *high, *middle, *low]))
            .map(|length| length + 5)
            .map_err(|_| too_long()),
        [0x30, ..] => Err(too_long()),
        _ => Err("it does not begin as a certificate (a SEQUENCE)".to_owned()),
    }
}

fn too_long() -> String {
    "its length cannot be read".to_owned()
}

fn facts(read: &X509Certificate<'_>, whole: &[u8]) -> Result<Certificate, String> {
    Ok(Certificate {
        subject: name::text(read.subject()),
        issuer: name::text(read.issuer()),
        common_name: name::values(read.subject(), "CN").pop(),
        organizations: name::values(read.subject(), "O"),
        names: names(read)?,
        not_before: timestamp(read.validity().not_before),
        not_after: timestamp(read.validity().not_after),
        key: Key::of(read.public_key())?,
        signature: signature::name(&read.signature_algorithm),
        authority: read
            .basic_constraints()
            .map_err(|_| unreadable("basicConstraints"))?
            .is_some_and(|own| own.value.ca),
        self_signed: read.subject().as_raw() == read.issuer().as_raw(),
        usages: read.key_usage().map_err(|_| unreadable("keyUsage"))?.map(|own| usages(own.value)).unwrap_or_default(),
        extended_usages: read
            .extended_key_usage()
            .map_err(|_| unreadable("extendedKeyUsage"))?
            .map(|own| extended(own.value))
            .unwrap_or_default(),
        serial: hexadecimal(read.raw_serial()),
        fingerprint: hexadecimal(&Sha256::digest(whole)),
    })
}

fn unreadable(extension: &str) -> String {
    format!("its extension {extension} cannot be read, or stands twice")
}

fn names(read: &X509Certificate<'_>) -> Result<Vec<Name>, String> {
    let broken = || unreadable("subjectAltName");
    let Some(own) = read.subject_alternative_name().map_err(|_| broken())? else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for each in &own.value.general_names {
        match each {
            GeneralName::DNSName(text) => names.push(Name::Dns(plain(text).ok_or_else(broken)?)),
            GeneralName::URI(text) => names.push(Name::Uri(plain(text).ok_or_else(broken)?)),
            GeneralName::IPAddress(bytes) => names.push(Name::Ip(address(bytes).ok_or_else(broken)?)),
            GeneralName::Invalid(..) => return Err(broken()),
            _ => {}
        }
    }
    Ok(names)
}

/// An IA5String; what moves the cursor is no name.
fn plain(text: &str) -> Option<String> {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte)).then(|| text.to_owned())
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes).map(IpAddr::from).or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The end of time lies a day behind jiff's last.
fn timestamp(time: ASN1Time) -> Timestamp {
    Timestamp::from_second(time.timestamp()).unwrap_or(if time.timestamp() > 0 {
        Timestamp::MAX
    } else {
        Timestamp::MIN
    })
}

fn usages(own: &KeyUsage) -> Vec<String> {
    let all = [
        (own.digital_signature(), "digitalSignature"),
        (own.non_repudiation(), "nonRepudiation"),
        (own.key_encipherment(), "keyEncipherment"),
        (own.data_encipherment(), "dataEncipherment"),
        (own.key_agreement(), "keyAgreement"),
        (own.key_cert_sign(), "keyCertSign"),
        (own.crl_sign(), "cRLSign"),
        (own.encipher_only(), "encipherOnly"),
        (own.decipher_only(), "decipherOnly"),
    ];
    all.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned()).collect()
}

fn extended(own: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (own.any, "anyExtendedKeyUsage"),
        (own.server_auth, "serverAuth"),
        (own.client_auth, "clientAuth"),
        (own.code_signing, "codeSigning"),
        (own.email_protection, "emailProtection"),
        (own.time_stamping, "timeStamping"),
        (own.ocsp_signing, "OCSPSigning"),
    ];
    let known = known.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned());
    known.chain(own.other.iter().map(|id| id.to_id_string())).collect()
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The part that is wrong, in words.
fn reason(error: X509Error) -> String {
    let part = match error {
        X509Error::InvalidVersion => "its version",
        X509Error::InvalidSerial => "its serial number",
        X509Error::InvalidAlgorithmIdentifier => "the identifier of an algorithm",
        X509Error::InvalidX509Name => "its subject or issuer",
        X509Error::InvalidDate => "its validity",
        X509Error::InvalidSPKI => "its public key",
        X509Error::InvalidSubjectUID | X509Error::InvalidIssuerUID => "a unique identifier",
        X509Error::InvalidExtensions | X509Error::DuplicateExtensions => "its extensions",
        X509Error::InvalidSignatureValue => "its signature",
        _ => "its structure",
    };
    format!("{part} cannot be read")
}
