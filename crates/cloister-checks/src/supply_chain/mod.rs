//! Supply chain.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod download_at_start;
mod image_from_public_registry;
mod image_from_retired_registry;
mod image_latest_tag;
mod image_pull_policy;
mod image_reference_malformed;
mod image_registry_undeclared;
mod image_verification_missing;
mod image_without_digest;
pub(crate) mod images;
mod ingress_nginx_end_of_life;
mod node_version_unsupported;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(SupplyChain, download_at_start),
    entry!(SupplyChain, image_from_public_registry),
    entry!(SupplyChain, image_from_retired_registry),
    entry!(SupplyChain, image_latest_tag),
    entry!(SupplyChain, image_pull_policy),
    entry!(SupplyChain, image_reference_malformed),
    entry!(SupplyChain, image_registry_undeclared),
    entry!(SupplyChain, image_verification_missing),
    entry!(SupplyChain, image_without_digest),
    entry!(SupplyChain, ingress_nginx_end_of_life),
    entry!(SupplyChain, node_version_unsupported),
];
