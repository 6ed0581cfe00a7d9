//! Names that tell what their value is: `DB_PASSWORD`, `apiKey`, `dateOfBirth`.

use std::cell::RefCell;

use crate::Category;
use crate::concepts::Concept;
use crate::engine::may_tell;
use crate::words::{Context, words};

/// What a name tells of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// A password: any value of it counts.
    Password,
    /// A key, a token, a secret: only what looks random counts.
    Token,
    /// Personal data of a category.
    Personal(Category),
    /// A name of anything: only a person's counts.
    Called,
}

/// Words that make a name speak of something else: `PASSWORD_FILE`, `tokenUrl`.
const ABOUT: &[&str] = &[
    "file",
    "files",
    "path",
    "paths",
    "dir",
    "directory",
    "folder",
    "url",
    "uri",
    "urls",
    "endpoint",
    "host",
    "name",
    "names",
    "ref",
    "reference",
    "enabled",
    "enable",
    "disabled",
    "disable",
    "length",
    "min",
    "max",
    "minimum",
    "maximum",
    "count",
    "limit",
    "size",
    "ttl",
    "timeout",
    "expiry",
    "expiration",
    "expires",
    "expire",
    "lifetime",
    "validity",
    "duration",
    "seconds",
    "minutes",
    "hours",
    "days",
    "age",
    "interval",
    "rotation",
    "policy",
    "policies",
    "type",
    "kind",
    "algorithm",
    "alg",
    "header",
    "headers",
    "issuer",
    "audience",
    "method",
    "mode",
    "format",
    "prefix",
    "suffix",
    "pattern",
    "regex",
    "field",
    "column",
    "label",
    "placeholder",
    "hint",
    "text",
    "message",
    "title",
    "prompt",
    "reset",
    "recovery",
    "strength",
    "validator",
    "validation",
    "manager",
    "store",
    "stores",
    "provider",
    "providers",
    "class",
    "mount",
    "volume",
    "namespace",
    "version",
    "arn",
    "vault",
    "engine",
    "role",
    "encoder",
    "encoding",
    "encryption",
    "hasher",
    "required",
    "rules",
    "complexity",
    "history",
    "attempts",
    "retries",
    "review",
    "reviewer",
    "public",
    "pub",
    "cookie",
    "source",
    "location",
    "env",
    "var",
    "variable",
    "plugin",
    "module",
    "grant",
    "ids",
    "username",
    "user",
    "selector",
    "rotate",
    "renew",
    "refresh",
    "cache",
    "bucket",
    "authentication",
    "auth",
];

/// Words before "key" that make it a secret.
const KEYS: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "encrypt",
    "signing",
    "sign",
    "master",
    "account",
    "storage",
    "shared",
    "auth",
    "jwt",
    "session",
    "hmac",
    "cookie",
    "license",
    "batch",
    "service",
    "root",
    "app",
    "application",
    "deploy",
    "webhook",
    "aes",
    "cipher",
    "crypto",
    "subscription",
];

/// Words that make an address one of a machine.
const OF_MACHINES: [&str; 18] = [
    "ip", "ipv4", "ipv6", "mac", "host", "server", "bind", "listen", "remote", "peer", "base", "memory", "virtual",
    "physical", "email", "mail", "web", "max",
];

/// Letters without which no name tells of a credential, besides `key`, `pwd` and `pat`.
pub const CREDENTIALS: [&str; 7] = ["pass", "wort", "contrasena", "token", "secret", "credential", "masterauth"];

const KNOWN: usize = 1024;
/// In a key, beside its length: its bytes stand at the end of their words, not at the beginning.
const READ_BACK: u64 = 1 << 32;
/// Longer names are looked up anew.
const LONGEST: usize = 24;

/// A name, all of its bytes and how many they are: no two names are the same.
type Key = [u64; 4];

thread_local! {
    /// What names told, each in the one place that its hash has: the same ones come again and again.
    static TOLD: RefCell<[(Key, Option<Telling>); KNOWN]> = const { RefCell::new([([0; 4], None); KNOWN]) };
}

/// What `name` tells of its value, if anything.
pub fn telling(name: &str) -> Option<Telling> {
    telling_of(name.as_bytes())
}

/// The same of bytes, which tell nothing where they are no text.
pub fn telling_of(name: &[u8]) -> Option<Telling> {
    key(name).map_or_else(|| anew(name), |key| known(key, || name))
}

/// The same of a short name that was read as a number, its last byte the highest of sixteen; `name` gives its bytes.
#[inline]
pub fn telling_of_number<'n>(number: u128, length: usize, name: impl FnOnce() -> &'n [u8]) -> Option<Telling> {
    let half = |number: u128| u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default();
    known([length as u64 | READ_BACK, half(number), half(number >> 64), 0], name)
}

