//! # What it does
//! Finds namespaces that hold personal data and enforce `baseline` rather than
//! `restricted`.
//!
//! # Why it matters
//! `baseline` keeps known ways to the node shut; `restricted` asks for what makes a
//! break-in harmless: no root, no capabilities, no privilege escalation. That is the
//! state of the art for data of others (Art. 32(1)).
//!
//! # What to do
//! Warn at `restricted` first, correct what is named, then enforce it.
//!
//! # References
//! Pod Security Standards, "Restricted". GDPR Art. 25(1).

use cloister_model::{PersonalData, Severity};
use cloister_register::Exposure;

use super::admission::{LABELLED, enforced, namespaces};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "pod-security-below-restricted",
    title: "namespace with personal data is not restricted",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(LABELLED, |findings| {
        let exposure = Exposure::new(findings.register(), findings.inventory());
        for namespace in namespaces(findings.inventory()) {
            let Some((level, place)) = enforced(namespace) else { continue };
            let at_risk = exposure.of_resource(namespace);
            if at_risk.level == PersonalData::None || level == "privileged" {
                continue;
            }
            if findings.examine(level == "baseline") {
                findings
                    .report(place)
                    .message(format!("namespace \"{}\" holds personal data and enforces only baseline", namespace.name))
                    .fix("pod-security.kubernetes.io/enforce: restricted");
            }
        }
    }),
};
