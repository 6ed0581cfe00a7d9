//! What the checks of images share.

use cloister_inventory::Image;

/// Tags that move by convention: what they name today is not what they name tomorrow.
const MOVING: [&str; 20] = [
    "alpha",
    "beta",
    "canary",
    "current",
    "dev",
    "devel",
    "develop",
    "development",
    "edge",
    "head",
    "lts",
    "main",
    "master",
    "next",
    "nightly",
    "rolling",
    "snapshot",
    "stable",
    "trunk",
    "unstable",
];

/// The tag that moves, if no digest holds the image.
pub(super) fn moving_tag(image: &Image) -> Option<&str> {
    let tag = image.effective_tag().filter(|_| image.digest.is_none())?;
    (tag == "latest" || MOVING.contains(&tag.to_ascii_lowercase().as_str())).then_some(tag)
}

/// Whether the image lies in one of these registries.
pub(super) fn is_declared<'r>(image: &Image, mut registries: impl Iterator<Item = &'r str>) -> bool {
    registries.any(|place| image.lies_in(place))
}
