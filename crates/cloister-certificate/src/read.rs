//! From bytes to certificates: PEM with any number of blocks, or DER, one after the other.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::{Certificate, der, pem};

/// What was read: the certificates in their order (a chain begins with the server's own), and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// What is no certificate, or no longer one.
    pub problems: Vec<Problem>,
}

/// One thing that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of its block, from 1; 0 in DER.
    pub line: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// Why something is not read as a certificate. None of its content is told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// A private key: never decoded.
    #[error("a private key, which was not read")]
    PrivateKey,
    /// A block of another kind.
    #[error("{0}, which is no certificate")]
    Other(String),
    /// Not base64.
    #[error("a certificate whose base64 is broken")]
    Base64,
    /// No `-----END`.
    #[error("a block that does not end")]
    NoEnd,
    /// An `-----END` with another label.
    #[error("a block that ends as {0}")]
    OtherEnd(String),
    /// Decoded, but no certificate.
    #[error("a malformed certificate: {0}")]
    Malformed(String),
    /// Neither PEM nor DER.
    #[error("no certificate: neither PEM nor DER")]
    Nothing,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        write!(f, "{}", self.fault)
    }
}

/// A SEQUENCE of DER.
const SEQUENCE: u8 = 0x30;

/// Reads PEM or DER.
#[must_use]
pub fn read(bytes: &[u8]) -> Bundle {
    let text = String::from_utf8_lossy(bytes);
    let blocks = pem::blocks(&text);
    let mut bundle = Bundle::default();
    if blocks.is_empty() {
        match bytes.first() {
            Some(&SEQUENCE) => read_der(bytes, &mut bundle),
            _ => bundle.problems.push(Problem { line: 0, fault: Fault::Nothing }),
        }
    }
    for block in blocks {
        match block.content.and_then(|content| certificate(&block.label, &content)) {
            Ok(certificate) => bundle.certificates.push(certificate),
            Err(fault) => bundle.problems.push(Problem { line: block.line, fault }),
        }
    }
    bundle
}

/// Reads what is wrapped in base64 once more: `data` of a Secret, `certificate-authority-data` of a kubeconfig.
#[must_use]
pub fn read_base64(text: &str) -> Bundle {
    let compact: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    match STANDARD.decode(compact) {
        Ok(bytes) => read(&bytes),
        Err(_) => Bundle { problems: vec![Problem { line: 0, fault: Fault::Base64 }], ..Bundle::default() },
    }
}

/// Of what is wrapped in base64, the certificates alone, wrapped again: what a Secret may say to everybody. `None` where
/// it holds none.
#[must_use]
pub fn public_part(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let decoded = STANDARD.decode(compact).ok()?;
    let blocks = pem::blocks(&String::from_utf8_lossy(&decoded));
    let public = blocks.into_iter().filter_map(|block| {
        let content = block.content.ok()?;
        certificate(&block.label, &content).ok()?;
        Some(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(content)))
    });
    Some(public.collect::<String>()).filter(|text| !text.is_empty()).map(|text| STANDARD.encode(text))
}

fn certificate(label: &str, content: &[u8]) -> Result<Certificate, Fault> {
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" => {
            let (certificate, rest) = der::certificate(content).map_err(Fault::Malformed)?;
            if rest.is_empty() {
                Ok(certificate)
            } else {
                Err(Fault::Malformed(format!("{} more bytes follow its end", rest.len())))
            }
        }
        // openssl's own: what it trusts it for follows.
        "TRUSTED CERTIFICATE" => der::certificate(content).map(|(read, _)| read).map_err(Fault::Malformed),
        other => Err(Fault::Other(pem::shown(other))),
    }
}

fn read_der(mut bytes: &[u8], bundle: &mut Bundle) {
    while !bytes.is_empty() {
        match der::certificate(bytes) {
            Ok((certificate, rest)) => {
                bundle.certificates.push(certificate);
                bytes = rest;
            }
            Err(why) => {
                bundle.problems.push(Problem { line: 0, fault: Fault::Malformed(why) });
                return;
            }
        }
    }
}
