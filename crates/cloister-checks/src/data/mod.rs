//! Data at rest and in transit.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod amqp_tls_off;
pub(crate) mod at_rest;
pub(crate) mod base64;
mod config_map_tls_off;
mod credential_in_annotation;
mod credential_in_arguments;
mod credential_in_config_map;
mod credential_in_environment;
mod database_default_password;
mod database_without_authentication;
mod debug_logging;
pub(crate) mod demands;
mod elasticsearch_tls_off;
pub(crate) mod engines;
mod external_secret_store_missing;
mod http_to_service;
mod kafka_tls_off;
pub(crate) mod labels;
mod mongodb_tls_off;
mod mysql_tls_off;
pub(crate) mod on_nodes;
mod persistent_volume_on_host;
mod persistent_volume_unencrypted;
mod personal_data_in_arguments;
mod personal_data_in_config_map;
mod personal_data_in_environment;
mod personal_data_in_labels;
mod personal_data_not_encrypted_at_rest;
pub(crate) mod personal_kinds;
mod postgres_tls_off;
mod private_key_in_config_map;
mod reclaim_policy_undeclared;
pub(crate) mod recognised;
mod redis_tls_off;
mod secret_file_world_readable;
mod secret_in_environment;
mod secret_in_manifest;
mod secret_missing;
mod secret_mounted_unused;
pub(crate) mod secret_references;
mod secret_shared_across_activities;
pub(crate) mod settings;
mod statement_logging;
mod storage_class_unencrypted;
mod store_on_ephemeral_volume;
mod store_on_host_path;
mod store_on_unencrypted_volume;
pub(crate) mod stores;
pub(crate) mod texts;
pub(crate) mod tls;
pub(crate) mod urls;
mod volume_shared_across_activities;
mod workload_mounts_claim;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(Data, amqp_tls_off),
    entry!(Data, config_map_tls_off),
    entry!(Data, credential_in_annotation),
    entry!(Data, credential_in_arguments),
    entry!(Data, credential_in_config_map),
    entry!(Data, credential_in_environment),
    entry!(Data, database_default_password),
    entry!(Data, database_without_authentication),
    entry!(Data, debug_logging),
    entry!(Data, elasticsearch_tls_off),
    entry!(Data, external_secret_store_missing),
    entry!(Data, http_to_service),
    entry!(Data, kafka_tls_off),
    entry!(Data, mongodb_tls_off),
    entry!(Data, mysql_tls_off),
    entry!(Data, persistent_volume_on_host),
    entry!(Data, persistent_volume_unencrypted),
    entry!(Data, personal_data_in_arguments),
    entry!(Data, personal_data_in_config_map),
    entry!(Data, personal_data_in_environment),
    entry!(Data, personal_data_in_labels),
    entry!(Data, personal_data_not_encrypted_at_rest),
    entry!(Data, postgres_tls_off),
    entry!(Data, private_key_in_config_map),
    entry!(Data, reclaim_policy_undeclared),
    entry!(Data, redis_tls_off),
    entry!(Data, secret_file_world_readable),
    entry!(Data, secret_in_environment),
    entry!(Data, secret_in_manifest),
    entry!(Data, secret_missing),
    entry!(Data, secret_mounted_unused),
    entry!(Data, secret_shared_across_activities),
    entry!(Data, statement_logging),
    entry!(Data, storage_class_unencrypted),
    entry!(Data, store_on_ephemeral_volume),
    entry!(Data, store_on_host_path),
    entry!(Data, store_on_unencrypted_volume),
    entry!(Data, volume_shared_across_activities),
    entry!(Data, workload_mounts_claim),
];
