//! # What it does
//! Finds controller managers that keep more than a thousand finished pods: 12,500 is
//! the default, and 0 keeps all.
//!
//! # Why it matters
//! A finished pod goes on showing its arguments, its environment and, until it is gone,
//! its logs: personal data that nobody needs any more.
//!
//! # What to do
//! Set `--terminated-pod-gc-threshold` to some hundreds, and `ttlSecondsAfterFinished`
//! in Jobs.
//!
//! # References
//! CIS 1.3.1. GDPR Art. 5(1)(e).

use cloister_model::Severity;

use super::flags::{CONTROLLER_MANAGER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-keeps-finished-pods",
    title: "finished pods pile up by the thousand",
    severity: Severity::Low,
    needs: &[Need::Program(CONTROLLER_MANAGER)],
    run: Run::Inventory(PODS, |findings| {
        examine(CONTROLLER_MANAGER, findings, |flags| {
            const THRESHOLD: &str = "--terminated-pod-gc-threshold";
            let kept = flags.value(THRESHOLD).and_then(|value| value.parse::<i64>().ok());
            let few = kept.is_some_and(|kept| (1..=1000).contains(&kept));
            if few { Verdict::Holds } else { flags.fault(THRESHOLD, format!("- {THRESHOLD}=100")) }
        });
    }),
};
