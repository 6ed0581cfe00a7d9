//! Identity and access.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

pub(crate) mod accounts;
mod aggregated_role_widened;
mod all_authenticated_binding;
mod all_service_accounts_binding;
mod anonymous_binding;
mod binding_names_person;
mod binding_without_role;
mod binding_without_subject;
pub(crate) mod bindings;
mod bootstrap_token;
mod client_certificate_long_lived;
mod client_certificate_of_masters;
mod client_certificate_of_person;
pub(crate) mod climbing;
mod cluster_admin_binding;
mod cluster_admin_in_namespace;
mod cross_namespace_binding;
mod cross_namespace_escalation;
mod dashboard_deployed;
mod default_service_account_automounts;
mod default_service_account_bound;
mod default_service_account_used;
pub(crate) mod effective;
mod kubeconfig_with_token;
pub(crate) mod kubeconfigs;
mod long_lived_token;
pub(crate) mod rights;
mod role_adds_ephemeral_containers;
mod role_approves_certificates;
mod role_binds;
mod role_changes_admission_webhooks;
mod role_changes_bindings;
mod role_changes_config_maps;
mod role_creates_persistent_volumes;
mod role_creates_pods;
mod role_creates_tokens;
mod role_deletes_events;
mod role_deletes_widely;
mod role_escalates;
mod role_execs_into_pods;
mod role_impersonates;
mod role_port_forwards;
mod role_proxies_nodes;
mod role_reads_logs;
mod role_reads_secrets;
mod role_weakens_policies;
mod rule_without_effect;
pub(crate) mod rules;
mod service_account_field_deprecated;
mod service_account_missing;
mod service_account_reaches_cluster_admin;
mod service_account_shared;
pub(crate) mod special_data;
mod special_data_read_by_others;
mod special_data_read_by_people;
mod system_masters_binding;
pub(crate) mod takeover;
mod token_automounted;
mod wildcard_resource;
mod wildcard_verb;
mod workload_reads_secrets;
mod workload_takes_over_cluster;
mod workload_with_cluster_admin;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(Identity, aggregated_role_widened),
    entry!(Identity, all_authenticated_binding),
    entry!(Identity, all_service_accounts_binding),
    entry!(Identity, anonymous_binding),
    entry!(Identity, binding_names_person),
    entry!(Identity, binding_without_role),
    entry!(Identity, binding_without_subject),
    entry!(Identity, bootstrap_token),
    entry!(Identity, client_certificate_long_lived),
    entry!(Identity, client_certificate_of_masters),
    entry!(Identity, client_certificate_of_person),
    entry!(Identity, cluster_admin_binding),
    entry!(Identity, cluster_admin_in_namespace),
    entry!(Identity, cross_namespace_binding),
    entry!(Identity, cross_namespace_escalation),
    entry!(Identity, dashboard_deployed),
    entry!(Identity, default_service_account_automounts),
    entry!(Identity, default_service_account_bound),
    entry!(Identity, default_service_account_used),
    entry!(Identity, kubeconfig_with_token),
    entry!(Identity, long_lived_token),
    entry!(Identity, role_adds_ephemeral_containers),
    entry!(Identity, role_approves_certificates),
    entry!(Identity, role_binds),
    entry!(Identity, role_changes_admission_webhooks),
    entry!(Identity, role_changes_bindings),
    entry!(Identity, role_changes_config_maps),
    entry!(Identity, role_creates_persistent_volumes),
    entry!(Identity, role_creates_pods),
    entry!(Identity, role_creates_tokens),
    entry!(Identity, role_deletes_events),
    entry!(Identity, role_deletes_widely),
    entry!(Identity, role_escalates),
    entry!(Identity, role_execs_into_pods),
    entry!(Identity, role_impersonates),
    entry!(Identity, role_port_forwards),
    entry!(Identity, role_proxies_nodes),
    entry!(Identity, role_reads_logs),
    entry!(Identity, role_reads_secrets),
    entry!(Identity, role_weakens_policies),
    entry!(Identity, rule_without_effect),
    entry!(Identity, service_account_field_deprecated),
    entry!(Identity, service_account_missing),
    entry!(Identity, service_account_reaches_cluster_admin),
    entry!(Identity, service_account_shared),
    entry!(Identity, special_data_read_by_others),
    entry!(Identity, special_data_read_by_people),
    entry!(Identity, system_masters_binding),
    entry!(Identity, token_automounted),
    entry!(Identity, wildcard_resource),
    entry!(Identity, wildcard_verb),
    entry!(Identity, workload_reads_secrets),
    entry!(Identity, workload_takes_over_cluster),
    entry!(Identity, workload_with_cluster_admin),
];
