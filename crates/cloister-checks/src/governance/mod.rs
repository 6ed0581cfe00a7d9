//! Retention, transfers, defaults and accountability.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod activity_duplicated;
mod activity_needs_impact_assessment;
mod activity_selects_nothing;
mod activity_without_data_categories;
mod activity_without_data_subjects;
mod activity_without_lawful_basis;
mod activity_without_notice;
mod activity_without_purpose;
mod activity_without_recipients;
mod activity_without_retention;
mod activity_without_security_measures;
pub(crate) mod admission;
mod admission_policy_missing;
mod admission_webhook_fails_open;
mod alert_route_missing;
pub(crate) mod audit;
mod audit_policy_field_ignored;
mod audit_policy_incomplete;
mod audit_policy_logs_personal_data;
mod audit_policy_logs_secrets;
mod audit_policy_misses_authentication;
mod audit_policy_misses_personal_data;
mod audit_policy_misses_rights;
mod audit_policy_misses_shells;
mod audit_policy_omits_answers;
mod audit_policy_refused;
mod audit_policy_rule_unreachable;
mod audit_policy_without_catch_all;
mod backup_without_expiry;
mod common_labels_missing;
mod cron_job_history_unbounded;
mod data_protection_officer_missing;
mod default_namespace_used;
mod external_destination_undeclared;
pub(crate) mod hosts;
mod job_without_ttl;
mod joint_controller_without_arrangement;
mod legitimate_interest_unassessed;
mod namespace_shared_by_activities;
mod namespace_without_pod_security;
mod node_outside_eea;
mod organisation_missing;
mod pod_security_below_restricted;
mod pod_security_enforce_privileged;
mod pod_security_version_unpinned;
mod processor_undeclared;
mod processor_without_agreement;
mod purpose_crossed_by_network_policy;
mod purpose_crossed_by_selector;
pub(crate) mod purposes;
pub(crate) mod regions;
mod register_entry_outdated;
pub(crate) mod register_fields;
mod register_guess_unconfirmed;
mod special_data_without_condition;
mod store_category_undeclared;
mod store_selects_nothing;
mod store_without_activity;
mod store_without_correction;
mod store_without_erasure;
mod store_without_export;
mod store_without_retention;
pub(crate) mod topology;
mod transfer_without_safeguard;
mod volume_outside_eea;
mod volume_snapshot_kept;
mod workload_outside_eea;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(Governance, activity_duplicated),
    entry!(Governance, activity_needs_impact_assessment),
    entry!(Governance, activity_selects_nothing),
    entry!(Governance, activity_without_data_categories),
    entry!(Governance, activity_without_data_subjects),
    entry!(Governance, activity_without_lawful_basis),
    entry!(Governance, activity_without_notice),
    entry!(Governance, activity_without_purpose),
    entry!(Governance, activity_without_recipients),
    entry!(Governance, activity_without_retention),
    entry!(Governance, activity_without_security_measures),
    entry!(Governance, admission_policy_missing),
    entry!(Governance, admission_webhook_fails_open),
    entry!(Governance, alert_route_missing),
    entry!(Governance, audit_policy_field_ignored),
    entry!(Governance, audit_policy_incomplete),
    entry!(Governance, audit_policy_logs_personal_data),
    entry!(Governance, audit_policy_logs_secrets),
    entry!(Governance, audit_policy_misses_authentication),
    entry!(Governance, audit_policy_misses_personal_data),
    entry!(Governance, audit_policy_misses_rights),
    entry!(Governance, audit_policy_misses_shells),
    entry!(Governance, audit_policy_omits_answers),
    entry!(Governance, audit_policy_refused),
    entry!(Governance, audit_policy_rule_unreachable),
    entry!(Governance, audit_policy_without_catch_all),
    entry!(Governance, backup_without_expiry),
    entry!(Governance, common_labels_missing),
    entry!(Governance, cron_job_history_unbounded),
    entry!(Governance, data_protection_officer_missing),
    entry!(Governance, default_namespace_used),
    entry!(Governance, external_destination_undeclared),
    entry!(Governance, job_without_ttl),
    entry!(Governance, joint_controller_without_arrangement),
    entry!(Governance, legitimate_interest_unassessed),
    entry!(Governance, namespace_shared_by_activities),
    entry!(Governance, namespace_without_pod_security),
    entry!(Governance, node_outside_eea),
    entry!(Governance, organisation_missing),
    entry!(Governance, pod_security_below_restricted),
    entry!(Governance, pod_security_enforce_privileged),
    entry!(Governance, pod_security_version_unpinned),
    entry!(Governance, processor_undeclared),
    entry!(Governance, processor_without_agreement),
    entry!(Governance, purpose_crossed_by_network_policy),
    entry!(Governance, purpose_crossed_by_selector),
    entry!(Governance, register_entry_outdated),
    entry!(Governance, register_guess_unconfirmed),
    entry!(Governance, special_data_without_condition),
    entry!(Governance, store_category_undeclared),
    entry!(Governance, store_selects_nothing),
    entry!(Governance, store_without_activity),
    entry!(Governance, store_without_correction),
    entry!(Governance, store_without_erasure),
    entry!(Governance, store_without_export),
    entry!(Governance, store_without_retention),
    entry!(Governance, transfer_without_safeguard),
    entry!(Governance, volume_outside_eea),
    entry!(Governance, volume_snapshot_kept),
    entry!(Governance, workload_outside_eea),
];
