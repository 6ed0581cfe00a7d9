//! What lies below folders and mounts.

use std::fs;

use crate::host::Host;

#[test]
fn the_disks_of_folders_and_all_lasting_mounts_are_told() {
    let host = Host::new();
    let row = |at: &str, device: &str, rest: &str| format!("1 0 {device} / {at} rw shared:1 - {rest} rw\n");
    let table = [
        row("/", "253:0", "ext4 /dev/mapper/root"),
        row("/boot", "8:1", "ext4 /dev/sda1"),
        row("/mnt/disks/a\\040b", "8:17", "xfs /dev/sdb1"),
        row("/proc", "0:5", "proc proc"),
        row("/var/lib/kubelet/pods/1/volumes/x", "8:33", "ext4 /dev/sdc1"),
        row("/mnt/files", "0:60", "nfs4 files:/x"),
    ];
    host.write("proc/1/mountinfo", &table.concat());
    for (number, name) in [("253:0", "dm-0"), ("8:1", "sda1"), ("8:17", "sdb1")] {
        host.link(&format!("sys/dev/block/{number}"), &format!("../../devices/{name}"));
        fs::create_dir_all(host.path(&format!("sys/class/block/{name}"))).unwrap();
    }
    host.write("sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123-root\n");
    fs::create_dir_all(host.path("mnt/disks/a b/volumes")).unwrap();
    host.link("srv/volumes", "/mnt/disks/a b/volumes");
    fs::create_dir_all(host.path("var/lib/etcd")).unwrap();
    let facts = host.collect();
    let told = |disks: &[cloister_node::format::Disk]| -> Vec<(String, Option<bool>, Option<String>)> {
        disks.iter().map(|disk| (disk.path.clone(), disk.encrypted, disk.by.clone())).collect()
    };
    let luks = Some("LUKS2".to_owned());
    // The link leads to the other disk.
    assert_eq!(
        told(&facts.disks),
        [("/var/lib/etcd".to_owned(), Some(true), luks.clone()), ("/srv/volumes".to_owned(), Some(false), None)]
    );
    let mounts = [
        ("/".to_owned(), Some(true), luks),
        ("/boot".to_owned(), Some(false), None),
        ("/mnt/disks/a b".to_owned(), Some(false), None),
        ("/mnt/files".to_owned(), None, None),
    ];
    assert_eq!(told(&facts.mounts), mounts);
    // Inside of a container only its own mounts are seen: they are not the host's.
    fs::rename(host.path("proc/1"), host.path("proc/self")).unwrap();
    assert!(host.collect().mounts.is_empty());
}
