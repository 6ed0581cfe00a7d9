//! # What it does
//! Finds Secrets whose values stand in files, in plain or in base64. Public parts
//! (certificates), empty values and placeholders do not count.
//!
//! # Why it matters
//! Everybody who reads the repository, its forks or its backups has the credential, for
//! ever: history forgets nothing.
//!
//! # What to do
//! Let an operator fetch it from a store outside (External Secrets, Secrets Store CSI),
//! or encrypt the file (SOPS, Sealed Secrets); then change the credential.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_model::{Entry, Origin, Place, Severity};

use super::base64::decode;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-in-manifest",
    title: "a Secret with its values stands in a file",
    severity: Severity::High,
    needs: &[Need::Files],
    run: Run::Resource(&["Secret"], |resource, findings| {
        // Tokens are filled in by the cluster; what SOPS encrypted may stand in files.
        let token = resource.root.str_at("type") == Some("kubernetes.io/service-account-token");
        if token || matches!(resource.origin, Origin::Cluster(_)) {
            return findings.not_applicable();
        }
        if resource.root.get("sops").is_some() {
            return;
        }
        let texts = resource.root.entries_at("stringData").iter().filter(|entry| is_value(entry, false));
        let encoded = resource.root.entries_at("data").iter().filter(|entry| is_value(entry, true));
        if let Some(entry) = texts.chain(encoded).next() {
            findings
                .report(Place::of(resource, &entry.node))
                .message(format!("the value of \"{}\" stands in the file (base64 is no encryption)", entry.key));
        }
    }),
};

/// Parts of Secrets that are no secret.
const PUBLIC: [&str; 6] = ["ca.crt", "tls.crt", "cert.pem", "ca.pem", "username", "namespace"];

fn is_value(entry: &Entry, encoded: bool) -> bool {
    let Some(text) = entry.node.scalar() else { return false };
    let plain = if encoded { decode(&text).unwrap_or(text) } else { text };
    !PUBLIC.contains(&&*entry.key) && !cloister_detect::is_placeholder(&plain)
}
