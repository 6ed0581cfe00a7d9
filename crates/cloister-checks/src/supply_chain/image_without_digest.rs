//! # What it does
//! Finds images that are not held by a digest.
//!
//! # Why it matters
//! Whoever may push to the registry replaces what a tag names, and every new pod
//! runs it. A digest names one image for ever.
//!
//! # What to do
//! Add the digest to the tag: `registry.example/app:1.2@sha256:…`; let a bot raise both.
//!
//! # References
//! GDPR Art. 32(1)(b). SLSA, "Dependencies". A digest that is cut short holds nothing.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "image-without-digest",
    title: "image is not held by a digest",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let image = container.image();
        if image.is_empty() {
            return findings.not_applicable();
        }
        let name = container.name();
        let message = match image.split_once('@') {
            None => format!("the image of container \"{name}\" is not held by a digest"),
            Some((_, digest)) if !is_whole(digest) => {
                format!("the image of container \"{name}\" has a digest that is not whole")
            }
            Some(_) => return,
        };
        findings.report(container.at("image")).message(message);
    }),
};

/// Whether the digest is complete, by the OCI image specification: known
/// algorithms have a length, others are left to the registry.
fn is_whole(digest: &str) -> bool {
    let Some((algorithm, encoded)) = digest.split_once(':') else { return false };
    let hex =
        |length: usize| encoded.len() == length && encoded.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match algorithm {
        "sha256" | "blake3" => hex(64),
        "sha384" => hex(96),
        "sha512" => hex(128),
        _ => !algorithm.is_empty() && !encoded.is_empty(),
    }
}