fn known<'n>(key: Key, name: impl FnOnce() -> &'n [u8]) -> Option<Telling> {
    let [length, first, second, third] = key;
    let mixed = (length ^ first ^ second.rotate_left(23) ^ third.rotate_left(41)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    TOLD.with_borrow_mut(|told| {
        let slot = told.get_mut((mixed >> 54) as usize % KNOWN)?;
        // Side by side: a loop over four words costs as much as all the rest.
        let differs = slot.0.iter().zip(&key).fold(0, |differs, (own, other)| differs | own ^ other);
        if differs != 0 {
            *slot = (key, anew(name()));
        }
        slot.1
    })
}

fn key(name: &[u8]) -> Option<Key> {
    let mut bytes = [0; LONGEST];
    bytes.get_mut(..name.len())?.copy_from_slice(name);
    let (words, _) = bytes.as_chunks();
    let word = |at: usize| words.get(at).map_or(0, |word| u64::from_le_bytes(*word));
    Some([name.len() as u64, word(0), word(1), word(2)])
}

fn anew(name: &[u8]) -> Option<Telling> {
    // Most names tell nothing: one look at their letters spares taking them apart.
    std::str::from_utf8(name).ok().filter(|name| may_tell(name)).and_then(by_words)
}

fn by_words(name: &str) -> Option<Telling> {
    let words = words(name);
    if let Some(credential) = credential(&words) {
        return Some(credential);
    }
    // What a program says of itself.
    if words.last().is_some_and(|last| last == "diagnostics") {
        return None;
    }
    if let Some(category) = thing(&words) {
        return Some(Telling::Personal(category));
    }
    match Context::new(name).last()? {
        // English words, which programs use for much else, are told above.
        Concept::Address if words.iter().any(|word| OF_MACHINES.contains(&word.as_str())) => None,
        Concept::Name => Some(Telling::Called),
        Concept::Password => Some(Telling::Password),
        concept => concept.told().map(Telling::Personal),
    }
}

/// What codes of banks, positions and number plates of vehicles are called, folded and joined.
#[rustfmt::skip]
pub const THINGS: [(Category, &[&str]); 3] = [
    (Category::BankDetails, &["bic", "swift", "swiftcode", "biccode", "bicswift"]),
    (Category::Location, &["lat", "latitude", "lon", "lng", "longitude", "geolocation", "gps", "coordinates"]),
    (Category::DeviceData, &[
        "licenseplate", "licenceplate", "numberplate", "platenumber", "registrationplate", "vehicleregistration",
        "kennzeichen", "immatriculation", "targa", "kenteken", "kentekennummer", "rejestracyjny", "spz", "rendszam",
        "registracijskaoznaka", "registrskaoznaka", "inmatriculare", "registreringsnummer", "rekisterinumero",
        "rekisteritunnus", "registreerimismark", "nummerplade", "valstybinisnumeris",
    ]),
];

/// Longer ones may be part of a word, as in `Autokennzeichen`.
pub const WHOLE: usize = 7;

fn thing(words: &[String]) -> Option<Category> {
    let last = words.last()?;
    let joined = words.concat();
    let is = |known: &&str| if known.len() > WHOLE { joined.ends_with(*known) } else { last == *known };
    THINGS.iter().find(|(_, known)| known.iter().any(is)).map(|(category, _)| *category)
}

fn credential(words: &[String]) -> Option<Telling> {
    let (index, telling) = words.iter().enumerate().find_map(|(index, word)| {
        let before = index.checked_sub(1).and_then(|index| words.get(index)).map(String::as_str);
        Some((index, by_word(word, before)?))
    })?;
    let about = |word: &String| ABOUT.contains(&word.as_str());
    // `secretName`, `passwordFile`; and `publicKey`, `existingSecret` before it.
    let after = words.get(index + 1..).is_some_and(|after| after.iter().any(about));
    let named = index > 0
        && words.get(..index).is_some_and(|before| {
            before.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "existing"
                        | "public"
                        | "no"
                        | "allow"
                        | "empty"
                        | "csrf"
                        | "is"
                        | "has"
                        | "show"
                        | "forgot"
                        | "reset"
                        | "max"
                        | "min"
                )
            })
        });
    (!after && !named).then_some(telling)
}

fn by_word(word: &str, before: Option<&str>) -> Option<Telling> {
    match word {
        "password" | "passwd" | "pwd" | "passphrase" | "passwort" | "kennwort" | "motdepasse" | "contrasena" => {
            Some(Telling::Password)
        }
        "pass" if before.is_some() => Some(Telling::Password),
        "pat" | "apikey" | "apitoken" | "authtoken" | "accesskey" | "secretkey" | "privatekey" | "clientsecret" => {
            Some(Telling::Token)
        }
        "secret" | "token" | "credential" | "credentials" => Some(Telling::Token),
        "key" if before.is_some_and(|before| KEYS.contains(&before)) => Some(Telling::Token),
        // `pgpassword`, `dbpassword`, `requirepass`, `masterauth`.
        _ if word.len() <= 24 && (word.ends_with("password") || word.ends_with("passwd")) => Some(Telling::Password),
        "requirepass" | "masterauth" | "masterpass" | "sqlpass" | "dbpass" => Some(Telling::Password),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::concepts::entries;

    #[test]
    fn every_ending_is_a_stem() {
        for (word, ..) in entries().filter(|(_, concept, _)| concept.tells()) {
            assert!(may_tell(word), "{word}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn what_is_passed_over_tells_nothing(
            parts in proptest::collection::vec(
                "(?i)pass|word|wort|pwd|pat|api|key|token|secret|client|credentials?|master|auth|motdepasse|require|date|of|birth|dob|name|sur|first|icd|10|[a-zé]{1,4}",
                1..6,
            ),
            mark in "[-_.]?",
        ) {
            let name = parts.join(&mark);
            prop_assert_eq!(telling(&name), by_words(&name));
        }
    }
}
