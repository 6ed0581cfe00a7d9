//! How SMTP begins.

use crate::session::Certainty;

pub(super) fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    match (of_client(client), of_server(server)) {
        (Certainty::No, _) | (_, Certainty::No) => Certainty::No,
        (client, server) => client.max(server),
    }
}

fn of_client(bytes: &[u8]) -> Certainty {
    let words = [b"EHLO ".as_slice(), b"HELO ", b"LHLO "];
    let begins = |word: &[u8]| bytes.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word));
    if words.iter().any(|word| begins(word)) {
        Certainty::Sure
    } else if words.iter().any(|word| word.get(..bytes.len()).is_some_and(|first| first.eq_ignore_ascii_case(bytes))) {
        Certainty::More
    } else {
        Certainty::No
    }
}

/// Others greet with 220 too: the greeting must name the protocol, or the client must.
fn of_server(bytes: &[u8]) -> Certainty {
    match *bytes {
        [b'2', b'2', b'0', b' ' | b'-', ref rest @ ..] => {
            let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().to_ascii_uppercase();
            if memchr::memmem::find(&line, b"SMTP").is_some() { Certainty::Sure } else { Certainty::More }
        }
        _ if b"220".starts_with(bytes) => Certainty::More,
        _ => Certainty::No,
    }
}
