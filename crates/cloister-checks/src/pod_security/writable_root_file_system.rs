//! # What it does
//! Finds containers that may write to their own file system.
//!
//! # Why it matters
//! Whoever breaks in replaces programs and leaves tools behind. Data that an
//! application writes there by mistake is in no volume, no backup and no rule of
//! deletion.
//!
//! # What to do
//! Set `readOnlyRootFilesystem: true` and mount an `emptyDir` where the program
//! has to write, such as `/tmp`.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Immutable container file
//! systems". Windows pods (`os.name: windows`) are exempt: they cannot set it.

use cloister_model::{Node, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "writable-root-file-system",
    title: "container may write to its own file system",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.pod.is_windows() {
            return findings.not_applicable();
        }
        if container.own_security("readOnlyRootFilesystem").and_then(Node::as_bool) != Some(true) {
            findings
                .report(container.at("securityContext/readOnlyRootFilesystem"))
                .message(format!("container \"{}\" may write to its own file system", container.name()))
                .fix("securityContext:\n  readOnlyRootFilesystem: true");
        }
    }),
};
