//! # What it does
//! Finds pods that use the network of their node.
//!
//! # Why it matters
//! No NetworkPolicy holds such a pod. It reaches what listens on the node's
//! loopback address, can listen to the node's traffic if it has NET_RAW, and
//! speaks to the cloud's metadata service as the node.
//!
//! # What to do
//! Remove `hostNetwork: true` and publish the port with a Service.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Host Namespaces". CIS 5.2.5. With
//! `hostNetwork` the API server also sets each `hostPort`; that is reported here, once.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "host-network",
    title: "pod uses the network of its node",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if pod.spec.bool_at("hostNetwork") == Some(true) {
            findings.report(pod.at("hostNetwork")).fix("hostNetwork: false");
        }
    }),
};
