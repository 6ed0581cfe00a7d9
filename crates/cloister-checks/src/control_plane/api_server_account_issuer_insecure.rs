//! # What it does
//! Finds API servers whose tokens for service accounts are issued by no address of
//! `https://`.
//!
//! # Why it matters
//! Others that trust these tokens fetch the keys from that address. Without TLS somebody
//! in between hands out other keys; without an address nobody can check a token but the
//! server itself.
//!
//! # What to do
//! Set `--service-account-issuer=https://…` as the first; keep the old one as the second
//! until its tokens have ended.
//!
//! # References
//! GDPR Art. 32(1)(b). OpenID Connect Discovery 1.0, section 3.

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

const FLAG: &str = "--service-account-issuer";

pub(crate) const CHECK: Check = Check {
    name: "api-server-account-issuer-insecure",
    title: "service account tokens are issued by no https address",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            // The first one issues, the others are still taken.
            let first = flags.list(FLAG).into_iter().next().unwrap_or_default();
            if first.starts_with("https://") {
                Verdict::Holds
            } else {
                flags.fault(FLAG, "- --service-account-issuer=https://kubernetes.default.svc.cluster.local")
            }
        });
    }),
};
