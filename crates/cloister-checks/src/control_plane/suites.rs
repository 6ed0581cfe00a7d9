//! Which cipher suites keep a secret.

use super::flags::{Flags, Verdict};

/// Forward secrecy and authenticated encryption: the suites of TLS 1.3, and those with ECDHE before it.
pub(crate) fn is_strong(suite: &str) -> bool {
    let ephemeral = ["TLS_AES_", "TLS_CHACHA20_", "TLS_ECDHE_"].iter().any(|start| suite.starts_with(start));
    ephemeral && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"))
}

/// The suites that a program takes, by its flag or by default, must all be strong.
pub(super) fn weak_suites<'a>(flags: &Flags<'a>, flag: &str, fix: &str) -> Verdict<'a> {
    let tls = flags.line().tls();
    let mut weak = tls.suites.iter().filter(|suite| !is_strong(suite));
    let Some(first) = weak.next() else { return Verdict::Holds };
    if tls.listed {
        return flags.fault(flag, fix);
    }
    let by_default = match weak.count() {
        0 => format!("{first} by default"),
        more => format!("{first} and {more} others by default"),
    };
    match flags.fault(flag, fix) {
        Verdict::Fault { place, says, fix } => Verdict::Fault { place, says: format!("{says}: {by_default}"), fix },
        verdict => verdict,
    }
}
