//! What a server says to a ClientHello: an alert, or its own hello and, below TLS 1.3, all that follows in the clear.

use super::reader::Reader;

/// What the bytes so far amount to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing can be said yet.
    More,
    /// A fatal alert, or the notice of closing, by its number.
    Alert(u8),
    /// The server goes along.
    Flight(Box<Flight>),
    /// These are no records of TLS.
    NotTls,
    /// They are, but the named part is not as it must be.
    Malformed(&'static str),
}

/// The server's side of a handshake, as far as it can be read without keys.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Flight {
    /// The version that it chose, as on the wire.
    pub version: u16,
    /// The suite that it chose.
    pub suite: u16,
    /// The group for the exchange of keys, where it names one.
    pub group: Option<u16>,
    /// Bits of the prime, where the exchange is classic Diffie-Hellman.
    pub prime: Option<usize>,
    /// Its certificates in DER (below TLS 1.3).
    pub certificates: Vec<Vec<u8>>,
    /// It asks for a certificate of the client (below TLS 1.3).
    pub asks_client: bool,
}

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const WARNING: u8 = 1;
/// A record of TLS 1.2 may be so long (RFC 5246 section 6.2.3).
const LONGEST: usize = (1 << 14) + 2048;

/// Reads what was received. Where `whole` is not asked, the ServerHello is enough.
#[must_use]
pub fn read(received: &[u8], whole: bool) -> Step {
    let mut records = Reader::new(received);
    let mut messages = Vec::new();
    let mut end = None;
    while !records.is_empty() {
        let (kind, content) = match record(&mut records) {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(step) => {
                end = Some(step);
                break;
            }
        };
        match (kind, content) {
            (HANDSHAKE, content) => messages.extend_from_slice(content),
            // Warnings (of an unknown name, say) go before a hello; 0 closes.
            (ALERT, [WARNING, 1..=u8::MAX]) => {}
            (ALERT, [_, description]) => {
                end = Some(Step::Alert(*description));
                break;
            }
            (ALERT, _) => {
                end = Some(Step::Malformed("alert"));
                break;
            }
            _ => break,
        }
    }
    match flight(&messages, whole, end.is_some()) {
        Step::More => end.unwrap_or(Step::More),
        step => step,
    }
}

/// One record (RFC 8446 section 5.1); `None` where it is not all there.
fn record<'a>(records: &mut Reader<'a>) -> Result<Option<(u8, &'a [u8])>, Step> {
    let Some(kind) = records.u8() else { return Ok(None) };
    if !(20..=24).contains(&kind) {
        return Err(Step::NotTls);
    }
    let Some(major) = records.u8() else { return Ok(None) };
    if major != 3 {
        return Err(Step::NotTls);
    }
    let Some(_minor) = records.u8() else { return Ok(None) };
    let Some(length) = records.u16() else { return Ok(None) };
    if usize::from(length) > LONGEST {
        return Err(Step::Malformed("record"));
    }
    Ok(records.take(length.into()).map(|content| (kind, content)))
}

fn flight(messages: &[u8], whole: bool, over: bool) -> Step {
    let mut reader = Reader::new(messages);
    let mut flight: Option<Box<Flight>> = None;
    while let Some((kind, body)) = message(&mut reader) {
        let read = match (&mut flight, kind) {
            (None, 2) => {
                let Some(hello) = server_hello(body) else { return Step::Malformed("ServerHello") };
                // What follows in TLS 1.3 is encrypted.
                if !whole || hello.version == super::Protocol::Tls13.wire() {
                    return Step::Flight(Box::new(hello));
                }
                flight = Some(Box::new(hello));
                Some(())
            }
            (None, _) => return Step::Malformed("first message"),
            (Some(flight), 11) => certificates(body).map(|found| flight.certificates = found),
            (Some(flight), 12) => key_exchange(body, flight),
            (Some(flight), 13) => {
                flight.asks_client = true;
                Some(())
            }
            (Some(_), 14) => return flight.map_or(Step::More, Step::Flight),
            (Some(_), _) => Some(()),
        };
        if read.is_none() {
            return Step::Malformed("handshake");
        }
    }
    // The server went along, and went away before it was done.
    match flight {
        Some(flight) if over => Step::Flight(flight),
        _ => Step::More,
    }
}

fn message<'a>(reader: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    let kind = reader.u8()?;
    Some((kind, reader.vector24()?))
}

/// RFC 8446 section 4.1.3; a HelloRetryRequest has the same form, and its key share is the group alone.
fn server_hello(body: &[u8]) -> Option<Flight> {
    let mut reader = Reader::new(body);
    let mut flight = Flight { version: reader.u16()?, ..Flight::default() };
    reader.take(32)?;
    reader.vector8()?;
    flight.suite = reader.u16()?;
    reader.u8()?;
    if reader.is_empty() {
        return Some(flight);
    }
    let mut extensions = Reader::new(reader.vector16()?);
    while !extensions.is_empty() {
        let kind = extensions.u16()?;
        let mut content = Reader::new(extensions.vector16()?);
        match kind {
            43 => flight.version = content.u16()?,
            51 => flight.group = Some(content.u16()?),
            _ => {}
        }
    }
    Some(flight)
}

/// RFC 5246 section 7.4.2.
fn certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Reader::new(Reader::new(body).vector24()?);
    let mut found = Vec::new();
    while !list.is_empty() {
        found.push(list.vector24()?.to_vec());
    }
    Some(found)
}

/// ServerECDHParams (RFC 8422 section 5.4) or ServerDHParams (RFC 5246 section 7.4.3), as the suite tells.
fn key_exchange(body: &[u8], flight: &mut Flight) -> Option<()> {
    const NAMED: u8 = 3;
    let mut reader = Reader::new(body);
    let suite = super::suites::name(flight.suite);
    if suite.starts_with("TLS_ECDH") {
        if reader.u8()? == NAMED {
            flight.group = Some(reader.u16()?);
        }
    } else if suite.starts_with("TLS_DH") {
        let prime = reader.vector16()?;
        let zeros = prime.iter().take_while(|byte| **byte == 0).count();
        let first = prime.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
        flight.prime = Some((prime.len() - zeros) * 8 - first);
    }
    Some(())
}

/// The name of an alert (RFC 8446 section 6), or its number.
#[must_use]
pub fn alert(description: u8) -> String {
    let name = match description {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        40 => "handshake_failure",
        42 => "bad_certificate",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        109 => "missing_extension",
        112 => "unrecognized_name",
        116 => "certificate_required",
        120 => "no_application_protocol",
        other => return other.to_string(),
    };
    name.to_owned()
}
