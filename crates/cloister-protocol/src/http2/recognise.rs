//! How HTTP/2 begins.

use crate::session::Certainty;

/// What the client begins with (RFC 9113 section 3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    match client {
        [] => of_server(server),
        _ if client.starts_with(PREFACE) => Certainty::Sure,
        _ if PREFACE.starts_with(client) => Certainty::More,
        _ => Certainty::No,
    }
}

/// The server begins with SETTINGS.
fn of_server(bytes: &[u8]) -> Certainty {
    match *bytes {
        [] => Certainty::More,
        [0, 0, length, 4, 0, 0, 0, 0, 0, ..] if length.is_multiple_of(6) && length <= 96 => Certainty::Likely,
        _ if bytes.len() < 9 && [0, 0].starts_with(bytes.get(..2).unwrap_or(bytes)) => Certainty::More,
        _ => Certainty::No,
    }
}
