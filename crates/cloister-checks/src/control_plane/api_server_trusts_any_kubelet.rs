//! # What it does
//! Finds API servers that take any certificate from a kubelet.
//!
//! # Why it matters
//! Somebody between them can pose as a kubelet and read logs, shells and forwarded
//! ports.
//!
//! # What to do
//! Set `--kubelet-certificate-authority`; the kubelets then need serving certificates
//! of that authority.
//!
//! # References
//! CIS 1.2.5. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-trusts-any-kubelet",
    title: "API server does not verify the kubelets' certificates",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs(&["--kubelet-certificate-authority"]));
    }),
};
