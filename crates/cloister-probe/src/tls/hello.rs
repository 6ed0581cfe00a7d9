//! A ClientHello (RFC 8446 section 4.1.2; RFC 5246 section 7.4.1.2) that offers exactly one version, so that an answer
//! says something of that version alone.

use super::Protocol;

/// What to offer.
#[derive(Debug, Clone, Copy)]
pub struct Hello<'a> {
    /// The only version.
    pub version: Protocol,
    /// Cipher suites in the order of preference.
    pub suites: &'a [u16],
    /// Groups in the order of preference.
    pub groups: &'a [u16],
    /// The server's name (RFC 6066 section 3); none for an address.
    pub name: Option<&'a str>,
}

/// Every signature algorithm in use, so that none is missing when a suite is refused (RFC 8446 section 4.2.3).
const SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x081a, 0x081b, 0x081c,
    0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0502, 0x0602, 0x0302, 0x0202,
];

/// Nothing is encrypted with what follows from it: no handshake is ever finished.
const RANDOM: [u8; 32] = *b"cloister probe: no key is agreed";

impl Hello<'_> {
    /// The record with the message.
    ///
    /// In TLS 1.3 no key share is offered: a server that goes along asks for one (HelloRetryRequest, section 4.1.4), and
    /// names version, suite and group in it. So no key has to be made.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let modern = self.version == Protocol::Tls13;
        let mut body = Vec::new();
        body.extend(if modern { 0x0303 } else { self.version.wire() }.to_be_bytes());
        body.extend(RANDOM);
        // A session to resume makes middleboxes take TLS 1.3 for TLS 1.2 (appendix D.4).
        vector8(&mut body, if modern { &RANDOM } else { &[] });
        vector16(&mut body, &numbers(self.suites));
        vector8(&mut body, &[0]);
        if self.version != Protocol::Ssl3 {
            vector16(&mut body, &self.extensions());
        }
        let mut message = vec![1, 0];
        vector16(&mut message, &body);
        let mut record = vec![22];
        // The first record's version is TLS 1.0 but for SSL 3.0 (appendix D.5 of RFC 8446, E.1 of RFC 5246).
        record.extend(if self.version == Protocol::Ssl3 { 0x0300_u16 } else { 0x0301 }.to_be_bytes());
        vector16(&mut record, &message);
        record
    }

    fn extensions(&self) -> Vec<u8> {
        let mut all = Vec::new();
        if let Some(name) = self.name {
            let mut entry = vec![0];
            vector16(&mut entry, name.as_bytes());
            extension(&mut all, 0, &in_vector16(&entry));
        }
        extension(&mut all, 10, &in_vector16(&numbers(self.groups)));
        extension(&mut all, 13, &in_vector16(&numbers(SIGNATURES)));
        if self.version == Protocol::Tls13 {
            extension(&mut all, 43, &[2, 3, 4]);
            extension(&mut all, 51, &[0, 0]);
        } else {
            // Points uncompressed; extended master secret (RFC 7627); secure renegotiation (RFC 5746).
            extension(&mut all, 11, &[1, 0]);
            extension(&mut all, 23, &[]);
            extension(&mut all, 0xff01, &[0]);
        }
        all
    }
}

fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn extension(to: &mut Vec<u8>, kind: u16, content: &[u8]) {
    to.extend(kind.to_be_bytes());
    vector16(to, content);
}

fn in_vector16(content: &[u8]) -> Vec<u8> {
    let mut vector = Vec::with_capacity(content.len() + 2);
    vector16(&mut vector, content);
    vector
}

/// Longer ones are cut: they come from our own tables and from a host's name, which are short.
fn vector8(to: &mut Vec<u8>, content: &[u8]) {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    to.push(length);
    to.extend(content.iter().take(length.into()));
}

fn vector16(to: &mut Vec<u8>, content: &[u8]) {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    to.extend(length.to_be_bytes());
    to.extend(content.iter().take(length.into()));
}
