//! # What it does
//! Finds kubelets that do not renew the certificate by which they speak to the API server.
//!
//! # Why it matters
//! A certificate that is never renewed lives for a year or more, and with it whatever copy
//! somebody took; when it ends, the node is lost.
//!
//! # What to do
//! Set `rotateCertificates: true`. Where nothing is said, the kubelet does not renew.
//!
//! # References
//! CIS 4.2.10. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::kubelet::{self, KUBELETS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "kubelet-keeps-client-certificate",
    title: "Kubelet does not renew its client certificate",
    severity: Severity::Medium,
    needs: &[Need::Kubelet],
    run: Run::Resource(KUBELETS, |resource, findings| kubelet::switch(resource, findings, "rotateCertificates", true)),
};
