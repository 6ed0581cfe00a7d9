//! Encoded words in header fields of mail: `=?utf-8?Q?L=C3=B8ve?=` (RFC 2047).

use super::transfer::Transfer;

/// The text with its encoded words decoded; what is no good one stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let (mut decoded, mut rest, mut after_word) = (String::new(), text, false);
    while let Some((before, word)) = rest.split_once("=?") {
        // Space between two words is none.
        if !(after_word && before.trim().is_empty()) {
            decoded.push_str(before);
        }
        match decode(word) {
            Some((text, more)) => {
                decoded.push_str(&text);
                (rest, after_word) = (more, true);
            }
            None => {
                decoded.push_str("=?");
                (rest, after_word) = (word, false);
            }
        }
    }
    decoded + rest
}

fn decode(word: &str) -> Option<(String, &str)> {
    let mut parts = word.splitn(3, '?');
    let (charset, coding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (text, rest) = rest.split_once("?=")?;
    let (mut transfer, text) = match coding {
        "B" | "b" => (Transfer::named("base64"), text.to_owned()),
        "Q" | "q" => (Transfer::named("quoted-printable"), text.replace('_', " ")),
        _ => return None,
    };
    let mut bytes = Vec::new();
    transfer.push(text.as_bytes(), &mut |piece| bytes.extend_from_slice(piece));
    transfer.end(&mut |piece| bytes.extend_from_slice(piece));
    Some((letters(charset, &bytes), rest))
}

/// Latin 1 where it is called so, UTF-8 otherwise.
fn letters(charset: &str, bytes: &[u8]) -> String {
    let charset = charset.split('*').next().unwrap_or_default();
    if charset.eq_ignore_ascii_case("iso-8859-1") || charset.eq_ignore_ascii_case("windows-1252") {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        let cases = [
            ("plain", "plain"),
            ("=?utf-8?Q?Ada_L=C3=B8ve?= <ada@example.org>", "Ada Løve <ada@example.org>"),
            ("=?iso-8859-1?q?J=F8rn?=", "Jørn"),
            ("=?UTF-8?B?w6Y=?= =?UTF-8?B?w7g=?= b", "æø b"),
            ("=?x", "=?x"),
            ("a =?utf-8?Z?x?= b", "a =?utf-8?Z?x?= b"),
        ];
        for (text, expected) in cases {
            assert_eq!(decoded(text), expected);
        }
    }
}
