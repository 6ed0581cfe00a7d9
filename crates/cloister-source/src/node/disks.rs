//! Which disk a folder lies on, and whether dm-crypt is below it.

use std::collections::BTreeMap;

use cloister_node::format::Disk;
use cloister_node::{PASSING, is_within};

use super::root::Root;

/// So deep may disks lie on disks.
const DEPTH: usize = 8;

/// So many file systems are told at most; with more, none are, since a part of them would say too much.
const MOUNTS: usize = 256;

/// The host's disks.
pub(super) struct Disks {
    /// Below the folders that were asked for, each that is there.
    pub folders: Vec<Disk>,
    /// All file systems of the host.
    pub mounts: Vec<Disk>,
}

impl Disks {
    pub(super) fn read(root: &Root, folders: &[&str]) -> Disks {
        // The host's own mounts; what this process sees differs inside of a container, and is not the host's whole table.
        let own = table(root, "/proc/1/mountinfo");
        let mounts = own.clone().or_else(|| table(root, "/proc/self/mountinfo")).unwrap_or_default();
        let folders = folders.iter().filter_map(|folder| below(root, &mounts, folder)).collect();
        Disks { folders, mounts: own.map_or_else(Vec::new, |mounts| file_systems(root, &mounts)) }
    }
}

fn table(root: &Root, path: &str) -> Option<Vec<Mount>> {
    Some(root.text(path).ok()?.lines().filter_map(Mount::read).collect())
}

fn below(root: &Root, mounts: &[Mount], folder: &str) -> Option<Disk> {
    let path = root.find(folder).ok()?.path.to_string_lossy().into_owned();
    let mount = mounts.iter().filter(|mount| is_within(&path, &mount.at)).max_by_key(|mount| mount.at.len())?;
    Some(disk(root, mount, folder))
}

fn file_systems(root: &Root, mounts: &[Mount]) -> Vec<Disk> {
    // Of two mounts on one place the last is seen.
    let lasting: BTreeMap<&str, &Mount> = mounts
        .iter()
        .filter(|mount| !PASSING.iter().any(|folder| is_within(&mount.at, folder)))
        .map(|mount| (mount.at.as_str(), mount))
        .collect();
    if lasting.len() > MOUNTS {
        return Vec::new();
    }
    lasting.into_iter().map(|(at, mount)| disk(root, mount, at)).collect()
}

fn disk(root: &Root, mount: &Mount, path: &str) -> Disk {
    let block = block(root, mount);
    let encryption = block.as_deref().map(|block| encryption(root, block, 0));
    Disk {
        path: path.to_owned(),
        mount: mount.at.clone(),
        filesystem: mount.filesystem.clone(),
        device: block.as_deref().map_or_else(|| mount.source.clone(), |name| format!("/dev/{name}")),
        encrypted: encryption.as_ref().map(Option::is_some),
        by: encryption.flatten(),
    }
}

/// One line of mountinfo (`Documentation/filesystems/proc.rst`, 3.5).
#[derive(Clone)]
struct Mount {
    at: String,
    device: String,
    filesystem: String,
    source: String,
}

impl Mount {
    fn read(line: &str) -> Option<Mount> {
        let (first, second) = line.split_once(" - ")?;
        let (mut first, mut second) = (first.split(' '), second.split(' '));
        let device = first.nth(2)?.to_owned();
        Some(Mount {
            at: plain(first.nth(1)?),
            device,
            filesystem: second.next()?.to_owned(),
            source: plain(second.next()?),
        })
    }
}

/// Spaces, tabs and backslashes are written as octal numbers.
fn plain(text: &str) -> String {
    text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
}

/// The name of the block device below a mount.
fn block(root: &Root, mount: &Mount) -> Option<String> {
    let by_number = root.link(&format!("/sys/dev/block/{}", mount.device)).ok();
    // btrfs and others have numbers of their own: the source names the device.
    let by_source = || {
        let name = root.find(&mount.source).ok()?.path.file_name()?.to_string_lossy().into_owned();
        mount.source.starts_with("/dev/").then(|| root.link(&format!("/sys/class/block/{name}")).ok())?
    };
    by_number.or_else(by_source)?.rsplit('/').next().map(str::to_owned)
}

/// What encrypts a device: its own mapping, or that of every disk below it.
fn encryption(root: &Root, name: &str, depth: usize) -> Option<String> {
    let folder = format!("/sys/class/block/{name}");
    let uuid = root.text(&format!("{folder}/dm/uuid")).unwrap_or_default();
    if let Some(kind) = uuid.strip_prefix("CRYPT-") {
        return Some(kind.split('-').next().unwrap_or("dm-crypt").to_owned());
    }
    let below = root.list(&format!("{folder}/slaves")).unwrap_or_default();
    // A partition lies on its disk.
    let below =
        if below.is_empty() && root.has(&format!("{folder}/partition")) { parent(root, &folder) } else { below };
    if depth >= DEPTH || below.is_empty() {
        return None;
    }
    let kinds: Option<Vec<String>> = below.iter().map(|name| encryption(root, name, depth + 1)).collect();
    kinds?.pop()
}

fn parent(root: &Root, folder: &str) -> Vec<String> {
    let link = root.link(folder).unwrap_or_default();
    link.rsplit('/').nth(1).map(str::to_owned).into_iter().collect()
}
