//! Names that tell what their value is: `DB_PASSWORD`, `apiKey`, `dateOfBirth`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::Category;
use crate::words::words;

/// What a name tells of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// A password: any value of it counts.
    Password,
    /// A key, a token, a secret: only what looks random counts.
    Token,
    /// Personal data of a category.
    Personal(Category),
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

/// Names of fields with personal data, joined; only the whole name's end counts.
const PERSONAL: &[(&str, Category)] = &[
    ("dateofbirth", Category::DateOfBirth),
    ("birthdate", Category::DateOfBirth),
    ("birthday", Category::DateOfBirth),
    ("dob", Category::DateOfBirth),
    ("geburtsdatum", Category::DateOfBirth),
    ("datedenaissance", Category::DateOfBirth),
    ("datenaissance", Category::DateOfBirth),
    ("fechadenacimiento", Category::DateOfBirth),
    ("datadinascita", Category::DateOfBirth),
    ("geboortedatum", Category::DateOfBirth),
    ("dataurodzenia", Category::DateOfBirth),
    ("firstname", Category::Name),
    ("givenname", Category::Name),
    ("lastname", Category::Name),
    ("familyname", Category::Name),
    ("surname", Category::Name),
    ("maidenname", Category::Name),
    ("patientname", Category::Name),
    ("customername", Category::Name),
    ("employeename", Category::Name),
    ("vorname", Category::Name),
    ("nachname", Category::Name),
    ("prenom", Category::Name),
    ("nomdefamille", Category::Name),
    ("cognome", Category::Name),
    ("apellido", Category::Name),
    ("apellidos", Category::Name),
    ("achternaam", Category::Name),
    ("streetaddress", Category::PostalAddress),
    ("postaladdress", Category::PostalAddress),
    ("homeaddress", Category::PostalAddress),
    ("mailingaddress", Category::PostalAddress),
    ("billingaddress", Category::PostalAddress),
    ("shippingaddress", Category::PostalAddress),
    ("anschrift", Category::PostalAddress),
    ("adressepostale", Category::PostalAddress),
    ("diagnosis", Category::Health),
    ("diagnoses", Category::Health),
    ("diagnose", Category::Health),
    ("diagnostic", Category::Health),
    ("icd", Category::Health),
    ("icd10", Category::Health),
    ("icdcode", Category::Health),
    ("icd10code", Category::Health),
    ("medication", Category::Health),
    ("bloodtype", Category::Health),
    ("bloodgroup", Category::Health),
    ("blutgruppe", Category::Health),
    ("allergies", Category::Health),
    ("patientid", Category::Health),
    ("patientnumber", Category::Health),
    ("medicalrecordnumber", Category::Health),
    ("mrn", Category::Health),
    ("healthinsurancenumber", Category::Health),
];

/// Letters without which no name tells of a credential.
const CREDENTIALS: [&str; 10] =
    ["pass", "pwd", "wort", "contrasena", "pat", "key", "token", "secret", "credential", "masterauth"];

/// Finds whatever a telling name must hold.
static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let stems = CREDENTIALS.into_iter().chain(PERSONAL.iter().map(|(ending, _)| *ending));
    AhoCorasick::new(stems).ok()
});

/// Most names tell nothing: one look at their letters spares taking them apart.
fn may_tell(name: &str) -> bool {
    let mut letters = [0; 64];
    let mut length = 0;
    for byte in name.bytes().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
        let Some(letter) = letters.get_mut(length).filter(|_| byte.is_ascii()) else { return true };
        *letter = byte.to_ascii_lowercase();
        length += 1;
    }
    STEMS.as_ref().is_none_or(|stems| stems.is_match(letters.get(..length).unwrap_or_default()))
}

/// What `name` tells of its value, if anything.
pub fn telling(name: &str) -> Option<Telling> {
    if may_tell(name) { by_words(name) } else { None }
}

fn by_words(name: &str) -> Option<Telling> {
    let words = words(name);
    let joined = words.concat();
    if let Some(credential) = credential(&words) {
        return Some(credential);
    }
    let personal = PERSONAL.iter().find(|(ending, _)| {
        joined == *ending || (ending.len() > 5 && joined.ends_with(ending) && ends_at_word(&words, ending))
    });
    personal.map(|(_, category)| Telling::Personal(*category))
}

/// Whether the last words of a name, joined, are `ending`.
fn ends_at_word(words: &[String], ending: &str) -> bool {
    (0..words.len()).any(|start| words.get(start..).is_some_and(|last| last.concat() == ending))
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

/// Words of telephone numbers.
pub const PHONES: [&str; 13] = [
    "phone",
    "telephone",
    "tel",
    "mobile",
    "handy",
    "telefon",
    "telefono",
    "fax",
    "cell",
    "rufnummer",
    "msisdn",
    "telefoon",
    "puhelin",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_ending_is_a_stem() {
        for (ending, _) in PERSONAL {
            assert!(may_tell(ending), "{ending}");
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
