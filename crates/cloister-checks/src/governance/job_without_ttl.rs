//! # What it does
//! Finds Jobs that nothing removes when they are done: no `ttlSecondsAfterFinished`, no
//! CronJob and no hook that owns them.
//!
//! # Why it matters
//! The pod of a finished Job stays with its log, its arguments and its environment, and
//! with the personal data in them, until somebody remembers it (Art. 5(1)(e)).
//!
//! # What to do
//! Set `ttlSecondsAfterFinished`.
//!
//! # References
//! GDPR Art. 5(1)(e). Kubernetes, "Automatic Cleanup for Finished Jobs".

use cloister_model::{Place, Severity};

use crate::{Check, Run};

/// Tools that delete the Jobs which they run as hooks.
const HOOKS: [&str; 2] = ["helm.sh/hook-delete-policy", "argocd.argoproj.io/hook-delete-policy"];

pub(crate) const CHECK: Check = Check {
    name: "job-without-ttl",
    title: "finished Job is kept for ever",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["Job"], |job, findings| {
        let owned = !job.root.items_at("metadata/ownerReferences").is_empty();
        let hooked = HOOKS.iter().any(|hook| job.annotation(hook).is_some());
        let place = Place::whole(job).at("spec/ttlSecondsAfterFinished");
        if !owned && !hooked && !place.missing.is_empty() {
            findings
                .report(place)
                .message(format!("Job \"{}\" and its pods stay when they are done", job.name))
                .fix("ttlSecondsAfterFinished: 86400");
        }
    }),
};
