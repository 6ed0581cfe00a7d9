//! # What it does
//! Finds images without a tag, with the tag `latest`, or with another tag that
//! moves, such as `main` or `stable`.
//!
//! # Why it matters
//! Nobody can say which program ran when: not after an incident, not to the
//! supervisory authority. A restart may bring another one.
//!
//! # What to do
//! Write the version, and better the digest too.
//!
//! # References
//! GDPR Art. 32(1)(b). An image with a digest is none of these, whatever its tag.

use cloister_inventory::Image;
use cloister_model::Severity;

use super::images::moving_tag;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "image-latest-tag",
    title: "image has a tag that moves",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        let Ok(image) = Image::parse(container.image()) else { return findings.not_applicable() };
        let Some(tag) = moving_tag(&image) else { return };
        let name = container.name();
        let message = match &image.tag {
            None => format!("the image of container \"{name}\" has no tag, so whatever is the latest is pulled"),
            Some(_) => format!("the image of container \"{name}\" has the tag \"{tag}\", which moves"),
        };
        let known = if tag == "latest" { Severity::Medium } else { Severity::Low };
        findings.report(container.at("image")).message(message).severity(known);
    }),
};
