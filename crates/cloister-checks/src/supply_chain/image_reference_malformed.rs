//! # What it does
//! Finds image references that no node can pull.
//!
//! # Why it matters
//! The pod stays in `InvalidImageName`. Often a placeholder was not filled in, and
//! what was checked is not what would run.
//!
//! # What to do
//! Write `registry/path:tag@digest`; scan what the template renders, not the template.
//!
//! # References
//! The grammar of github.com/distribution/reference, as the kubelet applies it.

use cloister_inventory::Image;
use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "image-reference-malformed",
    title: "image reference cannot be pulled",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        // Some resources leave the image to their controller.
        if container.image().is_empty() {
            return findings.not_applicable();
        }
        if let Err(reason) = Image::parse(container.image()) {
            findings
                .report(container.at("image"))
                .message(format!("the image of container \"{}\" cannot be pulled: {reason}", container.name()));
        }
    }),
};
