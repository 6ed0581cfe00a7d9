//! # What it does
//! Finds Secrets whose values are written in a file.
//!
//! # Why it matters
//! Base64 is no encryption: whoever reads the repository, its clones, its backups or the
//! build log has the password.
//!
//! # What to do
//! Keep the value in a secret store, or encrypt it (External Secrets, Sealed Secrets,
//! SOPS); change the password, since it has been read.
//!
//! # References
//! CIS 5.4.2. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use cloister_model::{Node, Origin, Place};

use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "secret-in-manifest",
    title: "the values of a Secret stand in a file",
    severity: Severity::High,
    needs: &[Need::Files],
    run: Run::Resource(&["Secret"], |secret, findings| {
        if matches!(secret.origin, Origin::Cluster(_)) {
            return findings.not_applicable();
        }
        // SOPS leaves the keys readable and the values encrypted.
        let encrypted = secret.root.get("sops").is_some();
        let token = secret.root.str_at("type") == Some("kubernetes.io/service-account-token");
        for list in ["data", "stringData"] {
            let written = secret.root.entries_at(list).iter().filter(|entry| is_value(&entry.node));
            let keys: Vec<&str> = written.map(|entry| &*entry.key).collect();
            if !keys.is_empty() && !encrypted && !token {
                findings.report(Place::whole(secret).at(list)).message(format!(
                    "the Secret \"{}\" stands in a file with its values ({})",
                    secret.name,
                    keys.join(", ")
                ));
            }
        }
    }),
};

/// A value that is neither empty nor filled in later.
fn is_value(node: &Node) -> bool {
    let filled_in =
        |text: &str| text.contains("${") || text.contains("<") || text.contains("{{") || text.starts_with("ref+");
    node.as_str().is_none_or(|text| !text.trim().is_empty() && !filled_in(text)) && !node.is_null()
}
