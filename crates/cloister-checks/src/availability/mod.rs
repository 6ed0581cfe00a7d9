//! Availability, resilience and restore.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod api_version_removed;
mod autoscaler_target_missing;
mod backup_suspended;
mod backup_too_rare;
mod claim_deleted_with_stateful_set;
mod disruption_budget_blocks_drain;
mod duplicate_environment_variable;
mod job_without_deadline;
mod namespace_without_limit_range;
mod namespace_without_quota;
mod no_cpu_limit;
mod no_cpu_request;
mod no_disruption_budget;
mod no_ephemeral_storage_limit;
mod no_liveness_probe;
mod no_memory_limit;
mod no_memory_request;
mod no_readiness_probe;
mod no_rolling_update;
mod no_topology_spread;
mod pinned_to_node;
mod pod_without_controller;
pub(crate) mod resources;
mod selector_mismatch;
mod single_replica;
mod store_without_backup;
pub(crate) mod workloads;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(Availability, api_version_removed),
    entry!(Availability, autoscaler_target_missing),
    entry!(Availability, backup_suspended),
    entry!(Availability, backup_too_rare),
    entry!(Availability, claim_deleted_with_stateful_set),
    entry!(Availability, disruption_budget_blocks_drain),
    entry!(Availability, duplicate_environment_variable),
    entry!(Availability, job_without_deadline),
    entry!(Availability, namespace_without_limit_range),
    entry!(Availability, namespace_without_quota),
    entry!(Availability, no_cpu_limit),
    entry!(Availability, no_cpu_request),
    entry!(Availability, no_disruption_budget),
    entry!(Availability, no_ephemeral_storage_limit),
    entry!(Availability, no_liveness_probe),
    entry!(Availability, no_memory_limit),
    entry!(Availability, no_memory_request),
    entry!(Availability, no_readiness_probe),
    entry!(Availability, no_rolling_update),
    entry!(Availability, no_topology_spread),
    entry!(Availability, pinned_to_node),
    entry!(Availability, pod_without_controller),
    entry!(Availability, selector_mismatch),
    entry!(Availability, single_replica),
    entry!(Availability, store_without_backup),
];
