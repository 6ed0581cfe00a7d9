//! # What it does
//! Finds etcd that asks its clients for no certificate.
//!
//! # Why it matters
//! Whoever reaches the port reads and writes everything in the cluster, past every
//! role.
//!
//! # What to do
//! Set `--client-cert-auth=true` and `--trusted-ca-file`.
//!
//! # References
//! CIS 2.2. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{ETCD, PODS, Verdict, etcd, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "etcd-without-client-certificates",
    title: "etcd lets anybody in",
    severity: Severity::Critical,
    needs: &[Need::Program(ETCD)],
    run: Run::Inventory(PODS, |findings| {
        examine(ETCD, findings, |flags| {
            etcd(flags, |flags| {
                // Source: `TLSInfo.baseConfig` of etcd: an authority alone asks for certificates, whatever the switch says.
                if flags.is_set("--trusted-ca-file") {
                    Verdict::Holds
                } else {
                    flags.switch("--client-cert-auth", true)
                }
            })
        });
    }),
};
