//! # What it does
//! Finds audit policies that write nothing of commands in pods, of attaching to them, of tunnels to them or through
//! services and nodes, or of containers put into running pods. Both verbs are tried: kubectl opens a shell by `get`
//! (WebSocket), older clients by `create`.
//!
//! # Why it matters
//! A shell beside the database reads all of it, and no log of the database shows who it was.
//!
//! # What to do
//! Write `pods/exec`, `pods/attach`, `pods/portforward`, `pods/proxy`, `pods/ephemeralcontainers`, `services/proxy` and
//! `nodes/proxy` for all verbs, before any rule that leaves out reading.
//!
//! # References
//! CIS 3.2.2. GDPR Art. 5(2), 32(4), 33(1).

use cloister_model::Severity;

use super::audit::{OTHER, POLICIES, Probe, probes, report_unwritten};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "audit-policy-misses-shells",
    title: "audit policy leaves out shells and tunnels",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(POLICIES, |policy, findings| report_unwritten(policy, &asked(), findings)),
};

fn asked() -> Vec<Probe> {
    const OPEN: [&str; 2] = ["get", "create"];
    probes("commands in pods", &OPEN, "", "pods/exec", OTHER)
        .chain(probes("attaching to pods", &OPEN, "", "pods/attach", OTHER))
        .chain(probes("tunnels to pods", &OPEN, "", "pods/portforward", OTHER))
        .chain(probes("proxies", &OPEN, "", "pods/proxy", OTHER))
        .chain(probes("proxies", &OPEN, "", "services/proxy", OTHER))
        .chain(probes("proxies", &OPEN, "", "nodes/proxy", ""))
        .chain(probes("debug containers", &["update", "patch"], "", "pods/ephemeralcontainers", OTHER))
        .collect()
}
