//! # What it does
//! Finds flags of API server, controller manager, scheduler, kube-proxy and etcd that the version that runs still reads
//! and a later one will not, where another flag or none takes their place. Those that belong into the file of
//! `--config` are left out: they work, and their file wins where both speak.
//!
//! # Why it matters
//! The upgrade that removes the flag does not start, or starts without what it said.
//!
//! # What to do
//! Write what the finding names.
//!
//! # References
//! GDPR Art. 32(1)(d). Kubernetes documentation, "Kubernetes Deprecation Policy", "Deprecating a flag or CLI".

use cloister_model::Severity;

use super::component_flag_refused::PROGRAMS;
use super::flags::{PODS, Verdict, examine};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "component-flag-deprecated",
    title: "a component of Kubernetes has a flag that goes",
    severity: Severity::Info,
    needs: &[],
    run: Run::Inventory(PODS, |findings| {
        for program in PROGRAMS {
            examine(program, findings, |flags| match flags.deprecated() {
                Some((place, says)) => Verdict::Fault { place, says, fix: String::new() },
                None => Verdict::Holds,
            });
        }
    }),
};
