//! The file as it is written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{API_VERSION, Claim, KIND};

/// One node at one moment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeFacts {
    /// `cloister.dev/v1alpha1`.
    pub api_version: &'static str,
    /// `NodeFacts`.
    pub kind: &'static str,
    /// Its name is the node's.
    pub metadata: Metadata,
    /// When and how it was collected.
    pub collected: Collected,
    /// The machine.
    pub host: Host,
    /// How Kubernetes was installed.
    pub layout: LayoutFacts,
    /// The programs of Kubernetes that run, and the container runtime.
    pub processes: Vec<Process>,
    /// Files that matter, with their owners and modes.
    pub files: Vec<File>,
    /// What could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// Kernel settings by their names in sysctl.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kernel: BTreeMap<String, String>,
    /// Which disks hold the data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disks: Vec<Disk>,
    /// All file systems of the host but those that come and go with pods; not there where they could not be listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Disk>,
    /// What the running kubelet says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubelet: Option<LiveKubelet>,
}

impl NodeFacts {
    /// Facts of a node, still empty.
    pub fn new(name: impl Into<String>, collected: Collected) -> NodeFacts {
        NodeFacts {
            api_version: API_VERSION,
            kind: KIND,
            metadata: Metadata { name: name.into() },
            collected,
            host: Host::default(),
            layout: LayoutFacts { kind: "unknown".to_owned(), provider: None, evidence: Vec::new() },
            processes: Vec::new(),
            files: Vec::new(),
            unread: Vec::new(),
            kernel: BTreeMap::new(),
            disks: Vec::new(),
            mounts: Vec::new(),
            kubelet: None,
        }
    }
}

/// Kubernetes' own.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metadata {
    /// The node.
    pub name: String,
}

/// Where the facts come from.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Collected {
    /// RFC 3339.
    pub at: String,
    /// Program and version.
    pub by: String,
    /// The folder at which the host's files were seen.
    pub root: String,
    /// The user that looked.
    pub uid: u32,
}

/// The machine.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Host {
    /// `ID` of os-release.
    pub os: String,
    /// `VERSION_ID` of os-release.
    pub version: String,
    /// The kernel's release.
    pub kernel: String,
    /// `x86_64`, `aarch64`…
    pub architecture: String,
    /// systemd, openrc, sysvinit, runit, or machined of Talos.
    pub init: String,
    /// Version of control groups, where it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cgroup: Option<u8>,
}

/// How Kubernetes was installed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LayoutFacts {
    /// kubeadm, k3s, rke2, microk8s, talos, eks, aks, gke, or unknown.
    pub kind: String,
    /// Who runs the control plane, where a provider does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// What shows it.
    pub evidence: Vec<String>,
}

/// A running program.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Process {
    /// kube-apiserver, kubelet, etcd, containerd…
    pub program: String,
    /// Of the process.
    pub pid: u32,
    /// Who it runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// As the kernel names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executable: Option<String>,
    /// Such as `v1.37.2`, where anything shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The program that this one is a part of: k3s, kubelite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedded_in: Option<String>,
    /// The pod in whose control group it runs. One that came by the API is not believed to be a part of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<ProcessPod>,
    /// Behind the program's name; what is secret is masked. Nothing of one that is not believed.
    pub arguments: Vec<String>,
    /// Variables that set flags (`ETCD_…`, `K3S_…`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// Of a log agent: the audit logs of this node that its configuration names, and `journal`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<String>,
}

/// What stands in [`Process::reads`] for the journal of the host.
pub const JOURNAL: &str = "journal";

/// The pod of a process.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProcessPod {
    /// Its uid.
    pub uid: String,
    /// It comes from a file of the node.
    #[serde(rename = "static")]
    pub is_static: bool,
}

impl Process {
    /// What it says that it is.
    pub fn claim(&self) -> Claim<'_> {
        let in_static_pod = self.pod.as_ref().map(|pod| pod.is_static);
        Claim { program: &self.program, uid: self.uid.map(i64::from), in_static_pod }
    }
}

/// A file, folder or link.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// On the host.
    pub path: String,
    /// Why it was looked at.
    pub role: String,
    /// file, directory, socket, other, or missing.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where a link leads to, inside of the host's root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Octal, such as `0600`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Name of the owner, by the host's own list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Number of the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Name of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Number of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gid: Option<u32>,
    /// When it was last written, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// What a configuration says; keys, tokens and passwords are masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Value>,
    /// The certificates in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Value>,
}

/// What could not be read.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unread {
    /// On the host.
    pub path: String,
    /// Why it was looked at, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The reason.
    pub why: String,
    /// It was read, and is not believed: nothing is lost.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub doubted: bool,
}

impl Unread {
    /// Whether these are variables of a process, of which a pod without rights sees none.
    pub fn is_environment(&self) -> bool {
        is_environment(&self.path)
    }
}

/// Whether a path of a host is that of a process's variables.
pub(crate) fn is_environment(path: &str) -> bool {
    path.starts_with("/proc/") && path.ends_with("/environ")
}

/// The disk below a folder.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disk {
    /// The folder.
    pub path: String,
    /// Where its file system is mounted.
    pub mount: String,
    /// The file system.
    pub filesystem: String,
    /// The device, such as `/dev/dm-0`.
    pub device: String,
    /// Whether dm-crypt lies below it; not there where nothing shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    /// What encrypts, such as `LUKS2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What the running kubelet says of itself.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveKubelet {
    /// Its answer to `/configz`.
    pub configz: Value,
}
