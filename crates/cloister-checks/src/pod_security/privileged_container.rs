//! # What it does
//! Finds containers that run privileged.
//!
//! # Why it matters
//! A privileged container is root on its node: it reads every volume and every
//! Secret there, whatever RBAC and network policies say.
//!
//! # What to do
//! Remove `privileged: true`; add the one capability that is really needed.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Privileged Containers". CIS
//! 5.2.2.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "privileged-container",
    title: "container runs privileged",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.own_security("privileged").and_then(|node| node.as_bool()) == Some(true) {
            findings
                .report(container.at("securityContext/privileged"))
                .message(format!("container \"{}\" runs privileged", container.name()))
                .fix("securityContext:\n  privileged: false");
        }
    }),
};
