//! # What it does
//! Finds etcd that trusts the authority which signs the cluster's client certificates.
//!
//! # Why it matters
//! Every certificate that the cluster gives out, for a kubelet or for a person, then
//! opens etcd, and with it everything past every role.
//!
//! # What to do
//! Give etcd an authority of its own, in `--trusted-ca-file`.
//!
//! # References
//! CIS 2.7. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, ETCD, PODS, Verdict, etcd, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-shares-authority",
    title: "etcd trusts the authority of the cluster's clients",
    severity: Severity::High,
    needs: &[Need::Program(API_SERVER), Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        let clients: Vec<String> =
            findings.processes_of(API_SERVER).iter().filter_map(|flags| flags.value("--client-ca-file")).collect();
        examine(ETCD, findings, |flags| {
            etcd(flags, |flags| match flags.value("--trusted-ca-file") {
                Some(authority) if clients.contains(&authority) => flags.fault("--trusted-ca-file", ""),
                _ => Verdict::Holds,
            })
        });
    }),
};
