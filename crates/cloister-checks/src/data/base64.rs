//! Base64 (RFC 4648, section 4), to see whether a Secret's value is a placeholder.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};

/// People paste values with or without padding: both show what they hold.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The text behind `encoded`; `None` when it is no base64 of UTF-8.
pub(crate) fn decode(encoded: &str) -> Option<String> {
    let text: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    String::from_utf8(LENIENT.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn texts_are_decoded() {
        assert_eq!(decode("aGVyb24=").as_deref(), Some("heron"));
        assert_eq!(decode("aGVyb24t").as_deref(), Some("heron-"));
        assert_eq!(decode("no base64!"), None);
        assert_eq!(decode("/w=="), None);
    }
}
