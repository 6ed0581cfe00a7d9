//! # What it does
//! Finds Deployments that stop all pods before new ones start, and StatefulSets and
//! DaemonSets that are updated only by hand.
//!
//! # Why it matters
//! Each release is an outage; or a security update is rolled out on paper only.
//!
//! # What to do
//! Use `RollingUpdate`; keep `Recreate` only where two versions must never run at once.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_model::Place;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "no-rolling-update",
    title: "updates are not rolled out one by one",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["Deployment", "StatefulSet", "DaemonSet"], |workload, findings| {
        let (path, bad) = if &*workload.kind == "Deployment" {
            ("spec/strategy/type", "Recreate")
        } else {
            ("spec/updateStrategy/type", "OnDelete")
        };
        if workload.root.str_at(path) == Some(bad) {
            findings
                .report(Place::whole(workload).at(path))
                .message(format!("{} {} is updated by {bad}", workload.kind, workload.name))
                .fix(if bad == "Recreate" {
                    "spec:\n  strategy:\n    type: RollingUpdate"
                } else {
                    "spec:\n  updateStrategy:\n    type: RollingUpdate"
                });
        }
    }),
};
