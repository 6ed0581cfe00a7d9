//! Transfer codings of mail (RFC 2045 section 6), taken away as a stream.

use super::form::hex;

/// How a part was made fit for mail.
#[derive(Debug)]
pub(super) enum Transfer {
    /// Not at all.
    Identity,
    /// Three bytes as four letters.
    Base64 { bits: u32, letters: u8 },
    /// What is not plain as `=XX`; what waits for its rest.
    QuotedPrintable { held: Vec<u8> },
}

impl Transfer {
    pub(super) fn named(name: &str) -> Transfer {
        match name.trim().to_ascii_lowercase().as_str() {
            "base64" => Transfer::Base64 { bits: 0, letters: 0 },
            "quoted-printable" => Transfer::QuotedPrintable { held: Vec::new() },
            _ => Transfer::Identity,
        }
    }

    /// Tells what `bytes` stand for.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
        match self {
            Transfer::Identity => out(bytes),
            Transfer::Base64 { bits, letters } => base64(bits, letters, bytes, out),
            Transfer::QuotedPrintable { held } => quoted(held, bytes, out),
        }
    }

    /// Tells what waited.
    pub(super) fn end(&mut self, out: &mut dyn FnMut(&[u8])) {
        match std::mem::replace(self, Transfer::Identity) {
            Transfer::Base64 { bits, letters: 2 } => out(&[low_byte(bits >> 4)]),
            Transfer::Base64 { bits, letters: 3 } => out(&[low_byte(bits >> 10), low_byte(bits >> 2)]),
            Transfer::QuotedPrintable { held } => out(&held),
            _ => {}
        }
    }
}

/// What a text in base64 stands for.
pub(crate) fn from_base64(text: &[u8]) -> Vec<u8> {
    let (mut transfer, mut decoded) = (Transfer::named("base64"), Vec::new());
    transfer.push(text, &mut |piece| decoded.extend_from_slice(piece));
    transfer.end(&mut |piece| decoded.extend_from_slice(piece));
    decoded
}

fn base64(bits: &mut u32, letters: &mut u8, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    for sextet in bytes.iter().filter_map(|letter| sextet(*letter)) {
        *bits = (*bits << 6) | sextet;
        *letters += 1;
        if *letters == 4 {
            decoded.extend([low_byte(*bits >> 16), low_byte(*bits >> 8), low_byte(*bits)]);
            (*bits, *letters) = (0, 0);
        }
    }
    out(&decoded);
}

/// The low eight bits.
fn low_byte(bits: u32) -> u8 {
    bits.to_le_bytes()[0]
}

fn sextet(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
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
