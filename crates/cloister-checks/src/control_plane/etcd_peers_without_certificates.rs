//! # What it does
//! Finds etcd that asks its peers for no certificate.
//!
//! # Why it matters
//! A stranger that reaches the port joins the store and receives all of it.
//!
//! # What to do
//! Set `--peer-client-cert-auth=true` and `--peer-trusted-ca-file`.
//!
//! # References
//! CIS 2.5. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{ETCD, PODS, Verdict, etcd, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-peers-without-certificates",
    title: "etcd lets any peer join",
    severity: Severity::High,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| {
            etcd(flags, |flags| {
                // Source: `TLSInfo.baseConfig` of etcd: an authority alone asks for certificates, whatever the switch says.
                if flags.is_set("--peer-trusted-ca-file") {
                    Verdict::Holds
                } else {
                    flags.switch("--peer-client-cert-auth", true)
                }
            })
        });
    }),
};
