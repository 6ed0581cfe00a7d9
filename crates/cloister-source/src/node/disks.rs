//! Which disk a folder lies on, and whether dm-crypt is below it.

use cloister_node::format::Disk;

use super::root::Root;

/// So deep may disks lie on disks.
const DEPTH: usize = 8;

/// The disks below these folders, each that is there.
pub(super) fn disks(root: &Root, folders: &[&str]) -> Vec<Disk> {
    // The host's own mounts; what this process sees differs inside of a container.
    let table = ["/proc/1/mountinfo", "/proc/self/mountinfo"].iter().find_map(|path| root.text(path).ok());
    let mounts: Vec<Mount> = table.unwrap_or_default().lines().filter_map(Mount::read).collect();
    folders.iter().filter_map(|folder| disk(root, &mounts, folder)).collect()
}

fn disk(root: &Root, mounts: &[Mount], folder: &str) -> Option<Disk> {
    let path = root.find(folder).ok()?.path.to_string_lossy().into_owned();
    let below = |mount: &&Mount| mount.at == "/" || path == mount.at || path.starts_with(&format!("{}/", mount.at));
    let mount = mounts.iter().filter(below).max_by_key(|mount| mount.at.len())?;
    let block = block(root, mount);
    let encryption = block.as_deref().map(|block| encryption(root, block, 0));
    Some(Disk {
        path: folder.to_owned(),
        mount: mount.at.clone(),
        filesystem: mount.filesystem.clone(),
        device: block.as_deref().map_or_else(|| mount.source.clone(), |name| format!("/dev/{name}")),
        encrypted: encryption.as_ref().map(Option::is_some),
        by: encryption.flatten(),
    })
}

/// One line of mountinfo (`Documentation/filesystems/proc.rst`, 3.5).
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
