//! # What it does
//! Finds containers that add any capability.
//!
//! # Why it matters
//! Each added capability needs a reason that someone can give. Most were copied
//! from an example.
//!
//! # What to do
//! Remove what is not needed; write an exception with the reason for the rest.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.2.9. For the capabilities that open the node, see
//! `dangerous-capability`.

use cloister_model::Severity;

use super::capabilities::added;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "capability-added",
    title: "container adds a capability",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        for (name, item) in added(container) {
            findings
                .report(container.place(item))
                .message(format!("container \"{}\" adds the capability {name}", container.name()));
        }
    }),
};
