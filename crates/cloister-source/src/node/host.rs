//! The machine itself: system, kernel, owners of files.

use std::collections::BTreeMap;

use cloister_node::format::Host;

use super::root::Root;

/// What the host says of itself.
pub(super) fn host(root: &Root) -> Host {
    let release = ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|path| root.text(path).ok());
    let release = release.unwrap_or_default();
    let field = |key: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
    };
    Host {
        os: field("ID"),
        version: field("VERSION_ID"),
        kernel: root.text("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
        architecture: root
            .text("/proc/sys/kernel/arch")
            .map_or_else(|_| std::env::consts::ARCH.to_owned(), |it| it.trim().to_owned()),
        init: init(root).to_owned(),
        cgroup: cgroup(root),
    }
}

fn init(root: &Root) -> &'static str {
    let first = root.text("/proc/1/comm").unwrap_or_default();
    match first.trim() {
        "systemd" => "systemd",
        "openrc-init" => "openrc",
        "runit" => "runit",
        "machined" => "machined",
        _ if root.has("/run/systemd/system") => "systemd",
        _ if root.has("/run/openrc") || root.has("/sbin/openrc") => "openrc",
        "init" => "sysvinit",
        _ => "unknown",
    }
}

fn cgroup(root: &Root) -> Option<u8> {
    if root.has("/sys/fs/cgroup/cgroup.controllers") {
        return Some(2);
    }
    root.has("/sys/fs/cgroup/memory").then_some(1)
}

/// The node's name, as the kubelet takes it: the host's, in lower case.
pub(super) fn name(root: &Root) -> String {
    let told = ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|path| root.text(path).ok());
    told.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).unwrap_or_else(|| "node".to_owned())
}

/// Names of users or groups by their numbers, by the host's own list.
pub(super) fn names(root: &Root, path: &str) -> BTreeMap<u32, String> {
    let text = root.text(path).unwrap_or_default();
    let row = |line: &str| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        Some((fields.nth(1)?.parse().ok()?, name))
    };
    // The first of several names of one number is the one that counts.
    text.lines().rev().filter_map(row).collect()
}

/// Settings of the kernel that confine or open containers and nodes.
const SETTINGS: [&str; 18] = [
    "kernel.unprivileged_bpf_disabled",
    "kernel.unprivileged_userns_clone",
    "kernel.kptr_restrict",
    "kernel.dmesg_restrict",
    "kernel.yama.ptrace_scope",
    "kernel.randomize_va_space",
    "kernel.modules_disabled",
    "kernel.kexec_load_disabled",
    "kernel.panic",
    "kernel.panic_on_oops",
    "kernel.keys.root_maxkeys",
    "kernel.keys.root_maxbytes",
    "vm.overcommit_memory",
    "vm.panic_on_oom",
    "user.max_user_namespaces",
    "fs.protected_symlinks",
    "fs.protected_hardlinks",
    "fs.suid_dumpable",
];

/// Those of them that the kernel has. Settings of networks are those of whoever asks, and so are left out.
pub(super) fn kernel(root: &Root) -> BTreeMap<String, String> {
    let read = |name: &&str| {
        let text = root.text(&format!("/proc/sys/{}", name.replace('.', "/"))).ok()?;
        Some(((*name).to_owned(), text.trim().to_owned()))
    };
    SETTINGS.iter().filter_map(read).collect()
}
