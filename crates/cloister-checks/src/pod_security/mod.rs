//! Pod security.
// Generated from the files of this folder by `cargo xtask generate`; do not edit.

use crate::check::{Entry, entry};

mod apparmor_profile_disabled;
mod capabilities;
mod capabilities_not_dropped;
mod capability_beyond_baseline;
mod host_ipc;
mod host_network;
mod host_path_volume;
mod host_pid;
mod host_port;
mod host_probe;
mod levels;
mod may_run_as_root;
mod privilege_escalation_allowed;
mod privileged_container;
mod proc_mount_unmasked;
mod proc_mount_unmasked_in_user_namespace;
mod runs_as_root_user;
mod seccomp;
mod seccomp_profile_missing;
mod seccomp_unconfined;
mod selinux_options_custom;
mod unsafe_sysctl;
mod volume_type_not_allowed;
mod windows_host_process;

/// The checks of this family.
#[rustfmt::skip]
pub const CHECKS: &[Entry] = &[
    entry!(PodSecurity, apparmor_profile_disabled),
    entry!(PodSecurity, capabilities_not_dropped),
    entry!(PodSecurity, capability_beyond_baseline),
    entry!(PodSecurity, host_ipc),
    entry!(PodSecurity, host_network),
    entry!(PodSecurity, host_path_volume),
    entry!(PodSecurity, host_pid),
    entry!(PodSecurity, host_port),
    entry!(PodSecurity, host_probe),
    entry!(PodSecurity, may_run_as_root),
    entry!(PodSecurity, privilege_escalation_allowed),
    entry!(PodSecurity, privileged_container),
    entry!(PodSecurity, proc_mount_unmasked),
    entry!(PodSecurity, proc_mount_unmasked_in_user_namespace),
    entry!(PodSecurity, runs_as_root_user),
    entry!(PodSecurity, seccomp_profile_missing),
    entry!(PodSecurity, seccomp_unconfined),
    entry!(PodSecurity, selinux_options_custom),
    entry!(PodSecurity, unsafe_sysctl),
    entry!(PodSecurity, volume_type_not_allowed),
    entry!(PodSecurity, windows_host_process),
];
