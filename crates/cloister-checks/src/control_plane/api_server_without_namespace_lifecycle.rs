//! # What it does
//! Finds API servers that turn the plug-in NamespaceLifecycle off.
//!
//! # Why it matters
//! Objects can appear in namespaces that are missing or going away, where no policy and
//! no quota stands yet; the namespaces of the system can be deleted.
//!
//! # What to do
//! Remove `NamespaceLifecycle` from `--disable-admission-plugins`.
//!
//! # References
//! CIS 1.2.13. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-namespace-lifecycle",
    title: "API server takes objects into namespaces that do not exist",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.keeps_plugin("NamespaceLifecycle"));
    }),
};
