//! # What it does
//! Finds certificates of the control plane and of kubelets whose key is too short, or whose
//! signature rests on a broken hash. The signature of a root is not asked for: nobody relies on it.
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

use super::certificates::each;
use super::files::FACTS;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-weak-key",
    title: "A certificate of the cluster is weak",
    severity: Severity::High,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        each(resource, findings, |file, certificate, findings| {
            if certificate.key.is_weak() || certificate.has_weak_signature() {
                let (key, signature) = (&certificate.key, &certificate.signature);
                let message = format!("the certificate in {} has {key}, signed by {signature}", file.path());
                findings.report(file.at("certificates")).message(message);
            }
        });
    }),
};
