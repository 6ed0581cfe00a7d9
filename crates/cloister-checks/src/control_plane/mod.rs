//! Control plane.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod anonymous_requests_beyond_health;
mod api_server_accepts_deleted_tokens;
mod api_server_account_issuer_insecure;
mod api_server_admits_everything;
mod api_server_allows_everything;
mod api_server_anonymous_requests;
mod api_server_extends_tokens;
mod api_server_external_ips_allowed;
mod api_server_long_account_tokens;
mod api_server_long_request_timeout;
mod api_server_oidc_email_unverified;
mod api_server_oidc_names_administrators;
mod api_server_old_tls;
mod api_server_profiling;
mod api_server_static_tokens;
mod api_server_trusts_any_etcd;
mod api_server_trusts_any_kubelet;
mod api_server_weak_ciphers;
mod api_server_webhook_token_cache;
mod api_server_without_account_admission;
mod api_server_without_account_key;
mod api_server_without_always_pull;
mod api_server_without_audit_log;
mod api_server_without_audit_policy;
mod api_server_without_certificate;
mod api_server_without_client_ca;
mod api_server_without_encryption;
mod api_server_without_etcd_credentials;
mod api_server_without_event_rate_limit;
mod api_server_without_kubelet_credentials;
mod api_server_without_namespace_lifecycle;
mod api_server_without_node_authorizer;
mod api_server_without_node_restriction;
mod api_server_without_pod_security;
mod api_server_without_rbac;
pub(crate) mod at_rest;
mod audit_log_few_backups;
mod audit_log_kept_briefly;
mod audit_log_on_node_only;
mod audit_log_small_files;
mod authentication_config_refused;
mod component_flag_deprecated;
mod component_flag_refused;
pub(crate) mod components;
mod controller_manager_keeps_finished_pods;
mod controller_manager_listens_widely;
mod controller_manager_profiling;
mod controller_manager_shared_credentials;
mod controller_manager_without_account_key;
mod controller_manager_without_kubelet_rotation;
mod controller_manager_without_root_ca;
mod encryption_by_aescbc;
mod encryption_by_aesgcm;
mod encryption_by_kms_v1;
mod encryption_clear_still_accepted;
mod encryption_config_refused;
mod encryption_identity_first;
mod encryption_key_old;
mod encryption_key_on_node;
mod encryption_old_keys_kept;
pub(crate) mod etcd_file;
mod etcd_peers_without_certificates;
mod etcd_peers_without_tls;
mod etcd_self_made_certificates;
mod etcd_self_made_peer_certificates;
mod etcd_shares_authority;
mod etcd_weak_ciphers;
mod etcd_without_client_certificates;
mod etcd_without_tls;
pub(crate) mod flags;
mod issuer_email_unverified;
mod issuer_many_audiences;
mod issuer_names_administrators;
pub(crate) mod issuers;
mod kube_proxy_metrics_exposed;
pub(crate) mod owners;
mod scheduler_listens_widely;
mod scheduler_profiling;
mod secrets_written_in_clear;
pub(crate) mod suites;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(ControlPlane, anonymous_requests_beyond_health),
    entry!(ControlPlane, api_server_accepts_deleted_tokens),
    entry!(ControlPlane, api_server_account_issuer_insecure),
    entry!(ControlPlane, api_server_admits_everything),
    entry!(ControlPlane, api_server_allows_everything),
    entry!(ControlPlane, api_server_anonymous_requests),
    entry!(ControlPlane, api_server_extends_tokens),
    entry!(ControlPlane, api_server_external_ips_allowed),
    entry!(ControlPlane, api_server_long_account_tokens),
    entry!(ControlPlane, api_server_long_request_timeout),
    entry!(ControlPlane, api_server_oidc_email_unverified),
    entry!(ControlPlane, api_server_oidc_names_administrators),
    entry!(ControlPlane, api_server_old_tls),
    entry!(ControlPlane, api_server_profiling),
    entry!(ControlPlane, api_server_static_tokens),
    entry!(ControlPlane, api_server_trusts_any_etcd),
    entry!(ControlPlane, api_server_trusts_any_kubelet),
    entry!(ControlPlane, api_server_weak_ciphers),
    entry!(ControlPlane, api_server_webhook_token_cache),
    entry!(ControlPlane, api_server_without_account_admission),
    entry!(ControlPlane, api_server_without_account_key),
    entry!(ControlPlane, api_server_without_always_pull),
    entry!(ControlPlane, api_server_without_audit_log),
    entry!(ControlPlane, api_server_without_audit_policy),
    entry!(ControlPlane, api_server_without_certificate),
    entry!(ControlPlane, api_server_without_client_ca),
    entry!(ControlPlane, api_server_without_encryption),
    entry!(ControlPlane, api_server_without_etcd_credentials),
    entry!(ControlPlane, api_server_without_event_rate_limit),
    entry!(ControlPlane, api_server_without_kubelet_credentials),
    entry!(ControlPlane, api_server_without_namespace_lifecycle),
    entry!(ControlPlane, api_server_without_node_authorizer),
    entry!(ControlPlane, api_server_without_node_restriction),
    entry!(ControlPlane, api_server_without_pod_security),
    entry!(ControlPlane, api_server_without_rbac),
    entry!(ControlPlane, audit_log_few_backups),
    entry!(ControlPlane, audit_log_kept_briefly),
    entry!(ControlPlane, audit_log_on_node_only),
    entry!(ControlPlane, audit_log_small_files),
    entry!(ControlPlane, authentication_config_refused),
    entry!(ControlPlane, component_flag_deprecated),
    entry!(ControlPlane, component_flag_refused),
    entry!(ControlPlane, controller_manager_keeps_finished_pods),
    entry!(ControlPlane, controller_manager_listens_widely),
    entry!(ControlPlane, controller_manager_profiling),
    entry!(ControlPlane, controller_manager_shared_credentials),
    entry!(ControlPlane, controller_manager_without_account_key),
    entry!(ControlPlane, controller_manager_without_kubelet_rotation),
    entry!(ControlPlane, controller_manager_without_root_ca),
    entry!(ControlPlane, encryption_by_aescbc),
    entry!(ControlPlane, encryption_by_aesgcm),
    entry!(ControlPlane, encryption_by_kms_v1),
    entry!(ControlPlane, encryption_clear_still_accepted),
    entry!(ControlPlane, encryption_config_refused),
    entry!(ControlPlane, encryption_identity_first),
    entry!(ControlPlane, encryption_key_old),
    entry!(ControlPlane, encryption_key_on_node),
    entry!(ControlPlane, encryption_old_keys_kept),
    entry!(ControlPlane, etcd_peers_without_certificates),
    entry!(ControlPlane, etcd_peers_without_tls),
    entry!(ControlPlane, etcd_self_made_certificates),
    entry!(ControlPlane, etcd_self_made_peer_certificates),
    entry!(ControlPlane, etcd_shares_authority),
    entry!(ControlPlane, etcd_weak_ciphers),
    entry!(ControlPlane, etcd_without_client_certificates),
    entry!(ControlPlane, etcd_without_tls),
    entry!(ControlPlane, issuer_email_unverified),
    entry!(ControlPlane, issuer_many_audiences),
    entry!(ControlPlane, issuer_names_administrators),
    entry!(ControlPlane, kube_proxy_metrics_exposed),
    entry!(ControlPlane, scheduler_listens_widely),
    entry!(ControlPlane, scheduler_profiling),
    entry!(ControlPlane, secrets_written_in_clear),
];
