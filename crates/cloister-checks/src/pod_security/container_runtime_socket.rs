//! # What it does
//! Finds pods that mount the socket of their node's container runtime.
//!
//! # Why it matters
//! Whoever speaks to the runtime starts containers with any rights, and reads and
//! enters all others: it is root on the node, past Kubernetes and its audit log.
//!
//! # What to do
//! Remove the volume. Build images with a builder that needs no runtime (BuildKit
//! rootless, Buildah); collect metrics from the kubelet.
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK for Containers, T1610 and T1611.
//! Directories above, such as `/run`, are the subject of `host-path-dangerous`.

use cloister_model::Severity;

use super::host_paths::host_paths;
use crate::{Check, Run};

/// Names of sockets and pipes, wherever they lie.
const SOCKETS: [&str; 8] = [
    "buildkitd.sock",
    "containerd.sock",
    "cri-dockerd.sock",
    "crio.sock",
    "docker.sock",
    "dockershim.sock",
    "docker_engine",
    "podman.sock",
];

/// Directories that hold such a socket and little else; in `/run` or `/var/run`.
const FOLDERS: [&str; 8] = [
    "/run/containerd",
    "/run/cri-dockerd",
    "/run/crio",
    "/run/docker",
    "/run/dockershim",
    "/run/k3s",
    "/run/k3s/containerd",
    "/run/podman",
];

pub(crate) const CHECK: Check = Check {
    name: "container-runtime-socket",
    title: "pod mounts the socket of its node's container runtime",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let mut paths = host_paths(pod).peekable();
        if paths.peek().is_none() {
            return findings.not_applicable();
        }
        for mounted in paths.filter(|mounted| is_runtime(&mounted.path)) {
            findings.report(pod.place(mounted.volume).at("hostPath/path")).message(format!(
                "volume \"{}\" gives the pod {}: whoever speaks to it is root on the node",
                mounted.name, mounted.written
            ));
        }
    }),
};

fn is_runtime(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = path.strip_prefix("/var").unwrap_or(path);
    SOCKETS.contains(&name) || FOLDERS.contains(&folder)
}
