//! # What it does
//! Finds images from registries that the register does not name, neither as the
//! organisation's own nor as a processor's.
//!
//! # Why it matters
//! Whoever supplies the program decides what happens to the data in it. A supplier
//! that nobody named has no contract, and nobody asked what guarantees it gives.
//!
//! # What to do
//! Add the registry to `spec.registries` of the Organisation or of the Processor
//! that supplies it, or take the image from one that is there.
//!
//! # References
//! GDPR Art. 28(1). MITRE ATT&CK for Containers, T1195 "Supply Chain Compromise".

use cloister_inventory::Image;
use cloister_model::Severity;

use super::images::is_declared;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "image-registry-undeclared",
    title: "image comes from a registry that the register does not name",
    severity: Severity::Low,
    needs: &[Need::Register],
    run: Run::Container(|container, findings| {
        let Ok(image) = Image::parse(container.image()) else { return findings.not_applicable() };
        if !is_declared(&image, findings.registries()) {
            findings.report(container.at("image")).message(format!(
                "the image of container \"{}\" comes from {}, which the register does not name",
                container.name(),
                image.registry
            ));
        }
    }),
};
