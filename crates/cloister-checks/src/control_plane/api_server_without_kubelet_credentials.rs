//! # What it does
//! Finds API servers that call the kubelets without a client certificate.
//!
//! # Why it matters
//! Kubelets can then not tell the API server from anybody else, and must take anonymous
//! calls: logs and shells of every pod.
//!
//! # What to do
//! Set `--kubelet-client-certificate` and `--kubelet-client-key`.
//!
//! # References
//! CIS 1.2.4. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-kubelet-credentials",
    title: "API server shows the kubelets no client certificate",
    severity: Severity::Medium,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs(&["--kubelet-client-certificate", "--kubelet-client-key"]));
    }),
};
