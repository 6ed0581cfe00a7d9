//! Ways out of a container, as a pod is written.

use cloister_inventory::{Container, Inventory, Pod};
use cloister_model::Node;

/// Paths that hold credentials, or programs that the node runs as root; so does everything above them.
const WRITABLE: [&str; 14] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/opt/cni",
    "/proc",
    "/root",
    "/sbin",
    "/sys/fs/cgroup",
    "/usr",
    "/var/lib/kubelet",
    "/var/spool/cron",
];
/// Paths that hold keys of the cluster, of the node or of its pods: reading them is enough.
const READABLE: [&str; 8] = [
    "/dev",
    "/etc/kubernetes",
    "/etc/shadow",
    "/proc",
    "/root/.ssh",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/rancher",
];
/// The sockets of container runtimes, and folders that they lie in.
const SOCKETS: [&str; 6] = [
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/docker.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
];
/// Where the kubelet looks for static pods by default.
const MANIFESTS: [&str; 2] = ["/etc/kubernetes/manifests", "/var/lib/rancher/k3s/agent/pod-manifests"];
/// Capabilities that reach beyond the container by themselves.
const CAPABILITIES: [&str; 5] = ["ALL", "SYS_ADMIN", "SYS_MODULE", "DAC_READ_SEARCH", "SYS_RAWIO"];

/// One way out, at the value that opens it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Escape<'a> {
    /// The security context.
    Context(&'a Node),
    /// A path of the node.
    Path(&'a Node),
    /// The folder of static pods, to be written.
    Manifests(&'a Node),
}

impl<'a> Escape<'a> {
    /// The value.
    pub fn node(self) -> &'a Node {
        match self {
            Escape::Context(node) | Escape::Path(node) | Escape::Manifests(node) => node,
        }
    }
}

/// Every way out of a pod, by any of its containers.
pub(crate) fn escapes<'a>(pod: &Pod<'a>) -> impl Iterator<Item = Escape<'a>> + use<'a> {
    let pod = *pod;
    pod.containers().flat_map(move |container| {
        let context = of_context(&container).into_iter().map(Escape::Context);
        context.chain(pod.volumes().iter().filter_map(move |volume| of_volume(&container, volume)))
    })
}

fn of_context<'a>(container: &Container<'a>) -> Option<&'a Node> {
    let spec = container.pod.spec;
    let privileged = container.own_security("privileged").filter(|node| node.as_bool() == Some(true));
    // Root of a user namespace is nobody on the node.
    if privileged.is_some() || spec.bool_at("hostUsers") == Some(false) {
        return privileged;
    }
    let host_process = container.security("windowsOptions/hostProcess").filter(|node| node.as_bool() == Some(true));
    let added = || container.own_security("capabilities/add").map_or(&[][..], Node::items).iter();
    let has = |node: &&Node, wanted: &[&str]| node.as_str().is_some_and(|name| wanted.contains(&&*canonical(name)));
    let capability = || added().find(|node| has(node, &CAPABILITIES));
    let traces = || added().find(|node| spec.bool_at("hostPID") == Some(true) && has(node, &["SYS_PTRACE"]));
    host_process.or_else(capability).or_else(traces)
}

/// As container runtimes read it: in any case, with or without `CAP_`.
fn canonical(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or_else(|| upper.clone(), str::to_owned)
}

fn of_volume<'a>(container: &Container<'a>, volume: &'a Node) -> Option<Escape<'a>> {
    let node = volume.at("hostPath/path")?;
    let path = tidy(node.as_str()?);
    let name = volume.str_at("name")?;
    let mut mounts = container.node.items_at("volumeMounts").iter().filter(|it| it.str_at("name") == Some(name));
    let is_written = mounts.clone().any(|mount| mount.bool_at("readOnly") != Some(true));
    mounts.next()?;
    let reaches = |paths: &[&str]| paths.iter().any(|other| lies_in(&path, other) || lies_in(other, &path));
    if is_written && MANIFESTS.iter().any(|folder| lies_in(&path, folder)) {
        return Some(Escape::Manifests(node));
    }
    // A socket answers also where its folder cannot be written.
    let opens = SOCKETS.iter().any(|socket| lies_in(socket, &path)) || reaches(&READABLE);
    (opens || (is_written && reaches(&WRITABLE))).then_some(Escape::Path(node))
}

/// One spelling: no doubled or closing slashes, and `/run` for what `/var/run` points to.
fn tidy(path: &str) -> String {
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    let path = format!("/{}", steps.join("/"));
    path.strip_prefix("/var/run")
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
        .map_or_else(|| path.clone(), |rest| format!("/run{rest}"))
}

fn lies_in(path: &str, folder: &str) -> bool {
    folder == "/" || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a pod's containers hold a token that the API server takes: mounted by default, by the pod's own word, or as a
/// projected volume.
pub(crate) fn holds_token(inventory: &Inventory, pod: &Pod<'_>) -> bool {
    let own = pod.spec.bool_at("automountServiceAccountToken");
    let account = || {
        let account = inventory.get("ServiceAccount", pod.namespace(), pod.service_account())?;
        account.root.bool_at("automountServiceAccountToken")
    };
    own.or_else(account).unwrap_or(true) || pod.volumes().iter().any(projects_token)
}

/// A token for another audience is none that the API server takes.
fn projects_token(volume: &Node) -> bool {
    volume.items_at("projected/sources").iter().any(|source| {
        source.get("serviceAccountToken").is_some_and(|token| token.str_at("audience").is_none_or(str::is_empty))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_spelling() {
        assert_eq!(tidy("//var/run/docker.sock/"), "/run/docker.sock");
        assert_eq!(tidy("/var/runner"), "/var/runner");
        assert_eq!(tidy("/"), "/");
    }
}
