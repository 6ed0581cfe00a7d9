//! Pod security.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod apparmor_profile_disabled;
pub(crate) mod capabilities;
mod capabilities_not_dropped;
mod capability_added;
mod capability_beyond_baseline;
mod container_runtime_socket;
mod dangerous_capability;
mod host_ipc;
mod host_network;
mod host_path_credentials;
mod host_path_dangerous;
mod host_path_volume;
mod host_path_writable;
pub(crate) mod host_paths;
mod host_pid;
mod host_port;
mod host_probe;
mod host_users_shared;
pub(crate) mod levels;
mod linux_hardening_missing;
mod low_user_id;
mod may_run_as_root;
mod net_raw_capability;
mod privilege_escalation_allowed;
mod privileged_container;
mod proc_mount_unmasked;
mod proc_mount_unmasked_in_user_namespace;
mod root_group;
mod runs_as_root_user;
mod sandbox_without_isolation;
pub(crate) mod seccomp;
mod seccomp_profile_missing;
mod seccomp_unconfined;
mod security_context_missing;
mod selinux_options_custom;
mod service_links_enabled;
mod shared_process_namespace;
mod ssh_server;
mod sudo_in_command;
mod unsafe_sysctl;
mod volume_type_not_allowed;
mod windows_host_process;
mod writable_root_file_system;

/// The checks of this family.
#[rustfmt::skip]
pub static CHECKS: &[Entry] = &[
    entry!(PodSecurity, apparmor_profile_disabled),
    entry!(PodSecurity, capabilities_not_dropped),
    entry!(PodSecurity, capability_added),
    entry!(PodSecurity, capability_beyond_baseline),
    entry!(PodSecurity, container_runtime_socket),
    entry!(PodSecurity, dangerous_capability),
    entry!(PodSecurity, host_ipc),
    entry!(PodSecurity, host_network),
    entry!(PodSecurity, host_path_credentials),
    entry!(PodSecurity, host_path_dangerous),
    entry!(PodSecurity, host_path_volume),
    entry!(PodSecurity, host_path_writable),
    entry!(PodSecurity, host_pid),
    entry!(PodSecurity, host_port),
    entry!(PodSecurity, host_probe),
    entry!(PodSecurity, host_users_shared),
    entry!(PodSecurity, linux_hardening_missing),
    entry!(PodSecurity, low_user_id),
    entry!(PodSecurity, may_run_as_root),
    entry!(PodSecurity, net_raw_capability),
    entry!(PodSecurity, privilege_escalation_allowed),
    entry!(PodSecurity, privileged_container),
    entry!(PodSecurity, proc_mount_unmasked),
    entry!(PodSecurity, proc_mount_unmasked_in_user_namespace),
    entry!(PodSecurity, root_group),
    entry!(PodSecurity, runs_as_root_user),
    entry!(PodSecurity, sandbox_without_isolation),
    entry!(PodSecurity, seccomp_profile_missing),
    entry!(PodSecurity, seccomp_unconfined),
    entry!(PodSecurity, security_context_missing),
    entry!(PodSecurity, selinux_options_custom),
    entry!(PodSecurity, service_links_enabled),
    entry!(PodSecurity, shared_process_namespace),
    entry!(PodSecurity, ssh_server),
    entry!(PodSecurity, sudo_in_command),
    entry!(PodSecurity, unsafe_sysctl),
    entry!(PodSecurity, volume_type_not_allowed),
    entry!(PodSecurity, windows_host_process),
    entry!(PodSecurity, writable_root_file_system),
];
