//! Network.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod admin_interface_exposed;
pub(crate) mod cert_manager;
mod certificate_asked_for_long;
mod certificate_expired;
mod certificate_expires_soon;
mod certificate_issuer_missing;
mod certificate_key_kept;
mod certificate_other_host;
mod certificate_self_signed;
mod certificate_unreadable;
mod certificate_weak;
pub(crate) mod certificates;
pub(crate) mod cidr;
pub(crate) mod cilium;
mod database_exposed;
pub(crate) mod default_deny;
mod egress_to_anywhere;
pub(crate) mod exposures;
mod external_ips_service;
mod gateway_open_to_all_namespaces;
mod gateway_wildcard_host;
mod gateway_without_tls;
mod ingress_backend_missing;
mod ingress_from_any_namespace;
mod ingress_from_anywhere;
mod ingress_plain_http_allowed;
mod ingress_snippet;
mod ingress_weak_tls;
mod ingress_wildcard_host;
mod ingress_without_allow_list;
mod ingress_without_tls;
pub(crate) mod ingresses;
mod ip_block_whole_internet;
pub(crate) mod isolation;
mod load_balancer_service;
mod load_balancer_without_source_ranges;
mod load_balancer_without_tls;
mod metadata_service_reachable;
mod namespace_without_default_deny_egress;
mod namespace_without_default_deny_ingress;
mod namespace_without_network_policy;
mod network_plugin_ignores_policies;
mod network_policies_contradict;
mod network_policy_selects_nothing;
mod network_policy_undone;
mod node_port_service;
pub(crate) mod operated;
mod personal_data_egress_unrestricted;
mod personal_data_entry_asks_nobody;
pub(crate) mod policies;
mod policy_allows_all_ports;
mod purpose_crosses_network;
pub(crate) mod reach;
mod route_backend_missing;
pub(crate) mod routes;
mod sandbox_egress_unrestricted;
pub(crate) mod sandboxes;
mod service_selects_nothing;
pub(crate) mod services;
mod store_reachable_from_internet;
mod store_reachable_from_other_namespaces;
mod store_reachable_without_purpose;
mod tenant_egress_unrestricted;
mod tls_secret_missing;
mod workload_exposed_to_internet;
mod workload_without_network_policy;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(Network, admin_interface_exposed),
    entry!(Network, certificate_asked_for_long),
    entry!(Network, certificate_expired),
    entry!(Network, certificate_expires_soon),
    entry!(Network, certificate_issuer_missing),
    entry!(Network, certificate_key_kept),
    entry!(Network, certificate_other_host),
    entry!(Network, certificate_self_signed),
    entry!(Network, certificate_unreadable),
    entry!(Network, certificate_weak),
    entry!(Network, database_exposed),
    entry!(Network, egress_to_anywhere),
    entry!(Network, external_ips_service),
    entry!(Network, gateway_open_to_all_namespaces),
    entry!(Network, gateway_wildcard_host),
    entry!(Network, gateway_without_tls),
    entry!(Network, ingress_backend_missing),
    entry!(Network, ingress_from_any_namespace),
    entry!(Network, ingress_from_anywhere),
    entry!(Network, ingress_plain_http_allowed),
    entry!(Network, ingress_snippet),
    entry!(Network, ingress_weak_tls),
    entry!(Network, ingress_wildcard_host),
    entry!(Network, ingress_without_allow_list),
    entry!(Network, ingress_without_tls),
    entry!(Network, ip_block_whole_internet),
    entry!(Network, load_balancer_service),
    entry!(Network, load_balancer_without_source_ranges),
    entry!(Network, load_balancer_without_tls),
    entry!(Network, metadata_service_reachable),
    entry!(Network, namespace_without_default_deny_egress),
    entry!(Network, namespace_without_default_deny_ingress),
    entry!(Network, namespace_without_network_policy),
    entry!(Network, network_plugin_ignores_policies),
    entry!(Network, network_policies_contradict),
    entry!(Network, network_policy_selects_nothing),
    entry!(Network, network_policy_undone),
    entry!(Network, node_port_service),
    entry!(Network, personal_data_egress_unrestricted),
    entry!(Network, personal_data_entry_asks_nobody),
    entry!(Network, policy_allows_all_ports),
    entry!(Network, purpose_crosses_network),
    entry!(Network, route_backend_missing),
    entry!(Network, sandbox_egress_unrestricted),
    entry!(Network, service_selects_nothing),
    entry!(Network, store_reachable_from_internet),
    entry!(Network, store_reachable_from_other_namespaces),
    entry!(Network, store_reachable_without_purpose),
    entry!(Network, tenant_egress_unrestricted),
    entry!(Network, tls_secret_missing),
    entry!(Network, workload_exposed_to_internet),
    entry!(Network, workload_without_network_policy),
];
