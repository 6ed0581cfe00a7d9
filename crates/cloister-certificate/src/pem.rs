//! Blocks of PEM text (RFC 7468), each with its line; what stands between them is skipped.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Fault;

/// One block: its label, its line (from 1) and what it holds.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) line: usize,
    pub(crate) content: Result<Vec<u8>, Fault>,
}

/// Every block of a text. The content of private keys is not even decoded.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if let Some(label) = between(line, "-----BEGIN ") {
            let content = content(&label, &mut lines);
            found.push(Block { label, line: index + 1, content });
        }
    }
    found
}

fn content<'a>(label: &str, lines: &mut impl Iterator<Item = (usize, &'a str)>) -> Result<Vec<u8>, Fault> {
    let secret = is_private(label);
    let mut encoded = String::new();
    for (_, line) in lines.by_ref() {
        if let Some(end) = between(line, "-----END ") {
            return match (end == label, secret) {
                (false, _) => Err(Fault::OtherEnd(shown(&end))),
                (true, true) => Err(Fault::PrivateKey),
                (true, false) => STANDARD.decode(&encoded).map_err(|_| Fault::Base64),
            };
        }
        // `Proc-Type: …` and the like (RFC 1421) stand before what is encoded.
        if !secret && !line.contains(':') {
            encoded.extend(line.chars().filter(|character| !character.is_whitespace()));
        }
    }
    Err(if secret { Fault::PrivateKey } else { Fault::NoEnd })
}

fn between(line: &str, start: &str) -> Option<String> {
    Some(line.trim().strip_prefix(start)?.strip_suffix("-----")?.to_owned())
}

pub(crate) fn is_private(label: &str) -> bool {
    label.ends_with("PRIVATE KEY")
}

/// A label that may be shown: short, and of the letters that labels have.
pub(crate) fn shown(label: &str) -> String {
    let plain =
        label.len() <= 40 && label.bytes().all(|byte| byte.is_ascii_uppercase() || b" 0123456789".contains(&byte));
    if plain && !label.is_empty() { label.to_owned() } else { "block without a plain label".to_owned() }
}
