//! # What it does
//! Finds images from registries and collections that were closed or get no updates.
//!
//! # Why it matters
//! The image has no fixes any more, or is gone the next time a node needs it: then
//! the service does not come back.
//!
//! # What to do
//! Take the image from the successor that the message names.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(1)(d). Kubernetes blog, "k8s.gcr.io Redirect to registry.k8s.io"
//! (2023); Google, "Container Registry deprecation" (2025); Bitnami, "Upcoming changes to
//! the Bitnami catalog" (2025); GitHub, "Docker registry" (2021); JFrog, "Bintray sunset"
//! (2021).

use cloister_inventory::Image;
use cloister_model::Severity;

use crate::{Check, Run};

/// Places that are closed or frozen, and what to use instead.
const RETIRED: [(&str, &str); 13] = [
    ("k8s.gcr.io", "registry.k8s.io"),
    ("gcr.io/google-containers", "registry.k8s.io"),
    ("gcr.io/google_containers", "registry.k8s.io"),
    ("gcr.io/k8s-artifacts-prod", "registry.k8s.io"),
    ("us.gcr.io/k8s-artifacts-prod", "registry.k8s.io"),
    ("eu.gcr.io/k8s-artifacts-prod", "registry.k8s.io"),
    ("asia.gcr.io/k8s-artifacts-prod", "registry.k8s.io"),
    ("gcr.io/kubebuilder", "quay.io/brancz or the authorisation of controller-runtime"),
    ("gcr.io/kubernetes-helm", "Helm 3, which needs no server"),
    ("quay.io/kubernetes-ingress-controller", "an ingress controller that is maintained"),
    ("docker.pkg.github.com", "ghcr.io"),
    ("docker.io/bitnamilegacy", "images that the project itself publishes, or a subscription"),
    ("registry.centos.org", "quay.io/centos"),
];

pub(crate) const CHECK: Check = Check {
    name: "image-from-retired-registry",
    title: "image comes from a registry that is closed or frozen",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        let Ok(image) = Image::parse(container.image()) else { return findings.not_applicable() };
        if let Some((place, instead)) = retired(&image) {
            findings.report(container.at("image")).message(format!(
                "the image of container \"{}\" comes from {place}, which is closed or frozen; use {instead}",
                container.name()
            ));
        }
    }),
};

fn retired(image: &Image) -> Option<(&'static str, &'static str)> {
    if image.registry.ends_with(".bintray.io") {
        return Some(("bintray.io", "the vendor's new registry"));
    }
    // Only the tag "latest", and the base image, stayed where they were.
    let moved = image.lies_in("docker.io/bitnami") && image.repository != "bitnami/minideb";
    if moved && image.effective_tag() != Some("latest") {
        return Some((
            "the versions of docker.io/bitnami",
            "images that the project itself publishes, or a subscription",
        ));
    }
    RETIRED.iter().find(|(place, _)| image.lies_in(place)).copied()
}
