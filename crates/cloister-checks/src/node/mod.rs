//! Nodes.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod admin_kubeconfig_foreign_owner;
mod admin_kubeconfig_loose_mode;
mod api_server_manifest_foreign_owner;
mod api_server_manifest_loose_mode;
mod audit_log_foreign_owner;
mod audit_log_loose_mode;
mod certificate_near_its_end;
mod certificate_weak_key;
pub(crate) mod certificates;
mod controller_manager_kubeconfig_foreign_owner;
mod controller_manager_kubeconfig_loose_mode;
mod controller_manager_manifest_foreign_owner;
mod controller_manager_manifest_loose_mode;
mod data_disk_not_encrypted;
mod etcd_data_foreign_owner;
mod etcd_data_loose_mode;
mod etcd_manifest_foreign_owner;
mod etcd_manifest_loose_mode;
pub(crate) mod files;
pub(crate) mod kernel;
mod kernel_open_to_escape;
mod kernel_settings_changed;
mod kernel_unhardened;
pub(crate) mod kubelet;
mod kubelet_allows_everything;
mod kubelet_anonymous_requests;
mod kubelet_changes_kernel;
mod kubelet_client_ca_foreign_owner;
mod kubelet_client_ca_loose_mode;
mod kubelet_config_foreign_owner;
mod kubelet_config_loose_mode;
mod kubelet_drops_events;
mod kubelet_endless_streams;
mod kubelet_fetches_pods;
mod kubelet_keeps_client_certificate;
mod kubelet_kubeconfig_foreign_owner;
mod kubelet_kubeconfig_loose_mode;
mod kubelet_leaves_iptables;
mod kubelet_names_itself;
mod kubelet_read_only_port;
mod kubelet_self_made_certificate;
mod kubelet_service_foreign_owner;
mod kubelet_service_loose_mode;
mod kubelet_weak_ciphers;
mod kubelet_without_client_authority;
mod kubelet_without_pid_limit;
mod kubelet_without_seccomp_default;
mod kubelet_without_server_renewal;
mod network_plugin_foreign_owner;
mod network_plugin_loose_mode;
mod pki_certificate_loose_mode;
mod pki_foreign_owner;
mod pki_key_loose_mode;
mod proxy_kubeconfig_foreign_owner;
mod proxy_kubeconfig_loose_mode;
mod runtime_listens_without_certificates;
mod runtime_registry_without_tls;
mod runtime_without_seccomp;
pub(crate) mod runtimes;
mod scheduler_kubeconfig_foreign_owner;
mod scheduler_kubeconfig_loose_mode;
mod scheduler_manifest_foreign_owner;
mod scheduler_manifest_loose_mode;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(Node, admin_kubeconfig_foreign_owner),
    entry!(Node, admin_kubeconfig_loose_mode),
    entry!(Node, api_server_manifest_foreign_owner),
    entry!(Node, api_server_manifest_loose_mode),
    entry!(Node, audit_log_foreign_owner),
    entry!(Node, audit_log_loose_mode),
    entry!(Node, certificate_near_its_end),
    entry!(Node, certificate_weak_key),
    entry!(Node, controller_manager_kubeconfig_foreign_owner),
    entry!(Node, controller_manager_kubeconfig_loose_mode),
    entry!(Node, controller_manager_manifest_foreign_owner),
    entry!(Node, controller_manager_manifest_loose_mode),
    entry!(Node, data_disk_not_encrypted),
    entry!(Node, etcd_data_foreign_owner),
    entry!(Node, etcd_data_loose_mode),
    entry!(Node, etcd_manifest_foreign_owner),
    entry!(Node, etcd_manifest_loose_mode),
    entry!(Node, kernel_open_to_escape),
    entry!(Node, kernel_settings_changed),
    entry!(Node, kernel_unhardened),
    entry!(Node, kubelet_allows_everything),
    entry!(Node, kubelet_anonymous_requests),
    entry!(Node, kubelet_changes_kernel),
    entry!(Node, kubelet_client_ca_foreign_owner),
    entry!(Node, kubelet_client_ca_loose_mode),
    entry!(Node, kubelet_config_foreign_owner),
    entry!(Node, kubelet_config_loose_mode),
    entry!(Node, kubelet_drops_events),
    entry!(Node, kubelet_endless_streams),
    entry!(Node, kubelet_fetches_pods),
    entry!(Node, kubelet_keeps_client_certificate),
    entry!(Node, kubelet_kubeconfig_foreign_owner),
    entry!(Node, kubelet_kubeconfig_loose_mode),
    entry!(Node, kubelet_leaves_iptables),
    entry!(Node, kubelet_names_itself),
    entry!(Node, kubelet_read_only_port),
    entry!(Node, kubelet_self_made_certificate),
    entry!(Node, kubelet_service_foreign_owner),
    entry!(Node, kubelet_service_loose_mode),
    entry!(Node, kubelet_weak_ciphers),
    entry!(Node, kubelet_without_client_authority),
    entry!(Node, kubelet_without_pid_limit),
    entry!(Node, kubelet_without_seccomp_default),
    entry!(Node, kubelet_without_server_renewal),
    entry!(Node, network_plugin_foreign_owner),
    entry!(Node, network_plugin_loose_mode),
    entry!(Node, pki_certificate_loose_mode),
    entry!(Node, pki_foreign_owner),
    entry!(Node, pki_key_loose_mode),
    entry!(Node, proxy_kubeconfig_foreign_owner),
    entry!(Node, proxy_kubeconfig_loose_mode),
    entry!(Node, runtime_listens_without_certificates),
    entry!(Node, runtime_registry_without_tls),
    entry!(Node, runtime_without_seccomp),
    entry!(Node, scheduler_kubeconfig_foreign_owner),
    entry!(Node, scheduler_kubeconfig_loose_mode),
    entry!(Node, scheduler_manifest_foreign_owner),
    entry!(Node, scheduler_manifest_loose_mode),
];
