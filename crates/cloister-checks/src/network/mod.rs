//! Network.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod cidr;
mod cilium;
mod default_deny;
mod egress_to_anywhere;
mod external_ips_service;
mod ingress_from_any_namespace;
mod ingress_from_anywhere;
mod ip_block_whole_internet;
mod isolation;
mod load_balancer_service;
mod load_balancer_without_source_ranges;
mod metadata_service_reachable;
mod namespace_without_default_deny_egress;
mod namespace_without_default_deny_ingress;
mod namespace_without_network_policy;
mod namespaces;
mod network_policy_selects_nothing;
mod node_port_service;
mod policies;
mod policy_allows_all_ports;
mod services;
mod workload_without_network_policy;

/// The checks of this family.
#[rustfmt::skip]
pub const CHECKS: &[Entry] = &[
    entry!(Network, egress_to_anywhere),
    entry!(Network, external_ips_service),
    entry!(Network, ingress_from_any_namespace),
    entry!(Network, ingress_from_anywhere),
    entry!(Network, ip_block_whole_internet),
    entry!(Network, load_balancer_service),
    entry!(Network, load_balancer_without_source_ranges),
    entry!(Network, metadata_service_reachable),
    entry!(Network, namespace_without_default_deny_egress),
    entry!(Network, namespace_without_default_deny_ingress),
    entry!(Network, namespace_without_network_policy),
    entry!(Network, network_policy_selects_nothing),
    entry!(Network, node_port_service),
    entry!(Network, policy_allows_all_ports),
    entry!(Network, workload_without_network_policy),
];
