//! # What it does
//! Finds API servers that ask a webhook about tokens and keep its answers for more than
//! five minutes.
//!
//! # Why it matters
//! A token that was taken back is good until the answer is forgotten.
//!
//! # What to do
//! Set `--authentication-token-webhook-cache-ttl=2m` or less.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Authenticating", webhook token authentication.

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

const FLAG: &str = "--authentication-token-webhook-cache-ttl";
/// In seconds; the server's own default is two minutes.
const LONG: f64 = 300.0;

pub(crate) const CHECK: Check = Check {
    name: "api-server-webhook-token-cache",
    title: "answers about tokens are kept for long",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            if !flags.is_set("--authentication-token-webhook-config-file") {
                return Verdict::NotApplicable;
            }
            match flags.seconds(FLAG) {
                Some(kept) if kept > LONG => flags.fault(FLAG, "- --authentication-token-webhook-cache-ttl=2m"),
                _ => Verdict::Holds,
            }
        });
    }),
};
