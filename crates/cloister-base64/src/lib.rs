//! Base64 as it is met in mail and in what was captured: in pieces, in lines, in both alphabets of RFC 4648, and with what
//! does not belong there, which RFC 2045 (section 6.8) has readers pass over.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// An end in the middle of a byte is read as far as it goes.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone);
const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);

/// Letters that stand for three bytes.
const GROUP: usize = 4;

/// A text in base64, piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Base64 {
    held: Vec<u8>,
}

impl Base64 {
    /// How many letters wait for the rest of their group, three at most.
    pub fn waiting(&self) -> usize {
        self.held.len()
    }

    /// What the next piece stands for, as far as it is whole.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut letters = std::mem::take(&mut self.held);
        letters.extend(piece.iter().filter_map(|byte| letter(*byte)));
        self.held = letters.split_off(letters.len() / GROUP * GROUP);
        decode(&letters)
    }

    /// What the letters that wait stand for: the text has ended.
    pub fn end(&mut self) -> Vec<u8> {
        decode(&std::mem::take(&mut self.held))
    }
}

/// What a whole text stands for.
pub fn decoded(text: &[u8]) -> Vec<u8> {
    let mut base64 = Base64::default();
    let mut bytes = base64.push(text);
    bytes.extend(base64.end());
    bytes
}

/// Of letters of the alphabet; one that is left alone is no byte.
fn decode(letters: &[u8]) -> Vec<u8> {
    ENGINE.decode(letters).unwrap_or_default()
}

/// A letter as the first alphabet has it; `None` for what is a letter of neither.
fn letter(byte: u8) -> Option<u8> {
    match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        _ => byte.is_ascii_alphanumeric().then_some(byte),
    }
}
