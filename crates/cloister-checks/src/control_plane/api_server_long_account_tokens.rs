//! # What it does
//! Finds API servers without a limit of a day or less for tokens of service accounts.
//!
//! # Why it matters
//! Whoever may ask for a token may ask for one of a hundred years: a copy that nobody
//! takes back, and that outlives every reason for it.
//!
//! # What to do
//! Set `--service-account-max-token-expiration=24h`. Pods renew theirs by themselves.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, `kube-apiserver`,
//! `--service-account-max-token-expiration`.

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

const FLAG: &str = "--service-account-max-token-expiration";
const DAY: f64 = 24.0 * 3600.0;

pub(crate) const CHECK: Check = Check {
    name: "api-server-long-account-tokens",
    title: "tokens of service accounts may live as long as somebody asks for",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            let seconds = flags.seconds(FLAG);
            if seconds.is_some_and(|seconds| seconds > 0.0 && seconds <= DAY) {
                Verdict::Holds
            } else {
                flags.fault(FLAG, "- --service-account-max-token-expiration=24h")
            }
        });
    }),
};
