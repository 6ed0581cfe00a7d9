//! # What it does
//! Finds images that are pulled from a public registry, past a mirror of one's own.
//!
//! # Why it matters
//! Anyone may publish there, names are easily mistaken, and images vanish or reach
//! their limit of pulls in the night in which a node is replaced. Each pull tells
//! the registry what runs here.
//!
//! # What to do
//! Copy the image into a registry of your own, which scans and signs it, and pull
//! it from there. A supplier whose registry the register names is not reported.
//!
//! # References
//! GDPR Art. 32(1)(b). The registry is looked at, not who publishes.

use cloister_inventory::Image;
use cloister_model::Severity;

use super::images::is_declared;
use crate::{Check, Run};

/// Registries where anyone, or the whole world of a vendor's customers, is served.
const PUBLIC: [&str; 21] = [
    "cgr.dev",
    "codeberg.org",
    "docker.elastic.co",
    "docker.io",
    "docker.n8n.io",
    "gcr.io",
    "ghcr.io",
    "k8s.gcr.io",
    "lscr.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "public.ecr.aws",
    "quay.io",
    "registry-1.docker.io",
    "registry.access.redhat.com",
    "registry.gitlab.com",
    "registry.hub.docker.com",
    "registry.k8s.io",
    "registry.opensource.zalan.do",
    "ttl.sh",
    "xpkg.upbound.io",
];

pub(crate) const CHECK: Check = Check {
    name: "image-from-public-registry",
    title: "image is pulled from a public registry",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let Ok(image) = Image::parse(container.image()) else { return findings.not_applicable() };
        if PUBLIC.contains(&image.registry.as_str()) && !is_declared(&image, findings.registries()) {
            findings.report(container.at("image")).message(format!(
                "the image of container \"{}\" is pulled from the public registry {}",
                container.name(),
                image.registry
            ));
        }
    }),
};
