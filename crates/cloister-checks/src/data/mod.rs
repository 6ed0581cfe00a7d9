//! Data at rest and in transit.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

pub(crate) mod drivers;
mod external_secret_store_missing;
mod persistent_volume_on_host;
mod persistent_volume_unencrypted;
mod reclaim_policy_undeclared;
mod secret_file_world_readable;
mod secret_in_environment;
mod secret_in_manifest;
mod secret_missing;
mod secret_mounted_unused;
mod secret_shared_across_activities;
pub(crate) mod secrets;
mod storage_class_unencrypted;
mod store_on_ephemeral_volume;
mod store_on_host_path;
pub(crate) mod store_volumes;
mod volume_shared_across_activities;

/// The checks of this family.
#[rustfmt::skip]
pub const CHECKS: &[Entry] = &[
    entry!(Data, external_secret_store_missing),
    entry!(Data, persistent_volume_on_host),
    entry!(Data, persistent_volume_unencrypted),
    entry!(Data, reclaim_policy_undeclared),
    entry!(Data, secret_file_world_readable),
    entry!(Data, secret_in_environment),
    entry!(Data, secret_in_manifest),
    entry!(Data, secret_missing),
    entry!(Data, secret_mounted_unused),
    entry!(Data, secret_shared_across_activities),
    entry!(Data, storage_class_unencrypted),
    entry!(Data, store_on_ephemeral_volume),
    entry!(Data, store_on_host_path),
    entry!(Data, volume_shared_across_activities),
];
