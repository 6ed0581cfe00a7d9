//! Keyed hashes of values: the same value has the same hash, and nobody without the key can try values out.
//!
//! HMAC-SHA256 (RFC 2104, FIPS 180-4) over the normalised value. National numbers are few enough to be tried all, so
//! that a hash without a key would be the number itself; and to whoever has the key a keyed hash still is personal data
//! (GDPR, recital 26).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How much of the 32 bytes is kept: 128 bits meet by chance only among some 2^64 values, and a line of a log stays
/// short. It makes nothing more private.
const KEPT: usize = 16;
/// A shorter key could be guessed.
pub const SHORTEST_KEY: usize = 32;
/// So many digits make a value a number, whose separators say nothing.
const FEWEST_DIGITS: usize = 4;
/// Hashes of values, and not of something else that the same key is used for.
const DOMAIN: &[u8] = b"cloister/value/v1\0";

/// One key. Its secret is wiped when it is dropped, and never shown.
#[derive(Clone)]
pub struct Key {
    id: String,
    ready: Hmac<Sha256>,
}

/// Why something is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// Its name is empty, too long, or holds other than letters, digits, `.`, `_` and `-`.
    Id,
    /// It is shorter than [`SHORTEST_KEY`].
    Short,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyFault::Id => to.write_str("a key's id is made of up to 64 letters, digits, \".\", \"_\" and \"-\""),
            KeyFault::Short => write!(to, "a key has {SHORTEST_KEY} bytes or more"),
        }
    }
}

impl Key {
    /// A key with its name, which stands in every hash.
    pub fn new(id: &str, secret: &[u8]) -> Result<Key, KeyFault> {
        let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if id.is_empty() || id.len() > 64 || !id.bytes().all(named) {
            return Err(KeyFault::Id);
        }
        if secret.len() < SHORTEST_KEY {
            return Err(KeyFault::Short);
        }
        let mut ready = Hmac::new_from_slice(secret).map_err(|_| KeyFault::Short)?;
        ready.update(DOMAIN);
        Ok(Key { id: id.to_owned(), ready })
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `ID:HEX` of a value, in whatever way it is written.
    pub fn hash(&self, value: &[u8]) -> String {
        self.of_normal(&normalise(value))
    }

    fn of_normal(&self, value: &str) -> String {
        let mut mac = self.ready.clone();
        mac.update(value.as_bytes());
        let hex = mac.finalize().into_bytes().iter().take(KEPT).fold(String::with_capacity(2 * KEPT), hexadecimal);
        format!("{}:{hex}", self.id)
    }
}

fn hexadecimal(mut text: String, byte: &u8) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    text.extend([digit(byte >> 4), digit(byte & 15)]);
    text
}

impl fmt::Debug for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Key({})", self.id)
    }
}

/// The key that new hashes are made with, and earlier ones, with which hashes are compared.
#[derive(Clone, Debug, Default)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// Keys, the newest first.
    pub fn new(keys: Vec<Key>) -> Keys {
        Keys(keys)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hash by the newest key; nothing without a key, for a hash that needs none protects nothing.
    pub fn hash(&self, value: &[u8]) -> Option<String> {
        self.0.first().map(|key| key.hash(value))
    }

    /// The hashes by every key, the newest first: to compare with what was said before a rotation.
    pub fn all(&self, value: &[u8]) -> impl Iterator<Item = String> {
        let normal = normalise(value);
        self.0.iter().map(move |key| key.of_normal(&normal))
    }
}

/// A value as it is compared: e-mail addresses in small letters; numbers in capitals, without separators; words in
/// small letters with one blank between them.
pub fn normalise(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    if text.contains('@') {
        return text.trim().to_lowercase();
    }
    if text.chars().filter(char::is_ascii_digit).count() >= FEWEST_DIGITS {
        return text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    }
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> Key {
        Key::new(id, &[byte; 32]).unwrap()
    }

    #[test]
    fn the_same_value_has_the_same_hash_however_it_is_written() {
        let key = key("k1", 7);
        for (one, other) in [
            ("DE02 1203 0000 0000 2020 51", "de02120300000000202051"),
            ("Jana.Nova@Clinic.EU", "jana.nova@clinic.eu "),
            ("Nová,  Jana", "nová jana"),
        ] {
            assert_eq!(key.hash(one.as_bytes()), key.hash(other.as_bytes()));
        }
        assert_ne!(key.hash(b"86095742719"), key.hash(b"86095742718"));
    }

    /// Python: hmac.new(bytes([7])*32, b"cloister/value/v1\0" + b"86095742719", "sha256").hexdigest()[:32]
    #[test]
    fn it_is_the_hmac_that_others_make() {
        assert_eq!(key("k1", 7).hash(b"86 095 742 719"), "k1:85cadd62fba1caea541bb9545512e6a9");
    }

    #[test]
    fn keys_are_told_apart_and_not_shown() {
        let keys = Keys::new(vec![key("new", 1), key("old", 2)]);
        let all: Vec<String> = keys.all(b"86095742719").collect();
        assert_eq!(keys.hash(b"86095742719").as_ref(), all.first());
        assert!(all[0].starts_with("new:") && all[1].starts_with("old:"), "{all:?}");
        assert_ne!(all[0].split_once(':').unwrap().1, all[1].split_once(':').unwrap().1);
        assert_eq!(format!("{keys:?}"), "Keys([Key(new), Key(old)])");
        assert_eq!(Keys::default().hash(b"86095742719"), None);
    }

    #[test]
    fn weak_keys_are_refused() {
        assert_eq!(Key::new("k", &[0; 31]).err(), Some(KeyFault::Short));
        assert_eq!(Key::new("a:b", &[0; 32]).err(), Some(KeyFault::Id));
    }
}
