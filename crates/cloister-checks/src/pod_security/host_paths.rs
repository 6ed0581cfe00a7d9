//! Paths of the node that pods mount.

use cloister_inventory::{Container, Pod};
use cloister_model::Node;

/// A `hostPath` volume.
pub(super) struct HostPath<'a> {
    /// The volume.
    pub volume: &'a Node,
    /// Its name.
    pub name: &'a str,
    /// The path as written.
    pub written: &'a str,
    /// The path to compare with: see [`tidy`].
    pub path: String,
}

/// The pod's `hostPath` volumes.
pub(super) fn host_paths<'a>(pod: &Pod<'a>) -> impl Iterator<Item = HostPath<'a>> + use<'a> {
    pod.volumes().iter().filter_map(|volume| {
        let written = volume.str_at("hostPath/path")?;
        Some(HostPath { volume, name: volume.str_at("name").unwrap_or(""), written, path: tidy(written) })
    })
}

/// Mounts of a volume in a container.
pub(super) fn mounts_of<'a>(container: &Container<'a>, volume: &str) -> impl Iterator<Item = &'a Node> {
    container.node.items_at("volumeMounts").iter().filter(move |mount| mount.str_at("name") == Some(volume))
}

/// Whether any container may write to the volume.
pub(super) fn is_writable(pod: &Pod<'_>, volume: &str) -> bool {
    pod.containers().any(|container| mounts_of(&container, volume).any(|mount| mount.bool_at("readOnly") != Some(true)))
}

/// One spelling for each path: no doubled or closing slashes, no `.`; Windows
/// paths in small letters with slashes, `c:/windows`.
pub(super) fn tidy(path: &str) -> String {
    let windows = path.contains('\\') || path.get(1..2) == Some(":");
    let path = if windows { path.replace('\\', "/").to_ascii_lowercase() } else { path.to_owned() };
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    let joined = steps.join("/");
    if windows { joined } else { format!("/{joined}") }
}

/// Whether `path` is `folder` or lies in it; both tidy.
pub(super) fn lies_in(path: &str, folder: &str) -> bool {
    folder == "/" || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_spelling() {
        assert_eq!(tidy("//var/./run//"), "/var/run");
        assert_eq!(tidy("/"), "/");
        assert_eq!(tidy("C:\\Windows\\"), "c:/windows");
        assert_eq!(tidy("\\\\.\\pipe\\docker_engine"), "pipe/docker_engine");
    }

    #[test]
    fn a_neighbour_is_not_inside() {
        assert!(lies_in("/etc/kubernetes/pki", "/etc/kubernetes"));
        assert!(!lies_in("/etc/kubernetes-dashboard", "/etc/kubernetes"));
    }
}
