//! How HTTP/1 begins.

use crate::session::Certainty;

/// Methods that begin a request without doubt.
pub(super) const METHODS: [&[u8]; 9] =
    [b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ", b"PATCH ", b"OPTIONS ", b"CONNECT ", b"TRACE "];

pub(super) fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    match (of_client(client), of_server(server)) {
        (Certainty::Sure, _) | (Certainty::No | Certainty::More, Certainty::Sure) => Certainty::Sure,
        (Certainty::No, _) | (_, Certainty::No) => Certainty::No,
        (Certainty::Likely, _) | (_, Certainty::Likely) => Certainty::Likely,
        (Certainty::More, Certainty::More) => Certainty::More,
    }
}

fn of_server(bytes: &[u8]) -> Certainty {
    let start = b"HTTP/1.".as_slice();
    if bytes.starts_with(start) {
        Certainty::Sure
    } else if start.starts_with(bytes) {
        Certainty::More
    } else {
        Certainty::No
    }
}

fn of_client(bytes: &[u8]) -> Certainty {
    let bytes = bytes.trim_ascii_start();
    let end = memchr::memchr(b'\n', bytes);
    let line = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    let method = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    let is_token = line.iter().take(method).all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'));
    if !is_token || method > 20 || (method == 0 && !line.is_empty()) {
        return Certainty::No;
    }
    let known = METHODS.iter().any(|known| line.starts_with(known));
    match end {
        Some(_) if memchr::memmem::find(line, b" HTTP/1.").is_some() => Certainty::Sure,
        Some(_) => Certainty::No,
        None if known && line.len() > method + 100 => Certainty::Likely,
        None => Certainty::More,
    }
}
