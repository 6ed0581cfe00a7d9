//! Which disk a folder of a node lies on, and whether it is encrypted.

use cloister_model::Node;

use crate::Facts;

/// How a folder lies on its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDisk<'a> {
    /// dm-crypt lies below it.
    Encrypted,
    /// Nothing on the host encrypts this device.
    Plain(&'a str),
    /// The facts do not show it.
    Unknown,
}

/// File systems that hold what starts the host, and are never encrypted: no volume lies there.
const BOOT: [&str; 3] = ["/boot", "/boot/efi", "/efi"];

/// Folders whose mounts come and go with pods, or hold no files: they are not among the mounts of the facts.
pub const PASSING: [&str; 12] = [
    "/proc",
    "/sys",
    "/dev",
    "/run",
    "/snap",
    "/var/snap/microk8s/common/run",
    "/var/snap/microk8s/common/var/lib/kubelet/pods",
    "/var/lib/kubelet/pods",
    "/var/lib/kubelet/plugins",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/containers",
];

/// Whether `path` is `folder` or lies in it.
pub fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl<'a> Facts<'a> {
    /// The file systems of the host: where they are told. None in facts that were collected before these were part of
    /// the format, or where the host's own table could not be read.
    pub fn mounts(&self) -> &'a [Node] {
        self.resource.root.items_at("mounts")
    }

    /// What the facts say of this very folder, whose links were followed while they were collected.
    pub fn told_disk(&self, path: &str) -> Option<OnDisk<'a>> {
        let path = path.trim_end_matches('/');
        let mut told = self.disks().iter().chain(self.mounts());
        told.find(|disk| disk.str_at("path").map(|own| own.trim_end_matches('/')) == Some(path)).map(state)
    }

    /// How a folder lies on its disk. A part of its path may be a link to another file system, which the facts do not
    /// show: so below a mount an answer is given only where all file systems of the host agree.
    pub fn on_disk(&self, path: &str) -> OnDisk<'a> {
        if let Some(told) = self.told_disk(path) {
            return told;
        }
        let plain = path.starts_with('/') && path.split('/').all(|step| step != ".." && step != ".");
        if !plain || PASSING.iter().any(|folder| is_within(path, folder)) {
            return OnDisk::Unknown;
        }
        let mount = |disk: &&Node| disk.str_at("path").is_some_and(|mount| is_within(path, mount));
        let length = |disk: &&Node| disk.str_at("path").map_or(0, str::len);
        let Some(own) = self.mounts().iter().filter(mount).max_by_key(length).map(state) else {
            return OnDisk::Unknown;
        };
        let matters = |disk: &&Node| {
            disk.str_at("filesystem") != Some("tmpfs") && !disk.str_at("path").is_some_and(|at| BOOT.contains(&at))
        };
        let same = |disk: &Node| std::mem::discriminant(&state(disk)) == std::mem::discriminant(&own);
        if self.mounts().iter().filter(matters).all(same) { own } else { OnDisk::Unknown }
    }
}

fn state(disk: &Node) -> OnDisk<'_> {
    match disk.bool_at("encrypted") {
        Some(true) => OnDisk::Encrypted,
        Some(false) => OnDisk::Plain(disk.str_at("device").unwrap_or("?")),
        None => OnDisk::Unknown,
    }
}
