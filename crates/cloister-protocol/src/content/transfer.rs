//! Transfer codings of mail (RFC 2045 section 6), taken away as a stream.

use cloister_base64::Base64;

use super::form::hex;

/// How a part was made fit for mail.
#[derive(Debug)]
pub(super) enum Transfer {
    /// Not at all.
    Identity,
    /// Three bytes as four letters.
    Base64(Base64),
    /// What is not plain as `=XX`; what waits for its rest.
    QuotedPrintable { held: Vec<u8> },
}

impl Transfer {
    pub(super) fn named(name: &str) -> Transfer {
        match name.trim().to_ascii_lowercase().as_str() {
            "base64" => Transfer::Base64(Base64::default()),
            "quoted-printable" => Transfer::QuotedPrintable { held: Vec::new() },
            _ => Transfer::Identity,
        }
    }

    /// Tells what `bytes` stand for.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
        match self {
            Transfer::Identity => out(bytes),
            Transfer::Base64(base64) => out(&base64.push(bytes)),
            Transfer::QuotedPrintable { held } => quoted(held, bytes, out),
        }
    }

    /// Tells what waited.
    pub(super) fn end(&mut self, out: &mut dyn FnMut(&[u8])) {
        match std::mem::replace(self, Transfer::Identity) {
            Transfer::Base64(mut base64) => out(&base64.end()),
            Transfer::QuotedPrintable { held } => out(&held),
            Transfer::Identity => {}
        }
    }
}

fn quoted(held: &mut Vec<u8>, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
    let mut decoded = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if held.is_empty() && *byte != b'=' {
            decoded.push(*byte);
            continue;
        }
        held.push(*byte);
        match *held.as_slice() {
            [b'='] | [b'=', b'\r'] => continue,
            [b'=', digit] if hex(digit).is_some() => continue,
            [b'=', b'\n'] | [b'=', b'\r', b'\n'] => {}
            [b'=', high, low] if hex(high).is_some() && hex(low).is_some() => {
                decoded.extend(hex(high).zip(hex(low)).map(|(high, low)| high * 16 + low));
            }
            _ => decoded.extend_from_slice(held),
        }
        held.clear();
    }
    out(&decoded);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(name: &str, text: &[u8], piece: usize) -> String {
        let (mut transfer, mut told) = (Transfer::named(name), Vec::new());
        text.chunks(piece).for_each(|part| transfer.push(part, &mut |bytes| told.extend_from_slice(bytes)));
        transfer.end(&mut |bytes| told.extend_from_slice(bytes));
        String::from_utf8(told).unwrap()
    }

    #[test]
    fn any_cut_decodes_the_same() {
        for piece in 1..20 {
            assert_eq!(taken("Base64", b"YWRhQGV4\r\nYW1wbGUub3Jn\r\n", piece), "ada@example.org");
            assert_eq!(taken("base64", b"YWI=", piece), "ab");
            assert_eq!(taken("base64", b"YQ==", piece), "a");
            assert_eq!(taken("quoted-printable", b"L=C3=B8ve=\r\nlace =zz =", piece), "Løvelace =zz =");
            assert_eq!(taken("8bit", b"=41", piece), "=41");
        }
    }
}
