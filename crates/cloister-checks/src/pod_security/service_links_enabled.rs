//! # What it does
//! Finds pods that get the addresses of all Services of their namespace as
//! environment variables.
//!
//! # Why it matters
//! The variables are a map of what else runs there, handed to every process, and
//! they appear in crash reports.
//!
//! # What to do
//! Set `enableServiceLinks: false`; names are looked up by DNS.
//!
//! # References
//! Kubernetes documentation, "Accessing the Service". Looked at where the
//! namespace has Services.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "service-links-enabled",
    title: "pod gets the addresses of all Services of its namespace",
    severity: Severity::Info,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if findings.seen().of_kind_in("Service", pod.namespace()).next().is_none() {
            return findings.not_applicable();
        }
        if pod.spec.bool_at("enableServiceLinks") != Some(false) {
            findings.report(pod.at("enableServiceLinks")).fix("enableServiceLinks: false");
        }
    }),
};
