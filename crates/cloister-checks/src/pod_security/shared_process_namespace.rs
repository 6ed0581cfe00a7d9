//! # What it does
//! Finds pods whose containers see each other's processes.
//!
//! # Why it matters
//! Each container reads the others' environment, with the passwords in it, and
//! their files by way of `/proc`: a broken sidecar is a broken application.
//!
//! # What to do
//! Remove `shareProcessNamespace: true`; for debugging use an ephemeral container
//! that targets one container.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes documentation, "Share Process Namespace between
//! Containers in a Pod".

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "shared-process-namespace",
    title: "containers of the pod see each other's processes",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if pod.spec.bool_at("shareProcessNamespace") == Some(true) {
            findings.report(pod.at("shareProcessNamespace")).fix("shareProcessNamespace: false");
        }
    }),
};
