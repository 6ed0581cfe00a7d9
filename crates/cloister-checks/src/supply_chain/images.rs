//! What the checks of images share.

use cloister_inventory::Image;
use cloister_register::Register;

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

/// Whether the register names the image's registry, as the organisation's own or as a processor's.
pub(super) fn is_declared(image: &Image, register: &Register<'_>) -> bool {
    let own = register.organisation().into_iter().flat_map(|organisation| organisation.registries().items());
    let theirs = register.processors().iter().flat_map(|processor| processor.registries().items());
    own.chain(theirs).any(|place| image.lies_in(place))
}
