//! # What it does
//! Finds images whose tag moves and that are not pulled at each start.
//!
//! # Why it matters
//! Each node runs what it happened to pull first: old programs with known holes
//! stay for months, and no one sees it. A pod that may not pull the image runs it
//! all the same if the node has it.
//!
//! # What to do
//! Write a version or a digest; else set `imagePullPolicy: Always`.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes documentation, "Images".
//! Absent means `Always` for `latest` and `IfNotPresent` for any other tag.

use cloister_inventory::Image;
use cloister_model::Severity;

use super::images::moving_tag;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "image-pull-policy",
    title: "image with a tag that moves is not pulled at each start",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let image = Image::parse(container.image()).ok();
        let Some(tag) = image.as_ref().and_then(moving_tag) else { return findings.not_applicable() };
        let default = if tag == "latest" { "Always" } else { "IfNotPresent" };
        let policy = container.node.str_at("imagePullPolicy").filter(|policy| !policy.is_empty()).unwrap_or(default);
        if policy != "Always" {
            findings
                .report(container.at("imagePullPolicy"))
                .message(format!(
                    "container \"{}\" pulls the tag \"{tag}\", which moves, by the policy {policy}",
                    container.name()
                ))
                .fix("imagePullPolicy: Always");
        }
    }),
};
