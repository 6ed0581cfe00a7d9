//! # What it does
//! Finds schedulers with profiling on, which is the default. With `--config`, the scheduler takes `enableProfiling` of
//! that file and passes over `--profiling`.
//!
//! # Why it matters
//! Profiles show an attacker how the program works and what it is doing, and cost it
//! time.
//!
//! # What to do
//! Set `--profiling=false`, or `enableProfiling: false` in the file that `--config` names.
//!
//! # References
//! CIS 1.4.1. GDPR Art. 32(1)(b). Kubernetes 1.37, `cmd/kube-scheduler/app/options`.

use cloister_model::Severity;

use super::flags::{PODS, SCHEDULER, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "scheduler-profiling",
    title: "scheduler serves profiles of itself",
    severity: Severity::Low,
    needs: &[Need::Program(SCHEDULER)],
    run: Run::Inventory(PODS, |findings| {
        let inventory = findings.inventory();
        let setting = ("KubeSchedulerConfiguration", "enableProfiling");
        examine(SCHEDULER, findings, |flags| flags.switch_off_or(inventory, "--profiling", setting));
    }),
};
