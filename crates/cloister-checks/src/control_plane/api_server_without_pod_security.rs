//! # What it does
//! Finds API servers that have switched the admission plug-in PodSecurity off.
//!
//! # Why it matters
//! Levels on namespaces (`pod-security.kubernetes.io/enforce`) are only text then: no pod is refused for them.
//!
//! # What to do
//! Take `PodSecurity` out of `--disable-admission-plugins`.
//!
//! # References
//! CIS 5.2.1. GDPR Art. 25(1), 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-pod-security",
    title: "API server enforces no Pod Security level",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.keeps_plugin("PodSecurity"));
    }),
};
