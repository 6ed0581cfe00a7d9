//! Identity and access.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod all_authenticated_binding;
mod all_service_accounts_binding;
mod anonymous_binding;
mod binding_names_person;
mod bindings;
mod builtin;
mod cluster_admin_binding;
mod cluster_admin_in_namespace;
mod cross_namespace_binding;
mod default_service_account_bound;
mod rights;
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
mod rules;
mod system_masters_binding;
mod wildcard_resource;
mod wildcard_verb;

/// The checks of this family.
#[rustfmt::skip]
pub const CHECKS: &[Entry] = &[
    entry!(Identity, all_authenticated_binding),
    entry!(Identity, all_service_accounts_binding),
    entry!(Identity, anonymous_binding),
    entry!(Identity, binding_names_person),
    entry!(Identity, cluster_admin_binding),
    entry!(Identity, cluster_admin_in_namespace),
    entry!(Identity, cross_namespace_binding),
    entry!(Identity, default_service_account_bound),
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
    entry!(Identity, system_masters_binding),
    entry!(Identity, wildcard_resource),
    entry!(Identity, wildcard_verb),
];
