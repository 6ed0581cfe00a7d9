//! # What it does
//! Finds Nodes whose labels name a region or zone outside the European Economic Area,
//! to which the register states no transfer with a safeguard.
//!
//! # Why it matters
//! Whatever is scheduled there takes its data there: a transfer to a third country
//! (Art. 44 to 49).
//!
//! # What to do
//! Move the node, or keep personal data off it and state the transfer in the register.
//!
//! # References
//! GDPR Art. 30(1)(e), 44. Commission Decision (EU) 2026/179 and its forerunners, for
//! adequacy.

use cloister_model::Severity;

use super::topology::{in_labels, report};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "node-outside-eea",
    title: "node stands outside the EEA",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["Node"], |node, findings| {
        let places = in_labels(node, node.root.at("metadata/labels"));
        if places.is_empty() {
            return findings.not_applicable();
        }
        report(&places, &format!("node \"{}\" stands in", node.name), findings);
    }),
};
