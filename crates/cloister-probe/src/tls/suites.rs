//! Cipher suites by their numbers, and what can be said against them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cloister_model::Severity;

/// The registry "TLS Cipher Suites", without those that need a key agreed before (PSK, SRP, Kerberos) or are no suites.
static SUITES: LazyLock<BTreeMap<u16, &'static str>> = LazyLock::new(|| {
    include_str!("../../data/suites.tsv")
        .lines()
        .filter_map(|line| {
            let (id, name) = line.split_once('\t')?;
            Some((u16::from_str_radix(id, 16).ok()?, name))
        })
        .collect()
});

/// The registry's name, or the number.
#[must_use]
pub fn name(id: u16) -> String {
    SUITES.get(&id).map_or_else(|| format!("{id:#06x}"), |name| (*name).to_owned())
}

/// All that can be offered in TLS 1.3, or before it. The best come first, since some servers follow the client.
#[must_use]
pub fn offered(modern: bool) -> Vec<u16> {
    let mut ids: Vec<u16> = SUITES.keys().copied().filter(|id| (id >> 8 == 0x13) == modern).collect();
    ids.sort_by_key(|id| (fault(&name(*id)).map(|(severity, _)| severity), !name(*id).starts_with("TLS_ECDHE"), *id));
    ids
}

/// What is wrong with a suite, by its name, and how much harm that allows.
#[must_use]
pub fn fault(name: &str) -> Option<(Severity, &'static str)> {
    let has = |part: &str| name.contains(part);
    if has("_NULL_") {
        Some((Severity::Critical, "no encryption"))
    } else if has("_anon_") {
        Some((Severity::Critical, "no proof of who the server is"))
    } else if has("EXPORT") || has("_DES40_") || has("WITH_DES_CBC") {
        Some((Severity::High, "keys that can be tried out"))
    } else if has("_RC4_") || has("_RC2_") || name.ends_with("_MD5") {
        Some((Severity::High, "a broken cipher"))
    } else if has("_3DES_") || has("_IDEA_") {
        Some((Severity::Medium, "blocks of 64 bits"))
    } else if !(name.starts_with("TLS_ECDHE_") || name.starts_with("TLS_DHE_") || !has("_WITH_")) {
        Some((Severity::Medium, "no forward secrecy"))
    } else if has("_CBC_") {
        Some((Severity::Low, "CBC"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use cloister_model::Severity;

    use super::{fault, name, offered};

    #[test]
    fn suites_are_known_and_judged() {
        assert_eq!(name(0x1301), "TLS_AES_128_GCM_SHA256");
        assert_eq!(name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(name(0xfafa), "0xfafa");
        for (suite, expected) in [
            ("TLS_AES_128_CCM_SHA256", None),
            ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", None),
            ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", None),
            ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", Some(Severity::Low)),
            ("TLS_RSA_WITH_AES_128_GCM_SHA256", Some(Severity::Medium)),
            ("TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", Some(Severity::Medium)),
            ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", Some(Severity::Medium)),
            ("TLS_RSA_WITH_RC4_128_MD5", Some(Severity::High)),
            ("TLS_DHE_RSA_WITH_DES_CBC_SHA", Some(Severity::High)),
            ("TLS_ECDHE_RSA_WITH_NULL_SHA", Some(Severity::Critical)),
            ("TLS_DH_anon_WITH_AES_128_CBC_SHA", Some(Severity::Critical)),
        ] {
            assert_eq!(fault(suite).map(|(severity, _)| severity), expected, "{suite}");
        }
    }

    #[test]
    fn what_is_offered_begins_with_the_best() {
        assert!(offered(true).iter().all(|id| id >> 8 == 0x13) && offered(true).len() >= 5);
        let old = offered(false);
        assert!(old.len() > 200);
        assert_eq!(fault(&name(old[0])), None);
        assert!(name(old[0]).starts_with("TLS_ECDHE"));
    }
}
