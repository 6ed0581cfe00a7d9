//! Content that cannot be searched: by what it says it is, and by its first bytes.

/// Why content cannot be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opaque {
    /// It says that it is a picture, a sound, a film or a font, and is no text.
    Media,
    /// It is packed: an archive, or a document that is one.
    Archive,
    /// It is encrypted.
    Encrypted,
}

/// So many first bytes are enough to tell.
pub const ENOUGH: usize = 16;
/// More first bytes are not looked at.
const HEAD: usize = 512;

/// First bytes of what is packed.
const PACKED: [&[u8]; 11] = [
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"\xfd7zXZ\0",
    b"%PDF-",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"PAR1",
];
/// First bytes of what is encrypted.
const SEALED: [&[u8]; 4] =
    [b"-----BEGIN PGP MESSAGE-----", b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----", b"Salted__"];

impl Opaque {
    /// In a word, for findings and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Opaque::Media => "media",
            Opaque::Archive => "archive",
            Opaque::Encrypted => "encrypted",
        }
    }

    /// Whether content of this media type (without parameters) that begins so can be searched; why not.
    pub fn of(media: &str, head: &[u8]) -> Option<Opaque> {
        let head = head.get(..HEAD).unwrap_or(head);
        let begins = |words: &[&[u8]]| words.iter().any(|word| head.starts_with(word));
        if begins(&SEALED) || is_sealed_zip(head) {
            return Some(Opaque::Encrypted);
        }
        if begins(&PACKED) {
            return Some(Opaque::Archive);
        }
        (is_media(media) && !is_text(head)).then_some(Opaque::Media)
    }
}

/// A zip whose first file is encrypted: APPNOTE.TXT 4.4.4, bit 0 of the flags.
fn is_sealed_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") && head.get(6).is_some_and(|flags| flags & 1 == 1)
}

/// Whether it says that it is no text.
fn is_media(media: &str) -> bool {
    ["image/", "audio/", "video/", "font/"].iter().any(|kind| media.starts_with(kind)) && media != "image/svg+xml"
}

/// A text is searched, whatever it calls itself.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Its last character may be cut.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.is_empty() && !valid.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::Opaque;

    #[test]
    fn what_cannot_be_searched_is_known_by_its_beginning() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(Opaque::of("image/png", png), Some(Opaque::Media));
        assert_eq!(Opaque::of("image/png", b"{\"iban\": \"\xc3"), None);
        assert_eq!(Opaque::of("image/svg+xml", b"<svg/>"), None);
        assert_eq!(Opaque::of("application/zip", b"PK\x03\x04\x14\0\0\0\x08\0"), Some(Opaque::Archive));
        assert_eq!(Opaque::of("text/plain", b"PK\x03\x04\x14\0\x09\0\x08\0"), Some(Opaque::Encrypted));
        assert_eq!(Opaque::of("", b"-----BEGIN PGP MESSAGE-----\n"), Some(Opaque::Encrypted));
        assert_eq!(Opaque::of("application/octet-stream", b"\0\x01\x02\x03"), None);
        assert_eq!(Opaque::of("", b""), None);
    }
}
