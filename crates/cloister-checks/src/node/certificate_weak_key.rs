//! # What it does
//! Finds certificates of the control plane and of kubelets whose key is too short, or whose
//! signature rests on a broken hash.
//!
//! # Why it matters
//! Such a certificate can be forged or its key be computed; whoever does so is the API server,
//! or an administrator.
//!
//! # What to do
//! Make it anew with RSA of at least 2048 bits or an elliptic curve, signed by SHA-256.
//!
//! # References
//! NIST SP 800-57 part 1, table 2. GDPR Art. 32(1)(a).

use cloister_model::Severity;
use cloister_node::Facts;

use super::files::FACTS;
use crate::{Check, Need, Run};

/// Whether `RSA 1024` and its like are below 112 bits of security.
fn is_weak(key: &str, signature: &str) -> bool {
    let size = key.split(' ').next_back().and_then(|size| size.parse::<u32>().ok());
    let short = (key.starts_with("RSA") || key.starts_with("DSA")) && size.is_some_and(|size| size < 2048);
    let signature = signature.to_ascii_lowercase();
    short || signature.starts_with("md5") || signature.starts_with("sha1") || signature.contains("with-sha1")
}

pub(crate) const CHECK: Check = Check {
    name: "certificate-weak-key",
    title: "A certificate of the cluster is weak",
    severity: Severity::High,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        let files: Vec<_> = Facts::of(resource).into_iter().flat_map(|facts| facts.files()).collect();
        let mut seen = false;
        for file in &files {
            for certificate in file.certificates() {
                seen = true;
                let word = |key: &str| certificate.str_at(key).unwrap_or_default();
                let (key, signature) = (word("key"), word("signature"));
                if is_weak(key, signature) {
                    let message = format!("the certificate in {} has {key}, signed by {signature}", file.path());
                    findings.report(file.at("certificates")).message(message);
                }
            }
        }
        if !seen {
            findings.not_applicable();
        }
    }),
};
