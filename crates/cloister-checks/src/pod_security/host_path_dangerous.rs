//! # What it does
//! Finds pods that mount a part of their node from which the node, or the data of
//! other workloads, can be taken over.
//!
//! # Why it matters
//! With the kubelet's or the container runtime's directory a pod reads the Secrets
//! and volumes of every pod on the node; with the node's programs and settings it
//! becomes root there; with the logs it reads what others wrote about people.
//!
//! # What to do
//! Mount the one file that is needed, read-only, or do without. Agents that need
//! such a path belong in a namespace of their own, with an exception that says why.
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK for Containers, T1611 "Escape to Host".
//! Directories of programs and settings count only where some container may write to them.

use cloister_model::Severity::{self, Critical, High, Medium};

use super::host_paths::{host_paths, is_writable, lies_in};
use crate::{Check, Run};

/// What a directory of the node gives away.
struct Danger {
    path: &'static str,
    /// How bad; `None` for what is harmless inside something dangerous.
    severity: Option<Severity>,
    /// Whether everything inside is as bad.
    inside: bool,
    /// Whether reading is harmless.
    writing: bool,
    what: &'static str,
}

const fn whole(path: &'static str, severity: Severity, what: &'static str) -> Danger {
    Danger { path, severity: Some(severity), inside: false, writing: false, what }
}

const fn tree(path: &'static str, severity: Severity, what: &'static str) -> Danger {
    Danger { path, severity: Some(severity), inside: true, writing: false, what }
}

const fn written(path: &'static str, severity: Severity, what: &'static str) -> Danger {
    Danger { path, severity: Some(severity), inside: true, writing: true, what }
}

const fn harmless(path: &'static str) -> Danger {
    Danger { path, severity: None, inside: true, writing: false, what: "" }
}

/// The longest path that matches decides.
const DANGERS: &[Danger] = &[
    whole("/", Critical, "the whole file system of the node"),
    whole("/boot", High, "the node's kernel"),
    whole("/dev", High, "the node's devices, its disks among them"),
    tree("/dev/kmem", Critical, "the node's memory"),
    tree("/dev/mem", Critical, "the node's memory"),
    whole("/etc", High, "the node's users, keys and settings"),
    written("/etc/cni", High, "the settings of the node's network"),
    written("/etc/cron.d", Critical, "commands that the node runs as root"),
    written("/etc/crontab", Critical, "commands that the node runs as root"),
    tree("/etc/kubernetes", Critical, "keys and settings of the control plane"),
    written("/etc/ld.so.preload", Critical, "libraries that every process of the node loads"),
    written("/etc/passwd", High, "the node's users"),
    written("/etc/pam.d", High, "how users of the node log in"),
    written("/etc/profile.d", High, "commands that the node's users run"),
    tree("/etc/shadow", High, "the passwords of the node's users"),
    tree("/etc/ssh", High, "the node's SSH keys"),
    written("/etc/sudoers", High, "who may become root on the node"),
    written("/etc/sudoers.d", High, "who may become root on the node"),
    written("/etc/systemd", Critical, "services that the node runs as root"),
    tree("/home", High, "the home directories of the node's users"),
    whole("/proc", High, "all processes of the node"),
    written("/proc/sys", High, "the settings of the node's kernel"),
    tree("/proc/1", High, "the node's first process, and by it the node's file system"),
    tree("/root", High, "the home directory of the node's root"),
    whole("/run", High, "the sockets of the node's services"),
    tree("/run/dbus", High, "the node's message bus, which starts and stops services"),
    tree("/run/systemd/private", Critical, "the socket that commands the node's services"),
    whole("/sys", Medium, "the node's hardware and kernel"),
    written("/sys/fs/cgroup", High, "the control groups of all containers"),
    whole("/var", High, "the volumes and logs of all pods"),
    whole("/var/lib", High, "the volumes and images of all pods"),
    tree("/var/lib/containerd", High, "the file systems of all containers"),
    tree("/var/lib/containers", High, "the file systems of all containers"),
    tree("/var/lib/docker", High, "the file systems and logs of all containers"),
    tree("/var/lib/etcd", Critical, "the cluster's database, with every Secret in it"),
    tree("/var/lib/kubelet", Critical, "the Secrets and volumes of all pods of the node"),
    harmless("/var/lib/kubelet/device-plugins"),
    harmless("/var/lib/kubelet/plugins"),
    harmless("/var/lib/kubelet/plugins_registry"),
    harmless("/var/lib/kubelet/pod-resources"),
    tree("/var/lib/rancher/k3s/server", Critical, "keys and database of the control plane"),
    whole("/var/lib/rancher", High, "keys and containers of the node"),
    whole("/var/log", Medium, "the logs of all workloads"),
    tree("/var/log/containers", Medium, "the logs of all workloads"),
    tree("/var/log/pods", Medium, "the logs of all workloads"),
    whole("/var/run", High, "the sockets of the node's services"),
    tree("/var/run/dbus", High, "the node's message bus, which starts and stops services"),
    tree("/var/run/systemd/private", Critical, "the socket that commands the node's services"),
    written("/var/spool/cron", Critical, "commands that the node runs as root"),
    written("/bin", High, "programs of the node"),
    written("/lib", High, "libraries of the node"),
    written("/lib64", High, "libraries of the node"),
    written("/opt/cni/bin", High, "programs that the node runs as root"),
    written("/sbin", High, "programs of the node"),
    written("/usr", High, "programs of the node"),
    whole("c:", Critical, "the whole file system of the node"),
    tree("c:/etc/kubernetes", Critical, "keys and settings of Kubernetes"),
    whole("c:/programdata", High, "settings and containers of the node"),
    tree("c:/users", High, "the home directories of the node's users"),
    tree("c:/var/lib/kubelet", Critical, "the Secrets and volumes of all pods of the node"),
    tree("c:/windows", High, "the node's operating system"),
];

/// What all disks' devices begin with.
const DISKS: [&str; 7] = ["/dev/sd", "/dev/hd", "/dev/vd", "/dev/xvd", "/dev/nvme", "/dev/dm-", "/dev/mapper/"];

pub(crate) const CHECK: Check = Check {
    name: "host-path-dangerous",
    title: "pod mounts a part of its node from which the node can be taken over",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let mut paths = host_paths(pod).peekable();
        if paths.peek().is_none() {
            return findings.not_applicable();
        }
        for mounted in paths {
            let Some((severity, what)) = judge(&mounted.path, || is_writable(pod, mounted.name)) else { continue };
            findings
                .report(pod.place(mounted.volume).at("hostPath/path"))
                .message(format!("volume \"{}\" gives the pod {}: {what}", mounted.name, mounted.written))
                .severity(severity);
        }
    }),
};

fn judge(path: &str, writable: impl Fn() -> bool) -> Option<(Severity, &'static str)> {
    if DISKS.iter().any(|disk| path.starts_with(disk)) {
        return Some((Critical, "a disk of the node, past its file system"));
    }
    let matches = DANGERS.iter().filter(|danger| danger.path == path || (danger.inside && lies_in(path, danger.path)));
    let danger = matches.max_by_key(|danger| danger.path.len())?;
    let severity = danger.severity.filter(|_| !danger.writing || writable())?;
    Some((severity, danger.what))
}
